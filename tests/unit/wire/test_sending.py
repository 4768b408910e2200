"""Sending an answer: in pieces, and compressed for clients that accept it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest

from scrumrpc.model.chunk import Chunk
from scrumrpc.wire.compressing import Compressor
from scrumrpc.wire.endpoint import send_json
from scrumrpc.wire.sending import pieces, send_large, send_parts

Message = MutableMapping[str, Any]


def scope_of(verb: str = "GET", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """A request."""
    return {"type": "http", "method": verb, "headers": headers}


def told(messages: list[Message]) -> tuple[dict[bytes, bytes], list[bytes]]:
    """The headers and the pieces of the body that went out."""
    start, *rest = messages
    assert [message.get("more_body", False) for message in rest] == [True] * (len(rest) - 1) + [False]
    return dict(start["headers"]), [message["body"] for message in rest]


def sent(body: bytes, verb: str = "GET") -> tuple[dict[bytes, bytes], list[bytes]]:
    """What goes out of a body."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(send_parts(scope_of(verb), send, 200, [(b"call-id", b"x")], [body]))
    return told(messages)


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_000_000])
def test_a_body_goes_out_in_pieces_that_a_slow_client_can_take(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    headers, pieces = sent(body)
    assert headers[b"content-length"] == b"%d" % size
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= 262_144
    assert len(pieces) == max(1, -(-size // 262_144))


def test_head_sends_no_body_and_tells_its_length() -> None:
    headers, pieces = sent(b"x" * 600_000, "HEAD")
    assert headers[b"content-length"] == b"600000"
    assert pieces == [b""]


@pytest.mark.parametrize(("with_body", "expected"), [(True, [b"null"]), (False, [b""])])
def test_a_small_answer_goes_out_at_once(with_body: bool, expected: list[bytes]) -> None:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(send_json(send, 200, [], [b"nu", b"ll"], with_body=with_body))
    headers, pieces = told(messages)
    assert (headers[b"content-length"], pieces) == (b"4", expected)


def test_pieces_that_others_hold_as_well_are_not_copied() -> None:
    shared = [bytes(200_000), bytes(200_000), bytes(262_144)]
    assert [id(piece) for piece in pieces(shared, 262_144)] == [id(part) for part in shared]


def test_others_have_their_turn_while_a_client_that_is_fast_takes_a_large_answer() -> None:
    order: list[str] = []
    begun = asyncio.Event()

    async def send(message: Message) -> None:
        order.append("piece")
        begun.set()

    async def other() -> None:
        await begun.wait()
        order.append("another call")

    async def both() -> None:
        await asyncio.gather(send_parts(scope_of(), send, 200, [], [bytes(100_000)] * 100), other())

    asyncio.run(both())
    assert order.index("another call") < 4
    assert order.count("piece") > 40


@pytest.mark.parametrize(
    ("accepted", "packs"),
    [([], False), ([b"gzip"], True), ([b"br", b"gzip, deflate"], True), ([b"gzip;q=0"], False), ([b"br"], False)],
)
def test_a_large_answer_is_compressed_for_who_accepts_it(accepted: list[bytes], packs: bool) -> None:
    parts = [b'{"a":', Chunk(b"12345678" * 10_000), b"}"]
    for verb in ("GET", "POST", "HEAD"):
        messages: list[Message] = []

        async def send(message: Message, messages: list[Message] = messages) -> None:
            messages.append(message)

        scope = scope_of(verb, *((b"accept-encoding", each) for each in accepted))
        asyncio.run(send_large(scope, send, 200, [], parts, Compressor()))
        headers, out = told(messages)
        assert headers[b"vary"] == b"accept-encoding"
        assert headers.get(b"content-encoding") == (b"gzip" if packs else None)
        if verb == "HEAD":
            assert out == [b""]
            assert (int(headers[b"content-length"]) < 2_000) == packs
        else:
            body = b"".join(out)
            assert len(body) == int(headers[b"content-length"])
            assert (gzip.decompress(body) if packs else body) == b"".join(parts)
