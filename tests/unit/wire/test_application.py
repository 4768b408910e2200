"""Calls of the API pass the router by; everything else finds its route, and whatever breaks is answered in JSON."""

from __future__ import annotations

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from scrumrpc.wire.endpoint import Application
from tests.unit.wire.exchanging import exchange


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(scope["path_params"]["method"])(scope, receive, send)


async def elsewhere(request: Request) -> Response:
    return PlainTextResponse(f"elsewhere {request.url.path}")


APPLICATION = Application(echo, routes=[Route("/{path:path}", elsewhere)])


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (b"/service/api/v1/getData", b"getData"),
        (b"/service/api/v1/getData?a=b", b"getData"),
        (b"/service/api/v1/get%44ata", b"getData"),
        (b"http://x/service/api/v1/getData", b"getData"),
        (b"/service/api/v1/", b"elsewhere /service/api/v1/"),
        (b"/service/api/v1/getData/", b"elsewhere /service/api/v1/getData/"),
        (b"/service/api/v1/a%2Fb", b"elsewhere /service/api/v1/a/b"),
        (b"/service/api/v2/getData", b"elsewhere /service/api/v2/getData"),
        (b"/", b"elsewhere /"),
    ],
)
def test_only_methods_go_straight_to_the_endpoint(path: bytes, answer: bytes) -> None:
    [written] = exchange(APPLICATION, b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path).written
    assert written.partition(b"\r\n\r\n")[2] == answer


@pytest.mark.parametrize("begins", [False, True])
def test_what_breaks_is_answered_once(begins: bool) -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        if begins:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
            await send({"type": "http.response.body", "body": b"do", "more_body": True})
        raise KeyError("a bug")

    transport = exchange(Application(broken), b"GET /service/api/v1/getData HTTP/1.1\r\nHost: x\r\n\r\n")
    assert transport.closed
    [written] = transport.written
    head, _, body = written.partition(b"\r\n\r\n")
    if begins:
        assert (head.split(b"\r\n")[0], body) == (b"HTTP/1.1 200 OK", b"do")
    else:
        assert head.startswith(b"HTTP/1.1 500 ")
        assert b"content-type: application/json" in head
        assert orjson.loads(body)["errorID"] == "InternalServerError"
