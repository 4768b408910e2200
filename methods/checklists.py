"""Checklist and checklist item methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import END, ExternalID, Flag, Index, Name, Note
from scrumrpc.calls.references import ChecklistItemRef, ChecklistRef, OwnerRef, OwnerType
from scrumrpc.calls.registry import method
from scrumrpc.store.transaction import Transaction


@method(noun="Checklist", writes=True, answers="id")
async def addChecklist(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    ownerObjectType: OwnerType,
    ownerObjectID: OwnerRef,
    name: Name,
    description: Note = None,
    index: Index = END,
) -> str:
    """Adds a checklist to an object; addChecklistItem puts things to tick off into it."""
    checklist = await tx.create(
        "Checklist",
        index,
        externalID=externalID,
        projectID=ownerObjectID.project,
        ownerObjectType=ownerObjectType,
        ownerObjectID=ownerObjectID.number,
        name=name,
        description=description,
    )
    return checklist.id


setter("setChecklistDescription", "checklistID", ChecklistRef, "description", Note)
setter("setChecklistExternalID", "checklistID", ChecklistRef, "externalID", ExternalID)
setter("setChecklistName", "checklistID", ChecklistRef, "name", Name)


@method(noun="Checklist", writes=True)
async def moveChecklist(tx: Transaction, *, checklistID: ChecklistRef, index: Index = END) -> None:
    """Moves a checklist to another position among the checklists on its object."""
    await tx.move(checklistID, index)


@method(noun="Checklist", writes=True)
async def deleteChecklist(tx: Transaction, *, checklistID: ChecklistRef) -> None:
    """Deletes a checklist with everything in it."""
    await tx.delete(checklistID)


@method(noun="ChecklistItem", writes=True, answers="id")
async def addChecklistItem(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    checklistID: ChecklistRef,
    name: Name,
    description: Note = None,
    index: Index = END,
) -> str:
    """Adds something to tick off to a checklist; it is not ticked off yet."""
    item = await tx.create(
        "ChecklistItem",
        index,
        externalID=externalID,
        projectID=checklistID["projectID"],
        checklistID=checklistID.number,
        name=name,
        description=description,
        isChecked=False,
    )
    return item.id


setter("setChecklistItemDescription", "checklistItemID", ChecklistItemRef, "description", Note)
setter("setChecklistItemExternalID", "checklistItemID", ChecklistItemRef, "externalID", ExternalID)
setter("setChecklistItemIsChecked", "checklistItemID", ChecklistItemRef, "isChecked", Flag)
setter("setChecklistItemName", "checklistItemID", ChecklistItemRef, "name", Name)


@method(noun="ChecklistItem", writes=True)
async def moveChecklistItem(tx: Transaction, *, checklistItemID: ChecklistItemRef, index: Index = END) -> None:
    """Moves something to tick off to another position in its checklist."""
    await tx.move(checklistItemID, index)


@method(noun="ChecklistItem", writes=True)
async def deleteChecklistItem(tx: Transaction, *, checklistItemID: ChecklistItemRef) -> None:
    """Deletes something to tick off from its checklist."""
    await tx.delete(checklistItemID)
