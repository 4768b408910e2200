"""Histories: what clients did with a few registers at the same time, and what each of them was answered, and when.

The registers are names of backlog items in one account, so its data version orders all that is written to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WRITE, REFUSED, READ, READ_ALL, READ_VERSION = "write", "refused", "read", "read all", "read version"

UNKNOWN = math.inf
"""When an operation ended of which nobody knows whether it was done: it may be at any time, or never."""


@dataclass(frozen=True, slots=True)
class State:
    """The account at a version: the values of the registers."""

    version: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a client wanted, from its first attempt to the answer that it got in the end.

    `version` is what was answered, None where nothing was. A write may have `required` a version; one that was refused
    was answered the version that the account was at. `values` are what was written or read.
    """

    kind: str
    began: float
    ended: float
    version: int | None = None
    register: int = 0
    values: tuple[str, ...] = ()
    required: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was answered; else it may have been done or not."""
        return self.ended != UNKNOWN


def applied(state: State, operation: Operation) -> State | None:
    """What the operation makes of the account, if it can be done there and is then answered as it was."""
    version = state.version
    match operation.kind:
        case "write":
            if operation.required not in (None, version) or operation.version not in (None, version + 1):
                return None
            values = list(state.values)
            [values[operation.register]] = operation.values
            return State(version + 1, tuple(values))
        case "refused":
            fits = operation.required != version
        case "read":
            fits = operation.values == (state.values[operation.register],)
        case "read all":
            fits = operation.values == state.values
        case _:
            fits = True
    return state if fits and operation.version == version else None
