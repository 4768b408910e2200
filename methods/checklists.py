"""Checklist and checklist item methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ChecklistItemRef, ChecklistRef, ExternalID

setter("setChecklistExternalID", "checklistID", ChecklistRef, "externalID", ExternalID)
setter("setChecklistItemExternalID", "checklistItemID", ChecklistItemRef, "externalID", ExternalID)
