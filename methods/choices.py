"""What was chosen in custom fields of the types Team, Release and Sprint, when the chosen object goes."""

from __future__ import annotations

from scrumrpc.model.record import Record
from scrumrpc.store.transaction import Transaction


async def forget_choice(tx: Transaction, record: Record) -> None:
    """Deletes the custom field values that name an object of a project, before it is deleted itself."""
    fields = await tx.members("CustomField", await tx.get("Project", record["projectID"]))
    choosing = [field.number for field in fields if field["type"] == record.type]
    if not choosing:
        return
    for value in await tx.referring("CustomFieldValue", "customFieldID", *choosing):
        if value["value"] == record.id:
            await tx.delete(value)
