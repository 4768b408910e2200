"""What waits: streams of events and waiting calls, as many of each; what they cost one worker, and how soon they hear.

The clients run in this process, so that it and the worker share the processors: what it needs to take its answers is
part of the times.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import uvloop

from tests.load.bench import Bench
from tests.load.calls import PROJECT, basic, poll, request
from tests.load.chart import Curve
from tests.load.prepared import email_of
from tests.load.servers import Served, served

PEOPLE = 100
"""So many people the clients belong to: not all of them are looked up as one."""
_COMMITS = 10
_IDLE = 5.0
"""Seconds that nothing happens, to see what waiting alone takes."""


def waiting(bench: Bench) -> list[Curve]:
    """Kilobytes of each, the time from a commit's answer until all have heard, and what other calls feel of them."""
    key = bench.prepared.peopled(PEOPLE)
    found: list[tuple[int, Found]] = []
    for count in sorted({bench.clients // 8, bench.clients // 4, bench.clients // 2, bench.clients} - {0}):
        settings = {"SCRUMRPC_WAITING": "0", "SCRUMRPC_WAITING_PER_KEY": "0"}
        with served(bench.prepared.url, 1, settings) as server:
            found.append((count, uvloop.run(_Measurement(server, key, count).run())))
    of = "streams, and as many waiting calls"

    def curve(title: str, name: str, unit: str, figure: str) -> Curve:
        return Curve(title, name, unit, of, [(count, getattr(each, figure)) for count, each in found])

    return [
        curve("From a commit's answer to streams", "median", "ms", "streams_ms"),
        curve("From a commit's answer to streams", "p99", "ms", "streams_p99_ms"),
        curve("From a commit's answer to waiting calls", "median", "ms", "calls_ms"),
        curve("From a commit's answer to waiting calls", "p99", "ms", "calls_p99_ms"),
        curve("Memory of each", "stream", "kB", "stream_kilobytes"),
        curve("Memory of each", "waiting call", "kB", "call_kilobytes"),
        curve("getDataVersion beside them", "median", "ms", "poll_ms"),
        curve("Worker while nothing happens", "of a processor", "%", "idle_percent"),
    ]


@dataclass(slots=True)
class Found:
    """What was measured with so many of each."""

    stream_kilobytes: float = 0
    call_kilobytes: float = 0
    idle_percent: float = 0
    poll_ms: float = 0
    streams: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    @property
    def streams_ms(self) -> float:
        """Median of the streams."""
        return statistics.median(self.streams) * 1000

    @property
    def streams_p99_ms(self) -> float:
        """The slowest hundredth of the streams."""
        return _slow(self.streams) * 1000

    @property
    def calls_ms(self) -> float:
        """Median of the waiting calls."""
        return statistics.median(self.calls) * 1000

    @property
    def calls_p99_ms(self) -> float:
        """The slowest hundredth of the waiting calls."""
        return _slow(self.calls) * 1000


class _Client(asyncio.Protocol):
    """One connection that sends a request and notes when something comes that has a data version above the last."""

    def __init__(self, clients: _Clients, request: bytes) -> None:
        self.clients = clients
        self.request = request

    def connection_made(self, transport: Any) -> None:
        """Asks."""
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """The beginning of a stream, an event or an answer."""
        self.clients.heard(data)


class _Clients:
    """Clients of one kind, and when each of them heard of the commit under way."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.all: list[_Client] = []
        self.times: list[float] = []
        self.opened = 0
        self.errors = 0
        self.changed = asyncio.Event()

    async def open(self, requests: list[bytes]) -> None:
        """One connection for each request, some at a time."""
        for begin in range(0, len(requests), 100):
            await asyncio.gather(*(self._open(each) for each in requests[begin : begin + 100]))

    async def _open(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: _Client(self, request), self.host, self.port)
        self.all.append(client)

    def heard(self, data: bytes) -> None:
        """Notes what came: an event, an answer, or that a stream is open."""
        if b'"dataVersion"' in data:
            self.times.append(time.perf_counter())
        elif data.startswith(b"HTTP/1.1 200"):
            self.opened += 1
        elif data.startswith(b"HTTP/1.1"):
            self.errors += 1
        self.changed.set()

    async def until(self, count: int, of: str) -> None:
        """Until so many streams are open, or so many clients have heard."""
        while (len(self.times) if of == "times" else self.opened) < count:
            assert not self.errors, f"{self.errors} clients were refused"
            self.changed.clear()
            await self.changed.wait()

    def close(self) -> None:
        """Ends all connections."""
        for client in self.all:
            client.transport.close()


class _Measurement:
    """So many streams and as many waiting calls against one worker."""

    def __init__(self, server: Served, key: str, count: int) -> None:
        where = urlsplit(server.address)
        self.server = server
        self.host, self.port = str(where.hostname), int(where.port or 0)
        [self.worker] = server.workers
        self.key = key
        self.count = count
        self.version = 0
        self.found = Found()

    async def run(self) -> Found:
        """Measures everything."""
        await self.call(poll(self.key), times=100)
        before = self.worker.kilobytes()
        streams = _Clients(self.host, self.port)
        await streams.open([self.get(n, "/service/events") for n in range(self.count)])
        await streams.until(self.count, "opened")
        with_streams = self.worker.kilobytes()
        self.found.stream_kilobytes = (with_streams - before) / self.count
        waits = await self.wait()
        self.found.call_kilobytes = (self.worker.kilobytes() - with_streams) / self.count
        seconds = self.worker.seconds()
        await asyncio.sleep(_IDLE)
        self.found.idle_percent = (self.worker.seconds() - seconds) / _IDLE * 100
        self.found.poll_ms = statistics.median(await self.call(poll(self.key), times=300)) * 1000
        for n in range(_COMMITS):
            streams.times.clear()
            await self.call(request("addTag", self.key, projectID=PROJECT, name=f"T{time.time_ns()}"))
            began = time.perf_counter()
            await asyncio.gather(streams.until(self.count, "times"), waits.until(self.count, "times"))
            self.found.streams += [each - began for each in streams.times]
            self.found.calls += [each - began for each in waits.times]
            waits.close()
            if n < _COMMITS - 1:
                waits = await self.wait()
        streams.close()
        return self.found

    def get(self, n: int, path: str, **given: str) -> bytes:
        """A GET of the n-th client."""
        head = f"GET {path}?{urlencode(given)} HTTP/1.1\r\nHost: localhost\r\n"
        return f"{head}Authorization: {basic(email_of(n % PEOPLE), self.key)}\r\n\r\n".encode()

    async def wait(self) -> _Clients:
        """So many calls that wait, once all do: they answer nothing that shows it, so the worker's rest does."""
        waits = _Clients(self.host, self.port)
        given = {"newerThanDataVersion": str(self.version), "timeout": "60"}
        await waits.open([self.get(n, "/service/api/v1/waitForDataVersion", **given) for n in range(self.count)])
        while True:
            seconds = self.worker.seconds()
            await asyncio.sleep(0.3)
            if self.worker.seconds() - seconds < 0.05:
                return waits

    async def call(self, sent: bytes, times: int = 1) -> list[float]:
        """Makes a call, so many times, on a connection of its own; the seconds that each took."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            writer.write(sent)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            taken.append(time.perf_counter() - began)
            answer = orjson.loads(body)
            assert answer["objectType"] == "Result", answer
            self.version = answer["dataVersion"]
        writer.close()
        return taken


def _slow(times: list[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
