"""What goes out on a connection, and in how many writes: a small answer is one packet."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

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
