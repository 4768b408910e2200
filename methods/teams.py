"""Team methods."""

from methods.choices import forget_choice
from methods.persons import add_to_people, remove_from_people
from methods.setters import setter
from scrumrpc.calls.kinds import END, ExternalID, Index, Name, Note
from scrumrpc.calls.references import PersonRef, ProjectRef, TeamRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_UNFINISHED = ("In planning", "In progress")
"""The statuses of sprints in which teams have work to do."""


@method(noun="Team", writes=True, answers="id")
async def addTeam(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    index: Index = END,
) -> str:
    """Adds a team to a project, without members yet; addTeamMember adds them."""
    team = await tx.create(
        "Team", index, externalID=externalID, projectID=projectID.number, name=name, description=description
    )
    return team.id


@method(noun="Team", writes=True, requires=("The person is not a member of the team yet.",))
async def addTeamMember(tx: Transaction, *, teamID: TeamRef, personID: PersonRef) -> None:
    """Makes a person a member of a team, behind the other members.

    Where access control on projects is turned on, members of a team reach its project.
    """
    await add_to_people(tx, teamID, "teamMemberIDs", personID)


@method(
    noun="Team",
    writes=True,
    requires=("The team has no backlog items in a sprint that is In planning or In progress.",),
)
async def deleteTeam(tx: Transaction, *, teamID: TeamRef) -> None:
    """Deletes a team, with its part in sprints.

    Backlog items that it had in finished sprints stay in them without a team. Values of custom fields that name the
    team are deleted.
    """
    items = await tx.referring("BacklogItem", "teamID", teamID.number)
    await _check_no_work(tx, teamID, items)
    for item in items:
        await tx.change(item, teamID=None)
    for participation in await tx.referring("TeamSprintParticipation", "teamID", teamID.number):
        await tx.delete(participation)
    await forget_choice(tx, teamID)
    await tx.delete(teamID)


async def _check_no_work(tx: Transaction, team: Record, items: list[Record]) -> None:
    sprints = {item["sprintID"]: item for item in items if item["sprintID"] is not None}
    for number, item in sprints.items():
        sprint = await tx.get("Sprint", number)
        if sprint["status"] in _UNFINISHED:
            raise RequirementNotSatisfied(
                f"The team {team.id} has the backlog item {item.id} in the sprint {sprint.id}, which is "
                f"{sprint['status']}; a team that is deleted has none in an unfinished sprint."
            )


@method(noun="Team", writes=True)
async def moveTeam(tx: Transaction, *, teamID: TeamRef, index: Index = END) -> None:
    """Moves a team to another position among those of its project."""
    await tx.move(teamID, index)


@method(noun="Team", writes=True, requires=("The person is a member of the team.",))
async def removeTeamMember(tx: Transaction, *, teamID: TeamRef, personID: PersonRef) -> None:
    """Makes a person no longer a member of a team. What the person is assigned to stays so."""
    await remove_from_people(tx, teamID, "teamMemberIDs", personID)


setter("setTeamDescription", "teamID", TeamRef, "description", Note)
setter("setTeamExternalID", "teamID", TeamRef, "externalID", ExternalID)
setter("setTeamName", "teamID", TeamRef, "name", Name)
