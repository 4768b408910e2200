"""Task methods."""

from __future__ import annotations

from methods.progress import check_project, check_takes_tasks, column_for, settle
from methods.setters import setter
from methods.statuses import put_task, set_task_status
from methods.units import check_unit
from scrumrpc.calls.kinds import (
    END,
    Color,
    DayOrNone,
    ExternalID,
    Index,
    Link,
    Name,
    Note,
    Number,
    TaskStatus,
    UnitOfNumber,
)
from scrumrpc.calls.references import AssignedPersonRef, BacklogItemRef, BoardColumnRef, TaskRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES, at_most
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(
    noun="Task",
    writes=True,
    answers="id",
    requires=(
        "The status of the backlog item is Done or one before, and it is no epic.",
        "estimateUnit is the project's detailedEstimateUnit, where an estimate is given.",
    ),
)
async def addTask(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    backlogItemID: BacklogItemRef,
    name: Name,
    description: Note = None,
    link: Link = None,
    estimate: Number = None,
    estimateUnit: UnitOfNumber = None,
    index: Index = END,
) -> str:
    """Adds a task to a backlog item, with the status To do.

    Where the item is on a board, the task goes into the board's first column of that status; an item that stood in a
    column itself leaves it, because from now on its tasks stand in columns. The first task of an item takes over the
    item's assigned persons. Status, estimate, used time and remaining work of the item follow its tasks.
    """
    item = backlogItemID
    check_takes_tasks(item)
    if estimate is not None:
        project = await tx.get("Project", item["projectID"])
        check_unit(project, "detailedEstimateUnit", "estimate", estimate, estimateUnit)
    task = await tx.create(
        "Task",
        index,
        externalID=externalID,
        projectID=item["projectID"],
        backlogItemID=item.number,
        name=name,
        description=description,
        link=link,
        creationDate=tx.now,
        status="To do",
        toDoDate=tx.now,
        boardColumnID=await column_for(tx, item["boardID"], "To do"),
        estimate=estimate,
        assignedPersonIDs=item["assignedPersonIDs"],
    )
    await settle(tx, item)
    return task.id


@method(
    noun="Task",
    writes=True,
    requires=("The status of the backlog item that the task is part of is before Sprint completed.",),
)
async def deleteTask(tx: Transaction, *, taskID: TaskRef) -> None:
    """Deletes a task with its comments, checklists, attachments, time entries and commits.

    Where it was the last task of its item, the item takes over the task's assigned persons and, on a board, goes into
    the first column of its status. Status, estimate, used time and remaining work of the item follow its other tasks.
    """
    item = await _item_before_completion(tx, taskID, "deleted")
    await tx.delete(taskID)
    await _settle_without(tx, item, taskID)


@method(noun="Task", writes=True, requires=("To assign it to nobody, its status is To do.",))
async def setTaskAssignedPersonID(
    tx: Transaction, *, taskID: TaskRef, assignedPersonID: AssignedPersonRef = None
) -> None:
    """Assigns a task to a person, in place of whoever had it, or to nobody."""
    if assignedPersonID is None and not at_most(TASK_STATUSES, taskID["status"], "To do"):
        raise RequirementNotSatisfied(
            f"The task {taskID.id} has the status {taskID['status']}; only with the status To do may it be assigned to "
            "nobody."
        )
    await tx.change(taskID, assignedPersonIDs=[assignedPersonID.number] if assignedPersonID else [])


setter("setTaskDescription", "taskID", TaskRef, "description", Note)
setter("setTaskExternalID", "taskID", TaskRef, "externalID", ExternalID)
setter("setTaskLink", "taskID", TaskRef, "link", Link)
setter("setTaskName", "taskID", TaskRef, "name", Name)
setter("setTaskColor", "taskID", TaskRef, "color", Color)
setter("setTaskDueDate", "taskID", TaskRef, "dueDate", DayOrNone)


@method(
    noun="Task",
    writes=True,
    requires=(
        "The status of the backlog item is before Sprint completed.",
        "With a status after To do, the task is assigned to somebody.",
    ),
)
async def setTaskStatus(
    tx: Transaction, *, taskID: TaskRef, status: TaskStatus, assignedPersonID: AssignedPersonRef = None
) -> None:
    """Sets the status of a task and, where a person is given, assigns it to that person.

    On a board it goes into the first column of the status, unless it stands in one already. The status of a backlog
    item that is being worked on (To do to Done) follows: Done or To do when all its tasks are, To test when all are To
    test or Done, else In progress.
    """
    await set_task_status(tx, taskID, status, assignedPersonID)


