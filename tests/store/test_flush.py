"""Flushes: rows as they are stored, all of it in order, and what is left of a connection when something goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
import pytest

from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush
from tests.world import World

T = TypeVar("T")


def on(world: World, work: Callable[[Connection], Awaitable[T]]) -> T:
    """What `work` makes of a connection that the pool has prepared."""
    return world.run(world.database.read(work))


def test_rows_of_each_statement_in_order(world: World) -> None:
    async def work(conn: Connection) -> Any:
        return await flush(
            conn,
            [
                ("CREATE TEMPORARY TABLE kept (number bigint, word text)", {}),
                ("INSERT INTO kept VALUES (%(number)s, %(word)s)", {"number": 1, "word": "a"}),
                ("INSERT INTO kept VALUES (%(number)s, %(word)s) RETURNING word", {"number": 2, "word": "b"}),
                ("SELECT number, word FROM kept WHERE number <= %(most)s ORDER BY number", {"most": 5, "other": 1}),
                ("SELECT number FROM kept WHERE number > %(most)s", {"most": 5}),
                ("DROP TABLE kept", {}),
            ],
        )

    assert on(world, work) == [[], [], [("b",)], [(1, "a"), (2, "b")], [], []]


def test_what_comes_after_a_statement_that_fails_does_not_run(world: World) -> None:
    async def work(conn: Connection) -> Any:
        await flush(conn, [("CREATE TEMPORARY TABLE kept (number bigint PRIMARY KEY)", {})])
        insert = "INSERT INTO kept VALUES (%(number)s)"
        with pytest.raises(psycopg.errors.UniqueViolation):
            await flush(conn, [("BEGIN", {}), *((insert, {"number": number}) for number in (1, 1, 2)), ("COMMIT", {})])
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
        await flush(conn, [("ROLLBACK", {})])
        return await flush(conn, [("SELECT number FROM kept", {}), ("DROP TABLE kept", {})])

    assert on(world, work) == [[], []]
