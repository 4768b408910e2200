"""A server that is offered more than it can do refuses some calls at once, and nobody's by the fault of another."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx2
import orjson
import pytest

from scrumrpc.errors import APIBusy
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.raw import connected, read_reply, request
from tests.wire.surroundings import held_up, until
from tests.world import World

CLIENTS = 80
"""More than may wait however slow a server is."""


@pytest.fixture(scope="module")
def hasty(database_url: str) -> Iterator[Server]:
    """A server with one worker that is busy as soon as calls wait for a thousandth of a second."""
    server = Server(["--workers", "1"], {"DATABASE_URL": database_url, "SCRUMRPC_BUSY_AFTER": "0.001"})
    yield server
    server.stop()


def add(server: Server, world: World, project: str, n: int) -> httpx2.Response:
    with client_of(server.api, (world.admin, world.key)) as client:
        return client.post("addTag", data={"projectID": project, "name": f"T{n}"})


@contextmanager
def full(server: Server, world: World) -> Iterator[None]:
    """While as many calls of an account wait for its lock as may wait in a server that has learnt that calls wait."""
    project = world.call("addProject", name="A")
    numbers = itertools.count()
    with ThreadPoolExecutor(CLIENTS) as threads:
        for _ in range(2):  # what came before counts for the first
            with held_up(world.database.url, world.account) as wait_for:
                few = [threads.submit(add, server, world, project, next(numbers)) for _ in range(3)]
                wait_for(1)
                time.sleep(0.2)  # for so long they wait; the server looks every tenth of a second
            assert {call.result().status_code for call in few} == {200}
        with held_up(world.database.url, world.account):
            many = [threads.submit(add, server, world, project, next(numbers)) for _ in range(CLIENTS)]
            until(lambda: any(call.done() for call in many))
            yield
        assert {call.result().status_code for call in many} == {200, 503}


def test_too_many_calls_are_refused_and_those_of_others_are_not(hasty: Server, world: World) -> None:
    quiet = world.admin, world.key
    world.new_account()
    with full(hasty, world), client_of(hasty.api, quiet) as others:
        with client_of(hasty.api, (world.admin, world.key)) as mine:
            refused = [mine.post("getDataVersion") for _ in range(20)]
        for n in range(4):
            result_of(others.post("getDataVersion"))
            result_of(others.post("addProject", data={"name": f"P{n}"}))
            assert len(result_of(others.post("getData"))["projects"]) == n + 1
    for response in refused:
        message_of(response, APIBusy)
        assert response.headers["retry-after"] == "1"
        assert response.headers["call-id"]
    until(lambda: counted(hasty, "getDataVersion") >= len(refused))


def counted(server: Server, method: str) -> float:
    """How many calls of a method were refused, by the server's own count."""
    lines = httpx2.get(f"{server.address}/metrics", trust_env=False).text.splitlines()
    start = f'scrumrpc_calls_total{{method="{method}",outcome="APIBusy"}} '
    return sum(float(line.removeprefix(start)) for line in lines if line.startswith(start))


def test_what_is_refused_at_the_door_looks_like_what_is_refused_behind_it(hasty: Server, world: World) -> None:
    """Only a request that arrives whole is refused at the door; this one comes in two pieces as well."""
    whole = request(world, "getDataVersion", b"")
    with full(hasty, world), connected(hasty) as connection:
        connection.sendall(whole)
        at_the_door = read_reply(connection)
        connection.sendall(whole[:30])
        time.sleep(0.1)  # so that they are two for the server, too
        connection.sendall(whole[30:])
        behind = read_reply(connection)
    assert at_the_door.status == behind.status == 503
    assert orjson.loads(behind.body) == orjson.loads(at_the_door.body)
    changing = {"call-id", "date"}
    assert {name: value for name, value in behind.headers.items() if name not in changing} == {
        name: value for name, value in at_the_door.headers.items() if name not in changing
    }


def test_more_changes_of_an_account_than_can_be_made_soon_are_refused(hasty: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    before = world.version
    done = 0

    with ThreadPoolExecutor(CLIENTS) as threads:
        for response in threads.map(partial(add, hasty, world, project), range(3 * CLIENTS)):
            if response.status_code == 503:
                message_of(response, APIBusy)
            else:
                result_of(response)
                done += 1
    assert world.version == before + done
