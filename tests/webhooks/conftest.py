"""A receiver, and a sender that runs while a test waits for what it does."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.store.images import Images
from scrumrpc.webhooks.sender import Pace, Sender
from tests.webhooks.receiving import Receiver
from tests.world import World

ORIGIN = "https://scrum.example.com"
QUICK = Pace(look=0.02, rest=0.0, grace=10.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is sent things."""
    receiver = Receiver()
    yield receiver
    receiver.close()


class Sending:
    """An account that sends to private addresses, as a setting allows it; no other account has webhooks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pace = QUICK

    def add(self, receiver: Receiver, path: str = "/hook", email: str | None = None, **given: str) -> Any:
        """Adds a webhook that leads to a path of the receiver, and answers its object."""
        return self.world.call("addWebhook", email, url=receiver.url(path), **given)

    def webhook(self, number: int = 1) -> Any:
        """What is shown of the webhook of that number."""
        webhook_id = f"{self.world.account}-0-{number}"
        return next(each for each in self.world.call("getWebhooks") if each["id"] == webhook_id)

    def deliveries(self, number: int = 1) -> Any:
        """The attempts of the webhook of that number, newest first."""
        return self.world.call("getWebhookDeliveries", webhookID=f"{self.world.account}-0-{number}")

    def new_sender(self, **pace: float) -> Sender:
        """A sender, not started yet."""
        return Sender(self.world.database, origin=ORIGIN, private=True, pace=replace(self.pace, **pace))

    def until(self, condition: Callable[[], Any], *senders: Sender) -> None:
        """Sends until the condition holds, which may be something to await; the senders end in good order."""

        async def whole() -> None:
            running = senders or (self.new_sender(),)
            for sender in running:
                await sender.start()
            try:
                async with asyncio.timeout(60):
                    while not await _value(condition):  # noqa: ASYNC110  others bring it about
                        await asyncio.sleep(0.01)
            finally:
                for sender in running:
                    await sender.stop()

        self.world.run(whole())

    def until_settled(self) -> None:
        """Sends until nothing is due and nothing is being sent."""
        self.until(self._is_settled)

    async def _is_settled(self) -> bool:
        async def due(conn: Any) -> int:
            cursor = await conn.execute(
                "SELECT count(*) FROM webhooks JOIN accounts USING (account_id) WHERE claimed_until > now() "
                "OR test_id IS NOT NULL OR is_enabled AND delivered_version < data_version AND due_at <= now()"
            )
            return int((await cursor.fetchone())[0])

        return await self.world.database.read(due) == 0

    def pass_time(self, seconds: float) -> None:
        """Moves all that is to be at some time nearer, as if so much time had passed."""
        self.execute(
            "UPDATE webhooks SET due_at = due_at - make_interval(secs => %(seconds)s), "
            "claimed_until = claimed_until - make_interval(secs => %(seconds)s), "
            "old_secret_until = old_secret_until - make_interval(secs => %(seconds)s)",
            seconds=seconds,
        )

    def execute(self, statement: str, **parameters: Any) -> None:
        """Runs a statement on the database."""
        self.world.store(lambda conn: conn.execute(statement, parameters))


async def _value(condition: Callable[[], Any]) -> Any:
    value = condition()
    return await value if inspect.isawaitable(value) else value


@pytest.fixture
def sending(world: World) -> Iterator[Sending]:
    """The pipeline with a fresh account whose webhooks may lead to the receiver."""
    database, calls = world.database, world.calls
    limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
    world.calls = Calls(database, Images(database, 10**9), limits, private_targets=True)
    sending = Sending(world)
    sending.execute("DELETE FROM webhooks")
    yield sending
    sending.execute("DELETE FROM webhooks")
    world.run(world.calls.close())
    world.calls = calls
