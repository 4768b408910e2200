"""How long calls wait for what others have: locks, slow statements, transactions left open, connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.images import load_from_tables
from tests.wire.surroundings import held_up, until
from tests.world import World

SHORT = 0.2


def on(url: str, work: Callable[[Database], Awaitable[Any]], **options: Any) -> Any:
    """The result of work on a database that is opened with these options."""

    async def whole() -> Any:
        database = Database(url, **options)
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(whole())


async def pid(conn: Connection) -> int:
    return conn.info.backend_pid


def test_what_others_have_locked_is_not_waited_for_without_end(world: World, database_url: str) -> None:
    async def lock(conn: Connection) -> None:
        await conn.execute("SELECT FROM accounts WHERE account_id = %s FOR UPDATE", (world.account,))

    async def change(database: Database) -> None:
        async with database.begin(pid) as (conn, _):
            await conn.execute("BEGIN")
            await lock(conn)

    async def work(database: Database) -> None:
        with held_up(database_url, world.account):
            for attempt in (database.read(lock), change(database)):
                with pytest.raises(APIBusy, match=r"locked by others .* nothing was changed"):
                    await attempt
        await database.read(lock)

    on(database_url, work, size=1, longest_lock=SHORT)


def test_a_statement_that_takes_too_long_is_given_up(database_url: str) -> None:
    async def work(database: Database) -> None:
        with pytest.raises(APINotAvailable, match="nothing was changed"):
            await database.read(lambda conn: conn.execute("SELECT pg_sleep(3600)"))
        assert await database.read(pid)

    on(database_url, work, size=1, longest_statement=SHORT)


def test_loading_an_account_takes_as_long_as_it_takes(world: World, database_url: str) -> None:
    world.call("addProject", name="A")

    async def work(database: Database) -> Any:
        with psycopg.connect(database_url) as holder:
            holder.execute("LOCK TABLE projects IN ACCESS EXCLUSIVE MODE")
            loading = asyncio.create_task(database.read(lambda conn: load_from_tables(conn, world.account)))
            await asyncio.sleep(4 * SHORT)  # so long that any other statement would have been given up
            assert not loading.done()
        return await loading

    assert on(database_url, work, size=1, longest_statement=SHORT).version == world.version


def test_whoever_leaves_a_transaction_open_loses_it_and_its_locks(world: World, database_url: str) -> None:
    """As a worker that is stopped, or hangs, in the middle of a call."""

    lock = f"SELECT FROM accounts WHERE account_id = {world.account} FOR UPDATE NOWAIT"

    async def hang(database: Database, admin: psycopg.Connection[Any]) -> None:
        async with database.begin(pid) as (conn, backend):
            await conn.execute("BEGIN")
            await conn.execute(lock)
            until(lambda: not admin.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (backend,)).rowcount)
            admin.execute(lock)
            await conn.execute("COMMIT")

    async def work(database: Database) -> None:
        hanging = pytest.raises(APINotAvailable, match="may or may not")
        with psycopg.connect(database_url, autocommit=True) as admin, hanging:
            await hang(database, admin)
        assert await database.read(pid)

    on(database_url, work, size=1, longest_statement=SHORT)


def test_without_settings_nothing_is_given_up(database_url: str) -> None:
    """Commands of operators have no limits: to compact a history, or to restore a backup, may take hours."""

    async def settings(conn: Connection) -> list[str]:
        names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        cursor = await conn.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))  # type: ignore[arg-type]
        return list(await cursor.fetchone() or ())

    assert on(database_url, lambda database: database.read(settings), size=1) == ["0", "0", "0"]


def test_the_reads_of_one_account_leave_connections_for_others(database_url: str) -> None:
    async def work(database: Database) -> None:
        with psycopg.connect(database_url, autocommit=True) as holder:
            holder.execute("SELECT pg_advisory_lock(4711)")

            async def wait(conn: Connection) -> None:
                await conn.execute("SELECT pg_advisory_lock_shared(4711), pg_advisory_unlock_shared(4711)")

            waiting = [asyncio.create_task(database.read_of(1, wait)) for _ in range(10)]
            for _ in range(20):
                assert await database.read_of(2, pid)
                assert await database.read(pid)
            assert not any(task.done() for task in waiting)
            holder.execute("SELECT pg_advisory_unlock(4711)")
            await asyncio.gather(*waiting)
        assert not database._shares

    on(database_url, work, size=4)


def test_an_account_that_has_its_connections_waits_no_longer_than_for_any(database_url: str) -> None:
    async def work(database: Database) -> None:
        with psycopg.connect(database_url, autocommit=True) as holder:
            holder.execute("SELECT pg_advisory_lock(4712)")

            async def wait(conn: Connection) -> None:
                await conn.execute("SELECT pg_advisory_lock_shared(4712), pg_advisory_unlock_shared(4712)")

            waiting = asyncio.create_task(database.read_of(1, wait))
            await asyncio.sleep(0)
            with pytest.raises(APIBusy):
                await database.read_of(1, pid)
            holder.execute("SELECT pg_advisory_unlock(4712)")
            await waiting

    on(database_url, work, size=2, wait=SHORT)
