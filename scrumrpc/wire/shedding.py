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
_READ_AGAIN = 50
"""So many are read again at once. Clients that come back right after a refusal, and a thousand of them, would keep the
worker from everything else: what they send waits in their connections."""
_RENEWED = 1.0
"""Seconds for which the time-out of an idle connection may be out of date."""


class Door:
    """Tells which calls need not come in, and answers them."""

    def __init__(self, calls: Calls, *, log_calls: bool) -> None:
        self._calls = calls
        self._readings = Readings()
        self._log_calls = log_calls
        self._refused: Counter[str] = Counter()
        self._unread: deque[FlowControl] = deque()
        error = APIBusy()
        body = b"".join(error_of(error))
        about = [(b"content-type", b"application/json"), *COMMON_HEADERS, *error_headers(error)]
        about.append((b"content-length", b"%d" % len(body)))
        self._answer = b"".join(b"%b: %b\r\n" % header for header in about) + b"call-id: %b\r\n\r\n" + body

    def is_open(self) -> bool:
        """Whether everybody may come in now."""
        return self._calls.has_room

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
            if self._calls.admits(self._readings.read(given)):
                return None
        except ApiError:
            return None
        self._count(data[data.index(b"/v1/") + 4 : data.index(b" ", 5)].partition(b"?")[0].decode("latin-1"))
        return self._answer % new_call_id().encode()

    def rest(self, flow: FlowControl) -> None:
        """Reads nothing more on a connection for a while."""
        flow.pause_reading()
        if not self._unread:
            asyncio.get_running_loop().call_later(_BREATH, self._read_again)
        self._unread.append(flow)

    def _read_again(self) -> None:
        for _ in range(min(_READ_AGAIN, len(self._unread))):
            self._unread.popleft().resume_reading()
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
    _renewed_at = 0.0

    def sheds(self, data: bytes) -> bool:
        """Refuses what has arrived, if it is a call that may not come in. Nothing may be under way or half read."""
        if self.door is None or self.door.is_open() or (self.cycle is not None and not self.cycle.response_complete):
            return False
        answer = self.door.refusal(data)
        if answer is None:
            return False
        every = b"".join(b"%b: %b\r\n" % header for header in self.headers_of_answers())
        self.transport.write(STATUS_LINE[503] + every + answer)
        self.door.rest(self.flow)
        now = self.loop.time()
        if now >= self._renewed_at + _RENEWED:
            self._renewed_at = now
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive + _RENEWED, self.timeout_keep_alive_handler
            )
        return True

    def headers_of_answers(self) -> list[tuple[bytes, bytes]]:
        """What goes with every answer on this connection."""
        return self.server_state.default_headers
