"""A server's life: health, metrics, logs, and its end, whether it is asked to or its processes are killed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import orjson
import pytest

from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.raw import connected, read_reply, request
from tests.wire.surroundings import command, held_up, is_running, paused, until, workers
from tests.world import World


@pytest.fixture(scope="module")
def mortal(database_url: str) -> Iterator[Server]:
    """A server of our own with two workers, to be killed bit by bit; the last test ends it."""
    server = Server(["--workers", "2"], {"DATABASE_URL": database_url})
    yield server
    server.stop()


@pytest.fixture
def caller(mortal: Server, world: World) -> Iterator[httpx2.Client]:
    """A client of that server, with the account of the test."""
    with client_of(mortal.api, (world.admin, world.key)) as client:
        yield client


# While it runs --------------------------------------------------------------------------------------------------------


def test_it_tells_that_it_is_alive_and_ready(mortal: Server, caller: httpx2.Client) -> None:
    for path in ("/livez", "/readyz"):
        response = caller.get(mortal.address + path)
        assert (response.status_code, response.text) == (200, "ok\n")


def test_metrics_add_up_over_the_workers(mortal: Server, caller: httpx2.Client) -> None:
    def counted(method: str, outcome: str) -> float:
        text = caller.get(f"{mortal.address}/metrics", headers={"Connection": "close"}).text
        match = re.search(rf'^scrumrpc_calls_total{{method="{method}",outcome="{outcome}"}} (\S+)$', text, re.MULTILINE)
        return float(match[1]) if match else 0.0

    def timed(method: str) -> float:
        text = caller.get(f"{mortal.address}/metrics", headers={"Connection": "close"}).text
        match = re.search(rf'^scrumrpc_call_seconds_count{{method="{method}"}} (\S+)$', text, re.MULTILINE)
        return float(match[1]) if match else 0.0

    first, second = workers(mortal.process.pid)
    before = (
        counted("getData", "ok"),
        counted("addProject", "MissingParameter"),
        counted("unknown", "InvalidMethodName"),
    )
    seconds = timed("getData")
    for other, calls in ((first, 2), (second, 3)):
        with paused(other):
            for _ in range(calls):
                result_of(caller.post("getData", headers={"Connection": "close"}))
            caller.post("addProject", headers={"Connection": "close"})
            caller.post(f"madeUp{calls}", headers={"Connection": "close"})
        # A call is counted when its answer is on its way: only then may the worker that gave it be paused.
        until(lambda made=calls - 1: counted("unknown", "InvalidMethodName") == before[2] + made)
    for other in (first, second):
        with paused(other):
            assert counted("getData", "ok") == before[0] + 5
            assert counted("addProject", "MissingParameter") == before[1] + 2
            assert counted("unknown", "InvalidMethodName") == before[2] + 2
            assert timed("getData") == seconds + 5
    assert "madeUp" not in caller.get(f"{mortal.address}/metrics").text


def _line_of(server: Server, call_id: str) -> dict[str, object]:
    """The log line of a call; it is written when the answer is on its way."""

    def lines() -> list[bytes]:
        return [line for line in server.log.read_bytes().splitlines() if call_id.encode() in line]

    until(lines)
    [line] = lines()
    told: dict[str, object] = orjson.loads(line)
    return told


def test_each_call_is_one_line_in_the_log(mortal: Server, caller: httpx2.Client, world: World) -> None:
    for response, told in (
        (
            caller.post("addProject", data={"name": "a secret project", "requestID": "a secret id"}),
            {
                "method": "addProject",
                "status": 200,
                "account": world.account,
                "key": "test key",
                "version": world.version,
            },
        ),
        (
            caller.get("getData?projectIDs=a-secret-object"),
            {
                "method": "getData",
                "status": 404,
                "account": world.account,
                "key": "test key",
                "error": "ObjectNotFound",
            },
        ),
        (
            caller.get("addProject?name=a%20secret%FF"),
            {"method": "addProject", "status": 400, "error": "InvalidRequest"},
        ),
        (caller.post("madeUp"), {"method": "madeUp", "status": 404, "error": "InvalidMethodName"}),
        (
            httpx2.get(f"{mortal.api}/getData", auth=("a-secret@example.com", world.key), trust_env=False),
            {"method": "getData", "status": 401, "error": "InvalidUserEmailAddress"},
        ),
    ):
        line = _line_of(mortal, response.headers["call-id"])
        assert {name: line.get(name) for name in told} == told
        assert (line["call_id"], line["event"], line["level"]) == (response.headers["call-id"], "call", "info")
        assert isinstance(line["ms"], float)
        assert 0 < line["ms"] < 60_000
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", str(line["timestamp"]))
    log = mortal.log.read_text()
    assert "secret" not in log
    assert world.key not in log
    assert world.key.partition("-")[2] not in log
    for line in log.splitlines():
        assert isinstance(orjson.loads(line), dict)


# Processes that are killed --------------------------------------------------------------------------------------------


def test_a_killed_worker_is_replaced_while_the_other_serves(
    mortal: Server, caller: httpx2.Client, world: World
) -> None:
    killed, other = workers(mortal.process.pid)
    os.kill(killed, signal.SIGKILL)
    for n in range(20):
        result_of(caller.post("addProject", data={"name": f"P{n}"}, headers={"Connection": "close"}))
    until(lambda: len(workers(mortal.process.pid)) == 2)
    assert killed not in workers(mortal.process.pid)
    [new] = [worker for worker in workers(mortal.process.pid) if worker != other]
    with paused(other):
        assert len(result_of(caller.post("getData", headers={"Connection": "close"}))["projects"]) == 20
    assert is_running(new)


def test_a_call_that_dies_with_its_worker_leaves_no_trace(
    mortal: Server, caller: httpx2.Client, world: World, database_url: str
) -> None:
    before = world.version
    until(lambda: len(workers(mortal.process.pid)) == 2)
    killed, other = workers(mortal.process.pid)
    with held_up(database_url, world.account) as wait_for, paused(other), connected(mortal) as connection:
        connection.sendall(request(world, "addProject?name=A&requestID=r1"))
        wait_for(1)
        os.kill(killed, signal.SIGKILL)
        assert connection.recv(1) == b""
    result_of(caller.post("addProject", data={"name": "A", "requestID": "r1"}, headers={"Connection": "close"}))
    assert world.version == before + 1
    assert [project["name"] for project in world.data()["projects"]] == ["A"]


# The command line -----------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_told_in_one_line(mortal: Server, database_url: str) -> None:
    port = urlsplit(mortal.address).port
    done = command(database_url, "serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Error: Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--host", "192.0.2.1", "--port", "0"], 1, "Cannot listen on 192.0.2.1 port 0: "),
        (["--tls-cert", __file__], 2, "--tls-cert and --tls-key go together."),
        (["--tls-cert", __file__, "--tls-key", __file__], 1, "The certificate and its key cannot be used"),
        (["--port", "70000"], 2, "70000 is not in the range"),
    ],
)
def test_options_that_cannot_work_are_told_plainly(database_url: str, words: list[str], code: int, told: str) -> None:
    done = command(database_url, "serve", *words)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


# Its end --------------------------------------------------------------------------------------------------------------


def test_sigterm_lets_running_calls_end(mortal: Server, caller: httpx2.Client, world: World, database_url: str) -> None:
    with ThreadPoolExecutor(1) as threads, connected(mortal) as idle:
        idle.sendall(request(world, "getDataVersion"))
        assert read_reply(idle).status == 200
        with held_up(database_url, world.account) as wait_for:
            running = threads.submit(caller.post, "addProject", data={"name": "A"})
            wait_for(1)
            mortal.process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b""  # the server has begun to end
            assert not running.done()
        result_of(running.result())
    assert mortal.process.wait(60) == 0
    assert [project["name"] for project in world.data()["projects"]] == ["A"]
    assert "Traceback" not in mortal.log.read_text()
    with pytest.raises(httpx2.ConnectError):
        caller.post("getDataVersion")
