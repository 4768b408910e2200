"""Time entry methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import TimeEntryRef

setter("setTimeEntryExternalID", "timeEntryID", TimeEntryRef, "externalID", ExternalID)
