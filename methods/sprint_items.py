"""Backlog items in sprints: what an item gets when it comes into a sprint or leaves it, whichever method does that."""

from __future__ import annotations

from typing import Any

from methods.progress import enter_board, followed, leave_board
from scrumrpc.model.enumerations import TASK_STATUSES
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


async def join_sprint(tx: Transaction, item: Record, sprint: Record, team: Record) -> Record:
    """Puts an item into an unfinished sprint for a team, which takes part in the sprint from then on.

    An item that is in the sprint already only changes its team.
    """
    item = tx.current(item)
    if not any(each["teamID"] == team.number for each in await tx.members("TeamSprintParticipation", sprint)):
        await take_part(tx, sprint, team)
    if item["sprintID"] == sprint.number:
        return await tx.change(item, teamID=team.number)
    return await take_place(tx, item, sprint, sprintID=sprint.number, teamID=team.number)


async def leave_sprint(tx: Transaction, item: Record, status: str = "Ready for sprint") -> Record:
    """Takes an item out of its sprint and off the board, and gives it a status."""
    return await leave_board(tx, item, status, sprintID=None, teamID=None)


async def take_part(tx: Transaction, sprint: Record, team: Record, available_time: float | None = None) -> Record:
    """Makes a team take part in a sprint in which it has no part yet."""
    wire_id: str | None = f"{team.id}_{sprint.id.partition('-')[2]}"
    if await tx.find("TeamSprintParticipation", str(wire_id)) is not None:
        wire_id = None  # imported sprints may have ids that differ in the account part only
    return await tx.create(
        "TeamSprintParticipation",
        id=wire_id,
        projectID=sprint["projectID"],
        teamID=team.number,
        sprintID=sprint.number,
        availableTime=available_time,
    )


async def take_place(tx: Transaction, item: Record, sprint: Record, **more: Any) -> Record:
    """Gives an item the status, and the place on the sprint's board, that come with an unfinished sprint.

    `more` are further properties that change with it.
    """
    if sprint["status"] == "In planning":
        return await leave_board(tx, item, "Assigned to sprint", **more)
    if sprint["boardID"] is not None:
        return await enter_board(tx, item, await tx.get("Board", sprint["boardID"]), **more)
    item = tx.current(item)
    tasks = await tx.members("Task", item)
    status = followed(tasks) if tasks else item["status"] if item["status"] in TASK_STATUSES else "To do"
    return await leave_board(tx, item, status, **more)
