"""Backlog item methods, but for those about epics and about releases, sprints and boards."""

from __future__ import annotations

from methods.field_values import drop_misfits
from methods.progress import check_project
from methods.setters import setter
from methods.statuses import set_item_status
from methods.units import check_unit
from scrumrpc.calls.kinds import (
    END,
    BacklogItemType,
    Color,
    DayOrNone,
    ExternalID,
    Index,
    Link,
    Name,
    Note,
    Number,
    Priority,
    Reproducible,
    Resolution,
    Status,
    UnitOfNumber,
)
from scrumrpc.calls.references import AssignedPersonRef, BacklogItemRef, CreatorRef, ListOrNoneRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, at_most
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(
    noun="BacklogItem",
    writes=True,
    answers="id",
    requires=(
        "The backlog list, where one is given, belongs to the project.",
        "roughEstimateUnit is the project's roughEstimateUnit, where a roughEstimate is given.",
        "estimateUnit is the project's detailedEstimateUnit, where an estimate is given.",
    ),
)
async def addBacklogItem(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    backlogListID: ListOrNoneRef = None,
    name: Name,
    description: Note = None,
    link: Link = None,
    priority: Priority = None,
    type: BacklogItemType = None,
    roughEstimate: Number = None,
    roughEstimateUnit: UnitOfNumber = None,
    estimate: Number = None,
    estimateUnit: UnitOfNumber = None,
    index: Index = END,
) -> str:
    """Adds a backlog item to a project, with the status New and the caller as its creator.

    Without a backlogListID it goes into the first list of the project's first backlog, as far as they are not archived.
    The index counts all backlog items of the project, finished and released ones included, but not those in epics.
    """
    check_project(projectID, backlogListID)
    check_unit(projectID, "roughEstimateUnit", "roughEstimate", roughEstimate, roughEstimateUnit)
    check_unit(projectID, "detailedEstimateUnit", "estimate", estimate, estimateUnit)
    item = await tx.create(
        "BacklogItem",
        index,
        externalID=externalID,
        projectID=projectID.number,
        backlogListID=backlogListID.number if backlogListID else await tx.first_list(projectID),
        name=name,
        description=description,
        link=link,
        priority=priority,
        type=type,
        bugState="Open" if type == "Bug" else None,
        roughEstimate=roughEstimate,
        estimate=estimate,
        creatorID=tx.standing.person,
        creationDate=tx.now,
        status="New",
    )
    return item.id


