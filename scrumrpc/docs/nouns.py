"""How registry and model are laid out in pages: methods by noun, and what object types have to do with each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.model.properties import ObjectType, Property
from scrumrpc.model.types import OBJECT_TYPES

_ARRAY = re.compile(r"array of (\w+) objects")


@dataclass(frozen=True, slots=True)
class Noun:
    """An object type that methods are about, with these methods."""

    type: ObjectType
    methods: tuple[Method, ...]

    @property
    def words(self) -> str:
        """The noun in words: Backlog item."""
        said = words(self.type.name)
        return said[0].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class Place:
    """A property of an object type, seen from another type that it is about."""

    type: ObjectType
    property: Property


def words(name: str) -> str:
    """The words of a type's name.

    >>> words("BacklogItem")
    'backlog item'
    >>> words("APIKey")
    'API key'
    """
    parts = re.split(r"(?<!^)(?=[A-Z][a-z])", name)
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def public_methods() -> tuple[Method, ...]:
    """The methods that clients can call, in the order of registration."""
    return tuple(method for method in METHODS.values() if method.public)


def nouns() -> tuple[Noun, ...]:
    """The nouns in the order in which the registry comes to them."""
    by_noun: dict[str, list[Method]] = {}
    for method in public_methods():
        by_noun.setdefault(method.noun, []).append(method)
    return tuple(Noun(OBJECT_TYPES[name], tuple(of_noun)) for name, of_noun in by_noun.items())


def default_of(p: Parameter) -> int | str | None:
    """What a parameter that is left out stands for, as clients write it; None for no value."""
    none = p.kind.none
    if p.required or not isinstance(none, (int, str)):
        return None
    return str(none).lower() if isinstance(none, bool) else none


def nested_in(type_name: str) -> tuple[Place, ...]:
    """The properties in which objects of the type are answered."""
    return tuple(each for each in _places() if held(each.property) == type_name)


def referred_to_by(type_name: str) -> tuple[Place, ...]:
    """The properties that hold ids of objects of the type."""
    return tuple(
        each
        for each in _places()
        if each.property.kind in ("ref", "refs", "assigned") and type_name in targets(each.property)
    )


def held(p: Property) -> str:
    """The object type of the objects in a property; empty for any other property."""
    if p.kind in ("objects", "columns"):
        return p.target
    array = _ARRAY.fullmatch(p.target) if p.kind == "any" else None
    return array[1] if array else ""


def targets(p: Property) -> tuple[str, ...]:
    """The object types that a property is about."""
    return tuple(name for name in p.target.split("|") if name in OBJECT_TYPES)


def methods_naming(type_name: str) -> tuple[Method, ...]:
    """The methods that are about the type, or take the id of an object of it."""
    return tuple(
        method
        for method in public_methods()
        if method.noun == type_name or any(p.reference and type_name in p.reference.types for p in method.parameters)
    )


def _places() -> Iterable[Place]:
    return (Place(t, p) for t in OBJECT_TYPES.values() for p in t.answered)
