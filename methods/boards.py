"""Board and board column methods."""

from methods.progress import column_for
from methods.setters import setter
from scrumrpc.calls.kinds import END, BoardType, ExternalID, Index, Name, Note, TaskStatus
from scrumrpc.calls.references import BoardColumnRef, BoardRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


@method(noun="Board", writes=True, answers="id")
async def addBoard(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    type: BoardType,
    index: Index = END,
) -> str:
    """Adds a board to a project, without columns; addBoardColumn gives it some.

    The index counts all boards of the project.
    """
    board = await tx.create(
        "Board",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        type=type,
    )
    return board.id


@method(
    noun="Board",
    writes=True,
    requires=("No backlog items are on the board.",),
)
async def deleteBoard(tx: Transaction, *, boardID: BoardRef) -> None:
    """Deletes a board with its columns. Sprints that were to use it have no board from then on."""
    board = boardID
    on_it = await tx.referring("BacklogItem", "boardID", board.number)
    if on_it:
        raise RequirementNotSatisfied(
            f"On the board {board.id} there {_number_of(on_it)}, among them {on_it[0].id}; only an empty board may be "
            "deleted."
        )
    for sprint in await tx.referring("Sprint", "boardID", board.number):
        await tx.change(sprint, boardID=None)
    await tx.delete(board)


@method(noun="Board", writes=True)
async def moveBoard(tx: Transaction, *, boardID: BoardRef, index: Index = END) -> None:
    """Moves a board to another position among the boards of its project."""
    await tx.move(boardID, index)


setter("setBoardDescription", "boardID", BoardRef, "description", Note)
setter("setBoardExternalID", "boardID", BoardRef, "externalID", ExternalID)
setter("setBoardName", "boardID", BoardRef, "name", Name)


@method(noun="BoardColumn", writes=True, answers="id")
async def addBoardColumn(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    boardID: BoardRef,
    name: Name,
    description: Note = None,
    status: TaskStatus,
    index: Index = END,
) -> str:
    """Adds a column to a board; the index counts its columns from the left.

    Backlog items and tasks on the board that have the status and stand in no column go into the new one.
    """
    column = await tx.create(
        "BoardColumn",
        index,
        externalID=externalID,
        projectID=boardID["projectID"],
        boardID=boardID.number,
        name=name,
        description=description,
        status=status,
    )
    await _gather(tx, column)
    return column.id


@method(
    noun="BoardColumn",
    writes=True,
    requires=("Nothing stands in the column, or the board has another column of the same status.",),
)
async def deleteBoardColumn(tx: Transaction, *, boardColumnID: BoardColumnRef) -> None:
    """Deletes a column of a board. What stands in it goes into the board's first other column of the same status."""
    column = boardColumnID
    standing = await _standing_in(tx, column)
    await tx.delete(column)
    other = await column_for(tx, column["boardID"], column["status"])
    if standing and other is None:
        raise RequirementNotSatisfied(
            f"In the board column {column.id} there {_number_of(standing)}, among them {standing[0].id}, and the board "
            f"has no other column with the status {column['status']} where that could go."
        )
    for each in standing:
        await tx.change(each, boardColumnID=other)


@method(noun="BoardColumn", writes=True)
async def moveBoardColumn(tx: Transaction, *, boardColumnID: BoardColumnRef, index: Index = END) -> None:
    """Moves a column to another position on its board; what stands in it moves along."""
    await tx.move(boardColumnID, index)


setter("setBoardColumnDescription", "boardColumnID", BoardColumnRef, "description", Note)
setter("setBoardColumnExternalID", "boardColumnID", BoardColumnRef, "externalID", ExternalID)
setter("setBoardColumnName", "boardColumnID", BoardColumnRef, "name", Name)


@method(
    noun="BoardColumn",
    writes=True,
    requires=("Nothing stands in the column.",),
)
async def setBoardColumnStatus(tx: Transaction, *, boardColumnID: BoardColumnRef, status: TaskStatus) -> None:
    """Sets the status of what will stand in a column.

    Backlog items and tasks on the board that have the status and stand in no column go into it.
    """
    column = boardColumnID
    if column["status"] == status:
        return
    standing = await _standing_in(tx, column)
    if standing:
        raise RequirementNotSatisfied(
            f"In the board column {column.id} there {_number_of(standing)}, among them {standing[0].id}; move what "
            f"stands in it elsewhere before its status becomes {status}."
        )
    await _gather(tx, await tx.change(column, status=status))


async def _standing_in(tx: Transaction, column: Record) -> list[Record]:
    items = await tx.referring("BacklogItem", "boardColumnID", column.number)
    return items + await tx.referring("Task", "boardColumnID", column.number)


async def _gather(tx: Transaction, column: Record) -> None:
    """Puts what is on the board and has found no column so far into one that has its status now."""
    items = await tx.referring("BacklogItem", "boardID", column["boardID"])
    tasks = await tx.referring("Task", "backlogItemID", *(item.number for item in items))
    with_tasks = {task["backlogItemID"] for task in tasks}
    for each in [item for item in items if item.number not in with_tasks] + tasks:
        if each["boardColumnID"] is None and each["status"] == column["status"]:
            await tx.change(each, boardColumnID=column.number)


def _number_of(standing: list[Record]) -> str:
    items = sum(each.type == "BacklogItem" for each in standing)
    tasks = len(standing) - items
    counted = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((items, "backlog item"), (tasks, "task")) if n]
    return f"{'is' if len(standing) == 1 else 'are'} {' and '.join(counted)}"
