"""Signals: how a worker learns at once that an account has a new version, whichever process committed it.

A notification is only a hint: the log is the truth, and a lost notification costs time, never a version.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

from scrumrpc.errors import ApiError
from scrumrpc.store.database import Connection, Database

Heard = Callable[[int, int], None]
"""Takes an account and its new version."""

_LOG = structlog.get_logger("scrumrpc.signals")
_CHANNEL = "scrumrpc_versions"
_LISTEN = f"LISTEN {_CHANNEL}"
_NOTIFY = "SELECT pg_notify(%s, %s)"
_VERSIONS = "SELECT account_id, data_version, epoch FROM accounts WHERE account_id = ANY(%s)"
_CALLERS = re.compile(r"(?<!\S)([0-9]{1,15})!(?!\S)")
_PAIR = re.compile(r"(?<!\S)([0-9]{1,15}):([0-9]{1,18})(?!\S)")
CALLERS_CHANGED = f"pg_notify('{_CHANNEL}', account_id || '!')"
"""To be answered of rows of accounts some of whose callers may call no longer, which makes no version.

It is sent with the commit: that is seldom, and nobody who waits then is to be told anything more.
"""
_PAIRS = 200
"""Accounts in one notification, which takes up to 7999 bytes."""
_BREATH = 0.01
"""Seconds from one notification to the next: what is committed meanwhile goes together."""
_LOOK = 2.0
"""Seconds from one look at the waited accounts to the next: what a lost notification costs."""
_AWAY = (0.2, 5.0)
"""Seconds from one attempt to listen to the next, where the database does not let us: the first pause, the longest."""
_REMEMBERED = 10_000
"""Accounts whose newest version is kept in mind."""
_WOKEN_AT_ONCE = 50
"""Waiters that go on before other work of the worker gets its turn."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What somebody who waits knows of the account; the epoch may be all the same to him."""

    version: int
    epoch: str | None


