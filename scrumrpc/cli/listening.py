"""Listening: how a worker takes the clients that wait to be connected, and leaves some to workers that have fewer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from scrumrpc.calls.counters import Counters
from scrumrpc.cli.orders import tell_ready
from scrumrpc.wire.bounds import SURPLUS

_AT_ONCE = 64
"""Clients that are taken in one round of the loop. uvloop would take one: behind hundreds of busy connections, whose
rounds take hundredths of a second, whoever comes anew would wait for seconds."""
_FEW = 4
_PART = 4
"""A worker may have so many clients more than another one, or this part of those that the other has."""
_COURTESY = 0.005
"""Seconds for which a worker that has more leaves who comes to the others. They may be busy: then it takes one."""
_OUT_OF_FILES = 0.1
"""Seconds until the next attempt where the system gives no connections."""
_WELCOME = 1.0
"""Seconds that those who are just being connected get when the server ends."""


class ListeningServer(uvicorn.Server):
    """uvicorn, which takes many clients at once, and about as many as each of the other workers has.

    Calls of an account queue in each worker, and the workers take turns: with most of its clients at one worker, those
    would get less done than the few elsewhere.

    It tells the parent, on standard output, when it takes clients; `before_end` is called when it begins to end. It
    takes at most so many `connections`, and some more to tell them so, those that are only being opened included.
    """

    def __init__(
        self, config: uvicorn.Config, before_end: Callable[[], None], connections: int, counters: Counters
    ) -> None:
        super().__init__(config)
        self._before_end = before_end
        self._most = connections + SURPLUS
        self._counters = counters
        self._listening: list[socket.socket] = []
        self._resting: dict[socket.socket, asyncio.TimerHandle] = {}
        self._opening: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes clients on the sockets."""
        await super().startup([])  # which would have uvloop take them
        self._tell()
        for each in sockets or []:
            each.setblocking(False)
            self._listening.append(each)
            self._begin(each)
        tell_ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        self._tell()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more clients and lets running calls end."""
        self._before_end()
        self._counters.tell_clients(None)
        for each in self._listening:
            self._pause(each)
        for timer in self._resting.values():
            timer.cancel()
        if self._opening:  # uvicorn would not know of them, and wait
            await asyncio.wait(self._opening, timeout=_WELCOME)
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        await super().shutdown(sockets)

    async def open(self, connection: socket.socket) -> None:
        """Begins to serve a client. OSError where it has gone."""
        await self.serve_with(self.config, connection)

    async def serve_with(self, config: uvicorn.Config, connection: socket.socket, **options: Any) -> None:
        """Hands a connection to the protocol of the configuration; the options are those of the loop."""
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: config.http_protocol_class(  # type: ignore[call-arg]
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            ),
            connection,
            **options,
        )

    # Who is taken ---------------------------------------------------------------------------------------------------

    def _begin(self, listening: socket.socket) -> None:
        asyncio.get_running_loop().add_reader(listening, self._take, listening)

    def _pause(self, listening: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(listening)

    def _rest(self, listening: socket.socket, seconds: float) -> None:
        self._pause(listening)
        self._resting[listening] = asyncio.get_running_loop().call_later(seconds, self._rested, listening)

    def _rested(self, listening: socket.socket) -> None:
        self._begin(listening)
        self._take(listening, 1)

    def _take(self, listening: socket.socket, at_least: int = 0) -> None:
        """Takes those who wait, as many as leave the other workers their part."""
        room = max(at_least, self._room())
        if room <= 0:
            self._rest(listening, _COURTESY)
            return
        try:
            for _ in range(room):
                self._open_soon(listening.accept()[0])
        except (BlockingIOError, ConnectionAbortedError):
            pass  # nobody waits, or who did has gone
        except OSError:
            self._rest(listening, _OUT_OF_FILES)
        self._tell()

    def _room(self) -> int:
        fewest = self._counters.fewest_clients()
        if fewest is None:
            return _AT_ONCE
        return min(_AT_ONCE, fewest + max(_FEW, fewest // _PART) - self._clients)

    @property
    def _clients(self) -> int:
        return len(self._opening) + len(self.server_state.connections)

    def _tell(self) -> None:
        self._counters.tell_clients(self._clients)

    def _open_soon(self, connection: socket.socket) -> None:
        if self._clients >= self._most:
            connection.close()
            return
        task = asyncio.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self.open(connection)
        except OSError:
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
