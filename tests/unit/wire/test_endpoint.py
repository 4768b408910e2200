"""Sending an answer, and what of an HTTP request decides before the call."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.datastructures import Headers

import methods  # noqa: F401  registers all methods
from scrumrpc.errors import InvalidMethodName, InvalidParameter, InvalidRequest
from scrumrpc.wire.endpoint import check_verb, send_json, wants_pretty

HERE = {"host": "scrum.example.com"}


def sent(body: bytes, *, with_body: bool = True) -> tuple[dict[bytes, bytes], list[bytes]]:
    """The headers and the pieces of the body that go out."""
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    asyncio.run(send_json(send, 200, [(b"call-id", b"x")], [body[:10], body[10:]], with_body=with_body))
    start, *rest = messages
    assert [message.get("more_body", False) for message in rest] == [True] * (len(rest) - 1) + [False]
    return dict(start["headers"]), [message["body"] for message in rest]


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_000_000])
def test_a_body_goes_out_in_pieces_that_a_slow_client_can_take(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    headers, pieces = sent(body)
    assert headers[b"content-length"] == b"%d" % size
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) <= 262_144
    assert len(pieces) == max(1, -(-size // 262_144))


def test_head_sends_no_body_and_tells_its_length() -> None:
    headers, pieces = sent(b"x" * 600_000, with_body=False)
    assert headers[b"content-length"] == b"600000"
    assert pieces == [b""]


def test_pretty_is_true_or_false() -> None:
    assert wants_pretty({"pretty": "true"})
    for nothing in ({}, {"pretty": "false"}, {"pretty": ""}, {"pretty": "null"}):
        assert not wants_pretty(nothing)
    for wrong in ("1", "True", "yes"):
        with pytest.raises(InvalidParameter):
            wants_pretty({"pretty": wrong})


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "https://scrum.example.com"}, True),
        ({"origin": "http://scrum.example.com", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "https://scrum.example.com:8443"}, False),
        ({"origin": "https://scrum.example.com.evil.org"}, False),
        ({"origin": "scrum.example.com"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://["}, False),
        ({"origin": "https://scrum.example.com", "sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "something new"}, False),
    ],
)
def test_a_page_of_another_site_may_not_change_data(headers: dict[str, str], allowed: bool) -> None:
    for verb in ("GET", "POST"):
        check_verb(verb, Headers(HERE | headers), "getData")
        if allowed:
            check_verb(verb, Headers(HERE | headers), "addProject")
        else:
            with pytest.raises(InvalidRequest, match="another site"):
                check_verb(verb, Headers(HERE | headers), "addProject")


def test_a_request_without_a_host_is_of_no_site() -> None:
    with pytest.raises(InvalidRequest):
        check_verb("POST", Headers({"origin": "null"}), "addProject")
    check_verb("POST", Headers({}), "addProject")


def test_verbs() -> None:
    check_verb("HEAD", Headers({}), "getData")
    for verb, method, error in (
        ("HEAD", "addProject", InvalidRequest),
        ("PUT", "getData", InvalidRequest),
        ("PUT", "noMethod", InvalidRequest),
        ("GET", "noMethod", InvalidMethodName),
        ("GET", "importObjects", InvalidMethodName),
    ):
        with pytest.raises(error):
            check_verb(verb, Headers({}), method)
