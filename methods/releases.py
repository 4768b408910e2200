"""Release methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, ReleaseRef

setter("setReleaseExternalID", "releaseID", ReleaseRef, "externalID", ExternalID)
