"""What a server with too much to do refuses at its door, and what it looks at all the same."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from functools import partial
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from scrumrpc.calls.authentication import Credentials
from scrumrpc.wire.protocol import Protocol
from scrumrpc.wire.shedding import Door
from tests.unit.wire.exchanging import Transport, exchange

KEY = base64.b64encode(b"ann@example.com:7-" + b"A" * 64).decode()
DONE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone"


class Full:
    """Calls that have room for those of account 8."""

    has_room = False

    def admits(self, credentials: Credentials) -> bool:
        return credentials.account == 8

    def expect(self, credentials: Credentials | None) -> None:
        assert credentials is not None

    def expect_none(self) -> None:
        pass


class AtADoor(Protocol):
    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        calls: Any = Full()
        self.door = Door(calls, log_calls=True)


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"done"})


def request(
    *headers: str, start: str = "POST /service/api/v1/getData", body: str = "a=b", version: str = "1.1", key: str = KEY
) -> bytes:
    lines = [f"{start} HTTP/{version}", "Host: x", *headers]
    if key:
        lines.append(f"Authorization: Basic {key}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@pytest.mark.parametrize(
    "sent",
    [
        request(),
        request("Connection: keep-alive"),
        request(start="GET /service/api/v1/getDataVersion?pretty=true", body=""),
        request(start="POST /service/api/v1/addTag", body="name=" + "x" * 9_000),
    ],
)
def test_a_whole_call_is_refused_with_an_error_object_and_the_connection_stays(sent: bytes) -> None:
    transport = exchange(app, sent, protocol=AtADoor)
    [written] = transport.written
    head, _, body = written.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "HTTP/1.1 503 Service Unavailable"
    headers = dict(line.split(": ") for line in lines)
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["retry-after"] == "1"
    assert int(headers["content-length"]) == len(body)
    assert re.fullmatch("[0-9a-f]{16}", headers["call-id"])
    assert orjson.loads(body)["errorID"] == "APIBusy"
    assert "connection" not in headers
    assert transport.paused


@pytest.mark.parametrize(
    "sent",
    [
        request(key=base64.b64encode(b"ann@example.com:8-" + b"A" * 64).decode()),  # for whom there is room
        request(key=""),  # is told what is missing
        request(key="?"),
        request(start="POST /livez"),
        request(start="POST /service/files/x"),
        request("Expect: 100-continue"),
        request("Connection: close"),
        request("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings"),
        request(version="1.0"),
        request(start="PUT /service/api/v1/getData"),
        request("Content-Length: 3"),
        request("Transfer-Encoding: chunked", body="").replace(b"\r\n\r\n", b"\r\n\r\n3\r\na=b\r\n0\r\n\r\n"),
    ],
)
def test_what_is_not_certainly_such_a_call_goes_the_usual_way(sent: bytes) -> None:
    transport = exchange(app, sent, protocol=AtADoor)
    assert not transport.paused
    written = b"".join(transport.written)
    assert b" 503 " not in written
    assert b"APIBusy" not in written


class Resting:
    """Connections that rest, and those that are read again, in order."""

    def __init__(self) -> None:
        calls: Any = Full()
        self.door = Door(calls, log_calls=True)
        self.read: list[int] = []

    def rest(self, count: int) -> float:
        """So many rest from now on; nothing of them has been read again."""
        self.read.clear()
        self.resting = 0
        began = time.monotonic()
        for n in range(count):
            self.rest_as(n)
        assert (self.resting, self.read) == (count, [])
        return began

    def rest_as(self, n: int) -> None:
        """One more rests from now on, of this number."""
        flow: Any = SimpleNamespace(pause_reading=self.pause, resume_reading=partial(self.read.append, n))
        self.door.rest(flow)

    def pause(self) -> None:
        self.resting += 1


def test_nothing_more_is_read_for_a_while_where_a_call_was_refused() -> None:
    async def work() -> None:
        resting = Resting()
        began = resting.rest(100)
        async with asyncio.timeout(10):
            while len(resting.read) < 100:
                await asyncio.sleep(0.001)
                assert len(resting.read) <= 2_000 * (time.monotonic() - began)
        assert resting.read == list(range(100))

    asyncio.run(work())


def test_nobody_rests_for_longer_because_the_worker_has_other_work() -> None:
    async def work() -> None:
        resting = Resting()
        resting.rest(100)
        time.sleep(0.06)  # noqa: ASYNC251  other work
        resting.rest_as(100)  # which keeps none of the others waiting
        await asyncio.sleep(0.005)
        assert resting.read[:100] == list(range(100))

    asyncio.run(work())


def test_all_are_read_again_once_they_may_come_back() -> None:
    async def work() -> None:
        resting = Resting()
        assert resting.door._as_told == 1
        resting.door._as_told = 0.1
        resting.rest(10_000)  # which would take five seconds
        time.sleep(0.1)  # noqa: ASYNC251
        resting.rest_as(10_000)  # who may not yet
        await asyncio.sleep(0.005)
        assert resting.read[:10_000] == list(range(10_000))

    asyncio.run(work())


def test_one_timer_runs_for_all_who_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Any, ...]] = []

    async def work() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda *timer: started.append(timer))
        Resting().rest(100)

    asyncio.run(work())
    assert len(started) == 1


class LostToo(Transport):
    """A connection which, once it is lost, cannot be resumed: asyncio's with TLS, if it is closed when it is lost."""

    lost = False

    def __init__(self) -> None:
        super().__init__()
        self.resumed = asyncio.Event()

    def resume_reading(self) -> None:
        """Fails as that does."""
        if self.lost:
            raise AttributeError("'NoneType' object has no attribute '_resume_reading'")
        super().resume_reading()
        self.resumed.set()


