"""How often, and when, a version is sent again that was not taken."""

from __future__ import annotations

from collections.abc import Callable

PATIENCE = 15.0
"""Seconds that an attempt may take, from looking up the name to the status of the answer."""
_MINUTE, _HOUR = 60.0, 3_600.0
DELAYS = (5.0, 30.0, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, *(8 * _HOUR,) * 8)
"""Seconds from one attempt to the next: 17 attempts in three days."""
_JITTER = 0.2
"""A delay is longer or shorter by up to this part of it, so that what failed together is not repeated together."""
LONGEST_DELAYS = tuple(delay * (1 + _JITTER) for delay in DELAYS)
_GONE = 410


def delay_after(failures: int, random: Callable[[], float]) -> float:
    """Seconds until the next attempt after that many in a row that failed; `random` answers from 0 to 1."""
    return DELAYS[min(failures, len(DELAYS)) - 1] * (1 + _JITTER * (2 * random() - 1))


def reason_to_give_up(failures: int, status: int | None, failure: str) -> str | None:
    """Why nothing is sent any more after that many failures in a row, in words; None while it is tried again."""
    if status == _GONE:
        return "The receiver wants no more: its answer has the HTTP status 410 (Gone)."
    if failures > len(DELAYS):
        return f"It was given up after {failures} attempts in a row that failed. Of the last one: {failure}"
    return None
