"""How far work is: statuses with their dates and columns, and what an item has from its tasks and time entries.

The rules are in scrumrpc/model/invariants/; methods that touch backlog items and tasks keep them by what is here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES, at_most
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

STATUS_DATES = {"To do": "toDoDate", "In progress": "inProgressDate", "To test": "toTestDate", "Done": "doneDate"}
"""The statuses that leave a date behind, in order."""
_ASSIGNED_STATUSES = ("In progress", "To test", "Done")
"""Work in them is somebody's."""
NOWHERE: dict[str, Any] = {"boardID": None, "boardColumnID": None, "boardRank": None, "isArchivedInBoard": False}
"""What an item has that is on no board."""


def named(record: Record) -> str:
    """An item or a task as errors name it.

    >>> named(Record(1, "Task", {"id": "729-0-1"}))
    'task 729-0-1'
    """
    return f"{'backlog item' if record.type == 'BacklogItem' else 'task'} {record.id}"


def dates_of(record: Record, status: str, now: int) -> dict[str, Any]:
    """The status dates that come with a status: those of later statuses go, missing ones up to it become now."""
    reached = BACKLOG_ITEM_STATUSES.index(status)
    dates: dict[str, Any] = {}
    for passed, name in STATUS_DATES.items():
        at = BACKLOG_ITEM_STATUSES.index(passed)
        if at > reached:
            dates[name] = None
        elif BACKLOG_ITEM_STATUSES.index(record["status"]) < at:
            dates[name] = now
    return dates


async def change_status(tx: Transaction, record: Record, status: str, **more: Any) -> Record:
    """Gives an item or a task a status, with what follows from it alone: status dates, and no work left once Done.

    `more` are further properties that change with it, such as boardColumnID or assignedPersonIDs.
    """
    record = tx.current(record)
    values = {"status": status, **dates_of(record, status, tx.now), **more}
    if status == "Done" and record["status"] != "Done" and "remainingWork" not in more and record["remainingWork"]:
        tasks = await tx.members("Task", record) if record.type == "BacklogItem" else ()
        if all(task["remainingWork"] is None for task in tasks):  # else it is their sum
            values["remainingWork"] = 0.0
    return await tx.change(record, **values)


def check_assigned(record: Record, status: str, assigned: Iterable[int]) -> None:
    """Refuses a status in which work is somebody's where it is nobody's."""
    if status in _ASSIGNED_STATUSES and not tuple(assigned):
        raise RequirementNotSatisfied(
            f"The {named(record)} is assigned to nobody; with the status {status} it must be somebody's. Give an "
            "assignedPersonID."
        )


def check_takes_tasks(item: Record) -> None:
    """Refuses to put tasks into an item that is an epic or over."""
    if item["type"] == "Epic":
        raise RequirementNotSatisfied(f"The backlog item {item.id} is an epic; an epic has no tasks, its parts have.")
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; tasks may only be added up to the "
            "status Done."
        )


async def column_for(tx: Transaction, board: int | None, status: str, present: int | None = None) -> int | None:
    """The column on a board for a status: the one where it stands, if that has the status, else the first; or None."""
    if board is None:
        return None
    columns = await tx.members("BoardColumn", await tx.get("Board", board))
    fitting = [column.number for column in columns if column["status"] == status]
    return present if present in fitting else next(iter(fitting), None)


def followed(tasks: Iterable[Record]) -> str:
    """The status that an item being worked on has from its tasks, of which there is at least one."""
    statuses = {task["status"] for task in tasks}
    if len(statuses) == 1:
        return str(statuses.pop())
    return "To test" if statuses <= {"To test", "Done"} else "In progress"


async def settle(tx: Transaction, item: Record, *, gone: Iterable[Record] = ()) -> Record:
    """Brings an item in line with its tasks and time entries after one of them changed.

    `gone` are tasks and time entries as they were before: a sum to which they brought the last number has none left.
    """
    item = tx.current(item)
    tasks = await tx.members("Task", item)
    entries = await tx.members("TimeEntry", item)
    values: dict[str, Any] = {}
    for name in ("estimate", "remainingWork", "usedTime"):
        parts = [task[name] for task in tasks] + [entry[name] for entry in entries if name == "usedTime"]
        numbers = [part for part in parts if part is not None]
        if numbers:
            values[name] = math.fsum(numbers)
        elif any(each.get(name) is not None for each in gone):
            values[name] = None
    status = str(item["status"])
    if tasks:
        values |= {"assignedPersonIDs": [], "boardColumnID": None}
        if status in TASK_STATUSES:
            status = followed(tasks)
    else:
        values["boardColumnID"] = await column_for(tx, item["boardID"], status, item["boardColumnID"])
    if status != "Done":
        values["isArchivedInBoard"] = False
    return await change_status(tx, item, status, **values)


async def settle_time(tx: Transaction, owner: Record, *, gone: Iterable[Record] = ()) -> None:
    """Brings the used time of an item or a task, and of the task's item, in line with the time entries on it."""
    if owner.type == "BacklogItem":
        await settle(tx, owner, gone=gone)
        return
    task = tx.current(owner)
    entries = [entry["usedTime"] for entry in await tx.members("TimeEntry", task) if entry["usedTime"] is not None]
    if entries or any(entry["usedTime"] is not None for entry in gone):
        changed = await tx.change(task, usedTime=math.fsum(entries) if entries else None)
        if changed is not task:
            await settle(tx, await tx.get("BacklogItem", task["backlogItemID"]), gone=[task])


async def enter_board(tx: Transaction, item: Record, board: Record, index: int = -1, **more: Any) -> Record:
    """Puts an item on a board, at a position in the board's order, and it or its tasks into their columns.

    A status before To do becomes To do, or what the tasks give. `more` are further properties that change with it.
    """
    item = tx.current(item)
    tasks = await tx.members("Task", item)
    rank = await tx.rank_on_board(board.number, index, item)
    for task in tasks:
        await tx.change(task, boardColumnID=await column_for(tx, board.number, task["status"], task["boardColumnID"]))
    status = followed(tasks) if tasks else item["status"] if item["status"] in TASK_STATUSES else "To do"
    column = None if tasks else await column_for(tx, board.number, status, item["boardColumnID"])
    values = {"boardID": board.number, "boardColumnID": column, "boardRank": rank, "isArchivedInBoard": False}
    return await change_status(tx, item, status, **values, **more)


async def leave_board(tx: Transaction, item: Record, status: str, **more: Any) -> Record:
    """Takes an item, and its tasks, off the board that it may be on, and gives it a status."""
    for task in await tx.members("Task", item):
        await tx.change(task, boardColumnID=None)
    return await change_status(tx, item, status, **NOWHERE, **more)


def check_project(*records: Record | None) -> None:
    """Refuses objects of different projects."""
    projects = {record.project for record in records if record is not None and record.project is not None}
    if len(projects) > 1:
        first, *others = [record for record in records if record is not None and record.project is not None]
        other = next(each for each in others if each.project != first.project)
        raise RequirementNotSatisfied(
            f"The {other.type} {other.id} belongs to another project than the {first.type} {first.id}."
        )
