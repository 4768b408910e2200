"""Backlog items by themselves: status by hand, numbers, bugs, types, due dates, deletion."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES
from tests.calls.making import Made, make
from tests.world import World


@pytest.fixture
def made(world: World) -> Any:
    made = make(world)
    yield made
    made.check()


DATES = {"To do": "toDoDate", "In progress": "inProgressDate", "To test": "toTestDate", "Done": "doneDate"}


def test_a_new_item_is_in_the_first_list_with_its_creation_date(made: Made) -> None:
    world = made.world
    [backlog] = world.data()["projects"][0]["backlogs"]
    item = made.item()
    shown = made.show("BacklogItem", item)
    assert shown["backlogListID"] == backlog["backlogLists"][0]["id"]
    assert abs(shown["creationDate"] - world.data()["projects"][0]["backlogItems"][0]["creationDate"]) == 0
    assert shown["creationDate"] > 1_700_000_000_000
    assert [shown[name] for name in DATES.values()] == [None] * 4
    other = world.call("addBacklogList", backlogID=backlog["id"], name="Ideas")
    assert made.show("BacklogItem", made.item("idea", backlogListID=other))["backlogListID"] == other
    lists = world.data()["projects"][0]["backlogs"][0]["backlogLists"]
    assert [[i["name"] for i in each["backlogItems"]] for each in lists] == [["item"], ["idea"]]


def test_archived_lists_get_no_new_items_by_themselves(made: Made) -> None:
    [backlog] = made.world.data()["projects"][0]["backlogs"]
    first = backlog["backlogLists"][0]["id"]
    second = made.world.call("addBacklogList", backlogID=backlog["id"], name="Second")
    made.world.call("setBacklogListIsArchived", backlogListID=first, isArchived="true")
    assert made.show("BacklogItem", made.item())["backlogListID"] == second
    made.world.call("setBacklogIsArchived", backlogID=backlog["id"], isArchived="true")
    assert made.show("BacklogItem", made.item())["backlogListID"] is None


def test_a_list_of_another_project_is_refused(made: Made) -> None:
    other = made.world.call("addProject", name="B")
    lists = made.world.data()["projects"][1]["backlogs"][0]["backlogLists"]
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        made.item(backlogListID=lists[0]["id"])
    assert other


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_a_status_set_in_the_backlog(made: Made, status: str) -> None:
    item = made.item()
    given = {"backlogItemID": item, "status": status, "assignedPersonID": made.person}
    if status in ("Assigned to sprint", "Sprint completed", "Released"):
        with pytest.raises(RequirementNotSatisfied, match=r"assignBacklogItemToSprint|completeSprint|completeRelease"):
            made.world.call("setBacklogItemStatus", **given)
        return
    made.world.call("setBacklogItemStatus", **given)
    shown = made.show("BacklogItem", item)
    assert (shown["status"], shown["assignedPersonIDs"]) == (status, [made.person])
    reached = [name for name in DATES if BACKLOG_ITEM_STATUSES.index(name) <= BACKLOG_ITEM_STATUSES.index(status)]
    assert [name for name, date in DATES.items() if shown[date] is not None] == reached


def test_dates_are_those_of_the_last_time_that_a_status_was_reached(made: Made) -> None:
    item = made.item()

    def set_status(status: str) -> list[Any]:
        made.world.call("setBacklogItemStatus", backlogItemID=item, status=status, assignedPersonID=made.person)
        return [made.show("BacklogItem", item)[name] for name in DATES.values()]

    first = set_status("Done")
    assert len({*first}) == 1
    back = set_status("In progress")
    assert back == [first[0], first[1], None, None]
    again = set_status("To test")
    assert again[:2] == first[:2]
    assert again[2] >= first[2]
    assert set_status("New") == [None] * 4


@pytest.mark.parametrize("status", ["In progress", "To test", "Done"])
def test_work_under_way_is_somebodys(made: Made, status: str) -> None:
    item = made.item()
    with pytest.raises(RequirementNotSatisfied, match="assigned to nobody"):
        made.world.call("setBacklogItemStatus", backlogItemID=item, status=status)
    made.world.call("setBacklogItemAssignedPersonID", backlogItemID=item, assignedPersonID=made.person)
    made.world.call("setBacklogItemStatus", backlogItemID=item, status=status)
    with pytest.raises(RequirementNotSatisfied, match=status):
        made.world.call("setBacklogItemAssignedPersonID", backlogItemID=item)


def test_no_work_remains_once_done(made: Made) -> None:
    item, silent = made.item(), made.item("no number")
    made.world.call("setBacklogItemRemainingWork", backlogItemID=item, remainingWork="3", remainingWorkUnit="Days")
    for each in (item, silent):
        made.world.call("setBacklogItemStatus", backlogItemID=each, status="Done", assignedPersonID=made.person)
    assert made.show("BacklogItem", item)["remainingWork"] == 0
    assert made.show("BacklogItem", silent)["remainingWork"] == -1


def test_the_status_of_an_item_with_tasks_is_theirs(made: Made) -> None:
    item = made.item()
    task = made.task(item)
    with pytest.raises(RequirementNotSatisfied, match="follows"):
        made.world.call("setBacklogItemStatus", backlogItemID=item, status="Done")
    with pytest.raises(RequirementNotSatisfied, match="assign its tasks"):
        made.world.call("setBacklogItemStatus", backlogItemID=item, status="To do", assignedPersonID=made.person)
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="To do")
    made.world.call("setTaskStatus", taskID=task, status="Done", assignedPersonID=made.person)
    assert made.show("BacklogItem", item)["status"] == "Done"
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="Ready for sprint")
    assert made.show("Task", task)["status"] == "Done"


def test_a_status_that_is_set_already_changes_nothing(made: Made) -> None:
    item = made.item()
    before = made.world.version
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="New")
    assert made.world.version == before


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Estimate", "RemainingWork", "UsedTime"])
def test_numbers_of_items(made: Made, name: str) -> None:
    item = made.item()
    wire = name[0].lower() + name[1:]
    method = f"setBacklogItem{name}"
    made.world.call(method, backlogItemID=item, **{wire: "2.5", f"{wire}Unit": "Days"})
    assert made.show("BacklogItem", item)[wire] == 2.5
    with pytest.raises(MissingParameter, match=f"{wire}Unit"):
        made.world.call(method, backlogItemID=item, **{wire: "2.5"})
    with pytest.raises(RequirementNotSatisfied, match="Days"):
        made.world.call(method, backlogItemID=item, **{wire: "2.5", f"{wire}Unit": "Hours"})
    made.world.call(method, backlogItemID=item)
    assert made.show("BacklogItem", item)[wire] == -1


@pytest.mark.parametrize("name", ["Estimate", "RemainingWork", "UsedTime"])
def test_numbers_of_tasks_add_up(made: Made, name: str) -> None:
    wire = name[0].lower() + name[1:]
    item = made.item()
    made.world.call(f"setBacklogItem{name}", backlogItemID=item, **{wire: "9", f"{wire}Unit": "Days"})
    one, two, three = (made.task(item, n) for n in "abc")
    assert made.show("BacklogItem", item)[wire] == 9
    for task, number in ((one, "0.1"), (two, "0.2"), (three, "0.3")):
        made.world.call(f"setTask{name}", taskID=task, **{wire: number, f"{wire}Unit": "Days"})
    assert made.show("BacklogItem", item)[wire] == 0.6
    with pytest.raises(RequirementNotSatisfied, match="sum"):
        made.world.call(f"setBacklogItem{name}", backlogItemID=item, **{wire: "1", f"{wire}Unit": "Days"})
    made.world.call(f"setTask{name}", taskID=one)
    assert made.show("BacklogItem", item)[wire] == 0.5
    made.world.call("deleteTask", taskID=two)
    assert made.show("BacklogItem", item)[wire] == 0.3
    made.world.call(f"setTask{name}", taskID=three)
    assert made.show("BacklogItem", item)[wire] == -1


# Bugs, types, the rest -----------------------------------------------------------------------------------------------


def test_bugs_are_open_until_they_have_a_resolution(made: Made) -> None:
    bug = made.item("bug", type="Bug")

    def fields() -> tuple[Any, ...]:
        shown = made.show("BacklogItem", bug)
        return shown["bugState"], shown["reproducible"], shown["resolution"]

    assert fields() == ("Open", None, None)
    made.world.call("setBacklogItemReproducible", backlogItemID=bug, reproducible="Sometimes")
    made.world.call("setBacklogItemResolution", backlogItemID=bug, resolution="Won't fix")
    assert fields() == ("Closed", "Sometimes", "Won't fix")
    made.world.call("setBacklogItemType", backlogItemID=bug, type="Bug")
    assert fields() == ("Closed", "Sometimes", "Won't fix")
    made.world.call("setBacklogItemResolution", backlogItemID=bug)
    assert fields() == ("Open", "Sometimes", None)
    made.world.call("setBacklogItemType", backlogItemID=bug, type="Feature")
    assert fields() == (None, None, None)
    made.world.call("setBacklogItemType", backlogItemID=bug, type="Bug")
    assert fields() == ("Open", None, None)


def test_only_bugs_have_a_resolution(made: Made) -> None:
    item = made.item()
    with pytest.raises(RequirementNotSatisfied, match="bug"):
        made.world.call("setBacklogItemResolution", backlogItemID=item, resolution="Fixed")
    with pytest.raises(RequirementNotSatisfied, match="bug"):
        made.world.call("setBacklogItemReproducible", backlogItemID=item)


def test_values_that_do_not_go_with_a_new_type_are_dropped(made: Made) -> None:
    bug = made.item("bug", type="Bug")
    fields = [
        made.world.call(
            "addCustomField", projectID=made.project, name=name, type="Integer", ownerObjectTypes="BacklogItem", **more
        )
        for name, more in (("bugs only", {"ownerBacklogItemTypes": "Bug"}), ("all", {}))
    ]
    for field in fields:
        made.world.call(
            "setCustomFieldValue", customFieldID=field, ownerObjectType="BacklogItem", ownerObjectID=bug, value="3"
        )
    made.world.call("setBacklogItemType", backlogItemID=bug, type="Spike")
    assert [v["customFieldID"] for v in made.show("BacklogItem", bug)["customFieldValues"]] == [fields[1]]


def test_due_dates_and_colors(made: Made) -> None:
    item = made.item()
    task = made.task(item)
    for kind, each in (("BacklogItem", item), ("Task", task)):
        parameter = "backlogItemID" if kind == "BacklogItem" else "taskID"
        made.world.call(f"set{kind}DueDate", **{parameter: each}, dueDate="2024-02-29")
        made.world.call(f"set{kind}Color", **{parameter: each}, color="Pink")
        assert [made.show(kind, each)[name] for name in ("dueDate", "color")] == ["2024-02-29", "Pink"]
        for bad in ("2023-02-29", "2024-2-9", "24-02-29", "0000-01-01", "2024-02-29T00:00"):
            with pytest.raises(InvalidParameter, match="dueDate"):
                made.world.call(f"set{kind}DueDate", **{parameter: each}, dueDate=bad)
        made.world.call(f"set{kind}DueDate", **{parameter: each})
        made.world.call(f"set{kind}Color", **{parameter: each})
        assert [made.show(kind, each)[name] for name in ("dueDate", "color")] == [None, None]
