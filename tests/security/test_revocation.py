"""Keys that are deleted or expire while they are in use: at once, at every worker, whatever runs, waits or listens."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import httpx2
import psycopg
import pytest

from scrumrpc.errors import CompanyAccountClosed, InvalidAPIKey
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.streams import Listener, listening
from tests.wire.surroundings import paused, until, workers
from tests.world import World

LONG = 60
"""Seconds that calls wait, if nothing else ends them; clients give up before."""
PATIENCE = 50
PLACES = 6


@pytest.fixture(scope="module")
def silent(database_url: str) -> Iterator[Server]:
    """A server whose streams give no signs of life: nothing but what happens ends them."""
    server = Server(
        ["--workers", "2"],
        {"DATABASE_URL": database_url, "SCRUMRPC_HEARTBEAT": "3600", "SCRUMRPC_WAITING_PER_KEY": str(PLACES)},
    )
    yield server
    assert server.stop() == 0


def clients(server: Server, credentials: tuple[str, str], on: ExitStack, each: int) -> list[httpx2.Client]:
    """Clients with connections that stay open: so many to each worker."""
    made = []
    for other in workers(server.process.pid):
        with paused(other):
            for _ in range(each):
                client = on.enter_context(client_of(server.api, credentials))
                client.timeout = PATIENCE
                result_of(client.post("getDataVersion"))
                made.append(client)
    return made


# Calls that run -------------------------------------------------------------------------------------------------------


def test_no_call_that_begins_after_a_key_was_deleted_succeeds(silent: Server, world: World) -> None:
    """In a race: the clients call without a pause while the key is deleted, and note when each call began."""
    project = world.call("addProject", name="A")
    added = world.call("addAPIKey", name="Racing")
    numbers = itertools.count()
    deleted = Event()

    def given(method: str) -> dict[str, str]:
        tag = f"T{next(numbers)}"
        calls = f'[{{"method": "addTag", "parameters": {{"projectID": "{project}", "name": "{tag}"}}}}]'
        return {"addTag": {"projectID": project, "name": tag}, "executeBatch": {"calls": calls}}.get(method, {})

    def race(client: httpx2.Client, methods: Iterator[str]) -> list[tuple[bool, str, str]]:
        """Whether the key was deleted when a call began, the method, and the error id or nothing."""
        seen: list[tuple[bool, str, str]] = []
        while sum(after for after, _, _ in seen) < 8:
            method = next(methods)
            after = deleted.is_set()
            seen.append((after, method, client.post(method, data=given(method)).json().get("errorID", "")))
        return seen

    with ExitStack() as on, ThreadPoolExecutor(8) as threads:
        racing = [
            threads.submit(race, client, itertools.cycle(("addTag", "getDataVersion", "getData", "executeBatch")))
            for client in clients(silent, (world.admin, added["key"]), on, 4)
        ]
        with client_of(silent.api, (world.admin, world.key)) as administrator:
            before = world.version
            until(lambda: world.version > before + 20)
            result_of(administrator.post("deleteAPIKey", data={"apiKeyID": added["id"]}))
            deleted.set()
        seen = [call for each in racing for call in each.result()]
    assert {error for after, _, error in seen if after} == {"InvalidAPIKey"}
    assert {error for after, _, error in seen if not after} <= {"InvalidAPIKey", ""}
    with psycopg.connect(world.database.url) as conn:
        row = conn.execute(
            "SELECT count(*) FROM versions WHERE account_id = %s AND key_id = 2", (world.account,)
        ).fetchone()
    written = sum(method in ("addTag", "executeBatch") and not error for _, method, error in seen)
    assert row == (written,)
    assert written > 20


# Calls that wait, and streams -----------------------------------------------------------------------------------------


def wait_patiently(client: httpx2.Client, given: dict[str, str]) -> httpx2.Response:
    """A call that waits, made again where the probe of the test was in its place."""
    while True:
        response = client.post("waitForDataVersion", data=given)
        if response.json().get("errorID") != "TooManyOngoingRequests":
            return response


class Waiting:
    """As many calls that wait and streams of one key as may be, at both workers."""

    def __init__(self, server: Server, world: World, key: str, on: ExitStack, threads: ThreadPoolExecutor) -> None:
        credentials = world.admin, key
        ready = clients(server, credentials, on, 2)
        self.streams: list[Listener] = []
        for other in workers(server.process.pid):
            with paused(other):
                self.streams.append(on.enter_context(listening(server, world, key=key)))
        given = {"newerThanDataVersion": str(world.version), "timeout": str(LONG)}
        self.calls: list[Future[httpx2.Response]] = [threads.submit(wait_patiently, client, given) for client in ready]
        assert len(self.calls) + len(self.streams) == PLACES
        with client_of(server.api, credentials) as probe:
            until(lambda: "errorID" in probe.post("waitForDataVersion", data={**given, "timeout": "0"}).json())

    def all_end(self, error: str) -> None:
        """Waits until all are told why they end."""
        for listener in self.streams:
            told = listener.end()
            assert told is not None
            assert told.data["errorID"] == error
        assert [call.result().json().get("errorID") for call in self.calls] == [error] * len(self.calls)


def test_a_key_that_is_deleted_ends_what_waits_and_listens_with_it(silent: Server, world: World) -> None:
    added = world.call("addAPIKey", name="K")
    with ExitStack() as on, ThreadPoolExecutor(PLACES) as threads:
        of_others = on.enter_context(listening(silent, world))
        waiting = Waiting(silent, world, added["key"], on, threads)
        world.call("deleteAPIKey", apiKeyID=added["id"])
        waiting.all_end("InvalidAPIKey")
        project = world.call("addProject", name="A")
        assert of_others.versions(1)[0]["changes"][0]["objectID"] == project


def test_a_key_that_expires_ends_what_waits_and_listens_with_it(silent: Server, world: World) -> None:
    until_then = int(time.time() * 1000) + 4000
    added = world.call("addAPIKey", name="K", expirationDate=str(until_then))
    with ExitStack() as on, ThreadPoolExecutor(PLACES) as threads:
        waiting = Waiting(silent, world, added["key"], on, threads)
        waiting.all_end("InvalidAPIKey")
        assert time.time() * 1000 >= until_then
        with client_of(silent.api, (world.admin, added["key"])) as client:
            message_of(client.post("getDataVersion"), InvalidAPIKey)
            message_of(client.post("addProject", data={"name": "late"}), InvalidAPIKey)


def test_an_account_that_is_closed_ends_what_waits_and_listens(silent: Server, world: World) -> None:
    with ExitStack() as on, ThreadPoolExecutor(PLACES) as threads:
        waiting = Waiting(silent, world, world.key, on, threads)
        world.store(lambda conn: accounts.switch(conn, "is_closed", True, world.account))
        waiting.all_end(CompanyAccountClosed.__name__)
    world.store(lambda conn: accounts.switch(conn, "is_closed", False, world.account))
