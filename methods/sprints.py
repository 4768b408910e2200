"""Sprint methods, those about the part of teams in sprints included."""

from methods.choices import forget_choice
from methods.periods import check_period
from methods.progress import check_project, leave_board
from methods.setters import setter
from methods.sprint_items import join_sprint, leave_sprint, take_part, take_place
from methods.units import check_unit
from scrumrpc.calls.kinds import END, DayOrNone, ExternalID, Flag, Index, Link, Name, Note, Number, UnitOfNumber
from scrumrpc.calls.references import BoardOrNoneRef, NextSprintRef, ParticipationRef, ProjectRef, SprintRef, TeamRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_UNFINISHED = ("In planning", "In progress")


@method(
    noun="Sprint",
    writes=True,
    answers="id",
    requires=(
        "endDate is not before startDate, where both are given.",
        "The board, where one is given, is a Scrum board of the same project.",
    ),
)
async def addSprint(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    link: Link = None,
    startDate: DayOrNone = None,
    endDate: DayOrNone = None,
    boardID: BoardOrNoneRef = None,
    index: Index = END,
) -> str:
    """Adds a sprint to a project, with the status In planning.

    The index counts all sprints of the project, finished and archived ones included.
    """
    check_period("startDate", startDate, "endDate", endDate)
    _check_board(projectID, boardID)
    sprint = await tx.create(
        "Sprint",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        link=link,
        startDate=startDate,
        endDate=endDate,
        boardID=boardID.number if boardID else None,
        status="In planning",
    )
    return sprint.id


@method(noun="Sprint", writes=True, requires=("The status of the sprint is In planning.",))
async def startSprint(tx: Transaction, *, sprintID: SprintRef) -> None:
    """Starts a sprint: its status becomes In progress.

    Its backlog items go onto its board, where it has one, in backlog order. Their status becomes To do or, where they
    have tasks, what the tasks give.
    """
    _check_status(sprintID, ("In planning",), "started")
    sprint = await tx.change(sprintID, status="In progress")
    for item in await _items_of(tx, sprint):
        await take_place(tx, item, sprint)


_END_REQUIRES = (
    "The status of the sprint is In progress.",
    "The next sprint, where one is given, is another one of the same project and In planning or In progress.",
)


@method(noun="Sprint", writes=True, requires=_END_REQUIRES)
async def completeSprint(tx: Transaction, *, sprintID: SprintRef, nextSprintID: NextSprintRef = None) -> None:
    """Completes a sprint, whose backlog items leave its board.

    Those that are Done become Sprint completed and stay in the sprint. All others go to the next sprint, with the same
    team, which takes part in it from then on; where none is given they go back to the backlog as Ready for sprint.
    """
    await _end(tx, sprintID, "Completed", nextSprintID)


@method(noun="Sprint", writes=True, requires=_END_REQUIRES)
async def abortSprint(tx: Transaction, *, sprintID: SprintRef, nextSprintID: NextSprintRef = None) -> None:
    """Aborts a sprint. What is Done, and what is not, goes the same ways as with completeSprint."""
    await _end(tx, sprintID, "Aborted", nextSprintID)


async def _end(tx: Transaction, sprint: Record, status: str, following: Record | None) -> None:
    _check_status(sprint, ("In progress",), "completed or aborted")
    check_project(sprint, following)
    if following is not None and (following.number == sprint.number or following["status"] not in _UNFINISHED):
        found = "the one to end" if following.number == sprint.number else following["status"]
        raise RequirementNotSatisfied(
            f"The parameter nextSprintID is {following.id}, and that sprint is {found}; it must be another one, In "
            "planning or In progress."
        )
    for item in await _items_of(tx, sprint):
        if item["status"] == "Done":
            await leave_board(tx, item, "Sprint completed")
        elif following is None or item["teamID"] is None:  # imported items may be in a sprint for no team
            await leave_sprint(tx, item)
        else:
            await join_sprint(tx, item, following, await tx.get("Team", item["teamID"]))
    await tx.change(sprint, status=status)


@method(noun="Sprint", writes=True, requires=("The status of the sprint is not In progress.",))
async def deleteSprint(tx: Transaction, *, sprintID: SprintRef) -> None:
    """Deletes a sprint with its comments, checklists, attachments, custom field values and teams' parts in it.

    Its backlog items stay: of a sprint In planning they become Ready for sprint again, of one that is over they keep
    their status. Values of custom fields that name the sprint are deleted.
    """
    _check_status(sprintID, ("In planning", "Completed", "Aborted"), "deleted")
    for item in await _items_of(tx, sprintID):
        await leave_sprint(tx, item, "Ready for sprint" if sprintID["status"] == "In planning" else item["status"])
    await forget_choice(tx, sprintID)
    await tx.delete(sprintID)


@method(noun="Sprint", writes=True)
async def moveSprint(tx: Transaction, *, sprintID: SprintRef, index: Index = END) -> None:
    """Moves a sprint to another position among the sprints of its project."""
    await tx.move(sprintID, index)


