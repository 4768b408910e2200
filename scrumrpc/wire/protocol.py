"""The HTTP protocol of a connection: uvicorn's in bounds, made to ignore offers to upgrade and to answer garbage."""

from __future__ import annotations

import asyncio

import httptools
from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from scrumrpc.errors import InvalidRequest
from scrumrpc.wire.bounds import BoundedProtocol, Bounds
from scrumrpc.wire.connection import CONNECTION, lines
from scrumrpc.wire.endpoint import COMMON_HEADERS, error_of
from scrumrpc.wire.shedding import Door

_LINGER = 2.0
"""Seconds that a client which is refused gets to read why, before what it still sends would cost it the answer."""
_CONTINUE = b"HTTP/1.1 100 "
"""How what uvicorn writes before the response begins."""


_ONCE = frozenset({b"authorization", b"content-type", b"host", b"origin", b"sec-fetch-site", b"last-event-id"})
"""Headers that decide what a request is or who sent it: they may not say two things, of which a proxy goes by one."""


class _HeadWithBody(asyncio.Transport):
    """What a response is written to: keeps its head until the first of its body goes along.

    uvicorn writes them one after the other, as two packets; to send the second costs about as much as all the rest that
    it does for a small request.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head: bytes | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif self._head is None and bytes(data[: len(_CONTINUE)]) != _CONTINUE:
            self._head = bytes(data)
        else:
            self._transport.write(data)

    def close(self) -> None:
        if self._head:
            self.write(b"")
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class Protocol(BoundedProtocol):
    """One connection.

    JDK clients and `curl --http2` offer h2c with every plain request: `Connection: Upgrade, HTTP2-Settings` and
    `Upgrade: h2c`. A server may ignore that, but the parser then stops behind the headers, so that uvicorn would serve
    the request without its body and take nothing more from the connection (its issue 2722). So such a request is not
    begun; its head goes, without the offer, and with what follows it, through a new parser.

    When the client is gone, uvicorn tells that the last request that it sent, which may be one that still waits behind
    the one that is being answered. Here the latter hears of it as well.

    What is no HTTP is answered behind the requests that came before it: uvicorn answers it at once, so that a client
    takes that for the answer to an earlier request, which is then carried out although it was refused.
    """

    https_only: tuple[bytes, bytes] | None = None
    """The header by which browsers are told to come back with https only; never sent without TLS."""

    _answered: RequestResponseCycle | None = None
    _declined = ""
    """Why nothing more is taken from the connection."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._check_headers()
            self.scope["extensions"] = {CONNECTION: {"transport": self.transport, "answer": self._answer}}
            super().on_headers_complete()
            self.cycle.default_headers = self.headers_of_answers()
            if self.scope["method"] != "HEAD":  # after whose head nothing is written
                self.cycle.transport = _HeadWithBody(self.transport)

    def _answer(self, scope: Scope, status: int, headers: bytes, body: bytes) -> bool:
        """Writes a whole answer at once; False, and nothing is done, where it is to go the usual way.

        uvicorn sends answers of all kinds, piece by piece, and looks at each header. What most calls get is small, and
        its headers are our own: sending it the usual way takes a tenth of a poll.
        """
        cycle = self._answered
        if (
            cycle is None
            or cycle.scope is not scope
            or cycle.response_started
            or cycle.disconnected
            or not cycle.keep_alive
            or self.flow.write_paused
            or scope["method"] == "HEAD"
        ):
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        self.transport.write(
            b"%b%bcontent-length: %d\r\n%b\r\n%b"
            % (STATUS_LINE[status], self.lines_of_answers(), len(body), headers, body)
        )
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _check_headers(self) -> None:
        known: dict[bytes, bytes] = {}
        for name, value in self.headers:
            if known.setdefault(name, value) != value and name in _ONCE:
                self._refuse(f"The header {name.decode().title()} is given twice, with different values.")

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()
            self.cycle.more_body = False  # also where it was answered before its body had arrived

    def data_received(self, data: bytes) -> None:
        if not self._declined:
            super().data_received(data)

    def feed(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as offer:
                if self.parser.get_method() == b"CONNECT":
                    self.send_400_response("This server is no proxy.")
                    return
                data = self._head_without_offer() + data[offer.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn sets them
            except httptools.HttpParserError:
                self.send_400_response(self.refusal or "The request is not well-formed HTTP.")
                return

    def eof_received(self) -> None:
        """The client sends nothing more, and is taken to be gone; if it waits for nothing, it may still read why."""
        if self.cycle and self.cycle.more_body and not self.cycle.response_complete:
            self.send_400_response("The request ended before its body did.")

    def _head_without_offer(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)]
        for name, value in self.headers:
            if name == b"connection":
                words = [word.strip() for word in value.split(b",")]
                value = b", ".join(word for word in words if word.lower() != b"upgrade")
            if name != b"upgrade":
                lines.append(b"%b: %b" % (name, value))
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def headers_of_answers(self) -> list[tuple[bytes, bytes]]:
        headers = self.server_state.default_headers
        return [*headers, self.https_only] if self.https_only and self.scheme == "https" else headers

    def lines_of_answers(self) -> bytes:
        every = super().lines_of_answers()
        return every + lines([self.https_only]) if self.https_only and self.scheme == "https" else every

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP with an Error object, behind all that came before it, and takes nothing more."""
        if self._declined:
            return
        self._declined = msg
        broken = self.cycle if self.cycle and self.cycle.more_body else None  # whose body cannot be read
        if broken and self.pipeline and self.pipeline[0][0] is broken:
            self.pipeline.popleft()
        elif broken and broken.response_started:
            self.transport.close()  # it has its answer
            self.part()
            return
        elif broken:
            broken.disconnected = True
            broken.message_event.set()
            self._answered = None
        self._decline_when_answered()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._declined and not self.transport.is_closing():
            self._decline_when_answered()

    def _decline_when_answered(self) -> None:
        if not self.pipeline and (self._answered is None or self._answered.response_complete):
            self._decline()

    def _decline(self) -> None:
        """Says why nothing more is taken, and hangs up once the client has had time to read it.

        To close at once, with some of what the client sent not taken yet, would take the answer from it.
        """
        body = b"".join(error_of(InvalidRequest(self._declined)))
        headers = [
            *self.headers_of_answers(),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            *COMMON_HEADERS,
            (b"connection", b"close"),
        ]
        lines = [STATUS_LINE[400].rstrip(), *(b"%b: %b" % header for header in headers)]
        self._unset_keepalive_if_required()
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.timeout_keep_alive_task = self.loop.call_later(_LINGER, self.timeout_keep_alive_handler)
        else:
            self.transport.close()
        self.part()


def protocol_within(bounds: Bounds, door: Door, *, https_only_seconds: int) -> type[Protocol]:
    """The protocol for connections within bounds, which tells clients for so many seconds to come with https only.

    Requests that `door` does not let in are refused.
    """

    class Bounded(Protocol):
        pass

    Bounded.bounds = bounds
    Bounded.door = door
    if https_only_seconds:
        Bounded.https_only = (b"strict-transport-security", b"max-age=%d" % https_only_seconds)
    return Bounded
