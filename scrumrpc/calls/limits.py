"""Limits: how many calls a worker takes at once, and how many each API key may make; counted in each worker."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from scrumrpc.errors import APIBusy, APILimitReached, TooManyOngoingRequests


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
        self._rate = RateLimitItemPerMinute(calls_per_minute_per_key) if calls_per_minute_per_key else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage()) if calls_per_minute_per_key else None
        self._ongoing = 0
        self._ongoing_by_key: Counter[bytes] = Counter()
        self._most_waiting = waiting
        self._waiting_per_key = waiting_per_key
        self._waiting = 0
        self._waiting_by_key: Counter[bytes] = Counter()

    @asynccontextmanager
    async def admitted(self, key_hash: bytes) -> AsyncIterator[None]:
        """Counts a call of an API key while it runs; refuses it where it is one too many."""
        with self.queued():
            async with self.of_key(key_hash):
                yield

    @contextmanager
    def queued(self) -> Iterator[None]:
        """Counts a call in the worker while it runs, whoever makes it; refuses it where the worker has too many."""
        if self._queue and self._ongoing >= self._queue:
            raise APIBusy
        self._ongoing += 1
        try:
            yield
        finally:
            self._ongoing -= 1

    @asynccontextmanager
    async def of_key(self, key_hash: bytes, whose: str = "API key") -> AsyncIterator[None]:
        """Counts a queued call of a key, or of something else that has a number of calls, while it runs."""
        if self._ongoing_per_key and self._ongoing_by_key[key_hash] >= self._ongoing_per_key:
            raise TooManyOngoingRequests(
                f"The {whose} has {self._ongoing_per_key} calls under way, which is as many as it may have at once."
            )
        self._ongoing_by_key[key_hash] += 1
        try:
            await self._count(key_hash, whose)
            yield
        finally:
            self._ongoing_by_key[key_hash] -= 1
            if not self._ongoing_by_key[key_hash]:
                del self._ongoing_by_key[key_hash]

    @asynccontextmanager
    async def waiting(self, key_hash: bytes) -> AsyncIterator[None]:
        """Counts a call of an API key that waits, or a stream of events, while it runs; refuses one too many."""
        if self._most_waiting and self._waiting >= self._most_waiting:
            raise APIBusy("As many clients wait for new versions as the server accepts; try again shortly.")
        if self._waiting_per_key and self._waiting_by_key[key_hash] >= self._waiting_per_key:
            raise TooManyOngoingRequests(
                f"With the API key, {self._waiting_per_key} clients wait for new versions already, which is as many as "
                "may at once."
            )
        self._waiting += 1
        self._waiting_by_key[key_hash] += 1
        try:
            await self._count(key_hash, "API key")
            yield
        finally:
            self._waiting -= 1
            self._waiting_by_key[key_hash] -= 1
            if not self._waiting_by_key[key_hash]:
                del self._waiting_by_key[key_hash]

    async def _count(self, key_hash: bytes, whose: str) -> None:
        if self._limiter is None or self._rate is None or await self._limiter.hit(self._rate, key_hash.hex()):
            return
        window = await self._limiter.get_window_stats(self._rate, key_hash.hex())
        raise APILimitReached(
            f"The {whose} has made {self._rate.amount} calls within a minute, which is as many as it may.",
            retry_after=max(1, round(window.reset_time - time.time() + 0.5)),
        )
