"""includeProperties: the optional properties by their wire tokens, such as BacklogItem.comments."""

from __future__ import annotations

from scrumrpc.model.types import OBJECT_TYPES

OPTIONAL: tuple[str, ...] = tuple(f"{t.name}.{p.name}" for t in OBJECT_TYPES.values() for p in t.answered if p.optional)
"""Every token that includeProperties can name, by object type."""

ALWAYS: frozenset[str] = frozenset(
    f"{t.name}.{p.name}" for t in OBJECT_TYPES.values() for p in t.answered if not p.optional
)
"""Properties that are answered in any case; naming them changes nothing."""
