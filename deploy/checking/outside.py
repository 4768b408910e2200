"""A client of the proxy, as `behind.py` asks it."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlencode

from deploy.checking.outcome import expect

API = "/service/api/v1"


class Outside:
    """A client of the proxy."""

    def __init__(self, credentials: str, certificate: Path) -> None:
        self.credentials = credentials
        self._context = ssl.create_default_context(cafile=certificate)

    def connect(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        """A connection that comes from an address."""
        return http.client.HTTPSConnection("localhost", timeout=30, context=self._context, source_address=(source, 0))

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
