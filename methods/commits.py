"""Commit methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import CommitRef

setter("setCommitExternalID", "commitID", CommitRef, "externalID", ExternalID)
