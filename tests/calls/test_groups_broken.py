"""Calls that share transactions, where something goes wrong: failures, broken connections, clients that give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
import psycopg
import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import (
    APINotAvailable,
    ObjectNotFound,
)
from scrumrpc.store import database, group
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from scrumrpc.store.transaction import Transaction
from tests.calls.grouped import Call, at_once, item, names, tag, versions_of
from tests.world import World

# Calls that fail ----------------------------------------------------------------------------------------------------


def failing_late(project: str) -> Call:
    """A batch that fails when it has sent something already."""
    calls = [
        {"method": "addTag", "parameters": {"projectID": project, "name": "late"}, "name": "t"},
        {"method": "addAttachment", "parameters": {
            "ownerObjectType": "Project", "ownerObjectID": project, "fileName": "a.txt", "fileContents": "YQ=="}},
        {"method": "setTagName", "parameters": {"tagID": "$t", "name": "later"}},
        {"method": "deleteTag", "parameters": {"tagID": "1-2-3"}},
    ]  # fmt: skip
    return "executeBatch", {"calls": orjson.dumps(calls).decode(), "requestID": "late"}


def test_a_call_that_fails_when_it_has_sent_something_leaves_no_trace(
    world: World, project: str, sizes: list[int], sent: list[str]
) -> None:
    before = world.version
    last = int(world.call("addTag", projectID=project, name="first").split("-")[2])
    ends = at_once(
        world, item(project, "0"), failing_late(project), item(project, "2"), failing_late(project),
        failing_late(project), tag(project, "later"), tag(project, "late"),
    )  # fmt: skip
    assert sizes[-1] == 7
    assert sent.count("SAVEPOINT call") == 3
    assert sent.count("ROLLBACK TO SAVEPOINT call") == 3
    assert [type(end) for end in ends] == [
        Answer, ObjectNotFound, Answer, ObjectNotFound, ObjectNotFound, Answer, Answer,
    ]  # fmt: skip
    assert versions_of(ends) == [before + n for n in (2, 3, 4, 5)]
    assert [int(end.result.split("-")[2]) for end in ends if isinstance(end, Answer)] == [
        last + n for n in (1, 2, 3, 4)
    ]
    assert names(world) == ["0", "2"]
    assert names(world, "tags") == ["first", "later", "late"]
    assert world.answer(*failing_late(project)[:1], requestID="late", calls="[]").version == world.version


def test_the_first_call_takes_only_itself_with_it(world: World, project: str, sizes: list[int]) -> None:
    before = world.version
    ends = at_once(world, failing_late(project), tag(project, "late"), item(project, "2"))
    assert sizes[-2:] == [3, 2]
    assert [type(end) for end in ends] == [ObjectNotFound, Answer, Answer]
    assert versions_of(ends) == [before + 1, before + 2]


def broken(monkeypatch: pytest.MonkeyPatch, name: str, function: Callable[..., Awaitable[Any]]) -> None:
    monkeypatch.setitem(METHODS, name, replace(METHODS[name], function=function))


def test_an_error_nobody_thought_of_is_that_of_its_call_alone(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(tx: Transaction, **_: Any) -> None:
        await tx.create("Tag", projectID=1, name="x", color="Red")
        raise KeyError("x")

    broken(monkeypatch, "addTag", fail)
    before = world.version
    ends = at_once(world, item(project, "0"), item(project, "1"), tag(project, "x"), item(project, "3"))
    assert sizes[-5:] == [4, 1, 1, 1, 1]
    assert [type(end) for end in ends] == [Answer, Answer, KeyError, Answer]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["0", "1", "3"]


def test_what_the_database_refuses_at_the_end_is_refused_to_its_call_alone(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check_nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(Transaction, "_check_unique", check_nothing)
    before = world.version
    ends = at_once(world, tag(project, "A"), item(project, "1"), tag(project, "A"), item(project, "3"))
    assert sizes[-5:] == [4, 1, 1, 1, 1]
    assert [type(end) for end in ends] == [Answer, Answer, psycopg.errors.UniqueViolation, Answer]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["1", "3"]


# Broken connections -------------------------------------------------------------------------------------------------


def kill(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))


def test_a_connection_that_breaks_before_the_commit_is_noticed_by_nobody(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tag, is_to_die = METHODS["addTag"].function, True

    async def die_once(tx: Transaction, **given: Any) -> Any:
        nonlocal is_to_die
        if is_to_die:
            is_to_die = False
            kill(world.database.url, tx._conn.info.backend_pid)
        return await add_tag(tx, **given)

    broken(monkeypatch, "addTag", die_once)
    before = world.version
    ends = at_once(world, item(project, "0", requestID="r"), tag(project, "A"), item(project, "2"))
    assert sizes[-4:] == [3, 1, 1, 1]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["0", "2"]


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_connection_that_breaks_at_the_commit_leaves_all_outcomes_open(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    flush = group.flush

    async def break_off(conn: Any, statements: Any) -> Any:
        if is_committed:
            await flush(conn, statements)
        kill(world.database.url, conn.info.backend_pid)
        return await flush(conn, statements)

    before = world.version
    calls = [item(project, f"{n}", requestID=f"r{n}", onRepeat="result") for n in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(group, "flush", break_off)
        ends = at_once(world, *calls, item(project, "x", requiredDataVersion="0"))
    assert sizes == [4]
    assert len({id(end) for end in ends}) == 4
    for end in ends:
        assert isinstance(end, APINotAvailable)
        assert "with the same requestID" in end.message
    again = at_once(world, *calls)
    assert [end.version for end in again] == [before + 1, before + 2, before + 3]
    assert world.version == before + 3
    assert names(world) == ["0", "1", "2"]


def test_nobody_waits_in_turn_for_a_database_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.05)
    monkeypatch.setattr(database, "_ONCE_AWAY", 0.05)
    attempts = 0
    take = Database._take

    async def counted(self: Database) -> Any:
        nonlocal attempts
        attempts += 1
        return await take(self)

    monkeypatch.setattr(Database, "_take", counted)

    async def whole() -> list[Any]:
        away = Database("postgresql://nobody@127.0.0.1:1/nothing", size=1)
        calls = Calls(away, Images(away, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
        await away.open()
        credentials = credentials_of(world.admin, world.key)
        sends = (calls.call("addProject", {"name": "P"}, credentials, "t") for _ in range(200))
        ends = await asyncio.gather(*sends, return_exceptions=True)
        await calls.close()
        await away.close()
        return ends

    ends = world.run(whole())
    assert {type(end) for end in ends} == {APINotAvailable}
    assert len({id(end) for end in ends}) == 200
    assert attempts == 1


# Clients that give up -----------------------------------------------------------------------------------------------


def test_whoever_gives_up_harms_nobody(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tag, runs, goes_on = METHODS["addTag"].function, asyncio.Event(), asyncio.Event()

    async def wait(tx: Transaction, **given: Any) -> Any:
        runs.set()
        await goes_on.wait()
        return await add_tag(tx, **given)

    broken(monkeypatch, "addTag", wait)
    before = world.version

    async def whole() -> list[Any]:
        calls = [item(project, "0"), tag(project, "A"), item(project, "2"), item(project, "3")]
        tasks = [asyncio.create_task(world.send(method, **given)) for method, given in calls]
        await runs.wait()
        queued = [asyncio.create_task(world.send("addBacklogItem", **item(project, f"{n}")[1])) for n in range(4, 7)]
        await asyncio.sleep(0)
        for task in (tasks[1], tasks[2], queued[1]):
            task.cancel()
        await asyncio.wait([tasks[1], tasks[2], queued[1]])
        goes_on.set()
        return await asyncio.gather(*tasks, *queued, return_exceptions=True)

    ends = world.run(whole())
    assert sizes == [4, 2]
    given_up = asyncio.CancelledError
    assert [type(end) for end in ends] == [Answer, given_up, given_up, Answer, Answer, given_up, Answer]
    # Those that had begun are made all the same, as by a client that hung up; the one that had not is not.
    assert versions_of(ends) == [before + n for n in (1, 4, 5, 6)]
    assert names(world) == ["0", "2", "3", "4", "6"]
    assert names(world, "tags") == ["A"]


def test_a_worker_that_ends_undoes_what_is_not_committed(
    world: World, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = asyncio.Event()

    async def wait(tx: Transaction, **_: Any) -> None:
        await tx.create("Project", name="late", status="Active", roughEstimateUnit="Points",
                        detailedEstimateUnit="Days", timeTrackingUnit="Hours")  # fmt: skip
        await tx.read()
        runs.set()
        await asyncio.Event().wait()

    broken(monkeypatch, "addTag", wait)
    before = world.version

    async def whole() -> list[Any]:
        calls = Calls(
            world.database, Images(world.database, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        )
        credentials = credentials_of(world.admin, world.key)
        tasks = [
            asyncio.create_task(calls.call(method, given, credentials, "t"))
            for method, given in (item(project, "0"), tag(project, "A"), item(project, "2"))
        ]
        await runs.wait()
        await calls.close()
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(end) for end in world.run(whole())] == [asyncio.CancelledError] * 3
    assert world.version == before
    assert names(world) == []
    world.call("addBacklogItem", projectID=project, name="0")  # the lock is free


# Several workers ----------------------------------------------------------------------------------------------------


def test_groups_of_several_workers_keep_one_order(world: World, project: str) -> None:
    before = world.version

    async def work(worker: int) -> list[Any]:
        own = Database(world.database.url, size=2)
        await own.open()
        calls = Calls(own, Images(own, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
        credentials = credentials_of(world.admin, world.key)

        async def client(number: int) -> list[Any]:
            ends = []
            for n in range(4):
                name = f"{worker}.{number}.{n}"
                mine, shared = {"requestID": name}, {"requestID": f"{number}.{n}", "onRepeat": "result"}
                for method, given in (item(project, name, **mine), item(project, "shared", **shared)):
                    ends.append((name, await calls.call(method, given, credentials, "t")))
            return ends

        ends = [each for some in await asyncio.gather(*(client(number) for number in range(6))) for each in some]
        await calls.close()
        await own.close()
        return ends

    async def whole() -> list[Any]:
        return [each for some in await asyncio.gather(*(work(worker) for worker in range(3))) for each in some]

    ends = world.run(whole())
    results = {answer.result: answer.version for _, answer in ends}
    assert len(results) == 3 * 6 * 4 + 6 * 4  # each of the shared ones was made once, and answered to all
    assert sorted(results.values()) == list(range(before + 1, before + 97))
    assert world.version == before + 96
    in_order = [each["id"] for each in world.data()["projects"][0]["backlogItems"]]
    assert in_order == sorted(results, key=lambda wire_id: results[wire_id])
