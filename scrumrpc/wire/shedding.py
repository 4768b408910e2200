"""Shedding: refuses calls of a server that has too much to do, before they cost it anything but to look at them."""

from __future__ import annotations

import asyncio
from collections import Counter, deque

import structlog
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import APIBusy, ApiError
from scrumrpc.wire import metrics
from scrumrpc.wire.connection import lines
from scrumrpc.wire.credentials import Readings
from scrumrpc.wire.endpoint import API, COMMON_HEADERS, error_headers, error_of, new_call_id

_LOG = structlog.get_logger("scrumrpc.calls")
_STARTS = tuple(b"%b %b" % (verb, API.encode()) for verb in (b"POST", b"GET"))
_UNUSUAL = (b"\r\ntransfer-encoding:", b"\r\nexpect:", b"\r\nupgrade:")
_KEEP_ALIVE = b"\r\nconnection: keep-alive"
_TOLD = 1.0
"""Seconds after which refused calls are counted and logged together: a line for each would cost more than refusing."""
_BREATH = 0.01
"""Seconds for which nothing more is read on a connection whose call was refused, and from one time to the next that
some are read again."""
_READ_AGAIN = 20
"""So many are read again in such a time, however late a busy worker gets to it. Clients that come back right after a
refusal, and a thousand of them, would keep the worker from everything else: what they send waits in their connections.
"""
_RENEWED = 1.0
"""Seconds for which the time-out of an idle connection may be out of date."""


class Door:
    """Tells which calls need not come in, and answers them.

    The loop reads whatever has arrived before any of it begins: to a busy worker these are hundreds of calls in a
    round. A place is kept until then for each that is let in: there would seem to be room for all of them, and to
    refuse them later costs many times what it costs here.
    """

    def __init__(self, calls: Calls, *, log_calls: bool) -> None:
        self._calls = calls
        self._readings = Readings()
        self._log_calls = log_calls
        self._has_arrived = False
        self._refused: Counter[str] = Counter()
        self._unread: deque[tuple[float, FlowControl]] = deque()  # since when, the longest first
        self._read_at = 0.0
        error = APIBusy()
        self._as_told = float(error.retry_after or 0)  # seconds after which clients are told to come back
        body = b"".join(error_of(error))
        about = [(b"content-type", b"application/json"), *COMMON_HEADERS, *error_headers(error)]
        about.append((b"content-length", b"%d" % len(body)))
        self._answer = lines(about) + b"call-id: %b\r\n\r\n" + body

    def is_open(self) -> bool:
        """Whether everybody may come in now; whoever asks does so then."""
        self._arrives()
        if not self._calls.has_room:
            return False
        self._calls.expect(None)
        return True

    def refusal(self, data: bytes) -> bytes | None:
        """The answer to a call that may not come in, but for its first line and what goes with every answer.

        None for what may come in, and for whatever is not certainly one whole request and nothing else: that goes the
        usual way, on which it may be refused as well.
        """
        end = data.find(b"\r\n\r\n")
        if end < 0 or not data.startswith(_STARTS):
            return None
        head = data[: end + 2].lower()
        if len(data) != end + 4 + _size_of_body(head) or not _is_usual(head):
            return None
        begin = head.find(b"\r\nauthorization:")
        given = data[begin + 16 : head.index(b"\r\n", begin + 2)].strip().decode("latin-1") if begin > 0 else None
        try:
            credentials = self._readings.read(given)
        except ApiError:
            return None
        if self._calls.admits(credentials):
            self._calls.expect(credentials)
            return None
        self._count(data[data.index(b"/v1/") + 4 : data.index(b" ", 5)].partition(b"?")[0].decode("latin-1"))
        return self._answer % new_call_id().encode()

    def _arrives(self) -> None:
        if not self._has_arrived:
            self._has_arrived = True
            asyncio.get_running_loop().call_soon(self._end_round)

    def _end_round(self) -> None:
        """All that arrived in this round of the loop has been read, and begins now."""
        self._has_arrived = False
        self._calls.expect_none()

    def rest(self, flow: FlowControl) -> None:
        """Reads nothing more on a connection for a while; at most until its client may come back."""
        flow.pause_reading()
        now = asyncio.get_running_loop().time()
        if not self._unread:
            self._read_at = now
            asyncio.get_running_loop().call_later(_BREATH, self._read_again)
        self._unread.append((now, flow))

    def _read_again(self) -> None:
        now = asyncio.get_running_loop().time()
        turns, self._read_at = int(_READ_AGAIN * (now - self._read_at) / _BREATH), now
        while self._unread and (turns > 0 or self._unread[0][0] + self._as_told <= now):
            turns -= 1
            self._unread.popleft()[1].resume_reading()
        if self._unread:
            asyncio.get_running_loop().call_later(_BREATH, self._read_again)

    def _count(self, method: str) -> None:
        if not self._refused:
            asyncio.get_running_loop().call_later(_TOLD, self._tell)
        self._refused[metrics.known(method)] += 1

    def _tell(self) -> None:
        """Counts and logs what was refused since the last time."""
        for method, count in self._refused.items():
            metrics.count_refused(method, APIBusy.__name__, count)
        if self._log_calls:
            _LOG.warning("calls refused", error=APIBusy.__name__, calls=self._refused.total())
        self._refused.clear()


def _size_of_body(head: bytes) -> int:
    """What the head says; -1 where it is not clear."""
    place = head.find(b"\r\ncontent-length:")
    if place < 0:
        return 0
    size = head[place + 17 : head.index(b"\r\n", place + 2)].strip()
    return int(size) if size.isdigit() and head.find(b"\r\ncontent-length:", place + 2) < 0 else -1


def _is_usual(head: bytes) -> bool:
    """Whether the connection stays open after the answer, and the head asks for nothing beside it."""
    if b" http/1.1\r\n" not in head or any(word in head for word in _UNUSUAL):
        return False
    return b"\r\nconnection:" not in head or _KEEP_ALIVE in head


class SheddingProtocol(HttpToolsProtocol):
    """A connection on which calls that must be refused cost no task, no scope and no parser.

    That is about a tenth of what the cheapest call costs, so that a server which is offered a multiple of what it can
    do still does most of it.
    """

    door: Door | None = None
    _joined: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")
    _renewed_at = 0.0

    def sheds(self, data: bytes) -> bool:
        """Refuses what has arrived, if it is a call that may not come in. Nothing may be under way or half read."""
        if self.door is None or self.door.is_open() or (self.cycle is not None and not self.cycle.response_complete):
            return False
        answer = self.door.refusal(data)
        if answer is None:
            return False
        self.transport.write(STATUS_LINE[503] + self.lines_of_answers() + answer)
        self.door.rest(self.flow)
        now = self.loop.time()
        if now >= self._renewed_at + _RENEWED:
            self._renewed_at = now
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive + _RENEWED, self.timeout_keep_alive_handler
            )
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is read again: asyncio's connections with TLS fail where that is tried, and others rest behind it."""
        super().connection_lost(exc)
        self.flow.read_paused = False

    def headers_of_answers(self) -> list[tuple[bytes, bytes]]:
        """What goes with every answer on this connection."""
        return self.server_state.default_headers

    def lines_of_answers(self) -> bytes:
        """The same as it is written; joined once for all connections when uvicorn has renewed it, each second."""
        every = self.server_state.default_headers
        if SheddingProtocol._joined[0] is not every:
            SheddingProtocol._joined = every, lines(every)
        return SheddingProtocol._joined[1]
