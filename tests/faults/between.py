"""Between: stands between the workers and PostgreSQL for a while, and cuts a connection about its COMMIT.

PostgreSQL's socket is put aside, and one of ours takes its place: what connects from then on comes through here.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

Moment = Literal["before", "at", "after"]
"""Before COMMIT is sent; as soon as it is sent; when it is done, and before that is told."""
_PIECE = 65_536
_COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
_PARSE, _BIND = b"P"[0], b"B"[0]


def cut_at_commits(socket: Path, moment: Moment, times: int, disconnect: Callable[[], None], deadline: float) -> int:
    """Cuts connections at that moment, so often or until the deadline; answers how many were cut.

    `disconnect` cuts those that there are before: whoever connects anew is seen here.
    """
    return asyncio.run(_Between(socket, moment, times).run(disconnect, deadline))


class _Between:
    def __init__(self, socket: Path, moment: Moment, times: int) -> None:
        self._socket = socket
        self._aside = socket.with_name("aside")
        self._moment = moment
        self._times = times
        self._cut = 0
        self._all_cut = asyncio.Event()
        self._is_over = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def run(self, disconnect: Callable[[], None], deadline: float) -> int:
        os.rename(self._socket, self._aside)
        server = await asyncio.start_unix_server(self._take, self._socket)
        await asyncio.to_thread(disconnect)
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline - time.monotonic()):
                await self._all_cut.wait()
        server.close()
        with suppress(FileNotFoundError):
            os.rename(self._aside, self._socket)
        self._is_over = True
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._serving, return_exceptions=True)
        return self._cut

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_unix_connection(self._aside)
        both = {writer, asks}
        self._writers |= both
        if self._is_over:  # it was only being opened as the others were cut
            for each in both:
                each.transport.abort()
        link = _Link(self._moment, self._is_wanted)
        try:
            await asyncio.gather(self._requests(reader, asks, link), self._answers(answers, writer, link))
        except _Cut:
            self._cut += 1
            if not self._is_wanted():
                self._all_cut.set()
        except OSError:
            pass  # one of them hung up
        finally:
            for each in both:
                each.transport.abort()
            self._writers -= both

    def _is_wanted(self) -> bool:
        return self._cut < self._times

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: _Link) -> None:
        while piece := await reader.read(_PIECE):
            for message in link.messages(piece):
                if link.commits(message) and link.is_cut("before"):
                    await writer.drain()
                    raise _Cut
                writer.write(message)
            await writer.drain()
            if link.has_commit and link.is_cut("at"):
                raise _Cut
        writer.write_eof()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: _Link) -> None:
        while piece := await reader.read(_PIECE):
            if _COMMITTED in piece and link.is_cut("after"):
                raise _Cut
            writer.write(piece)
            await writer.drain()
        raise ConnectionResetError


class _Cut(Exception):
    """The connection is to be cut now."""


class _Link:
    """What was seen on a connection: which prepared statements are COMMIT, and whether one is on its way."""

    def __init__(self, moment: Moment, is_wanted: Callable[[], bool]) -> None:
        self._moment = moment
        self._is_wanted = is_wanted
        self._rest = b""
        self._is_typed = False  # the first message has no type
        self._commits: set[bytes] = set()
        self.has_commit = False

    def is_cut(self, moment: Moment) -> bool:
        """Whether the connection is to be cut at this moment."""
        return moment == self._moment and self._is_wanted()

    def messages(self, piece: bytes) -> Iterator[bytes]:
        """The messages that are complete now."""
        self._rest += piece
        while True:
            begin = 1 if self._is_typed else 0
            if len(self._rest) < begin + 4:
                return
            (length,) = struct.unpack_from("!I", self._rest, begin)
            if len(self._rest) < begin + length:
                return
            message, self._rest = self._rest[: begin + length], self._rest[begin + length :]
            if not self._is_typed:
                (code,) = struct.unpack_from("!I", message, 4)
                self._is_typed = code >> 16 == 3
            yield message

    def commits(self, message: bytes) -> bool:
        """Whether this message has COMMIT executed."""
        if not self._is_typed:
            return False
        if message[0] == _PARSE:
            name, query, _ = message[5:].split(b"\0", 2)
            self._commits.discard(name)
            if query == b"COMMIT":
                self._commits.add(name)
        elif message[0] == _BIND:
            _, name, _ = message[5:].split(b"\0", 2)
            if name in self._commits:
                self.has_commit = True
                return True
        return False
