"""Turns records into JSON: one object at a time, cut where the JSON of other objects goes.

How an object is answered depends on the optional properties that are asked for; of each type there is a form for it.
That of items has for example None for comments, and an empty array for tasks where these are to be seen.

The JSON of an item with tasks is two pieces: b'{"objectType":"BacklogItem",...,"tasks":' and b',...}'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import orjson

from scrumrpc.model.properties import Property
from scrumrpc.model.record import NAMES, Record
from scrumrpc.model.types import OBJECT_TYPES

WireID = Callable[[int], str]
"""Tells the wire id of an object by its number."""

ASSIGNED_BY = {"Release": "releaseID", "Board": "boardID", "TeamSprintParticipation": "sprintID"}
"""The property of backlog items that assigns them to an object of the type, or to the sprint that this is part of."""

_CUT = b"\0"
"""Stands where the JSON is cut. It cannot stand elsewhere: JSON has no such byte, strings have it escaped."""
_GAP = orjson.Fragment(_CUT)


@dataclass(frozen=True, slots=True)
class Plan:
    """The gaps of a type: the properties that are answered of other objects."""

    gaps: tuple[Property, ...]
    tokens: tuple[str, ...]  # of each gap: its includeProperties token, empty where it is always answered


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How objects of a type are answered, where `include` has the optional properties that are not null.

    There is one form for each type and `include`, which names only what can be seen in such objects. `empty` has for
    each gap of the type what stands there where nothing is to be seen: None, or an empty array.
    `gaps` are those that show something, each with the list that it shows.
    """

    type: str
    include: frozenset[str]
    empty: tuple[list[Any] | None, ...]
    gaps: tuple[tuple[Property, str], ...]


@cache
def plan_of(type_name: str) -> Plan:
    """The plan of an object type, made once."""
    gaps = tuple(p for p in OBJECT_TYPES[type_name].answered if p.kind in ("objects", "assigned", "columns"))
    return Plan(gaps, tuple(f"{type_name}.{p.name}" if p.optional else "" for p in gaps))


@lru_cache(maxsize=4096)
def form_of(type_name: str, include: frozenset[str]) -> Form:
    """The form of a type for the value of includeProperties, which may have more than what matters to the type."""
    return _form(type_name, include & _tokens_in(type_name))


@lru_cache(maxsize=4096)
def _form(type_name: str, include: frozenset[str]) -> Form:
    plan = plan_of(type_name)
    shown = [p for p, token in zip(plan.gaps, plan.tokens, strict=True) if not token or token in include]
    empty: tuple[list[Any] | None, ...] = tuple([] if p in shown else None for p in plan.gaps)
    return Form(type_name, include, empty, tuple((p, list_in(type_name, p)) for p in shown))


@cache
def _tokens_in(type_name: str) -> frozenset[str]:
    """The tokens that matter to objects of a type: its own, and those of all that may nest in it."""
    types = [type_name]
    for each in types:
        held = ("RetrospectiveCard" if p.kind == "columns" else p.target for p in plan_of(each).gaps)
        types += [other for other in dict.fromkeys(held) if other not in types]
    return frozenset(token for each in types for token in plan_of(each).tokens if token)


def list_in(type_name: str, gap: Property) -> str:
    """What the list is of that a gap of a type shows."""
    match gap.kind:
        case "assigned":
            return ASSIGNED_BY[type_name]
        case "columns":
            return "RetrospectiveCard"
        case _:
            return gap.via or gap.target


def json_of(record: Record, form: Form, wire_id: WireID, origin: str) -> bytes:
    """The JSON of an object in which nothing nests; `origin` is where this server is reached."""
    return orjson.dumps(_answer(record, form, wire_id, origin))


def json_around(record: Record, form: Form, filled: Iterable[Property], wire_id: WireID, origin: str) -> list[bytes]:
    """The JSON of an object, cut at those gaps that are filled; the others are empty."""
    answer = _answer(record, form, wire_id, origin)
    for gap in filled:
        answer[gap.name] = _GAP
    return orjson.dumps(answer).split(_CUT)


def _answer(record: Record, form: Form, wire_id: WireID, origin: str) -> dict[str, Any]:
    return _answers(record.type)(record.row, form.empty, wire_id, origin)


@cache
def _answers(type_name: str) -> Callable[[tuple[Any, ...], tuple[Any, ...], WireID, str], dict[str, Any]]:
    """What answers the properties of a type, by a record's row and what is in the gaps.

    It is compiled from text, because Python makes a dict of forty values from one display in half the time that any
    other way takes, and most of the time of a large answer goes there:

        lambda row, gaps, wire_id, origin: {'objectType': 'Tag', 'id': row[0], ..., 'name': row[3], ...}
    """
    places = {name: f"row[{place}]" for place, name in enumerate(NAMES[type_name])}
    places |= {p.name: f"gaps[{place}]" for place, p in enumerate(plan_of(type_name).gaps)}
    members = []
    for p in OBJECT_TYPES[type_name].answered:
        value = places.get(p.name, "")
        match p.kind:
            case "objectType":
                value = repr(type_name)
            case "number":
                value = f"-1.0 if {value} is None else float({value})"
            case "ref":
                value = f"None if {value} is None else wire_id({value})"
            case "refs":
                value = f"[wire_id(number) for number in {value}] if {value} else ()"
            case "url":
                value = f"origin + {value} if ({value} or '').startswith('/') else {value}"
        members.append(f"{p.name!r}: {value}")
    compiled: Callable[..., dict[str, Any]] = eval(f"lambda row, gaps, wire_id, origin: {{{', '.join(members)}}}")
    return compiled


def answered(p: Property, record: Record, wire_id: WireID, origin: str = "") -> Any:
    """The wire value of a plain property."""
    if p.kind == "objectType":
        return record.type
    value = record[p.name]
    match p.kind:
        case "number":
            return -1.0 if value is None else float(value)
        case "ref":
            return None if value is None else wire_id(value)
        case "refs":
            return [wire_id(number) for number in value]
        case "url" if value is not None and value.startswith("/"):
            return origin + value
        case _:
            return value
