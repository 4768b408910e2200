"""What a connection may take of the server: time, bytes and places. Slow, huge and too many clients are hung up on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from scrumrpc.errors import APIBusy
from scrumrpc.wire.endpoint import error_headers, error_of, send_json
from scrumrpc.wire.shedding import SheddingProtocol

LARGEST_HEAD = 128 * 1024
"""Bytes of a request's first line and headers."""
MOST_HEADERS = 200
MOST_PIPELINED = 200
"""Requests that wait on a connection behind the one that is being answered."""
SLOWEST = 1_000
"""Bytes of a body that must arrive in a second, on average, after the first patience."""
SURPLUS = 100
"""Connections beyond the bound that are told that there are too many; others are not even told."""
_TOLD_WITHIN = 5.0
"""Seconds that those get to send the request which is answered so."""
_FRAMING = 16
"""Bytes that may travel for each byte of a body: chunks have sizes around them."""

_WATCHED = ("/livez", "/readyz")
"""Whoever watches the server is told how it is, however many clients it has."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator decides of it.

    `patience` are the seconds that a client gets to send the head of a request, to begin its body, and to take what the
    connection holds of an answer. `connections` are those of one worker.
    """

    patience: float = 60.0
    connections: int = 10_000


class OutOfBoundsError(Exception):
    """The request is larger than the server accepts; the message is for the client."""


class BoundedProtocol(SheddingProtocol):
    """uvicorn's connection within bounds.

    It has none itself: whoever connects and says nothing, sends a byte a minute, or takes nothing of a large answer,
    would be served for ever. Here a timer runs while something of a request is missing, and while the client has to
    take something. A request that arrives whole, as nearly all do, starts none.
    """

    bounds = Bounds()

    refusal = ""  # why the request is out of bounds
    _is_surplus = False
    _missing: asyncio.TimerHandle | None = None  # runs while the client is to send something
    _waiting: asyncio.TimerHandle | None = None  # runs while the client is to take something
    _since = 0.0  # when what is missing began
    _in_head = False
    _in_body = False
    _read = 0  # bytes that arrived last
    _raw = 0  # bytes that arrived since the request began, with what stood before it in the same read
    _before = 0  # at most so many of these belong to earlier requests
    _body_size = 0

    def feed(self, data: bytes) -> None:
        """Parses what has arrived."""
        super().data_received(data)

    # What the client sends

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        surplus = len(self.connections) - self.bounds.connections
        if surplus > SURPLUS:
            transport.abort()
            return
        self._is_surplus = surplus > 0
        self._since = self.loop.time()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._missing, self._waiting):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not (self._in_head or self._in_body) and self.sheds(data):
            self._since = self.loop.time()
            return
        self._unset_keepalive_if_required()
        self._read = len(data)
        self._raw += self._read
        self.feed(data)
        if self.transport.is_closing():
            return
        if self._in_head or self._in_body:
            certain = self._raw - self._before
            if self._in_head and certain > LARGEST_HEAD:
                self.send_400_response(_too_large())
            elif certain > 2 * LARGEST_HEAD + _FRAMING * self._body_size:  # chunk sizes, say, that never end
                self.send_400_response("The request is framed in far more bytes than it has.")
            else:
                self._expect()
        elif self._is_answered():
            self._since = self._since if self._missing else self.loop.time()
            self._expect()  # line breaks between two requests
        elif self._missing:
            self._missing.cancel()
            self._missing = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._since = self.loop.time()
        self._in_head, self._in_body = True, False
        self._raw = self._before = self._read
        self._body_size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # those behind a body count for nothing
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        if len(self.headers) > MOST_HEADERS:
            self._refuse(f"The request has {len(self.headers)} headers; at most {MOST_HEADERS} are accepted.")
        if self._raw > LARGEST_HEAD and self._size_of_head() > LARGEST_HEAD:
            self._refuse(_too_large())
        if len(self.pipeline) >= MOST_PIPELINED:
            self._refuse(f"On this connection {MOST_PIPELINED} requests wait for their answers; more are not accepted.")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def _refuse(self, why: str) -> None:
        self.refusal = why
        raise OutOfBoundsError(why)  # which the parser hands on as an error of its own

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)

    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect(self) -> None:
        """Starts the timer for what is missing, unless it runs already."""
        if self._missing is None:
            patience = min(self.bounds.patience, _TOLD_WITHIN) if self._is_surplus else self.bounds.patience
            self._missing = self.loop.call_later(patience, self._look)

    def _look(self) -> None:
        """Hangs up if what is missing should have come by now."""
        self._missing = None
        if self.transport.is_closing():
            return
        left = self._since + self._time_allowed() - self.loop.time()
        if left > 0:
            self._missing = self.loop.call_later(left, self._look)
        elif self._in_body:
            self._give_up_body()
        elif self._in_head and self._is_answered():
            self.send_400_response(f"The head of the request did not arrive within {self.bounds.patience:g} seconds.")
        elif self._is_answered():
            self.transport.close()
        else:
            self._expect()  # the head of the next request, behind one that is being answered

    def _time_allowed(self) -> float:
        credit = self._body_size / SLOWEST if self._in_body and not self._is_answered() else 0.0
        return self.bounds.patience + credit

    def _give_up_body(self) -> None:
        if self.pipeline or self.flow.read_paused:
            self._expect()  # it is we who do not read on
        elif not self.cycle.response_started:
            self.send_400_response(
                f"The body of the request did not arrive in time: after {self.bounds.patience:g} seconds it must come "
                f"with at least {SLOWEST} bytes in a second."
            )
        else:
            self.transport.abort()

    # What the client takes

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.bounds.patience, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._waiting is not None and not self.transport.is_closing():
            self._waiting.cancel()
            self._waiting = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self.part()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.part()

    def part(self) -> None:
        """Ends the connection that is being closed, also if the client does not take what is left for it."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.bounds.patience, self.transport.abort)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        is_refused = self._is_surplus and cycle.scope["path"] not in _WATCHED
        super()._start_asgi_task(cycle, too_many if is_refused else app)  # type: ignore[arg-type]


async def too_many(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers on a connection that is one too many."""
    error = APIBusy("The server has as many connections as it accepts; try again shortly.")
    await send_json(send, error.status, [(b"connection", b"close"), *error_headers(error)], error_of(error))


def _too_large() -> str:
    return f"The head of the request is larger than the {LARGEST_HEAD} bytes that the server accepts."
