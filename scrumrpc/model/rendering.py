"""Turns records into JSON: each object becomes a fragment of bytes with gaps where nested lists go.

A backlog item's fragment, for example, is cut at its optional properties:

    b'{"objectType":"BacklogItem",...,"tagIDs":[],"checklists":'  <gap>  b',"comments":'  <gap>  ...  b'}'

A gap is filled with null, with nested objects or with ids when an answer is put together, so that the same fragment
serves every combination of includeProperties.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import OBJECT_TYPES

Fragment = tuple[bytes, ...]
"""One segment more than the type has gaps."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How objects of a type are cut: runs of plain properties, and the gaps between them."""

    runs: tuple[tuple[Property, ...], ...]
    gaps: tuple[Property, ...]
    tokens: tuple[str, ...]  # of each gap: its includeProperties token, empty where it is always answered


@cache
def plan_of(type_name: str) -> Plan:
    """The plan of an object type, made once."""
    runs: list[list[Property]] = [[]]
    gaps: list[Property] = []
    for p in OBJECT_TYPES[type_name].answered:
        if p.kind in ("objects", "assigned", "columns"):
            gaps.append(p)
            runs.append([])
        else:
            runs[-1].append(p)
    tokens = tuple(f"{type_name}.{p.name}" if p.optional else "" for p in gaps)
    return Plan(tuple(tuple(run) for run in runs), tuple(gaps), tokens)


def fragment_of(record: Record, wire_id: Callable[[int], str], origin: str = "") -> Fragment:
    """The fragment of an object; `wire_id` tells the wire id of a number, `origin` is where this server is reached."""
    plan = plan_of(record.type)
    segments = []
    for position, run in enumerate(plan.runs):
        members = orjson.dumps({p.name: answered(p, record, wire_id, origin) for p in run})[1:-1]
        opening = b"{" if position == 0 else b"," if members else b""
        if position == len(plan.gaps):
            closing = b"}"
        else:
            closing = (b"," if members or position else b"") + b'"' + plan.gaps[position].name.encode() + b'":'
        segments.append(opening + members + closing)
    return tuple(segments)


def answered(p: Property, record: Record, wire_id: Callable[[int], str], origin: str = "") -> Any:
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
