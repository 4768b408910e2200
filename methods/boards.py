"""Board and board column methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import BoardColumnRef, BoardRef, ExternalID

setter("setBoardExternalID", "boardID", BoardRef, "externalID", ExternalID)
setter("setBoardColumnExternalID", "boardColumnID", BoardColumnRef, "externalID", ExternalID)