@method(
    noun="Sprint",
    writes=True,
    requires=(
        "The status of the sprint is In planning.",
        "The board, where one is given, is a Scrum board of the same project.",
    ),
)
async def setSprintBoardID(tx: Transaction, *, sprintID: SprintRef, boardID: BoardOrNoneRef = None) -> None:
    """Sets the board that the sprint's backlog items go onto when it starts; none for no board."""
    _check_status(sprintID, ("In planning",), "given another board")
    _check_board(sprintID, boardID)
    await tx.change(sprintID, boardID=boardID.number if boardID else None)


@method(
    noun="Sprint",
    writes=True,
    requires=("endDate is not before startDate, where both are given.",),
)
async def setSprintDates(
    tx: Transaction, *, sprintID: SprintRef, startDate: DayOrNone = None, endDate: DayOrNone = None
) -> None:
    """Sets the first and the last day of a sprint; the sprint loses the one that is not given."""
    check_period("startDate", startDate, "endDate", endDate)
    await tx.change(sprintID, startDate=startDate, endDate=endDate)


setter("setSprintDescription", "sprintID", SprintRef, "description", Note)
setter("setSprintExternalID", "sprintID", SprintRef, "externalID", ExternalID)
setter("setSprintIsArchived", "sprintID", SprintRef, "isArchived", Flag)
setter("setSprintLink", "sprintID", SprintRef, "link", Link)
setter("setSprintName", "sprintID", SprintRef, "name", Name)


@method(
    noun="TeamSprintParticipation",
    writes=True,
    answers="id",
    requires=(
        "The status of the sprint is In planning or In progress.",
        "The team belongs to the same project and does not take part in the sprint yet.",
        "availableTimeUnit is the project's detailedEstimateUnit, where an availableTime is given.",
    ),
)
async def addTeamSprintParticipation(
    tx: Transaction,
    *,
    sprintID: SprintRef,
    teamID: TeamRef,
    availableTime: Number = None,
    availableTimeUnit: UnitOfNumber = None,
) -> str:
    """Lets a team take part in a sprint, with the time that it has for it."""
    sprint, team = sprintID, teamID
    check_project(sprint, team)
    _check_status(sprint, _UNFINISHED, "joined by a team")
    for each in await tx.members("TeamSprintParticipation", sprint):
        if each["teamID"] == team.number:
            raise RequirementNotSatisfied(
                f"The team {team.id} takes part in the sprint {sprint.id} already: {each.id}. "
                "setTeamSprintParticipationAvailableTime changes the time that it has."
            )
    project = await tx.get("Project", sprint["projectID"])
    check_unit(project, "detailedEstimateUnit", "availableTime", availableTime, availableTimeUnit)
    participation = await take_part(tx, sprint, team, availableTime)
    return participation.id


@method(
    noun="TeamSprintParticipation",
    writes=True,
    requires=("The team has no backlog items in the sprint.",),
)
async def deleteTeamSprintParticipation(tx: Transaction, *, teamSprintParticipationID: ParticipationRef) -> None:
    """Ends a team's part in a sprint."""
    participation = teamSprintParticipationID
    items = await tx.referring("BacklogItem", "sprintID", participation["sprintID"])
    having = [item for item in items if item["teamID"] == participation["teamID"]]
    if having:
        raise RequirementNotSatisfied(
            f"The team of the participation {participation.id} has {len(having)} of the sprint's backlog items, among "
            f"them {having[0].id}; only a participation without backlog items may be deleted."
        )
    await tx.delete(participation)


@method(
    noun="TeamSprintParticipation",
    writes=True,
    requires=("availableTimeUnit is the project's detailedEstimateUnit, where an availableTime is given.",),
)
async def setTeamSprintParticipationAvailableTime(
    tx: Transaction,
    *,
    teamSprintParticipationID: ParticipationRef,
    availableTime: Number = None,
    availableTimeUnit: UnitOfNumber = None,
) -> None:
    """Sets the time that a team has for a sprint."""
    participation = teamSprintParticipationID
    project = await tx.get("Project", participation["projectID"])
    check_unit(project, "detailedEstimateUnit", "availableTime", availableTime, availableTimeUnit)
    await tx.change(participation, availableTime=availableTime)


async def _items_of(tx: Transaction, sprint: Record) -> list[Record]:
    """The backlog items of a sprint, in backlog order."""
    items = await tx.referring("BacklogItem", "sprintID", sprint.number)
    return sorted(items, key=lambda item: item.rank)


def _check_status(sprint: Record, statuses: tuple[str, ...], done: str) -> None:
    if sprint["status"] not in statuses:
        raise RequirementNotSatisfied(
            f"The sprint {sprint.id} has the status {sprint['status']}; only a sprint that is {' or '.join(statuses)} "
            f"may be {done}."
        )


def _check_board(place: Record, board: Record | None) -> None:
    """Refuses a board that sprints of a project cannot use; `place` is the project, or something in it."""
    check_project(place, board)
    if board is not None and board["type"] != "Scrum":
        raise RequirementNotSatisfied(
            f"The parameter boardID is {board.id}, which is a {board['type']} board; sprints use Scrum boards."
        )
