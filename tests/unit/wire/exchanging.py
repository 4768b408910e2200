"""A connection without a socket: what a client sends goes in, what is written comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from scrumrpc.wire.protocol import Protocol


class Transport(asyncio.Transport):
    """Keeps what is written, one entry for each time."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False
        self.ended = False
        self.paused = False

    def write(self, data: Any) -> None:
        """A write of its own."""
        assert not self.ended
        self.written.append(bytes(data))

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """One write of several pieces."""
        assert not self.ended
        self.written.append(b"".join(list_of_data))

    def close(self) -> None:
        """Nothing may be written after that."""
        self.closed = True

    def can_write_eof(self) -> bool:
        """As where there is no TLS."""
        return True

    def write_eof(self) -> None:
        """Nothing may be written after that either."""
        self.ended = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def pause_reading(self) -> None:
        """What the client sends waits from now on."""
        self.paused = True

    def resume_reading(self) -> None:
        """What the client sends is taken again."""
        self.paused = False


def exchange(app: ASGIApp, *sent: bytes, ended: bool = False, protocol: type[Protocol] = Protocol) -> Transport:
    """What an application's answers to a connection look like; the client may end it when it has sent all."""

    async def work() -> Transport:
        config = uvicorn.Config(app, http=protocol, ws="none", lifespan="off", log_config=None, server_header=False)
        config.date_header = False
        config.load()
        state = ServerState()
        connection = protocol(config, state, {})
        transport = Transport()
        connection.connection_made(transport)
        for data in sent:
            connection.data_received(data)
            await asyncio.sleep(0)
        if ended:
            connection.eof_received()
        async with asyncio.timeout(60):
            while state.tasks:
                await asyncio.gather(*state.tasks)
        connection.connection_lost(None)
        return transport

    return asyncio.run(work())
