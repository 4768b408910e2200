"""Admission: how many calls may wait to begin, so that a server with too many stays quick for those it takes."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

from scrumrpc.errors import APIBusy

_INTERVAL = 0.1
"""Seconds from one look at how long calls wait to the next."""
_FEWEST = 64
"""So many may wait however long it takes: a few more than usual are no overload, and a slow moment is none."""
_GROWTH = 1.1
_MEMORY = 0.95
"""How much of the best rate that was seen is left after each look: what a server can do is not what it does while it is
kept from working, and to refuse more then would only make it do less."""

STRANGERS = 0
"""Stands for the accounts of calls whose key has not been found valid: they share one account's part of the places."""


class Delay:
    """How many may wait, by how long those waited whose turn came: as many as begin within `target` seconds.

    A burst is no overload: as long as one of those that begin within a tenth of a second has waited less than
    `target`, the number grows, up to `most`. Where even the luckiest has waited longer, the queue stands: then as many
    may wait as the server can begin in such a time, by the best rate that it had lately.

    Example: of 1,000 waiting calls 200 begin within a tenth of a second, none of which has waited less than 0.3
    seconds. With a `target` of 0.1, from then on 200 may wait, and the last of them waits about a tenth of a second.
    """

    __slots__ = ("_begun", "_clock", "_ends", "_least", "_most", "_rate", "_target", "limit")

    def __init__(self, target: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._target = target
        self._most = max(most, _FEWEST)
        self._clock = clock
        self.limit = self._most
        self._least = math.inf
        self._begun = 0
        self._rate = 0.0
        self._ends = clock() + _INTERVAL

    def note(self, waited: float) -> None:
        """Takes note of one whose turn has come."""
        self._begun += 1
        self._least = min(self._least, waited)
        now = self._clock()
        if now >= self._ends:
            self._decide(now)

    def _decide(self, now: float) -> None:
        self._rate = max(_MEMORY * self._rate, self._begun / (now - self._ends + _INTERVAL))
        if self._least > self._target:
            self.limit = min(self.limit, max(_FEWEST, int(self._rate * self._target)))
        elif self._least < self._target / 2:
            self.limit = min(self._most, int(self.limit * _GROWTH))
        self._least, self._begun, self._ends = math.inf, 0, now + _INTERVAL


class Admission:
    """The calls of a worker that wait to begin: from when they come until it is known who makes them.

    Half of the places are for whoever comes first. Where more are taken, each account that has calls waiting may have
    an equal part of all, and no more, so that one account cannot keep others out: an account that comes to a full
    server is let in as well. A `target` of 0 lets everybody in.
    """

    def __init__(self, target: float, most: int) -> None:
        self._delay = Delay(target, most or 1_000_000_000) if target else None
        self._waiting: dict[int, int] = {}
        self._total = 0
        self._expected: Counter[int | None] = Counter()
        self._expected_total = 0

    @property
    def has_room(self) -> bool:
        """Whether a call of anybody may come in now."""
        return self._delay is None or 2 * (self._total + self._expected_total) < self._delay.limit

    def admits(self, account: int) -> bool:
        """Whether a call of the account may come in now."""
        if self._delay is None or self.has_room:
            return True
        mine = self._waiting.get(account)
        parts = len(self._waiting) + (mine is None)
        return (mine or 0) + self._expected[account] < max(1, self._delay.limit // parts)

    def expect(self, account: int | None) -> None:
        """Has a place kept for a call that is on its way, of some account or of this one, until `expect_none`."""
        self._expected[account] += 1
        self._expected_total += 1

    def expect_none(self) -> None:
        """Keeps no more places: whoever was on its way enters now."""
        self._expected.clear()
        self._expected_total = 0

    def enter(self, account: int) -> Turn:
        """Counts a call that has come; APIBusy where too many wait."""
        if not self.admits(account):
            raise APIBusy
        self._waiting[account] = self._waiting.get(account, 0) + 1
        self._total += 1
        return Turn(self, account)

    def leave(self, account: int, waited: float | None) -> None:
        """Counts a call no more: it begins, after so many seconds, or is over before it could."""
        left = self._waiting[account] - 1
        if left:
            self._waiting[account] = left
        else:
            del self._waiting[account]
        self._total -= 1
        if waited is not None and self._delay is not None:
            self._delay.note(waited)


class Turn:
    """A call that waits to begin, or has begun."""

    __slots__ = ("_account", "_admission", "_came", "_waits")

    def __init__(self, admission: Admission, account: int) -> None:
        self._admission = admission
        self._account = account
        self._came = time.monotonic()
        self._waits = True

    def begin(self) -> None:
        """Its turn has come."""
        if self._waits:
            self._waits = False
            self._admission.leave(self._account, time.monotonic() - self._came)

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._waits:
            self._waits = False
            self._admission.leave(self._account, None)
