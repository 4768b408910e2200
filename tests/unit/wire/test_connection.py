"""What is broken off when a client hangs up, and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from scrumrpc.wire.connection import ClientGoneError, while_connected


class Client:
    """Hangs up when told to."""

    def __init__(self) -> None:
        self.hangs_up = asyncio.Event()

    async def receive(self) -> Message:
        """What an ASGI application is told."""
        await self.hangs_up.wait()
        return {"type": "http.disconnect"}


def test_a_block_is_broken_off_when_the_client_hangs_up() -> None:
    async def whole() -> None:
        client = Client()
        async with while_connected(client.receive):
            client.hangs_up.set()
            await asyncio.sleep(60)

    with pytest.raises(ClientGoneError):
        asyncio.run(whole())


def test_a_block_that_ends_just_when_the_client_hangs_up_leaves_nothing_behind() -> None:
    """Who waits for the client has heard of it, and the block is over before that has come round."""
    left: list[dict[str, Any]] = []

    async def whole() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: left.append(context))
        client = Client()
        async with while_connected(client.receive):
            await asyncio.sleep(0)  # now somebody waits for the client
            client.hangs_up.set()
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(whole())
    assert left == []
