"""What operators may import: whether an object has what objects of its type need, and values of the right sort."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from scrumrpc.calls.kinds import LATEST_MOMENT, LONGEST_TEXT
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.properties import ObjectType, Property

_GIVEN_OUT = ("itemNumber", "taskNumber")
"""Numbers that the account gives out where an object comes without one."""
_LARGEST_INTEGER = 2**31 - 1


def check_object(given: Mapping[str, Any], object_type: ObjectType, with_default: tuple[str, ...] = ()) -> None:
    """InvalidParameter where an object lacks what its type needs, or has a value that it cannot have.

    `with_default` are properties that the importing method itself fills in.
    """
    for p in object_type.answered:
        if p.kind == "columns":
            _check_columns(given, p)
        elif p.stored and p.name in given:
            _check_value(given, p)
        elif p.stored and _is_needed(p) and p.name not in with_default:
            raise InvalidParameter(f"{_named(given)} has no {p.name}, which every {object_type.name} needs.")
    if "fileContents" in given and not isinstance(given.get("fileName"), str):
        raise InvalidParameter(f"{_named(given)} has fileContents, but no fileName.")


def _is_needed(p: Property) -> bool:
    return not (p.nullable or p.default is not None or p.kind in ("id", "refs") or p.name in _GIVEN_OUT)


def _check_value(given: Mapping[str, Any], p: Property) -> None:
    value = given[p.name]
    if value is None and (p.nullable or p.kind == "id" or p.name in _GIVEN_OUT):
        return
    if p.kind == "enum":
        fits, rule = value in p.values, f"one of: {', '.join(p.values)}"
    else:
        check, rule = _SORTS["id" if p.name == "externalID" else p.kind]
        fits = check(value)
    if not fits:
        none = " or null" if p.nullable else ""
        raise InvalidParameter(f"{_named(given)} has the {p.name} {_shown(value)}; it must be {rule}{none}.")


def _check_columns(given: Mapping[str, Any], p: Property) -> None:
    """The columns of a retrospective, of which only names and colours are taken."""
    columns = given.get(p.name)
    if not isinstance(columns, list) or not all(
        isinstance(each, dict) and _is_text(each.get("name")) and _is_text(each.get("color")) for each in columns
    ):
        raise InvalidParameter(f"{_named(given)} must have {p.name}: a list of objects with a name and a color.")


def _named(given: Mapping[str, Any]) -> str:
    wire_id = given.get("id")
    return f"The {given['objectType']}{f' {wire_id[:60]}' if isinstance(wire_id, str) else ''}"


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value and len(value) <= LONGEST_TEXT


def _is_id(value: Any) -> bool:
    return _is_text(value) and 0 < len(value) <= 255


def _is_integer(value: Any, largest: int = _LARGEST_INTEGER) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and (value == -1 or value >= 0)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_SORTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "id": (_is_id, "a text of 1 to 255 characters"),
    "ref": (_is_id, "the id of an object"),
    "refs": (lambda value: isinstance(value, list) and all(map(_is_id, value)), "a list of ids"),
    "string": (_is_text, f"a text of at most {LONGEST_TEXT} characters without NUL"),
    "url": (_is_text, "a text"),
    "strings": (lambda value: isinstance(value, list) and all(map(_is_text, value)), "a list of texts"),
    "integer": (_is_integer, f"a whole number from 0 to {_LARGEST_INTEGER}"),
    "number": (_is_number, "a number from 0 on, or -1 for none"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "date": (_is_day, "a day that exists, as YYYY-MM-DD"),
    "time": (lambda value: _is_integer(value, LATEST_MOMENT), "a time in milliseconds since 1970"),
}
