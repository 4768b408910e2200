"""Which parameters of which methods name something that belongs to an account, worked out from the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.model.types import STORED_TYPES

_BY_FOLDED = {name.lower(): name for name in STORED_TYPES} | {"api key": "APIKey", "webhook": "Webhook"}
_NAMES_NOTHING = ("externalID", "requestID")
"""Ids that the client makes up."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A parameter that names something of a type, alone or as one of several."""

    method: Method
    parameter: Parameter
    type: str
    type_parameter: str | None
    is_list: bool

    def __str__(self) -> str:
        return f"{self.method.name}.{self.parameter.name}={self.type}"


def namings() -> list[Naming]:
    """All there are."""
    return [each for method in METHODS.values() if method.public for p in method.parameters for each in _of(method, p)]


def _of(method: Method, parameter: Parameter) -> Iterator[Naming]:
    typed_by = _type_parameter(method, parameter)
    for type_name in types_of(parameter):
        yield Naming(method, parameter, type_name, typed_by, parameter.kind.name.endswith(" ids"))


def types_of(parameter: Parameter) -> tuple[str, ...]:
    """What a parameter can name; ValueError where that cannot be told, so that no parameter is forgotten."""
    kind = parameter.kind.name
    if parameter.reference:
        return parameter.reference.types
    if kind == "object id":
        return tuple(STORED_TYPES)
    if not kind.endswith((" id", " ids")) or parameter.name in _NAMES_NOTHING:
        if parameter.name.endswith(("ID", "IDs")) and parameter.name not in _NAMES_NOTHING:
            raise ValueError(f"What does {parameter.name} of the kind {kind} name?")
        return ()
    words = kind.removesuffix("s").removesuffix(" id").split(" or ")
    return tuple(_BY_FOLDED[word.lower()] for word in words)


def _type_parameter(method: Method, parameter: Parameter) -> str | None:
    if parameter.reference:
        return parameter.reference.type_parameter
    name = parameter.name.removesuffix("ID") + "Type"
    return name if any(p.name == name for p in method.parameters) else None
