"""How a worker learns of new versions: from itself, from others, and in spite of notifications that are lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from scrumrpc.store import accounts
from scrumrpc.store import signals as module
from scrumrpc.store.database import Database, ping
from scrumrpc.store.embedded import EmbeddedPostgres
from scrumrpc.store.migrations import migrate
from scrumrpc.store.signals import Signals
from tests.world import World

NEVER = 3600.0
LONG = 60.0  # what a test waits for something that must come


@asynccontextmanager
async def worker(url: str, *, listens: bool = True, size: int = 2) -> AsyncIterator[Signals]:
    """What a worker hears, from when it listens."""
    database = Database(url, size=size)
    await database.open()
    signals = Signals(database)
    if listens:
        before = _listeners(url)
        await signals.start()
        await _until(lambda: _listeners(url) - before)
    try:
        yield signals
    finally:
        await signals.stop()
        await database.close()


async def _until(condition: Callable[[], object]) -> None:
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("What was waited for did not come.")


def _listeners(url: str) -> set[int]:
    """The backends of connections that listen, or are about to do nothing else."""
    with psycopg.connect(url, autocommit=True) as conn:
        rows = conn.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' "
            "AND application_name = 'scrumrpc signals' AND query LIKE 'LISTEN%'"
        ).fetchall()
    return {pid for (pid,) in rows}


def _set_version(url: str, account: int, version: int) -> None:
    """What somebody does who tells nobody."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("UPDATE accounts SET data_version = %s WHERE account_id = %s", (version, account))


