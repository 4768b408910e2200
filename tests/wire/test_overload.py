"""A server that is offered more than it can do refuses some calls at once, and nobody's by the fault of another."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import httpx2
import orjson
import pytest

from scrumrpc.errors import APIBusy
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.raw import Reply, connected, read_reply, request
from tests.wire.surroundings import until
from tests.world import World

CLIENTS = 80
"""More than may wait however slow a server is."""


@pytest.fixture(scope="module")
def hasty(database_url: str) -> Iterator[Server]:
    """A server with one worker that is busy as soon as calls wait for a thousandth of a second."""
    server = Server(["--workers", "1"], {"DATABASE_URL": database_url, "SCRUMRPC_BUSY_AFTER": "0.001"})
    yield server
    server.stop()


@contextmanager
def hammered(server: Server, sent: bytes) -> Iterator[list[Reply]]:
    """While many clients of one key send a request again and again; yields the answers that are no Results."""
    refused: list[Reply] = []
    stopped = Event()

    def hammer(_: int) -> None:
        with connected(server) as connection:
            while not stopped.is_set():
                connection.sendall(sent)
                reply = read_reply(connection)
                if reply.status != 200:
                    refused.append(reply)

    with ThreadPoolExecutor(CLIENTS) as threads:
        ends = [threads.submit(hammer, n) for n in range(CLIENTS)]
        try:
            yield refused
        finally:
            stopped.set()
        for end in ends:
            end.result()


def test_too_many_calls_are_refused_and_those_of_others_are_not(
    hasty: Server, client: httpx2.Client, world: World
) -> None:
    noisy = request(world, "getDataVersion", b"")
    noise = world.account
    world.new_account()
    with hammered(hasty, noisy) as refused, client_of(hasty.api, (world.admin, world.key)) as quiet:
        until(lambda: refused)
        for n in range(4):
            result_of(quiet.post("getDataVersion"))
            result_of(quiet.post("addProject", data={"name": f"P{n}"}))
            result_of(quiet.post("getData"))
    assert {(reply.status, reply.error_id) for reply in refused} == {(503, "APIBusy")}
    assert all(reply.headers["retry-after"] == "1" and reply.headers["call-id"] for reply in refused)
    assert len(world.data()["projects"]) == 4
    assert noise != world.account
    until(lambda: counted(hasty, "getDataVersion") >= len(refused))


def counted(server: Server, method: str) -> float:
    """How many calls of a method were refused, by the server's own count."""
    lines = httpx2.get(f"{server.address}/metrics", trust_env=False).text.splitlines()
    start = f'scrumrpc_calls_total{{method="{method}",outcome="APIBusy"}} '
    return sum(float(line.removeprefix(start)) for line in lines if line.startswith(start))


def test_what_is_refused_at_the_door_looks_like_what_is_refused_behind_it(hasty: Server, world: World) -> None:
    """Only a request that arrives whole is refused at the door; this one comes in two pieces as well."""
    whole = request(world, "getDataVersion", b"")
    with hammered(hasty, whole) as refused:
        until(lambda: refused)
        with connected(hasty) as connection:
            found: list[Reply] = []

            def is_refused() -> bool:
                connection.sendall(whole[:30])
                connection.sendall(whole[30:])
                found.append(read_reply(connection))
                return found[-1].status == 503

            until(is_refused)
    at_the_door = refused[0]
    assert orjson.loads(found[-1].body) == orjson.loads(at_the_door.body)
    changing = {"call-id", "date"}
    assert {name: value for name, value in found[-1].headers.items() if name not in changing} == {
        name: value for name, value in at_the_door.headers.items() if name not in changing
    }


def test_more_changes_of_an_account_than_can_be_made_soon_are_refused(hasty: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    before = world.version
    done = 0

    def add(n: int) -> httpx2.Response:
        with client_of(hasty.api, (world.admin, world.key)) as client:
            return client.post("addTag", data={"projectID": project, "name": f"T{n}"})

    with ThreadPoolExecutor(CLIENTS) as threads:
        for response in threads.map(add, range(3 * CLIENTS)):
            if response.status_code == 503:
                message_of(response, APIBusy)
            else:
                result_of(response)
                done += 1
    assert world.version == before + done
