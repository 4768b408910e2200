"""Turns: long work on images, done so that other calls have their turns in between."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TypeVar

from scrumrpc.model.steps import Work

T = TypeVar("T")

_TURN = 0.002
"""Seconds that work goes on before others have their turn: a call that is done within that waits for nobody."""


async def in_turns(work: Work[T]) -> T:
    """The result of work, whose steps are taken while nothing else has to be done for long."""
    until = perf_counter() + _TURN
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        if perf_counter() > until:
            await asyncio.sleep(0)
            until = perf_counter() + _TURN
