"""Callers who ask at about the same time share a statement, and yet nobody gets what was true before they asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import psycopg
import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store import look_ups as module
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.images import Images
from scrumrpc.store.look_ups import LookUps
from scrumrpc.store.standing import Credentials, Standing
from tests.world import World

NOBODY = Credentials(7, b"0" * 32, "nobody@example.com")


class Statements:
    """The statements that run, each of which waits, when it has read, until it is let on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.callers: list[Sequence[Credentials]] = []
        self.answers: list[Exception | None] = []
        self._have_read = asyncio.Semaphore(0)
        self._may_go = asyncio.Semaphore(0)
        monkeypatch.setattr(module, "look_up_all", self._run)

    async def _run(self, conn: Connection, callers: Sequence[Credentials]) -> list[Standing | None]:
        self.callers.append(callers)
        found = await look_up_all(conn, callers)
        self._have_read.release()
        await self._may_go.acquire()
        error = self.answers.pop(0) if self.answers else None
        if error is not None:
            raise error
        return found

    async def one_has_read(self) -> None:
        """Waits until a statement has read."""
        async with asyncio.timeout(60):
            await self._have_read.acquire()

    def let(self, many: int = 1) -> None:
        """Lets so many statements answer."""
        for _ in range(many):
            self._may_go.release()


look_up_all = module.look_up_all


def ask(look_ups: LookUps, credentials: Credentials) -> asyncio.Task[Standing | None]:
    return asyncio.create_task(look_ups.look_up(credentials))


async def asked(*tasks: asyncio.Task[Standing | None]) -> None:
    """Lets the tasks come as far as to wait."""
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)


def of(world: World) -> Credentials:
    return credentials_of(world.admin, world.key)


def test_those_who_ask_while_a_statement_runs_share_the_next_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        statements = Statements(monkeypatch)
        look_ups = LookUps(world.database)
        first = ask(look_ups, of(world))
        await statements.one_has_read()
        others = [ask(look_ups, credentials) for credentials in [of(world), NOBODY] * 20]
        await asked(*others)
        statements.let(2)
        found = await asyncio.gather(first, *others)
        assert statements.callers == [[of(world)], [of(world), NOBODY]]
        assert found[0] == found[1]
        assert found[0] is not None
        assert found[0].account == world.account
        assert found[1::2] == [found[0]] * 20
        assert found[2::2] == [None] * 20

    world.run(work())


def test_calls_that_only_read_share_statements(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        statements = Statements(monkeypatch)
        first = asyncio.create_task(world.send("getDataVersion"))
        await statements.one_has_read()
        others = [asyncio.create_task(world.send(name)) for name in ("getDataVersion", "getData") * 10]
        await asyncio.sleep(0)
        statements.let(2)
        versions = {answer.version for answer in await asyncio.gather(first, *others)}
        assert versions == {before}
        assert statements.callers == [[of(world)], [of(world)]]

    before = world.version
    world.run(work())


def test_who_asks_after_a_commit_sees_it_though_a_statement_is_under_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        statements = Statements(monkeypatch)
        look_ups = LookUps(world.database)
        early = ask(look_ups, of(world))
        await statements.one_has_read()
        committed = await world.send("addProject", name="A")
        late = ask(look_ups, of(world))
        await asked(late)
        statements.let(2)
        before, after = await early, await late
        assert before is not None
        assert after is not None
        assert (before.data_version, after.data_version) == (committed.version - 1, committed.version)

    world.run(work())


def test_what_one_worker_commits_every_poll_of_another_sees(world: World) -> None:
    """Law 4, while the statements of the other worker are shared without a pause."""

    async def work() -> None:
        database = Database(world.database.url, size=3)
        await database.open()
        limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        other = Calls(database, Images(database, 10**9), limits)
        over = False

        async def poll() -> int:
            return (await other.call("getDataVersion", {}, of(world), "test")).version

        async def keep_polling() -> None:
            last = 0
            while not over:
                assert last <= (last := await poll())

        pollers = [asyncio.create_task(keep_polling()) for _ in range(12)]
        for n in range(40):
            committed = (await world.send("addProject", name=f"P{n}")).version
            seen = await asyncio.gather(*(poll() for _ in range(4)))
            assert seen == [committed] * 4
        over = True
        await asyncio.gather(*pollers)
        await other.close()
        await database.close()

    world.run(work())


@pytest.mark.parametrize("make", [lambda: APIBusy("Full."), lambda: KeyError("a bug")])
def test_an_error_reaches_each_who_waits_and_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch, make: Callable[[], Exception]
) -> None:
    async def work() -> None:
        statements = Statements(monkeypatch)
        statements.answers = [None, make()]
        look_ups = LookUps(world.database)
        first = ask(look_ups, of(world))
        await statements.one_has_read()
        unlucky = [ask(look_ups, credentials) for credentials in (of(world), of(world), NOBODY)]
        await asked(*unlucky)
        statements.let()
        await statements.one_has_read()
        later = ask(look_ups, of(world))
        await asked(later)
        statements.let(2)
        errors = await asyncio.gather(*unlucky, return_exceptions=True)
        assert [(type(error), str(error)) for error in errors] == [(type(make()), str(make()))] * 3
        if isinstance(make(), APIBusy):  # whose call it was is written into it
            assert len({id(error) for error in errors}) == 3
        assert await first == await later

    world.run(work())


def test_one_who_gives_up_takes_nothing_from_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        statements = Statements(monkeypatch)
        look_ups = LookUps(world.database)
        for gives_up in (0, 1):
            tasks = [ask(look_ups, of(world)) for _ in range(3)]
            await statements.one_has_read()
            tasks[gives_up].cancel()
            statements.let()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            assert isinstance(found.pop(gives_up), asyncio.CancelledError)
            assert found[0] == found[1]
            assert isinstance(found[0], Standing)
        alone = ask(look_ups, of(world))
        await statements.one_has_read()
        alone.cancel()
        statements.let(2)
        await asyncio.gather(alone, return_exceptions=True)
        assert await look_ups.look_up(of(world)) == found[0]

    world.run(work())


def test_connections_that_died_are_not_noticed(world: World) -> None:
    async def work() -> None:
        database = Database(world.database.url, size=2)
        await database.open()
        look_ups = LookUps(database)
        before = await look_ups.look_up(of(world))
        async with await psycopg.AsyncConnection.connect(world.database.url, autocommit=True) as admin:
            pids = [conn.info.backend_pid for conn in database._pool._pool]
            for pid in pids:
                await admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        assert await asyncio.gather(*(look_ups.look_up(of(world)) for _ in range(8))) == [before] * 8
        await database.close()
        with pytest.raises(APINotAvailable):
            await look_ups.look_up(of(world))

    world.run(work())


@pytest.mark.parametrize("others", [0, 1])
def test_the_server_does_not_plan_anew_for_few_callers(world: World, others: int) -> None:
    """Planning takes several times as long as running, and would come with each poll."""
    callers = [of(world)] + [NOBODY] * others

    async def work(conn: Connection) -> tuple[int, int]:
        for _ in range(30):
            standing, *nobody = await look_up_all(conn, callers)
            assert standing is not None
            assert nobody == [None] * others
        cursor = await conn.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ("%LEFT JOIN api_keys%",),
        )
        [plans] = await cursor.fetchall()
        return int(plans[0]), int(plans[1])

    async def whole() -> tuple[int, int]:
        database = Database(world.database.url, size=1)
        await database.open()
        try:
            return await database.read(work)
        finally:
            await database.close()

    assert world.run(whole()) == (5, 24)  # the first of all was not prepared, and the server tries five times
