"""Backlog item methods about what they are planned for: releases, sprints and boards."""

from __future__ import annotations

from methods.progress import change_status, check_assigned, check_project, enter_board, leave_board
from methods.sprint_items import join_sprint, leave_sprint
from scrumrpc.calls.kinds import END, Flag, Index
from scrumrpc.calls.references import (
    AssignedPersonRef,
    BacklogItemRef,
    BoardColumnRef,
    BoardRef,
    ReleaseRef,
    SprintRef,
    TeamRef,
)
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, at_most
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_UNFINISHED = ("In planning", "In progress")


@method(
    noun="BacklogItem",
    writes=True,
    requires=("The release belongs to the same project and is not Completed.", "The backlog item is not Released."),
)
async def assignBacklogItemToRelease(tx: Transaction, *, backlogItemID: BacklogItemRef, releaseID: ReleaseRef) -> None:
    """Plans a backlog item for a release, in place of the one that it was planned for."""
    check_project(backlogItemID, releaseID)
    _check_not_released(backlogItemID)
    if releaseID["status"] == "Completed":
        raise RequirementNotSatisfied(f"The release {releaseID.id} is Completed; nothing can be added to it.")
    await tx.change(backlogItemID, releaseID=releaseID.number)


@method(
    noun="BacklogItem",
    writes=True,
    requires=("The backlog item is planned for a release.", "The backlog item is not Released."),
)
async def unassignBacklogItemFromRelease(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Takes a backlog item out of the release that it is planned for."""
    _check_not_released(backlogItemID)
    if backlogItemID["releaseID"] is None:
        raise RequirementNotSatisfied(f"The backlog item {backlogItemID.id} is not planned for a release.")
    await tx.change(backlogItemID, releaseID=None)


def _check_not_released(item: Record) -> None:
    if item["status"] == "Released":
        raise RequirementNotSatisfied(f"The backlog item {item.id} is Released; it stays in its release.")


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "Sprint and team belong to the same project, and the sprint is In planning or In progress.",
        "The backlog item is no epic, its status is Done or one before, and it is not on a Kanban board.",
    ),
)
async def assignBacklogItemToSprint(
    tx: Transaction, *, backlogItemID: BacklogItemRef, sprintID: SprintRef, teamID: TeamRef
) -> None:
    """Plans a backlog item for a sprint, with a team that takes it on.

    It leaves the sprint that it was in. In a sprint that is In planning its status becomes Assigned to sprint; in one
    that is In progress it goes onto the sprint's board, with the status To do unless it is further already. A team that
    did not take part in the sprint does so from then on, without an available time.
    """
    item, sprint = backlogItemID, sprintID
    check_project(item, sprint, teamID)
    _check_can_be_worked_on(item, "in a sprint")
    if sprint["status"] not in _UNFINISHED:
        raise RequirementNotSatisfied(
            f"The sprint {sprint.id} is {sprint['status']}; backlog items can be added while it is In planning or In "
            "progress."
        )
    if item["sprintID"] is None and item["boardID"] is not None:
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} is on a Kanban board; take it off first, with "
            "unassignBacklogItemFromKanbanBoard."
        )
    await join_sprint(tx, item, sprint, teamID)


@method(
    noun="BacklogItem",
    writes=True,
    requires=("The backlog item is in a sprint that is In planning or In progress.",),
)
async def unassignBacklogItemFromSprint(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Takes a backlog item out of its sprint, back to the backlog: its status becomes Ready for sprint."""
    item = backlogItemID
    if item["sprintID"] is None:
        raise RequirementNotSatisfied(f"The backlog item {item.id} is not in a sprint.")
    sprint = await tx.get("Sprint", item["sprintID"])
    if sprint["status"] not in _UNFINISHED:
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} is in the sprint {sprint.id}, which is {sprint['status']}; it stays there."
        )
    await leave_sprint(tx, item)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The board is a Kanban board of the same project.",
        "The backlog item is no epic, its status is Done or one before, and it is not in a sprint.",
    ),
)
async def assignBacklogItemToKanbanBoard(
    tx: Transaction, *, backlogItemID: BacklogItemRef, boardID: BoardRef, index: Index = END
) -> None:
    """Puts a backlog item on a Kanban board, at a position among all items on it; it leaves the board that it was on.

    A status before To do becomes To do. The item, or each of its tasks, goes into the first column of its status.
    """
    item, board = backlogItemID, boardID
    check_project(item, board)
    _check_can_be_worked_on(item, "on a Kanban board")
    if board["type"] != "Kanban":
        raise RequirementNotSatisfied(f"The board {board.id} is a Scrum board; items come onto it with their sprint.")
    if item["sprintID"] is not None:
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} is in a sprint; take it out first, with unassignBacklogItemFromSprint."
        )
    await enter_board(tx, item, board, index)


