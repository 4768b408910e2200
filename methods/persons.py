"""Person methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, PersonRef
from scrumrpc.calls.permissions import PERSON_ITSELF

setter("setPersonExternalID", "personID", PersonRef, "externalID", ExternalID, permission=PERSON_ITSELF)
