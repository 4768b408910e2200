"""Kinds of the parameters by which reading methods choose objects, order them and answer them in pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from scrumrpc.calls.kinds import LONGEST_NAME, Kind, enumeration, parse_integer, split_list
from scrumrpc.calls.references import Reference, reference_kind
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES

LARGEST_PAGE = 1_000
DEFAULT_PAGE = 100
ORDERS = ("backlog", "itemNumber", "name", "priority", "status", "type", "creationDate", "dueDate", "estimate")


def _parse_text(parameter: str, text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise InvalidParameter(
            f"The parameter {parameter} has {len(text)} characters; at most {LONGEST_NAME} are accepted."
        )
    return text


def _parse_limit(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if not 1 <= value <= LARGEST_PAGE:
        raise InvalidParameter(f"The parameter {parameter} is {value}; it must be from 1 to {LARGEST_PAGE}.")
    return value


def _within(type_name: str, what: str, example: str) -> Reference:
    return Reference(reference_kind((type_name,), what, example), (type_name,))


_STORED = tuple(STORED_TYPES)
_OBJECT_ID = Kind(
    "object id",
    "string",
    lambda _parameter, text: text,
    "The object, of the type objectType; give either this or externalID.",
    "729-0-69327",
    {"type": "string", "pattern": r"^[0-9]+-[0-9]+-[0-9]+(_[0-9]+-[0-9]+)?$"},
)
_ANY_ID = replace(_OBJECT_ID, rule="The object, of the type objectType; it may have been deleted.")
_GONE_ID = replace(_OBJECT_ID, rule="The object, of the type objectType, by the id that it had.")
_EXTERNAL_ID = Kind(
    "external id",
    "string",
    lambda _parameter, text: text,
    "What another tool calls the object; give either this or objectID.",
    "BI22354562",
    {"type": "string", "minLength": 1},
)
_PERSON_ID = reference_kind(
    ("Person",), "Only those that the person, who may be deleted, is assigned to, or to a task of.", "729-4543-3632"
)
_TAG_IDS = Kind(
    "tag ids",
    "string",
    lambda _parameter, text: split_list(text) or None,
    "The ids of tags with commas between them: only those that carry one of them.",
    "729-0-69363,729-14308-3532",
    {"type": "string"},
)
_TEXT = Kind(
    "search text",
    "string",
    _parse_text,
    f"At most {LONGEST_NAME:,} characters, in upper or lower case: only those that have it in their name or "
    "description. Digits, with or without # before them, find the backlog item of that itemNumber as well.",
    "passkey",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
)
_ORDER = enumeration(
    "order",
    (*ORDERS, *(f"-{name}" for name in ORDERS)),
    "-priority",
    " Without a value, backlog; with - before it, the last come first. What has no value comes last in either case; "
    "among equals the order is that of the backlog.",
)
_LIMIT = Kind(
    "limit",
    "integer",
    _parse_limit,
    f"How many to answer at most, from 1 to {LARGEST_PAGE:,}; without a value, {DEFAULT_PAGE}.",
    "50",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
    none=DEFAULT_PAGE,
)
_CURSOR = Kind(
    "cursor",
    "string",
    lambda _parameter, text: text,
    "The nextCursor of the page before, asked for with the same order and filters; without a value, the first page.",
    "WyJhNDk2IixudWxsXQ",
    {"type": "string", "pattern": "^[0-9A-Za-z_-]+$"},
)

StoredType = Annotated[str, enumeration("object type", _STORED, "BacklogItem")]
ObjectOrNoneRef = Annotated[Record | None, Reference(_OBJECT_ID, _STORED, "objectType")]
AnyObjectID = Annotated[str, _ANY_ID]
GoneID = Annotated[str, _GONE_ID]
ExternalIDToFind = Annotated[str | None, _EXTERNAL_ID]
InSprintRef = Annotated[Record | None, _within("Sprint", "Only those in the sprint.", "729-10367-745")]
InReleaseRef = Annotated[Record | None, _within("Release", "Only those planned for the release.", "729-15367-3125")]
OnBoardRef = Annotated[Record | None, _within("Board", "Only those on the board.", "729-22343-233")]
InColumnRef = Annotated[
    Record | None,
    _within("BoardColumn", "Only those in the column of a board, or with a task in it.", "729-32978-775"),
]
InListRef = Annotated[
    Record | None, _within("BacklogList", "Only those in the backlog list, in epics as well.", "729-11401-2")
]
InEpicRef = Annotated[
    Record | None, _within("BacklogItem", "Only those in the epic, or in an epic in it.", "729-11407-1")
]
PersonIDToFind = Annotated[str | None, _PERSON_ID]
TagIDs = Annotated[tuple[str, ...] | None, _TAG_IDS]
SearchText = Annotated[str | None, _TEXT]
Order = Annotated[str, replace(_ORDER, none="backlog")]
Limit = Annotated[int, _LIMIT]
CursorText = Annotated[str | None, _CURSOR]
