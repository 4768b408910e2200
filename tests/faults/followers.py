"""Followers of event streams and the receiver of a webhook, while things break; each keeps what it was told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson
from standardwebhooks import Webhook

from tests.faults.record import TRANSIENT


@dataclass(slots=True)
class Follower:
    """Follows an event stream from a version on, and goes on behind the last event whenever it breaks off."""

    url: str
    credentials: tuple[str, str]
    last: int
    events: list[tuple[int, Any]] = field(default_factory=list)
    connections: int = 0
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Follows until cancelled."""
        async with httpx2.AsyncClient(auth=self.credentials, timeout=httpx2.Timeout(10, read=40)) as client:
            while True:
                with suppress(httpx2.TransportError):
                    await self._follow(client)
                await asyncio.sleep(0.05)

    async def _follow(self, client: httpx2.AsyncClient) -> None:
        headers = {"Last-Event-ID": str(self.last), "Accept": "text/event-stream"}
        async with client.stream("GET", self.url, headers=headers) as answer:
            if answer.status_code in TRANSIENT:
                return
            assert answer.status_code == 200, await answer.aread()
            self.connections += 1
            await self._read(answer)

    async def _read(self, answer: httpx2.Response) -> None:
        """Reads events as the standard says: what has arrived counts once its blank line has."""
        seen, data, kind = self.last, "", ""
        async for line in answer.aiter_lines():
            if line.startswith("id:"):
                seen = int(line[3:].partition("-")[0])
            elif line.startswith("event:"):
                kind = line[6:].strip()
            elif line.startswith("data:"):
                data += line[5:].removeprefix(" ")
            elif not line:
                if data and kind == "end":
                    error = orjson.loads(data)["errorID"]
                    assert error in ("APINotAvailable", "APIBusy"), data
                elif data:
                    self.events.append((seen, orjson.loads(data)))
                self.last, data, kind = seen, "", ""
                if self.cut.is_set():
                    self.cut.clear()
                    return


@dataclass(slots=True)
class Received:
    """A request that the receiver got, and whether it acknowledged it."""

    message_id: str
    data: Any
    acknowledged: bool


@dataclass(slots=True)
class Receiver:
    """Receives the messages of a webhook on a port of its own; now and then it fails to acknowledge one."""

    received: list[Received] = field(default_factory=list)
    secret: str = ""
    forged: int = 0
    failures_left: int = 0
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def takes(self) -> bool:
        """Whether it took what came last: the longer it does not, the longer the server waits with the next attempt."""
        return not self.received or self.received[-1].acknowledged

    async def start(self) -> str:
        """Listens; answers the URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"

    async def stop(self) -> None:
        """Listens no more."""
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head.decode().split("\r\n")[1:] if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                if not await self._take(headers, body, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the sender was killed or has hung up
        finally:
            writer.close()

    async def _take(self, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> bool:
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)  # by a clock that may be moved
        signature = Webhook(self.secret).sign(headers["webhook-id"], sent_at, body.decode())
        self.forged += signature not in headers["webhook-signature"].split()
        fails = self.failures_left > 0
        self.failures_left -= fails
        self.received.append(Received(headers["webhook-id"], orjson.loads(body)["data"], not fails))
        if fails and self.failures_left % 2:
            return False  # hangs up without an answer
        status = b"500 Internal Server Error" if fails else b"204 No Content"
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        return True
