"""Limits: how many calls a worker takes at once, and how many each API key and account may make on the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scrumrpc.calls.admission import Admission
from scrumrpc.calls.counters import NOT_COUNTED, Counters
from scrumrpc.errors import APIBusy, APILimitReached, TooManyOngoingRequests

_IN_ACCOUNT = 5
"""Writing calls of one account run one after the other, so they may wait for so many times as long as others."""


class Limits:
    """The limits of one worker; 0 means no limit.

    `queue`: calls in the worker at once, beyond which it answers APIBusy. `ongoing_per_key`, `calls_per_minute_per_key`
    and the same `per_account`: what one key and all keys of an account may do, beyond which TooManyOngoingRequests and
    APILimitReached follow; these hold for all workers that share the counters. Whoever waits for a version does
    nothing meanwhile, and has places apart from those: `waiting` of them in the worker, of which one key may take
    `waiting_per_key` on the server. Calls that wait to begin for longer than `delay` seconds, even where they are
    lucky, are too many, and some are refused with APIBusy; among writing calls of one account that is so after several
    times as long.
    """

    def __init__(
        self,
        *,
        queue: int,
        ongoing_per_key: int,
        calls_per_minute_per_key: int,
        ongoing_per_account: int = 0,
        calls_per_minute_per_account: int = 0,
        waiting: int = 0,
        waiting_per_key: int = 0,
        delay: float = 0.0,
        counters: Counters | None = None,
    ) -> None:
        self._queue = queue
        self._ongoing_per_key = ongoing_per_key
        self._per_minute_per_key = calls_per_minute_per_key
        self._ongoing_per_account = ongoing_per_account
        self._per_minute_per_account = calls_per_minute_per_account
        self._most_waiting = waiting
        self._waiting_per_key = waiting_per_key
        self.admission = Admission(delay, queue)
        self.delay_in_account = _IN_ACCOUNT * delay
        self._counters = counters or Counters.alone()
        self._ongoing = 0
        self._waiting = 0

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

    @contextmanager
    def of_key(self, key_hash: bytes, whose: str = "API key") -> Iterator[None]:
        """Counts a queued call of a key, or of something else that has a number of calls, while it runs."""
        place = self.take_place_of_key(key_hash, whose)
        try:
            yield
        finally:
            self._counters.end(place)

    @property
    def counts_accounts(self) -> bool:
        """Whether accounts have limits of their own."""
        return bool(self._ongoing_per_account or self._per_minute_per_account)

    @contextmanager
    def of_account(self, account: int) -> Iterator[None]:
        """Counts a call of an account while it runs, whose key must be valid: nobody else may use up its calls."""
        key = b"account %d" % account
        place = self._begin(key, self._ongoing_per_account, "account")
        try:
            self._count(key, self._per_minute_per_account, "account")
            yield
        finally:
            self._counters.end(place)

    @contextmanager
    def waiting(self, key_hash: bytes) -> Iterator[None]:
        """Counts a call of an API key that waits, or a stream of events, while it runs; refuses one too many."""
        if self._most_waiting and self._waiting >= self._most_waiting:
            raise APIBusy("As many clients wait for new versions as the server accepts; try again shortly.")
        place = self._counters.begin(b"waiting" + key_hash, self._waiting_per_key) if self._waiting_per_key else -1
        if place is None:
            raise TooManyOngoingRequests(
                f"With the API key, {self._waiting_per_key} clients wait for new versions already, which is as many as "
                "may at once."
            )
        self._waiting += 1
        try:
            self._count(key_hash, self._per_minute_per_key, "API key")
            yield
        finally:
            self._waiting -= 1
            self._counters.end(place)

    def take_place(self) -> None:
        """Counts a call that begins, or raises APIBusy."""
        if self._queue and self._ongoing >= self._queue:
            raise APIBusy
        self._ongoing += 1

    def leave_place(self) -> None:
        """Counts a call no more."""
        self._ongoing -= 1

    def take_place_of_key(self, key_hash: bytes, whose: str = "API key") -> int:
        """Counts a call of a key that begins, and answers its place; or raises what says which limit is reached."""
        place = self._begin(key_hash, self._ongoing_per_key, whose)
        try:
            self._count(key_hash, self._per_minute_per_key, whose)
        except APILimitReached:
            self._counters.end(place)
            raise
        return place

    def leave_place_of_key(self, place: int) -> None:
        """Counts a call of a key no more."""
        self._counters.end(place)

    def _begin(self, key: bytes, most: int, whose: str) -> int:
        if not most:
            return NOT_COUNTED
        place = self._counters.begin(key, most)
        if place is None:
            raise TooManyOngoingRequests(
                f"The {whose} has {most} calls under way, which is as many as it may have at once."
            )
        return place

    def _count(self, key: bytes, most: int, whose: str) -> None:
        """Counts a call among those of the minute, or raises APILimitReached."""
        wait = self._counters.count(key, most) if most else 0
        if wait:
            raise APILimitReached(
                f"The {whose} has made {most} calls within a minute, which is as many as it may.", retry_after=wait
            )


class _Admitted:
    """The place of a call. Every call takes one, and what contextlib makes for it costs a poll a tenth of its time."""

    __slots__ = ("_key_hash", "_limits", "_place")

    def __init__(self, limits: Limits, key_hash: bytes) -> None:
        self._limits = limits
        self._key_hash = key_hash

    def __enter__(self) -> None:
        self._limits.take_place()
        try:
            self._place = self._limits.take_place_of_key(self._key_hash)
        except BaseException:
            self._limits.leave_place()
            raise

    def __exit__(self, *_failure: object) -> None:
        self._limits.leave_place_of_key(self._place)
        self._limits.leave_place()