class Signals:
    """What one worker hears. It listens on a connection of its own, on which it also tells what it commits.

    Notifications are sent after the commit: inside a transaction they would make the calls of all accounts wait for
    each other. Whoever has not started it still learns of everything, but of what others commit only by looking.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest: OrderedDict[int, int] = OrderedDict()  # the newest version heard of, by account
        self._waiting: dict[int, dict[asyncio.Future[int | None], _Known]] = {}  # by account
        self._to_wake: deque[tuple[asyncio.Future[int | None], int | None]] = deque()
        self._callbacks: list[Heard] = []
        self._unsent: dict[int, int] = {}
        self._stirred = asyncio.Event()  # there is something to read, or it is time to send
        self._is_due = False  # it is time to send
        self._sent_at = 0.0
        self._listening: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._released = False

    async def start(self) -> None:
        """Begins to listen, and to tell; the connection is made in the background, and made again where it is lost."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Ends all waiting and the connection."""
        self.release()
        tasks = [task for task in (self._listening, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def release(self) -> None:
        """Ends all waiting for good, as a worker does when it is asked to end."""
        self._released = True
        self._wake((future, None) for waiting in self._waiting.values() for future in waiting)

    @property
    def released(self) -> bool:
        """Whether nobody can wait any more."""
        return self._released

    def committed(self, account: int, version: int) -> None:
        """Takes note of a version that this worker has committed: waiters here learn of it now, others soon."""
        self._hear(account, version)
        if self._listening is not None:
            if not self._unsent:
                asyncio.get_running_loop().call_at(self._sent_at + _BREATH, self._make_due)
            self._unsent[account] = max(version, self._unsent.get(account, 0))

    async def newer_than(self, account: int, version: int, seconds: float, epoch: str | None = None) -> int | None:
        """The account's newest version heard of, once it is above `version`; None when so many seconds are over.

        None before that when callers of the account are to be looked up again, and when the worker ends.
        A version heard of after `version` was read, but before this call, counts. With `epoch`, whoever waits is also
        told the version that the account is at once it has another one.
        """
        if self._released:
            return None
        newest = self._newest.get(account, 0)
        if newest > version:
            return newest
        future: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account, {})[future] = _Known(version, epoch)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            del self._waiting[account][future]
            if not self._waiting[account]:
                del self._waiting[account]

    def unheard(self, account: int, heard: int, version: int) -> None:
        """Takes back that the account had the version heard of: it was found at an older one after that."""
        if version < heard == self._newest.get(account):
            self._newest[account] = version

    def listen_all(self, callback: Heard) -> None:
        """Has `callback` called with every account's new version that this worker hears of; it must not wait."""
        self._callbacks.append(callback)

    # Waking -----------------------------------------------------------------------------------------------------------

    def _hear(self, account: int, version: int) -> None:
        """Tells everybody of a version, if it is news."""
        if version <= self._newest.get(account, 0):
            return
        self._newest[account] = version
        self._newest.move_to_end(account)
        if len(self._newest) > _REMEMBERED:
            self._newest.popitem(last=False)
        for callback in self._callbacks:
            callback(account, version)
        waiting = self._waiting.get(account, {})
        self._wake((future, version) for future, known in waiting.items() if known.version < version)

    def _wake(self, woken: Iterable[tuple[asyncio.Future[int | None], int | None]]) -> None:
        asleep = not self._to_wake
        self._to_wake.extend(woken)
        if asleep and self._to_wake:
            self._wake_some()

    def _wake_some(self) -> None:
        """Wakes a few waiters, and the others in turns: 2,000 at once would hold up the calls under way."""
        for _ in range(min(_WOKEN_AT_ONCE, len(self._to_wake))):
            future, version = self._to_wake.popleft()
            if not future.done():
                future.set_result(version)
        if self._to_wake:
            asyncio.get_running_loop().call_soon(self._wake_some)

    # Looking ----------------------------------------------------------------------------------------------------------

    async def _keep_looking(self) -> None:
        """Looks now and then, while somebody waits, for what no notification told."""
        while self._waiting and not self._released:
            await asyncio.sleep(_LOOK)
            await self._look()

    async def _look(self) -> None:
        """Reads the versions of all waited accounts. They are the truth, whatever was heard before."""
        before = {account: self._newest.get(account, 0) for account in self._waiting}
        if not before:
            return
        try:
            found = await self._database.read(lambda conn: _versions(conn, list(before)))
        except ApiError:
            return  # it is away or busy: the next look tells
        for account, version, epoch in found:
            if version < before[account] == self._newest.get(account):
                del self._newest[account]  # the database was set back, or somebody made it up
            self._hear(account, version)
            waiting = self._waiting.get(account, {})
            self._wake((future, version) for future, known in waiting.items() if known.epoch not in (None, epoch))

    # Listening --------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        pause, longest = _AWAY
        while True:
            try:
                # An idle connection that a firewall forgot is found out by the system, within about a minute.
                async with await psycopg.AsyncConnection.connect(
                    self._database.url,
                    autocommit=True,
                    prepare_threshold=None,
                    keepalives_idle=30,
                    keepalives_interval=10,
                    keepalives_count=3,
                    application_name="scrumrpc signals",
                ) as conn:
                    await conn.execute("SET synchronous_commit TO off")  # a notification need not outlive a crash
                    await conn.execute(_LISTEN)
                    pause, _ = _AWAY
                    await self._look()  # for what was committed while nobody listened
                    await self._relay(conn)
            except psycopg.Error as error:
                _LOG.warning("not listening for versions", reason=type(error).__name__, again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)

    async def _relay(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Hears and tells until the connection breaks, without ever looking while there is nothing to do.

        Example: two calls commit versions 7 and 8 of account 3 within a hundredth of a second; one notification says
        3:8.
        """
        loop = asyncio.get_running_loop()
        while True:
            await self._send(conn)
            async for heard in conn.notifies(timeout=0):
                for account, version in _PAIR.findall(heard.payload):
                    self._hear(int(account), int(version))
                for account in _CALLERS.findall(heard.payload):
                    self._wake((future, None) for future in self._waiting.get(int(account), ()))
            descriptor = conn.fileno()
            loop.add_reader(descriptor, self._stirred.set)
            try:
                await self._stirred.wait()
            finally:
                loop.remove_reader(descriptor)
            self._stirred.clear()

    async def _send(self, conn: psycopg.AsyncConnection[Any]) -> None:
        while self._is_due and self._unsent:
            some = [self._unsent.popitem() for _ in range(min(_PAIRS, len(self._unsent)))]
            payload = " ".join(f"{account}:{version}" for account, version in some)
            await conn.execute(_NOTIFY, (_CHANNEL, payload))
            self._sent_at = asyncio.get_running_loop().time()
            self._is_due = bool(self._unsent)

    def _make_due(self) -> None:
        self._is_due = True
        self._stirred.set()


async def _versions(conn: Connection, accounts: list[int]) -> list[tuple[Any, ...]]:
    cursor = await conn.execute(_VERSIONS, (accounts,))
    return await cursor.fetchall()
