"""A closed-loop HTTP client in a process of its own: so many connections, each sending its next request at once."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any

import uvloop


class Loop(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next, until the time is over."""

    def __init__(self, requests: list[bytes], until: float, times: list[float], done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.until = until
        self.times = times
        self.done = done
        self.position = 0
        self.got = bytearray()
        self.missing = -1
        self.sizes: set[int] = set()

    def connection_made(self, transport: Any) -> None:
        """Starts."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """The next request."""
        self.began = time.perf_counter()
        self.transport.write(self.requests[self.position % len(self.requests)])
        self.position += 1

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        if self.missing < 0:
            self.got += data
            head, found, rest = bytes(self.got).partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(f"{head!r} {rest[:300]!r}"))
                self.transport.close()
                return
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            self.missing = int(length) - len(rest)
            self.sizes.add(int(length))
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            now = time.perf_counter()
            self.times.append(now - self.began)
            self.got.clear()
            self.missing = -1
            if now < self.until:
                self.send()
            else:
                self.transport.close()
                self.done.set_result(None)


async def measure(host: str, port: int, streams: list[list[bytes]], seconds: float) -> dict[str, float]:
    """Runs one connection for each stream of requests and sums up."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    began = time.perf_counter()
    ends, loops = [], []
    for requests in streams:
        done: asyncio.Future[None] = loop.create_future()
        one = Loop(requests, began + seconds, times, done)
        await loop.create_connection(lambda one=one: one, host, port)
        ends.append(done)
        loops.append(one)
    await asyncio.gather(*ends)
    elapsed = time.perf_counter() - began
    times.sort()
    return {
        "per_second": len(times) / elapsed,
        "median_ms": statistics.median(times) * 1000,
        "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        "calls": len(times),
        "bytes": max(max(one.sizes) for one in loops),
    }


def main() -> None:
    """Reads the job from standard input, prints the figures."""
    job = json.load(sys.stdin)
    streams = [[request.encode("latin-1") for request in stream] for stream in job["streams"]]
    print(json.dumps(uvloop.run(measure(job["host"], job["port"], streams, job["seconds"]))))


if __name__ == "__main__":
    main()
