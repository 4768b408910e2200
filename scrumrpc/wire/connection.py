"""What calls need of their connection: whether the client is still there, and a quick way to answer it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope

CONNECTION = "scrumrpc.connection"
"""The ASGI extension that holds the `transport` of a connection, and `answer`, which writes a whole answer at once."""


class ClientGoneError(Exception):
    """The client has hung up: nobody waits for the answer."""


@asynccontextmanager
async def while_connected(receive: Receive) -> AsyncIterator[None]:
    """Breaks the block off, with ClientGoneError, when the client hangs up. The request must have been read."""
    loop = asyncio.get_running_loop()
    watching = asyncio.create_task(_hung_up(receive))
    try:
        async with asyncio.timeout(None) as scope:
            is_over = False

            def end(_watching: asyncio.Task[None]) -> None:
                if not is_over:
                    scope.reschedule(loop.time())

            watching.add_done_callback(end)
            try:
                yield
            finally:
                is_over = True  # `end` may be about to be called already
    except TimeoutError:
        if watching.done():
            raise ClientGoneError from None
        raise
    finally:
        watching.cancel()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def transport_of(scope: Scope) -> asyncio.Transport:
    """The transport of the request's connection."""
    transport: asyncio.Transport = scope["extensions"][CONNECTION]["transport"]
    return transport


def answer_whole(scope: Scope, status: int, headers: bytes, body: bytes) -> bool:
    """Answers a request at once, with headers as lines; False, and nothing is done, where it is to be sent as usual.

    The headers are written as they are: whatever of them a client has said must be quoted.
    """
    extensions = scope.get("extensions") or {}
    return CONNECTION in extensions and extensions[CONNECTION]["answer"](scope, status, headers, body)


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Headers as they are written."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])
