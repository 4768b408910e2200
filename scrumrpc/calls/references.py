"""References: the kinds of parameters that name objects by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from scrumrpc.calls.kinds import Kind, enumeration
from scrumrpc.model.record import Record
from scrumrpc.model.types.attached import COMMENT_OWNERS, OWNERS, WORK_OWNERS
from scrumrpc.model.types.custom import FIELD_OWNERS
from scrumrpc.model.types.shared import RELATED


@dataclass(frozen=True, slots=True)
class Reference:
    """A kind whose value is the id of an object; the pipeline looks the object up under the lock.

    With `type_parameter` the type is what that other parameter says, else it is the only one in `types`.
    """

    kind: Kind
    types: tuple[str, ...]
    type_parameter: str | None = None


def _parse_id(parameter: str, text: str) -> str:
    return text


def reference_kind(types: tuple[str, ...], what: str, example: str) -> Kind:
    """The kind of a parameter that holds the id of an object of one of the types."""
    part_in_sprint = "(_[0-9]+-[0-9]+)?" if "TeamSprintParticipation" in types else ""
    schema = {"type": "string", "pattern": f"^[0-9]+-[0-9]+-[0-9]+{part_in_sprint}$"}
    return Kind(" or ".join(types) + " id", "string", _parse_id, what, example, schema)


def _to(type_name: str, what: str, example: str) -> Reference:
    return Reference(reference_kind((type_name,), what, example), (type_name,))


def _owner(types: tuple[str, ...], type_parameter: str, what: str) -> Reference:
    return Reference(reference_kind(types, what, "729-0-69327"), types, type_parameter)


TAGGABLE_TYPES = ("Release", "Sprint", "BacklogItem", "Task", "Message", "File", "Retrospective", "RetrospectiveCard")

OwnerType = Annotated[str, enumeration("owner type", OWNERS, "BacklogItem")]
CommentOwnerType = Annotated[str, enumeration("owner type", COMMENT_OWNERS, "BacklogItem")]
WorkOwnerType = Annotated[str, enumeration("owner type", WORK_OWNERS, "BacklogItem")]
WorkOwnerTypeOrNone = Annotated[
    str | None, enumeration("owner type", WORK_OWNERS, "BacklogItem", " Comes with ownerObjectID.")
]
FieldOwnerType = Annotated[str, enumeration("owner type", FIELD_OWNERS, "BacklogItem")]
TaggableType = Annotated[str, enumeration("object type", TAGGABLE_TYPES, "BacklogItem")]
RelatedType = Annotated[str, enumeration("object type", RELATED, "BacklogItem")]

AttachmentRef = Annotated[Record, _to("Attachment", "The attachment.", "729-11304-39")]
BacklogItemRef = Annotated[Record, _to("BacklogItem", "The backlog item.", "729-0-69327")]
BoardRef = Annotated[Record, _to("Board", "The board.", "729-22343-233")]
BoardColumnRef = Annotated[Record, _to("BoardColumn", "The board column.", "729-32978-775")]
ChecklistRef = Annotated[Record, _to("Checklist", "The checklist.", "729-24233-261")]
ChecklistItemRef = Annotated[Record, _to("ChecklistItem", "The checklist item.", "729-53083-896")]
CommentRef = Annotated[Record, _to("Comment", "The comment.", "729-11753-342")]
ParentCommentRef = Annotated[
    Record | None, _to("Comment", "The comment to reply to; none for a remark of its own.", "729-23553-8545")
]
CommitRef = Annotated[Record, _to("Commit", "The commit.", "729-12342-231")]
PersonRef = Annotated[Record, _to("Person", "The person.", "729-11304-39")]
AssignedPersonRef = Annotated[Record | None, _to("Person", "Who is to work on it; none for nobody.", "729-4543-3632")]
CreatorRef = Annotated[Record | None, _to("Person", "Who wrote it; none for nobody.", "729-4543-3632")]
ProjectRef = Annotated[Record, _to("Project", "The project.", "729-11230-1")]
ReleaseRef = Annotated[Record, _to("Release", "The release.", "729-15367-3125")]
SprintRef = Annotated[Record, _to("Sprint", "The sprint.", "729-10367-745")]
TagRef = Annotated[Record, _to("Tag", "The tag.", "729-0-69363")]
TaskRef = Annotated[Record, _to("Task", "The task.", "729-11254-642")]
TeamRef = Annotated[Record, _to("Team", "The team.", "729-12445-3324")]
TimeEntryRef = Annotated[Record, _to("TimeEntry", "The time entry.", "729-9304-3924")]
OwnerRef = Annotated[Record, _owner(OWNERS, "ownerObjectType", "The object, of the type ownerObjectType.")]
TaggableRef = Annotated[Record, _owner(TAGGABLE_TYPES, "objectType", "The object, of the type objectType.")]
CommentOwnerRef = Annotated[
    Record, _owner(COMMENT_OWNERS, "ownerObjectType", "The object, of the type ownerObjectType.")
]
WorkOwnerRef = Annotated[Record, _owner(WORK_OWNERS, "ownerObjectType", "The object, of the type ownerObjectType.")]
WorkOwnerID = Annotated[
    str | None,
    reference_kind(WORK_OWNERS, "Comes with ownerObjectType; without a value, all objects.", "729-0-69327"),
]
FieldOwnerRef = Annotated[Record, _owner(FIELD_OWNERS, "ownerObjectType", "The object, of the type ownerObjectType.")]
RelatedFromRef = Annotated[Record, _owner(RELATED, "fromObjectType", "The first object, of the type fromObjectType.")]
RelatedToRef = Annotated[Record, _owner(RELATED, "toObjectType", "The second object, of the type toObjectType.")]
BacklogRef = Annotated[Record, _to("Backlog", "The backlog.", "729-11401-1")]
BacklogOrNoneRef = Annotated[
    Record | None, _to("Backlog", "The backlog to put it into; none for the one it is in.", "729-11401-1")
]
BacklogListRef = Annotated[Record, _to("BacklogList", "The backlog list.", "729-11401-2")]
CustomFieldRef = Annotated[Record, _to("CustomField", "The custom field.", "729-11402-1")]
FileRef = Annotated[Record, _to("File", "The file.", "729-11403-2")]
FolderRef = Annotated[Record | None, _to("File", "The folder; none for no folder.", "729-11403-1")]
MessageRef = Annotated[Record, _to("Message", "The message.", "729-11404-1")]
RelationshipRef = Annotated[Record, _to("Relationship", "The relationship.", "729-11405-1")]
RetrospectiveRef = Annotated[Record, _to("Retrospective", "The retrospective.", "729-11406-1")]
RetrospectiveCardRef = Annotated[Record, _to("RetrospectiveCard", "The card.", "729-11406-2")]
ParticipationRef = Annotated[
    Record, _to("TeamSprintParticipation", "The team's part in a sprint.", "729-11234-15_10367-745")
]
EpicRef = Annotated[Record, _to("BacklogItem", "The epic: a backlog item of type Epic.", "729-11407-1")]
ListOrNoneRef = Annotated[
    Record | None, _to("BacklogList", "The list to put it into; none for the first list of the project.", "729-11401-2")
]
BoardOrNoneRef = Annotated[Record | None, _to("Board", "The board; none for no board.", "729-22343-233")]
PersonOrNoneRef = Annotated[Record | None, _to("Person", "The person; none for the caller.", "729-4543-3632")]
NextSprintRef = Annotated[
    Record | None, _to("Sprint", "Where unfinished backlog items go; none for back to the backlog.", "729-11301-34")
]
NextReleaseRef = Annotated[
    Record | None, _to("Release", "Where unfinished backlog items go; none for no release.", "729-11301-22")
]