def test_a_connection_that_is_lost_while_it_rests_keeps_no_other_resting() -> None:
    async def work() -> None:
        config = uvicorn.Config(app, http=AtADoor, ws="none", lifespan="off", log_config=None)
        config.load()
        calls: Any = Full()
        door = Door(calls, log_calls=True)
        transports = [LostToo() for _ in range(3)]
        connections = [AtADoor(config, ServerState(), {}) for _ in transports]
        for connection, transport in zip(connections, transports, strict=True):
            connection.door = door
            connection.connection_made(transport)
            connection.data_received(request())
        assert all(transport.paused for transport in transports)
        transports[1].lost = True
        connections[1].connection_lost(None)
        async with asyncio.timeout(10):
            await asyncio.gather(transports[0].resumed.wait(), transports[2].resumed.wait())
        assert not transports[1].resumed.is_set()
        for connection in connections[::2]:
            connection.connection_lost(None)

    asyncio.run(work())


class WithRoom:
    """Calls of which so many have room, and those that are to come."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.expected: list[Credentials | None] = []

    @property
    def has_room(self) -> bool:
        return len(self.expected) < self.room

    def admits(self, credentials: Credentials) -> bool:
        return credentials.account == 8 and self.expected.count(credentials) < 2

    def expect(self, credentials: Credentials | None) -> None:
        self.expected.append(credentials)

    def expect_none(self) -> None:
        self.expected.clear()


def test_what_is_let_in_before_anything_begins_has_its_place() -> None:
    async def work() -> None:
        calls: Any = WithRoom(3)
        door = Door(calls, log_calls=True)
        others, mine = request(), request(key=base64.b64encode(b"a:8-" + b"A" * 64).decode())
        for _ in range(2):
            assert [door.is_open() for _ in range(5)] == [True, True, True, False, False]
            assert [door.refusal(mine) is None for _ in range(3)] == [True, True, False]
            assert door.refusal(others) is not None
            await asyncio.sleep(0)  # they begin
            assert calls.expected == []

    asyncio.run(work())


def test_two_requests_at_once_go_the_usual_way() -> None:
    assert exchange(app, request() * 2, protocol=AtADoor).written == [DONE] * 2


def test_a_request_that_comes_in_pieces_goes_the_usual_way() -> None:
    whole = request()
    for cut in (10, whole.index(b"\r\n\r\n") + 2, len(whole) - 1):
        assert exchange(app, whole[:cut], whole[cut:], protocol=AtADoor).written == [DONE]


def test_after_a_refusal_the_next_request_is_read_from_its_beginning() -> None:
    refused, done = exchange(
        app, request(), request(key=base64.b64encode(b"a:8-" + b"A" * 64).decode()), protocol=AtADoor
    ).written
    assert b" 503 " in refused
    assert done == DONE
