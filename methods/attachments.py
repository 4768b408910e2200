"""Attachment methods."""

from methods.contents import keep, kept
from methods.setters import setter
from scrumrpc.calls.file_kinds import ContentType, FileContents, FileName
from scrumrpc.calls.kinds import ExternalID, Note, Title
from scrumrpc.calls.references import AttachmentRef, OwnerRef, OwnerType
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import File, View
from scrumrpc.store.transaction import Transaction


@method(noun="Attachment", writes=True, answers="id")
async def addAttachment(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    ownerObjectType: OwnerType,
    ownerObjectID: OwnerRef,
    name: Title = None,
    description: Note = None,
    fileName: FileName,
    contentType: ContentType = None,
    fileContents: FileContents,
) -> str:
    """Attaches a file to an object, behind the files that are on it.

    The file can be fetched at the url of the attachment, with the same credentials as calls.
    """
    attachment = await tx.create(
        "Attachment",
        externalID=externalID,
        projectID=ownerObjectID.project,
        ownerObjectType=ownerObjectType,
        ownerObjectID=ownerObjectID.number,
        name=name,
        description=description,
        url="",
    )
    await keep(tx, attachment, fileName, contentType, fileContents)
    return attachment.id


@method(
    noun="Attachment",
    writes=False,
    answers="contents",
    requires=("The server keeps the content of the attachment; it does not of imported ones.",),
)
async def getAttachmentFileContents(view: View, *, attachmentID: AttachmentRef) -> File:
    """Answers what an attached file holds."""
    return await kept(view, attachmentID)


@method(noun="Attachment", writes=True)
async def deleteAttachment(tx: Transaction, *, attachmentID: AttachmentRef) -> None:
    """Takes a file off the object that it is attached to."""
    await tx.delete(attachmentID)


setter("setAttachmentDescription", "attachmentID", AttachmentRef, "description", Note)
setter("setAttachmentExternalID", "attachmentID", AttachmentRef, "externalID", ExternalID)
setter("setAttachmentName", "attachmentID", AttachmentRef, "name", Title)
