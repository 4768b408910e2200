"""Groups: calls of one account that queue in a worker share a transaction, each with its own version and answer."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from scrumrpc.calls.admission import Delay
from scrumrpc.calls.authentication import ValidKeys
from scrumrpc.errors import APIBusy, ApiError, APINotAvailable
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.group import Group, MustBeFirst
from scrumrpc.store.opening import Asked, Executed, Opened, open_calls
from scrumrpc.store.signals import Signals
from scrumrpc.store.standing import Standing

_MOST = 32
"""Calls that one transaction may take."""
_SECONDS = 0.05
"""So long calls may begin in a transaction: those that are done wait for the others before they are answered."""
_MOST_WAITING = 1_000
"""Calls that wait in a line, however quickly they begin."""
_CALLS_IN_A_ROW = 8
"""How many calls run before other requests that the worker has get their turn, where no call waits by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call runs: in its group, with what was found for it under the lock."""

    group: Group
    standing: Standing | None  # at the version to which the calls before have led
    executed: Executed | None


_Line = tuple[int, bytes | None]
"""Where calls queue: by account and, as long as their key has not been found valid, by key."""
Run = Callable[[Place], Awaitable[Any]]
"""Runs a call; raises ApiError where it fails, and then has done nothing."""


@dataclass(slots=True)
class _Call:
    asked: Asked
    run: Run
    answer: asyncio.Future[Any]
    is_alone: bool = False  # whether it runs again, after its group has failed as a whole
    came: float = field(default_factory=time.monotonic)


class _Queue(deque[_Call]):
    """The calls that wait in a line, as many as begin in good time."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self._delay = Delay(delay, _MOST_WAITING) if delay else None

    def is_full(self) -> bool:
        return self._delay is not None and len(self) >= self._delay.limit

    def note(self, calls: Sequence[_Call]) -> None:
        """Takes note of calls whose turn has come."""
        if self._delay is not None:
            now = time.monotonic()
            for call in calls:
                self._delay.note(now - call.came)


class Groups:
    """The writing calls of a worker.

    The first call of an account begins a group at once, and is alone in it. Those that come while it runs make up the
    next group, in the order in which they came: the account needs one connection, one lock and one COMMIT for them all.
    Nobody is answered before the COMMIT. Groups of different accounts run at the same time.

    A call sees what those before it did, as if they were committed, and fails by itself. Where anything else goes wrong
    with a group, all of it is undone, and its calls run again, each alone.

    Whoever has no valid key neither waits for the account's lock nor stands in the way of those who have one: calls
    queue apart until their key has been found valid here. Their groups then wait for each other at the lock.
    """

    def __init__(self, database: Database, signals: Signals, valid: ValidKeys, delay: float = 0.0) -> None:
        self._database = database
        self._signals = signals
        self._delay = delay
        self._queues: dict[_Line, _Queue] = {}  # where something runs
        self._valid = valid
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, asked: Asked, run: Run) -> Any:
        """The result of a call. Whoever gives up waiting for it does not keep it from being run, once it has begun."""
        credentials = asked.credentials
        line = (credentials.account, None if credentials in self._valid else credentials.key_hash)
        call = _Call(asked, run, asyncio.get_running_loop().create_future())
        queue = self._queues.get(line)
        if queue is None:
            queue = self._queues[line] = _Queue(self._delay)
            task = asyncio.create_task(self._serve(line, queue))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        elif queue.is_full():
            raise APIBusy("More changes of the account wait than the server makes in good time; try again shortly.")
        queue.append(call)
        return await call.answer

    async def close(self) -> None:
        """Gives up what still runs, for which nobody waits any more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, line: _Line, queue: _Queue) -> None:
        """Runs the calls that queue, until there are no more."""
        calls: list[_Call] = []
        try:
            while queue:
                calls = _take(queue)
                if calls:
                    left = await self._run_together(calls, queue)
                    queue.extendleft(reversed(left))
        finally:
            del self._queues[line]
            for call in (*calls, *queue):
                call.answer.cancel()  # where it has none: the server ends

    async def _run_together(self, calls: Sequence[_Call], queue: _Queue) -> Sequence[_Call]:
        """Runs calls in one transaction and answers them, but for those at the end that it leaves to the next one."""
        group: Group | None = None
        ends: list[Any] = []
        try:
            async with self._database.begin(partial(_open, calls=calls)) as (conn, opened):
                self._note_keys(calls, opened)
                queue.note(calls)
                known = next((standing for standing in opened.standings if standing is not None), None)
                group = Group(conn, calls[0].asked.credentials.account, known, opened.found)
                begun = group.version
                await _run_in(group, calls, opened, ends)
                await group.commit()
                if group.version > begun:
                    self._signals.committed(group.account, group.version)
                for call, end in zip(calls, ends, strict=False):
                    _answer(call, end)
        except Exception as error:  # whatever it is, those who wait are to be told, or their calls to be run again
            if group is None and isinstance(error, (APINotAvailable, APIBusy)):
                # Nobody waits long for a database that is away or has no connection, or an account that is locked.
                calls = [*calls, *queue]
                queue.clear()
            if len(calls) == 1 or (group.may_be_committed if group else isinstance(error, ApiError)):
                for call in calls:
                    _answer(call, error.again() if isinstance(error, ApiError) else error)
                return ()
            for call in calls:
                call.is_alone = True
            return calls
        return calls[len(ends) :]

    def _note_keys(self, calls: Sequence[_Call], opened: Opened) -> None:
        """Remembers which keys are valid."""
        for call, standing in zip(calls, opened.standings, strict=True):
            self._valid.note(call.asked.credentials, standing)


def _take(queue: deque[_Call]) -> list[_Call]:
    """The calls at the front of a queue that may share a transaction, without those that nobody waits for any more."""
    calls = [queue.popleft()]
    while queue and len(calls) < _MOST and not (calls[0].is_alone or queue[0].is_alone):
        calls.append(queue.popleft())
    return [call for call in calls if not call.answer.done()]


async def _open(conn: Connection, calls: Sequence[_Call]) -> Opened:
    return await open_calls(conn, [call.asked for call in calls])


async def _run_in(group: Group, calls: Sequence[_Call], opened: Opened, ends: list[Any]) -> None:
    """Runs as many of the calls as can share the transaction, and notes of each what it answers or its error."""
    deadline = time.monotonic() + _SECONDS
    executed: set[tuple[bytes, str]] = set()
    for place, call in enumerate(calls):
        request, standing = call.asked.key_and_request, opened.standings[place]
        if place and (group.is_over or request in executed or time.monotonic() > deadline):
            return  # a repeat is answered with what the database has of the request
        if place and place % _CALLS_IN_A_ROW == 0:
            await asyncio.sleep(0)
        if standing is not None and standing.data_version != group.version:
            standing = replace(standing, data_version=group.version)
        try:
            ends.append(await call.run(Place(group, standing, opened.executed[place])))
        except MustBeFirst:
            group.undo()
            return
        except ApiError as error:
            group.undo()
            ends.append(error)
        else:
            executed |= {request} if request else set()


def _answer(call: _Call, end: Any) -> None:
    if call.answer.done():
        return  # nobody waits for it any more
    if isinstance(end, Exception):
        call.answer.set_exception(end)
    else:
        call.answer.set_result(end)
