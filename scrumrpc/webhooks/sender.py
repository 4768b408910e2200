"""The sender: a background task of each worker that sends versions to webhooks, in order, until they are taken.

Several senders share the webhooks of a database: each claims one at a time, and only its holder sends. A version
counts as delivered once that is written down, so one that was sent but not written down is sent again: at least once.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import structlog

from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store import deliveries
from scrumrpc.store.database import Database
from scrumrpc.store.deliveries import Claim
from scrumrpc.webhooks.patience import LONGEST_DELAYS, PATIENCE

_LOG = structlog.get_logger("scrumrpc.webhooks")


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
        self._tls = tls
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
                partial(
                    deliveries.claim,
                    token=token,
                    seconds=self._pace.claim,
                    longest_delays=LONGEST_DELAYS,
                    without=full,
                )
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

    async def _serve(self, claim: Claim) -> None:
        """Sends what is due to a webhook, until nothing is, or something fails, or its turn is over."""
        try:
            # What speaks HTTP and signs takes long to load, and most servers have no webhooks.
            await asyncio.to_thread(import_module, "scrumrpc.webhooks.delivery")
            from scrumrpc.webhooks.delivery import Delivery

            if self._tls is None:
                self._tls = ssl.create_default_context()
            delivery = Delivery(self._database, claim, origin=self._origin, patience=self._pace.patience)
            clock = asyncio.get_running_loop().time
            over = clock() + self._pace.turn

            def goes_on() -> bool:
                return not self._stopping and clock() < over

            await delivery.run(self._tls, private=self._private, goes_on=goes_on)
            await self._give_back(claim)
        except (APIBusy, APINotAvailable):
            return  # the claim lapses by itself

    async def _give_back(self, claim: Claim) -> None:
        try:
            await self._database.read(partial(deliveries.release, claim=claim))
        except (APIBusy, APINotAvailable):
            return  # the claim lapses by itself
