"""Attachment methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID
from scrumrpc.calls.references import AttachmentRef

setter("setAttachmentExternalID", "attachmentID", AttachmentRef, "externalID", ExternalID)
