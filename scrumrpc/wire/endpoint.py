"""The endpoint of the native API: one HTTP request is one call; every answer is a Result or an Error object."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from scrumrpc.calls.pipeline import Answer, Calls, find
from scrumrpc.calls.view import Json
from scrumrpc.errors import ApiError, InternalServerError, InvalidParameter, InvalidRequest
from scrumrpc.wire import metrics
from scrumrpc.wire.credentials import read_basic
from scrumrpc.wire.form import merge
from scrumrpc.wire.pretty import pretty

_LOG = structlog.get_logger("scrumrpc.calls")
# Bytes of a body that are sent at once. The next ones wait until the client has taken most of them: a TLS connection
# that still has much to send when its answer is complete would be broken off after a while, and cut the answer short.
_PIECE = 256 * 1024


COMMON_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Of every JSON answer."""


class Endpoint:
    """An ASGI application for `/service/api/v1/<method>`."""

    def __init__(self, calls: Calls, *, largest_body: int, log_calls: bool) -> None:
        self._calls = calls
        self._largest_body = largest_body
        self._log_calls = log_calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        call_id = new_call_id()
        name = scope["path_params"]["method"]
        headers = Headers(scope=scope)
        answer: Answer | None = None
        error: ApiError | None = None
        printed = False
        try:
            verb = scope["method"]
            given = merge(scope["query_string"], await self._body(headers, receive), headers.get("content-type"))
            printed = wants_pretty(given)
            check_verb(verb, headers, name)
            credentials = read_basic(headers.get("authorization"))
            answer = await self._calls.call(name, given, credentials, call_id)
        except ApiError as failure:
            error = failure
        except Exception:  # the client learns only the call id; the operator finds the rest in the log
            _LOG.exception("call failed", call_id=call_id, method=name[:60])
            error = InternalServerError(
                f"An error inside the server. The operator finds it in the log under the call id {call_id}."
            )
        parts = result_of(answer) if answer else error_of(error)
        if printed:
            parts = [pretty(orjson.loads(b"".join(parts))).encode()]
        status = 200 if error is None else error.status
        seconds = time.perf_counter() - started
        await send_json(send, status, headers_of(call_id, answer, error), parts, with_body=scope["method"] != "HEAD")
        metrics.count_call(name, "ok" if error is None else error.error_id, seconds)
        if self._log_calls:
            log_call(call_id, name, status, seconds, answer, error)

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """The whole body; refused as soon as it is larger than the setting allows."""
        too_large = InvalidRequest(f"The body is larger than the {self._largest_body} bytes that the server accepts.")
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._largest_body:
            raise too_large
        chunks, size, more = [], 0, True
        while more:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                raise InvalidRequest("The body ended before its declared length.")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._largest_body:
                raise too_large
            chunks.append(chunk)
            more = message.get("more_body", False)
        return b"".join(chunks)


def new_call_id() -> str:
    """What the answer and the log line of a call are known by."""
    return secrets.token_hex(8)


def wants_pretty(given: dict[str, str]) -> bool:
    """Whether `pretty=true` asks for the documented layout."""
    value = given.get("pretty", "false")
    if value not in ("true", "false", "", "null"):
        raise InvalidParameter("The parameter pretty must be true or false.")
    return value == "true"


def check_verb(verb: str, headers: Headers, name: str) -> None:
    """GET and POST serve every method, HEAD those that only read; a browser may not change data from a foreign page."""
    if verb not in ("GET", "POST", "HEAD"):
        raise InvalidRequest(f"The API takes POST and GET requests, not {verb[:20]}.")
    method = find(name)
    if not method.writes:
        return
    if verb == "HEAD":
        raise InvalidRequest(f"The method {name} changes data, so it takes POST and GET requests, not HEAD.")
    origin = headers.get("origin")
    foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin") or (
        origin is not None and origin.partition("://")[2] != headers.get("host")
    )
    if foreign:
        raise InvalidRequest(f"A browser sent this call to {name} from a page of another site; it may not change data.")


def result_of(answer: Answer) -> list[bytes]:
    """A Result object, in pieces."""
    start = b'{"objectType":"Result","dataVersion":%d,"result":' % answer.version
    if isinstance(answer.result, Json):
        return [start, *answer.result.parts, b"}"]
    return [start, orjson.dumps(answer.result), b"}"]


def error_of(error: ApiError | None) -> list[bytes]:
    """An Error object."""
    assert error is not None
    body = {"objectType": "Error", "errorID": error.error_id, "errorMessage": error.message}
    return [orjson.dumps(body)]


def headers_of(call_id: str, answer: Answer | None, error: ApiError | None) -> list[tuple[bytes, bytes]]:
    """The headers that tell of the call."""
    headers = [(b"call-id", call_id.encode())]
    version = answer.version if answer else error.data_version if error else None
    if version is not None:
        headers.append((b"data-version", b"%d" % version))
    ignored = answer.ignored if answer else error.ignored if error else ()
    if ignored:
        names = ", ".join(quote(name[:60]) for name in ignored[:50])
        headers.append((b"x-ignored-parameters", names.encode()))
    if error:
        headers += error_headers(error)
    return headers


def error_headers(error: ApiError) -> list[tuple[bytes, bytes]]:
    """The headers that belong to an error."""
    headers = []
    if error.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="scrumrpc", charset="UTF-8"'))
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % error.retry_after))
    return headers


async def send_json(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], parts: list[bytes], *, with_body: bool = True
) -> None:
    """Sends a JSON answer."""
    body = b"".join(parts)
    common = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *COMMON_HEADERS,
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": common})
    end = len(body) if with_body else 0
    for begin in range(0, max(end, 1), _PIECE):
        piece = body[begin : min(begin + _PIECE, end)]
        await send({"type": "http.response.body", "body": piece, "more_body": begin + _PIECE < end})


def log_call(
    call_id: str, name: str, status: int, seconds: float, answer: Answer | None, error: ApiError | None
) -> None:
    """One line for each call; never a parameter, and of the key only its name."""
    known: dict[str, Any] = {}
    if answer:
        known = {"account": answer.standing.account, "key": answer.standing.key_name, "version": answer.version}
    elif error:
        known = {"error": error.error_id}
        if error.account is not None:
            known |= {"account": error.account, "key": error.key_name}
    _LOG.info("call", call_id=call_id, method=name[:60], status=status, ms=round(seconds * 1000, 3), **known)
