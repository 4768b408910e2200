"""Release methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import ReleaseRef

setter("setReleaseExternalID", "releaseID", ReleaseRef, "externalID", ExternalID)
