"""Sprint methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, SprintRef

setter("setSprintExternalID", "sprintID", SprintRef, "externalID", ExternalID)
