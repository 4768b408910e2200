"""Backlogs and backlog lists: their order, what keeps them, and where they may go."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from scrumrpc.model.invariants import violations
from tests.world import World

LOADED = {
    "objectType": "Project", "status": "Active", "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days",
    "timeTrackingUnit": "Hours",
}  # fmt: skip


@pytest.fixture
def project(world: World) -> str:
    """A project without any backlog."""
    world.load({**LOADED, "id": f"{world.account}-7-1", "name": "P"})
    return f"{world.account}-7-1"


def backlogs(world: World) -> list[dict[str, Any]]:
    """The backlogs as clients see them; the account keeps all rules."""
    assert violations(world.tables()) == []
    return [backlog for each in world.data()["projects"] for backlog in each["backlogs"]]


def lists(world: World) -> dict[str, list[str]]:
    """The names of the lists by the names of their backlogs."""
    return {backlog["name"]: [each["name"] for each in backlog["backlogLists"]] for backlog in backlogs(world)}


def list_of(world: World, backlog: str, place: int = 0) -> str:
    """A list of a backlog."""
    [found] = [each for each in backlogs(world) if each["id"] == backlog]
    return str(found["backlogLists"][place]["id"])


def item_in(world: World, project: str, backlog_list: str) -> str:
    """A backlog item that stands in a list."""
    return str(world.call("addBacklogItem", projectID=project, backlogListID=backlog_list, name="x"))


def test_a_backlog_comes_with_a_list_of_its_name(world: World, project: str) -> None:
    backlog = world.call("addBacklog", projectID=project, name="Ideas", description="d", color="Red", externalID="BL1")
    [shown] = backlogs(world)
    assert (shown["id"], shown["externalID"], shown["name"], shown["description"], shown["color"]) == (
        backlog, "BL1", "Ideas", "d", "Red",
    )  # fmt: skip
    assert (shown["projectID"], shown["isArchived"]) == (project, False)
    [only] = shown["backlogLists"]
    assert (only["name"], only["backlogID"], only["projectID"], only["color"]) == ("Ideas", backlog, project, None)
    assert (only["isArchived"], only["externalID"], only["backlogItems"]) == (False, None, [])


def test_backlogs_and_lists_stand_where_they_are_put(world: World, project: str) -> None:
    a = world.call("addBacklog", projectID=project, name="a")
    b = world.call("addBacklog", projectID=project, name="b", index="0")
    world.call("addBacklog", projectID=project, name="c", index="1")
    assert list(lists(world)) == ["b", "c", "a"]
    world.call("moveBacklog", backlogID=a, index="0")
    assert list(lists(world)) == ["a", "b", "c"]
    world.call("moveBacklog", backlogID=b)
    assert list(lists(world)) == ["a", "c", "b"]
    with pytest.raises(InvalidParameter, match=r"index is 3.*between 0 and 2"):
        world.call("moveBacklog", backlogID=b, index="3")
    world.call("addBacklogList", backlogID=a, name="a1")
    world.call("addBacklogList", backlogID=a, name="a0", index="0")
    assert lists(world)["a"] == ["a0", "a", "a1"]
    world.call("moveBacklogList", backlogListID=list_of(world, a), index="1")
    assert lists(world)["a"] == ["a", "a0", "a1"]
    with pytest.raises(InvalidParameter, match=r"index is 4.*between 0 and 3"):
        world.call("addBacklogList", backlogID=a, name="x", index="4")


def test_a_move_to_where_it_stands_changes_nothing(world: World, project: str) -> None:
    backlog = world.call("addBacklog", projectID=project, name="a")
    world.call("addBacklog", projectID=project, name="b")
    version = world.version
    world.call("moveBacklog", backlogID=backlog, index="0")
    world.call("moveBacklogList", backlogListID=list_of(world, backlog), backlogID=backlog)
    assert world.version == version


@pytest.mark.parametrize("noun", ["Backlog", "BacklogList"])
def test_properties_are_set(world: World, project: str, noun: str) -> None:
    backlog = world.call("addBacklog", projectID=project, name="a")
    own = {"backlogID": backlog} if noun == "Backlog" else {"backlogListID": list_of(world, backlog)}

    def shown() -> Any:
        return backlogs(world)[0] if noun == "Backlog" else backlogs(world)[0]["backlogLists"][0]

    values = {"externalID": "E", "name": "n", "description": "d", "color": "Pink"}
    for name, value in values.items():
        method = f"set{noun}{name[0].upper()}{name[1:]}"
        world.call(method, **own, **{name: value})
        assert shown()[name] == value
        if name == "name":
            with pytest.raises(MissingParameter, match="name"):
                world.call(method, **own)
        else:
            world.call(method, **own)
            assert shown()[name] is None
    for archived in (True, False):
        world.call(f"set{noun}IsArchived", **own, isArchived=str(archived).lower())
        assert shown()["isArchived"] is archived
    with pytest.raises(MissingParameter, match="isArchived"):
        world.call(f"set{noun}IsArchived", **own)


def test_a_project_keeps_a_backlog(world: World, project: str) -> None:
    a = world.call("addBacklog", projectID=project, name="a")
    with pytest.raises(RequirementNotSatisfied, match=rf"{a} is the only one of its project"):
        world.call("deleteBacklog", backlogID=a)
    world.call("addBacklog", projectID=project, name="b")
    world.call("addBacklogList", backlogID=a, name="a1")
    world.call("deleteBacklog", backlogID=a)
    assert lists(world) == {"b": ["b"]}


def test_a_backlog_keeps_a_list(world: World, project: str) -> None:
    a = world.call("addBacklog", projectID=project, name="a")
    first = list_of(world, a)
    with pytest.raises(RequirementNotSatisfied, match=rf"{first} is the only one of the backlog {a}"):
        world.call("deleteBacklogList", backlogListID=first)
    world.call("addBacklogList", backlogID=a, name="a1")
    world.call("deleteBacklogList", backlogListID=first)
    assert lists(world) == {"a": ["a1"]}


def test_lists_that_hold_items_stay(world: World, project: str) -> None:
    a, b = (world.call("addBacklog", projectID=project, name=name) for name in "ab")
    world.call("addBacklogList", backlogID=a, name="a1")
    second = list_of(world, a, 1)
    item = item_in(world, project, second)
    with pytest.raises(RequirementNotSatisfied, match=rf"backlog list {second} is not empty.* 1 backlog item,.*{item}"):
        world.call("deleteBacklogList", backlogListID=second)
    with pytest.raises(RequirementNotSatisfied, match=rf"backlog {a} is not empty.*{item}"):
        world.call("deleteBacklog", backlogID=a)
    world.call("deleteBacklogList", backlogListID=list_of(world, a))
    world.call("deleteBacklog", backlogID=b)
    world.call("deleteBacklogItem", backlogItemID=item)
    world.call("addBacklog", projectID=project, name="c")
    world.call("deleteBacklog", backlogID=a)
    assert lists(world) == {"c": ["c"]}


def test_items_in_epics_count(world: World) -> None:
    p, b, first, second = (f"{world.account}-7-{n}" for n in (1, 2, 3, 4))
    epic, child = f"{world.account}-7-5", f"{world.account}-7-6"
    item = {"objectType": "BacklogItem", "projectID": p, "status": "New"}
    world.load(
        {**LOADED, "id": p, "name": "P"},
        {"objectType": "Backlog", "id": b, "projectID": p, "name": "b"},
        {"objectType": "BacklogList", "id": first, "projectID": p, "backlogID": b, "name": "1"},
        {"objectType": "BacklogList", "id": second, "projectID": p, "backlogID": b, "name": "2"},
        {**item, "id": epic, "name": "e", "type": "Epic", "backlogListID": second},
        {**item, "id": child, "name": "c", "parentEpicID": epic, "backlogListID": second},
    )
    with pytest.raises(RequirementNotSatisfied, match=rf"2 backlog items, those in epics included: {epic}, {child}"):
        world.call("deleteBacklogList", backlogListID=second)
    world.call("deleteBacklogList", backlogListID=first)


def test_a_list_moves_to_another_backlog_with_its_items(world: World, project: str) -> None:
    a, b = (world.call("addBacklog", projectID=project, name=name) for name in "ab")
    first = list_of(world, a)
    with pytest.raises(RequirementNotSatisfied, match=rf"{first} is the only one of the backlog {a}"):
        world.call("moveBacklogList", backlogListID=first, backlogID=b)
    world.call("addBacklogList", backlogID=a, name="a1")
    item = item_in(world, project, first)
    with pytest.raises(InvalidParameter, match=r"index is 2.*between 0 and 1"):
        world.call("moveBacklogList", backlogListID=first, backlogID=b, index="2")
    world.call("moveBacklogList", backlogListID=first, backlogID=b, index="0")
    assert lists(world) == {"a": ["a1"], "b": ["a", "b"]}
    assert [each["id"] for each in backlogs(world)[1]["backlogLists"][0]["backlogItems"]] == [item]
    world.call("moveBacklogList", backlogListID=first)
    assert lists(world)["b"] == ["b", "a"]


def test_a_list_stays_in_its_project(world: World, project: str) -> None:
    world.load({**LOADED, "id": f"{world.account}-8-1", "name": "Q"})
    a = world.call("addBacklog", projectID=project, name="a")
    world.call("addBacklogList", backlogID=a, name="a1")
    elsewhere = world.call("addBacklog", projectID=f"{world.account}-8-1", name="b")
    with pytest.raises(RequirementNotSatisfied, match=rf"{elsewhere} belongs to another project"):
        world.call("moveBacklogList", backlogListID=list_of(world, a), backlogID=elsewhere)