def _notify(url: str, payload: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SELECT pg_notify('scrumrpc_versions', %s)", (payload,))


@pytest.fixture
def never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is told is heard."""
    monkeypatch.setattr(module, "_LOOK", NEVER)


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look costs a test no time."""
    monkeypatch.setattr(module, "_LOOK", 0.02)


@pytest.fixture
def account(database_url: str) -> int:
    """An account of its own, at version 0."""
    world = World(database_url, size=1)
    number = world.new_account() + 10**9  # no other test has it
    world.store(lambda conn: accounts.add(conn, "Signals", number))
    world.close()
    return number


# Waiters --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("never_looks")
def test_a_commit_wakes_who_waits_for_it_here(database_url: str) -> None:
    async def work() -> None:
        async with worker(database_url, listens=False) as signals:
            waiting = [asyncio.create_task(signals.newer_than(1, known, LONG)) for known in (6, 6, 7, 8)]
            other = asyncio.create_task(signals.newer_than(2, 0, LONG))
            await asyncio.sleep(0)
            signals.committed(1, 7)
            assert await asyncio.gather(*waiting[:2]) == [7, 7]
            assert not any(each.done() for each in (*waiting[2:], other))
            signals.committed(1, 7)  # no news
            signals.committed(1, 6)
            signals.committed(1, 8)
            assert await waiting[2] == 8
            signals.committed(1, 12)
            assert await waiting[3] == 12
            assert not other.done()
            assert await signals.newer_than(1, 9, 0) == 12  # heard of already
            assert await signals.newer_than(1, 12, 0.01) is None
            other.cancel()

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_the_end_of_the_worker_ends_all_waiting(database_url: str) -> None:
    async def work() -> None:
        async with worker(database_url) as signals:
            waiting = [asyncio.create_task(signals.newer_than(n, 0, NEVER)) for n in range(300)]
            await asyncio.sleep(0)
            signals.release()
            assert await asyncio.gather(*waiting) == [None] * 300
            assert await signals.newer_than(1, 0, NEVER) is None
            assert signals.released

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_many_waiters_are_woken_in_turns(database_url: str) -> None:
    async def work() -> None:
        async with worker(database_url, listens=False) as signals:
            waiting = asyncio.gather(*(signals.newer_than(1, 0, LONG) for _ in range(1000)))
            await asyncio.sleep(0)
            signals.committed(1, 1)
            turns = 0
            while not waiting.done():
                await asyncio.sleep(0)
                turns += 1
            assert await waiting == [1] * 1000
            assert turns >= 1000 / module._WOKEN_AT_ONCE

    asyncio.run(work())


@pytest.mark.usefixtures("looks_often")
def test_waiting_holds_no_connection(database_url: str, account: int) -> None:
    async def work() -> None:
        async with worker(database_url, size=1) as signals:
            waiting = [asyncio.create_task(signals.newer_than(account, 0, LONG)) for _ in range(50)]
            await asyncio.sleep(0)
            for _ in range(20):
                await signals._database.read(ping)
            assert not any(each.done() for each in waiting)
            for each in waiting[1:]:
                each.cancel()
            _set_version(database_url, account, 1)
            assert await waiting[0] == 1

    asyncio.run(work())


# Other workers --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("never_looks")
def test_what_one_worker_commits_others_hear_at_once(database_url: str) -> None:
    async def work() -> None:
        async with worker(database_url) as first, worker(database_url) as second, worker(database_url) as third:
            heard: list[tuple[int, int]] = []
            third.listen_all(lambda account, version: heard.append((account, version)))
            for version, (here, there) in enumerate(((first, second), (second, first), (first, third)), start=1):
                waiting = asyncio.create_task(there.newer_than(1, version - 1, LONG))
                await asyncio.sleep(0)
                here.committed(1, version)
                assert await waiting == version
            await _until(lambda: len(heard) == 3)
            assert heard == [(1, 1), (1, 2), (1, 3)]

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_many_commits_share_few_notifications(database_url: str) -> None:
    async def work() -> None:
        async with (
            worker(database_url) as signals,
            await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn,
        ):
            await conn.execute("LISTEN scrumrpc_versions")
            for version in (1, 2, 3):
                for account in range(1, 501):
                    signals.committed(account, version)
            heard: dict[str, str] = {}
            count = 0
            while len(heard) < 500:
                async for each in conn.notifies(timeout=LONG, stop_after=1):
                    assert len(each.payload) < 8000
                    heard |= dict(re.findall(r"(\d+):(\d+)", each.payload))
                    count += 1
            assert heard == {str(account): "3" for account in range(1, 501)}
            assert count == 3

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_what_is_no_notification_of_ours_is_no_harm(database_url: str) -> None:
    async def work() -> None:
        async with worker(database_url) as signals:
            waiting = asyncio.create_task(signals.newer_than(3, 7, LONG))
            await asyncio.sleep(0)
            for payload in ("", "3", "3:", ":8", "x:y", "-3:-8", "3:" + "9" * 30, "3:7", "ä 3 : 8"):
                _notify(database_url, payload)
            _notify(database_url, "2:1 3:8 4:1")
            assert await waiting == 8

    asyncio.run(work())


@pytest.mark.usefixtures("looks_often")
def test_a_version_that_was_made_up_does_not_hide_those_that_come(database_url: str, account: int) -> None:
    async def work() -> None:
        async with worker(database_url) as signals:
            waiting = asyncio.create_task(signals.newer_than(account, 0, LONG))
            await asyncio.sleep(0)
            _notify(database_url, f"{account}:1000000")
            assert await waiting == 1000000
            while (seen := await signals.newer_than(account, 0, 0.05)) is not None:  # until it has looked
                assert seen == 1000000
                waiting = asyncio.create_task(signals.newer_than(account, 1000001, 0.05))
                await waiting
            waiting = asyncio.create_task(signals.newer_than(account, 0, LONG))
            await asyncio.sleep(0)
            _set_version(database_url, account, 1)
            assert await waiting == 1

    asyncio.run(work())


# Notifications that are lost ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("looks_often")
def test_a_lost_notification_loses_nothing(database_url: str, account: int) -> None:
    async def work() -> None:
        async with worker(database_url, listens=False) as deaf:
            for version in (1, 2):
                waiting = asyncio.create_task(deaf.newer_than(account, version - 1, LONG))
                await asyncio.sleep(0)
                _set_version(database_url, account, version)
                assert await waiting == version
            await _until(lambda: deaf._looking is not None and deaf._looking.done())  # nobody waits: nobody looks
            waiting = asyncio.create_task(deaf.newer_than(account, 2, LONG))
            await asyncio.sleep(0)
            _set_version(database_url, account, 3)
            assert await waiting == 3

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_a_connection_that_is_killed_is_made_again_and_what_was_missed_is_heard(
    database_url: str, account: int
) -> None:
    async def work() -> None:
        async with worker(database_url) as first, worker(database_url) as second:
            waiting = asyncio.create_task(first.newer_than(account, 0, LONG))
            await asyncio.sleep(0)
            listeners = _listeners(database_url)  # these two, and those of a server that other tests have started
            with psycopg.connect(database_url) as conn:  # all are gone before anybody commits
                for pid in listeners:
                    conn.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
                _set_version(database_url, account, 1)
            assert await waiting == 1
            await _until(lambda: len(_listeners(database_url)) == len(listeners))
            waiting = asyncio.create_task(first.newer_than(account, 1, LONG))
            await asyncio.sleep(0)
            second.committed(account, 2)
            assert await waiting == 2

    asyncio.run(work())


@pytest.mark.usefixtures("never_looks")
def test_a_database_that_restarts(tmp_path: Path) -> None:
    async def work() -> None:
        postgres = EmbeddedPostgres(tmp_path / "data")
        await postgres.start()
        await migrate(postgres.url)
        async with AsyncExitStack() as workers:
            first = await workers.enter_async_context(worker(postgres.url))
            second = await workers.enter_async_context(worker(postgres.url))
            async with first._database.begin(ping) as (conn, _):
                await accounts.add(conn, "A", 1)
            waiting = asyncio.create_task(first.newer_than(1, 0, LONG))
            await asyncio.sleep(0)
            await postgres.stop()
            await postgres.start()
            _set_version(postgres.url, 1, 1)
            await _until(lambda: len(_listeners(postgres.url)) == 2)
            second.committed(1, 2)
            assert await waiting in (1, 2)
            assert await first.newer_than(1, 1, LONG) == 2
        await postgres.stop()

    asyncio.run(work())


# Calls ----------------------------------------------------------------------------------------------------------------


def test_each_call_that_changes_something_is_told_once_it_is_committed(world: World) -> None:
    heard: list[tuple[int, int, int]] = []
    with psycopg.connect(world.database.url, autocommit=True) as conn:

        def listen(account: int, version: int) -> None:
            row = conn.execute("SELECT data_version FROM accounts WHERE account_id = %s", (account,)).fetchone()
            assert row
            heard.append((account, version, row[0]))

        world.signals.listen_all(listen)
        before = world.version
        project = world.call("addProject", name="A")
        tag = world.call("addTag", projectID=project, name="T")
        world.call("setTagName", tagID=tag, name="T")  # changes nothing
        world.call("getData")
        with pytest.raises(Exception, match="no project"):
            world.call("addTag", projectID="1-2-3", name="T")
        world.call("setTagName", tagID=tag, name="U")
        assert heard == [(world.account, version, version) for version in range(before + 1, before + 4)]
        world.signals._callbacks.remove(listen)
