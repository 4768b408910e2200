"""Reading the past: which versions there are, who reads what of them, and what goes with atDataVersion."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import (
    DataVersionNoLongerKept,
    DataVersionNotReachedYet,
    InvalidParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.calls.company import ask
from tests.calls.making import make
from tests.world import EVERYTHING, World

PETE = "pete@example.com"
METHODS: tuple[tuple[str, dict[str, str]], ...] = (
    ("getData", {}),
    ("getObject", {"objectType": "Project", "objectID": "1-1-1"}),
    ("getBacklogItems", {}),
)


# Which versions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "given"), METHODS)
def test_a_version_to_come(world: World, method: str, given: dict[str, str]) -> None:
    present = world.version
    for asked in (present + 1, 10**15):
        with pytest.raises(DataVersionNotReachedYet, match=rf"is {asked}, .* from 0 to {present}\.$") as refused:
            world.call(method, **given, atDataVersion=str(asked))
        assert refused.value.data_version == present


@pytest.mark.parametrize(("method", "given"), METHODS)
def test_a_version_that_is_no_longer_kept(world: World, method: str, given: dict[str, str]) -> None:
    world.call("addProject", name="A")
    world.store(
        lambda conn: conn.execute("UPDATE accounts SET oldest_version = 2 WHERE account_id = %s", (world.account,))
    )
    with pytest.raises(DataVersionNoLongerKept, match=r"is 1, .* before data version 2 .* from 2 to 2\.$") as refused:
        world.call(method, **given, atDataVersion="1")
    assert refused.value.data_version == 2
    assert world.answer("getData", atDataVersion="2").version == 2


@pytest.mark.parametrize("wrong", ["-1", "x", "1.0", "9" * 30])
def test_no_version_at_all(world: World, wrong: str) -> None:
    with pytest.raises(InvalidParameter, match="atDataVersion"):
        world.call("getData", atDataVersion=wrong)


def test_without_a_value_it_is_the_present(world: World) -> None:
    world.call("addProject", name="A")
    for none in ("", "null"):
        assert world.answer("getData", atDataVersion=none).version == world.version == 2


def test_before_the_first_version_there_is_nothing(world: World) -> None:
    make(world).item()
    nothing = {"objectType": "Data", "persons": [], "deletedPersons": [], "projects": []}
    assert world.call("getData", includeProperties=EVERYTHING, atDataVersion="0") == nothing
    assert ask(world, atDataVersion="0") == []


def test_the_present_is_no_exception(world: World) -> None:
    make(world).item()
    assert world.call("getData", includeProperties=EVERYTHING, atDataVersion=str(world.version)) == world.data()


# With other parameters -----------------------------------------------------------------------------------------------


def test_the_required_version_is_the_present_one(world: World) -> None:
    world.call("addProject", name="A")
    then = world.version
    world.call("addProject", name="B")
    answer = world.answer("getData", atDataVersion=str(then), requiredDataVersion=str(then + 1))
    assert answer.version == then
    assert [each["name"] for each in world.read(answer)["projects"]] == ["A"]
    with pytest.raises(RequiredDataVersionNotMatching, match=f"at data version {then + 1}, not at {then} "):
        world.call("getData", atDataVersion=str(then), requiredDataVersion=str(then))
    with pytest.raises(RequiredDataVersionNotMatching):  # which comes first
        world.call("getData", atDataVersion="99", requiredDataVersion=str(then))


def test_what_was_deleted_is_found_in_its_time(world: World) -> None:
    made = make(world)
    before = world.version
    sprint = made.sprint()
    item = made.item(externalID="E")
    made.plan(item, sprint)
    then = world.version
    shown = world.call("getObject", objectType="BacklogItem", objectID=item, includeProperties=EVERYTHING)
    world.call("deleteBacklogItem", backlogItemID=item)
    world.call("deleteSprint", sprintID=sprint)
    heir = made.item(externalID="E")
    for name in ({"objectID": item}, {"externalID": "E"}):
        asked = {"objectType": "BacklogItem", **name, "includeProperties": EVERYTHING}
        assert world.call("getObject", **asked, atDataVersion=str(then)) == shown
        with pytest.raises(ObjectNotFound):
            world.call("getObject", **asked, atDataVersion=str(before))
    assert world.call("getObject", objectType="BacklogItem", externalID="E")["id"] == heir
    with pytest.raises(ObjectNotFound):
        world.call("getObject", objectType="BacklogItem", objectID=heir, atDataVersion=str(then))
    assert ask(world, sprintID=sprint, atDataVersion=str(then)) == [item]
    with pytest.raises(ObjectNotFound, match=sprint):
        ask(world, sprintID=sprint)


def test_what_changed_up_to_a_version(world: World) -> None:
    made = make(world)
    a, b, c = made.item("a"), made.item("b"), made.item("c")
    then = world.version
    world.call("setBacklogItemName", backlogItemID=a, name="a2")
    world.call("setBacklogItemName", backlogItemID=b, name="b2")
    world.call("deleteBacklogItem", backlogItemID=a)
    world.call("setBacklogItemName", backlogItemID=c, name="c2")

    def changed(since: int, at: int) -> list[str]:
        return ask(world, changedSince=str(since), atDataVersion=str(at))

    assert [changed(then, then + n) for n in range(5)] == [[], [a], [a, b], [b], [b, c]]
    assert changed(then + 1, then + 2) == [b]
    assert changed(then - 1, then) == [c]
    with pytest.raises(
        InvalidParameter, match=rf"changedSince is {then + 1}, but the parameter atDataVersion is {then}\."
    ):
        changed(then + 1, then)


def test_pages_stay_in_their_version(world: World) -> None:
    made = make(world)
    items = [made.item(f"i{n}") for n in range(5)]
    then = {"limit": "2", "atDataVersion": str(world.version)}
    pages: list[Any] = [world.call("getBacklogItems", **then)]
    while pages[-1]["nextCursor"]:
        world.call("moveBacklogItem", backlogItemID=items[4], index="0")
        world.call("setBacklogItemName", backlogItemID=items[3], name=f"page {len(pages)}")
        if len(pages) == 2:
            world.call("deleteBacklogItem", backlogItemID=items[4])
        pages.append(world.call("getBacklogItems", **then, cursor=pages[-1]["nextCursor"]))
    found = [(item["id"], item["name"]) for page in pages for item in page["backlogItems"]]
    assert found == [(item, f"i{n}") for n, item in enumerate(items)]
    for other in ({}, {"atDataVersion": str(world.version)}):
        with pytest.raises(InvalidParameter, match="cursor comes from a call with another"):
            world.call("getBacklogItems", limit="2", cursor=pages[0]["nextCursor"], **other)


# Who reads what ------------------------------------------------------------------------------------------------------


def test_todays_access_counts(world: World) -> None:
    """A project that Pete has left is closed to him at all versions, and one that he has joined is open at all."""
    pete = world.person(PETE)
    left, joined, gone = (str(world.call("addProject", name=name)) for name in ("Left", "Joined", "Gone"))
    for project in (left, gone):
        world.call("addStakeholder", projectID=project, personID=pete)
    items = {p: str(world.call("addBacklogItem", projectID=p, name="x")) for p in (left, joined, gone)}
    then = str(world.version)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    world.call("removeStakeholder", projectID=left, personID=pete)
    world.call("addStakeholder", projectID=joined, personID=pete)
    world.call("deleteProject", projectID=gone)

    def reads(email: str | None) -> list[str]:
        return [each["id"] for each in world.call("getData", email, atDataVersion=then)["projects"]]

    assert reads(PETE) == [joined]
    assert reads(None) == [left, joined, gone]
    assert ask(world, PETE, atDataVersion=then) == [items[joined]]
    for project in (left, gone):
        for method, given in (
            ("getData", {"projectIDs": project}),
            ("getObject", {"objectType": "BacklogItem", "objectID": items[project]}),
            ("getBacklogItems", {"epicID": items[project]}),
            ("getBacklogItems", {"projectIDs": project}),
        ):
            with pytest.raises(UserCannotAccessProject):
                world.call(method, PETE, **given, atDataVersion=then)
            world.call(method, **given, atDataVersion=then)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", False, world.account))
    assert reads(PETE) == [left, joined, gone]


def test_other_accounts_have_a_past_of_their_own(world: World) -> None:
    world.call("addProject", name="A")
    world.call("addProject", name="B")
    first, key = world.account, world.key
    world.new_account()
    world.call("addProject", name="C")
    world.call("addProject", name="D")

    def names() -> list[str]:
        return [each["name"] for each in world.call("getData", atDataVersion="2")["projects"]]

    assert names() == ["C"]
    world.account, world.key = first, key
    assert names() == ["A"]
