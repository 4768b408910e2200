"""Clients are shared out among the workers, about as many to each, also when one of these was replaced."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Server
from tests.wire.raw import connected, read_reply
from tests.wire.surroundings import until, workers

WORKERS = 3
REQUEST = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
ESTABLISHED = "01"


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    server = Server(["--workers", f"{WORKERS}"], {"DATABASE_URL": database_url})
    yield server
    server.stop()


def test_workers_have_about_as_many_clients_each(server: Server) -> None:
    with ExitStack() as clients:
        for _ in range(60):
            come(server, clients)
        before = clients_of_workers(server)
        assert sum(before.values()) == 60
        assert max(before.values()) - min(before.values()) <= 10, before

        killed = next(iter(before))
        os.kill(killed, signal.SIGKILL)
        until(lambda: takes_clients(server, but=before))
        for _ in range(before[killed]):
            come(server, clients)
        after = clients_of_workers(server)
        assert sum(after.values()) == 60
        assert max(after.values()) - min(after.values()) <= 10, after


def come(server: Server, clients: ExitStack) -> None:
    """A client who stays; it has been answered."""
    connection = clients.enter_context(connected(server))
    connection.sendall(REQUEST)
    assert read_reply(connection).status == 200


def takes_clients(server: Server, but: dict[int, int]) -> bool:
    """Whether another worker than those takes clients."""
    with ExitStack() as clients:
        come(server, clients)
        return any(count for pid, count in clients_of_workers(server).items() if pid not in but)


def clients_of_workers(server: Server) -> dict[int, int]:
    """How many connections each worker has, by process id."""
    port = urlsplit(server.address).port
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[3] == ESTABLISHED and int(row[1].rpartition(":")[2], 16) == port}
    return {pid: sum(each in inodes for each in _sockets(pid)) for pid in workers(server.process.pid)}


def _sockets(pid: int) -> Iterator[str]:
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has been closed meanwhile
            yield os.readlink(file).removeprefix("socket:[").removesuffix("]")
