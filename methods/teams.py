"""Team methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, TeamRef

setter("setTeamExternalID", "teamID", TeamRef, "externalID", ExternalID)
