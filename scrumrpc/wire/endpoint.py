"""The endpoint of the native API: one HTTP request is one call; every answer is a Result or an Error object."""

from __future__ import annotations

import base64
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scrumrpc.calls.pipeline import Answer, Calls, find
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.calls.tags import Unchanged
from scrumrpc.calls.view import File, Json
from scrumrpc.errors import ApiError, InternalServerError, InvalidParameter, InvalidRequest
from scrumrpc.wire import metrics
from scrumrpc.wire.compressing import WORTH, Compressor
from scrumrpc.wire.conditional import CACHING, known_answers
from scrumrpc.wire.connection import ClientGoneError, answer_whole, lines, while_connected
from scrumrpc.wire.credentials import Caller, Callers
from scrumrpc.wire.form import merge
from scrumrpc.wire.guards import FOR_BROWSERS
from scrumrpc.wire.pretty import laid_out
from scrumrpc.wire.sending import send_large, send_unchanged
from scrumrpc.wire.uploads import is_file, merge_file, takes_file

_LOG = structlog.get_logger("scrumrpc.calls")
# A file in base64 is a third larger, and what of it is escaped in a form more; the other parameters come on top.
_IN_BASE64 = 2


COMMON_HEADERS = ((b"cache-control", b"no-store"), *FOR_BROWSERS)
"""Of every JSON answer that has no tag."""
_LIKE_A_KEY = re.compile(r"whsec_.*|(?=[A-Za-z+/]*[0-9])[0-9A-Za-z+/]{16,}")
_JSON = (b"content-type", b"application/json")
_LINES = lines((_JSON, *COMMON_HEADERS))


API = "/service/api/v1/"
"""What the names of methods follow."""


class Application(Starlette):
    """Everything that is served. Calls go straight to their endpoint, which everything else passes by.

    To find the route of a request, with what Starlette has around it, costs a third of a poll.
    """

    def __init__(self, api: ASGIApp, **rest: Any) -> None:
        super().__init__(**rest)
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"][len(API) :] if scope["type"] == "http" and scope["path"].startswith(API) else ""
        if not name or "/" in name:
            await super().__call__(scope, receive, send)
            return
        scope["path_params"] = {"method": name}
        try:
            await self._api(scope, receive, send)
        except Exception:  # which the server logs, as it does behind Starlette
            error = InternalServerError()
            with suppress(RuntimeError):  # uvicorn's, where the answer has begun already
                await send_json(send, error.status, headers_of(new_call_id(), None, error), error_of(error))
            raise


class Endpoint:
    """An ASGI application for `/service/api/v1/<method>`."""

    def __init__(
        self, calls: Calls, callers: Callers, *, largest_body: int, largest_file: int, log_calls: bool
    ) -> None:
        self._calls = calls
        self._callers = callers
        self._largest_body = largest_body
        self._largest_file = largest_file
        self._log_calls = log_calls
        self._compressor = Compressor()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        call_id = new_call_id()
        name = scope["path_params"]["method"]
        headers = headers_in(scope)
        caller: Caller | None = None
        answer: Answer | None = None
        error: ApiError | None = None
        parts: list[bytes] = []
        printed = False
        try:
            verb = scope["method"]
            given = await self._given(verb, name, scope["query_string"], headers, receive)
            printed = wants_pretty(given)
            method = check_verb(verb, headers, name)
            caller = self._callers.read(scope, headers.get("authorization"))
            known = known_answers(scope, laid_out=printed) if method.tagged and verb != "POST" else None
            if method.waits:
                async with while_connected(receive):
                    answer = await self._calls.call(name, given, caller.credentials, call_id)
            else:
                answer = await self._calls.call(name, given, caller.credentials, call_id, known)
            parts = result_of(answer)
        except ClientGoneError:
            metrics.count_call(name, "ClientGone", time.perf_counter() - started)
            return
        except ApiError as failure:
            error = failure
        except Exception:
            answer, error = None, unexpected(call_id, name)
        self._callers.note(caller, error)
        if error:
            parts = error_of(error)
        large = sum(map(len, parts)) >= WORTH
        if printed and parts:
            parts = await laid_out(parts)
        tag = answer.result.tag if answer and isinstance(answer.result, (Json, Unchanged)) else None
        status = error.status if error else 200 if parts else 304
        seconds = time.perf_counter() - started
        told = headers_of(call_id, answer, error)
        if status == 304 and tag:
            await send_unchanged(scope, send, told, tag, laid_out=printed)
        elif large or tag:
            told += [_JSON, *(COMMON_HEADERS if tag is None else CACHING)]
            await send_large(scope, send, status, told, parts, self._compressor, tag, laid_out=printed)
        elif not answer_whole(scope, status, _LINES + lines(told), b"".join(parts)):
            await send_json(send, status, told, parts, with_body=scope["method"] != "HEAD")
        metrics.count_call(name, "ok" if error is None else error.error_id, seconds)
        if self._log_calls:
            log_call(call_id, name, status, seconds, answer, error)

    async def _given(
        self, verb: str, name: str, query: bytes, headers: Mapping[str, str], receive: Receive
    ) -> dict[str, str]:
        """The parameters from the query string and the body, which may hold a file where the method takes one."""
        content_type = headers.get("content-type", "")
        if not takes_file(name):
            return merge(query, await read_body(headers, receive, self._largest_body), content_type)
        body = await read_body(headers, receive, max(self._largest_body, _IN_BASE64 * self._largest_file))
        whole = verb == "POST" and is_file(content_type)
        return merge_file(query, body, content_type) if whole else merge(query, body, content_type)


