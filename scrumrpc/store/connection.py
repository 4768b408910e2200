"""Connection: one to the database, which remembers the statements that are prepared on it (for flush.py)."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGconn, PGresult

Rows = list[tuple[Any, ...]]

_MOST_PREPARED = 300
"""Each takes some memory of the server. The pool renews connections every hour or so."""


class Connection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection on which `flush` prepares statements, where `prepares` is set.

    psycopg itself must not prepare any on it then: it would give up all that there are after each ROLLBACK.
    """

    def __init__(self, pgconn: PGconn, *args: Any, **kwargs: Any) -> None:
        super().__init__(pgconn, *args, **kwargs)
        self.prepares = False
        self.prepared: dict[str, Prepared] = {}
        self._used_once: set[str] = set()
        self._named = 0

    def to_prepare(self, text: str) -> Prepared | None:
        """What to prepare the statement as, which is about to run; None the first time: few run only once or twice."""
        if not self.prepares or len(self.prepared) >= _MOST_PREPARED:
            return None
        if text not in self._used_once:
            self._used_once.add(text)
            return None
        self._named += 1
        return Prepared(self, b"flush_%d" % self._named)


class Prepared:
    """A statement that is prepared on a connection, under a name, with what reads its rows."""

    def __init__(self, conn: Connection, name: bytes) -> None:
        self.name = name
        self._transformer = Transformer(conn)
        self._is_known = False  # what columns it has

    def rows(self, result: PGresult) -> Rows:
        """The rows that an execution answered."""
        self._transformer.set_pgresult(result, set_loaders=not self._is_known)
        self._is_known = True
        rows = self._transformer.load_rows(0, result.ntuples, tuple)
        self._transformer.set_pgresult(None, set_loaders=False)  # this stays; what was answered need not
        return rows
