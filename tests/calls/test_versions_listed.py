"""getVersions: which versions there are, as far as the caller may know of them; and named versions."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.errors import (
    DataVersionNoLongerKept,
    DataVersionNotReachedYet,
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequirementNotSatisfied,
    UserHasInsufficientPermissions,
)
from scrumrpc.store import accounts, named_versions
from tests.world import World

PETE = "pete@example.com"


def listed(world: World, email: str | None = None, /, **given: str) -> list[int]:
    """The numbers of all versions that the caller may know of, page by page."""
    found: list[int] = []
    until: str = given.pop("untilDataVersion", "")
    while True:
        page = world.call("getVersions", email, **given, untilDataVersion=until)
        found += [each["dataVersion"] for each in page["versions"]]
        if page["nextUntilDataVersion"] is None:
            return found
        until = str(page["nextUntilDataVersion"])


# Versions ------------------------------------------------------------------------------------------------------------


def test_versions_with_who_made_them_and_how(world: World) -> None:
    project = world.call("addProject", name="A")
    world.call("setProjectName", projectID=project, name="B")
    page = world.call("getVersions")
    assert {name: value for name, value in page.items() if name != "versions"} == {
        "objectType": "VersionPage", "oldestDataVersion": 0, "epoch": world.epoch, "nextUntilDataVersion": None,
    }  # fmt: skip
    [person] = (each["id"] for each in world.data()["persons"])
    told = [(each["dataVersion"], each["personID"], each["method"], each["changes"]) for each in page["versions"]]
    assert told == [
        (3, person, "setProjectName", None), (2, person, "addProject", None), (1, None, "addPersonByOperator", None),
    ]  # fmt: skip
    created = world.call("getNamedVersions")
    assert created == []
    dates = [each["date"] for each in page["versions"]]
    assert dates == sorted(dates, reverse=True)


def test_page_by_page(world: World) -> None:
    for n in range(5):
        world.call("addProject", name=str(n))
    for limit in "123456":
        assert listed(world, limit=limit) == [6, 5, 4, 3, 2, 1]
    assert listed(world, untilDataVersion="3") == [3, 2, 1]
    assert listed(world, untilDataVersion="0") == []
    assert world.answer("getVersions", untilDataVersion="2").version == 6
    with pytest.raises(DataVersionNotReachedYet, match=r"untilDataVersion is 7, .* from 0 to 6\."):
        world.call("getVersions", untilDataVersion="7")


def test_few_versions_of_many_that_may_be_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not more than so many are looked at for one page, so that it may be an empty one."""
    monkeypatch.setattr(named_versions, "MOST_SEEN", 2)
    monkeypatch.setattr("scrumrpc.calls.view.MOST_SEEN", 2)
    world.person(PETE)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for n in range(5):
        world.call("addProject", name=str(n))
    assert world.call("getVersions", PETE)["versions"] == []
    assert listed(world, PETE) == [2, 1]
    assert listed(world) == [7, 6, 5, 4, 3, 2, 1]


def test_only_versions_that_the_caller_may_know_of(world: World) -> None:
    """Today's access counts: for what a person has left as for what they have joined."""
    pete = world.person(PETE)
    left, joined = (str(world.call("addProject", name=name)) for name in ("Left", "Joined"))
    world.call("addStakeholder", projectID=left, personID=pete)
    in_left = world.version
    world.call("addBacklogItem", projectID=joined, name="x")
    item = world.call("addBacklogItem", projectID=joined, name="y")
    world.call("addStakeholder", projectID=joined, personID=pete)
    world.call("removeStakeholder", projectID=left, personID=pete)
    world.call("deleteBacklogItem", backlogItemID=item)
    everything = listed(world)
    assert listed(world, PETE) == everything == list(range(world.version, 0, -1))
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    assert listed(world, PETE) == [in_left + 5, in_left + 3, in_left + 2, in_left + 1, in_left - 1, 2, 1]
    assert listed(world) == everything
    calls = [{"method": "setProjectName", "parameters": {"projectID": p, "name": p}} for p in (left, joined)]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    assert listed(world, PETE)[0] == world.version


# Names ---------------------------------------------------------------------------------------------------------------


def test_naming_the_present_and_the_past(world: World) -> None:
    world.call("addProject", name="A")
    answer = world.answer("addNamedVersion", name="now", note="What\r\nwe have.")
    assert (answer.version, answer.result) == (2, None) == (world.version, None)
    world.call("addNamedVersion", name="before", dataVersion="1")
    world.operator("addNamedVersion", name="Übung 1.0", dataVersion="now")
    names: Any = world.call("getNamedVersions")
    [person] = (each["id"] for each in world.data()["persons"])
    assert [(each["name"], each["dataVersion"], each["note"], each["personID"]) for each in names] == [
        ("before", 1, None, person), ("now", 2, "What\nwe have.", person), ("Übung 1.0", 2, None, None),
    ]  # fmt: skip
    assert list(names[0]) == ["objectType", "name", "dataVersion", "note", "personID", "creationDate"]
    assert names[1]["creationDate"] <= names[0]["creationDate"] <= names[2]["creationDate"]
    assert [each["name"] for each in world.call("getData", atDataVersion="Übung 1.0")["projects"]] == ["A"]
    assert world.version == 2


