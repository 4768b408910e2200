"""Parameter kinds: how a parameter's text becomes a value, what it may hold, and the words for it.

A method's signature names kinds (`name: Name`); each owns parsing, the null rule, limits, wording and an example. An
absent parameter, an empty one and the word null all arrive here as None and mean: no value.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from scrumrpc.errors import InvalidParameter
from scrumrpc.model.enumerations import BACKLOG_ITEM_TYPES, COLORS, PRIORITIES, UNITS
from scrumrpc.model.include import ALWAYS, OPTIONAL
from scrumrpc.model.record import Record

LONGEST_NAME = 500  # the longest that a unique index takes whatever the characters
LONGEST_LINK = 4_000
LONGEST_TEXT = 1_000_000
LARGEST_NUMBER = 1_000_000_000_000.0
NONE = -1.0
"""The number that means none, on the wire; methods get None for it."""
END = -1
"""The index that means the end of the list."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What all parameters of a kind share.

    `parse` takes the parameter's name and its text and answers the value or raises InvalidParameter. `none` is what a
    method gets where no value is given. `rule` says in words what is accepted; `schema` says it in JSON Schema.
    """

    name: str
    wire_type: str
    parse: Callable[[str, str], Any]
    rule: str
    example: str
    schema: dict[str, Any]
    none: Any = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A kind whose value is the id of an object; the pipeline looks the object up under the lock.

    With `type_parameter` the type is what that other parameter says, else it is the only one in `types`.
    """

    kind: Kind
    types: tuple[str, ...]
    type_parameter: str | None = None


