"""Comment methods."""

from methods.nesting import NOT_TOO_DEEP, check_nesting
from methods.setters import setter
from scrumrpc.calls.kinds import ExternalID, Text
from scrumrpc.calls.permissions import COMMENT_CREATOR
from scrumrpc.calls.references import CommentOwnerRef, CommentOwnerType, CommentRef, ParentCommentRef
from scrumrpc.calls.registry import method
from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.store.transaction import Transaction


@method(
    noun="Comment",
    writes=True,
    answers="id",
    requires=("The parent comment, where one is given, is on the same object.", NOT_TOO_DEEP),
)
async def addComment(
    tx: Transaction,
    *,
    externalID: ExternalID = None,
    ownerObjectType: CommentOwnerType,
    ownerObjectID: CommentOwnerRef,
    parentCommentID: ParentCommentRef = None,
    text: Text,
) -> str:
    """Adds a comment on an object, or a reply to a comment on it, written by the caller at the present time."""
    owner, parent = ownerObjectID, parentCommentID
    if parent is not None and parent["ownerObjectID"] != owner.number:
        raise RequirementNotSatisfied(
            f"The comment {parent.id} is not on the {ownerObjectType} {owner.id}: a reply is on the same object as the "
            "comment it replies to."
        )
    await check_nesting(tx, parent)
    comment = await tx.create(
        "Comment",
        externalID=externalID,
        projectID=owner.project,
        ownerObjectType=ownerObjectType,
        ownerObjectID=owner.number,
        parentCommentID=parent.number if parent else None,
        creatorID=tx.standing.person,
        date=tx.now,
        text=text,
    )
    return comment.id


@method(noun="Comment", writes=True, permission=COMMENT_CREATOR)
async def deleteComment(tx: Transaction, *, commentID: CommentRef) -> None:
    """Deletes a comment with all replies to it, and the replies to those."""
    await tx.delete(commentID)


setter("setCommentExternalID", "commentID", CommentRef, "externalID", ExternalID, permission=COMMENT_CREATOR)
setter("setCommentText", "commentID", CommentRef, "text", Text, permission=COMMENT_CREATOR)
