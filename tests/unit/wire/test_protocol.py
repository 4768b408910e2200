"""What goes out on a connection, and in how many writes: a small answer is one packet."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from scrumrpc.wire.connection import CONNECTION, answer_whole
from scrumrpc.wire.protocol import Protocol
from tests.unit.wire.exchanging import exchange

POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


def answering(*pieces: bytes) -> ASGIApp:
    """An application that reads a body and answers 4 bytes in pieces."""

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        for index, piece in enumerate(pieces):
            await send({"type": "http.response.body", "body": piece, "more_body": index + 1 < len(pieces)})

    return app


def test_a_small_answer_is_one_write() -> None:
    assert exchange(answering(b"done"), POST).written == [HEAD + b"done"]


def test_of_a_larger_one_the_first_piece_goes_with_the_head() -> None:
    assert exchange(answering(b"do", b"n", b"e"), POST).written == [HEAD + b"do", b"n", b"e"]
    assert exchange(answering(b"", b"done"), POST).written == [HEAD, b"done"]


def test_every_answer_of_a_connection_has_its_head() -> None:
    assert exchange(answering(b"done"), POST * 3).written == [HEAD + b"done"] * 3


def test_to_head_the_head_is_all() -> None:
    assert exchange(answering(b""), POST.replace(b"POST", b"HEAD")).written == [HEAD]


def test_who_waits_for_leave_to_send_gets_it_before_the_answer() -> None:
    asking = POST.replace(b"Host", b"Expect: 100-continue\r\nHost")
    assert exchange(answering(b"done"), asking).written == [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"done"]


def test_a_connection_that_ends_with_the_answer() -> None:
    transport = exchange(answering(b"done"), POST.replace(b"Host", b"Connection: close\r\nHost"))
    assert transport.written == [HEAD.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n") + b"done"]
    assert transport.closed


@pytest.mark.parametrize("pieces", [[], [b"do"]])
def test_an_answer_that_breaks_off_ends_the_connection(pieces: list[bytes]) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        raise KeyError

    transport = exchange(app, POST)
    assert transport.written == [HEAD + b"".join(pieces)]
    assert transport.closed


# Whole answers --------------------------------------------------------------------------------------------------------

LINES = b"call-id: 1\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncall-id: 1\r\n\r\ndone"


async def whole(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once where that can be, else in two messages, whose headers come in another order."""
    while (await receive()).get("more_body"):
        pass
    if not answer_whole(scope, 200, LINES, b"done"):
        headers = [(b"call-id", b"1"), (b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else b"done"})


USUAL = b"HTTP/1.1 200 OK\r\ncall-id: 1\r\ncontent-length: 4\r\n"


def test_a_whole_answer_is_written_at_once() -> None:
    assert exchange(whole, POST).written == [WHOLE]
    assert exchange(whole, POST * 3, POST).written == [WHOLE] * 4


def test_a_whole_answer_ends_nothing_and_begins_what_waits_behind_it() -> None:
    assert exchange(whole, POST + b"GARBAGE\r\n\r\n").written[0] == WHOLE
    transport = exchange(whole, POST * 2 + POST.replace(b"Host", b"Connection: close\r\nHost"))
    assert transport.written == [WHOLE, WHOLE, USUAL + b"connection: close\r\n\r\ndone"]
    assert transport.closed


def test_who_waits_for_leave_to_send_gets_it_before_a_whole_answer() -> None:
    asking = POST.replace(b"Host", b"Expect: 100-continue\r\nHost")
    assert exchange(whole, asking).written == [b"HTTP/1.1 100 Continue\r\n\r\n", WHOLE]


def test_who_listens_hears_that_a_whole_answer_was_the_end() -> None:
    heard: list[str] = []

    async def listening(scope: Scope, receive: Receive, _send: Send) -> None:
        async def listen() -> None:
            heard.append((await receive())["type"])

        await receive()
        listener = asyncio.create_task(listen())
        await asyncio.sleep(0)
        assert answer_whole(scope, 200, LINES, b"done")
        await listener

    async def unread(scope: Scope, receive: Receive, _send: Send) -> None:
        assert answer_whole(scope, 200, LINES, b"done")
        heard.append((await receive())["type"])

    assert exchange(listening, POST).written == [WHOLE]
    asking = POST.replace(b"Host", b"Expect: 100-continue\r\nHost")
    assert exchange(unread, asking).written == [WHOLE]  # and no leave to send behind it
    assert heard == ["http.disconnect"] * 2


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (POST.replace(b"POST", b"HEAD"), USUAL + b"\r\n"),
        (POST.replace(b"Host", b"Connection: close\r\nHost"), USUAL + b"connection: close\r\n\r\ndone"),
        (POST.replace(b"1.1", b"1.0"), USUAL + b"connection: close\r\n\r\ndone"),
    ],
)
def test_what_is_more_than_an_answer_goes_the_usual_way(request_: bytes, answer: bytes) -> None:
    assert exchange(whole, request_).written == [answer]


