"""Team methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import TeamRef

setter("setTeamExternalID", "teamID", TeamRef, "externalID", ExternalID)
