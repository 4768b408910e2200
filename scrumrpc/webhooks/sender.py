"""The sender: a background task of each worker that sends versions to webhooks, in order, until they are taken.

Several senders share the webhooks of a database: each claims one at a time, and only its holder sends. A version
counts as delivered once that is written down, so one that was sent but not written down is sent again: at least once.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import ssl
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog

from scrumrpc.calls.told import Choice, Told, told
from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store import deliveries
from scrumrpc.store.database import Database
from scrumrpc.store.deliveries import Attempt, Claim, Outlook
from scrumrpc.webhooks.messages import MOST_CHANGES, Message, headers_of, message_of_test, message_of_version
from scrumrpc.webhooks.patience import delay_after, reason_to_give_up
from scrumrpc.webhooks.posting import PATIENCE, Post

_LOG = structlog.get_logger("scrumrpc.webhooks")
_CHANGES_AT_ONCE = 200
"""About so many changes are read ahead for a webhook."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a sender goes about it; all in seconds, but for the counts of webhooks that are sent to at once.

    A claim lasts longer than an attempt can take. `look` is how long something may be due unnoticed, where no signal
    tells of it, and `rest` lies between two looks, however many signals come. After a `turn` others get theirs.
    """

    claim: float = 25.0
    patience: float = PATIENCE
    look: float = 2.0
    rest: float = 0.02
    turn: float = 20.0
    grace: float = 5.0
    at_once: int = 16
    at_once_of_account: int = 4


class Sender:
    """Sends to the webhooks of all accounts; `woken` is to be called when an account has a new version.

    `origin` is where this server is reached; `private` says whether private addresses may be sent to.
    """

    def __init__(
        self,
        database: Database,
        *,
        origin: str,
        private: bool = False,
        pace: Pace | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._database = database
        self._origin = origin
        self._private = private
        self._pace = pace or Pace()
        self._tls = tls or ssl.create_default_context()
        self._wake = asyncio.Event()
        self._stopping = False
        self._looking: asyncio.Task[None] | None = None
        self._running: dict[asyncio.Task[None], Claim] = {}

    async def start(self) -> None:
        """Begins to send, in the background."""
        self._looking = asyncio.create_task(self._look_out())

    async def stop(self) -> None:
        """Lets attempts under way end, but not for long, and gives all webhooks back to other senders."""
        self._stopping = True
        self._wake.set()
        if self._looking is not None:
            await self._looking
        running = dict(self._running)
        if not running:
            return
        _, cut_short = await asyncio.wait(running, timeout=self._pace.grace)
        for task in cut_short:
            task.cancel()
        await asyncio.gather(*cut_short, return_exceptions=True)
        for task in cut_short:
            await self._give_back(running[task])

    def woken(self, _account: int, _version: int) -> None:
        """Looks whether something is to be sent."""
        self._wake.set()

    async def _look_out(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                await self._begin_what_is_due()
            except (APIBusy, APINotAvailable):
                pass  # the next look finds it
            except Exception as error:  # nothing may end the sending for good
                _LOG.exception("webhooks cannot be looked for", reason=type(error).__name__)
            try:
                async with asyncio.timeout(self._pace.look):
                    await self._wake.wait()
            except TimeoutError:
                pass
            await asyncio.sleep(self._pace.rest)

    async def _begin_what_is_due(self) -> None:
        while len(self._running) < self._pace.at_once and not self._stopping:
            of_account = Counter(claim.account for claim in self._running.values())
            full = [account for account, count in of_account.items() if count >= self._pace.at_once_of_account]
            token = secrets.token_hex(16)
            claim = await self._database.read(
                partial(deliveries.claim, token=token, seconds=self._pace.claim, without=full)
            )
            if claim is None:
                return
            task = asyncio.create_task(self._serve(claim))
            self._running[task] = claim
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        claim = self._running.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("webhook broke off", account=claim.account, webhook=claim.webhook, exc_info=error)
        self._wake.set()  # there is room for another one

    # One webhook ------------------------------------------------------------------------------------------------------

    async def _serve(self, claim: Claim) -> None:
        """Sends what is due to a webhook, until nothing is, or something fails, or its turn is over."""
        try:
            async with Post(private=self._private, tls=self._tls, patience=self._pace.patience) as post:
                await self._send_in_turn(claim, post)
            await self._give_back(claim)
        except (APIBusy, APINotAvailable):
            return  # the claim lapses by itself

    async def _send_in_turn(self, claim: Claim, post: Post) -> None:
        over = asyncio.get_running_loop().time() + self._pace.turn
        ahead = _Ahead()
        while not self._stopping and asyncio.get_running_loop().time() < over:
            outlook = await self._database.read(partial(deliveries.renew, claim=claim))
            if outlook is None or not outlook.is_open:
                return
            if outlook.test_id is not None:
                await self._send_test(claim, outlook, outlook.test_id, post)
                continue
            if not outlook.is_due:
                return
            if (reason := _hindrance(outlook)) is not None:
                await self._database.read(partial(deliveries.disable, claim=claim, reason=reason))
                return
            if not ahead.is_of(outlook):
                ahead = await self._read_ahead(claim, outlook)
            if ahead.versions:
                message = message_of_version(claim.account, claim.webhook, ahead.take())
                if not await self._send_version(claim, outlook, message, post):
                    return
            elif ahead.reached > outlook.delivered_version:
                await self._database.read(partial(deliveries.skip_to, claim=claim, version=ahead.reached))
            else:
                return

    async def _read_ahead(self, claim: Claim, outlook: Outlook) -> _Ahead:
        """The next versions, as the person may know them whose webhook it is."""
        choice = Choice(outlook.projects, outlook.object_types)
        versions, reached = await told(
            self._database,
            claim.account,
            outlook.reach,
            choice,
            outlook.delivered_version,
            outlook.data_version,
            _CHANGES_AT_ONCE,
            origin=self._origin,
            largest=MOST_CHANGES,
        )
        return _Ahead(_sight(outlook), outlook.delivered_version, deque(versions), reached)

    async def _send_version(self, claim: Claim, outlook: Outlook, message: Message, post: Post) -> bool:
        """Sends a version and writes down what came of it; False where the next one is not to be sent now."""
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

    async def _send_test(self, claim: Claim, outlook: Outlook, test_id: str, post: Post) -> None:
        attempt = await _attempt(post, outlook, message_of_test(claim.account, claim.webhook, test_id), 1)
        await self._database.read(partial(deliveries.note_test, claim=claim, attempt=attempt))

    async def _give_back(self, claim: Claim) -> None:
        try:
            await self._database.read(partial(deliveries.release, claim=claim))
        except (APIBusy, APINotAvailable):
            return  # the claim lapses by itself


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


Sight = tuple[frozenset[int] | None, frozenset[int] | None, frozenset[str] | None]
"""What decides which changes are told, and how: the reach, and the chosen projects and types."""


def _sight(outlook: Outlook) -> Sight:
    return outlook.reach, outlook.projects, outlook.object_types


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