def headers_in(scope: Scope) -> dict[str, str]:
    """The headers of a request, by names in small letters; of one that is given twice, the first."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return headers


def new_call_id() -> str:
    """What the answer and the log line of a call are known by."""
    return secrets.token_hex(8)


async def read_body(headers: Mapping[str, str], receive: Receive, largest: int) -> bytes:
    """The whole body; refused as soon as it is larger than the setting allows."""
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > largest:
        raise _too_large(largest)
    chunks, size, more = [], 0, True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidRequest("The body ended before its declared length.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            raise _too_large(largest)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(largest: int) -> InvalidRequest:
    return InvalidRequest(f"The body is larger than the {largest} bytes that the server accepts.")


def wants_pretty(given: dict[str, str]) -> bool:
    """Whether `pretty=true` asks for the documented layout."""
    value = given.get("pretty", "false")
    if value not in ("true", "false", "", "null"):
        raise InvalidParameter("The parameter pretty must be true or false.")
    return value == "true"


def check_verb(verb: str, headers: Mapping[str, str], name: str) -> Method:
    """The method, if the verb may call it.

    GET and POST serve every method, HEAD those that only read; a browser may not change data from a foreign page.
    """
    if verb not in ("GET", "POST", "HEAD"):
        raise InvalidRequest(f"The API takes POST and GET requests, not {verb[:20]}.")
    method = find(name)
    if not method.writes:
        return method
    if verb == "HEAD":
        raise InvalidRequest(f"The method {name} changes data, so it takes POST and GET requests, not HEAD.")
    origin = headers.get("origin")
    foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin") or (
        origin is not None and origin.partition("://")[2] != headers.get("host")
    )
    if foreign:
        raise InvalidRequest(f"A browser sent this call to {name} from a page of another site; it may not change data.")
    return method


def result_of(answer: Answer) -> list[bytes]:
    """A Result object, in pieces; none for one that the client has already."""
    start = b'{"objectType":"Result","dataVersion":%d,"result":' % answer.version
    if isinstance(answer.result, Json):
        return [start, *answer.result.parts, b"}"]
    if isinstance(answer.result, Unchanged):
        return []
    if isinstance(answer.result, File):
        return [start, b'"', base64.b64encode(answer.result.content.data), b'"}']
    return [start, orjson.dumps(answer.result), b"}"]


def unexpected(call_id: str, name: str) -> InternalServerError:
    """The error for an exception that is just being handled; the operator finds all of it in the log."""
    _LOG.exception("call failed", call_id=call_id, method=logged(name))
    return InternalServerError(
        f"An error inside the server. The operator finds it in the log under the call id {call_id}."
    )


def error_of(error: ApiError | None) -> list[bytes]:
    """An Error object."""
    assert error is not None
    body = {"objectType": "Error", "errorID": error.error_id, "errorMessage": error.message}
    return [orjson.dumps(body)]


def headers_of(call_id: str, answer: Answer | None, error: ApiError | None) -> list[tuple[bytes, bytes]]:
    """The headers that tell of the call."""
    headers = [(b"call-id", call_id.encode())]
    version = answer.version if answer else error.data_version if error else None
    epoch = answer.standing.epoch if answer else error.epoch if error else None
    if version is not None and epoch is not None:
        headers += [(b"data-version", b"%d" % version), (b"account-epoch", epoch.encode())]
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
    """Sends a small JSON answer; without the body it tells the length all the same."""
    body = b"".join(parts)
    whole = [_JSON, *COMMON_HEADERS, *headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body if with_body else b"", "more_body": False})


def log_call(
    call_id: str, name: str, status: int, seconds: float, answer: Answer | None, error: ApiError | None
) -> None:
    """One line for each call; never a parameter, and of the key only its name.

    It looks like the lines of structlog and goes where they go, past its processors: these take as long as a third of a
    poll.
    """
    milliseconds = round(seconds * 1000, 3)
    line: dict[str, Any] = {"call_id": call_id, "method": logged(name), "status": status, "ms": milliseconds}
    if answer:
        line |= {"account": answer.standing.account, "key": answer.standing.key_name, "version": answer.version}
    elif error:
        line["error"] = error.error_id
        if error.account is not None:
            line |= {"account": error.account, "key": error.key_name}
    line |= {"event": "call", "level": "info", "timestamp": datetime.now(UTC)}
    _lines().msg(orjson.dumps(line, option=orjson.OPT_UTC_Z))


def logged(name: str) -> str:
    """The name of a method for the log; of what is none, nothing that could be a key that somebody put there."""
    return name if name in METHODS else _LIKE_A_KEY.sub("...", name[:60])


@cache
def _lines() -> structlog.BytesLogger:
    return structlog.BytesLogger(sys.stderr.buffer)
