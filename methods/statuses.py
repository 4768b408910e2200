"""Setting the status of an item or a task by hand: what its place allows, and who must be assigned."""

from __future__ import annotations

from typing import Any

from methods.progress import change_status, check_assigned, column_for, followed, settle
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES, at_most
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_SET_BY = {
    "Assigned to sprint": "assignBacklogItemToSprint",
    "Sprint completed": "completeSprint",
    "Released": "completeRelease",
}
"""The statuses that items only get by a method of their own."""


async def set_item_status(tx: Transaction, item: Record, status: str, assigned: Record | None) -> None:
    """Gives an item a status that its place allows, and an assigned person where one is given."""
    item = tx.current(item)
    await _check_place(tx, item, status)
    tasks = await tx.members("Task", item)
    if tasks:
        if assigned is not None:
            raise RequirementNotSatisfied(
                f"The backlog item {item.id} has tasks: assign its tasks instead, with setTaskAssignedPersonID."
            )
        if status in TASK_STATUSES and status != followed(tasks):
            raise RequirementNotSatisfied(
                f"The backlog item {item.id} has tasks, so its status follows them and is {followed(tasks)}; set the "
                "status of its tasks instead, with setTaskStatus."
            )
    more = _assignment(item, status, assigned) if not tasks else {}
    if not tasks:
        more["boardColumnID"] = await column_for(tx, item["boardID"], status, item["boardColumnID"])
    if status != "Done":
        more["isArchivedInBoard"] = False
    await change_status(tx, item, status, **more)


async def set_task_status(tx: Transaction, task: Record, status: str, assigned: Record | None) -> None:
    """Gives a task a status, and an assigned person where one is given; its column and its item follow."""
    task = tx.current(task)
    item = await tx.get("BacklogItem", task["backlogItemID"])
    column = await column_for(tx, item["boardID"], status, task["boardColumnID"])
    await put_task(tx, task, item, status, column, assigned)


async def put_task(
    tx: Transaction, task: Record, item: Record, status: str, column: int | None, assigned: Record | None
) -> None:
    """Gives a task a status and a column, and brings its item in line."""
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; its tasks may only change their status "
            "before it is Sprint completed."
        )
    more = _assignment(task, status, assigned)
    await change_status(tx, task, status, boardColumnID=column, **more)
    await settle(tx, item, gone=[task])


def _assignment(record: Record, status: str, assigned: Record | None) -> dict[str, Any]:
    """The assigned person that comes with a status; refused where the status needs one and there is none."""
    if assigned is None:
        check_assigned(record, status, record["assignedPersonIDs"])
        return {}
    return {"assignedPersonIDs": [assigned.number]}


async def _check_place(tx: Transaction, item: Record, status: str) -> None:
    """Refuses a status that does not go with the sprint or the board that an item is in."""
    if status in _SET_BY:
        raise RequirementNotSatisfied(f"The status {status} cannot be set by hand; {_SET_BY[status]} gives it.")
    if item["status"] == "Released":
        raise RequirementNotSatisfied(f"The backlog item {item.id} is Released; that cannot be taken back.")
    if item["sprintID"] is not None:
        sprint = await tx.get("Sprint", item["sprintID"])
        if sprint["status"] != "In progress":
            raise RequirementNotSatisfied(
                f"The backlog item {item.id} is in the sprint {sprint.id}, which is {sprint['status']}; its status can "
                "be set while the sprint is In progress."
            )
    if (item["sprintID"] is not None or item["boardID"] is not None) and status not in TASK_STATUSES:
        place = "in a sprint that is In progress" if item["sprintID"] is not None else "on a Kanban board"
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} is {place}; there its status can be {', '.join(TASK_STATUSES)}, not {status}."
        )
