"""Whether what an export says of an object can be the state of one of its type; not whether it fits others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from scrumrpc.model.defaults import completed
from scrumrpc.model.export.lines import DoesNotFit
from scrumrpc.model.properties import Property
from scrumrpc.model.record import NAMES, Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.model.types.people import login_of

_LAST_NUMBER = 2**63 - 1
_FIRST_TIME, _LAST_TIME = -62_135_596_800_000, 253_402_300_799_999
"""Milliseconds since 1970, of the years from 1 to 9999."""
_LONGEST_ID = 255
_LONGEST_RANK = 1000
"""Ranks are in indexes, which hold about 2,700 bytes."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_IN_RANKS = re.compile(r"[0-9A-Za-z]+")


def record_in(number: int, type_name: str, state: Mapping[str, Any]) -> Record:
    """The object with the state that an export gives; DoesNotFit where no object of the type can have it.

    What its type has got since the state was written down may be missing.
    """
    if type_name not in STORED_TYPES:
        raise DoesNotFit(f"there is no type of objects called {type_name[:40]}.")
    if unknown := state.keys() - set(NAMES[type_name]):
        raise DoesNotFit(f"a {type_name} has no property {min(unknown)[:40]}.")
    try:
        values = completed(type_name, state)
    except KeyError as missing:
        raise DoesNotFit(f"the {type_name} lacks its {missing.args[0]}.") from None
    for p in STORED_TYPES[type_name].stored:
        value = values[p.name]
        if value is None:
            if not p.nullable:
                raise DoesNotFit(f"the {type_name} lacks its {p.name}." if p.name not in state else _said(p, value))
        elif not _FITS[p.kind](p, value):
            raise DoesNotFit(_said(p, value))
    _check_together(type_name, values)
    return Record(number, type_name, values)


def _said(p: Property, value: Any) -> str:
    return f"the property {p.name} cannot be {str(value)[:40]!r}."


def _check_together(type_name: str, values: Mapping[str, Any]) -> None:
    """What the properties of some types must be beside each other, so that the object can be shown at all."""
    if type_name in ("Person", "DeletedPerson"):
        if values["isDeleted"] != (type_name == "DeletedPerson"):
            raise DoesNotFit(f"the isDeleted of a {type_name} cannot be {values['isDeleted']}.")
        if values["login"] != login_of(values["emailAddress"]):
            raise DoesNotFit("the login of a person must be the emailAddress in folded letters.")
    elif type_name == "Retrospective" and len(values["columnNames"]) != len(values["columnColors"]):
        raise DoesNotFit("a Retrospective must have as many columnColors as columnNames.")
    elif type_name == "BacklogItem" and values["boardID"] is not None and values["boardRank"] is None:
        raise DoesNotFit("a BacklogItem that has a boardID must have a boardRank.")


def is_rank(text: str) -> bool:
    """Whether a text can sort an object in its list, so that others can be put before and after it.

    The first character says how many make up the whole part: a two, b three, Z two, Y three. The rest is a fraction,
    which does not end with a zero.

    >>> is_rank("a0"), is_rank("a0V"), is_rank("b00"), is_rank("a"), is_rank("a00"), is_rank("")
    (True, True, True, False, False, False)
    """
    if not _IN_RANKS.fullmatch(text) or text[0].isdigit() or len(text) > _LONGEST_RANK:
        return False
    whole = ord(text[0]) - ord("a") + 2 if text[0] >= "a" else ord("Z") - ord(text[0]) + 2
    return len(text) >= whole and not text[whole:].endswith("0") and text != "A" + "0" * 26


def _is_text(p: Property, value: Any) -> bool:
    if not isinstance(value, str) or "\0" in value:
        return False
    if p.name in ("rank", "boardRank"):
        return is_rank(value)
    return p.name != "externalID" or 0 < len(value) <= _LONGEST_ID


def _is_id(_p: Property, value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()


def _is_one_of(p: Property, value: Any) -> bool:
    return isinstance(value, str) and value in p.values


def _is_integer(_p: Property, value: Any) -> bool:
    return type(value) is int and 0 < value <= _LAST_NUMBER


def _is_amount(_p: Property, value: Any) -> bool:
    return type(value) in (int, float) and value >= 0 and math.isfinite(value)


def _is_flag(_p: Property, value: Any) -> bool:
    return isinstance(value, bool)


def _is_date(_p: Property, value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_time(_p: Property, value: Any) -> bool:
    return type(value) is int and _FIRST_TIME <= value <= _LAST_TIME


def _are_integers(p: Property, value: Any) -> bool:
    return isinstance(value, list) and all(_is_integer(p, each) for each in value) and len(set(value)) == len(value)


def _are_texts(p: Property, value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) and "\0" not in each and (not p.values or each in p.values) for each in value
    )


_FITS: dict[str, Callable[[Property, Any], bool]] = {
    "id": _is_id,
    "string": _is_text,
    "url": _is_text,
    "enum": _is_one_of,
    "integer": _is_integer,
    "number": _is_amount,
    "boolean": _is_flag,
    "date": _is_date,
    "time": _is_time,
    "ref": _is_integer,
    "refs": _are_integers,
    "strings": _are_texts,
}
"""Whether a value that is not null can be that of a property, by the property's kind."""
