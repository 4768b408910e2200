"""Receiver: a real HTTP server on the loopback address that keeps what it is sent, and answers what it is told to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from standardwebhooks import Webhook as Verifying


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: tuple[Any, ...]  # where it came from, which tells connections apart

    @property
    def id(self) -> str:
        """What the message is called."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:
        """The message."""
        return orjson.loads(self.body)

    @property
    def version(self) -> int:
        """The version that it tells of."""
        return int(self.said["data"]["dataVersion"])

    def verified(self, secret: str) -> Any:
        """The message, if its signature is right."""
        return Verifying(secret).verify(self.body, self.headers)


Answers = Callable[[Received], int]
"""What is answered: an HTTP status; raising an exception breaks the connection off instead."""


class Receiver:
    """Answers 204 to everything, until `answers` is something else."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[Received] = []
        self.answers: Answers = lambda _received: 204
        self.headers: dict[str, str] = {}
        self.content = b""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.path, headers, body, self.client_address)
                receiver.got.append(received)
                try:
                    status = receiver.answers(received)
                except ConnectionError:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.content)))
                self.end_headers()
                try:
                    self.wfile.write(receiver.content)
                except OSError:  # the sender reads no further
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A connection that ended in the middle is no error of the receiver."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/hook") -> str:
        """Where it is reached without TLS."""
        return f"http://127.0.0.1:{self.port}{path}"

    def versions(self, path: str = "/hook") -> list[int]:
        """The versions that were sent to a path, in order."""
        return [each.version for each in list(self.got) if each.path == path and each.said["type"] == "version"]

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