def shown(value: str) -> str:
    """A value as error messages quote it: at most 60 characters of it."""
    return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}..." ({len(value)} characters)'


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A hint at the known word that resembles one most; empty if none does."""
    by_folded = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean {by_folded[matches[0]]}?" if matches else ""


def _text(name: str, longest: int, rule: str, example: str) -> Kind:
    def parse(parameter: str, text: str) -> str:
        if len(text) > longest:
            raise InvalidParameter(
                f"The parameter {parameter} has {len(text)} characters; at most {longest} are accepted."
            )
        return text

    schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return Kind(name, "string", parse, rule, example, schema)


def _enumeration(name: str, values: tuple[str, ...], example: str, more: str = "") -> Kind:
    def parse(parameter: str, text: str) -> str:
        if text not in values:
            raise InvalidParameter(
                f"The parameter {parameter} is {shown(text)}; it must be one of: {', '.join(values)}."
                + nearest(text, values)
            )
        return text

    schema = {"type": "string", "enum": list(values)}
    return Kind(name, "string", parse, f"One of {', '.join(values)}.{more}", example, schema)


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def _parse_number(parameter: str, text: str) -> float | None:
    value = float(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else math.nan
    if value == NONE:
        return None
    if not 0 <= value <= LARGEST_NUMBER:
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be a number from 0 to {LARGEST_NUMBER:.0f} with a "
            "decimal point, such as 12.5, or -1 for none."
        )
    return value + 0.0  # so that -0 becomes 0


def parse_integer(parameter: str, text: str) -> int:
    """A whole number in decimal digits."""
    if not _INTEGER.fullmatch(text):
        raise InvalidParameter(f"The parameter {parameter} is {shown(text)}; it must be a whole number.")
    return int(text)


def _parse_index(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if value < END:
        raise InvalidParameter(
            f"The parameter {parameter} is {value}; it must be a position from 0 on, or -1 for the end."
        )
    return value


def split_list(text: str) -> tuple[str, ...]:
    """The entries of a comma-separated list, without blanks around them, each once."""
    return tuple(dict.fromkeys(entry.strip() for entry in text.split(",") if entry.strip()))


def _parse_include(parameter: str, text: str) -> frozenset[str]:
    tokens = split_list(text)
    for token in tokens:
        if token not in OPTIONAL and token not in ALWAYS:
            hint = nearest(token, OPTIONAL) or f" Known are: {', '.join(OPTIONAL)}."
            raise InvalidParameter(f"The parameter {parameter} names an unknown property {shown(token)}.{hint}")
    return frozenset(tokens)


def _parse_id(parameter: str, text: str) -> str:
    return text


def reference_kind(types: tuple[str, ...], what: str, example: str) -> Kind:
    """The kind of a parameter that holds the id of an object of one of the types."""
    schema = {"type": "string", "pattern": r"^[0-9]+-[0-9]+-[0-9]+$"}
    return Kind(" or ".join(types) + " id", "string", _parse_id, what, example, schema)


def _to(type_name: str, what: str, example: str) -> Reference:
    return Reference(reference_kind((type_name,), what, example), (type_name,))


def _owner(types: tuple[str, ...], type_parameter: str, what: str) -> Reference:
    return Reference(reference_kind(types, what, "729-0-69327"), types, type_parameter)


_NAME = _text("name", LONGEST_NAME, f"At most {LONGEST_NAME:,} characters.", "Example name")
_NOTE = _text("text", LONGEST_TEXT, f"At most {LONGEST_TEXT:,} characters.", "An example description.")
_LINK = _text("link", LONGEST_LINK, f"At most {LONGEST_LINK:,} characters.", "http://www.example.com")
_EXTERNAL_ID = _text("external id", 255, "", "EX4711")  # the property itself says the rules
_NUMBER_KIND = Kind(
    "number",
    "number",
    _parse_number,
    "0 or more; -1 means none. Comes with its unit.",
    "12.5",
    {"type": "number", "anyOf": [{"const": -1}, {"minimum": 0, "maximum": LARGEST_NUMBER}]},
)
_INDEX = Kind(
    "index",
    "integer",
    _parse_index,
    "Position in the whole list, counted from 0; -1 means the end.",
    "0",
    {"type": "integer", "minimum": END},
    none=END,
)
_PROJECT_IDS = Kind(
    "project ids",
    "string",
    lambda _parameter, text: split_list(text) or None,
    "The ids of projects with commas between them; without a value, all projects that the caller has access to.",
    "729-11230-1,729-31745-129",
    {"type": "string"},
)
_INCLUDE = Kind(
    "includeProperties",
    "string",
    _parse_include,
    "Names of optional properties with their object type in front, with commas between them.",
    "Project.backlogItems,BacklogItem.tasks",
    {"type": "string"},
    none=frozenset(),
)

OWNER_TYPES = ("Project", "Release", "Sprint", "BacklogItem", "Task")
TAGGABLE_TYPES = ("Release", "Sprint", "BacklogItem", "Task")

Name = Annotated[str, _NAME]
Text = Annotated[str, _NOTE]
Note = Annotated[str | None, _NOTE]
Link = Annotated[str | None, _LINK]
ExternalID = Annotated[str | None, _EXTERNAL_ID]
Priority = Annotated[str | None, _enumeration("priority", PRIORITIES, "High")]
BacklogItemType = Annotated[str | None, _enumeration("type", BACKLOG_ITEM_TYPES, "Feature")]
Unit = Annotated[str | None, _enumeration("unit", UNITS, "Points")]
UnitOfNumber = Annotated[
    str | None, _enumeration("unit", UNITS, "Days", " Needed with the number; the project's unit.")
]
TagColor = Annotated[str | None, _enumeration("color", COLORS, "Red")]
OwnerType = Annotated[str, _enumeration("owner type", OWNER_TYPES, "BacklogItem")]
TaggableType = Annotated[str, _enumeration("object type", TAGGABLE_TYPES, "BacklogItem")]
Number = Annotated[float | None, _NUMBER_KIND]
Index = Annotated[int, _INDEX]
ProjectIDs = Annotated[tuple[str, ...] | None, _PROJECT_IDS]
IncludeProperties = Annotated[frozenset[str], _INCLUDE]

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
OwnerRef = Annotated[Record, _owner(OWNER_TYPES, "ownerObjectType", "The object, of the type ownerObjectType.")]
TaggableRef = Annotated[Record, _owner(TAGGABLE_TYPES, "objectType", "The object, of the type objectType.")]
