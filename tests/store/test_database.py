"""What calls notice of a database that restarts, goes away, or is busy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store import database as module
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.embedded import EmbeddedPostgres
from tests.conftest import disconnect, name_of_database


async def one(conn: Connection) -> int:
    cursor = await conn.execute("SELECT 1")
    row = await cursor.fetchone()
    assert row
    return int(row[0])


def test_connections_that_died_while_idle_are_not_noticed(empty_database: str) -> None:
    async def work() -> None:
        database = Database(empty_database, size=3)
        await database.open()
        await asyncio.gather(*(database.read(one) for _ in range(6)))
        disconnect(empty_database, name_of_database(empty_database))
        assert await asyncio.gather(*(database.read(one) for _ in range(6))) == [1] * 6
        await database.close()

    asyncio.run(work())


def test_a_database_that_goes_away_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.5)

    async def work() -> None:
        postgres = EmbeddedPostgres(tmp_path / "data")
        await postgres.start()
        database = Database(postgres.url, size=2)
        await database.open()
        assert await database.read(one) == 1
        await postgres.stop()
        for _ in range(2):
            with pytest.raises(APINotAvailable):
                await database.read(one)
        assert not await database.answers()
        await postgres.start()
        assert await database.answers()
        for _ in range(100):
            try:
                assert await database.read(one) == 1
                break
            except APINotAvailable:
                await asyncio.sleep(0.1)
        else:
            raise AssertionError("The pool did not find the database again.")
        await database.close()
        await postgres.stop()

    asyncio.run(work())


def test_a_busy_database_is_told_apart(database_url: str) -> None:
    async def work() -> None:
        database = Database(database_url, size=1, wait=0.3)
        await database.open()
        async with database.begin(one):
            with pytest.raises(APIBusy):
                await database.read(one)
        assert await database.read(one) == 1
        await database.close()

    asyncio.run(work())


def test_a_connection_that_breaks_during_a_call_leaves_the_outcome_open(database_url: str) -> None:
    async def work() -> None:
        database = Database(database_url, size=1)
        await database.open()

        async def pid(conn: Connection) -> int:
            return conn.info.backend_pid

        async def change() -> None:
            async with database.begin(pid) as (conn, backend):
                with psycopg.connect(database_url, autocommit=True) as admin:
                    admin.execute("SELECT pg_terminate_backend(%s)", (backend,))
                await conn.execute("SELECT 1")

        with pytest.raises(APINotAvailable, match="requestID"):
            await change()
        assert await database.read(one) == 1
        await database.close()

    asyncio.run(work())


def test_a_statement_that_the_database_could_not_do_leaves_nothing_open(database_url: str) -> None:
    """As where the disk is full, or somebody has cancelled it: the connection lives, and so the outcome is known."""

    async def cancelled(conn: Connection) -> None:
        await conn.execute("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)")

    async def work() -> None:
        database = Database(database_url, size=1)
        await database.open()

        async def change() -> None:
            async with database.begin(one) as (conn, _):
                await cancelled(conn)

        with pytest.raises(APINotAvailable, match="nothing was changed"):
            await change()
        with pytest.raises(APINotAvailable, match="nothing was changed"):
            await database.read(cancelled)
        assert await database.read(one) == 1
        await database.close()

    asyncio.run(work())


def test_what_a_call_began_and_did_not_commit_is_undone(database_url: str) -> None:
    async def work() -> None:
        database = Database(database_url, size=1)
        await database.open()

        async def begin(conn: Connection) -> None:
            await conn.execute("BEGIN")
            await conn.execute("CREATE TEMPORARY TABLE left_over (n int)")

        async def abandon() -> None:
            async with database.begin(begin):
                raise KeyError

        with pytest.raises(KeyError):
            await abandon()

        async def look(conn: Connection) -> Any:
            cursor = await conn.execute("SELECT to_regclass('left_over')")
            return await cursor.fetchone()

        assert await database.read(look) == (None,)
        await database.close()

    asyncio.run(work())
