"""How a worker takes new clients: as many as wait, and no more than its part where other workers take clients too."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any, TypeVar

import pytest
import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.authentication import Credentials
from scrumrpc.calls.counters import Counters, CountersFile
from scrumrpc.cli import listening as module
from scrumrpc.cli.listening import ListeningServer
from scrumrpc.wire.bounds import SURPLUS, Bounds
from scrumrpc.wire.protocol import protocol_within
from scrumrpc.wire.shedding import Door

S = TypeVar("S", bound=socket.socket)
REQUEST = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
BUSY, NEW = 6, 40
FEW = 4


class Rounds:
    """Calls that have room for all; counts rounds of the loop in which something arrived."""

    has_room = True

    def __init__(self) -> None:
        self.count = 0

    def admits(self, _credentials: Credentials) -> bool:
        return True

    def expect(self, credentials: Credentials | None) -> None:
        assert credentials is None

    def expect_none(self) -> None:
        self.count += 1


async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})


class Clients:
    """Listens, and has clients who connect and wait until they are taken."""

    def __init__(self) -> None:
        self._come = ExitStack()
        self._servers: list[ListeningServer] = []
        self._listening = ExitStack()
        self.rounds = Rounds()
        self.listening = self._listening.enter_context(socket.create_server(("127.0.0.1", 0), backlog=200))
        self.address = self.listening.getsockname()

    def come(self, count: int) -> list[socket.socket]:
        return [self._come.enter_context(socket.create_connection(self.address)) for _ in range(count)]

    def go(self) -> None:
        self._come.close()

    def listen(self, kind: type[S]) -> S:
        """The same socket once more."""
        return self._listening.enter_context(kind(fileno=os.dup(self.listening.fileno())))

    def run(self, work: Callable[[], Awaitable[None]]) -> None:
        async def whole() -> None:
            try:
                await work()
            finally:
                self.go()
                for each in self._servers:
                    await each.shutdown([])
                self._listening.close()
                await asyncio.get_running_loop().shutdown_default_executor()

        uvloop.run(whole())

    async def worker(
        self, counters: Counters | None = None, listening: socket.socket | None = None, most: int = 1_000
    ) -> ListeningServer:
        """A server of the application that takes clients."""
        rounds: Any = self.rounds
        protocol = protocol_within(Bounds(), Door(rounds, log_calls=False), https_only_seconds=0)
        config = uvicorn.Config(
            app, http=protocol, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=5
        )
        config.load()
        server = ListeningServer(config, lambda: None, most, counters or Counters.alone())
        server.lifespan = config.lifespan_class(config)
        await server.startup([listening or self.listening])
        self._servers.append(server)
        return server


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    monkeypatch.setattr(module, "tell_ready", lambda: None)
    return Clients()


def test_a_busy_worker_takes_all_who_wait(clients: Clients) -> None:
    """Connections of which each sends the next request on its answer, and others that come all at once."""

    async def work() -> None:
        server = await clients.worker()
        talkers = [asyncio.create_task(talk(*await asyncio.open_connection(*clients.address))) for _ in range(BUSY)]
        await until(lambda: clients.rounds.count >= 10)
        begin = clients.rounds.count
        clients.come(NEW)
        await until(lambda: connected(server) == BUSY + NEW)
        taken = clients.rounds.count - begin
        for each in talkers:
            each.cancel()
        await asyncio.gather(*talkers, return_exceptions=True)
        assert taken < NEW / 4

    clients.run(work)


def test_whoever_is_just_being_connected_does_not_hold_up_the_end(clients: Clients) -> None:
    """They wait for nothing: of the server's patience with them, which is a minute, nothing is used."""

    async def work() -> None:
        server = await clients.worker()
        come = clients.come(NEW)
        server._take(clients.listening)
        assert connected(server) < NEW
        await server.shutdown([])
        left = list(server.server_state.connections)
        for each in left:
            each.transport.abort()  # type: ignore[union-attr]
        assert not left
        for client in come:
            client.settimeout(10)
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""

    clients.run(work)


