"""Prints what 2,000 streams of events and 2,000 waiting calls cost one worker, and how soon they hear of a commit.

    python -m tests.load.waiting [--clients 2000] [--commits 20]

Not a test: machines differ and are shared. The clients run in this process, so that it and the worker share the
processors: what it needs to take its answers is part of the times. Memory is the worker's proportional set size.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import psycopg
import uvloop

from scrumrpc.store.embedded import EmbeddedPostgres
from tests.serving import Server
from tests.wire.surroundings import workers

EMAIL = "admin@example.com"
PEOPLE = 100
"""So many people the clients belong to: not all of them are looked up as one."""


class Client(asyncio.Protocol):
    """One connection that sends a request and notes when something comes that has a data version above the last."""

    def __init__(self, bench: Bench, request: bytes) -> None:
        self.bench = bench
        self.request = request

    def connection_made(self, transport: Any) -> None:
        """Asks."""
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """The beginning of a stream, an event or an answer."""
        self.bench.heard(self, data)


class Bench:
    """Clients of one kind, and when each of them heard of the commit under way."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.clients: list[Client] = []
        self.times: list[float] = []
        self.opened = 0
        self.errors = 0
        self.changed = asyncio.Event()

    async def open(self, requests: list[bytes]) -> None:
        """One connection for each request, some at a time."""
        loop = asyncio.get_running_loop()
        for begin in range(0, len(requests), 100):
            await asyncio.gather(*(self._open(loop, each) for each in requests[begin : begin + 100]))

    async def _open(self, loop: asyncio.AbstractEventLoop, request: bytes) -> None:
        _, client = await loop.create_connection(lambda: Client(self, request), self.host, self.port)
        self.clients.append(client)

    def heard(self, client: Client, data: bytes) -> None:
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


@contextmanager
def served(folder: str) -> Iterator[tuple[Server, str]]:
    """A server with one worker and a database of its own, and how to reach that."""
    server = Server(
        ["--data", folder, "--workers", "1"],
        {"SCRUMRPC_LOG_CALLS": "false", "SCRUMRPC_WAITING": "0", "SCRUMRPC_WAITING_PER_KEY": "0"},
    )
    try:
        yield server, EmbeddedPostgres(Path(folder)).url
    finally:
        began = time.perf_counter()
        assert server.stop() == 0
        print(f"The server with its clients ended in {time.perf_counter() - began:.1f} s.")


class Worker:
    """What the worker process takes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kilobytes(self) -> int:
        """Memory: its own, and its part of what it shares."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])

    def seconds(self) -> float:
        """Processor time."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def threads(self) -> int:
        """Threads."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))


def request_of(path: str, email: str, key: str, **given: str) -> bytes:
    """A GET as it travels."""
    basic = base64.b64encode(f"{email}:{key}".encode()).decode()
    head = f"GET {path}?{urlencode(given)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\n\r\n"
    return head.encode()


class Measurement:
    """Clients of both kinds against one worker."""

    def __init__(self, server: Server, database_url: str, clients: int, commits: int) -> None:
        self.server = server
        self.database_url = database_url
        self.count = clients
        self.commits = commits
        where = urlsplit(server.address)
        self.host, self.port = str(where.hostname), int(where.port or 0)
        self.worker = Worker(workers(server.process.pid)[0])
        self.key = server.credentials(EMAIL)[1]
        self.version = 0

    async def run(self) -> None:
        """Measures everything and prints it."""
        for n in range(PEOPLE):
            await self.call("addPerson", emailAddress=f"p{n}@example.com", firstName="P")
        self.project = await self.call("addProject", name="P")
        await self.usual_calls("alone")
        before = self.worker.kilobytes()
        streams = Bench(self.host, self.port)
        await streams.open([self.request(n, "/service/events") for n in range(self.count)])
        await streams.until(self.count, "opened")
        with_streams = self.worker.kilobytes()
        print(f"{self.count} streams: {(with_streams - before) / self.count:.1f} kB each", end="; ")
        waits = await self.wait(self.count)
        print(f"{self.count} waiting calls: {(self.worker.kilobytes() - with_streams) / self.count:.1f} kB each")
        self.tell_of_connections()
        seconds = self.worker.seconds()
        await asyncio.sleep(20)
        print(f"Nothing happens: {(self.worker.seconds() - seconds) / 20:.2%} of a processor")
        await self.usual_calls("beside them")
        late: dict[str, list[float]] = {"streams": [], "waiting calls": []}
        for _ in range(self.commits):
            for each in (streams, waits):
                each.times.clear()
            began = await self.commit()
            await asyncio.gather(streams.until(self.count, "times"), waits.until(self.count, "times"))
            late["streams"] += [each - began for each in streams.times]
            late["waiting calls"] += [each - began for each in waits.times]
            for client in waits.clients:
                client.transport.close()
            waits = await self.wait(self.count)
        for name, times in late.items():
            self.tell(f"From the commit's answer to the {name}", times)

    def request(self, n: int, path: str, **given: str) -> bytes:
        """That of the n-th client."""
        return request_of(path, f"p{n % PEOPLE}@example.com", self.key, **given)

    async def wait(self, count: int) -> Bench:
        """So many calls that wait, once all do: they answer nothing that shows it, so the worker's rest does."""
        waits = Bench(self.host, self.port)
        given = {"newerThanDataVersion": str(self.version), "timeout": "60"}
        await waits.open([self.request(n, "/service/api/v1/waitForDataVersion", **given) for n in range(count)])
        while True:
            seconds = self.worker.seconds()
            await asyncio.sleep(0.3)
            if self.worker.seconds() - seconds < 0.05:
                return waits

    async def call(self, method: str, **given: str) -> str:
        """The result of a call of the administrator's."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(request_of(f"/service/api/v1/{method}", EMAIL, self.key, **given))
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()
        answer = orjson.loads(body)
        assert answer["objectType"] == "Result", answer
        self.version = answer["dataVersion"]
        return str(answer["result"])

    async def commit(self) -> float:
        """A change; answers when its answer came."""
        await self.call("addTag", projectID=self.project, name=f"T{time.perf_counter()}")
        return time.perf_counter()

    async def usual_calls(self, when: str) -> None:
        """How long calls take that have nothing to do with waiting."""
        times = []
        for _ in range(300):
            began = time.perf_counter()
            await self.call("getDataVersion")
            times.append(time.perf_counter() - began)
        self.tell(f"getDataVersion {when}", times)

    def tell_of_connections(self) -> None:
        """The database's side."""
        with psycopg.connect(self.database_url, autocommit=True) as conn:
            row = conn.execute(
                "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
        assert row
        print(
            f"Connections to the database: {row[0]}, of which {row[1]} do something; threads: {self.worker.threads()}"
        )

    @staticmethod
    def tell(what: str, times: list[float]) -> None:
        """Median and the slowest hundredth."""
        ordered = sorted(times)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        print(f"{what}: median {statistics.median(ordered) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")


def main() -> None:
    """Measures everything."""
    options = argparse.ArgumentParser()
    options.add_argument("--clients", type=int, default=2_000)
    options.add_argument("--commits", type=int, default=20)
    chosen = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as folder, served(folder) as (server, database_url):
        uvloop.run(Measurement(server, database_url, chosen.clients, chosen.commits).run())


if __name__ == "__main__":
    main()
