"""Objects that nest in others of their type: epics, folders and replies to comments."""

from __future__ import annotations

from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.ownership import MOST_LEVELS
from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction

NOT_TOO_DEEP = f"No more than {MOST_LEVELS} of them are inside one another."
"""The requirement in words."""


async def check_nesting(tx: Transaction, into: Record | None, record: Record | None = None) -> None:
    """Refuses to put an object, or a new one, into another that is part of it or has too many levels above it."""
    if into is None:
        return
    above = await tx.above(into)
    if record is not None and record.number in above:
        raise RequirementNotSatisfied(
            f"The {into.type} {into.id} is the {record.type} {record.id} itself, or inside it; nothing is part of "
            "itself."
        )
    levels = len(above) + (1 if record is None else await tx.height(record))
    if levels > MOST_LEVELS:
        raise RequirementNotSatisfied(
            f"In the {into.type} {into.id} there would be {levels} levels of objects of that type inside one another; "
            f"{MOST_LEVELS} are the most that there can be."
        )
