"""Delivery: sends one webhook what is due to it, version by version, and writes down what came of it."""

from __future__ import annotations

import random
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog

from scrumrpc.calls.told import Choice, Told, told
from scrumrpc.store import deliveries
from scrumrpc.store.database import Database
from scrumrpc.store.deliveries import Attempt, Claim, Outlook
from scrumrpc.store.epochs import check_still
from scrumrpc.webhooks.messages import MOST_CHANGES, Message, headers_of, message_of_test, message_of_version
from scrumrpc.webhooks.patience import delay_after, reason_to_give_up
from scrumrpc.webhooks.posting import Post

_LOG = structlog.get_logger("scrumrpc.webhooks")
_CHANGES_AT_ONCE = 200
"""About so many changes are read ahead for a webhook."""


class Delivery:
    """The sending to one webhook that the sender has claimed; `origin` is where this server is reached."""

    def __init__(self, database: Database, claim: Claim, *, origin: str, patience: float) -> None:
        self._database = database
        self._claim = claim
        self._origin = origin
        self._patience = patience

    async def run(self, tls: ssl.SSLContext, *, private: bool, goes_on: Callable[[], bool]) -> None:
        """Sends what is due, as long as something is and `goes_on` says so; ends where something fails."""
        async with Post(private=private, tls=tls, patience=self._patience) as post:
            await self._send_in_turn(post, goes_on)

    async def _send_in_turn(self, post: Post, goes_on: Callable[[], bool]) -> None:
        claim = self._claim
        ahead = _Ahead()
        while goes_on():
            outlook = await self._database.read(partial(deliveries.renew, claim=claim))
            if outlook is None or not outlook.is_open:
                return
            if outlook.test_id is not None:
                await self._send_test(outlook, outlook.test_id, post)
                continue
            if not outlook.is_due:
                return
            if (reason := _hindrance(outlook)) is not None:
                await self._database.read(partial(deliveries.disable, claim=claim, reason=reason))
                return
            if not ahead.is_of(outlook):
                ahead = await self._read_ahead(outlook)
            if ahead.versions:
                message = message_of_version(claim.account, claim.webhook, outlook.epoch, ahead.take())
                if not await self._send_version(outlook, message, post):
                    return
            elif ahead.reached > outlook.delivered_version:
                await self._database.read(partial(deliveries.skip_to, claim=claim, version=ahead.reached))
            else:
                return

    async def _read_ahead(self, outlook: Outlook) -> _Ahead:
        """The next versions, as the person may know them whose webhook it is."""
        choice = Choice(outlook.projects, outlook.object_types)
        versions, reached = await told(
            self._database,
            self._claim.account,
            outlook.reach,
            choice,
            outlook.delivered_version,
            outlook.data_version,
            _CHANGES_AT_ONCE,
            origin=self._origin,
            largest=MOST_CHANGES,
        )
        await self._database.read(partial(check_still, account=self._claim.account, epoch=outlook.epoch))
        return _Ahead(_sight(outlook), outlook.delivered_version, deque(versions), reached)

    async def _send_version(self, outlook: Outlook, message: Message, post: Post) -> bool:
        """Sends a version and writes down what came of it; False where the next one is not to be sent now."""
        claim = self._claim
        attempt = await _attempt(post, outlook, message, outlook.failures + 1)
        if attempt.failure is None:
            return await self._database.read(partial(deliveries.note_taken, claim=claim, attempt=attempt))
        reason = reason_to_give_up(attempt.attempt, attempt.status, attempt.failure)
        delay = delay_after(attempt.attempt, random.random)
        _LOG.info(
            "webhook not delivered",
            account=claim.account,
            webhook=claim.webhook,
            version=attempt.version,
            attempt=attempt.attempt,
            failure=attempt.failure,
            given_up=reason is not None,
        )
        await self._database.read(
            partial(deliveries.note_failed, claim=claim, attempt=attempt, delay=delay, reason=reason)
        )
        return False

    async def _send_test(self, outlook: Outlook, test_id: str, post: Post) -> None:
        claim = self._claim
        attempt = await _attempt(
            post, outlook, message_of_test(claim.account, claim.webhook, outlook.epoch, test_id), 1
        )
        await self._database.read(partial(deliveries.note_test, claim=claim, attempt=attempt))


def _hindrance(outlook: Outlook) -> str | None:
    """Why nothing can be sent until somebody decides about it, in words."""
    if not outlook.has_person:
        return "The person is gone whose webhook it was; enableWebhook makes it the caller's."
    if outlook.delivered_version < outlook.oldest_version:
        return (
            f"What followed data version {outlook.delivered_version} is no longer kept; enableWebhook goes on from a "
            "later one."
        )
    return None


async def _attempt(post: Post, outlook: Outlook, message: Message, number: int) -> Attempt:
    now = datetime.now(UTC)
    signing = (outlook.secret,) if outlook.old_secret is None else (outlook.secret, outlook.old_secret)
    outcome = await post.send(outlook.url, headers_of(message, signing, now), message.body)
    return Attempt(message.id, message.version, number, now, outcome.milliseconds, outcome.status, outcome.failure)


Sight = tuple[str, frozenset[int] | None, frozenset[int] | None, frozenset[str] | None]
"""What decides which changes are told, and how: the epoch, the reach, and the chosen projects and types."""


def _sight(outlook: Outlook) -> Sight:
    return outlook.epoch, outlook.reach, outlook.projects, outlook.object_types


@dataclass(slots=True)
class _Ahead:
    """Versions read ahead for one sight; `position` is the version before the first of them."""

    sight: Sight | None = None
    position: int = -1
    versions: deque[Told] = field(default_factory=deque)
    reached: int = -1

    def is_of(self, outlook: Outlook) -> bool:
        """Whether these are still the next versions, as they are to be told now."""
        return bool(self.versions) and self.sight == _sight(outlook) and self.position == outlook.delivered_version

    def take(self) -> Told:
        """The next one; the position goes on behind it."""
        taken = self.versions.popleft()
        self.position = taken.version
        return taken
