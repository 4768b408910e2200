"""Message methods."""

from methods.setters import setter
from scrumrpc.calls.kinds import Color, ExternalID, Flag, GivenColor, Link, MessageType, Name, Note
from scrumrpc.calls.permissions import MESSAGE_CREATOR
from scrumrpc.calls.references import MessageRef, ProjectRef
from scrumrpc.calls.registry import method
from scrumrpc.model.enumerations import DEFAULT_MESSAGE_COLOR
from scrumrpc.store.transaction import Transaction


@method(noun="Message", writes=True, answers="id")
async def addMessage(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    projectID: ProjectRef,
    title: Name,
    text: Note = None,
    link: Link = None,
    type: MessageType = None,
    color: Color = None,
) -> str:
    """Adds a message to a project, behind the others, written by the caller at the present time.

    Without a color it becomes Yellow.
    """
    message = await tx.create(
        "Message",
        externalID=externalID,
        projectID=projectID.number,
        title=title,
        text=text,
        link=link,
        type=type,
        creatorID=tx.standing.person,
        date=tx.now,
        color=color or DEFAULT_MESSAGE_COLOR,
    )
    return message.id


setter("setMessageColor", "messageID", MessageRef, "color", GivenColor, permission=MESSAGE_CREATOR)
setter("setMessageExternalID", "messageID", MessageRef, "externalID", ExternalID)
setter("setMessageIsArchived", "messageID", MessageRef, "isArchived", Flag)
setter("setMessageLink", "messageID", MessageRef, "link", Link, permission=MESSAGE_CREATOR)
setter("setMessageText", "messageID", MessageRef, "text", Note, permission=MESSAGE_CREATOR)
setter("setMessageTitle", "messageID", MessageRef, "title", Name, permission=MESSAGE_CREATOR)
setter("setMessageType", "messageID", MessageRef, "type", MessageType, permission=MESSAGE_CREATOR)


@method(noun="Message", writes=True, permission=MESSAGE_CREATOR)
async def deleteMessage(tx: Transaction, *, messageID: MessageRef) -> None:
    """Deletes a message with its comments, checklists and attachments."""
    await tx.delete(messageID)
