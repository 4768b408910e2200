"""schema.sql against the model, the tables as SQLAlchemy has them, and the fifth law."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import psycopg
import pytest

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.columns import TABLE_NAMES, column_name, has_column
from scrumrpc.store.migrations import MigrationError, migrate, schema_text, steps
from scrumrpc.store.tables import METADATA

# schema_steps is about the database, not about any account: it has no key and no index.
NOT_ACCOUNT_DATA = {"schema_steps"}


def rows(url: str, query: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as conn:
        return conn.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]


def test_every_table_has_a_primary_key_that_begins_with_the_account(database_url: str) -> None:
    found = rows(
        database_url,
        """
        SELECT c.relname, (SELECT a.attname FROM pg_index i JOIN pg_attribute a
                           ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                           WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname = 'public'
        """,
    )
    assert len(found) > 20
    assert {name for name, first in found if first != "account_id"} == NOT_ACCOUNT_DATA


def test_every_index_begins_with_the_account(database_url: str) -> None:
    found = rows(
        database_url,
        """
        SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE n.nspname = 'public'
        """,
    )
    assert len(found) > 40
    assert {name for name, first in found if first != "account_id"} == set()


def test_the_tables_are_those_of_the_model(database_url: str) -> None:
    types = {
        "bigint": "BIGINT", "text": "TEXT", "boolean": "BOOLEAN", "double precision": "DOUBLE", "date": "DATE",
        "integer": "INTEGER", "timestamp with time zone": "DATETIME",
    }  # fmt: skip
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for table, column, data_type, nullable in rows(
        database_url,
        """
        SELECT table_name, column_name, data_type, is_nullable = 'YES'
        FROM information_schema.columns WHERE table_schema = 'public'
        """,
    ):
        found.setdefault(table, {})[column] = (types.get(data_type, data_type), nullable)
    for table in METADATA.sorted_tables:
        described = {c.name: (type(c.type).__name__.upper(), bool(c.nullable)) for c in table.columns}
        described = {name: ({"BIGINTEGER": "BIGINT"}.get(t, t), nullable) for name, (t, nullable) in described.items()}
        assert described == found[table.name], table.name


def test_enumerations_are_checked_by_the_database(database_url: str) -> None:
    checks = rows(
        database_url,
        """
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'c' AND contypid = 0
        UNION ALL
        SELECT c.table_name, replace(pg_get_constraintdef(k.oid), 'VALUE', c.column_name)
        FROM information_schema.columns c JOIN pg_type t ON t.typname = c.domain_name
        JOIN pg_constraint k ON k.contypid = t.oid
        """,
    )
    compared = 0
    for name, object_type in STORED_TYPES.items():
        for p in object_type.stored:
            if p.kind == "enum" and has_column(p):
                definitions = [
                    definition
                    for table, definition in checks
                    if table == TABLE_NAMES[name] and re.search(rf"\(+{column_name(p.name)} = ANY", definition)
                ]
                assert len(definitions) == 1, (name, p.name, definitions)
                values = [value.replace("''", "'") for value in re.findall(r"'((?:[^']|'')*)'::text", definitions[0])]
                assert values == list(p.values), (name, p.name)
                compared += 1
    assert compared == 34


def test_each_table_and_index_says_why_it_exists() -> None:
    lines = schema_text().splitlines()
    for position, line in enumerate(lines):
        if line.startswith(("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX")):
            assert lines[position - 1].startswith("-- "), line


def test_a_database_is_migrated_once(empty_database: str) -> None:
    asyncio.run(migrate(empty_database))
    asyncio.run(migrate(empty_database))
    assert rows(empty_database, "SELECT step FROM schema_steps") == [(max(steps()),)]


def test_two_servers_may_start_on_an_empty_database_at_once(empty_database: str) -> None:
    async def both() -> None:
        await asyncio.gather(*(migrate(empty_database) for _ in range(4)))

    asyncio.run(both())
    assert rows(empty_database, "SELECT count(*) FROM schema_steps") == [(1,)]


def test_a_database_of_a_newer_program_is_refused(empty_database: str) -> None:
    asyncio.run(migrate(empty_database))
    rows(empty_database, "INSERT INTO schema_steps (step) VALUES (9999) RETURNING step")
    with pytest.raises(MigrationError, match="newer"):
        asyncio.run(migrate(empty_database))


def test_steps_run_in_order_and_once(empty_database: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner with steps of our own: a database of before them gets both, and a broken one changes nothing."""
    monkeypatch.setattr("scrumrpc.store.migrations._STEPS", tmp_path)
    asyncio.run(migrate(empty_database))
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE added (account_id bigint); INSERT INTO added VALUES (1);")
    (tmp_path / "0002_second.sql").write_text("UPDATE added SET account_id = account_id + 1")
    asyncio.run(migrate(empty_database))
    asyncio.run(migrate(empty_database))
    assert rows(empty_database, "SELECT account_id FROM added") == [(2,)]
    (tmp_path / "0003_third.sql").write_text("UPDATE added SET account_id = 9; SELECT nonsense")
    with pytest.raises(psycopg.Error):
        asyncio.run(migrate(empty_database))
    assert rows(empty_database, "SELECT account_id FROM added") == [(2,)]
    assert rows(empty_database, "SELECT step FROM schema_steps ORDER BY step") == [(0,), (1,), (2,)]
