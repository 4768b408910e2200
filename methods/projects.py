"""Project methods."""

from methods.persons import add_to_people, remove_from_people
from methods.setters import setter
from scrumrpc.calls.kinds import END, ExternalID, GivenUnit, Index, Link, Name, Note, ProjectStatus, Unit
from scrumrpc.calls.permissions import ADMINISTRATORS, PROJECT_CREATORS, PROJECT_MANAGERS
from scrumrpc.calls.references import PersonRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.enumerations import DEFAULT_UNITS
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

_FIRST_BACKLOG = "Backlog"
_VELOCITIES = ("bestCaseVelocityPerWeek", "expectedVelocityPerWeek", "worstCaseVelocityPerWeek")


@method(
    noun="Project",
    writes=True,
    answers="id",
    permission=PROJECT_CREATORS,
    requires=("No other project of the account has the name.",),
)
async def addProject(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    name: Name,
    description: Note = None,
    link: Link = None,
    roughEstimateUnit: Unit = None,
    detailedEstimateUnit: Unit = None,
    timeTrackingUnit: Unit = None,
    index: Index = END,
) -> str:
    """Adds a project, with a backlog called Backlog in which one list of that name stands.

    Units that are not given become Points for rough estimates, Days for estimates and Hours for time tracking. The
    index counts all projects of the account, archived ones included.
    """
    project = await tx.create(
        "Project",
        index,
        externalID=externalID,
        name=name,
        description=description,
        link=link,
        status="Active",
        roughEstimateUnit=roughEstimateUnit or DEFAULT_UNITS["roughEstimateUnit"],
        detailedEstimateUnit=detailedEstimateUnit or DEFAULT_UNITS["detailedEstimateUnit"],
        timeTrackingUnit=timeTrackingUnit or DEFAULT_UNITS["timeTrackingUnit"],
    )
    await add_first_backlog(tx, project)
    return project.id


async def add_first_backlog(tx: Transaction, project: Record) -> None:
    """Gives a project a backlog with one list, so that backlog items have where to go."""
    backlog = await tx.create("Backlog", projectID=project.number, name=_FIRST_BACKLOG)
    await tx.create("BacklogList", projectID=project.number, backlogID=backlog.number, name=_FIRST_BACKLOG)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("The person is not a product owner of the project yet.",),
)
async def addProductOwner(tx: Transaction, *, projectID: ProjectRef, personID: PersonRef) -> None:
    """Makes a person a product owner of a project, behind the others.

    Product owners reach the project where access control on projects is turned on, and may change it.
    """
    await add_to_people(tx, projectID, "productOwnerIDs", personID)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("The person is not a stakeholder of the project yet.",),
)
async def addStakeholder(tx: Transaction, *, projectID: ProjectRef, personID: PersonRef) -> None:
    """Makes a person a stakeholder of a project, behind the others.

    Stakeholders reach the project where access control on projects is turned on.
    """
    await add_to_people(tx, projectID, "stakeholderIDs", personID)


@method(noun="Project", writes=True, permission=ADMINISTRATORS)
async def deleteProject(tx: Transaction, *, projectID: ProjectRef) -> None:
    """Deletes a project with everything in it; setProjectStatus puts it away instead."""
    await tx.delete(projectID)


@method(noun="Project", writes=True, permission=ADMINISTRATORS)
async def moveProject(tx: Transaction, *, projectID: ProjectRef, index: Index = END) -> None:
    """Moves a project to another position. The index counts all projects of the account, archived ones included."""
    await tx.move(projectID, index)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("The person is a product owner of the project.",),
)
async def removeProductOwner(tx: Transaction, *, projectID: ProjectRef, personID: PersonRef) -> None:
    """Makes a person no longer a product owner of a project."""
    await remove_from_people(tx, projectID, "productOwnerIDs", personID)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("The person is a stakeholder of the project.",),
)
async def removeStakeholder(tx: Transaction, *, projectID: ProjectRef, personID: PersonRef) -> None:
    """Makes a person no longer a stakeholder of a project."""
    await remove_from_people(tx, projectID, "stakeholderIDs", personID)