def test_a_name_stands_for_one_version(world: World) -> None:
    world.call("addNamedVersion", name="n")
    for given in ({}, {"dataVersion": "0"}, {"dataVersion": "1"}):
        with pytest.raises(RequirementNotSatisfied, match='data version 1 has the name "n" already'):
            world.call("addNamedVersion", name="n", **given)
    world.call("addNamedVersion", name="N")
    world.call("deleteNamedVersion", name="n")
    world.call("addNamedVersion", name="n", dataVersion="0")
    assert [each["name"] for each in world.call("getNamedVersions")] == ["n", "N"]


@pytest.mark.parametrize(
    "wrong", ["1", "-1", "+1", "1.0", "1e3", "1_000", "007", "x" * 101, " a", "a ", "a\nb", "\x07"]
)
def test_what_cannot_be_a_name(world: World, wrong: str) -> None:
    with pytest.raises(InvalidParameter, match="parameter name"):
        world.call("addNamedVersion", name=wrong)
    with pytest.raises(ObjectNotFound):
        world.call("deleteNamedVersion", name=wrong)


def test_names_that_look_odd(world: World) -> None:
    for name in ("v1.0", "2026-11-28", "e", "-", "$x", "'", "x" * 100, "☃", "present"):
        world.call("addNamedVersion", name=name)
        assert world.answer("getData", atDataVersion=name, requiredDataVersion=name).version == 1
    with pytest.raises(MissingParameter):
        world.call("addNamedVersion", name="null")


def test_which_versions_can_be_named(world: World) -> None:
    world.call("addProject", name="A")
    with pytest.raises(DataVersionNotReachedYet, match=r"dataVersion is 3, .* from 0 to 2\."):
        world.call("addNamedVersion", name="n", dataVersion="3")
    with pytest.raises(InvalidParameter, match='dataVersion is "n", but no data version has that name'):
        world.call("addNamedVersion", name="n", dataVersion="n")
    world.call("addNamedVersion", name="first", dataVersion="1")
    move = "UPDATE accounts SET oldest_version = 2 WHERE account_id = %s"
    world.store(lambda conn: conn.execute(move, (world.account,)))
    with pytest.raises(DataVersionNoLongerKept, match=r"dataVersion is 0, .* before data version 2 .* from 2 to 2\."):
        world.call("addNamedVersion", name="n", dataVersion="0")
    world.call("addNamedVersion", name="also first", dataVersion="1")  # it is kept
    world.call("deleteNamedVersion", name="first")
    assert world.answer("getData", atDataVersion="1").version == 1
    world.call("deleteNamedVersion", name="also first")
    with pytest.raises(DataVersionNoLongerKept):
        world.call("getData", atDataVersion="1")
    with pytest.raises(DataVersionNoLongerKept):
        world.call("addNamedVersion", name="first", dataVersion="1")


def test_there_can_be_so_many_names(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("methods.versions.MOST_NAMES", 2)
    for name in "ab":
        world.call("addNamedVersion", name=name)
    with pytest.raises(RequirementNotSatisfied, match="has 2 names"):
        world.call("addNamedVersion", name="c")


def test_whoever_gave_a_name_takes_it_away(world: World) -> None:
    world.person(PETE)
    for name in "abcd":
        world.call("addNamedVersion", PETE if name in "ab" else None, name=name)
    world.call("deleteNamedVersion", PETE, name="a")
    world.call("deleteNamedVersion", name="b")
    with pytest.raises(UserHasInsufficientPermissions, match="who gave the name"):
        world.call("deleteNamedVersion", PETE, name="c")
    world.operator("deleteNamedVersion", name="d")
    with pytest.raises(ObjectNotFound, match='has the name "d"'):
        world.call("deleteNamedVersion", name="d")
    assert [each["name"] for each in world.call("getNamedVersions", PETE)] == ["c"]


def test_names_in_a_batch(world: World) -> None:
    """Without a number, a name in a batch is of the version that the batch makes."""

    def batch(*calls: tuple[str, dict[str, str]]) -> int:
        given = [{"method": method, "parameters": parameters} for method, parameters in calls]
        return world.answer("executeBatch", calls=orjson.dumps(given).decode()).version

    add, project = "addNamedVersion", ("addProject", {"name": "A"})
    made = batch((add, {"name": "made"}), project, (add, {"name": "old", "dataVersion": "1"}))
    batch((add, {"name": "kept"}), (add, {"name": "gone"}), ("deleteNamedVersion", {"name": "gone"}))
    batch((add, {"name": "as made", "dataVersion": "made"}))
    names = {each["name"]: each["dataVersion"] for each in world.call("getNamedVersions")}
    assert names == {"old": 1, "made": made, "kept": made, "as made": made}
    with pytest.raises(DataVersionNotReachedYet, match=r"Call 2 .* this call is going to make"):
        batch((add, {"name": "x"}), (add, {"name": "y", "dataVersion": "x"}))
    with pytest.raises(InvalidParameter, match=r"Call 1 .* no data version has that name"):
        batch((add, {"name": "x", "dataVersion": "x"}))
    assert len(world.call("getNamedVersions")) == 4


def test_naming_is_retried_like_any_call(world: World) -> None:
    for _ in range(2):
        answer = world.answer("addNamedVersion", name="n", requestID="r", onRepeat="result")
        assert (answer.version, answer.result) == (1, None)
    world.call("addProject", name="A", requiredDataVersion="n")
