"""Values of custom fields: which objects a field covers, and how a value is written for its type."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

NUMBER_TYPES = ("Integer", "Number")
"""The types of fields that may have a unit."""
REFERENCE_TYPES = ("Person", "Team", "Release", "Sprint")
"""The types of fields whose value is the id of an object of the type of that name."""
MULTIPLE_CHOICE_TYPES = ("Checkboxes", "List (multiple selections)")
CHOICE_TYPES = ("Dropdown", "Radio buttons", "List (single selection)", *MULTIPLE_CHOICE_TYPES)
"""The types of fields that have options."""
LONGEST_LINE = 4_000
"""The most characters of a single line of text, and of a link."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER = 400
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN_OPTIONS = 20


def covers(field: Mapping[str, Any], owner_type: str, item_type: str | None = None) -> bool:
    """Whether objects of a type have the field; for backlog items their own type counts as well.

    >>> field = {"ownerObjectTypes": ["BacklogItem", "Task"], "ownerBacklogItemTypes": ["Bug"]}
    >>> covers(field, "Task"), covers(field, "BacklogItem", "Bug"), covers(field, "BacklogItem", "Epic")
    (True, True, False)
    """
    if owner_type not in field["ownerObjectTypes"]:
        return False
    item_types = field["ownerBacklogItemTypes"]
    return owner_type != "BacklogItem" or item_types is None or item_type in item_types


def canonical(field: Mapping[str, Any], text: str) -> str:
    """The one way in which a value is kept for a field; ValueError, with what it must be, where it does not fit.

    Whether the object exists whose id a value is, is not known here.

    >>> canonical({"type": "Number"}, "+01.50"), canonical({"type": "Integer"}, "-0012")
    ('1.5', '-12')
    """
    field_type = field["type"]
    if field_type in CHOICE_TYPES:
        return _chosen(field, text)
    match field_type:
        case "Text (single line)" | "Link":
            return _line(text)
        case "Checkbox":
            if text not in ("true", "false"):
                raise ValueError("must be true or false")
            return text
        case "Integer":
            if not _INTEGER.fullmatch(text):
                raise ValueError("must be a whole number of at most 18 digits")
            return str(int(text))
        case "Number":
            return _number(text)
        case "Date":
            return _day(text)
        case _:
            return text


def _line(text: str) -> str:
    if text.splitlines() != [text]:
        raise ValueError("must be a single line, without line breaks")
    if len(text) > LONGEST_LINE:
        raise ValueError(f"must have at most {LONGEST_LINE} characters, not {len(text)}")
    return text


def _number(text: str) -> str:
    """No exponent, and no more digits than it takes to read the same number again."""
    value = float(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise ValueError("must be a number with a decimal point, such as 12.5")
    plain = format(Decimal(repr(value + 0.0)), "f")  # so that -0 becomes 0
    return plain.removesuffix(".0")


def _day(text: str) -> str:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a day that exists, as YYYY-MM-DD") from None


def _chosen(field: Mapping[str, Any], text: str) -> str:
    options: list[str] = field["options"] or []
    entries = chosen(field, text)
    if not entries or any(entry not in options for entry in entries):
        known = ", ".join(options[:_SHOWN_OPTIONS]) + (", ..." if len(options) > _SHOWN_OPTIONS else "")
        if field["type"] in MULTIPLE_CHOICE_TYPES:
            raise ValueError(f"must be out of its options, with commas between them: {known}")
        raise ValueError(f"must be one of its options: {known}")
    return in_order(options, entries)


def chosen(field: Mapping[str, Any], value: str) -> tuple[str, ...]:
    """The options that a value of a field with options names, each once.

    >>> chosen({"type": "Checkboxes"}, "a, c,a"), chosen({"type": "Dropdown"}, "a")
    (('a', 'c'), ('a',))
    """
    if field["type"] not in MULTIPLE_CHOICE_TYPES:
        return (value,)
    return tuple(dict.fromkeys(entry.strip() for entry in value.split(",") if entry.strip()))


def in_order(options: Iterable[str], entries: Iterable[str]) -> str:
    """A choice of several options as it is kept: in the order of the field's options, with commas between them.

    >>> in_order(["c", "b", "a"], ["a", "c"])
    'c,a'
    """
    places = {option: place for place, option in enumerate(options)}
    return ",".join(sorted(entries, key=lambda entry: places.get(entry, len(places))))
