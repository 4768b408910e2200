"""The event stream: the versions of an account as server-sent events, told as they are committed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.events import METHOD, Events, Step
from scrumrpc.calls.pipeline import Answer
from scrumrpc.errors import ApiError, InvalidRequest
from scrumrpc.wire import metrics
from scrumrpc.wire.connection import ClientGoneError, transport_of, while_connected
from scrumrpc.wire.credentials import Caller, Callers
from scrumrpc.wire.endpoint import (
    COMMON_HEADERS,
    error_of,
    headers_of,
    log_call,
    new_call_id,
    send_json,
    unexpected,
)
from scrumrpc.wire.form import merge

_ID = re.compile(r"([0-9]{1,18})(?:-([0-9a-f]{12}))?")
_RETRY = 2_000
"""Milliseconds after which a client whose connection broke should come back."""
_BEATS = 4
"""A client that takes nothing for so many heartbeats is hung up on."""
_FAREWELL = 1.0
"""Seconds that clients get to take what was sent, when the server ends."""
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # tells nginx, and others that followed it, to pass on what comes at once
    *COMMON_HEADERS,
)


class EventEndpoint:
    """An ASGI application for `/service/events`, to GET and HEAD with the credentials and errors of calls.

    An event is a version; its id is the number of the version and the epoch of the account, its data a Version object.
    An id without data is a sign of life, and says from where a client that comes back goes on. The event `end` says why
    the server ends the stream.
    """

    def __init__(self, events: Events, callers: Callers, *, heartbeat: float, log_calls: bool) -> None:
        self._events = events
        self._callers = callers
        self._patience = _BEATS * heartbeat
        self._log_calls = log_calls
        self._sending: set[asyncio.Timeout] = set()
        self._ends = False

    def end(self) -> None:
        """Hangs up soon on clients that do not take what is sent to them: the server is about to end."""
        self._ends = True
        for timeout in self._sending:
            if not timeout.expired():
                timeout.reschedule(asyncio.get_running_loop().time() + _FAREWELL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        call_id = new_call_id()
        caller: Caller | None = None
        answer: Answer | None = None
        error: ApiError | None = None
        status = 200
        try:
            given = _given(scope)
            caller = self._callers.read(scope, Headers(scope=scope).get("authorization"))
            async with (
                self._events.opened(given, caller.credentials, call_id) as (answer, steps),
                while_connected(receive),
            ):
                self._callers.note(caller, None)
                error = await self._send(scope, send, call_id, answer, steps)
        except ClientGoneError:
            pass
        except ApiError as failure:
            error = failure
        except Exception:
            error = unexpected(call_id, METHOD)
            if answer is not None:
                transport_of(scope).abort()  # the client sees that this is not the end, and comes back
        if answer is None:
            assert error is not None
            self._callers.note(caller, error)
            status = error.status
            with_body = scope["method"] != "HEAD"
            await send_json(send, status, headers_of(call_id, None, error), error_of(error), with_body=with_body)
        seconds = time.perf_counter() - started
        metrics.count_call(METHOD, "ok" if error is None else error.error_id, seconds)
        if self._log_calls:
            log_call(call_id, METHOD, status, seconds, answer, error)

    async def _send(
        self, scope: Scope, send: Send, call_id: str, answer: Answer, steps: AsyncGenerator[Step]
    ) -> ApiError | None:
        """Sends the stream to its end; answers why that came, where the server did not end by itself."""
        transport = transport_of(scope)
        ended: ApiError | None = None
        await send(
            {"type": "http.response.start", "status": 200, "headers": [*_HEADERS, *headers_of(call_id, answer, None)]}
        )
        if scope["method"] != "HEAD":
            try:
                await self._send_body(b"retry: %d\n" % _RETRY, scope, send)
                async with aclosing(steps):
                    async for step in steps:
                        await self._send_body(_events_of(step, answer.standing.epoch), scope, send)
            except ApiError as error:
                ended = error
                await self._send_body(b"event: end\ndata: %b\n\n" % b"".join(error_of(error)), scope, send)
            except TimeoutError:
                transport.abort()
                await asyncio.sleep(_FAREWELL)  # which is broken off once the connection is gone
                return None
        await _hand_over(scope, send, b"", more=False)
        if self._ends:  # what is left then would hold up the end of the server
            asyncio.get_running_loop().call_later(_FAREWELL, transport.abort)
        return ended

    async def _send_body(self, body: bytes, scope: Scope, send: Send) -> None:
        """Sends a part of the stream once the client has taken most of those before; TimeoutError if it does not."""
        async with asyncio.timeout(_FAREWELL if self._ends else self._patience) as timeout:
            self._sending.add(timeout)
            try:
                await _hand_over(scope, send, body, more=True)
            finally:
                self._sending.discard(timeout)


async def _hand_over(scope: Scope, send: Send, body: bytes, *, more: bool) -> None:
    """Hands a part of the stream to the connection; ClientGoneError where that is no more.

    uvicorn does not tell a request of it behind which the client has sent another one: then it shows only here.
    """
    transport = transport_of(scope)
    if not transport.is_closing():
        try:
            return await send({"type": "http.response.body", "body": body, "more_body": more})
        except RuntimeError:  # uvloop's word for writing to a connection that was lost in the meantime
            if not transport.is_closing():
                raise
    raise ClientGoneError


def _given(scope: Scope) -> dict[str, str]:
    """The parameters; a client that comes back says in a header where it goes on, which counts before the parameter."""
    given = merge(scope["query_string"], b"", None)
    last = Headers(scope=scope).get("last-event-id", "")
    if last:
        known = _ID.fullmatch(last)
        if not known:
            raise InvalidRequest(
                f'The header Last-Event-ID is "{last[:60]}"; it must be the id of an event, such as 17-b81d5e6a03cf, '
                "or a data version."
            )
        given["sinceDataVersion"] = known[1]
        if known[2]:
            given["requiredEpoch"] = known[2]
    return given


def _events_of(step: Step, epoch: str) -> bytes:
    """A step as it travels: its versions, or only where a client that comes back goes on.

    >>> _events_of(Step((), 17), "b81d5e6a03cf")
    b'id: 17-b81d5e6a03cf\\n\\n'
    """
    of = epoch.encode()
    if not step.versions:
        return b"id: %d-%b\n\n" % (step.position, of)
    return b"".join(b"id: %d-%b\ndata: %b\n\n" % (told.version, of, told.json) for told in step.versions)
