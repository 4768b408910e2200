"""Checklist and checklist item methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import ChecklistItemRef, ChecklistRef

setter("setChecklistExternalID", "checklistID", ChecklistRef, "externalID", ExternalID)
setter("setChecklistItemExternalID", "checklistItemID", ChecklistItemRef, "externalID", ExternalID)
