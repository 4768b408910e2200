"""A client that believes nothing: sends bytes as they are, and reads answers by the letter of HTTP/1.1."""

from __future__ import annotations

import re
import socket
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 30
"""Seconds after which a client gives up: the server hangs."""
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [ -~]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t -~\x80-\xff]*)")


class ProtocolError(AssertionError):
    """What came is no HTTP, or not what belongs to the request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. `whole` says whether a stream ended, rather than the client's interest in it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        """The body, unpacked; an answer to HEAD has none, whatever its headers say."""
        packed = self.body and self.headers.get("content-encoding") == "gzip"
        return zlib.decompress(self.body, wbits=31) if packed else self.body


class Connection:
    """A connection that is made anew where the one before has ended."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._where = (parts.hostname or "", parts.port or 80)
        self._socket: socket.socket | None = None
        self._read = b""

    def send(self, pieces: tuple[bytes, ...]) -> None:
        """Sends the pieces, with a moment between them; a server that hangs up meanwhile may do so."""
        connection = self._open()
        try:
            for number, piece in enumerate(pieces):
                if number:
                    time.sleep(0.002)
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer tells why

    def end_sending(self) -> None:
        """Tells the server that nothing more will come."""
        with suppress(OSError):  # the server may have hung up already
            self._open().shutdown(socket.SHUT_WR)

    def answer(self, verb: str, *, is_stream: bool = False) -> Answer | None:
        """The next answer; None where the server hangs up without one. Of a stream nothing but the head is read."""
        while True:
            head = self._until(b"\r\n\r\n")
            if head is None:
                return None
            status, headers = _head(head)
            if status != 100:
                break
        if is_stream and status == 200:
            self.close()
            return Answer(status, headers, b"")
        if verb == "HEAD" or status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = self._chunks()
        else:
            if not headers.get("content-length", "").isdecimal():
                raise ProtocolError(f"An answer without a length: {head!r}")
            body = self._exactly(int(headers["content-length"]))
        return Answer(status, headers, body)

    def check_it_ends(self) -> None:
        """The server hangs up, having sent nothing more."""
        if self._read or self._receive():
            raise ProtocolError(f"More came than was asked for: {self._read[:200]!r}")

    def check_nothing_is_left(self) -> None:
        """Nothing that nobody asked for may stand in what has arrived."""
        if self._socket is not None:
            self._socket.setblocking(False)
            try:
                self._read += self._socket.recv(65536)
            except (BlockingIOError, ConnectionResetError):
                pass
            finally:
                self._socket.settimeout(PATIENCE)
        if self._read:
            raise ProtocolError(f"More came than was asked for: {self._read[:200]!r}")

    def close(self) -> None:
        """Hangs up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read = None, b""

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._where, PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._read = b""
        return self._socket

    def _receive(self) -> bytes:
        try:
            more = self._open().recv(1 << 20)
        except ConnectionResetError:
            more = b""
        except TimeoutError:
            raise ProtocolError(f"The server hangs: no answer within {PATIENCE} seconds.") from None
        self._read += more
        return more

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._read:
            if not self._receive():
                if self._read:
                    raise ProtocolError(f"An answer breaks off: {self._read[:200]!r}")
                return None
        found, _, self._read = self._read.partition(end)
        return found

    def _exactly(self, size: int) -> bytes:
        parts, length = [self._read], len(self._read)
        while length < size:
            self._read = b""
            more = self._receive()
            if not more:
                raise ProtocolError(f"A body breaks off after {length} of {size} bytes.")
            parts.append(more)
            length += len(more)
        whole = b"".join(parts)
        self._read = whole[size:]
        return whole[:size]

    def _chunks(self) -> bytes:
        body = b""
        while True:
            line = self._until(b"\r\n")
            if line is None or not re.fullmatch(rb"[0-9a-f]+", line):
                raise ProtocolError(f"A chunk has no size: {line!r}")
            chunk = self._exactly(int(line, 16) + 2)
            if chunk[-2:] != b"\r\n":
                raise ProtocolError("A chunk has no end.")
            if len(chunk) == 2:
                return body
            body += chunk[:-2]


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if not status:
        raise ProtocolError(f"No status line: {first[:200]!r}")
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if not match:
            raise ProtocolError(f"No header: {line[:200]!r}")
        name = match[1].decode().lower()
        if name in headers:
            raise ProtocolError(f"The header {name} comes twice.")
        headers[name] = match[2].decode("latin-1")
    return int(status[1]), headers
