"""Project methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import END, ExternalID, Index, Link, Name, Note, Unit
from scrumrpc.calls.permissions import PROJECT_CREATORS
from scrumrpc.calls.references import ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.model.enumerations import DEFAULT_UNITS
from scrumrpc.store.transaction import Transaction


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
    """Adds a project.

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
    return project.id


setter("setProjectExternalID", "projectID", ProjectRef, "externalID", ExternalID)
