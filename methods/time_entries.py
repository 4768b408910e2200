"""Time entry methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, TimeEntryRef

setter("setTimeEntryExternalID", "timeEntryID", TimeEntryRef, "externalID", ExternalID)
