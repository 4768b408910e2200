"""How streams of events end: with the server, with a worker that is killed, and on clients that take nothing."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.raw import request
from tests.wire.streams import PATH, Daemon, listening
from tests.wire.surroundings import until, workers
from tests.world import World

CERTIFICATE = Path(__file__).parent / "certificate.pem"
TLS = ["--tls-cert", str(CERTIFICATE), "--tls-key", str(CERTIFICATE.with_suffix(".key"))]
BEAT = 0.5
pytestmark = pytest.mark.slow


@pytest.fixture
def mortal(request: pytest.FixtureRequest, database_url: str) -> Iterator[Server]:
    """A server that a test may end, with the options that the test asks for."""
    server = Server(["--workers", "2", *getattr(request, "param", [])], {"DATABASE_URL": database_url})
    yield server
    server.stop()


@pytest.fixture
def lively(database_url: str) -> Iterator[Server]:
    """A server that often gives a sign of life, and soon hangs up on clients that take nothing."""
    server = Server(["--workers", "1"], {"DATABASE_URL": database_url, "SCRUMRPC_HEARTBEAT": str(BEAT)})
    yield server
    assert server.stop() == 0


def _calls_ended(server: Server, method: str) -> int:
    return sum(f'"method":"{method}"' in line for line in server.log.read_text().splitlines())


def _deaf(server: Server, world: World) -> socket.socket:
    """A connection whose client asks for a stream and then reads nothing."""
    where = urlsplit(server.address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((where.hostname, where.port))
    asked = request(world, "x", verb="GET").replace(b"/service/api/v1/x", PATH.encode())
    connection.sendall(asked)
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def _much(world: World) -> str:
    """A backlog item in whose versions there is more than a system keeps for a connection."""
    project = world.call("addProject", name="A")
    return str(world.call("addBacklogItem", projectID=project, name="x"))


@pytest.mark.parametrize("mortal", [[], TLS], ids=["plain", "TLS"], indirect=True)
def test_the_server_ends_all_waiting_when_it_ends(mortal: Server, world: World) -> None:
    """Within the time that calls get to end, or it would have to say that it breaks them off."""
    with (
        client_of(mortal.api, (world.admin, world.key)) as client,
        ThreadPoolExecutor(10) as threads,
        ExitStack() as on,
    ):
        listeners = [on.enter_context(listening(mortal, world)) for _ in range(40)]
        given = {"newerThanDataVersion": str(world.version), "timeout": "60"}
        waiting = [threads.submit(client.get, "waitForDataVersion", params=given) for _ in range(10)]
        project = world.call("addProject", name="A")
        for listener in listeners:
            assert listener.versions(1)[0]["changes"][0]["objectID"] == project
        for each in waiting:
            assert result_of(each.result()) == world.version
        given["newerThanDataVersion"] = str(world.version)
        waiting = [threads.submit(client.get, "waitForDataVersion", params=given) for _ in range(10)]
        if mortal.address.startswith("http:"):
            on.enter_context(_deaf(mortal, world))
            until(lambda: _calls_ended(mortal, "waitForDataVersion") == 10)
        mortal.process.send_signal(signal.SIGTERM)
        for listener in listeners:
            assert listener.end() is None
        for each in waiting:
            if each.exception() is None:  # the server had taken it
                assert result_of(each.result()) == world.version
        assert mortal.process.wait(60) == 0
    log = mortal.log.read_text()
    assert "graceful shutdown exceeded" not in log
    assert "Traceback" not in log


def test_a_killed_worker_ends_a_stream_without_loss(mortal: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    since, count = world.version, 30
    daemons = [Daemon(world, since) for _ in range(4)]

    def follow(daemon: Daemon) -> None:
        while daemon.last < since + count:
            try:
                daemon.listen(mortal.address, since + count)
            except ConnectionError:
                continue

    with ThreadPoolExecutor(4) as threads:
        following = [threads.submit(follow, daemon) for daemon in daemons]
        for n in range(count):
            if n % 10 == 5:
                until(lambda: len(workers(mortal.process.pid)) == 2)
                os.kill(workers(mortal.process.pid)[0], signal.SIGKILL)
            world.call("addTag", projectID=project, name=f"T{n}")
        for each in following:
            each.result()
    with listening(mortal, world, last=since) as listener:
        everything = listener.versions(count)
    for daemon in daemons:
        assert daemon.versions == everything
    assert sum(daemon.cuts for daemon in daemons) > len(daemons)


def test_a_client_that_reads_nothing_is_hung_up_on_and_keeps_nobody_waiting(lively: Server, world: World) -> None:
    item = _much(world)
    with _deaf(lively, world), listening(lively, world) as listener:
        for n in range(20):
            world.call("setBacklogItemDescription", backlogItemID=item, description=f"{n}" + "x" * 900_000)
            [version] = listener.versions(1)
            assert version["changes"][0]["newValues"]["description"].startswith(f"{n}x")
        until(lambda: _calls_ended(lively, "streamEvents") == 1)
        world.call("setBacklogItemDescription", backlogItemID=item, description="short")
        assert listener.versions(1)[0]["changes"][0]["newValues"]["description"] == "short"


def test_another_request_behind_that_for_a_stream_does_not_keep_it_alive(lively: Server, world: World) -> None:
    with _deaf(lively, world) as connection:
        connection.sendall(request(world, "getDataVersion"))
        assert httpx2.get(f"{lively.address}/livez", trust_env=False).status_code == 200
    until(lambda: _calls_ended(lively, "streamEvents") == 1)