@pytest.fixture
def two() -> Iterator[tuple[Counters, Counters]]:
    """The counters of two workers that share them."""
    file = CountersFile.make(2)
    yield file.of(2, 0), file.of(2, 1)
    os.close(file.number)


def test_workers_share_clients_who_come_at_once(clients: Clients, two: tuple[Counters, Counters]) -> None:
    async def work() -> None:
        servers = [await clients.worker(two[0]), await clients.worker(two[1], clients.listen(socket.socket))]
        clients.come(100)
        await until(lambda: sum(map(connected, servers)) == 100)
        fewer, more = sorted(map(connected, servers))
        assert more <= fewer + max(FEW, fewer // 4)

    clients.run(work)


@pytest.mark.parametrize(("others", "part"), [(0, 4), (16, 20), (40, 50)])
def test_clients_are_left_to_a_worker_with_fewer(
    clients: Clients, two: tuple[Counters, Counters], monkeypatch: pytest.MonkeyPatch, others: int, part: int
) -> None:
    monkeypatch.setattr(module, "_COURTESY", 0.1)
    mine, other = two
    rests: list[int] = []  # how many clients it had then

    async def work() -> None:
        other.tell_clients(others)
        server = await clients.worker(mine)
        rest = server._rest

        def note(listening: socket.socket, seconds: float) -> None:
            rests.append(connected(server) + len(server._opening))
            rest(listening, seconds)

        monkeypatch.setattr(server, "_rest", note)
        clients.come(part + 5)
        await until(lambda: connected(server) == part + 2)  # the other is busy, it seems
        assert rests[:3] == [part, part + 1, part + 2][: len(rests)]
        other.tell_clients(part + 5)
        await until(lambda: connected(server) == part + 5)
        assert len(rests) <= 3

    clients.run(work)


def test_workers_tell_how_many_clients_they_have(clients: Clients, two: tuple[Counters, Counters]) -> None:
    mine, other = two

    async def work() -> None:
        assert other.fewest_clients() is None
        server = await clients.worker(mine)
        assert other.fewest_clients() == 0
        come = clients.come(3)
        await until(lambda: connected(server) == 3)
        assert other.fewest_clients() == 3
        come[0].close()
        await until(lambda: connected(server) == 2)
        await server.on_tick(1)
        assert other.fewest_clients() == 2
        clients.go()
        await server.shutdown([])
        assert other.fewest_clients() is None

    clients.run(work)


class Failing(socket.socket):
    """Of whose attempts to take somebody some fail."""

    failures: list[OSError]
    attempts = 0

    def accept(self) -> tuple[socket.socket, Any]:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return super().accept()


@pytest.mark.parametrize(
    ("failure", "rests"),
    [
        (OSError(errno.EMFILE, "Too many open files"), True),
        (OSError(errno.ENOBUFS, "No buffer space available"), True),
        (ConnectionAbortedError(errno.ECONNABORTED, "Software caused connection abort"), False),
    ],
)
def test_clients_who_cannot_be_taken_now_are_taken_later(clients: Clients, failure: OSError, rests: bool) -> None:
    async def work() -> None:
        failing = clients.listen(Failing)
        failing.failures = [failure, failure]
        server = await clients.worker(listening=failing)
        begin = time.monotonic()
        clients.come(3)
        await until(lambda: connected(server) == 3)
        taken = time.monotonic() - begin
        assert (taken > 0.15) == rests
        assert failing.attempts < 10  # it does not try again and again

    clients.run(work)


def test_whoever_is_beyond_all_bounds_is_not_even_told(clients: Clients) -> None:
    async def work() -> None:
        server = await clients.worker(most=5)
        come = clients.come(5 + SURPLUS + 3)
        await until(lambda: connected(server) == 5 + SURPLUS)
        come[-1].settimeout(10)
        closed = await asyncio.get_running_loop().run_in_executor(None, come[-1].recv, 1)
        assert closed == b""
        assert connected(server) == 5 + SURPLUS

    clients.run(work)


def connected(server: ListeningServer) -> int:
    return len(server.server_state.connections)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  the loop goes round all the time
            await asyncio.sleep(0)


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            writer.write(REQUEST)
            await reader.readuntil(b"done")
    finally:
        writer.close()
