"""What objects have that were written down before a property of their type existed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES

_FROM_OTHERS: dict[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
    ("BacklogItem", "bugState"): lambda state: "Open" if state["type"] == "Bug" else None,
    # Until boards had an order of their own they showed their items in backlog order.
    ("BacklogItem", "boardRank"): lambda state: state["rank"] if state["boardID"] is not None else None,
}


def completed(type_name: str, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state of an object as it was logged, with a value for each property that its type has by now.

    >>> completed("BacklogList", {"name": "Ideas"})["isArchived"]
    False
    """
    stored = STORED_TYPES[type_name].stored
    if all(p.name in state for p in stored):
        return state
    return {p.name: state[p.name] if p.name in state else _default(type_name, p, state) for p in stored}


def _default(type_name: str, p: Property, state: Mapping[str, Any]) -> Any:
    if (type_name, p.name) in _FROM_OTHERS:
        return _FROM_OTHERS[type_name, p.name](state)
    return [] if p.kind == "refs" else p.default
