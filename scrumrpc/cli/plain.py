"""A worker's server without TLS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn

from scrumrpc.cli.listening import waiting
from scrumrpc.cli.orders import tell_ready
from scrumrpc.wire.shedding import Door


class PlainServer(uvicorn.Server):
    """uvicorn, which takes many new connections at once where many requests arrive at the `door`.

    It tells the parent, on standard output, when it takes connections; `before_end` is called when it begins to end.
    """

    def __init__(self, config: uvicorn.Config, before_end: Callable[[], None], door: Door) -> None:
        super().__init__(config)
        self._before_end = before_end
        self._door = door
        self._sockets: list[socket.socket] = []
        self._opening: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes connections on the sockets."""
        await super().startup(sockets)
        self._sockets = sockets or []
        self._door.take_others = self._take_others
        tell_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more connections and lets running calls end."""
        self._before_end()
        self._door.take_others = lambda: None
        await asyncio.gather(*self._opening, return_exceptions=True)  # uvicorn would not know of them, and wait
        await super().shutdown(sockets)

    def _take_others(self) -> None:
        for listening in self._sockets:
            for connection in waiting(listening):
                task = asyncio.create_task(self._open(connection))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        config = self.config
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: config.http_protocol_class(  # type: ignore[call-arg]
                    config=config, server_state=self.server_state, app_state=self.lifespan.state
                ),
                connection,
            )
        except OSError:  # the client has gone
            connection.close()
