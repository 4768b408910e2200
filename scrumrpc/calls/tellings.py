"""Tellings: versions put into words once for all who are to be told the same, at the same time or shortly after."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial

from scrumrpc.calls.told import Choice, Told

_KEPT = 16 * 1024 * 1024
"""Bytes of what was told last that are kept for others who are to be told the same."""
_KEPT_FOR = 60.0
"""Seconds for which it is kept. Who wants the same later, comes back from somewhere alone."""
_OVERHEAD = 1024
"""Bytes that something kept takes besides what was told."""

Telling = tuple[list[Told], int]


@dataclass(frozen=True, slots=True)
class What:
    """What is told: some of the versions after `since`, as who reaches these projects may know them at `until`."""

    account: int
    epoch: str
    reach: frozenset[int] | None
    choice: Choice
    since: int
    until: int


class Tellings:
    """Those under way and the last ones that are complete, together at most about `_KEPT` bytes."""

    def __init__(
        self, tell: Callable[[What], Coroutine[None, None, Telling]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._tasks: dict[What, asyncio.Task[Telling]] = {}
        self._complete: OrderedDict[What, tuple[int, float]] = OrderedDict()  # bytes, and when; the oldest first
        self._bytes = 0

    async def get(self, what: What) -> Telling:
        """What is told: as others were told it, or with them. It goes on where one of those who wait gives up."""
        task = self._tasks.get(what)
        if task is None:
            task = self._tasks[what] = asyncio.create_task(self._tell(what))
            task.add_done_callback(partial(self._keep, what))
        return await asyncio.shield(task)

    def _keep(self, what: What, task: asyncio.Task[Telling]) -> None:
        if task.cancelled() or task.exception() is not None:
            del self._tasks[what]
            return
        versions, _ = task.result()
        now, size = self._clock(), _OVERHEAD + sum(len(version.json) for version in versions)
        self._complete[what] = size, now
        self._bytes += size
        while self._complete:
            oldest, (size, then) = next(iter(self._complete.items()))
            if self._bytes <= _KEPT and now - then <= _KEPT_FOR:
                break
            del self._complete[oldest], self._tasks[oldest]
            self._bytes -= size
