"""An account that somebody has locked, and a pool that is full: clients are told in good time, nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from scrumrpc.errors import APIBusy
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import held_up
from tests.world import World

CLIENTS = 40


@pytest.fixture(scope="module")
def impatient(database_url: str) -> Iterator[Server]:
    """A server that waits for neither locks nor connections for long; each worker has two of the latter."""
    settings = {
        "SCRUMRPC_LONGEST_LOCK": "0.3",
        "SCRUMRPC_DATABASE_CONNECTIONS": "2",
        "SCRUMRPC_DATABASE_WAIT": "0.3",
        "SCRUMRPC_BUSY_AFTER": "0",
    }
    server = Server(["--workers", "2"], {"DATABASE_URL": database_url, **settings})
    yield server
    server.stop()


def add(server: Server, world: World, n: int, key: str, call_id: str = "") -> httpx2.Response:
    given = {"name": f"P{n}"} | ({"requestID": call_id} if call_id else {})
    with client_of(server.api, (world.admin, key)) as client:
        return client.post("addProject", data=given)


def test_changes_of_a_locked_account_are_refused_and_those_of_others_are_made(
    impatient: Server, world: World, database_url: str
) -> None:
    locked, key = world.account, world.key
    before = world.version
    world.new_account()
    with ThreadPoolExecutor(CLIENTS + 1) as threads:
        with held_up(database_url, locked):
            calls = [threads.submit(add, impatient, world, n, key, f"r{n}") for n in range(CLIENTS)]
            for call in calls:
                assert "nothing was changed" in message_of(call.result(), APIBusy) or "waiting" in call.result().text
            for n in range(5):
                result_of(add(impatient, world, n, world.key))
        # The lock is given back: the same calls under their old requestIDs are executed now, for none was before.
        for n in range(CLIENTS):
            result_of(add(impatient, world, n, key, f"r{n}"))
    world.account, world.key = locked, key
    assert world.version == before + CLIENTS
    assert len(world.data()["projects"]) == CLIENTS


def test_a_full_pool_answers(impatient: Server, world: World, database_url: str) -> None:
    """Calls of several accounts that wait for their locks have all connections of both workers meanwhile."""
    accounts = [(world.account, world.key)]
    for _ in range(3):
        world.new_account()
        accounts.append((world.account, world.key))
    with ThreadPoolExecutor(64) as threads:
        refused = 0
        while not refused:
            with held_up(database_url, accounts[0][0]), held_up(database_url, accounts[1][0]):
                calls = [threads.submit(add, impatient, world, n, accounts[n % 2][1]) for n in range(16)]
                polls = [threads.submit(poll, impatient, world, key) for _, key in accounts * 8]
                for call in calls:
                    message_of(call.result(), APIBusy)
                for each in polls:
                    if each.result().status_code == 200:
                        result_of(each.result())
                    else:
                        message_of(each.result(), APIBusy)
                        refused += 1
    for _, key in accounts:
        result_of(poll(impatient, world, key))


def poll(server: Server, world: World, key: str) -> httpx2.Response:
    with client_of(server.api, (world.admin, key)) as client:
        return client.post("getDataVersion")
