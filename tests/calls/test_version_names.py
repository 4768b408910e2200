"""Names of data versions stand wherever a version can be given: what they mean there, and what is no name."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import DataVersionNoLongerKept, InvalidParameter, RequiredDataVersionNotMatching
from tests.calls.company import ask
from tests.calls.making import make
from tests.world import World


def give_name(world: World, name: str, version: int) -> None:
    """Gives a version a name."""
    insert = "INSERT INTO named_versions (account_id, name, version) VALUES (%s, %s, %s)"
    world.store(lambda conn: conn.execute(insert, (world.account, name, version)))


def set_oldest(world: World, version: int) -> None:
    """Says that what was before the version is given up."""
    update = "UPDATE accounts SET oldest_version = %s WHERE account_id = %s"
    world.store(lambda conn: conn.execute(update, (version, world.account)))


def test_reading_at_a_name(world: World) -> None:
    made = make(world)
    item = made.item("a")
    then = world.version
    give_name(world, "Sprint 1 planned", then)
    world.call("setBacklogItemName", backlogItemID=item, name="b")
    answer = world.answer("getObject", objectType="BacklogItem", objectID=item, atDataVersion="Sprint 1 planned")
    assert (answer.version, world.read(answer)["name"]) == (then, "a")
    assert world.call("getData", atDataVersion="Sprint 1 planned") == world.call("getData", atDataVersion=str(then))
    assert ask(world, changedSince="Sprint 1 planned") == [item]
    assert ask(world, changedSince="Sprint 1 planned", atDataVersion="Sprint 1 planned") == []


def test_requiring_a_name(world: World) -> None:
    then = world.version
    give_name(world, "start", then)
    answer = world.answer("addProject", name="A", requiredDataVersion="start")
    assert answer.version == then + 1
    for method, given in (("addProject", {"name": "B"}), ("getData", {})):
        with pytest.raises(RequiredDataVersionNotMatching, match=f"at data version {then + 1}, not at {then} "):
            world.call(method, **given, requiredDataVersion="start")
    give_name(world, "later", then + 1)
    assert world.answer("getData", requiredDataVersion="later", atDataVersion="start").version == then


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("getData", {"atDataVersion": "start"}),
        ("getBacklogItems", {"changedSince": "start"}),
        ("getData", {"requiredDataVersion": "start"}),
        ("addProject", {"name": "A", "requiredDataVersion": "start"}),
    ],
)
def test_a_name_that_no_version_has(world: World, method: str, given: dict[str, str]) -> None:
    parameter = next(name for name, value in given.items() if value == "start")
    present = world.version
    with pytest.raises(InvalidParameter, match=f'parameter {parameter} is "start", but no data version') as refused:
        world.call(method, **given)
    assert refused.value.data_version == present == world.version


@pytest.mark.parametrize(
    ("method", "parameter"),
    [("getData", "atDataVersion"), ("getVersions", "untilDataVersion"), ("revertVersion", "dataVersion")],
)
def test_the_required_version_comes_before_a_name_that_no_version_has(
    world: World, method: str, parameter: str
) -> None:
    """Whether the method reads or writes."""
    given = {parameter: "start"}
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call(method, **given, requiredDataVersion="1000")
    with pytest.raises(InvalidParameter, match="no data version has that name"):
        world.call(method, **given, requiredDataVersion=str(world.version))


@pytest.mark.parametrize("wrong", ["1.0", "1e3", "+", "x" * 101, "Start", "start ", "0x10", "'; DROP TABLE accounts"])
def test_what_is_no_name(world: World, wrong: str) -> None:
    give_name(world, "start", 0)
    with pytest.raises(InvalidParameter, match="atDataVersion"):
        world.call("getData", atDataVersion=wrong)


def test_names_belong_to_an_account(world: World) -> None:
    give_name(world, "start", 1)
    world.new_account()
    with pytest.raises(InvalidParameter, match="no data version has that name"):
        world.call("getData", atDataVersion="start")


def test_a_named_version_outlives_others_of_its_time(world: World) -> None:
    world.call("addProject", name="A")
    version = world.version
    for name in "BC":
        world.call("addProject", name=name)
    give_name(world, "first", version)
    set_oldest(world, version + 1)
    for spelled in ("first", str(version)):
        answer = world.answer("getData", atDataVersion=spelled)
        assert (answer.version, [each["name"] for each in world.read(answer)["projects"]]) == (version, ["A"])
    for gone in (0, version - 1):
        with pytest.raises(DataVersionNoLongerKept, match=rf"is {gone}, .* from {version + 1} to {version + 2}\.$"):
            world.call("getData", atDataVersion=str(gone))


def test_a_version_that_is_the_present_one_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call required was so when it was looked up, and another call changed something before it read."""
    look_up = world.calls._look_up
    then = world.version

    async def late(*asked: Any) -> Any:
        standing = await look_up(*asked)
        monkeypatch.undo()
        await world.send("addProject", name="Meanwhile")
        await world.send("getData")
        return standing

    monkeypatch.setattr(world.calls, "_look_up", late)
    with pytest.raises(RequiredDataVersionNotMatching, match=f"at data version {then + 1}, not at {then} "):
        world.call("getData", requiredDataVersion=str(then))
