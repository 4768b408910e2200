"""Attachment methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import AttachmentRef, ExternalID

setter("setAttachmentExternalID", "attachmentID", AttachmentRef, "externalID", ExternalID)
