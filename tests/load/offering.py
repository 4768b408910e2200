"""An open-loop client: requests set out when the schedule says so, however long the answers to earlier ones take.

Each process offers its part of the calls. Times count from the scheduled moment: whoever waits for a connection, or for
this client, waits all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import uvloop

_BUFFER = 1 << 18
_TICK = 0.001
_PATIENCE = 1.0
"""Seconds after which a call for which no connection is free is given up, by clients that share connections."""
_PAUSE = 1.0
"""Seconds for which clients that do as they are told make no call after a refusal: its Retry-After."""
_LAST_ANSWERS = 30.0
"""Seconds in which those that set out must be answered, once no more set out."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of call: its share among all, and requests that it sends in turn."""

    name: str
    share: float
    requests: Sequence[bytes]


@dataclass(slots=True)
class Offered:
    """What became of what was offered. Times are in seconds, by kind; `others` are answers but Results and APIBusy."""

    seconds: float = 0
    offered: int = 0
    accepted: dict[str, list[float]] = field(default_factory=dict)
    refused: list[float] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    unsent: int = 0  # no connection was free for them in good time
    late: list[float] = field(default_factory=list)  # by how much calls set out after the scheduled moment

    @property
    def times(self) -> list[float]:
        """Of all that were accepted."""
        return [each for times in self.accepted.values() for each in times]


class Offer:
    """Runs in processes of its own until `found` is asked for.

    Either all calls share the connections, and wait for one, or each of these is a client of its own: it pauses after a
    refusal as it is told to, or `hurries` on; what comes due while all are pausing or waiting is never sent.
    """

    def __init__(
        self,
        address: str,
        kinds: Sequence[Kind],
        rate: float,
        seconds: float,
        *,
        connections: int = 256,
        processes: int = 1,
        shared: bool = True,
        hurries: bool = True,
    ) -> None:
        where = urlsplit(address)
        job = {
            "host": where.hostname,
            "port": where.port,
            "rate": rate / processes,
            "seconds": seconds,
            "connections": connections // processes,
            "shared": shared,
            "hurries": hurries,
            "kinds": [[kind.name, kind.share, [one.decode("latin-1") for one in kind.requests]] for kind in kinds],
        }
        self._processes = []
        for seed in range(processes):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.load.offering"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            assert process.stdin is not None
            process.stdin.write(json.dumps({**job, "seed": seed}))
            process.stdin.close()
            process.stdin = None  # or else communicate() would write to it
            self._processes.append(process)

    def found(self) -> Offered:
        """Waits for the end."""
        whole = Offered()
        for process in self._processes:
            printed, _ = process.communicate()
            if process.returncode:
                raise SystemExit("The client failed; what it said stands above.")
            part = json.loads(printed)
            whole.seconds = max(whole.seconds, part["seconds"])
            whole.offered += part["offered"]
            for name, times in part["accepted"].items():
                whole.accepted.setdefault(name, []).extend(times)
            whole.refused += part["refused"]
            whole.others.update(part["others"])
            whole.unanswered += part["unanswered"]
            whole.unsent += part["unsent"]
            whole.late += part["late"]
        return whole

    def stop(self) -> None:
        """Ends it without figures."""
        for process in self._processes:
            process.kill()
            process.communicate()


