"""Backlog item methods about their order: in the backlog, in its lists and in epics."""

from __future__ import annotations

from methods.nesting import NOT_TOO_DEEP, check_nesting
from methods.progress import check_project
from scrumrpc.calls.kinds import END, Index
from scrumrpc.calls.references import BacklogItemRef, BacklogListRef, EpicRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(noun="BacklogItem", writes=True)
async def moveBacklogItem(tx: Transaction, *, backlogItemID: BacklogItemRef, index: Index = END) -> None:
    """Moves a backlog item within the list it is answered in: that of its project or, in an epic, that of the epic."""
    await tx.move(backlogItemID, index)


@method(
    noun="BacklogItem",
    writes=True,
    requires=("The backlog list belongs to the same project.", "The backlog item is not part of an epic."),
)
async def moveBacklogItemToBacklogList(
    tx: Transaction, *, backlogItemID: BacklogItemRef, backlogListID: BacklogListRef, index: Index = END
) -> None:
    """Moves a backlog item to a position of a backlog list; what is part of an epic goes with the epic."""
    item = backlogItemID
    check_project(item, backlogListID)
    if item["parentEpicID"] is not None:
        epic = await tx.get("BacklogItem", item["parentEpicID"])
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} is part of the epic {epic.id} and stands where the epic does; move the epic, "
            "or take it out first, with unassignBacklogItemFromEpic."
        )
    moved = await tx.move(
        item, index, within={"backlogListID": backlogListID.number}, backlogListID=backlogListID.number
    )
    await _take_along(tx, moved)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The epic is a backlog item of the type Epic in the same project.",
        "The epic is neither the backlog item itself nor part of it.",
        NOT_TOO_DEEP,
    ),
)
async def assignBacklogItemToEpic(
    tx: Transaction, *, backlogItemID: BacklogItemRef, epicID: EpicRef, index: Index = END
) -> None:
    """Makes a backlog item, which may be an epic itself, part of an epic, at a position among the others there.

    It stands in the same backlog list as the epic from then on.
    """
    item, epic = backlogItemID, epicID
    check_project(item, epic)
    if epic["type"] != "Epic":
        raise RequirementNotSatisfied(
            f"The backlog item {epic.id} has the type {epic['type'] or 'none'}; only an Epic has others as parts."
        )
    await check_nesting(tx, epic, item)
    moved = await tx.move(item, index, parentEpicID=epic.number, backlogListID=epic["backlogListID"])
    await _take_along(tx, moved)


@method(noun="BacklogItem", writes=True, requires=("The backlog item is part of an epic.",))
async def unassignBacklogItemFromEpic(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Takes a backlog item out of its epic; it stays in the backlog list, at the end of the backlog."""
    if backlogItemID["parentEpicID"] is None:
        raise RequirementNotSatisfied(f"The backlog item {backlogItemID.id} is not part of an epic.")
    await tx.move(backlogItemID, END, parentEpicID=None)


async def _take_along(tx: Transaction, epic: Record) -> None:
    """Puts what is part of an epic, at whatever depth, into the epic's backlog list."""
    level = [epic.number]
    while level:
        parts = await tx.referring("BacklogItem", "parentEpicID", *level)
        for part in parts:
            await tx.change(part, backlogListID=epic["backlogListID"])
        level = [part.number for part in parts]
