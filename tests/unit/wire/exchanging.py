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

    def write(self, data: Any) -> None:
        """A write of its own."""
        self.written.append(bytes(data))

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """One write of several pieces."""
        self.written.append(b"".join(list_of_data))

    def close(self) -> None:
        """Nothing may be written after that."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def pause_reading(self) -> None:
        """Nothing to do."""

    def resume_reading(self) -> None:
        """Nothing to do."""


def exchange(app: ASGIApp, sent: bytes) -> Transport:
    """What an application's answers to a connection look like."""

    async def work() -> Transport:
        config = uvicorn.Config(app, http=Protocol, ws="none", lifespan="off", log_config=None, server_header=False)
        config.date_header = False
        config.load()
        state = ServerState()
        protocol = Protocol(config, state, {})
        transport = Transport()
        protocol.connection_made(transport)
        protocol.data_received(sent)
        while state.tasks:
            await asyncio.gather(*state.tasks)
        protocol.connection_lost(None)
        return transport

    return asyncio.run(work())
