"""Task methods."""

from methods.setters import setter
from methods.units import check_unit
from scrumrpc.calls.kinds import END, ExternalID, Index, Link, Name, Note, Number, UnitOfNumber
from scrumrpc.calls.references import AssignedPersonRef, BacklogItemRef, TaskRef
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
        "The status of the backlog item is Done or one before.",
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
    column itself leaves it, because from now on its tasks stand in columns.
    """
    item = backlogItemID
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; tasks may only be added up to the "
            "status Done."
        )
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
        status="To do",
        boardColumnID=await _column(tx, item, "To do"),
        estimate=estimate,
    )
    await tx.change(item, boardColumnID=None)
    return task.id


@method(
    noun="Task",
    writes=True,
    requires=("The status of the backlog item that the task is part of is before Sprint completed.",),
)
async def deleteTask(tx: Transaction, *, taskID: TaskRef) -> None:
    """Deletes a task with its comments, checklists, attachments, time entries and commits.

    Where it was the last task of an item on a board, the item goes back into the board's first column of its status.
    """
    item = await tx.get("BacklogItem", taskID["backlogItemID"])
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; its tasks may only be deleted before it is "
            "Sprint completed."
        )
    await tx.delete(taskID)
    if item["boardID"] is not None and not await tx.count("Task", item):
        await tx.change(item, boardColumnID=await _column(tx, item, item["status"]))


async def _column(tx: Transaction, item: Record, status: str) -> int | None:
    """The first column with the status on the board that the item is on, if any."""
    if item["boardID"] is None:
        return None
    columns = await tx.members("BoardColumn", await tx.get("Board", item["boardID"]))
    return next((column.number for column in columns if column["status"] == status), None)


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
