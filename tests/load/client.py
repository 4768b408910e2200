"""A closed-loop HTTP client in a process of its own: so many connections, each sending its next request at once."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

_BUFFER = 1 << 20


class Loop(asyncio.BufferedProtocol):
    """One connection: sends a request, waits for the whole answer, sends the next, until time or calls are used up."""

    def __init__(self, requests: list[bytes], job: Job, done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.job = job
        self.done = done
        self.position = 0
        self.buffer = memoryview(job.buffer)  # one for all: nothing is kept in it
        self.head = b""
        self.missing = -1
        self.bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Starts."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """The next request."""
        self.began = time.perf_counter()
        self.transport.write(self.requests[self.position % len(self.requests)])
        self.position += 1

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Part of an answer."""
        if self.missing < 0:
            self.head += self.buffer[:nbytes]
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.head.startswith(b"HTTP/1.1 2"):
                self.fail(f"{self.head[:2000]!r}")
                return
            head = self.head[: end + 4].lower()
            if b"\r\ntransfer-encoding: chunked\r\n" in head:
                if not self.head.endswith(b"\r\n0\r\n\r\n"):
                    return  # peers answer so, a few hundred bytes
                length = len(self.head) - end - 4
            else:
                begin = head.index(b"content-length:") + 15
                length = int(head[begin : head.index(b"\r\n", begin)])
            self.bytes = max(self.bytes, length)
            self.missing = length - (len(self.head) - end - 4)
        else:
            self.missing -= nbytes
        if self.missing == 0:
            self.answered(time.perf_counter())

    def answered(self, now: float) -> None:
        """A whole answer is there."""
        self.job.times.append(now - self.began)
        self.head = b""
        self.missing = -1
        if self.position < self.job.calls if self.job.calls else now < self.job.until:
            self.send()
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server must not end a connection."""
        if not self.done.done():
            self.fail(f"The connection was lost: {exc}")

    def fail(self, why: str) -> None:
        """Ends the measurement."""
        if not self.done.done():
            self.done.set_exception(RuntimeError(why))
        self.transport.close()


class Job:
    """What all connections share."""

    def __init__(self, seconds: float, calls: int) -> None:
        self.seconds = seconds
        self.calls = calls
        self.times: list[float] = []
        self.until = 0.0
        self.buffer = bytearray(_BUFFER)


async def run(host: str, port: int, streams: list[list[bytes]], job: Job) -> dict[str, Any]:
    """Runs one connection for each stream of requests and sums up."""
    loop = asyncio.get_running_loop()
    busy, began = time.process_time(), time.perf_counter()
    job.until = began + job.seconds
    ends, loops = [], []
    for requests in streams:
        done: asyncio.Future[None] = loop.create_future()
        one = Loop(requests, job, done)
        await loop.create_connection(lambda one=one: one, host, port)
        ends.append(done)
        loops.append(one)
    await asyncio.gather(*ends)
    elapsed = time.perf_counter() - began
    times = sorted(job.times)
    return {
        "per_second": len(times) / elapsed,
        "median_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        "longest_ms": times[-1] * 1000,
        "each_ms": [taken * 1000 for taken in job.times] if job.calls else [],
        "calls": len(times),
        "bytes": max(one.bytes for one in loops),
        "client_busy": (time.process_time() - busy) / elapsed,
    }


def main() -> None:
    """Reads the job from standard input, prints the figures."""
    given = json.load(sys.stdin)
    streams = [[request.encode("latin-1") for request in stream] for stream in given["streams"]]
    job = Job(given["seconds"], given["calls"])
    print(json.dumps(uvloop.run(run(given["host"], given["port"], streams, job))))


if __name__ == "__main__":
    main()
