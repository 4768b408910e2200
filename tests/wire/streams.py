"""Clients of the event stream: a listener that reads events, and a daemon that comes back where it was cut off."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import orjson

from tests.serving import Server
from tests.world import World

PATH = "/service/events"
_ID = re.compile(r"(\d+)-([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Event:
    """One block of the stream; without data it only says from where a client that comes back goes on."""

    id: int | None
    kind: str | None
    data: Any
    epoch: str | None = None

    @classmethod
    def read(cls, lines: list[str]) -> Event:
        """From the lines of a block."""
        fields = dict(line.split(": ", 1) for line in lines)
        assert set(fields) <= {"id", "event", "data", "retry"}, fields
        data = orjson.loads(fields["data"]) if "data" in fields else None
        if "id" not in fields:
            return cls(None, fields.get("event"), data)
        version, epoch = _ID.fullmatch(fields["id"]).groups()  # type: ignore[union-attr]
        return cls(int(version), fields.get("event"), data, epoch)


class Listener:
    """Reads the events of a stream that has begun."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()
        self.begins = self.block()  # which tells where

    def block(self) -> Event:
        """The next block, whatever it is; StopIteration at the end of the stream."""
        lines = []
        while line := next(self._lines):
            lines.append(line)
        return Event.read(lines)

    def next(self) -> Event:
        """The next block with data."""
        while (event := self.block()).data is None:
            pass
        return event

    def versions(self, count: int) -> list[Any]:
        """So many versions, after a look at each."""
        events = [self.next() for _ in range(count)]
        for event in events:
            assert event.kind is None, event
            assert event.data["objectType"] == "Version"
            assert event.id == event.data["dataVersion"]
        return [event.data for event in events]

    def end(self) -> Event | None:
        """What the server says when it ends the stream; None where it says nothing."""
        said = None
        try:
            while True:
                event = self.block()
                said = event if event.kind == "end" else None
        except StopIteration:
            return said


@contextmanager
def listening(
    server: Server,
    world: World,
    email: str | None = None,
    last: int | str | None = None,
    key: str | None = None,
    **given: str,
) -> Iterator[Listener]:
    """A stream on a connection of its own, as the administrator of the test's account or as somebody else."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    auth = (email or world.admin, key or world.key)
    with (
        httpx2.Client(trust_env=False, timeout=60, verify=False) as client,
        client.stream("GET", server.address + PATH, params=given, headers=headers, auth=auth) as response,
    ):
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert re.fullmatch(r"[0-9a-f]{16}", response.headers["call-id"])
        yield Listener(response)


class Daemon:
    """Keeps what a stream tells, whatever happens to its connection: it comes back with the last id that it has."""

    def __init__(self, world: World, since: int, **given: str) -> None:
        self.world = world
        self.last = since
        self.given = given
        self.versions: list[Any] = []
        self.cuts = 0

    def listen(self, address: str, until: int, most: int | None = None) -> None:
        """Reads until it has come to a version, the connection ends, or it has read `most` bytes and hangs up."""
        where = urlsplit(address)
        with socket.create_connection((where.hostname, where.port), 60) as connection:
            connection.sendall(self._request())
            with connection.makefile("rb") as reply:
                self._take(reply, until, most)
        self.cuts += 1

    def _request(self) -> bytes:
        credentials = base64.b64encode(f"{self.world.admin}:{self.world.key}".encode()).decode()
        return (
            f"GET {PATH}?{urlencode(self.given)} HTTP/1.1\r\nHost: test\r\nAuthorization: Basic {credentials}\r\n"
            f"Last-Event-ID: {self.last}\r\nConnection: close\r\n\r\n"
        ).encode()

    def _take(self, reply: Any, until: int, most: int | None) -> None:
        status = reply.readline()
        if not status:
            return  # the worker died before it answered
        assert status == b"HTTP/1.1 200 OK\r\n", status + reply.read()
        while reply.readline() not in (b"\r\n", b""):
            pass
        stream = b""
        while self.last < until and (most is None or most > 0):
            size = int(reply.readline() or b"0", 16)
            if size == 0:
                return
            chunk = reply.read(size if most is None else min(size, most))
            most = None if most is None else most - len(chunk)
            stream += chunk
            *blocks, stream = stream.split(b"\n\n")
            for block in blocks:
                self._keep(Event.read(block.decode().splitlines()))
            if len(chunk) < size:
                return
            reply.readline()

    def _keep(self, event: Event) -> None:
        if event.data is not None:
            assert event.kind is None, event
            self.versions.append(event.data)
        assert event.id is not None
        self.last = event.id
