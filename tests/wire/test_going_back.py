"""The database goes back to an older copy below a server that runs on, and versions grow past those that were known.

Whoever follows the account notices, on every worker, and no answer mixes the two histories.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event
from typing import Any

import httpx2
import orjson
import pytest

from scrumrpc.docs.mirror import Mirror
from scrumrpc.docs.mirror import Server as Calling
from scrumrpc.errors import RequestAlreadyExecuted, RequiredEpochNotMatching
from scrumrpc.store.migrations import migrate
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.going_back import AnotherDatabase, OneTransaction
from tests.wire.streams import PATH, Listener, listening
from tests.wire.surroundings import paused, until, workers
from tests.world import EVERYTHING, World

ANEW = {"Connection": "close"}
WORKERS = 3

Known = tuple[str, int]
"""A version with its epoch."""


@pytest.fixture
def lone(empty_database: str) -> Iterator[World]:
    """An account in a database of its own, with a project in which there is something."""
    asyncio.run(migrate(empty_database))
    world = World(empty_database, size=2)
    world.new_account()
    project = world.call("addProject", name="P")
    for n in range(4):
        world.call("addBacklogItem", projectID=project, name=f"item {n}")
    yield world
    world.close()


@pytest.fixture
def served(lone: World) -> Iterator[Server]:
    server = Server(["--workers", f"{WORKERS}"], {"DATABASE_URL": lone.database.url, "SCRUMRPC_HEARTBEAT": "0.5"})
    yield server
    assert server.stop() == 0


class Client:
    """Calls methods on a connection of its own each, which any worker takes; repeats what is refused for a moment."""

    def __init__(self, server: Server, world: World) -> None:
        self._http = client_of(server.api, (world.admin, world.key))
        self._events = server.address + PATH

    def ask(self, method: str, tag: str | None = None, **given: str) -> httpx2.Response:
        """What a call answers in the end: a Result, an error that stays, or that the client has it already."""
        headers = ANEW | ({} if tag is None else {"If-None-Match": tag})
        answers: list[httpx2.Response] = []

        def is_settled() -> bool:
            answers.append(self._http.get(method, params=given, headers=headers))
            return answers[-1].status_code != 503

        until(is_settled)
        return answers[-1]

    def call(self, method: str, **given: str) -> Any:
        return result_of(self.ask(method, **given))

    def stream(self, last: str) -> httpx2.Response:
        """What a stream that cannot be opened answers."""
        return self._http.get(self._events, headers=ANEW | {"Last-Event-ID": last})

    def refused(self, method: str, **given: str) -> None:
        message_of(self.ask(method, **given), RequiredEpochNotMatching)


def known_by(response: httpx2.Response) -> Known:
    return response.headers["account-epoch"], int(response.headers["data-version"])


def write(client: Client, world: World, name: str, count: int) -> None:
    """So many versions, by whichever workers."""
    [project] = client.call("getData")["projects"]
    for n in range(count):
        client.call("addBacklogItem", projectID=project["id"], name=f"{name} {n}", index="0")


@contextmanager
def only(pid: int, pids: list[int]) -> Iterator[None]:
    """For requests that just this one of the workers is to take."""
    with paused(*(each for each in pids if each != pid)):
        yield


@pytest.mark.slow
@pytest.mark.parametrize("way", [OneTransaction, AnotherDatabase])
def test_who_follows_an_account_notices_that_it_went_back(
    served: Server, lone: World, way: type[OneTransaction | AnotherDatabase]
) -> None:
    client, pids = Client(served, lone), workers(served.process.pid)
    assert len(pids) == WORKERS
    backup = way(lone.database.url)
    then = lone.version
    write(client, lone, "lost", 6)
    old = lone.epoch, lone.version
    tags: list[str] = []
    for pid in pids:
        with only(pid, pids):  # each has images of the present and of the past
            everything = client.ask("getData", includeProperties=EVERYTHING)
            assert known_by(everything) == old
            tags.append(everything.headers["etag"])
            client.call("getData", atDataVersion=str(then + 2), includeProperties=EVERYTHING)
    page = client.call("getBacklogItems", limit="2")
    past_page = client.call("getBacklogItems", limit="2", atDataVersion=str(then))
    mirror = Mirror(Calling(served.address, lone.admin, lone.key).call, EVERYTHING)
    client.call("addProject", name="once", requestID="r1")
    mirror.catch_up()
    old = lone.epoch, lone.version
    with (
        ThreadPoolExecutor(8) as pool,
        listening(served, lone) as listener,
        listening(served, lone, last=then) as behind,
    ):
        behind.versions(old[1] - then)
        waiting = [
            pool.submit(client.ask, "waitForDataVersion", newerThanDataVersion=str(old[1]), timeout="60")
            for _ in range(2 * WORKERS)
        ]
        backup.put_back()
        write(client, lone, "new", 12)
        new = known_by(client.ask("getDataVersion"))
        assert (new[0] != old[0], new[1]) == (True, then + 12)
        assert new[1] > old[1]

        for each in waiting:
            message_of(each.result(), RequiredEpochNotMatching)
        for stream in (listener, behind):
            assert ends_with(stream) == RequiredEpochNotMatching.__name__
    expected = {version: truth(lone, version) for version in range(then, new[1] + 1)}
    for pid in pids:
        with only(pid, pids):
            for tag in tags:
                fresh = client.ask("getData", tag, includeProperties=EVERYTHING)
                assert fresh.status_code == 200
                assert known_by(fresh) == new
            assert result_of(fresh) == expected[new[1]]
            for version in (then + 2, old[1], new[1] - 1):
                past = client.ask("getData", includeProperties=EVERYTHING, atDataVersion=str(version))
                assert (known_by(past), result_of(past)) == ((new[0], version), expected[version])
            for method, given in (
                ("getDataVersion", {}),
                ("getData", {}),
                ("getChanges", {"sinceDataVersion": str(old[1])}),
                ("waitForDataVersion", {"newerThanDataVersion": str(old[1])}),
                ("addProject", {"name": "never"}),
                ("addProject", {"name": "once", "requestID": "r1"}),
            ):
                client.refused(method, **given, requiredEpoch=old[0])
            client.refused("getBacklogItems", limit="2", cursor=page["nextCursor"])
            client.refused("getBacklogItems", limit="2", cursor=past_page["nextCursor"], atDataVersion=str(then))
            message_of(client.stream(f"{old[1]}-{old[0]}"), RequiredEpochNotMatching)
            with listening(served, lone, last=old[1]) as listener:  # who knows of no epochs is told what there is
                assert (listener.begins.id, listener.begins.epoch) == (old[1], new[0])
                told = listener.versions(new[1] - old[1])
            changes = client.call("getChanges", sinceDataVersion=str(old[1]))
            assert (changes["versions"], changes["epoch"]) == (told, new[0])

    mirror.catch_up()
    assert (mirror.epoch, mirror.version) == new
    assert orjson.dumps(mirror.data) == orjson.dumps(result_of(client.ask("getData", includeProperties=EVERYTHING)))
    assert client.call("addProject", name="once", requestID="r1", requiredEpoch=new[0])  # executed anew
    message_of(client.ask("addProject", name="once", requestID="r1"), RequestAlreadyExecuted)
    lone.check_log_gives_tables()


def truth(world: World, version: int) -> Any:
    """The account at a version, by a pipeline that never had another history before it."""
    fresh = World(world.database.url, size=1)
    try:
        fresh.account, fresh.key = world.account, world.key
        return fresh.call("getData", atDataVersion=str(version), includeProperties=EVERYTHING)
    finally:
        fresh.close()


def ends_with(listener: Listener) -> str | None:
    """The error that a stream ends with."""
    end = listener.end()
    return None if end is None else str(end.data["errorID"])


ROUNDS = 4


@pytest.mark.slow
def test_no_answer_mixes_two_histories(served: Server, lone: World) -> None:
    """Readers on all workers, and writers, go on while the account goes back several times.

    What the writers were answered says what there is at each version of each epoch; each answer must be just that.
    """
    client, backup, then = Client(served, lone), OneTransaction(lone.database.url), lone.version
    base = names_in(client.call("getData", includeProperties=EVERYTHING))
    [project] = client.call("getData")["projects"]
    written: dict[Known, str] = {}
    read: list[tuple[str, Known, Any]] = []
    numbers = count()
    is_over = Event()

    def keep_writing() -> None:
        while not is_over.is_set():
            name = f"new {next(numbers)}"
            answer = client.ask("addBacklogItem", projectID=project["id"], name=name, index="0")
            result_of(answer)
            assert written.setdefault(known_by(answer), name) == name

    def keep_reading(question: str, **given: str) -> None:
        while not is_over.is_set():
            answer = client.ask(question, **given)
            if answer.status_code == 404 and "atDataVersion" in given:
                continue  # just gone back, it is not there yet
            read.append((question, known_by(answer), result_of(answer)))

    with ThreadPoolExecutor(8) as pool:
        tasks = [
            *(pool.submit(keep_writing) for _ in range(2)),
            *(pool.submit(keep_reading, "getData", includeProperties=EVERYTHING) for _ in range(3)),
            pool.submit(keep_reading, "getData", includeProperties=EVERYTHING, atDataVersion=str(then + 3)),
            pool.submit(keep_reading, "getBacklogItems", projectIDs=project["id"], limit="1000"),
            pool.submit(keep_reading, "getChanges", sinceDataVersion=str(then), limit="1000"),
        ]

        def wait_for_more() -> None:
            seen = len(written)
            until(lambda: len(written) > seen + 20 or any(task.done() for task in tasks))

        try:
            for _ in range(ROUNDS):
                wait_for_more()
                backup.put_back()
            wait_for_more()
        finally:
            is_over.set()
        for task in tasks:
            task.result()
    assert len({epoch for epoch, _ in written}) > ROUNDS
    assert {question for question, _, _ in read} == {"getData", "getBacklogItems", "getChanges"}
    for question, (epoch, version), result in read:
        new = [written[epoch, each] for each in range(then + 1, version + 1)]
        if question == "getChanges":
            told = [each["changes"][0]["newValues"]["name"] for each in result["versions"]]
            assert (result["epoch"], result["untilDataVersion"], told) == (epoch, version, new)
        else:
            found = names_in(result) if question == "getData" else [each["name"] for each in result["backlogItems"]]
            assert found == new[::-1] + base
    lone.check_log_gives_tables()


def names_in(data: Any) -> list[str]:
    """The names of the backlog items in what getData answered."""
    return [each["name"] for each in data["projects"][0]["backlogItems"]]
