"""Kinds of the parameters of methods that tell what changed."""

from __future__ import annotations

from typing import Annotated

from scrumrpc.calls.kinds import Kind, parse_integer
from scrumrpc.errors import InvalidParameter

MOST_CHANGES = 10_000
DEFAULT_CHANGES = 1_000


def _parse_limit(parameter: str, text: str) -> int:
    value = parse_integer(parameter, text)
    if not 1 <= value <= MOST_CHANGES:
        raise InvalidParameter(f"The parameter {parameter} is {value}; it must be from 1 to {MOST_CHANGES}.")
    return value


_LIMIT = Kind(
    "limit of changes",
    "integer",
    _parse_limit,
    f"About how many changes to tell at most, from 1 to {MOST_CHANGES:,}; without a value, {DEFAULT_CHANGES:,}. A "
    "version is told whole, however many it has.",
    "500",
    {"type": "integer", "minimum": 1, "maximum": MOST_CHANGES},
    none=DEFAULT_CHANGES,
)

ChangeLimit = Annotated[int, _LIMIT]
