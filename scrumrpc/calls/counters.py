"""Counters: how much of something there is by key, counted over all workers of a server in memory that they share.

And how many clients each worker has.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import secrets
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

if sys.platform != "win32":
    import fcntl

KEYS = 8192
"""Keys that are counted at once. Where more come, those are forgotten that were quiet for the longest time."""
NOT_COUNTED = -1
_MINUTE = 60
_SECONDS = _MINUTE + 1  # the present one, of which only a part is over, and so many before it
_WAYS = 8
"""Places in which a key may be: few to look through, and enough that a full table still has one for each."""
_PATIENCE = 1.0
"""Seconds that a worker waits for the lock, which others hold for some millionths of a second, or for longer where they
lose the processor meanwhile. One that was stopped just then must not hold up the server: nobody waits for it again, and
as long as it holds the lock everything is counted without."""
_MOST_KNOWN = 10_000
_TAKES_NONE = 2**32 - 1


class Counters:
    """Two counts for each key: what is ongoing now, and what happened in the last minute.

    Both are exact however many workers count: a lock lets one of them look and count at a time. What is ongoing is
    counted apart for each worker, so that it can be set to nothing when one was killed. What happened is counted by the
    second, on a clock that nobody sets: never are there more than so many within 60 seconds, and after 61 there may be
    as many again. Everything costs the same whatever is counted, and the memory has one size.
    """

    def __init__(self, memory: mmap.mmap, workers: int, worker: int, file: int | None) -> None:
        """`file` is what the memory is of, for the lock; None where there is one worker only."""
        keys = _keys_in(memory, workers)
        self._seed = memory[:16]
        self._sets = keys // _WAYS
        self._keys = keys
        self._workers = workers
        whole = memoryview(memory)
        begin, end = 16, 16 + 8 * keys
        self._tags = whole[begin:end].cast("Q")  # which key is in a place; 0: none
        begin, end = end, end + 8 * keys
        self._moved = whole[begin:end].cast("Q")  # the second of the newest of those that are counted
        begin, end = end, end + 8 * keys
        self._sums = whole[begin:end].cast("Q")  # of what happened within the minute before that second
        begin, end = end, end + 4 * _SECONDS * keys
        self._happened = whole[begin:end].cast("I")  # by the second, in turns
        begin, end = end, end + 4 * workers * keys
        self._ongoing = whole[begin:end].cast("I")  # of each worker, one behind the other
        self._clients = whole[end:].cast("I")  # of each worker
        self._worker = worker
        self._mine = worker * keys
        self._known: dict[bytes, int] = {}  # tags, which take longer to make than everything else
        self._lock = _Lock(file)

    @classmethod
    def alone(cls, keys: int = 1024) -> Counters:
        """For a process that shares with no other one."""
        memory = mmap.mmap(-1, _size(keys, 1))
        memory[:16] = secrets.token_bytes(16)
        return cls(memory, 1, 0, None)

    # What is ongoing --------------------------------------------------------------------------------------------------

    def begin(self, key: bytes, most: int) -> int | None:
        """Counts something that begins, unless `most` of the key are ongoing: then None.

        The answer is for `end`. In a table that is full of what is ongoing it is let through, and not counted.
        """
        with self._lock:
            place = self._place(key)
            if place is None:
                return NOT_COUNTED
            if sum(self._ongoing[place :: self._keys]) >= most:
                return None
            self._ongoing[self._mine + place] += 1
            return place

    def end(self, place: int) -> None:
        """Counts no more what `begin` has counted. Nobody else writes to this worker's counts, so it needs no lock."""
        if place != NOT_COUNTED:
            self._ongoing[self._mine + place] -= 1

    def ongoing(self, key: bytes) -> int:
        """How many are ongoing, in all workers."""
        with self._lock:
            place = self._find(key)
            return 0 if place is None else sum(self._ongoing[place :: self._keys])

    def clear(self, worker: int) -> None:
        """Counts nothing any more of what was ongoing in a worker, which has ended and takes no clients."""
        self._clients[worker] = _TAKES_NONE
        begin = worker * self._keys
        self._ongoing[begin : begin + self._keys] = memoryview(bytes(4 * self._keys)).cast("I")

    # Who has how many clients ----------------------------------------------------------------------------------------

    def tell_clients(self, count: int | None) -> None:
        """So many clients this worker has now; None: it takes no more."""
        self._clients[self._worker] = _TAKES_NONE if count is None else count

    def fewest_clients(self) -> int | None:
        """How many clients that other worker has which has the fewest; None where no other one takes clients."""
        others = self._clients.tolist()
        del others[self._worker]
        fewest = min(others, default=_TAKES_NONE)
        return None if fewest == _TAKES_NONE else fewest

    # What happened ----------------------------------------------------------------------------------------------------

    def count(self, key: bytes, most: int) -> int:
        """Counts something that happens, if fewer than `most` happened in the last minute; then 0.

        Else nothing is counted, and the answer is after how many seconds it can be.
        """
        with self._lock:
            place = self._place(key)
            if place is None:
                return 0
            wait = self._wait(place, most)
            if not wait:
                self._add(place)
            return wait

    def wait(self, key: bytes, most: int) -> int:
        """After how many seconds fewer than `most` will have happened within a minute; 0 if that is so now."""
        with self._lock:
            place = self._find(key)
            return self._wait(place, most) if place is not None else 0

    def add(self, key: bytes) -> None:
        """Counts something that has happened, however much did before."""
        with self._lock:
            place = self._place(key)
            if place is not None:
                self._wait(place, 0)
                self._add(place)

    def _wait(self, place: int, most: int) -> int:
        now = self._now()
        if now > self._moved[place]:
            self._move_on(place, now)
        left = self._sums[place]
        if left < most:
            return 0
        happened = self._happened[place * _SECONDS : (place + 1) * _SECONDS].tolist()
        for seconds in range(1, _SECONDS):
            left -= happened[(now + seconds) % _SECONDS]  # the oldest first
            if left < most:
                return seconds
        return _SECONDS

    def _move_on(self, place: int, now: int) -> None:
        """Forgets what happened more than a minute ago."""
        begin = place * _SECONDS
        for second in range(max(self._moved[place] + 1, now - _MINUTE), now + 1):
            self._happened[begin + second % _SECONDS] = 0
        # Summed up anew each time: a worker that was killed between two of these steps must not leave a wrong sum.
        self._sums[place] = sum(self._happened[begin : begin + _SECONDS])
        self._moved[place] = now

    def _add(self, place: int) -> None:
        self._happened[place * _SECONDS + self._moved[place] % _SECONDS] += 1
        self._sums[place] += 1

    @staticmethod
    def _now() -> int:
        return int(time.monotonic())

    # Where a key is -------------------------------------------------------------------------------------------------

    def _find(self, key: bytes) -> int | None:
        tag = self._tag(key)
        first = tag % self._sets * _WAYS
        tags = self._tags[first : first + _WAYS].tolist()
        return first + tags.index(tag) if tag in tags else None

    def _place(self, key: bytes) -> int | None:
        """Where the key is, or is from now on; None where there is no room for it."""
        place = self._find(key)
        if place is not None:
            return place
        tag = self._tag(key)
        first = tag % self._sets * _WAYS
        free = [each for each in range(first, first + _WAYS) if not any(self._ongoing[each :: self._keys])]
        if not free:
            return None
        place = min(free, key=lambda each: self._moved[each] if self._tags[each] else -1)
        begin, self._sums[place] = place * _SECONDS, 0
        self._happened[begin : begin + _SECONDS] = memoryview(bytes(4 * _SECONDS)).cast("I")
        self._moved[place] = self._now()
        self._tags[place] = tag
        return place

    def _tag(self, key: bytes) -> int:
        """Stands for the key. Nobody outside can tell which keys share a place: the seed is a secret."""
        tag = self._known.get(key)
        if tag is None:
            digest = hashlib.blake2b(key, digest_size=8, key=self._seed).digest()
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            tag = self._known[key] = int.from_bytes(digest) or 1
        return tag


