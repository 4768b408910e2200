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

from scrumrpc.cli.certificates import context_of
from scrumrpc.cli.listening import waiting
from scrumrpc.cli.orders import tell_ready
from scrumrpc.errors import InvalidRequest
from scrumrpc.wire.bounds import SURPLUS
from scrumrpc.wire.endpoint import error_of, send_json

_LOG = structlog.get_logger("scrumrpc.tls")
_PATIENCE = 10.0
"""Seconds that a new connection gets to say something, and to shake hands."""
_FAREWELL = 5.0
"""Seconds that a client gets to answer the end of its connection. Those that wait for nothing do not, and would hold up
the end of the server for so long."""
_TLS_HANDSHAKE = b"\x16"


class TlsServer(uvicorn.Server):
    """uvicorn, with the first byte of each connection telling whether it speaks TLS.

    `certificate` are the files of it and of its key. `before_end` is called when it begins to end. It takes at most so
    many `connections`, those that are only being opened included.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        before_end: Callable[[], None],
        certificate: tuple[str, str | None],
        connections: int,
    ) -> None:
        super().__init__(config)
        self._before_end = before_end
        self._certificate = certificate
        self._most = connections + SURPLUS

    def read_certificate(self) -> None:
        """Uses the certificate that is in the files now for new connections, if it can be used; else the one before."""
        try:
            self.config.ssl = context_of(*self._certificate)
        except (OSError, ssl.SSLError) as error:
            _LOG.error("the new certificate cannot be used: the one before stays in use", reason=str(error))
        else:
            _LOG.info("certificate read")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes connections on the sockets."""
        self.config.ssl = context_of(*self._certificate)
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise SystemExit(uvicorn.config.STARTUP_FAILURE)
        self._plain = uvicorn.Config(
            redirect_to_https, http=self.config.http, ws="none", log_config=None, access_log=False, lifespan="off",
            proxy_headers=False, server_header=False,
        )  # fmt: skip
        self._plain.load()
        self._opening: set[asyncio.Task[None]] = set()
        self.servers = []
        self._accepting = [asyncio.create_task(self._accept(each)) for each in sockets or []]
        self.started = True
        tell_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more connections and lets running calls end."""
        self._before_end()
        for task in (*self._accepting, *self._opening):
            task.cancel()
        await asyncio.gather(*self._accepting, *self._opening, return_exceptions=True)
        await super().shutdown(sockets)

    async def _accept(self, listening: socket.socket) -> None:
        listening.setblocking(False)
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:
                await asyncio.sleep(0.1)  # out of file handles, say: the next attempt may succeed
                continue
            for each in (connection, *waiting(listening)):
                if len(self._opening) + len(self.server_state.connections) >= self._most:
                    each.close()
                    continue
                task = asyncio.create_task(self._open(each))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_PATIENCE):
                first = await _peek(connection)
            config = self.config if first == _TLS_HANDSHAKE else self._plain
            context = config.ssl if first == _TLS_HANDSHAKE else None
            await loop.connect_accepted_socket(
                lambda: config.http_protocol_class(  # type: ignore[call-arg]
                    config=config, server_state=self.server_state, app_state=self.lifespan.state
                ),
                connection,
                ssl=context,
                ssl_handshake_timeout=_PATIENCE if context else None,
                ssl_shutdown_timeout=_FAREWELL if context else None,
            )
        except (OSError, TimeoutError, ssl.SSLError):
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise


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
