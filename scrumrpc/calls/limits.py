"""Limits: how many calls a worker takes at once, and how many each API key may make; counted in each worker."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from scrumrpc.errors import APIBusy, APILimitReached, TooManyOngoingRequests

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import RateLimiter


class Limits:
    """The limits of one worker; 0 means no limit.

    `queue`: calls in the worker at once, beyond which it answers APIBusy. `ongoing_per_key` and
    `calls_per_minute_per_key`: what one key may do, beyond which TooManyOngoingRequests and APILimitReached follow.
    Whoever waits for a version does nothing meanwhile, and has places apart from those: `waiting` of them, of which one
    key may take `waiting_per_key`.
    """

    def __init__(
        self,
        *,
        queue: int,
        ongoing_per_key: int,
        calls_per_minute_per_key: int,
        waiting: int = 0,
        waiting_per_key: int = 0,
    ) -> None:
        self._queue = queue
        self._ongoing_per_key = ongoing_per_key
        self._rate: RateLimitItem | None = None
        self._limiter: RateLimiter | None = None
        if calls_per_minute_per_key:
            # Loaded only for those who want it: it takes a tenth of the time that a worker needs to start.
            from limits import RateLimitItemPerMinute
            from limits.aio.storage import MemoryStorage
            from limits.aio.strategies import MovingWindowRateLimiter

            self._rate = RateLimitItemPerMinute(calls_per_minute_per_key)
            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._ongoing = 0
        self._ongoing_by_key: dict[bytes, int] = {}
        self._most_waiting = waiting
        self._waiting_per_key = waiting_per_key
        self._waiting = 0
        self._waiting_by_key: dict[bytes, int] = {}

    def admitted(self, key_hash: bytes) -> _Admitted:
        """Counts a call of an API key while it runs; refuses it where it is one too many."""
        return _Admitted(self, key_hash)

    @contextmanager
    def queued(self) -> Iterator[None]:
        """Counts a call in the worker while it runs, whoever makes it; refuses it where the worker has too many."""
        self.take_place()
        try:
            yield
        finally:
            self.leave_place()

    @asynccontextmanager
    async def of_key(self, key_hash: bytes, whose: str = "API key") -> AsyncIterator[None]:
        """Counts a queued call of a key, or of something else that has a number of calls, while it runs."""
        self.take_place_of_key(key_hash, whose)
        try:
            await self.count(key_hash, whose)
            yield
        finally:
            self.leave_place_of_key(key_hash)

    @asynccontextmanager
    async def waiting(self, key_hash: bytes) -> AsyncIterator[None]:
        """Counts a call of an API key that waits, or a stream of events, while it runs; refuses one too many."""
        if self._most_waiting and self._waiting >= self._most_waiting:
            raise APIBusy("As many clients wait for new versions as the server accepts; try again shortly.")
        if self._waiting_per_key and self._waiting_by_key.get(key_hash, 0) >= self._waiting_per_key:
            raise TooManyOngoingRequests(
                f"With the API key, {self._waiting_per_key} clients wait for new versions already, which is as many as "
                "may at once."
            )
        self._waiting += 1
        _add(self._waiting_by_key, key_hash)
        try:
            await self.count(key_hash)
            yield
        finally:
            self._waiting -= 1
            _take_away(self._waiting_by_key, key_hash)

    def take_place(self) -> None:
        """Counts a call that begins, or raises APIBusy."""
        if self._queue and self._ongoing >= self._queue:
            raise APIBusy
        self._ongoing += 1

    def leave_place(self) -> None:
        """Counts a call no more."""
        self._ongoing -= 1

    def take_place_of_key(self, key_hash: bytes, whose: str = "API key") -> None:
        """Counts a call of a key that begins, or raises TooManyOngoingRequests."""
        if self._ongoing_per_key and self._ongoing_by_key.get(key_hash, 0) >= self._ongoing_per_key:
            raise TooManyOngoingRequests(
                f"The {whose} has {self._ongoing_per_key} calls under way, which is as many as it may have at once."
            )
        _add(self._ongoing_by_key, key_hash)

    def leave_place_of_key(self, key_hash: bytes) -> None:
        """Counts a call of a key no more."""
        _take_away(self._ongoing_by_key, key_hash)

    async def count(self, key_hash: bytes, whose: str = "API key") -> None:
        """Counts a call among those of the minute, or raises APILimitReached."""
        if self._limiter is None or self._rate is None or await self._limiter.hit(self._rate, key_hash.hex()):
            return
        window = await self._limiter.get_window_stats(self._rate, key_hash.hex())
        raise APILimitReached(
            f"The {whose} has made {self._rate.amount} calls within a minute, which is as many as it may.",
            retry_after=max(1, round(window.reset_time - time.time() + 0.5)),
        )


class _Admitted:
    """The place of a call. Every call takes one, and what contextlib makes for it costs a poll a tenth of its time."""

    __slots__ = ("_key_hash", "_limits")

    def __init__(self, limits: Limits, key_hash: bytes) -> None:
        self._limits = limits
        self._key_hash = key_hash

    async def __aenter__(self) -> None:
        self._limits.take_place()
        try:
            self._limits.take_place_of_key(self._key_hash)
            try:
                await self._limits.count(self._key_hash)
            except BaseException:
                self._limits.leave_place_of_key(self._key_hash)
                raise
        except BaseException:
            self._limits.leave_place()
            raise

    async def __aexit__(self, *_failure: object) -> None:
        self._limits.leave_place_of_key(self._key_hash)
        self._limits.leave_place()


def _add(by_key: dict[bytes, int], key: bytes) -> None:
    by_key[key] = by_key.get(key, 0) + 1


def _take_away(by_key: dict[bytes, int], key: bytes) -> None:
    if by_key[key] == 1:
        del by_key[key]
    else:
        by_key[key] -= 1
