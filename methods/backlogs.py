"""Backlog and backlog list methods."""

from methods.progress import check_project
from methods.setters import setter
from scrumrpc.calls.kinds import END, Color, ExternalID, Flag, Index, Name, Note
from scrumrpc.calls.references import BacklogListRef, BacklogOrNoneRef, BacklogRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(noun="Backlog", writes=True, answers="id")
async def addBacklog(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    color: Color = None,
    index: Index = END,
) -> str:
    """Adds a backlog to a project, with one list of the same name.

    The index counts all backlogs of the project, archived ones included.
    """
    backlog = await tx.create(
        "Backlog",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        color=color,
    )
    await tx.create("BacklogList", projectID=projectID.number, backlogID=backlog.number, name=name)
    return backlog.id


@method(
    noun="Backlog",
    writes=True,
    requires=("No backlog item stands in a list of the backlog.", "The project has another backlog."),
)
async def deleteBacklog(tx: Transaction, *, backlogID: BacklogRef) -> None:
    """Deletes a backlog with its lists."""
    backlog = backlogID
    if await tx.count("Backlog", await tx.get("Project", backlog["projectID"])) == 1:
        raise RequirementNotSatisfied(f"The backlog {backlog.id} is the only one of its project, which needs one.")
    await _check_empty(tx, f"backlog {backlog.id}", *await tx.members("BacklogList", backlog))
    await tx.delete(backlog)


async def _check_empty(tx: Transaction, what: str, *lists: Record) -> None:
    items = await tx.referring("BacklogItem", "backlogListID", *(each.number for each in lists)) if lists else []
    if items:
        some = ", ".join(item.id for item in items[:10]) + (", ..." if len(items) > 10 else "")
        raise RequirementNotSatisfied(
            f"The {what} is not empty; it holds {len(items)} backlog item{'s' if len(items) > 1 else ''}, those in "
            f"epics included: {some}. Move them to another list first, with moveBacklogItemToBacklogList."
        )


@method(noun="Backlog", writes=True)
async def moveBacklog(tx: Transaction, *, backlogID: BacklogRef, index: Index = END) -> None:
    """Moves a backlog to a position among the backlogs of its project, archived ones included."""
    await tx.move(backlogID, index)


setter("setBacklogColor", "backlogID", BacklogRef, "color", Color)
setter("setBacklogDescription", "backlogID", BacklogRef, "description", Note)
setter("setBacklogExternalID", "backlogID", BacklogRef, "externalID", ExternalID)
setter("setBacklogIsArchived", "backlogID", BacklogRef, "isArchived", Flag)
setter("setBacklogName", "backlogID", BacklogRef, "name", Name)


@method(noun="BacklogList", writes=True, answers="id")
async def addBacklogList(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    backlogID: BacklogRef,
    name: Name,
    description: Note = None,
    color: Color = None,
    index: Index = END,
) -> str:
    """Adds a list to a backlog. The index counts all lists of the backlog, archived ones included."""
    added = await tx.create(
        "BacklogList",
        index,
        externalID=externalID,
        projectID=backlogID["projectID"],
        backlogID=backlogID.number,
        name=name,
        description=description,
        color=color,
    )
    return added.id


@method(
    noun="BacklogList",
    writes=True,
    requires=("No backlog item stands in the list.", "The backlog has another list."),
)
async def deleteBacklogList(tx: Transaction, *, backlogListID: BacklogListRef) -> None:
    """Deletes a list of a backlog."""
    await _check_not_last(tx, backlogListID)
    await _check_empty(tx, f"backlog list {backlogListID.id}", backlogListID)
    await tx.delete(backlogListID)


async def _check_not_last(tx: Transaction, backlog_list: Record) -> None:
    backlog = await tx.get("Backlog", backlog_list["backlogID"])
    if await tx.count("BacklogList", backlog) == 1:
        raise RequirementNotSatisfied(
            f"The backlog list {backlog_list.id} is the only one of the backlog {backlog.id}, which needs one."
        )


@method(
    noun="BacklogList",
    writes=True,
    requires=(
        "The other backlog belongs to the same project.",
        "The backlog that the list leaves has another list.",
    ),
)
async def moveBacklogList(
    tx: Transaction, *, backlogListID: BacklogListRef, backlogID: BacklogOrNoneRef = None, index: Index = END
) -> None:
    """Moves a list, with what stands in it, to a position among the lists of its backlog or of another one."""
    check_project(backlogListID, backlogID)
    if backlogID is None or backlogID.number == backlogListID["backlogID"]:
        await tx.move(backlogListID, index)
        return
    await _check_not_last(tx, backlogListID)
    await tx.move(backlogListID, index, backlogID=backlogID.number)


setter("setBacklogListColor", "backlogListID", BacklogListRef, "color", Color)
setter("setBacklogListDescription", "backlogListID", BacklogListRef, "description", Note)
setter("setBacklogListExternalID", "backlogListID", BacklogListRef, "externalID", ExternalID)
setter("setBacklogListIsArchived", "backlogListID", BacklogListRef, "isArchived", Flag)
setter("setBacklogListName", "backlogListID", BacklogListRef, "name", Name)
