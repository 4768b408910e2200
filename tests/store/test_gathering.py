"""Rows that are gathered into one statement are the rows that the statements would have inserted one by one."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.connection import Connection
from scrumrpc.store.database import Database
from scrumrpc.store.flush import flush
from scrumrpc.store.gathering import Statement, gathered
from scrumrpc.store.log import INSERT_CHANGE, INSERT_REQUEST
from scrumrpc.store.statements import INSERT_OBJECT, INSERT_PERSON_LINK, INSERT_TAG_LINK, STATEMENTS

COLUMNS = {
    "whole": ("bigint", st.none() | st.integers(-(2**63), 2**63 - 1)),
    "word": ("text", st.none() | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))),
    "colour": ("color", st.none() | st.sampled_from(["Red", "Light blue"])),
    "flag": ("boolean", st.none() | st.booleans()),
    "real": ("double precision", st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    "day": ("date", st.none() | st.dates()),
    "moment": ("timestamptz", st.none() | st.datetimes(timezones=st.just(dt.UTC))),
    "words": ("text[]", st.none() | st.lists(st.sampled_from(["", "a", 'b "c" \\ {d}, NULL', "NULL"]))),
    "raw": ("bytea", st.none() | st.binary()),
    "state": ("jsonb", st.sampled_from([None, "null", "7", '"a"', '{"a": [1.50, "\\u00e9", {}]}'])),
}
ROWS = st.lists(st.fixed_dictionaries({name: values for name, (_, values) in COLUMNS.items()}), min_size=3, max_size=8)
PLACES = ", ".join(f"%({name})s{'::jsonb' if kind == 'jsonb' else ''}" for name, (kind, _) in COLUMNS.items())
INSERT = f"INSERT INTO {{}} ({', '.join(COLUMNS)}) VALUES ({PLACES})"


Run = Callable[[Callable[[Connection], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def run(database_url: str) -> Iterator[Run]:
    """Runs work on a connection of a pool."""
    with asyncio.Runner() as runner:
        database = Database(database_url, size=1)
        runner.run(database.open())
        yield lambda work: runner.run(database.read(work))
        runner.run(database.close())


@settings(max_examples=25)
@given(rows=ROWS)
def test_rows_are_the_same_as_one_by_one(run: Run, rows: list[dict[str, Any]]) -> None:
    async def work(conn: Connection) -> None:
        columns = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
        await flush(conn, [(f"CREATE TEMPORARY TABLE {name} ({columns})", {}) for name in ("one", "many")])
        for row in rows:
            await flush(conn, [(INSERT.format("one"), row)])
        fewer = list(gathered([(INSERT.format("many"), row) for row in rows]))
        states = {row["state"] for row in rows}
        assert len(fewer) == (len(rows) if {None, "null"} <= states else 1)
        assert await flush(conn, [(INSERT.format("many"), row) for row in rows]) == [[] for _ in rows]
        # A null of JSON and none at all are read as the same, but for the text.
        one, many = await flush(conn, [(f"SELECT *, state::text FROM {name}", {}) for name in ("one", "many")])
        await flush(conn, [("DROP TABLE one", {}), ("DROP TABLE many", {})])
        assert many == one
        assert len(many) == len(rows)

    run(work)


def test_answers_stand_where_their_statements_stood(run: Run) -> None:
    insert = "INSERT INTO kept (number) VALUES (%(n)s)"
    statements: list[Statement] = [
        ("CREATE TEMPORARY TABLE kept (number bigint)", {}),
        *((insert, {"n": n}) for n in range(1300)),
        ("SELECT count(*) FROM kept", {}),
        *((insert, {"n": n}) for n in range(2)),
        ("SELECT count(*) FROM kept", {}),
        *((insert + " RETURNING number", {"n": n}) for n in range(4)),
        ("DROP TABLE kept", {}),
    ]

    async def work(conn: Connection) -> list[Any]:
        return await flush(conn, statements)

    answered = run(work)
    returned = [[(n,)] for n in range(4)]
    assert answered == [[], *([] for _ in range(1300)), [(1300,)], [], [], [(1302,)], *returned, []]
    assert [count for _, count in gathered(statements)] == [1, 500, 500, 300, 1, 1, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"number": 1, "word": "twice"}, psycopg.errors.UniqueViolation),
        ({"number": 4, "word": "a\0b"}, psycopg.DataError),
        ({"number": None, "word": "a"}, psycopg.errors.NotNullViolation),
        ({"number": 5, "word": object()}, TypeError),
    ],
)
def test_errors(run: Run, row: dict[str, Any], error: type[Exception]) -> None:
    insert = "INSERT INTO kept (number, word) VALUES (%(number)s, %(word)s)"

    async def work(conn: Connection) -> list[Any]:
        await flush(conn, [("CREATE TEMPORARY TABLE kept (number bigint PRIMARY KEY, word text)", {})])
        rows = [{"number": 1, "word": "a"}, {"number": 2, "word": "b"}, row]
        with pytest.raises(error):
            await flush(conn, [(insert, each) for each in rows])
        return await flush(conn, [("SELECT * FROM kept", {}), ("DROP TABLE kept", {})])

    assert run(work) == [[], []]


def test_what_calls_insert_in_numbers_is_gathered() -> None:
    inserts = [STATEMENTS[type_name].insert for type_name in STORED_TYPES]
    inserts += [INSERT_OBJECT, INSERT_PERSON_LINK, INSERT_TAG_LINK, INSERT_CHANGE, INSERT_REQUEST]

    class Anything(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            return None

    for text in inserts:
        assert [count for _, count in gathered([(text, Anything())] * 5)] == [5], text
