"""How a worker takes new connections."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.authentication import Credentials
from scrumrpc.cli import plain
from scrumrpc.cli.listening import waiting
from scrumrpc.cli.plain import PlainServer
from scrumrpc.wire.bounds import Bounds
from scrumrpc.wire.protocol import protocol_within
from scrumrpc.wire.shedding import Door

REQUEST = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
BUSY, NEW = 6, 40


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


async def started(door: Door, listening: socket.socket) -> PlainServer:
    """A server of the application that takes connections on the socket."""
    protocol = protocol_within(Bounds(), door, https_only_seconds=0)
    config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None)
    config.load()
    server = PlainServer(config, lambda: None, door)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listening])
    return server


def test_a_busy_worker_takes_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of which each sends the next request on its answer, and others that come all at once."""
    monkeypatch.setattr(plain, "tell_ready", lambda: None)
    rounds: Any = Rounds()
    door = Door(rounds, log_calls=False)

    async def rounds_until_all_are_connected() -> int:
        loop = asyncio.get_running_loop()
        server = await started(door, listening)
        talkers = [asyncio.create_task(talk(*await asyncio.open_connection(*address))) for _ in range(BUSY)]
        while rounds.count < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        begin = rounds.count
        for _ in range(NEW):
            stack.enter_context(socket.create_connection(address))
        async with asyncio.timeout(10):
            while len(server.server_state.connections) < BUSY + NEW:  # noqa: ASYNC110
                await asyncio.sleep(0)
        taken = rounds.count - begin
        for each in talkers:
            each.cancel()
        stack.close()
        await asyncio.gather(*talkers, return_exceptions=True)
        await server.shutdown([listening])
        assert waiting(listening) == []
        await loop.shutdown_default_executor()
        return taken

    with ExitStack() as stack:
        listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        address = listening.getsockname()
        taken = uvloop.run(rounds_until_all_are_connected())
    assert taken < NEW / 4


def test_whoever_is_just_being_connected_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait for nothing: of the server's patience with them, which is a minute, nothing is used."""
    monkeypatch.setattr(plain, "tell_ready", lambda: None)
    rounds: Any = Rounds()
    door = Door(rounds, log_calls=False)

    async def take_and_end() -> None:
        loop = asyncio.get_running_loop()
        server = await started(door, listening)
        clients = [stack.enter_context(socket.create_connection(address)) for _ in range(NEW)]
        door.take_others()
        server.config.timeout_graceful_shutdown = 5
        await server.shutdown([listening])
        left = list(server.server_state.connections)
        for each in left:
            each.transport.abort()
        await loop.shutdown_default_executor()
        assert not left
        assert door.take_others != server._take_others
        for client in clients:
            client.settimeout(10)
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""

    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100))
        address = listening.getsockname()
        uvloop.run(take_and_end())


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            writer.write(REQUEST)
            await reader.readuntil(b"done")
    finally:
        writer.close()
