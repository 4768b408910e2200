"""Tasks: how they move, and what their item has from them."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import MissingParameter, RequirementNotSatisfied
from scrumrpc.model.enumerations import TASK_STATUSES
from tests.calls.making import Made, make
from tests.world import World


@pytest.fixture
def made(world: World) -> Any:
    made = make(world)
    yield made
    made.check()


def status_of(made: Made, item: str) -> str:
    return str(made.show("BacklogItem", item)["status"])


def test_a_new_task_has_its_dates(made: Made) -> None:
    task = made.show("Task", made.task(made.item()))
    assert task["creationDate"] == task["toDoDate"] > 1_700_000_000_000
    assert [task[name] for name in ("inProgressDate", "toTestDate", "doneDate", "dueDate")] == [None] * 4


@pytest.mark.parametrize("one", TASK_STATUSES)
@pytest.mark.parametrize("two", TASK_STATUSES)
def test_the_status_of_the_item_follows(made: Made, one: str, two: str) -> None:
    item = made.item()
    tasks = [made.task(item, "a"), made.task(item, "b")]
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="To do")
    for task, status in zip(tasks, (one, two), strict=True):
        made.world.call("setTaskStatus", taskID=task, status=status, assignedPersonID=made.person)
    late = {"To test", "Done"}
    expected = one if one == two else "To test" if {one, two} <= late else "In progress"
    assert status_of(made, item) == expected


def test_before_work_begins_the_item_does_not_follow(made: Made) -> None:
    item = made.item()
    task = made.task(item)
    made.world.call("setTaskStatus", taskID=task, status="Done", assignedPersonID=made.person)
    assert status_of(made, item) == "New"
    made.plan(item, made.sprint(start=True))
    assert status_of(made, item) == "Done"


def test_a_task_under_way_is_somebodys(made: Made) -> None:
    task = made.task(made.item())
    with pytest.raises(RequirementNotSatisfied, match="assigned to nobody"):
        made.world.call("setTaskStatus", taskID=task, status="In progress")
    made.world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID=made.person)
    made.world.call("setTaskStatus", taskID=task, status="In progress")
    with pytest.raises(MissingParameter, match="status"):
        made.world.call("setTaskStatus", taskID=task)


def test_tasks_move_through_the_columns_of_the_board_of_their_item(made: Made) -> None:
    item = made.item()
    task, other = made.task(item, "a"), made.task(item, "b")
    doing = made.columns["Scrum", "In progress"]
    move = "moveTaskToBoardColumn"
    with pytest.raises(RequirementNotSatisfied, match="not on the board"):
        made.world.call(move, taskID=task, boardColumnID=doing)
    made.plan(item, made.sprint(start=True))
    with pytest.raises(RequirementNotSatisfied, match="assignedPersonID"):
        made.world.call(move, taskID=task, boardColumnID=doing)
    made.world.call(move, taskID=task, boardColumnID=doing, assignedPersonID=made.person)
    shown = made.show("Task", task)
    assert (shown["status"], shown["boardColumnID"], shown["assignedPersonIDs"]) == (
        "In progress", doing, [made.person],
    )  # fmt: skip
    assert made.show("Task", other)["boardColumnID"] == made.columns["Scrum", "To do"]
    assert status_of(made, item) == "In progress"
    with pytest.raises(RequirementNotSatisfied, match="not on the board"):
        made.world.call(move, taskID=task, boardColumnID=made.columns["Kanban", "Done"])


def test_work_left_ends_with_done(made: Made) -> None:
    item = made.item()
    one, two = made.task(item, "a"), made.task(item, "b")
    for task in (one, two):
        made.world.call("setTaskRemainingWork", taskID=task, remainingWork="2", remainingWorkUnit="Days")
    made.world.call("setTaskStatus", taskID=one, status="Done", assignedPersonID=made.person)
    assert made.show("Task", one)["remainingWork"] == 0
    assert made.show("BacklogItem", item)["remainingWork"] == 2


def test_the_first_task_takes_over_who_works_on_the_item(made: Made) -> None:
    item = made.item()
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="In progress", assignedPersonID=made.person)
    first, second = made.task(item, "first"), made.task(item, "second")
    assert made.show("BacklogItem", item)["assignedPersonIDs"] == []
    assert made.show("Task", first)["assignedPersonIDs"] == [made.person]
    assert made.show("Task", second)["assignedPersonIDs"] == []
    assert status_of(made, item) == "To do"
    made.world.call("deleteTask", taskID=second)
    made.world.call("setTaskStatus", taskID=first, status="To test")
    made.world.call("deleteTask", taskID=first)
    shown = made.show("BacklogItem", item)
    assert (shown["assignedPersonIDs"], shown["status"]) == ([made.person], "To test")


def test_an_item_goes_into_a_column_when_its_last_task_goes(made: Made) -> None:
    item = made.item()
    task = made.task(item)
    made.plan(item, made.sprint(start=True))
    made.world.call("setTaskStatus", taskID=task, status="To test", assignedPersonID=made.person)
    made.world.call("deleteTask", taskID=task)
    assert made.show("BacklogItem", item)["boardColumnID"] == made.columns["Scrum", "To test"]


def test_tasks_move_within_their_item(made: Made) -> None:
    item = made.item()
    tasks = [made.task(item, name) for name in "abc"]
    made.world.call("moveTask", taskID=tasks[0], index="1")
    assert [t["id"] for t in made.show("BacklogItem", item)["tasks"]] == [tasks[1], tasks[0], tasks[2]]
    made.world.call("moveTask", taskID=tasks[1])
    assert [t["id"] for t in made.show("BacklogItem", item)["tasks"]] == [tasks[0], tasks[2], tasks[1]]


def test_tasks_move_to_other_items(made: Made) -> None:
    source, target = made.item("source"), made.item("target")
    for item in (source, target):
        made.plan(item, made.sprint(item, start=True))
    moving, staying = made.task(source, "moving"), made.task(source, "staying")
    there = made.task(target, "there")
    for task in (moving, there):
        made.world.call("setTaskEstimate", taskID=task, estimate="2", estimateUnit="Days")
    made.world.call("setTaskStatus", taskID=moving, status="Done", assignedPersonID=made.person)
    made.world.call("moveTaskToBacklogItem", taskID=moving, backlogItemID=target, index="0")
    shown = made.show("BacklogItem", target)
    assert [t["id"] for t in shown["tasks"]] == [moving, there]
    assert (shown["estimate"], shown["status"]) == (4, "In progress")
    left = made.show("BacklogItem", source)
    assert ([t["id"] for t in left["tasks"]], left["estimate"], left["status"]) == ([staying], -1, "To do")
    made.world.call("moveTaskToBacklogItem", taskID=moving, backlogItemID=target)
    assert [t["id"] for t in made.show("BacklogItem", target)["tasks"]] == [there, moving]


def test_the_last_task_that_moves_leaves_its_person_and_takes_the_targets(made: Made) -> None:
    source, target = made.item("source"), made.item("target")
    other = made.world.person("eve@example.com")
    task = made.task(source)
    made.world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID=made.person)
    made.world.call("setBacklogItemAssignedPersonID", backlogItemID=target, assignedPersonID=other)
    made.world.call("moveTaskToBacklogItem", taskID=task, backlogItemID=target)
    assert made.show("Task", task)["assignedPersonIDs"] == [made.person, other]
    assert made.show("BacklogItem", source)["assignedPersonIDs"] == [made.person]
    assert made.show("BacklogItem", target)["assignedPersonIDs"] == []


def test_where_tasks_cannot_move(made: Made) -> None:
    other = made.world.call("addProject", name="B")
    foreign = made.world.call("addBacklogItem", projectID=other, name="x")
    item, done = made.item(), made.item("done")
    task, finished = made.task(item), made.task(done)
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        made.world.call("moveTaskToBacklogItem", taskID=task, backlogItemID=foreign)
    sprint = made.sprint(start=True)
    made.plan(done, sprint)
    made.world.call("setTaskStatus", taskID=finished, status="Done", assignedPersonID=made.person)
    made.world.call("completeSprint", sprintID=sprint)
    assert status_of(made, done) == "Sprint completed"
    for given in ({"taskID": task, "backlogItemID": done}, {"taskID": finished, "backlogItemID": item}):
        with pytest.raises(RequirementNotSatisfied, match="Sprint completed"):
            made.world.call("moveTaskToBacklogItem", **given)
    with pytest.raises(RequirementNotSatisfied, match="Sprint completed"):
        made.world.call("setTaskStatus", taskID=finished, status="To do")
