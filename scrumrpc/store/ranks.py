"""Ranks: strings that sort a list bytewise and leave room between any two, so that an insert touches one row.

Example: a list with the ranks a0, a1, a2. Adding at the end makes a3; adding at index 1 makes a0V, between a0 and a1.

A list may be answered in parts: of the backlog items of a project, those of an epic stand in the epic. The rank counts
in the whole list, an index in the part. At index 1 of the part a0, a4 of the list a0, a1, a4 a new object gets a2,
right before the object that it pushes on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fractional_indexing import generate_key_between, generate_n_keys_between

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.statements import STATEMENTS, list_statements, ranks_since
from scrumrpc.store.texts import ListStatements

Query = tuple[str, dict[str, Any]]

_LONGEST = 200
"""About a thousand inserts at the very same place make ranks this long; then the list gets new ones."""


@dataclass(frozen=True, slots=True)
class RankPlace:
    """A list that something is put into, and the part of it that its index counts in.

    The list is the objects of a type within a container (ROOT: in the account), sorted by the property `rank`;
    `within` gives properties whose values the part shares.
    """

    type_name: str
    account: int
    container: int
    within: tuple[tuple[str, int | None], ...] = ()
    rank: str = "rank"
    listed_in: str | None = None

    @property
    def container_property(self) -> str | None:
        """The property that says which list an object is in; None where there is one list in the account."""
        return self.listed_in or STORED_TYPES[self.type_name].listed_in

    @property
    def whole(self) -> RankPlace:
        """The list without regard to a part."""
        return RankPlace(self.type_name, self.account, self.container, (), self.rank, self.listed_in)

    def _statements(self) -> ListStatements:
        names = tuple(name for name, _ in self.within)
        return list_statements(self.type_name, self.rank, self.container_property, names)

    def _parameters(self, without: int) -> dict[str, Any]:
        common = {"account": self.account, "container": self.container, "without": without}
        return common | {f"within_{name}": value for name, value in self.within}

    def last_query(self, without: int = 0) -> Query:
        """Reads the last rank of the list."""
        return self._statements().last_rank, self._parameters(without)

    def before_query(self, rank: str, without: int = 0) -> Query:
        """Reads the rank before another one in the list."""
        return self._statements().rank_before, {**self._parameters(without), "rank": rank}

    def around_query(self, index: int, without: int = 0) -> Query:
        """Reads the ranks around a position of the part: the one before it, if any, then the one at it, if any.

        For -1, the end, that is the last one.
        """
        if index < 0:
            return self._statements().last_rank_within, self._parameters(without)
        return self._statements().ranks_at, {**self._parameters(without), "skip": max(index - 1, 0)}

    def at_ranks_query(self, ranks: Collection[str]) -> Query:
        """Reads which objects of the list have one of these ranks: number and rank of each."""
        return self._statements().at_ranks, {**self._parameters(0), "ranks": list(ranks)}

    def since_query(self, version: int, limit: int | None) -> Query:
        """Reads of the objects of the list the number, the rank, and the one at a version; at most `limit`, old ones.

        Those that were not there, or in another list, have none then.
        """
        statement = ranks_since(self.type_name, self.rank, self.container_property)
        return statement, {**self._parameters(0), "version": version, "limit": limit}

    def count_query(self, without: int = 0) -> Query:
        """Reads how long the part is."""
        return self._statements().count, self._parameters(without)

    def load_query(self) -> Query:
        """Reads all objects of the list."""
        statements = STATEMENTS[self.type_name]
        common: dict[str, Any] = {"account": self.account, "object_type": self.type_name}
        if self.container_property is None:
            return statements.load_all, common
        return statements.load_by_reference[self.container_property], {**common, "referred": [self.container]}


def neighbours(ranks: list[str], index: int) -> tuple[str | None, str | None]:
    """The ranks before and at a position, given what `RankPlace.around_query` read for it.

    >>> neighbours(["a1", "a2"], 4), neighbours(["a0", "a1"], 0), neighbours(["a7"], -1)
    (('a1', 'a2'), (None, 'a0'), ('a7', None))
    """
    if index == 0:
        return None, ranks[0] if ranks else None
    return ranks[0] if ranks else None, ranks[1] if index > 0 and len(ranks) > 1 else None


def rank_between(before: str | None, after: str | None) -> str:
    """A rank between two others; None stands for the ends of the list."""
    return str(generate_key_between(before, after))


def needs_new_ranks(rank: str) -> bool:
    """Whether a list has been inserted into at one place so often that its ranks grow too long."""
    return len(rank) > _LONGEST


def ranks_after(last: str, count: int) -> list[str]:
    """So many new ranks, all behind every present one, so that no two rows share one while they are rewritten."""
    return [str(rank) for rank in generate_n_keys_between(last, None, count)]