@method(noun="BacklogItem", writes=True, requires=("The backlog item is on a Kanban board.",))
async def unassignBacklogItemFromKanbanBoard(tx: Transaction, *, backlogItemID: BacklogItemRef) -> None:
    """Takes a backlog item off its Kanban board, back to the backlog: unless it is Done it becomes Ready for sprint."""
    _check_on_kanban_board(backlogItemID)
    await leave_board(tx, backlogItemID, "Done" if backlogItemID["status"] == "Done" else "Ready for sprint")


@method(noun="BacklogItem", writes=True, requires=("The backlog item is on a Kanban board.",))
async def setBacklogItemPositionInKanbanBoard(
    tx: Transaction, *, backlogItemID: BacklogItemRef, index: Index = END
) -> None:
    """Moves a backlog item to a position among all items on its Kanban board, whatever columns they are in."""
    _check_on_kanban_board(backlogItemID)
    rank = await tx.rank_on_board(backlogItemID["boardID"], index, backlogItemID)
    await tx.change(backlogItemID, boardRank=rank)


@method(
    noun="BacklogItem",
    writes=True,
    requires=("The backlog item is on a Kanban board.", "To be archived, its status is Done."),
)
async def setBacklogItemIsArchivedInBoard(
    tx: Transaction, *, backlogItemID: BacklogItemRef, isArchivedInBoard: Flag
) -> None:
    """Puts a finished backlog item away on its Kanban board, or takes it out again."""
    _check_on_kanban_board(backlogItemID)
    if isArchivedInBoard and backlogItemID["status"] != "Done":
        raise RequirementNotSatisfied(
            f"The backlog item {backlogItemID.id} has the status {backlogItemID['status']}; only with the status Done "
            "may it be archived."
        )
    await tx.change(backlogItemID, isArchivedInBoard=isArchivedInBoard)


@method(
    noun="BacklogItem",
    writes=True,
    requires=(
        "The backlog item is on the board of the column, and has no tasks.",
        "In a column with a status after To do, the backlog item is assigned to somebody.",
    ),
)
async def moveBacklogItemToBoardColumn(
    tx: Transaction,
    *,
    backlogItemID: BacklogItemRef,
    boardColumnID: BoardColumnRef,
    assignedPersonID: AssignedPersonRef = None,
) -> None:
    """Moves a backlog item into a column of its board; its status becomes the column's.

    Where a person is given, the item is assigned to that person.
    """
    item, column = backlogItemID, boardColumnID
    if item["boardID"] != column["boardID"]:
        raise RequirementNotSatisfied(f"The backlog item {item.id} is not on the board of the column {column.id}.")
    if await tx.count("Task", item):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has tasks, which stand in columns instead of it; use moveTaskToBoardColumn."
        )
    assigned = [assignedPersonID.number] if assignedPersonID else item["assignedPersonIDs"]
    check_assigned(item, column["status"], assigned)
    archived = item["isArchivedInBoard"] and column["status"] == "Done"
    await change_status(
        tx, item, column["status"], boardColumnID=column.number, assignedPersonIDs=assigned, isArchivedInBoard=archived
    )


def _check_can_be_worked_on(item: Record, where: str) -> None:
    if item["type"] == "Epic":
        raise RequirementNotSatisfied(f"The backlog item {item.id} is an epic; only its parts can be {where}.")
    if not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done"):
        raise RequirementNotSatisfied(
            f"The backlog item {item.id} has the status {item['status']}; only up to the status Done may it be {where}."
        )


def _check_on_kanban_board(item: Record) -> None:
    if item["boardID"] is None or item["sprintID"] is not None:
        raise RequirementNotSatisfied(f"The backlog item {item.id} is not on a Kanban board.")
