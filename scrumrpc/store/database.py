"""Database: the pool of connections of a worker, and what a client is told when the database cannot serve it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import orjson
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from scrumrpc.errors import APIBusy, ApiError, APINotAvailable
from scrumrpc.store.connection import Connection

__all__ = ["Connection", "Database", "ping"]

T = TypeVar("T")

_UNFINISHED = (TransactionStatus.INTRANS, TransactionStatus.INERROR)
_NOT_OURS = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout)
"""What fails by no fault of a statement: the connection, or what the server can do at the time."""
_PATIENCE = 4.0
"""Seconds that a call waits before it looks whether the database is there at all."""
_ONCE_AWAY = 0.5
"""The same, while the database was found away lately."""
_LATELY = 2.0
_OUTCOME_UNKNOWN = (
    "The connection to the database broke during the call. It may or may not have taken effect: repeat it with the "
    "same requestID, or look at the data, before you send it again."
)
_LOCKED = (
    "What the call needs is locked by others for longer than calls wait, and nothing was changed; try again shortly."
)
_NOT_DONE = "The database could not do what the call needs, and nothing was changed; try again shortly."


class Database:
    """Connections to one PostgreSQL database.

    Every statement runs in autocommit mode; a transaction says BEGIN and COMMIT itself, so that they travel with the
    statements they enclose. `prepare` switches prepared statements off for connection poolers that need it so.
    `wait` is how many seconds a call waits for a connection that others use; for a database that is away it waits only
    so long as to bridge a short restart. `longest_lock` and `longest_statement` are the seconds for which a statement
    waits for a lock, and which it takes altogether, until the server gives it up; a connection that leaves its
    transaction open for as long as the latter, because its process was stopped, say, is ended. 0: no end.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int = 8,
        prepare: bool = True,
        wait: float = 10.0,
        longest_lock: float = 0.0,
        longest_statement: float = 0.0,
    ) -> None:
        self.url = url
        self._prepare = prepare
        self._size = size
        self._wait = wait
        self._longest_lock = longest_lock
        self._longest_statement = longest_statement
        self._shares: dict[int, _Share] = {}
        self._missed_at = -math.inf  # when the database was last found away
        self._attempt: asyncio.Task[bool] | None = None
        self._pool = AsyncConnectionPool(
            url,
            connection_class=Connection,
            min_size=min(2, size),
            max_size=size,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": None, "client_encoding": "utf8"},
            configure=self._configure,
            reconnect_timeout=_PATIENCE,  # then only calls cause attempts, so that these never come too far apart
            name="scrumrpc",
        )

    async def open(self) -> None:
        """Makes the first connections in the background; calls wait for them."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Closes all connections."""
        await self._pool.close()

    async def _configure(self, conn: Connection) -> None:
        conn.prepares = self._prepare
        set_json_loads(orjson.loads, conn)
        statement = round(1000 * self._longest_statement)
        await conn.execute(
            "SELECT set_config('timezone', 'UTC', false), set_config('lock_timeout', %s, false), "
            "set_config('statement_timeout', %s, false), "
            "set_config('idle_in_transaction_session_timeout', %s, false)",
            (f"{1000 * self._longest_lock:.0f}", str(statement), str(statement)),
        )

    @asynccontextmanager
    async def begin(self, first: Callable[[Connection], Awaitable[T]]) -> AsyncIterator[tuple[Connection, T]]:
        """Takes a connection and awaits `first`, which must change nothing, on it; yields both for the rest of a call.

        A connection that died while it lay idle (the database was restarted) shows only when it is used: `first` is
        then repeated on another one, so that a client does not notice. What follows is never repeated.
        """
        for _ in range(self._size + 1):
            conn = await self._take()
            try:
                opened = await first(conn)
            except _NOT_OURS as error:
                lost = conn.closed
                await self._give_back(conn)
                if not lost:
                    raise _refused(error) from error
                continue
            except BaseException:
                await self._give_back(conn)
                raise
            try:
                yield conn, opened
            except _NOT_OURS as error:
                # Where the connection lives, the server has refused something, and undoes what came before it.
                raise (APINotAvailable(_OUTCOME_UNKNOWN) if conn.closed else _refused(error)) from error
            finally:
                await self._give_back(conn)
            return
        raise APINotAvailable

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The result of `work`, which only reads and may be repeated."""
        async with self.begin(work) as (_, result):
            return result

    async def read_of(self, account: int, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The same, for an account: its reads have half of the connections at most, so that others find one.

        Only what tells who calls, and the groups of changes, which have one connection for each account, go without.
        """
        share = self._shares.setdefault(account, _Share(max(1, self._size // 2)))
        share.users += 1
        try:
            try:
                async with asyncio.timeout(self._wait):
                    await share.places.acquire()
            except TimeoutError as error:
                raise APIBusy from error
            try:
                return await self.read(work)
            finally:
                share.places.release()
        finally:
            share.users -= 1
            if not share.users:
                self._shares.pop(account, None)

    async def _take(self) -> Connection:
        """A connection. Nobody waits long for a database that is away; for a busy one, as long as the setting says."""
        deadline = time.monotonic() + self._wait
        away_lately = time.monotonic() - self._missed_at < _LATELY
        patience = min(self._wait, _ONCE_AWAY if away_lately else _PATIENCE)
        while True:
            try:
                return await self._pool.getconn(timeout=patience)
            except TooManyRequests as error:
                raise APIBusy from error
            except PoolClosed as error:
                raise APINotAvailable("The server is shutting down.") from error
            except PoolTimeout as error:
                if not await self.answers():
                    self._missed_at = time.monotonic()
                    raise APINotAvailable from error
                patience = deadline - time.monotonic()
                if patience <= 0:
                    raise APIBusy from error

    async def _give_back(self, conn: Connection) -> None:
        """Returns a connection; what its call began and did not commit is undone."""
        try:
            if not conn.closed and conn.info.transaction_status in _UNFINISHED:
                await conn.execute("ROLLBACK")
        except psycopg.OperationalError:
            pass  # the pool sees that it is lost
        finally:
            await self._pool.putconn(conn)

    async def answers(self) -> bool:
        """Whether the database takes a new connection; all who ask at the same time share one attempt."""
        if self._attempt is None:
            self._attempt = asyncio.create_task(self._connects())
            self._attempt.add_done_callback(self._attempt_is_over)
        return await asyncio.shield(self._attempt)

    def _attempt_is_over(self, _attempt: asyncio.Task[bool]) -> None:
        self._attempt = None

    async def _connects(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError as error:
            return error.sqlstate == "53300"  # too_many_connections: it is there, and busy


class _Share:
    """The connections that an account may use at once, and how many calls use or wait for one."""

    __slots__ = ("places", "users")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.users = 0


def _refused(error: Exception) -> ApiError:
    """What a client is told where the server has refused a statement, and undoes what came before it."""
    return APIBusy(_LOCKED) if isinstance(error, psycopg.errors.LockNotAvailable) else APINotAvailable(_NOT_DONE)


async def ping(conn: Connection) -> None:
    """Finds out whether the connection is alive; for `begin`, where nothing is to be read first."""
    await conn.execute("SELECT 1")
