"""A server with its own database: the first start, later ones, and what a killed one leaves behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import httpx2
import orjson
import pytest

from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.surroundings import family, is_running, postmaster, until, workers

EMAIL = "admin@example.com"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for data with a short name, because a socket lies in it."""
    path = Path(tempfile.mkdtemp(prefix="scrumrpc-"))
    yield path / "data"
    shutil.rmtree(path)


@pytest.fixture
def started(folder: Path) -> Iterator[list[Server]]:
    """The servers that a test has started; whatever still runs of them is ended."""
    servers: list[Server] = []
    yield servers
    for server in servers:
        server.stop()


def start(folder: Path, started: list[Server], *options: str, **environment: str) -> Server:
    """Starts a server on the folder. What a killed one leaves among temporary files goes with the folder, too."""
    started.append(Server(["--data", str(folder), *options], {"TMPDIR": str(folder.parent), **environment}))
    return started[-1]


def names(client: httpx2.Client) -> list[str]:
    """The names of all projects."""
    return [project["name"] for project in result_of(client.post("getData"))["projects"]]


@pytest.mark.slow
def test_from_the_first_start_through_every_kind_of_death(folder: Path, started: list[Server]) -> None:
    """One story, because each start costs a while."""
    first = start(folder, started, "--workers", "2")
    key = _first_start_prints_a_line_that_works(first, folder)
    with client_of(first.api, (EMAIL, key)) as client:
        acknowledged = _the_database_is_killed_under_load(first, client)
        assert names(client) == acknowledged

    # The parent is killed: its workers end, its database stays behind.
    family_of_first = family(first.process.pid)
    workers_of_first, database = workers(first.process.pid), postmaster(first.process.pid)
    first.process.kill()
    first.process.wait(60)
    until(lambda: not any(is_running(worker) for worker in workers_of_first))
    assert is_running(database)

    # The next start takes over, and makes no account and no key.
    second = start(folder, started)
    assert "curl" not in second.printed
    assert key not in second.printed
    assert not any(is_running(pid) for pid in family_of_first)
    with client_of(second.api, (EMAIL, key)) as client:
        assert names(client) == acknowledged
        result_of(client.post("addProject", data={"name": "before everything is killed", "requestID": "once"}))
        for pid in family(second.process.pid):
            os.kill(pid, signal.SIGKILL)
        second.process.wait(60)

    third = start(folder, started)
    with client_of(third.api, (EMAIL, key)) as client:
        assert names(client) == [*acknowledged, "before everything is killed"]
        repeated = client.post("addProject", data={"name": "x", "requestID": "once"})
        assert repeated.json()["errorID"] == "RequestAlreadyExecuted"
    family_of_third = family(third.process.pid)
    assert third.stop() == 0
    assert not any(is_running(pid) for pid in family_of_third)


def _first_start_prints_a_line_that_works(server: Server, folder: Path) -> str:
    """Checks what a person reads, does what it says, and answers the key."""
    [line] = [line for line in server.printed.splitlines() if "curl" in line]
    assert f"Data is kept in {folder.resolve()}\n" in server.printed
    [key] = re.findall(r"1-[0-9A-F]{64}", server.printed)
    assert line.strip() == f"curl {server.api}/getData -d pretty=true -u {EMAIL}:{key}"
    printed = _paste(line)
    assert printed.startswith(b'{\r\n  "objectType" : "Result",\r\n')
    assert orjson.loads(printed)["result"]["projects"] == []
    assert key not in server.log.read_text()
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix in ("", ".log", ".conf"):
            assert key.encode() not in file.read_bytes(), file
    return key


def _paste(line: str) -> bytes:
    """What a line prints in a shell."""
    if shutil.which("curl") is None:
        found = re.fullmatch(r"curl (?:-k )?(\S+) -d (\S+)=(\S+) -u ([^:]+):(\S+)", line.strip())
        assert found
        url, name, value, email, key = found.groups()
        return httpx2.post(url, data={name: value}, auth=(email, key), trust_env=False).content
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, check=True, timeout=60, env={**os.environ, "no_proxy": "127.0.0.1"}
    )
    return done.stdout


def _the_database_is_killed_under_load(server: Server, client: httpx2.Client) -> list[str]:
    """Kills PostgreSQL while calls are made; each is repeated until it has succeeded. Answers what must be there."""
    killed = postmaster(server.process.pid)
    going, enough = Event(), Event()

    def write() -> list[str]:
        acknowledged = []
        while not enough.is_set():
            name = f"P{len(acknowledged)}"
            until(partial(_has_succeeded, client, {"name": name, "requestID": name}))
            acknowledged.append(name)
            if len(acknowledged) == 20:
                going.set()
        return acknowledged

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        assert going.wait(60)
        os.kill(killed, signal.SIGKILL)
        until(lambda: not is_running(killed))
        until(lambda: client.get(f"{server.address}/readyz").status_code == 200)
        count = result_of(client.post("getDataVersion"))
        until(lambda: result_of(client.post("getDataVersion")) >= count + 5)
        enough.set()
        acknowledged = writing.result()
    assert postmaster(server.process.pid) != killed
    assert "PostgreSQL" in server.log.read_text()
    return acknowledged


def _has_succeeded(client: httpx2.Client, given: dict[str, str]) -> bool:
    response = client.post("addProject", data=given)
    error_id = response.json().get("errorID")
    assert error_id in (None, "RequestAlreadyExecuted", "APINotAvailable"), response.text
    return error_id != "APINotAvailable"


@pytest.mark.slow
def test_the_printed_line_works_for_strange_addresses(empty_database: str, started: list[Server], folder: Path) -> None:
    """A quote may stand in an e-mail address, and means something to a shell."""
    email = "o'neil+$HOME&co@example.com"
    server = start(folder, started, DATABASE_URL=empty_database, SCRUMRPC_ADMIN_EMAIL=email)
    [line] = [line for line in server.printed.splitlines() if "curl" in line]
    assert orjson.loads(_paste(line))["objectType"] == "Result"
    assert "Data is kept in" not in server.printed
    assert not folder.exists()