setter("setProjectDescription", "projectID", ProjectRef, "description", Note, permission=PROJECT_MANAGERS)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=(
        "No backlog item and no task of the project has an estimate or remaining work, or used time without time "
        "entries, and no team has an available time in a sprint.",
    ),
)
async def setProjectDetailedEstimateUnit(
    tx: Transaction, *, projectID: ProjectRef, detailedEstimateUnit: GivenUnit
) -> None:
    """Sets the detailedEstimateUnit of a project."""
    if detailedEstimateUnit != projectID["detailedEstimateUnit"]:
        for type_name in ("BacklogItem", "Task"):
            await _check_none(tx, projectID, "detailedEstimateUnit", type_name, "estimate", "remainingWork")
        await _check_none(tx, projectID, "detailedEstimateUnit", "TeamSprintParticipation", "availableTime")
        await _check_all_used_time_is_entered(tx, projectID)
    await tx.change(projectID, detailedEstimateUnit=detailedEstimateUnit)


setter("setProjectExternalID", "projectID", ProjectRef, "externalID", ExternalID)
setter("setProjectLink", "projectID", ProjectRef, "link", Link, permission=PROJECT_MANAGERS)
setter(
    "setProjectName", "projectID", ProjectRef, "name", Name, permission=PROJECT_MANAGERS,
    requires=("No other project of the account has the name.",),
)  # fmt: skip


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("No backlog item of the project has a rough estimate, and no release a velocity.",),
)
async def setProjectRoughEstimateUnit(tx: Transaction, *, projectID: ProjectRef, roughEstimateUnit: GivenUnit) -> None:
    """Sets the roughEstimateUnit of a project."""
    if roughEstimateUnit != projectID["roughEstimateUnit"]:
        await _check_none(tx, projectID, "roughEstimateUnit", "BacklogItem", "roughEstimate")
        await _check_none(tx, projectID, "roughEstimateUnit", "Release", *_VELOCITIES)
    await tx.change(projectID, roughEstimateUnit=roughEstimateUnit)


setter("setProjectStatus", "projectID", ProjectRef, "status", ProjectStatus, permission=PROJECT_MANAGERS)


@method(
    noun="Project",
    writes=True,
    permission=PROJECT_MANAGERS,
    requires=("No time entry of the project has a used time.",),
)
async def setProjectTimeTrackingUnit(tx: Transaction, *, projectID: ProjectRef, timeTrackingUnit: GivenUnit) -> None:
    """Sets the timeTrackingUnit of a project."""
    if timeTrackingUnit != projectID["timeTrackingUnit"]:
        await _check_none(tx, projectID, "timeTrackingUnit", "TimeEntry", "usedTime")
    await tx.change(projectID, timeTrackingUnit=timeTrackingUnit)


async def _check_none(tx: Transaction, project: Record, unit: str, type_name: str, *names: str) -> None:
    """Refuses another unit where an object of the type has a number in the present one."""
    for record in await tx.with_value(type_name, project, *names, limit=1):
        raise _in_unit(project, unit, record, next(name for name in names if record[name] is not None))


async def _check_all_used_time_is_entered(tx: Transaction, project: Record) -> None:
    """Refuses another unit for details where used time stands by itself: it is in that unit then."""
    items = await tx.with_value("BacklogItem", project, "usedTime")
    tasks = await tx.with_value("Task", project, "usedTime")
    summed = {entry["ownerObjectID"] for entry in await tx.with_value("TimeEntry", project, "usedTime")}
    summed |= {task["backlogItemID"] for task in tasks}
    for record in (*tasks, *items):
        if record.number not in summed:
            raise _in_unit(project, "detailedEstimateUnit", record, "usedTime")


def _in_unit(project: Record, unit: str, record: Record, name: str) -> RequirementNotSatisfied:
    return RequirementNotSatisfied(
        f"The {unit} of the project {project.id} stays {project[unit]}, because numbers in it are there already: the "
        f"{record.type} {record.id} has the {name} {record[name]:g}. Remove such numbers first."
    )
