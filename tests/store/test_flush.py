"""Flushes: rows as psycopg reads them, all in order, and what is left of a connection when something goes wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

from scrumrpc.store import connection
from scrumrpc.store.connection import Connection
from scrumrpc.store.database import Database
from scrumrpc.store.flush import Statement, flush

T = TypeVar("T")
Run = Callable[[Callable[[Connection], Awaitable[Any]]], Any]

INSERT = "INSERT INTO kept VALUES (%(number)s, %(word)s)"
KEPT = ("SELECT number, word FROM kept ORDER BY number", {})
MAKE_KEPT = ("CREATE TEMPORARY TABLE kept (number bigint PRIMARY KEY, word text)", {})


@pytest.fixture(scope="module", params=[True, False], ids=["prepared", "unprepared"])
def run(request: pytest.FixtureRequest, database_url: str) -> Iterator[Run]:
    """Runs work on the one connection of a pool, with prepared statements and without."""
    with asyncio.Runner() as runner:
        database = Database(database_url, size=1, prepare=request.param)
        runner.run(database.open())
        yield lambda work: runner.run(database.read(work))
        runner.run(database.close())


def test_rows_of_each_statement_in_order(run: Run) -> None:
    statements: list[Statement] = [
        MAKE_KEPT,
        (INSERT, {"number": 1, "word": "a"}),
        (INSERT + " RETURNING word", {"number": 2, "word": "b"}),
        ("SELECT number, word FROM kept WHERE number <= %(most)s ORDER BY number", {"most": 5, "other": 1}),
        ("SELECT number FROM kept WHERE number > %(most)s", {"most": 5}),
        ("SELECT FROM kept", {}),
        ("DROP TABLE kept", {}),
    ]

    async def work(conn: Connection) -> Any:
        return [await flush(conn, statements) for _ in range(3)]

    assert run(work) == 3 * [[[], [], [("b",)], [(1, "a"), (2, "b")], [], [(), ()], []]]


def test_nothing_at_all(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        return await flush(conn, [])

    assert run(work) == []


def test_percent_signs_and_names_that_come_twice(run: Run) -> None:
    text = "SELECT %(a)s::text || %(b)s::text || %(a)s::text, 'a%%b' LIKE 'a%%%%', 7 %% 4"

    async def work(conn: Connection) -> Any:
        return await flush(conn, [(text, {"a": "%(b)s", "b": "$1"})])

    assert run(work) == [[("%(b)s$1%(b)s", True, 3)]]


TYPED = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "double precision": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "text": st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])),
    "bytea": st.binary(),
    "date": st.dates(),
    "timestamptz": st.datetimes(timezones=st.just(dt.UTC)),
    "jsonb": st.just('{"a": [1, 2.5, null, "\\u00fc"]}'),
}
VALUES = st.lists(
    st.sampled_from(sorted(TYPED)).flatmap(
        lambda name: st.one_of(
            st.tuples(st.just(name), st.none() | TYPED[name]),
            st.tuples(st.just(name + "[]"), st.lists(st.none() | TYPED[name])),
        )
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(values=VALUES)
def test_values_come_back_as_psycopg_gives_them(run: Run, values: list[tuple[str, Any]]) -> None:
    columns = ", ".join(f"%(p{n})s::{kind}" for n, (kind, _) in enumerate(values))
    parameters = {f"p{n}": value for n, (_, value) in enumerate(values)}

    async def work(conn: Connection) -> Any:
        cursor = await conn.execute(f"SELECT {columns}", parameters)
        expected = await cursor.fetchall()
        for _ in range(3):  # as it is, to be prepared, and prepared
            [rows] = await flush(conn, [(f"SELECT {columns}", parameters)])
            assert rows == expected
            assert [type(value) for value in rows[0]] == [type(value) for value in expected[0]]

    run(work)


def test_one_text_with_values_of_several_types(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        await flush(conn, [MAKE_KEPT])
        await flush(conn, [(INSERT, {"number": n, "word": word}) for n, word in enumerate(("a", None, 7, "8", True))])
        await flush(conn, [(INSERT, {"number": n, "word": None}) for n in ("6", 10**12)])
        return await flush(conn, [KEPT, ("DROP TABLE kept", {})])

    expected = [(0, "a"), (1, None), (2, "7"), (3, "8"), (4, "t"), (6, None), (10**12, None)]
    assert run(work) == [expected, []]


def test_what_comes_after_a_statement_that_fails_does_not_run(run: Run) -> None:
    async def work(conn: Connection) -> None:
        await flush(conn, [MAKE_KEPT])
        for _ in range(3):
            rows = [(INSERT, {"number": number, "word": None}) for number in (1, 1, 2)]
            with pytest.raises(psycopg.errors.UniqueViolation) as caught:
                await flush(conn, [("BEGIN", {}), *rows, ("COMMIT", {})])
            assert caught.value.diag.constraint_name == "kept_pkey"
            assert conn.info.transaction_status == TransactionStatus.INERROR
            await flush(conn, [("ROLLBACK", {})])
            assert await flush(conn, [KEPT]) == [[]]
        await flush(conn, [("DROP TABLE kept", {})])

    run(work)


def test_a_statement_that_cannot_be_prepared(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        for _ in range(3):
            with pytest.raises(psycopg.errors.UndefinedTable):
                await flush(conn, [("SELECT 1", {}), ("SELECT FROM missing", {}), ("SELECT 2", {})])
        return await flush(conn, [("SELECT 1", {}), ("SELECT 2", {})])

    assert run(work) == [[(1,)], [(2,)]]


@pytest.mark.parametrize(
    ("value", "error"), [("a\0b", psycopg.DataError), (object(), psycopg.ProgrammingError), ("\ud800", UnicodeError)]
)
def test_values_that_cannot_be_sent(run: Run, value: Any, error: type[Exception]) -> None:
    async def work(conn: Connection) -> Any:
        with pytest.raises(error):
            await flush(conn, [("SELECT 1", {}), ("SELECT %(value)s::text", {"value": value})])
        return await flush(conn, [("SELECT 1", {})])

    assert run(work) == [[(1,)]]


def test_psycopg_beside_it(run: Run) -> None:
    """psycopg gives up what it has prepared after a ROLLBACK; what is prepared here must stay."""

    async def work(conn: Connection) -> None:
        for _ in range(4):
            await conn.execute("BEGIN")
            await flush(conn, [("SELECT %(n)s::bigint", {"n": 1})])
            for _ in range(7):
                await conn.execute("SELECT %s::bigint", (1,))
            await conn.execute("ROLLBACK")

    run(work)


def test_more_than_fits_into_the_buffers_both_ways(run: Run) -> None:
    """Who writes without reading meanwhile would wait for ever here."""
    large = "ü" * 4_000_000

    async def work(conn: Connection) -> None:
        statements = [("SELECT %(large)s::text", {"large": large}), ("SELECT 1", {})] * 4
        rows = await asyncio.wait_for(flush(conn, statements), 120)
        assert rows == [[(large,)], [(1,)]] * 4
        [rows] = await asyncio.wait_for(flush(conn, [("SELECT %(b)s::bytea", {"b": bytes(range(256)) * 30_000})]), 120)
        assert rows == [(bytes(range(256)) * 30_000,)]

    run(work)


def test_many_statements(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        text = "SELECT %(n)s::bigint, repeat('x', 200)"
        many = asyncio.create_task(flush(conn, [(text, {"n": n}) for n in range(20_000)]))
        turns = 0
        while not many.done():
            turns += 1
            await asyncio.sleep(0)
        assert await many == [[(n, "x" * 200)] for n in range(20_000)]
        return turns

    assert run(work) > 50  # others have their turn meanwhile


def test_other_tasks_wait_for_the_connection(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        texts = ["SELECT pg_sleep(0.05)::text, 1", "SELECT '', 2", "SELECT '', 3"]
        return await asyncio.gather(*(flush(conn, [(text, {})]) for text in texts))

    assert run(work) == [[[("", number)]] for number in (1, 2, 3)]


def test_a_cancelled_flush_leaves_a_connection_that_can_be_used(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        await flush(conn, [MAKE_KEPT])
        waiting = [("BEGIN", {}), (INSERT, {"number": 1, "word": ""}), ("SELECT pg_sleep(600)", {}), ("COMMIT", {})]
        for _ in range(3):
            task = asyncio.create_task(flush(conn, waiting))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert conn.info.transaction_status == TransactionStatus.INERROR
            await flush(conn, [("ROLLBACK", {})])
        return await flush(conn, [KEPT, ("DROP TABLE kept", {})])

    assert run(work) == [[], []]


@pytest.mark.parametrize("already", [False, True], ids=["meanwhile", "before"])
def test_a_connection_that_is_lost(run: Run, database_url: str, already: bool) -> None:
    async def work(conn: Connection) -> None:
        if not already:
            waiting = [("SELECT 1", {}), ("SELECT pg_sleep(600)", {}), ("SELECT 2", {})]
            task = asyncio.create_task(flush(conn, waiting))
            await asyncio.sleep(0.05)
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
            await other.execute("SELECT pg_terminate_backend(%s, 60000)", (conn.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            await (flush(conn, [("SELECT 1", {})]) if already else task)
        assert conn.closed
        with pytest.raises(psycopg.OperationalError):
            await flush(conn, [("SELECT 1", {})])

    async def again(conn: Connection) -> Any:
        return await flush(conn, [("SELECT 1", {})])

    run(work)
    assert run(again) == [[(1,)]]


def test_a_connection_that_is_closed_by_another_task(run: Run) -> None:
    async def work(conn: Connection) -> None:
        task = asyncio.create_task(flush(conn, [("SELECT pg_sleep(600)", {})]))
        await asyncio.sleep(0.05)
        await conn.close()
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(task, 60)

    run(work)


def test_a_flush_that_is_cancelled_while_it_writes(run: Run) -> None:
    async def work(conn: Connection) -> Any:
        large = {"large": "x" * 8_000_000}
        task = asyncio.create_task(flush(conn, [("SELECT pg_sleep(600)", {}), ("SELECT length(%(large)s)", large)]))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 60)
        assert conn.info.transaction_status == TransactionStatus.IDLE
        return await flush(conn, [("SELECT 1", {})])

    assert run(work) == [[(1,)]]


def test_only_so_many_statements_are_prepared(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MOST_PREPARED", 3)

    async def whole() -> None:
        database = Database(database_url, size=1)
        await database.open()
        await database.read(work)
        await database.close()

    async def work(conn: Connection) -> None:
        texts = [f"SELECT {n}" for n in range(6)]
        for _ in range(4):
            for n, text in enumerate(texts):
                assert await flush(conn, [(text, {})]) == [[(n,)]]
        assert list(conn.prepared) == texts[:3]
        [[(prepared,)]] = await flush(conn, [("SELECT count(*) FROM pg_prepared_statements", {})])
        assert prepared == 3

    asyncio.run(whole())
