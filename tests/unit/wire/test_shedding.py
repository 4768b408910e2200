"""What a server with too much to do refuses at its door, and what it looks at all the same."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Any

import orjson
import pytest
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.authentication import Credentials
from scrumrpc.wire.protocol import Protocol
from scrumrpc.wire.shedding import Door
from tests.unit.wire.exchanging import exchange

KEY = base64.b64encode(b"ann@example.com:7-" + b"A" * 64).decode()
DONE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone"


class Full:
    """Calls that have room for those of account 8."""

    has_room = False

    def admits(self, credentials: Credentials) -> bool:
        return credentials.account == 8


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
    written = b"".join(exchange(app, sent, protocol=AtADoor).written)
    assert b" 503 " not in written
    assert b"APIBusy" not in written


def test_nothing_more_is_read_for_a_while_where_a_call_was_refused() -> None:
    read: list[str] = []

    class Flow:
        def __init__(self, name: str) -> None:
            self.name = name

        def pause_reading(self) -> None:
            read.append(f"{self.name} rests")

        def resume_reading(self) -> None:
            read.append(self.name)

    async def work() -> None:
        calls: Any = Full()
        door = Door(calls, log_calls=True)
        for n in range(60):
            flow: Any = Flow(str(n))
            door.rest(flow)
        assert read == [f"{n} rests" for n in range(60)]
        while len(read) < 120:
            await asyncio.sleep(0.001)
            assert len(read) in (60, 110, 120)  # fifty at a time

    asyncio.run(work())
    assert read[60:] == [str(n) for n in range(60)]


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
