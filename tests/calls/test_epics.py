"""Epics and the order of the backlog."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, RequirementNotSatisfied
from tests.calls.making import Made, make
from tests.world import World


@pytest.fixture
def made(world: World) -> Any:
    made = make(world)
    yield made
    made.check()


def tree(items: list[Any]) -> list[Any]:
    """Names, each with those of its parts."""
    return [(i["name"], tree(i["childBacklogItems"])) if i["childBacklogItems"] else i["name"] for i in items]


def backlog(made: Made) -> list[Any]:
    return tree(made.world.data()["projects"][0]["backlogItems"])


def test_the_parts_of_an_epic_stand_in_the_epic_only(made: Made) -> None:
    one, two, three = (made.item(name) for name in ("one", "two", "three"))
    epic = made.item("epic", type="Epic", index="1")
    assign = "assignBacklogItemToEpic"
    made.world.call(assign, backlogItemID=three, epicID=epic)
    made.world.call(assign, backlogItemID=one, epicID=epic, index="0")
    assert backlog(made) == [("epic", ["one", "three"]), "two"]
    made.world.call("moveBacklogItem", backlogItemID=one)
    assert backlog(made) == [("epic", ["three", "one"]), "two"]
    with pytest.raises(InvalidParameter, match="besides it"):
        made.world.call("moveBacklogItem", backlogItemID=one, index="2")
    made.world.call("unassignBacklogItemFromEpic", backlogItemID=three)
    assert backlog(made) == [("epic", ["one"]), "two", "three"]
    with pytest.raises(RequirementNotSatisfied, match="not part of"):
        made.world.call("unassignBacklogItemFromEpic", backlogItemID=two)


def test_nothing_is_part_of_itself(made: Made) -> None:
    outer, inner = (made.item(name, type="Epic") for name in ("outer", "inner"))
    plain = made.item("plain")
    made.world.call("assignBacklogItemToEpic", backlogItemID=inner, epicID=outer)
    made.world.call("assignBacklogItemToEpic", backlogItemID=plain, epicID=inner)
    assert backlog(made) == [("outer", [("inner", ["plain"])])]
    for item, epic in ((outer, outer), (outer, inner)):
        with pytest.raises(RequirementNotSatisfied, match="part of itself"):
            made.world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    with pytest.raises(RequirementNotSatisfied, match="only an Epic"):
        made.world.call("assignBacklogItemToEpic", backlogItemID=outer, epicID=plain)


def test_an_epic_with_parts_stays_one(made: Made) -> None:
    epic, item = made.item("epic", type="Epic"), made.item()
    made.world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    for kind in ("Feature", ""):
        with pytest.raises(RequirementNotSatisfied, match="unassignBacklogItemFromEpic"):
            made.world.call("setBacklogItemType", backlogItemID=epic, type=kind)
    made.world.call("setBacklogItemType", backlogItemID=epic, type="Epic")
    made.world.call("unassignBacklogItemFromEpic", backlogItemID=item)
    made.world.call("setBacklogItemType", backlogItemID=epic)


def test_an_epic_is_not_worked_on_itself(made: Made) -> None:
    epic = made.item("epic", type="Epic")
    with pytest.raises(RequirementNotSatisfied, match="epic"):
        made.task(epic)
    with pytest.raises(RequirementNotSatisfied, match="epic"):
        made.plan(epic, made.sprint())
    with pytest.raises(RequirementNotSatisfied, match="epic"):
        made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=epic, boardID=made.kanban)
    with_task, planned, shown = made.item("t"), made.item("s"), made.item("k")
    task = made.task(with_task)
    made.plan(planned, made.sprint())
    made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=shown, boardID=made.kanban)
    used = made.item("u")
    made.world.call(
        "addTimeEntry", ownerObjectType="BacklogItem", ownerObjectID=used, date="2027-01-04", usedTime="1",
        usedTimeUnit="Hours",
    )  # fmt: skip
    for item in (with_task, planned, shown, used):
        with pytest.raises(RequirementNotSatisfied, match="no epic can"):
            made.world.call("setBacklogItemType", backlogItemID=item, type="Epic")
    with pytest.raises(RequirementNotSatisfied, match="epic"):
        made.world.call("moveTaskToBacklogItem", taskID=task, backlogItemID=epic)


def test_what_an_epic_leaves_moves_up(made: Made) -> None:
    outer, inner = (made.item(name, type="Epic") for name in ("outer", "inner"))
    one, two = made.item("one"), made.item("two")
    for item, epic in ((inner, outer), (one, inner), (two, inner)):
        made.world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    made.world.call("deleteBacklogItem", backlogItemID=inner)
    assert backlog(made) == [("outer", ["one", "two"])]
    made.world.call("deleteBacklogItem", backlogItemID=outer)
    assert backlog(made) == ["one", "two"]


def test_parts_stand_in_the_list_of_their_epic(made: Made) -> None:
    [home] = made.world.data()["projects"][0]["backlogs"]
    ideas = made.world.call("addBacklogList", backlogID=home["id"], name="Ideas")
    outer, inner = (made.item(name, type="Epic") for name in ("outer", "inner"))
    part, other = made.item("part"), made.item("other", backlogListID=ideas)
    for item, epic in ((inner, outer), (part, inner)):
        made.world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    made.world.call("moveBacklogItemToBacklogList", backlogItemID=outer, backlogListID=ideas, index="0")
    lists = made.world.data()["projects"][0]["backlogs"][0]["backlogLists"]
    assert [tree(each["backlogItems"]) for each in lists] == [[], [("outer", [("inner", ["part"])]), "other"]]
    assert {made.show("BacklogItem", each)["backlogListID"] for each in (outer, inner, part, other)} == {ideas}
    with pytest.raises(RequirementNotSatisfied, match="move the epic"):
        made.world.call("moveBacklogItemToBacklogList", backlogItemID=part, backlogListID=ideas)
    made.world.call("assignBacklogItemToEpic", backlogItemID=other, epicID=outer)
    assert made.show("BacklogItem", other)["backlogListID"] == ideas


def test_other_projects_are_refused(made: Made) -> None:
    other = made.world.call("addProject", name="B")
    epic = made.world.call("addBacklogItem", projectID=other, name="e", type="Epic")
    item = made.item()
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        made.world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    there = made.world.data()["projects"][1]["backlogs"][0]["backlogLists"][0]["id"]
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        made.world.call("moveBacklogItemToBacklogList", backlogItemID=item, backlogListID=there)


def test_a_move_to_where_it_stands_changes_nothing(made: Made) -> None:
    items = [made.item(name) for name in "abc"]
    before = made.world.version
    for index, item in enumerate(items):
        made.world.call("moveBacklogItem", backlogItemID=item, index=str(index))
    made.world.call("moveBacklogItem", backlogItemID=items[2])
    assert made.world.version == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["move", "list", "into", "out"]), st.integers(0, 5), st.integers(-1, 4)), max_size=14
    )
)
def test_order_is_kept_in_every_part_of_the_backlog(shared_world: World, steps: list[tuple[str, int, int]]) -> None:
    """Against plain lists: the top level, one epic, and two backlog lists that share the order of the top level."""
    world = shared_world
    world.new_account()
    project = world.call("addProject", name="A")
    home = world.data()["projects"][0]["backlogs"][0]
    lists = [home["backlogLists"][0]["id"], world.call("addBacklogList", backlogID=home["id"], name="Second")]
    epic = world.call("addBacklogItem", projectID=project, name="epic", type="Epic", backlogListID=lists[0])
    items = [world.call("addBacklogItem", projectID=project, name=str(n), backlogListID=lists[n % 2]) for n in range(6)]
    top, parts = [epic, *items], []
    in_list = {epic: 0, **{item: n % 2 for n, item in enumerate(items)}}
    for what, n, index in steps:
        item = items[n]
        siblings = [each for each in (parts if item in parts else top) if each != item]
        if what == "move":
            method, more, target = "moveBacklogItem", {}, siblings
        elif what == "list":
            method, more = "moveBacklogItemToBacklogList", {"backlogListID": lists[1]}
            target = [each for each in top if in_list[each] == 1 and each != item]
        elif what == "into":
            method, more, target = "assignBacklogItemToEpic", {"epicID": epic}, [p for p in parts if p != item]
        else:
            method, more, target, index = "unassignBacklogItemFromEpic", {}, [], -1
        refused = (what == "list" and item in parts) or (what == "out" and item not in parts)
        given = {"backlogItemID": item, **more} | ({"index": str(index)} if what != "out" else {})
        if refused or index > len(target):
            with pytest.raises((RequirementNotSatisfied, InvalidParameter)):
                world.call(method, **given)
            continue
        world.call(method, **given)
        if what == "move":
            place(parts if item in parts else top, item, index)
        elif what == "list":
            in_list[item] = 1
            if index == -1 or index == len(target):
                if target and top.index(item) < top.index(target[-1]):
                    place(top, item, -1)
            else:
                here = [each for each in top if in_list[each] == 1]
                if here.index(item) != index:
                    top.remove(item)
                    top.insert(top.index(target[index]), item)
        elif what == "into":
            if item in top:
                top.remove(item)
            place(parts, item, index)
            in_list[item] = 0
        else:
            parts.remove(item)
            top.append(item)
    shown = world.data()["projects"][0]
    assert [
        part["id"] for part in next(i for i in shown["backlogItems"] if i["id"] == epic)["childBacklogItems"]
    ] == parts
    for number, each in enumerate(shown["backlogs"][0]["backlogLists"]):
        expected = [item for item in top if in_list[item] == number]
        assert [i["id"] for i in each["backlogItems"]] == expected
    assert sorted(i["id"] for i in shown["backlogItems"]) == sorted(top)


def place(order: list[str], item: str, index: int) -> None:
    """Moves an item to a position of a list."""
    if item in order:
        order.remove(item)
    order.insert(len(order) if index == -1 else index, item)