@method(noun="BacklogItem", writes=True)
async def deleteBacklogItem(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Deletes a backlog item with its tasks, comments, checklists, attachments, time entries and commits.

    The backlog items of an epic stay: they move up to where the epic stood.
    """
    for child in await tx.referring("BacklogItem", "parentEpicID", backlogItemID.number):
        await tx.change(child, parentEpicID=backlogItemID["parentEpicID"])
    await tx.delete(backlogItemID)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The backlog item has no tasks; where it has, each task has its own assigned person.",
        "To assign it to nobody, its status is To do or one before.",
    ),
)
async def setBacklogItemAssignedPersonID(
    tx: Transaction, *, backlogItemID: BacklogItemRef, assignedPersonID: AssignedPersonRef = None
) -> None:
    """Assigns a backlog item to a person, in place of whoever had it, or to nobody."""
    item = backlogItemID
    if await tx.count("Task", item):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has tasks: assign its tasks instead, with setTaskAssignedPersonID."
        )
    if assignedPersonID is None and not at_most(BACKLOG_ITEM_STATUSES, item["status"], "To do"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; only up to the status To do may it be "
            "assigned to nobody."
        )
    await tx.change(item, assignedPersonIDs=[assignedPersonID.number] if assignedPersonID else [])


@method(noun="BacklogItem", writes=True)
async def setBacklogItemCreatorID(
    tx: Transaction, *, backlogItemID: BacklogItemRef, creatorID: CreatorRef = None
) -> None:
    """Sets who wrote a backlog item."""
    await tx.change(backlogItemID, creatorID=creatorID.number if creatorID else None)


setter("setBacklogItemDescription", "backlogItemID", BacklogItemRef, "description", Note)
setter("setBacklogItemExternalID", "backlogItemID", BacklogItemRef, "externalID", ExternalID)
setter("setBacklogItemLink", "backlogItemID", BacklogItemRef, "link", Link)
setter("setBacklogItemName", "backlogItemID", BacklogItemRef, "name", Name)
setter("setBacklogItemPriority", "backlogItemID", BacklogItemRef, "priority", Priority)


@method(
    noun="BacklogItem",
    writes=True,
    requires=("roughEstimateUnit is the project's roughEstimateUnit, where a roughEstimate is given.",),
)
async def setBacklogItemRoughEstimate(
    tx: Transaction,
    *,
    backlogItemID: BacklogItemRef,
    roughEstimate: Number = None,
    roughEstimateUnit: UnitOfNumber = None,
) -> None:
    """Sets the rough estimate of a backlog item."""
    if roughEstimate is not None:
        project = await tx.get("Project", backlogItemID["projectID"])
        check_unit(project, "roughEstimateUnit", "roughEstimate", roughEstimate, roughEstimateUnit)
    await tx.change(backlogItemID, roughEstimate=roughEstimate)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "To become an epic, it has neither tasks nor time entries, and is neither in a sprint nor on a board.",
        "To be an epic no more, no backlog items are part of it.",
    ),
)
async def setBacklogItemType(tx: Transaction, *, backlogItemID: BacklogItemRef, type: BacklogItemType = None) -> None:
    """Sets the type of a backlog item.

    A bug that becomes something else loses bugState, reproducible and resolution; what becomes a bug is an open one.
    Values of custom fields that do not go with the new type are deleted.
    """
    item = backlogItemID
    if type == "Epic" and item["type"] != "Epic":
        used = await tx.count("Task", item) or await tx.count("TimeEntry", item)
        if item["sprintID"] is not None or item["boardID"] is not None or used:
            raise RequirementNotSatisfied(
                f"The backlog item {item.id} has tasks or time entries, or is in a sprint or on a board; no epic can."
            )
    elif type != item["type"] == "Epic" and await tx.referring("BacklogItem", "parentEpicID", item.number):
        raise RequirementNotSatisfied(
            f"Backlog items are part of the epic {item.id}; take them out first, with unassignBacklogItemFromEpic."
        )
    was_bug = item["type"] == "Bug"
    bug = {} if was_bug and type == "Bug" else {"bugState": "Open" if type == "Bug" else None, "resolution": None}
    if type != "Bug":
        bug["reproducible"] = None
    await drop_misfits(tx, await tx.change(item, type=type, **bug))


setter("setBacklogItemColor", "backlogItemID", BacklogItemRef, "color", Color)
setter("setBacklogItemDueDate", "backlogItemID", BacklogItemRef, "dueDate", DayOrNone)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The status is one that the place of the backlog item allows: in a sprint that is In progress, and on a Kanban "
        "board, from To do to Done; elsewhere up to Done. Assigned to sprint, Sprint completed and Released come by "
        "assignBacklogItemToSprint, completeSprint and completeRelease only.",
        "Where the backlog item has tasks, a status from To do to Done is the one that its tasks give it.",
        "With a status after To do, a backlog item without tasks is assigned to somebody.",
    ),
)
async def setBacklogItemStatus(
    tx: Transaction, *, backlogItemID: BacklogItemRef, status: Status, assignedPersonID: AssignedPersonRef = None
) -> None:
    """Sets the status of a backlog item and, where a person is given, assigns it to that person.

    On a board it goes into the first column of the status, unless it stands in one already.
    """
    await set_item_status(tx, backlogItemID, status, assignedPersonID)


@method(noun="BacklogItem", writes=True, requires=("The type of the backlog item is Bug.",))
async def setBacklogItemReproducible(
    tx: Transaction, *, backlogItemID: BacklogItemRef, reproducible: Reproducible = None
) -> None:
    """Sets whether a bug shows whenever one tries."""
    _check_bug(backlogItemID)
    await tx.change(backlogItemID, reproducible=reproducible)


@method(noun="BacklogItem", writes=True, requires=("The type of the backlog item is Bug.",))
async def setBacklogItemResolution(
    tx: Transaction, *, backlogItemID: BacklogItemRef, resolution: Resolution = None
) -> None:
    """Sets how a bug was settled; with a resolution it is Closed, without one it is Open."""
    _check_bug(backlogItemID)
    await tx.change(backlogItemID, resolution=resolution, bugState="Closed" if resolution else "Open")


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "No task of the backlog item has an estimate; where one has, the item's is their sum.",
        "estimateUnit is the project's detailedEstimateUnit, where an estimate is given.",
    ),
)
async def setBacklogItemEstimate(
    tx: Transaction, *, backlogItemID: BacklogItemRef, estimate: Number = None, estimateUnit: UnitOfNumber = None
) -> None:
    """Sets the estimate of a backlog item."""
    await _set_number(tx, backlogItemID, "estimate", estimate, estimateUnit)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "No task of the backlog item has remaining work; where one has, the item's is their sum.",
        "remainingWorkUnit is the project's detailedEstimateUnit, where remaining work is given.",
    ),
)
async def setBacklogItemRemainingWork(
    tx: Transaction,
    *,
    backlogItemID: BacklogItemRef,
    remainingWork: Number = None,
    remainingWorkUnit: UnitOfNumber = None,
) -> None:
    """Sets the work that remains to be done on a backlog item."""
    await _set_number(tx, backlogItemID, "remainingWork", remainingWork, remainingWorkUnit)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The backlog item has no time entries, and no task of it has used time; else the used time is their sum.",
        "usedTimeUnit is the project's detailedEstimateUnit, where a used time is given.",
    ),
)
async def setBacklogItemUsedTime(
    tx: Transaction, *, backlogItemID: BacklogItemRef, usedTime: Number = None, usedTimeUnit: UnitOfNumber = None
) -> None:
    """Sets the time used on a backlog item, where no time entries are kept."""
    if await tx.count("TimeEntry", backlogItemID):
        raise RequirementNotSatisfied(
            f"The backlog item {backlogItemID.id} has time entries, and its used time is their sum; change those."
        )
    await _set_number(tx, backlogItemID, "usedTime", usedTime, usedTimeUnit)


async def _set_number(tx: Transaction, item: Record, name: str, value: float | None, unit: str | None) -> None:
    """Sets a number that is the sum of the tasks' as soon as one of them has one."""
    check_unit(await tx.get("Project", item["projectID"]), "detailedEstimateUnit", name, value, unit)
    if any(task[name] is not None for task in await tx.members("Task", item)):
        raise RequirementNotSatisfied(
            f"Tasks of the backlog item {item.id} have a {name} of their own, and the item's is their sum; set it on "
            "the tasks."
        )
    await tx.change(item, **{name: value})


def _check_bug(item: Record) -> None:
    if item["type"] != "Bug":
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the type {item['type'] or 'none'}; only bugs have a resolution and are "
            "reproducible or not. setBacklogItemType makes it a bug."
        )
