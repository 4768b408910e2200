"""Parameter kinds: how a parameter's text becomes a value, what it may hold, and the words for it.

A method's signature names kinds (`name: Name`); each owns parsing, the null rule, limits, wording and an example. An
absent parameter, an empty one and the word null all arrive here as None and mean: no value.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from scrumrpc.errors import InvalidParameter, MissingParameter
from scrumrpc.model.enumerations import (
    BACKLOG_ITEM_STATUSES,
    BACKLOG_ITEM_TYPES,
    BOARD_TYPES,
    COLORS,
    CUSTOM_FIELD_TYPES,
    MESSAGE_TYPES,
    PRIORITIES,
    PROJECT_STATUSES,
    RELATIONSHIP_TYPES,
    REPRODUCIBLE,
    RESOLUTIONS,
    TASK_STATUSES,
    UNITS,
)
from scrumrpc.model.include import ALWAYS, OPTIONAL
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.model.types.custom import FIELD_OWNERS

LONGEST_NAME = 500  # the longest that a unique index takes whatever the characters
LONGEST_LINK = 4_000
LONGEST_TEXT = 1_000_000
LATEST_MOMENT = 253_402_300_799_999  # the end of the year 9999, in milliseconds since 1970
LARGEST_NUMBER = 1_000_000_000_000.0
NONE = -1.0
"""The number that means none, on the wire; methods get None for it."""
END = -1
"""The index that means the end of the list."""
LEAST_RETROSPECTIVE_COLUMNS = 2
MOST_RETROSPECTIVE_COLUMNS = 50


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


def shown(value: str) -> str:
    """A value as error messages quote it: at most 60 characters of it."""
    return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}..." ({len(value)} characters)'


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A hint at the known word that resembles one most; empty if none does."""
    if len(word) > LONGEST_NAME:
        return ""  # none is so long, and to compare one of megabytes would take a second of everybody's time
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


def enumeration(name: str, values: tuple[str, ...], example: str, more: str = "") -> Kind:
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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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


def _parse_given_number(parameter: str, text: str) -> float:
    value = _parse_number(parameter, text)
    if value is None:
        raise MissingParameter(f"The parameter {parameter} is {shown(text)}, which means none; it must be a number.")
    return value


def parse_integer(parameter: str, text: str) -> int:
    """A whole number in decimal digits."""
    if not _INTEGER.fullmatch(text):
        raise InvalidParameter(f"The parameter {parameter} is {shown(text)}; it must be a whole number.")
    return int(text)


