"""Person methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.permissions import PERSON_ITSELF
from scrumrpc.calls.references import PersonRef

setter("setPersonExternalID", "personID", PersonRef, "externalID", ExternalID, permission=PERSON_ITSELF)
