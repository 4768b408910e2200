"""Front: a port in front of the server that passes bytes on, and cuts connections in the middle when it is told to."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

_PIECE = 65_536


class Front:
    """Passes connections on to a port of this machine.

    While `cutting` is "request" or "answer", each connection is cut within the next request, or within the next answer,
    that comes; both sides learn of it by a reset. `cuts` counts.
    """

    def __init__(self, port: int, seed: int = 5) -> None:
        self._to = port
        self._random = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cutting: str | None = None
        self.cuts = 0

    async def start(self) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listens no more, and cuts what is connected."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return

        def cut() -> None:
            self.cuts += 1
            writer.transport.abort()
            downstream.transport.abort()

        both = {writer, downstream}
        self._writers |= both
        await asyncio.gather(
            self._pass_on(reader, downstream, "request", cut), self._pass_on(upstream, writer, "answer", cut)
        )
        self._writers -= both

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, what: str, cut: Callable[[], None]
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if self.cutting == what:
                    writer.write(piece[: self._random.randrange(len(piece))])
                    await asyncio.sleep(0.01)  # so that what there is arrives
                    cut()
                    return
                writer.write(piece)
                await writer.drain()
        writer.close()