@method(
    noun="Task",
    writes=True,
    requires=(
        "The backlog item of the task is on the board of the column.",
        "In a column with a status after To do, the task is assigned to somebody.",
    ),
)
async def moveTaskToBoardColumn(
    tx: Transaction, *, taskID: TaskRef, boardColumnID: BoardColumnRef, assignedPersonID: AssignedPersonRef = None
) -> None:
    """Moves a task into a column of the board that its backlog item is on; its status becomes the column's.

    Where a person is given, the task is assigned to that person. The status of the item follows; see setTaskStatus.
    """
    item = await tx.get("BacklogItem", taskID["backlogItemID"])
    if item["boardID"] != boardColumnID["boardID"]:
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} of the task {taskID.id} is not on the board of the column {boardColumnID.id}."
        )
    await put_task(tx, taskID, item, boardColumnID["status"], boardColumnID.number, assignedPersonID)


@method(
    noun="Task",
    writes=True,
    requires=("estimateUnit is the project's detailedEstimateUnit, where an estimate is given.",),
)
async def setTaskEstimate(
    tx: Transaction, *, taskID: TaskRef, estimate: Number = None, estimateUnit: UnitOfNumber = None
) -> None:
    """Sets the estimate of a task; that of its backlog item becomes the sum over its tasks."""
    await _set_number(tx, taskID, "estimate", estimate, estimateUnit)


@method(
    noun="Task",
    writes=True,
    requires=("remainingWorkUnit is the project's detailedEstimateUnit, where remaining work is given.",),
)
async def setTaskRemainingWork(
    tx: Transaction, *, taskID: TaskRef, remainingWork: Number = None, remainingWorkUnit: UnitOfNumber = None
) -> None:
    """Sets the work that remains to be done on a task; that of its backlog item becomes the sum over its tasks."""
    await _set_number(tx, taskID, "remainingWork", remainingWork, remainingWorkUnit)


@method(
    noun="Task",
    writes=True,
    requires=(
        "The task has no time entries; else the used time is their sum.",
        "usedTimeUnit is the project's detailedEstimateUnit, where a used time is given.",
    ),
)
async def setTaskUsedTime(
    tx: Transaction, *, taskID: TaskRef, usedTime: Number = None, usedTimeUnit: UnitOfNumber = None
) -> None:
    """Sets the time used on a task, where no time entries are kept; its backlog item's becomes the sum."""
    if await tx.count("TimeEntry", taskID):
        raise RequirementNotSatisfied(
            f"The task {taskID.id} has time entries, and its used time is their sum; add or change those."
        )
    await _set_number(tx, taskID, "usedTime", usedTime, usedTimeUnit)


@method(noun="Task", writes=True)
async def moveTask(tx: Transaction, *, taskID: TaskRef, index: Index = END) -> None:
    """Moves a task to a position among the tasks of its backlog item."""
    await tx.move(taskID, index)


@method(
    noun="Task",
    writes=True,
    requires=(
        "Both backlog items belong to the same project, and their status is Done or one before.",
        "The backlog item that the task moves to is no epic.",
    ),
)
async def moveTaskToBacklogItem(
    tx: Transaction, *, taskID: TaskRef, backlogItemID: BacklogItemRef, index: Index = END
) -> None:
    """Moves a task to a position among the tasks of another backlog item.

    It goes into a column of that item's board, or of none. Both items follow as with addTask and deleteTask.
    """
    target = backlogItemID
    check_project(taskID, target)
    source = await _item_before_completion(tx, taskID, "moved away")
    if source.number == target.number:
        await tx.move(taskID, index)
        return
    check_takes_tasks(target)
    column = await column_for(tx, target["boardID"], taskID["status"])
    assigned = [*taskID["assignedPersonIDs"]]
    assigned += [person for person in target["assignedPersonIDs"] if person not in assigned]
    await tx.move(taskID, index, backlogItemID=target.number, boardColumnID=column, assignedPersonIDs=assigned)
    await _settle_without(tx, source, taskID)
    await settle(tx, target)


async def _settle_without(tx: Transaction, item: Record, task: Record) -> None:
    """Brings an item in line that has lost a task."""
    if not await tx.count("Task", item):
        item = await tx.change(item, assignedPersonIDs=task["assignedPersonIDs"])
    await settle(tx, item, gone=[task])


async def _set_number(tx: Transaction, task: Record, name: str, value: float | None, unit: str | None) -> None:
    check_unit(await tx.get("Project", task["projectID"]), "detailedEstimateUnit", name, value, unit)
    await tx.change(task, **{name: value})
    await settle(tx, await tx.get("BacklogItem", task["backlogItemID"]), gone=[task])


async def _item_before_completion(tx: Transaction, task: Record, done: str) -> Record:
    """The item of a task, from which tasks can still be taken."""
    item = await tx.get("BacklogItem", task["backlogItemID"])
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; its tasks may only be {done} before it is "
            "Sprint completed."
        )
    return item