class _Connection(asyncio.BufferedProtocol):
    """Sends a request, waits for the whole answer, and is free for the next one."""

    def __init__(self, client: _Client) -> None:
        self.client = client
        self.head = b""
        self.missing = -1
        self.kind = ""
        self.due = 0.0
        self.is_busy = False
        self.is_lost = False

    def connection_made(self, transport: Any) -> None:
        """Is free."""
        self.transport = transport

    def send(self, kind: str, request: bytes, due: float) -> None:
        """A request that was due at that moment."""
        self.kind, self.due, self.is_busy = kind, due, True
        self.transport.write(request)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go; one for all, since nothing is kept in it."""
        return self.client.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Part of an answer."""
        if self.missing < 0:
            self.head += self.client.buffer[:nbytes]
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            begin = self.head.index(b"content-length:") + 15
            self.missing = int(self.head[begin : self.head.index(b"\r\n", begin)]) - (len(self.head) - end - 4)
        else:
            self.missing -= nbytes
        if self.missing == 0:
            head, self.head, self.missing, self.is_busy = self.head, b"", -1, False
            self.client.answered(self, head, time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        """Another one takes its place."""
        self.client.lost(self)


class _Client:
    """All connections of a process."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.buffer = memoryview(bytearray(_BUFFER))
        self.free: deque[_Connection] = deque()
        self.waiting: deque[tuple[str, bytes, float]] = deque()
        self.under_way = 0
        self.accepted: dict[str, list[float]] = {name: [] for name, _, _ in job["kinds"]}
        self.refused: list[float] = []
        self.late: list[float] = []
        self.others: Counter[str] = Counter()
        self.unsent = 0
        self.connecting: set[asyncio.Future[None]] = set()
        self.is_offered = False
        self.all_answered = asyncio.Event()
        self.is_over = False

    async def run(self) -> dict[str, Any]:
        """Offers everything."""
        for _ in range(self.job["connections"]):
            await self.connect()
        chance = random.Random(self.job["seed"])
        requests = {name: [one.encode("latin-1") for one in sent] for name, _, sent in self.job["kinds"]}
        turns = {name: chance.randrange(len(sent)) for name, sent in requests.items()}
        names, shares = [name for name, _, _ in self.job["kinds"]], [share for _, share, _ in self.job["kinds"]]
        began = time.perf_counter()
        due, offered = began + chance.expovariate(self.job["rate"]), 0
        while due < began + self.job["seconds"]:
            now = time.perf_counter()
            while due <= now:
                [name] = chance.choices(names, shares)
                turns[name] += 1
                self.send(name, requests[name][turns[name] % len(requests[name])], due)
                offered += 1
                due += chance.expovariate(self.job["rate"])
            await asyncio.sleep(_TICK)
        seconds = time.perf_counter() - began
        self.is_offered = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_ANSWERS if self.under_way else 0):
                await self.all_answered.wait()
        self.is_over = True
        return {
            "seconds": seconds,
            "offered": offered,
            "accepted": self.accepted,
            "refused": self.refused,
            "others": self.others,
            "unanswered": self.under_way,
            "unsent": self.unsent + len(self.waiting),
            "late": self.late,
        }

    async def connect(self) -> None:
        """One more connection."""
        where = self.job["host"], self.job["port"]
        _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(self), *where)
        self.release(connection)

    def send(self, name: str, request: bytes, due: float) -> None:
        """Sends on the connection that has been free for longest, or as soon as there is one."""
        if self.free:
            self.late.append(time.perf_counter() - due)
            self.under_way += 1
            self.free.popleft().send(name, request, due)
        elif self.job["shared"]:
            self.waiting.append((name, request, due))
        else:
            self.unsent += 1

    def answered(self, connection: _Connection, head: bytes, now: float) -> None:
        """Notes the time of an answer."""
        self.under_way -= 1
        status = head[9:12]
        if status == b"200":
            self.accepted[connection.kind].append(now - connection.due)
        elif status == b"503":
            self.refused.append(now - connection.due)
            if not self.job["hurries"]:
                asyncio.get_running_loop().call_later(_PAUSE, self.release, connection)
                self.end_when_answered()
                return
        else:
            self.others[f"{connection.kind}: {head[-200:].decode('latin-1')}"] += 1
        self.release(connection)

    def release(self, connection: _Connection) -> None:
        """Gives a connection to whoever waits for one."""
        if connection.is_lost:
            return
        self.free.append(connection)
        while self.waiting and self.waiting[0][2] < time.perf_counter() - _PATIENCE:
            self.waiting.popleft()
            self.unsent += 1
        if self.waiting and not self.is_offered:
            self.send(*self.waiting.popleft())
        self.end_when_answered()

    def end_when_answered(self) -> None:
        """Wakes whoever waits for the last answer, if it has come."""
        if self.is_offered and not self.under_way:
            self.all_answered.set()

    def lost(self, connection: _Connection) -> None:
        """A connection that the server has ended."""
        if self.is_over:
            return
        if connection.is_busy:
            self.under_way -= 1
            self.others[f"{connection.kind}: the connection was lost"] += 1
        elif connection in self.free:
            self.free.remove(connection)
        else:
            connection.is_lost = True  # while it is pausing
        self.connecting.add(task := asyncio.ensure_future(self.connect()))
        task.add_done_callback(self.connecting.discard)


def main() -> None:
    """Reads the job from standard input, prints what was found."""
    found = uvloop.run(_Client(json.load(sys.stdin)).run())
    # Not print: with PYTHONUNBUFFERED it gives up what a pipe does not take at once.
    with open(1, "w", closefd=False) as output:
        json.dump(found, output)


if __name__ == "__main__":
    main()