def _parse_flag(parameter: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidParameter(f"The parameter {parameter} is {shown(text)}; it must be true or false.")
    return text == "true"


def _parse_day(parameter: str, text: str) -> str:
    """A day between the years 1 and 9999, as databases know them."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be a day that exists, as YYYY-MM-DD."
        ) from None


def _parse_moment(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if not 0 <= value <= LATEST_MOMENT:
        raise InvalidParameter(
            f"The parameter {parameter} is {value}; it must be a time in milliseconds since 1970-01-01 00:00 UTC, "
            "up to the year 9999."
        )
    return value


def _parse_email(parameter: str, text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not local or not domain or len(text) > 254 or any(c.isspace() or c == ":" for c in text):
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be an e-mail address such as ann@example.com."
        )
    return text


def _list_of(name: str, values: tuple[str, ...], example: str) -> Kind:
    """Several words out of an enumeration, with commas between them; answered in the enumeration's order."""

    def parse(parameter: str, text: str) -> tuple[str, ...] | None:
        words = split_list(text)
        for word in words:
            if word not in values:
                raise InvalidParameter(
                    f"The parameter {parameter} names {shown(word)}; known are: {', '.join(values)}."
                    + nearest(word, values)
                )
        return tuple(value for value in values if value in words) or None

    return Kind(
        name, "string", parse, f"Out of {', '.join(values)}, with commas between them.", example, {"type": "string"}
    )


def _some_of(name: str, values: tuple[str, ...], example: str) -> Kind:
    """Like `_list_of`, but at least one word."""
    kind = _list_of(name, values, example)

    def parse(parameter: str, text: str) -> tuple[str, ...]:
        words: tuple[str, ...] | None = kind.parse(parameter, text)
        if words is None:
            raise InvalidParameter(f"The parameter {parameter} names none; known are: {', '.join(values)}.")
        return words

    return replace(kind, parse=parse, rule=f"At least one out of {', '.join(values)}, with commas between them.")


def _texts(name: str, longest: int, least: int, most: int, example: str) -> Kind:
    """Several texts of free choice, with commas between them."""

    def parse(parameter: str, text: str) -> tuple[str, ...]:
        entries = split_list(text)
        if not least <= len(entries) <= most:
            raise InvalidParameter(
                f"The parameter {parameter} has {len(entries)} different entries; it must have {least} to {most}, with "
                "commas between them."
            )
        for entry in entries:
            if len(entry) > longest or entry == "null":
                raise InvalidParameter(
                    f"The parameter {parameter} has the entry {shown(entry)}; entries have at most {longest} "
                    "characters and are not the word null, which means none."
                )
        return entries

    rule = f"{least} to {most} different ones of at most {longest} characters, with commas between them."
    return Kind(name, "string", parse, rule, example, {"type": "string"})


def _parse_column_num(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if value < 1:
        raise InvalidParameter(f"The parameter {parameter} is {value}; columns are counted from 1.")
    return value


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
_GIVEN_NUMBER = Kind(
    "number",
    "number",
    _parse_given_number,
    "0 or more. Comes with its unit.",
    "2.5",
    {"type": "number", "minimum": 0, "maximum": LARGEST_NUMBER},
)
_API_KEY_ID = Kind(
    "API key id",
    "string",
    lambda _parameter, text: text,
    "The API key, by its id.",
    "729-0-2",
    {"type": "string", "pattern": r"^[0-9]+-[0-9]+-[0-9]+$"},
)
_FLAG = Kind(
    "flag", "boolean", _parse_flag, "true or false.", "true", {"type": "string", "enum": ["true", "false"]}, none=False
)
_DAY_KIND = Kind("day", "string", _parse_day, "A day, YYYY-MM-DD.", "2013-10-27", {"type": "string", "format": "date"})
_MOMENT = Kind(
    "time",
    "integer",
    _parse_moment,
    "A time in milliseconds since 1970-01-01 00:00 UTC.",
    "1367601020000",
    {"type": "integer", "minimum": 0, "maximum": LATEST_MOMENT},
)
_EMAIL = Kind("e-mail", "string", _parse_email, "An e-mail address.", "ann@example.com", {"type": "string"})
_INDEX = Kind(
    "index",
    "integer",
    _parse_index,
    "Position in the whole list, counted from 0; -1 means the end.",
    "0",
    {"type": "integer", "minimum": END},
    none=END,
)
_COLUMN_NUM = Kind(
    "column number",
    "integer",
    _parse_column_num,
    "The number of the column, counted from 1.",
    "1",
    {"type": "integer", "minimum": 1},
)
_OPTIONS = _texts("options", 200, 1, 200, "Small,Medium,Large")
_PROJECT_IDS = Kind(
    "project ids",
    "string",
    lambda _parameter, text: split_list(text) or None,
    "The ids of projects with commas between them; without a value, all projects that the caller has access to.",
    "729-11230-1,729-31745-129",
    {"type": "string"},
)
_PERSON_IDS = Kind(
    "person ids",
    "string",
    lambda _parameter, text: split_list(text) or None,
    "The ids of people with commas between them, deleted ones included; without a value, everybody.",
    "729-4543-3632,729-11304-39",
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

Name = Annotated[str, _NAME]
APIKeyID = Annotated[str, _API_KEY_ID]
Text = Annotated[str, _NOTE]
Note = Annotated[str | None, _NOTE]
Link = Annotated[str | None, _LINK]
ExternalID = Annotated[str | None, _EXTERNAL_ID]
Priority = Annotated[str | None, enumeration("priority", PRIORITIES, "High")]
BacklogItemType = Annotated[str | None, enumeration("type", BACKLOG_ITEM_TYPES, "Feature")]
Unit = Annotated[str | None, enumeration("unit", UNITS, "Points")]
UnitOfNumber = Annotated[str | None, enumeration("unit", UNITS, "Days", " Needed with the number; the project's unit.")]
TagColor = Annotated[str | None, enumeration("color", COLORS, "Red")]
Number = Annotated[float | None, _NUMBER_KIND]
GivenNumber = Annotated[float, _GIVEN_NUMBER]
Index = Annotated[int, _INDEX]
ProjectIDs = Annotated[tuple[str, ...] | None, _PROJECT_IDS]
PersonIDs = Annotated[tuple[str, ...] | None, _PERSON_IDS]
IncludeProperties = Annotated[frozenset[str], _INCLUDE]

Title = Annotated[str | None, _NAME]
Color = Annotated[str | None, enumeration("color", COLORS, "Blue")]
GivenColor = Annotated[str, enumeration("color", COLORS, "Blue")]
Status = Annotated[str, enumeration("status", BACKLOG_ITEM_STATUSES, "Ready for sprint")]
TaskStatus = Annotated[str, enumeration("status", TASK_STATUSES, "In progress")]
ProjectStatus = Annotated[str, enumeration("status", PROJECT_STATUSES, "Archived")]
GivenUnit = Annotated[str, enumeration("unit", UNITS, "Points")]
BoardType = Annotated[str, enumeration("board type", BOARD_TYPES, "Kanban")]
Reproducible = Annotated[str | None, enumeration("reproducible", REPRODUCIBLE, "Always")]
Resolution = Annotated[str | None, enumeration("resolution", RESOLUTIONS, "Fixed")]
MessageType = Annotated[str | None, enumeration("message type", MESSAGE_TYPES, "Question")]
RelationshipType = Annotated[str, enumeration("relationship type", RELATIONSHIP_TYPES, "Is blocked by")]
CustomFieldType = Annotated[str, enumeration("custom field type", CUSTOM_FIELD_TYPES, "Dropdown")]
BacklogItemTypes = Annotated[tuple[str, ...] | None, _list_of("types", BACKLOG_ITEM_TYPES, "Feature,Bug")]
ObjectTypes = Annotated[tuple[str, ...] | None, _list_of("object types", tuple(STORED_TYPES), "BacklogItem,Task")]
OwnerObjectTypes = Annotated[tuple[str, ...], _some_of("object types", FIELD_OWNERS, "BacklogItem,Task")]
Options = Annotated[tuple[str, ...] | None, _OPTIONS]
GivenOptions = Annotated[tuple[str, ...], _OPTIONS]
ColumnNames = Annotated[
    tuple[str, ...] | None,
    _texts("column names", LONGEST_NAME, LEAST_RETROSPECTIVE_COLUMNS, MOST_RETROSPECTIVE_COLUMNS, "Keep,Drop,Try"),
]
ColumnNum = Annotated[int, _COLUMN_NUM]
Statuses = Annotated[tuple[str, ...] | None, _list_of("statuses", BACKLOG_ITEM_STATUSES, "To do,In progress")]
Priorities = Annotated[tuple[str, ...] | None, _list_of("priorities", PRIORITIES, "High,Urgent")]
Flag = Annotated[bool, _FLAG]
FlagOrNone = Annotated[bool | None, replace(_FLAG, none=None, rule="true or false; without a value, both.")]
Day = Annotated[str, _DAY_KIND]
DayOrNone = Annotated[str | None, _DAY_KIND]
Moment = Annotated[int, _MOMENT]
MomentOrNone = Annotated[int | None, _MOMENT]
EmailAddress = Annotated[str, _EMAIL]
