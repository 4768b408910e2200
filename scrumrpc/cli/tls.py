"""Serving with TLS: the same port takes https, and redirects plain http to it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

import structlog
import uvicorn
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from scrumrpc.calls.counters import Counters
from scrumrpc.cli.certificates import context_of
from scrumrpc.cli.listening import ListeningServer
from scrumrpc.errors import InvalidRequest
from scrumrpc.wire.endpoint import error_of, send_json

_LOG = structlog.get_logger("scrumrpc.tls")
_PATIENCE = 10.0
"""Seconds that a new connection gets to say something, and to shake hands."""
_FAREWELL = 5.0
"""Seconds that a client gets to answer the end of its connection. Those that wait for nothing do not, and would hold up
the end of the server for so long."""
_TLS_HANDSHAKE = b"\x16"


class TlsServer(ListeningServer):
    """With the first byte of each connection telling whether it speaks TLS.

    `certificate` are the files of it and of its key.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        before_end: Callable[[], None],
        connections: int,
        counters: Counters,
        certificate: tuple[str, str | None],
    ) -> None:
        super().__init__(config, before_end, connections, counters)
        self._certificate = certificate

    def read_certificate(self) -> None:
        """Uses the certificate that is in the files now for new connections, if it can be used; else the one before."""
        try:
            self.config.ssl = context_of(*self._certificate)
        except (OSError, ssl.SSLError) as error:
            _LOG.error("the new certificate cannot be used: the one before stays in use", reason=str(error))
        else:
            _LOG.info("certificate read")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes clients on the sockets."""
        self.config.ssl = context_of(*self._certificate)
        self._plain = uvicorn.Config(
            redirect_to_https, http=self.config.http, ws="none", log_config=None, access_log=False, lifespan="off",
            proxy_headers=False, server_header=False,
        )  # fmt: skip
        self._plain.load()
        await super().startup(sockets)

    async def open(self, connection: socket.socket) -> None:
        """Begins to serve a client, once it has said something. OSError where it has gone, or does not shake hands."""
        async with asyncio.timeout(_PATIENCE):
            first = await _peek(connection)
        if first != _TLS_HANDSHAKE:
            await self.serve_with(self._plain, connection)
            return
        await self.serve_with(
            self.config,
            connection,
            ssl=self.config.ssl,
            ssl_handshake_timeout=_PATIENCE,
            ssl_shutdown_timeout=_FAREWELL,
        )


async def _peek(connection: socket.socket) -> bytes:
    """The first byte that the client sends, which stays to be read; empty if it hung up."""
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(BlockingIOError):
            return connection.recv(1, socket.MSG_PEEK)
        readable: asyncio.Future[None] = loop.create_future()
        loop.add_reader(connection.fileno(), _resolve, readable)
        try:
            await readable
        finally:
            loop.remove_reader(connection.fileno())


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def redirect_to_https(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers a plain request with the https address of the same thing."""
    host = Headers(scope=scope).get("host", "")
    path, query = scope.get("raw_path") or b"/", scope["query_string"]
    explanation = error_of(InvalidRequest("This server speaks https."))
    if not host or any(c in host for c in "/\\?#@ \t"):
        await send_json(send, 400, [], explanation)
        return
    location = b"https://" + host.encode("latin-1") + path + (b"?" + query if query else b"")
    await send_json(send, 308, [(b"location", location), (b"connection", b"close")], explanation)
