"""What belongs to what: deleting an object deletes the objects that stand in its lists, and theirs."""

from __future__ import annotations

from functools import cache

from scrumrpc.model.properties import ObjectType
from scrumrpc.model.types import STORED_TYPES

MOST_LEVELS = 100
"""How many objects of a type can be inside one another; clients' JSON readers have limits of their own."""


def belongs_by(object_type: ObjectType) -> tuple[str, ...]:
    """The properties by which objects of a type belong to another object."""
    return tuple(name for name in (object_type.listed_in, object_type.nested_in, *object_type.ends_with) if name)


@cache
def owned_by(type_name: str) -> tuple[tuple[str, str], ...]:
    """What may belong to an object of a type: pairs of a type and its property that points to the owner.

    >>> owned_by("Checklist")
    (('ChecklistItem', 'checklistID'),)
    """
    return tuple(
        (t.name, name)
        for t in STORED_TYPES.values()
        for name in belongs_by(t)
        if type_name in t.property(name).target.split("|")
    )