def test_it_is_not_written_where_it_would_be_lost_wait_or_be_a_second_one() -> None:
    tried: list[bool] = []

    async def twice(scope: Scope, receive: Receive, send: Send) -> None:
        await whole(scope, receive, send)
        tried.append(answer_whole(scope, 200, LINES, b"done"))

    async def another(scope: Scope, receive: Receive, send: Send) -> None:
        tried.append(answer_whole(dict(scope), 200, LINES, b"done"))  # of which the connection knows nothing
        await whole(scope, receive, send)

    async def held_up(scope: Scope, receive: Receive, send: Send) -> None:
        connection = scope["extensions"][CONNECTION]["answer"].__self__
        connection.pause_writing()
        tried.append(answer_whole(scope, 200, LINES, b"done"))
        connection.resume_writing()
        await whole(scope, receive, send)

    async def gone(scope: Scope, _receive: Receive, _send: Send) -> None:
        scope["extensions"][CONNECTION]["answer"].__self__.connection_lost(None)
        tried.append(answer_whole(scope, 200, LINES, b"done"))

    for app in (twice, another, held_up):
        assert exchange(app, POST * 2).written == [WHOLE] * 2
    assert exchange(gone, POST).written == []
    assert tried == [False] * 7
    assert not answer_whole({"type": "http"}, 200, LINES, b"done")


def test_a_whole_answer_has_the_headers_of_every_answer_of_now() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        connection = scope["extensions"][CONNECTION]["answer"].__self__
        seen = len(connection.server_state.default_headers)
        connection.server_state.default_headers = [(b"date", b"%d" % seen)] * (seen + 1)
        await whole(scope, receive, send)

    first, second = exchange(app, POST * 2).written
    assert first == WHOLE.replace(b"content", b"date: 0\r\ncontent")
    assert second == WHOLE.replace(b"content", b"date: 1\r\ndate: 1\r\ncontent")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_whole_answer_tells_to_come_with_https_only(scheme: str) -> None:
    class Strict(Protocol):
        https_only = (b"strict-transport-security", b"max-age=7")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["extensions"][CONNECTION]["answer"].__self__.scheme = scheme
        await whole(scope, receive, send)

    told = b"strict-transport-security: max-age=7\r\n" if scheme == "https" else b""
    assert exchange(app, POST, protocol=Strict).written == [WHOLE.replace(b"content", told + b"content")]


# What is no HTTP ------------------------------------------------------------------------------------------------------

CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
HALF = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"


@pytest.mark.parametrize("garbage", [b"GARBAGE\r\n\r\n", CHUNKED + b"zz\r\n", b"CONNECT x:1 HTTP/1.1\r\n\r\n"])
def test_it_is_answered_behind_what_came_before(garbage: bytes) -> None:
    for count in (0, 1, 3):
        transport = exchange(answering(b"done"), POST * count + garbage + POST)
        assert transport.written[:count] == [HEAD + b"done"] * count
        [refusal] = transport.written[count:]
        assert refusal.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert transport.ended


def test_nothing_is_taken_behind_it() -> None:
    called: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope["path"])
        await answering(b"done")(scope, receive, send)

    transport = exchange(app, POST, b"GARBAGE\r\n\r\n", POST, POST)
    assert called == ["/"]
    assert len(transport.written) == 2


def test_who_has_an_answer_gets_no_second_one() -> None:
    """The application answers before it has read the body, which then turns out to be broken."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done", "more_body": False})

    transport = exchange(app, CHUNKED, b"zz\r\n")
    assert transport.written == [HEAD + b"done"]
    assert transport.closed
    transport = exchange(app, CHUNKED, b"0\r\n\r\n", b"GARBAGE\r\n\r\n")
    assert [each[:12] for each in transport.written] == [b"HTTP/1.1 200", b"HTTP/1.1 400"]


def test_a_body_that_breaks_off_with_the_connection_is_said_to_be_too_short() -> None:
    assert [each[:12] for each in exchange(answering(b"done"), HALF, ended=True).written] == [b"HTTP/1.1 400"]
    assert [each[:12] for each in exchange(answering(b"done"), POST, HALF, ended=True).written] == [
        b"HTTP/1.1 200", b"HTTP/1.1 400",
    ]  # fmt: skip
    assert [each[:12] for each in exchange(answering(b"done"), POST, ended=True).written] == [b"HTTP/1.1 200"]
