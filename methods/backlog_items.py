"""Backlog item methods."""

from methods.setters import setter
from methods.units import check_unit
from scrumrpc.calls.kinds import (
    END,
    BacklogItemType,
    ExternalID,
    Index,
    Link,
    Name,
    Note,
    Number,
    Priority,
    UnitOfNumber,
)
from scrumrpc.calls.references import AssignedPersonRef, BacklogItemRef, CreatorRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, at_most
from scrumrpc.store.transaction import Transaction


@method(
    noun="BacklogItem",
    writes=True,
    answers="id",
    requires=(
        "roughEstimateUnit is the project's roughEstimateUnit, where a roughEstimate is given.",
        "estimateUnit is the project's detailedEstimateUnit, where an estimate is given.",
    ),
)
async def addBacklogItem(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
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

    The index counts all backlog items of the project, finished and released ones included.
    """
    check_unit(projectID, "roughEstimateUnit", "roughEstimate", roughEstimate, roughEstimateUnit)
    check_unit(projectID, "detailedEstimateUnit", "estimate", estimate, estimateUnit)
    item = await tx.create(
        "BacklogItem",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        link=link,
        priority=priority,
        type=type,
        roughEstimate=roughEstimate,
        estimate=estimate,
        creatorID=tx.standing.person,
        status="New",
    )
    return item.id


@method(noun="BacklogItem", writes=True)
async def deleteBacklogItem(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Deletes a backlog item with its tasks, comments, checklists, attachments, time entries and commits."""
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


setter("setBacklogItemType", "backlogItemID", BacklogItemRef, "type", BacklogItemType)
