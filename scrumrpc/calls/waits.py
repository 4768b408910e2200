"""Waits: what everybody shares who waits for new versions in a worker, so that 2,000 are woken cheaply."""

from __future__ import annotations

import asyncio
from functools import partial

from scrumrpc.calls.authentication import admit
from scrumrpc.calls.epochs import check_epoch
from scrumrpc.calls.tellings import Telling, Tellings, What
from scrumrpc.calls.told import Choice, Told, told
from scrumrpc.errors import ApiError
from scrumrpc.store.database import Database
from scrumrpc.store.epochs import check_still
from scrumrpc.store.look_ups import LookUps
from scrumrpc.store.signals import Signals
from scrumrpc.store.standing import Credentials, Standing

EVERYTHING = Choice()
LARGEST = 1_000
"""Changes of a version beyond which it is told without them."""
_STEP = 200
"""Changes after which no further version is told in the same step."""
_SHORTLY = 0.01
"""Seconds until the next look at a key that is about to expire."""
_IN_VAIN = 1.0
"""Seconds of rest for whoever was woken for a version that the account does not have."""


class Waits:
    """Waiting for the versions of accounts. It takes no connection to the database, and no thread, while it lasts.

    Whoever is woken is looked up again before anything is told: a key may have been revoked, a person's reach changed.
    """

    def __init__(self, database: Database, look_ups: LookUps, signals: Signals, origin: str) -> None:
        self._database = database
        self._signals = signals
        self._origin = origin
        self._look_ups = look_ups
        self._tellings = Tellings(self._tell)

    @property
    def are_over(self) -> bool:
        """Whether the worker ends, so that nobody can wait any more."""
        return self._signals.released

    async def look_up(self, credentials: Credentials) -> Standing:
        """The standing of the credentials now, if it may call; shares the statement with others who ask."""
        return admit(await self._look_ups.look_up(credentials), credentials)

    async def next(self, credentials: Credentials, standing: Standing, seconds: float) -> Standing:
        """Waits until the account has a newer version than `standing` knows, or for so many seconds.

        Answers the standing of the time after that; before it when the key expires, when keys of the account were
        revoked, and when the worker ends. RequiredEpochNotMatching where the account has another epoch by then.
        """
        if standing.key_seconds_left is not None:
            seconds = min(seconds, max(standing.key_seconds_left, _SHORTLY))
        account, version = standing.account, standing.data_version
        heard = await self._signals.newer_than(account, version, seconds, standing.epoch)
        found = await self.look_up(credentials)
        check_epoch(found, standing.epoch)
        if heard is not None and found.data_version <= version:
            self._signals.unheard(account, heard, found.data_version)
            await asyncio.sleep(min(seconds, _IN_VAIN))
        return found

    async def news(self, credentials: Credentials, standing: Standing, version: int, seconds: float) -> Standing:
        """Waits until there is something later than `version` that the caller may see, or for so many seconds.

        Answers the standing of the time after that.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not await self._has_news(standing, version):
            version = standing.data_version
            remaining = deadline - loop.time()
            if remaining <= 0 or self.are_over:
                return standing
            standing = await self.next(credentials, standing, remaining)
        return standing

    async def _has_news(self, standing: Standing, since: int) -> bool:
        if standing.data_version <= since:
            return False
        if standing.projects is None or since < standing.oldest_version:  # what was given up may have been news
            return True
        while since < standing.data_version:
            versions, since = await self.told(standing, EVERYTHING, since)
            if versions:
                return True
        return False

    async def told(self, standing: Standing, choice: Choice, since: int) -> tuple[list[Told], int]:
        """Some of the versions after `since` as the caller may know them, and the version up to which these tell all.

        All who are to be told the same share it.
        """
        what = What(standing.account, standing.epoch, standing.projects, choice, since, standing.data_version)
        try:
            return await self._tellings.get(what)
        except ApiError as error:
            raise error.again() from error

    async def _tell(self, what: What) -> Telling:
        telling = await told(
            self._database, what.account, what.reach, what.choice, what.since, what.until, _STEP,
            origin=self._origin, largest=LARGEST,
        )  # fmt: skip
        await self._database.read(partial(check_still, account=what.account, epoch=what.epoch))
        return telling


class Waiter:
    """Waiting on behalf of one caller."""

    def __init__(self, waits: Waits, credentials: Credentials) -> None:
        self._waits = waits
        self._credentials = credentials

    async def news(self, standing: Standing, version: int, seconds: float) -> Standing:
        """As Waits.news, for the caller, whose standing is known."""
        return await self._waits.news(self._credentials, standing, version, seconds)
