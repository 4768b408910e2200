"""Kinds of the parameters that name data versions."""

from __future__ import annotations

from typing import Annotated

from scrumrpc.calls.kinds import Kind, parse_integer
from scrumrpc.errors import InvalidParameter


def _parse_version(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if value < 0:
        raise InvalidParameter(f"The parameter {parameter} is {value}; it must be a data version, 0 or more.")
    return value


def _version(rule: str) -> Kind:
    return Kind("data version", "integer", _parse_version, rule, "17", {"type": "integer", "minimum": 0})


ChangedSince = Annotated[
    int | None,
    _version(
        "A data version: only those with properties of their own, their place in the backlog included, that changed in "
        "a later one."
    ),
]
AtDataVersion = Annotated[
    int | None,
    _version(
        "A data version, up to the present one: the answer is what the call would have answered then, as far as the "
        "caller reaches the projects today. Without a value, the present one."
    ),
]
SinceDataVersion = Annotated[int, _version("A data version: only what changed in later ones.")]
UntilDataVersion = Annotated[
    int | None, _version("A data version: only what changed up to it. Without a value, up to the present one.")
]
NewerThanDataVersion = Annotated[int, _version("A data version: the call waits for a later one.")]
GivenDataVersion = Annotated[int, _version("A data version.")]
