"""What of an HTTP request decides before the call."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import MutableMapping
from typing import Any

import orjson
import pytest
from starlette.datastructures import Headers

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.guessing import Guessing
from scrumrpc.calls.pipeline import Answer
from scrumrpc.errors import InvalidMethodName, InvalidParameter, InvalidRequest
from scrumrpc.store.standing import standing_from
from scrumrpc.wire.addresses import Addresses
from scrumrpc.wire.credentials import Callers
from scrumrpc.wire.endpoint import Endpoint, check_verb, logged, wants_pretty

HERE = {"host": "scrum.example.com"}


async def call(endpoint: Endpoint, name: str) -> list[MutableMapping[str, Any]]:
    """What an endpoint sends to somebody who calls a method."""
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    headers = [(b"authorization", b"Basic " + base64.b64encode(b"ann@example.com:7-" + b"0" * 64))]
    scope = {"method": "POST", "path_params": {"method": name}, "query_string": b"", "headers": headers}
    await endpoint(scope, receive, send)
    return messages


def test_a_result_that_cannot_be_written_is_an_error_of_the_server() -> None:
    """The endpoint stands in front of what else would answer for it: whatever happens, it answers itself."""

    class BrokenCalls:
        async def call(self, *_given: Any) -> Answer:
            return Answer(7, object(), (), standing_from(7, (7, 0, *(None,) * 16)))

    callers = Callers(Guessing(0), Addresses())
    endpoint = Endpoint(BrokenCalls(), callers, largest_body=0, largest_file=0, log_calls=False)
    messages = asyncio.run(call(endpoint, "getDataVersion"))
    start, body = messages
    assert start["status"] == 500
    call_id = dict(start["headers"])[b"call-id"].decode()
    error = orjson.loads(body["body"])
    assert (error["objectType"], error["errorID"]) == ("Error", "InternalServerError")
    assert call_id in error["errorMessage"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("getData", "getData"),
        ("setBacklogItemDetailedEstimates", "setBacklogItemDetailedEstimates"),  # which is none, but could be
        ("7-" + 32 * "A9", "7-..."),
        ("whsec_ZLeSU8Pq1hyVIsXbDdv0wKCJ3rGmTnOuFa9HzYxMk4E=", "..."),
        ("x" * 100, "x" * 60),
    ],
)
def test_what_is_no_method_is_logged_without_what_could_be_a_key(name: str, line: str) -> None:
    assert logged(name) == line


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
