"""Connection: one to the database, which remembers the statements that are prepared on it (for flush.py)."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

_PATIENCE = 5.0
"""Seconds in which the server is to stop what it does when it is told so."""
_MOST_PREPARED = 300
"""Each takes some memory of the server. The pool renews connections every hour or so."""


class Connection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection on which `flush` prepares statements, where `prepares` is set.

    psycopg itself must not prepare any on it then: it would give up all that there are after each ROLLBACK.
    """

    def __init__(self, pgconn: PGconn, *args: Any, **kwargs: Any) -> None:
        super().__init__(pgconn, *args, **kwargs)
        self.prepares = False
        self._arrival: asyncio.Future[None] | None = None
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

    async def exchange(self, steps: PQGen[T]) -> T:
        """Does what psycopg's `wait` does, at half the cost where it only waits for what the server answers."""
        try:
            waits_for = next(steps)
            while waits_for == Wait.R:
                await self._until_something_arrives()
                waits_for = steps.send(Ready.R)
        except StopIteration as end:
            result: T = end.value
            return result
        except asyncio.CancelledError:
            await self._call_off(_resumed(steps, Wait.R))
            raise
        return await self.wait(_resumed(steps, waits_for))

    async def _until_something_arrives(self) -> None:
        loop, socket = asyncio.get_running_loop(), self.pgconn.socket
        arrival: asyncio.Future[None] = loop.create_future()
        self._arrival = arrival
        loop.add_reader(socket, _set, arrival)
        try:
            await arrival
        finally:
            if self._arrival is arrival:
                loop.remove_reader(socket)
                self._arrival = None

    async def _call_off(self, steps: PQGen[T]) -> None:
        """Has the server stop and reads what it answers then; a connection where that takes long is closed."""
        try:
            await self.cancel_safe(timeout=_PATIENCE)
            await self.wait(steps, timeout=_PATIENCE)
        except psycopg.Error:
            pass  # it stopped, as it should, or it was not to be stopped
        finally:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()

    async def close(self) -> None:
        """Closes it; whoever waits for something to arrive is told that it is closed."""
        if self._arrival is not None and not self.closed:
            asyncio.get_running_loop().remove_reader(self.pgconn.socket)
            _set(self._arrival)
            self._arrival = None
        await super().close()


def _set(arrival: asyncio.Future[None]) -> None:
    if not arrival.done():
        arrival.set_result(None)


def _resumed(steps: PQGen[T], waits_for: Wait) -> PQGen[T]:
    """Steps that wait for something already, as ones that are about to begin."""
    while True:
        ready = yield waits_for
        try:
            waits_for = steps.send(ready)
        except StopIteration as end:
            result: T = end.value
            return result


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
