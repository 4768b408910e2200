"""Board and board column methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import BoardColumnRef, BoardRef

setter("setBoardExternalID", "boardID", BoardRef, "externalID", ExternalID)
setter("setBoardColumnExternalID", "boardColumnID", BoardColumnRef, "externalID", ExternalID)
