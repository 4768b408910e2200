"""Release methods."""

from methods.choices import forget_choice
from methods.periods import check_period
from methods.progress import check_project, leave_board
from methods.setters import setter
from methods.units import check_unit
from scrumrpc.calls.kinds import END, DayOrNone, ExternalID, Index, Link, Name, Note, Number, UnitOfNumber
from scrumrpc.calls.references import NextReleaseRef, ProjectRef, ReleaseRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(
    noun="Release",
    writes=True,
    answers="id",
    requires=("releaseDate is not before startDate, where both are given.",),
)
async def addRelease(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    link: Link = None,
    startDate: DayOrNone = None,
    releaseDate: DayOrNone = None,
    index: Index = END,
) -> str:
    """Adds a release to a project, with the status In planning.

    The index counts all releases of the project, completed ones included.
    """
    check_period("startDate", startDate, "releaseDate", releaseDate)
    release = await tx.create(
        "Release",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        link=link,
        startDate=startDate,
        releaseDate=releaseDate,
        status="In planning",
    )
    return release.id


@method(
    noun="Release",
    writes=True,
    requires=(
        "The status of the release is In planning or In progress.",
        "The next release, where one is given, is another one of the same project and not Completed.",
    ),
)
async def completeRelease(tx: Transaction, *, releaseID: ReleaseRef, nextReleaseID: NextReleaseRef = None) -> None:
    """Completes a release, whose finished backlog items become Released.

    Finished are those that are Sprint completed, and those that are Done and in no sprint that still goes on; they
    leave their Kanban boards. What is not finished goes to the next release or, where none is given, has no release
    from then on.
    """
    release, following = releaseID, nextReleaseID
    if release["status"] == "Completed":
        raise RequirementNotSatisfied(f"The release {release.id} is Completed already.")
    check_project(release, following)
    if following is not None and (following.number == release.number or following["status"] == "Completed"):
        found = "the one to complete" if following.number == release.number else "Completed"
        raise RequirementNotSatisfied(
            f"The parameter nextReleaseID is {following.id}, and that release is {found}; it must be another one, In "
            "planning or In progress."
        )
    for item in await tx.referring("BacklogItem", "releaseID", release.number):
        if await _is_finished(tx, item):
            await leave_board(tx, item, "Released")
        elif item["status"] != "Released":
            await tx.change(item, releaseID=following.number if following else None)
    await tx.change(release, status="Completed")


async def _is_finished(tx: Transaction, item: Record) -> bool:
    if item["status"] != "Done" or item["sprintID"] is None:
        return item["status"] in ("Done", "Sprint completed")
    sprint = await tx.get("Sprint", item["sprintID"])
    return sprint["status"] in ("Completed", "Aborted")


@method(noun="Release", writes=True)
async def deleteRelease(tx: Transaction, *, releaseID: ReleaseRef) -> None:
    """Deletes a release with its comments, checklists, attachments and custom field values.

    Its backlog items stay, with the status that they have and without a release. Values of custom fields that name the
    release are deleted.
    """
    for item in await tx.referring("BacklogItem", "releaseID", releaseID.number):
        await tx.change(item, releaseID=None)
    await forget_choice(tx, releaseID)
    await tx.delete(releaseID)


@method(noun="Release", writes=True)
async def moveRelease(tx: Transaction, *, releaseID: ReleaseRef, index: Index = END) -> None:
    """Moves a release to another position among the releases of its project."""
    await tx.move(releaseID, index)


@method(
    noun="Release",
    writes=True,
    requires=("releaseDate is not before startDate, where both are given.",),
)
async def setReleaseDates(
    tx: Transaction, *, releaseID: ReleaseRef, startDate: DayOrNone = None, releaseDate: DayOrNone = None
) -> None:
    """Sets both dates of a release; the release loses the one that is not given."""
    check_period("startDate", startDate, "releaseDate", releaseDate)
    await tx.change(releaseID, startDate=startDate, releaseDate=releaseDate)


setter("setReleaseDescription", "releaseID", ReleaseRef, "description", Note)
setter("setReleaseExternalID", "releaseID", ReleaseRef, "externalID", ExternalID)
setter("setReleaseLink", "releaseID", ReleaseRef, "link", Link)
setter("setReleaseName", "releaseID", ReleaseRef, "name", Name)


@method(
    noun="Release",
    writes=True,
    requires=("velocityUnit is the project's roughEstimateUnit, where a velocity is given.",),
)
async def setReleaseVelocities(
    tx: Transaction,
    *,
    releaseID: ReleaseRef,
    bestCaseVelocityPerWeek: Number = None,
    expectedVelocityPerWeek: Number = None,
    worstCaseVelocityPerWeek: Number = None,
    velocityUnit: UnitOfNumber = None,
) -> None:
    """Sets the three velocities that a release is planned with; the release loses those that are not given."""
    velocities = {
        "bestCaseVelocityPerWeek": bestCaseVelocityPerWeek,
        "expectedVelocityPerWeek": expectedVelocityPerWeek,
        "worstCaseVelocityPerWeek": worstCaseVelocityPerWeek,
    }
    project = await tx.get("Project", releaseID["projectID"])
    for velocity in velocities.values():
        check_unit(project, "roughEstimateUnit", "velocity", velocity, velocityUnit)
    await tx.change(releaseID, **velocities)


@method(noun="Release", writes=True, requires=("The status of the release is In planning.",))
async def startRelease(tx: Transaction, *, releaseID: ReleaseRef) -> None:
    """Starts a release: its status becomes In progress."""
    if releaseID["status"] != "In planning":
        raise RequirementNotSatisfied(
            f"The release {releaseID.id} has the status {releaseID['status']}; only a release In planning may be "
            "started."
        )
    await tx.change(releaseID, status="In progress")
