"""Wrong credentials over a real socket: at all doors, at all workers together, and from behind a proxy."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from scrumrpc.calls.authentication import new_key
from scrumrpc.calls.guessing import Guessing
from scrumrpc.errors import APILimitReached, InvalidAPIKey, InvalidUserEmailAddress
from scrumrpc.wire.addresses import Addresses
from scrumrpc.wire.credentials import Callers
from scrumrpc.wire.endpoint import Endpoint
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.world import World

MOST = 20
METHOD = "/service/api/v1/getDataVersion"
DOORS = (METHOD, "/service/api/v1/addProject?name=x", "/service/events", "/service/files/files/1-0-1/x")


@pytest.fixture(scope="module")
def guarded(database_url: str) -> Iterator[Server]:
    """A server that takes the word of proxies on its own machine, as all do unless told otherwise."""
    server = Server(["--workers", "2"], {"DATABASE_URL": database_url, "SCRUMRPC_FAILED_LOGINS_PER_MINUTE": str(MOST)})
    yield server
    assert server.stop() == 0


Ask = Callable[..., httpx2.Response]


@pytest.fixture
def ask(guarded: Server) -> Iterator[Ask]:
    """Makes a call that a proxy hands on for a client, each on a connection of its own."""
    with httpx2.Client(base_url=guarded.address, trust_env=False, verify=False, timeout=60) as proxy:

        def call(credentials: tuple[str, str], client: str, path: str = METHOD) -> httpx2.Response:
            headers = {"X-Forwarded-For": client, "Connection": "close"}
            return proxy.get(path, auth=credentials, headers=headers)

        yield call


def test_all_doors_and_workers_count_together(ask: Ask, world: World) -> None:
    nobody = world.admin, new_key(world.account)
    answers = [ask(nobody, "192.0.2.1", DOORS[n % len(DOORS)]) for n in range(MOST + 8)]
    for answer in answers[:MOST]:
        message_of(answer, InvalidAPIKey)
    for answer in answers[MOST:]:
        assert "Look at the e-mail address and the API key" in message_of(answer, APILimitReached)
        assert 1 <= int(answer.headers["retry-after"]) <= 61
    right = world.admin, world.key
    assert result_of(ask(right, "192.0.2.2")) == world.version
    message_of(ask(right, "192.0.2.1"), APILimitReached)  # nobody knows that it is right


def test_whoever_was_right_from_there_is_let_in(guarded: Server, ask: Ask, world: World) -> None:
    right, ghost = (world.admin, world.key), ("nobody@example.com", world.key)
    known_to = [client_of(guarded.api, right) for _ in range(8)]  # whose connections the workers share
    for client in known_to:
        client.headers["X-Forwarded-For"] = "192.0.2.3"
        result_of(client.get("getDataVersion"))
    for _ in range(MOST):
        message_of(ask(ghost, "192.0.2.3"), InvalidUserEmailAddress)
    message_of(ask(ghost, "192.0.2.3"), APILimitReached)
    for client in known_to:
        assert result_of(client.get("getDataVersion")) == world.version
        client.close()


def test_a_flood_at_once_goes_no_further_than_what_was_under_way(ask: Ask, world: World) -> None:
    nobody, at_once = (world.admin, new_key(world.account)), 16
    with ThreadPoolExecutor(at_once) as threads:
        answers = list(threads.map(lambda _: ask(nobody, "192.0.2.4"), range(80)))
    reached = [answer for answer in answers if answer.json()["errorID"] == "InvalidAPIKey"]
    assert MOST <= len(reached) <= MOST + at_once
    assert {answer.json()["errorID"] for answer in answers if answer not in reached} == {"APILimitReached"}


def test_what_is_refused_is_not_looked_up() -> None:
    looked_up = []

    class Refusing:
        async def call(self, *_given: Any) -> None:
            looked_up.append(1)
            raise InvalidAPIKey

    async def call(message: MutableMapping[str, Any]) -> None:
        pass

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    endpoint = Endpoint(Refusing(), Callers(Guessing(3), Addresses()), largest_body=0, largest_file=0, log_calls=False)
    headers = [(b"authorization", b"Basic " + base64.b64encode(b"ann@example.com:7-" + b"0" * 64))]
    scope = {"method": "GET", "path_params": {"method": "getData"}, "query_string": b"", "headers": headers}
    for _ in range(10):
        asyncio.run(endpoint({**scope, "client": ("192.0.2.1", 1)}, receive, call))
    assert len(looked_up) == 3
