"""The sample account as tests look at it."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.cli import sample
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES

Object = dict[str, Any]

ACCOUNT = sample.objects()
BY_TYPE: dict[str, list[Object]] = {name: [o for o in ACCOUNT if o["objectType"] == name] for name in STORED_TYPES}
BY_ID: dict[tuple[str, str], Object] = {(o["objectType"], o["id"]): o for o in ACCOUNT}
ITEMS = BY_TYPE["BacklogItem"]
NONE = -1.0

SHOP = "729-11230-1"


def get(type_name: str, id: str) -> Object:
    return BY_ID[type_name, id]


def refer_to(type_name: str, name: str, id: str) -> list[Object]:
    """The objects of the type whose property names the id, in order."""
    return [o for o in BY_TYPE[type_name] if o[name] == id]


def on(owner: Object, type_name: str) -> list[Object]:
    """What hangs on an object."""
    return [o for o in refer_to(type_name, "ownerObjectID", owner["id"]) if o["ownerObjectType"] == owner["objectType"]]


def tasks_of(item: Object) -> list[Object]:
    return refer_to("Task", "backlogItemID", item["id"])


def properties(kinds: str, *, stored: bool = True) -> list[Any]:
    return [
        pytest.param(name, p, id=f"{name}.{p.name}")
        for name, object_type in STORED_TYPES.items()
        for p in object_type.properties
        if p.kind in kinds.split() and p.stored == stored and not p.hidden
    ]


def named(o: Object, p: Property) -> list[tuple[str, str] | None]:
    """What a reference, or a list of them, names: for each id the key of the object, None if there is none."""
    typed_by = p.name.removesuffix("ID") + "Type"  # ownerObjectID is of the type ownerObjectType
    types = [o[typed_by]] if typed_by in o else p.target.split("|")
    ids = o[p.name] if p.kind == "refs" else [o[p.name]] if o[p.name] else []
    return [next(((t, id) for t in types if (t, id) in BY_ID), None) for id in ids]


def references(o: Object) -> list[Property]:
    return [p for p in STORED_TYPES[o["objectType"]].stored if p.kind in ("ref", "refs")]
