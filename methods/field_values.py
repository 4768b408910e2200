"""Custom field values of backlog items whose type changes."""

from __future__ import annotations

from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


async def drop_misfits(tx: Transaction, item: Record) -> None:
    """Deletes the values of fields that backlog items of the item's type do not have."""
    for value in await tx.members("CustomFieldValue", item):
        types = (await tx.get("CustomField", value["customFieldID"]))["ownerBacklogItemTypes"]
        if types is not None and item["type"] not in types:
            await tx.delete(value)
