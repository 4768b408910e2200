"""What a call that lasts long needs to know of its connection: whether the client is still there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope

TRANSPORT = "scrumrpc.transport"
"""The ASGI extension that holds the transport of the connection."""


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
    transport: asyncio.Transport = scope["extensions"][TRANSPORT]["transport"]
    return transport
