"""Retrospective and retrospective card methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import (
    END,
    LEAST_RETROSPECTIVE_COLUMNS,
    MOST_RETROSPECTIVE_COLUMNS,
    Color,
    ColumnNames,
    ColumnNum,
    ExternalID,
    Flag,
    GivenColor,
    Index,
    Name,
    Note,
)
from scrumrpc.calls.references import ProjectRef, RetrospectiveCardRef, RetrospectiveRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import InvalidParameter, RequirementNotSatisfied
from scrumrpc.model.enumerations import (
    DEFAULT_COLUMN_COLOR,
    DEFAULT_RETROSPECTIVE_COLOR,
    DEFAULT_RETROSPECTIVE_COLUMNS,
)
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

# Retrospectives ------------------------------------------------------------------------------------------------------


@method(noun="Retrospective", writes=True, answers="id")
async def addRetrospective(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    name: Name,
    description: Note = None,
    color: Color = None,
    columnNames: ColumnNames = None,
    index: Index = END,
) -> str:
    """Adds a retrospective to a project, made by the caller at the present time.

    Without a color it becomes Light blue; without columnNames it has the columns Went well and Could be better. The
    index counts all retrospectives of the project, archived ones included.
    """
    columns = [(each, DEFAULT_COLUMN_COLOR) for each in columnNames or ()] or DEFAULT_RETROSPECTIVE_COLUMNS
    retrospective = await tx.create(
        "Retrospective",
        index,
        externalID=externalID,
        projectID=projectID.number,
        name=name,
        description=description,
        creatorID=tx.standing.person,
        creationDate=tx.now,
        color=color or DEFAULT_RETROSPECTIVE_COLOR,
        columnNames=[heading for heading, _ in columns],
        columnColors=[column_color for _, column_color in columns],
    )
    return retrospective.id


@method(noun="Retrospective", writes=True)
async def deleteRetrospective(tx: Transaction, *, retrospectiveID: RetrospectiveRef) -> None:
    """Deletes a retrospective with its cards, comments, checklists and attachments, and theirs."""
    await tx.delete(retrospectiveID)


@method(noun="Retrospective", writes=True)
async def moveRetrospective(tx: Transaction, *, retrospectiveID: RetrospectiveRef, index: Index = END) -> None:
    """Moves a retrospective to a position among those of its project, archived ones included."""
    await tx.move(retrospectiveID, index)


setter("setRetrospectiveColor", "retrospectiveID", RetrospectiveRef, "color", GivenColor)
setter("setRetrospectiveDescription", "retrospectiveID", RetrospectiveRef, "description", Note)
setter("setRetrospectiveExternalID", "retrospectiveID", RetrospectiveRef, "externalID", ExternalID)
setter("setRetrospectiveIsArchived", "retrospectiveID", RetrospectiveRef, "isArchived", Flag)
setter("setRetrospectiveName", "retrospectiveID", RetrospectiveRef, "name", Name)

# Columns -------------------------------------------------------------------------------------------------------------


@method(
    noun="RetrospectiveColumn",
    writes=True,
    requires=(f"The retrospective has fewer than {MOST_RETROSPECTIVE_COLUMNS} columns.",),
)
async def addRetrospectiveColumn(
    tx: Transaction, *, retrospectiveID: RetrospectiveRef, name: Name, color: Color = None, index: Index = END
) -> None:
    """Adds a column to a retrospective, in Light gray where no color is given.

    The columns behind it, and the columnNum of their cards, count one more. The new column's number is one more than
    the index.
    """
    columns = _columns(retrospectiveID)
    if len(columns) >= MOST_RETROSPECTIVE_COLUMNS:
        raise RequirementNotSatisfied(
            f"The retrospective {retrospectiveID.id} has {len(columns)} columns, which is the most that it can have."
        )
    columns.insert(_position(index, len(columns)), (name, color or DEFAULT_COLUMN_COLOR, None))
    await _arrange(tx, retrospectiveID, columns)


@method(
    noun="RetrospectiveColumn",
    writes=True,
    requires=(
        "No card stands in the column.",
        f"The retrospective has more than {LEAST_RETROSPECTIVE_COLUMNS} columns.",
    ),
)
async def deleteRetrospectiveColumn(
    tx: Transaction, *, retrospectiveID: RetrospectiveRef, columnNum: ColumnNum
) -> None:
    """Deletes an empty column; the columns behind it, and the columnNum of their cards, count one less."""
    retrospective, columns = retrospectiveID, _columns(retrospectiveID)
    _check_column(retrospective, columnNum)
    if len(columns) <= LEAST_RETROSPECTIVE_COLUMNS:
        raise RequirementNotSatisfied(
            f"The retrospective {retrospective.id} has {len(columns)} columns, and needs {LEAST_RETROSPECTIVE_COLUMNS}."
        )
    cards = [card.id for card in await _cards(tx, retrospective) if card["columnNum"] == columnNum]
    if cards:
        some = ", ".join(cards[:10]) + (", ..." if len(cards) > 10 else "")
        raise RequirementNotSatisfied(
            f"The column {columnNum} of the retrospective {retrospective.id} is not empty; it holds the cards {some}. "
            "Move them to another column first, with moveRetrospectiveCard."
        )
    del columns[columnNum - 1]
    await _arrange(tx, retrospective, columns)


@method(noun="RetrospectiveColumn", writes=True)
async def moveRetrospectiveColumn(
    tx: Transaction, *, retrospectiveID: RetrospectiveRef, columnNum: ColumnNum, index: Index = END
) -> None:
    """Moves a column, with its cards, to a position among the columns.

    The columnNum of the cards follows the new order.
    """
    _check_column(retrospectiveID, columnNum)
    columns = _columns(retrospectiveID)
    moved = columns.pop(columnNum - 1)
    columns.insert(_position(index, len(columns)), moved)
    await _arrange(tx, retrospectiveID, columns)


@method(noun="RetrospectiveColumn", writes=True)
async def setRetrospectiveColumnColor(
    tx: Transaction, *, retrospectiveID: RetrospectiveRef, columnNum: ColumnNum, color: GivenColor
) -> None:
    """Sets the color of a column of a retrospective."""
    await _set_in_column(tx, retrospectiveID, columnNum, "columnColors", color)


@method(noun="RetrospectiveColumn", writes=True)
async def setRetrospectiveColumnName(
    tx: Transaction, *, retrospectiveID: RetrospectiveRef, columnNum: ColumnNum, name: Name
) -> None:
    """Sets the name of a column of a retrospective."""
    await _set_in_column(tx, retrospectiveID, columnNum, "columnNames", name)


async def _set_in_column(tx: Transaction, retrospective: Record, number: int, property_name: str, value: str) -> None:
    _check_column(retrospective, number)
    values = list(retrospective[property_name])
    values[number - 1] = value
    await tx.change(retrospective, **{property_name: values})


Column = tuple[str, str, int | None]
"""Name, color, and the number that it had so far, if any."""


def _columns(retrospective: Record) -> list[Column]:
    names, colors = retrospective["columnNames"], retrospective["columnColors"]
    return [(name, color, number) for number, (name, color) in enumerate(zip(names, colors, strict=True), 1)]


async def _cards(tx: Transaction, retrospective: Record) -> list[Record]:
    return await tx.members("RetrospectiveCard", retrospective)


async def _arrange(tx: Transaction, retrospective: Record, columns: list[Column]) -> None:
    """Gives a retrospective these columns; cards stay in theirs, whatever its number becomes."""
    numbers = {former: number for number, (_, _, former) in enumerate(columns, 1)}
    for card in await _cards(tx, retrospective):
        await tx.change(card, columnNum=numbers.get(card["columnNum"], card["columnNum"]))
    await tx.change(
        retrospective,
        columnNames=[name for name, _, _ in columns],
        columnColors=[color for _, color, _ in columns],
    )


def _check_column(retrospective: Record, number: int) -> None:
    count = len(retrospective["columnNames"])
    if number > count:
        raise InvalidParameter(
            f"The parameter columnNum is {number}, but the retrospective {retrospective.id} has {count} columns."
        )


def _position(index: int, count: int) -> int:
    if index > count:
        raise InvalidParameter(
            f"The parameter index is {index}, but there are {count} other columns: it must be between 0 and {count}, "
            "or -1 for the end."
        )
    return count if index == END else index


# Cards ---------------------------------------------------------------------------------------------------------------


@method(noun="RetrospectiveCard", writes=True, answers="id")
async def addRetrospectiveCard(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    retrospectiveID: RetrospectiveRef,
    columnNum: ColumnNum,
    name: Name,
    description: Note = None,
    color: Color = None,
    index: Index = END,
) -> str:
    """Adds a card to a column of a retrospective, written by the caller at the present time.

    The index counts the cards of the column.
    """
    _check_column(retrospectiveID, columnNum)
    card = await tx.create(
        "RetrospectiveCard",
        index,
        within={"columnNum": columnNum},
        externalID=externalID,
        projectID=retrospectiveID["projectID"],
        retrospectiveID=retrospectiveID.number,
        columnNum=columnNum,
        name=name,
        description=description,
        creatorID=tx.standing.person,
        creationDate=tx.now,
        color=color,
    )
    return card.id


@method(noun="RetrospectiveCard", writes=True)
async def deleteRetrospectiveCard(tx: Transaction, *, retrospectiveCardID: RetrospectiveCardRef) -> None:
    """Deletes a card of a retrospective with its comments, checklists and attachments."""
    await tx.delete(retrospectiveCardID)


@method(noun="RetrospectiveCard", writes=True)
async def moveRetrospectiveCard(
    tx: Transaction, *, retrospectiveCardID: RetrospectiveCardRef, columnNum: ColumnNum, index: Index = END
) -> None:
    """Moves a card to a position in a column of its retrospective, be it the one it stands in or another."""
    retrospective = await tx.get("Retrospective", retrospectiveCardID["retrospectiveID"])
    _check_column(retrospective, columnNum)
    await tx.move(retrospectiveCardID, index, within={"columnNum": columnNum}, columnNum=columnNum)


setter("setRetrospectiveCardColor", "retrospectiveCardID", RetrospectiveCardRef, "color", Color)
setter("setRetrospectiveCardDescription", "retrospectiveCardID", RetrospectiveCardRef, "description", Note)
setter("setRetrospectiveCardExternalID", "retrospectiveCardID", RetrospectiveCardRef, "externalID", ExternalID)
setter("setRetrospectiveCardName", "retrospectiveCardID", RetrospectiveCardRef, "name", Name)
