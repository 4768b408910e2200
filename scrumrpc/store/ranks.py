"""Ranks: strings that sort a list bytewise and leave room between any two, so that an insert touches one row.

Example: a list with the ranks a0, a1, a2. Adding at the end makes a3; adding at index 1 makes a0V, between a0 and a1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.statements import STATEMENTS

_LONGEST = 200
"""About a thousand inserts at the very same place make ranks this long; then the list gets new ones."""


@dataclass(frozen=True, slots=True)
class RankPlace:
    """A list that something is put into: the objects of a type within a container (ROOT: in the account)."""

    type_name: str
    account: int
    container: int

    def query(self, index: int) -> tuple[str, dict[str, Any]]:
        """Reads the ranks around a position: at most the last one for -1, else the one before it and the one at it."""
        statements = STATEMENTS[self.type_name]
        parameters = {"account": self.account, "container": self.container}
        if index < 0:
            return statements.last_rank, parameters
        return statements.ranks_at, {**parameters, "skip": max(index - 1, 0)}

    def count_query(self) -> tuple[str, dict[str, Any]]:
        """Reads how long the list is."""
        return STATEMENTS[self.type_name].count, {"account": self.account, "container": self.container}

    def load_query(self) -> tuple[str, dict[str, Any]]:
        """Reads all its objects."""
        statements = STATEMENTS[self.type_name]
        common: dict[str, Any] = {"account": self.account, "object_type": self.type_name}
        listed_in = STORED_TYPES[self.type_name].listed_in
        if listed_in is None:
            return statements.load_all, common
        return statements.load_by_owners[listed_in], {**common, "owners": [self.container]}


def rank_between(ranks: list[str], index: int) -> str:
    """The rank for a position, given what `RankPlace.query` read for it."""
    if index == 0:
        return str(generate_key_between(None, ranks[0] if ranks else None))
    before = ranks[0] if ranks else None
    after = ranks[1] if index > 0 and len(ranks) > 1 else None
    return str(generate_key_between(before, after))


def needs_new_ranks(rank: str) -> bool:
    """Whether a list has been inserted into at one place so often that its ranks grow too long."""
    return len(rank) > _LONGEST


def ranks_after(last: str, count: int) -> list[str]:
    """So many new ranks, all behind every present one, so that no two rows share one while they are rewritten."""
    return [str(rank) for rank in generate_n_keys_between(last, None, count)]
