"""Commit methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import CommitRef, ExternalID

setter("setCommitExternalID", "commitID", CommitRef, "externalID", ExternalID)