@dataclass(frozen=True, slots=True)
class CountersFile:
    """The memory of counters, as a file without a name that the parent process makes and the workers inherit."""

    number: int

    @classmethod
    def make(cls, workers: int) -> CountersFile:
        """Makes it, full of zeros but for the seed; no worker takes clients yet."""
        if hasattr(os, "memfd_create"):
            number = os.memfd_create("scrumrpc-counters")
        else:
            with tempfile.TemporaryFile() as file:
                number = os.dup(file.fileno())
        os.ftruncate(number, _size(KEYS, workers))
        os.pwrite(number, secrets.token_bytes(16), 0)
        os.pwrite(number, _TAKES_NONE.to_bytes(4) * workers, _size(KEYS, workers) - 4 * workers)
        return cls(number)

    def of(self, workers: int, worker: int) -> Counters:
        """The counters, for one of the workers. The file stays open: to close it would give up the lock."""
        memory = mmap.mmap(self.number, _size(KEYS, workers))
        return Counters(memory, workers, worker, self.number if workers > 1 else None)


class _Lock:
    """Lets one process at a time in; within it again and again. It goes with the process that has it."""

    __slots__ = ("_depth", "_file", "_is_held_up")

    def __init__(self, file: int | None) -> None:
        self._file = file
        self._depth = 0
        self._is_held_up = False  # by one that seems to have been stopped

    def __enter__(self) -> None:
        if self._file is not None and not self._depth:
            is_locked = _locked(self._file)
            deadline = time.monotonic() + _PATIENCE
            while not (is_locked or self._is_held_up or time.monotonic() > deadline):
                time.sleep(0.0001)
                is_locked = _locked(self._file)
            self._is_held_up = not is_locked
        self._depth += 1

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._file is not None and not self._depth:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1)


def _locked(file: int) -> bool:
    with suppress(BlockingIOError, PermissionError):  # POSIX has both say that another one holds it
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1)
        return True
    return False


def _size(keys: int, workers: int) -> int:
    return 16 + keys * (24 + 4 * _SECONDS + 4 * workers) + 4 * workers


def _keys_in(memory: mmap.mmap, workers: int) -> int:
    return (len(memory) - 16 - 4 * workers) // (24 + 4 * _SECONDS + 4 * workers)
