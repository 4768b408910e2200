"""Database: the pool of connections of a worker, and what a client is told when the database cannot serve it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import orjson
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from scrumrpc.errors import APIBusy, APINotAvailable

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
T = TypeVar("T")

_UNFINISHED = (TransactionStatus.INTRANS, TransactionStatus.INERROR)
_OUTCOME_UNKNOWN = (
    "The connection to the database broke during the call. It may or may not have taken effect: repeat it with the "
    "same requestID, or look at the data, before you send it again."
)


class Database:
    """Connections to one PostgreSQL database.

    Every statement runs in autocommit mode; a transaction says BEGIN and COMMIT itself, so that they travel with the
    statements they enclose. `prepare` switches prepared statements off for connection poolers that need it so.
    `wait` is how many seconds a call waits for a connection, which also bridges a short restart of the database.
    """

    def __init__(self, url: str, *, size: int = 8, prepare: bool = True, wait: float = 5.0) -> None:
        self.url = url
        self._prepare_threshold = 2 if prepare else None
        self._size = size
        self._pool = AsyncConnectionPool[Connection](
            url,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=wait,
            kwargs={"autocommit": True, "prepare_threshold": self._prepare_threshold},
            configure=_configure,
            reconnect_timeout=max(wait, 1.0),  # attempts stay seconds apart, however long the database was away
            name="scrumrpc",
        )

    async def open(self) -> None:
        """Makes the first connections in the background; calls wait for them."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Closes all connections."""
        await self._pool.close()

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
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                lost = conn.closed
                await self._give_back(conn)
                if not lost:
                    raise APINotAvailable from error
                continue
            except BaseException:
                await self._give_back(conn)
                raise
            try:
                yield conn, opened
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise APINotAvailable(_OUTCOME_UNKNOWN) from error
            finally:
                await self._give_back(conn)
            return
        raise APINotAvailable

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The result of `work`, which only reads and may be repeated."""
        async with self.begin(work) as (_, result):
            return result

    async def _take(self) -> Connection:
        try:
            return await self._pool.getconn()
        except TooManyRequests as error:
            raise APIBusy from error
        except PoolClosed as error:
            raise APINotAvailable("The server is shutting down.") from error
        except PoolTimeout as error:
            if await self.answers():
                raise APIBusy from error
            raise APINotAvailable from error

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
        """Whether the database takes a new connection, to tell a full pool from a missing database."""
        try:
            async with await psycopg.AsyncConnection.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError as error:
            return error.sqlstate == "53300"  # too_many_connections: it is there, and busy


async def _configure(conn: Connection) -> None:
    set_json_loads(orjson.loads, conn)
    await conn.execute("SET timezone TO 'UTC'")
