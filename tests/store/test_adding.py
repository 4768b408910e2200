"""Accounts and keys that are added at the same time: each gets a number of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from scrumrpc.store import accounts, keys
from scrumrpc.store.database import Connection
from tests.world import World


def test_two_accounts_at_once(database_url: str) -> None:
    first, second = at_once(database_url, lambda conn: accounts.add(conn, "At once"))
    with psycopg.connect(database_url) as conn:
        conn.execute("DELETE FROM accounts WHERE account_id IN (%s, %s)", (first, second))
    assert second == first + 1


def test_two_keys_of_an_account_at_once(world: World, database_url: str) -> None:
    first, second = at_once(database_url, lambda conn: keys.add(conn, world.account, "k", "p", secrets.token_bytes(32)))
    assert second.key_id == first.key_id + 1


def at_once(url: str, add: Callable[[Connection], Awaitable[Any]]) -> tuple[Any, Any]:
    """What both got: one of them has added, and not committed, when the other begins to."""

    async def both() -> tuple[Any, Any]:
        async with (
            await psycopg.AsyncConnection.connect(url) as one,
            await psycopg.AsyncConnection.connect(url, autocommit=True) as other,
            await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
        ):
            first = await add(one)
            adding = asyncio.ensure_future(add(other))
            waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
            async with asyncio.timeout(20):
                while not adding.done() and await is_false(watcher, waits, other.info.backend_pid):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert not adding.done()
            await one.commit()
            return first, await adding

    return asyncio.run(both())


async def is_false(conn: Connection, query: Any, parameter: object) -> bool:
    row = await (await conn.execute(query, (parameter,))).fetchone()
    return row is None or not row[0]
