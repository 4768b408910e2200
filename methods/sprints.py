"""Sprint methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import SprintRef

setter("setSprintExternalID", "sprintID", SprintRef, "externalID", ExternalID)
