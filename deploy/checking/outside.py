"""A client of the proxy, as `behind.py` asks it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import ssl
from pathlib import Path
from urllib.parse import urlencode

from deploy.checking.outcome import expect

API = "/service/api/v1"
_PATIENCE = 30
_PIECE = 65_536


class Outside:
    """A client of the proxy."""

    def __init__(self, credentials: str, certificate: Path) -> None:
        self.credentials = credentials
        self._context = ssl.create_default_context(cafile=certificate)

    def connect(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """A connection that comes from an address."""
        return http.client.HTTPSConnection(
            "localhost", timeout=_PATIENCE, context=self._context, source_address=(source, 0)
        )

    def send(
        self, path: str, body: bytes | None = None, *, source: str = "127.0.0.1", credentials: str = "", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer."""
        connection = self.connect(source)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request("GET" if body is None else "POST", path, body, {**sent, **self._basic(credentials)})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def send_until_answered(self, path: str, body: bytes) -> bytes:
        """The whole answer to a POST, as it comes.

        As curl does, it looks for one while it sends: the proxy hangs up on whoever goes on for long after it.
        """
        connection = self.connect()
        with contextlib.closing(connection):
            connection.putrequest("POST", path)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            answer = b""
            for begin in range(0, len(body), _PIECE):
                connection.sock.sendall(body[begin : begin + _PIECE])
                connection.sock.setblocking(False)
                with contextlib.suppress(ssl.SSLWantReadError):
                    answer = connection.sock.recv(_PIECE)
                    break
                connection.sock.settimeout(_PATIENCE)
            connection.sock.settimeout(_PATIENCE)
            while not _is_whole(answer):
                more = connection.sock.recv(_PIECE)
                expect(more, f"the answer ends with {answer[-200:]!r}")
                answer += more
            return answer

    def call(self, method: str, **given: str) -> object:
        """The result of a method."""
        status, _, body = self.send(f"{API}/{method}", urlencode(given).encode())
        expect(status == 200, f"{method} answers {status}: {body[:200]!r}")
        return json.loads(body)["result"]

    def stream(self) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        """A stream of events from the beginning."""
        connection = self.connect()
        connection.request("GET", "/service/events?sinceDataVersion=0", headers=self._basic(""))
        return connection, connection.getresponse()

    def _basic(self, credentials: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode((credentials or self.credentials).encode()).decode()}


def _is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return length is not None and len(body) >= int(length[1])
