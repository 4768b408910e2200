"""The limits of keys and accounts hold for all workers together, whichever of them a call comes to."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx2
import pytest

from scrumrpc.errors import TooManyOngoingRequests
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import held_up, paused, until, workers
from tests.world import World

ONGOING_OF_KEY, OF_KEY = 4, 40
ONGOING_OF_ACCOUNT, OF_ACCOUNT = 6, 60
ANEW = {"Connection": "close"}  # so that each request is on a connection of its own, with any worker


@pytest.fixture(scope="module")
def limited(database_url: str) -> Iterator[Server]:
    server = Server(
        ["--workers", "3"],
        {
            "DATABASE_URL": database_url,
            "SCRUMRPC_ONGOING_PER_KEY": str(ONGOING_OF_KEY),
            "SCRUMRPC_ONGOING_PER_ACCOUNT": str(ONGOING_OF_ACCOUNT),
            "SCRUMRPC_CALLS_PER_MINUTE_PER_KEY": str(OF_KEY),
            "SCRUMRPC_CALLS_PER_MINUTE_PER_ACCOUNT": str(OF_ACCOUNT),
        },
    )
    yield server
    server.stop()


def poll(server: Server, world: World, key: str) -> httpx2.Response:
    with client_of(server.api, (world.admin, key)) as client:
        return client.post("getDataVersion")


def outcomes(responses: list[httpx2.Response]) -> Counter[str]:
    return Counter(response.json().get("errorID", "ok") for response in responses)


def test_a_key_has_so_many_calls_in_a_minute(limited: Server, world: World) -> None:
    with ThreadPoolExecutor(12) as threads:
        found = outcomes(list(threads.map(lambda _: poll_patiently(limited, world, world.key), range(OF_KEY + 12))))
    assert found == {"ok": OF_KEY, "APILimitReached": 12}


def test_the_keys_of_an_account_have_so_many_calls_in_a_minute_together(limited: Server, world: World) -> None:
    keys = [world.key, world.new_key()]
    with ThreadPoolExecutor(ONGOING_OF_ACCOUNT) as threads:
        found = outcomes(
            list(threads.map(lambda n: poll_patiently(limited, world, keys[n % 2]), range(OF_ACCOUNT + 12)))
        )
    assert found == {"ok": OF_ACCOUNT, "APILimitReached": 12}


def test_whoever_has_no_valid_key_uses_up_nothing_of_the_account(limited: Server, world: World) -> None:
    wrong = [f"{world.account}-{n:064X}" for n in range(OF_ACCOUNT + 1)]
    with ThreadPoolExecutor(12) as threads:
        found = outcomes(list(threads.map(lambda key: poll(limited, world, key), wrong)))
    assert set(found) == {"InvalidAPIKey"}
    result_of(poll(limited, world, world.key))


def poll_patiently(server: Server, world: World, key: str) -> httpx2.Response:
    """A poll that is made again where others of the test were under way: those of the minute are what it is about."""
    while True:
        response = poll(server, world, key)
        if response.json().get("errorID") != "TooManyOngoingRequests":
            return response


def write_patiently(server: Server, world: World, key: str, name: str) -> httpx2.Response:
    """A write that is made again where a poll of the test was under way in its place."""
    while True:
        response = write(server, world, key, name)
        if response.json().get("errorID") != "TooManyOngoingRequests":
            return response


def write(server: Server, world: World, key: str, name: str) -> httpx2.Response:
    with client_of(server.api, (world.admin, key)) as client:
        return client.post("addProject", data={"name": name}, headers=ANEW)


def test_a_key_and_an_account_have_so_many_calls_under_way(limited: Server, world: World, database_url: str) -> None:
    first, second = world.key, world.new_key()
    for key in (first, second):
        result_of(poll(limited, world, key))
    with ThreadPoolExecutor(32) as threads:
        with held_up(database_url, world.account):
            calls = [threads.submit(write, limited, world, first, f"A{n}") for n in range(12)]
            refused = ended(calls, 12 - ONGOING_OF_KEY)
            assert refused == {"TooManyOngoingRequests": 12 - ONGOING_OF_KEY}
            more = [threads.submit(write, limited, world, second, f"B{n}") for n in range(12)]
            assert ended(more, 12 - (ONGOING_OF_ACCOUNT - ONGOING_OF_KEY)) == {"TooManyOngoingRequests": 10}
            told = message_of(poll(limited, world, second), TooManyOngoingRequests)
            assert told.startswith("The account has")
        assert ended(calls, 12)["ok"] == ONGOING_OF_KEY
        assert ended(more, 12)["ok"] == ONGOING_OF_ACCOUNT - ONGOING_OF_KEY
    result_of(poll(limited, world, first))


def test_what_a_killed_worker_had_under_way_counts_no_longer(limited: Server, world: World, database_url: str) -> None:
    [victim, *others] = workers(limited.process.pid)

    def is_full() -> bool:
        time.sleep(0.3)  # so that those which are not refused do not use up the minute
        return "TooManyOngoingRequests" in outcomes([poll(limited, world, world.key)])

    with ThreadPoolExecutor(32) as threads, held_up(database_url, world.account):
        with paused(*others):
            lost = [threads.submit(write_patiently, limited, world, world.key, f"A{n}") for n in range(ONGOING_OF_KEY)]
            until(is_full)
        os.kill(victim, signal.SIGKILL)
        for call in lost:
            assert isinstance(call.exception(), httpx2.TransportError)
        until(lambda: poll(limited, world, world.key).status_code == 200)
        until(lambda: len(workers(limited.process.pid)) == 3)


def ended(calls: list[Future[httpx2.Response]], count: int) -> Counter[str]:
    """How those calls ended of which so many do; the others wait."""
    until(lambda: sum(call.done() for call in calls) >= count)
    return outcomes([call.result() for call in calls if call.done()])
