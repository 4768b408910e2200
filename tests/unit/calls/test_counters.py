"""Counters are exact over processes that really count at the same time, and outlive what happens to one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.calls.counters import KEYS, NOT_COUNTED, Counters, CountersFile
from tests.wire.surroundings import until

WORKERS = 4
TURNS = 2_000

# Each reads a line before it begins, so that all begin together, and prints what it was let do.
_BEGIN = f"print(sum(counters.begin(b'k', 1_000) is not None for _ in range({TURNS})))"
_COUNT = f"print(sum(counters.count(b'k', 1_000) == 0 for _ in range({TURNS})))"
_IN_AND_OUT = f"""
most = 0
for _ in range({TURNS}):
    place = counters.begin(b'k', 2)
    if place is not None:
        most = max(most, counters.ongoing(b'k'))
        counters.end(place)
print(most)
"""


@pytest.fixture
def file() -> Iterator[CountersFile]:
    file = CountersFile.make(WORKERS)
    yield file
    os.close(file.number)


@contextmanager
def processes(file: CountersFile, count: int, script: str) -> Iterator[list[subprocess.Popen[str]]]:
    start = f"""
import sys
from scrumrpc.calls.counters import CountersFile
counters = CountersFile({file.number}).of({WORKERS}, int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
{script}
sys.stdout.flush()
sys.stdin.readline()
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", start, str(worker)], pass_fds=[file.number], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for worker in range(count)
    ]  # fmt: skip
    try:
        for each in started:
            assert line_of(each) == "ready"
        for each in started:
            tell(each)
        yield started
    finally:
        for each in started:
            each.kill()
            each.communicate()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("script", [_BEGIN, _COUNT])
def test_as_many_are_let_through_as_may_be_and_not_one_more(file: CountersFile, script: str) -> None:
    with processes(file, WORKERS, script) as started:
        assert sum(int(line_of(each)) for each in started) == 1_000


def test_never_are_more_ongoing_than_may_be(file: CountersFile) -> None:
    with processes(file, WORKERS, _IN_AND_OUT) as started:
        assert max(int(line_of(each)) for each in started) <= 2
    assert file.of(WORKERS, 0).ongoing(b"k") == 0


def test_what_a_killed_worker_had_ongoing_is_cleared(file: CountersFile) -> None:
    mine = file.of(WORKERS, WORKERS - 1)
    assert mine.begin(b"k", 10) is not None
    with processes(file, 2, "print([counters.begin(b'k', 10) is not None for _ in range(3)])") as started:
        for each in started:
            assert line_of(each) == "[True, True, True]"
        assert mine.ongoing(b"k") == 7
        started[0].kill()
        started[0].wait()
        mine.clear(0)
        assert mine.ongoing(b"k") == 4
    mine.clear(1)
    assert mine.ongoing(b"k") == 1


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_one_that_holds_the_lock_and_is_stopped_or_killed_holds_up_nobody(
    file: CountersFile, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those who find the lock held for that long only the first one waits."""
    mine = file.of(WORKERS, WORKERS - 1)
    slept: list[float] = []
    sleep = time.sleep

    def note(seconds: float) -> None:
        slept.append(seconds)
        sleep(seconds)

    with processes(file, 1, "counters._lock.__enter__()\nprint('locked')") as [holder]:
        assert line_of(holder) == "locked"
        holder.send_signal(number)
        until(lambda: _state(holder.pid) in "TZ")
        monkeypatch.setattr(time, "sleep", note)
        place = mine.begin(b"k", 1)
        assert place not in (None, NOT_COUNTED)
        assert bool(slept) == (number == signal.SIGSTOP)
        slept.clear()
        assert mine.begin(b"k", 1) is None
        assert mine.count(b"k", 1) == 0
        assert mine.count(b"k", 1) > 0
        assert slept == []
        if number == signal.SIGSTOP:
            holder.send_signal(signal.SIGCONT)
            tell(holder)
            holder.wait()
    mine.begin(b"k", 1)
    with processes(file, 1, _BUSY) as [holder]:  # it is waited for again
        assert line_of(holder) == "locked"
        assert mine.begin(b"other", 1) is None


_BUSY = """
import time
with counters._lock:
    print('locked', flush=True)
    time.sleep(0.3)
    counters.begin(b'other', 1)
"""


def test_one_that_holds_the_lock_for_a_while_is_waited_for(file: CountersFile) -> None:
    """It may have had to leave the processor to others."""
    mine = file.of(WORKERS, WORKERS - 1)
    with processes(file, 1, _BUSY) as [holder]:
        assert line_of(holder) == "locked"
        assert mine.begin(b"other", 1) is None


def _state(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0]


@given(
    moments=st.lists(st.integers(0, 200), max_size=60).map(sorted),
    most=st.integers(1, 8),
)
def test_within_a_minute_there_are_never_more_and_after_61_seconds_there_may_be_again(
    moments: Sequence[int], most: int
) -> None:
    counters = Counters.alone(8)
    clock = [0]
    counters._now = lambda: clock[0]  # type: ignore[method-assign]
    counted: list[int] = []
    for moment in moments:
        clock[0] = 1_000 + moment
        wait = counters.count(b"k", most)
        recent = [each for each in counted if each > clock[0] - 61]
        assert (wait == 0) == (len(recent) < most)
        if wait:  # as soon as it says, and no sooner
            assert sum(each > clock[0] + wait - 61 for each in counted) < most
            assert sum(each > clock[0] + wait - 1 - 61 for each in counted) >= most
        else:
            counted.append(clock[0])


def test_a_full_table_forgets_what_was_quiet_for_the_longest_time_and_nothing_that_is_ongoing() -> None:
    counters = Counters.alone(8)
    clock = [0]
    counters._now = lambda: clock[0]  # type: ignore[method-assign]
    ongoing = counters.begin(b"ongoing", 1)
    for n in range(7):
        clock[0] += 1
        counters.count(b"%d" % n, 1)
    counters.count(b"one more", 1)
    assert counters.ongoing(b"ongoing") == 1
    assert counters.begin(b"ongoing", 1) is None
    assert [counters.wait(b"%d" % n, 1) > 0 for n in range(7)] == [False, *[True] * 6]
    assert ongoing is not None
    counters.end(ongoing)
    assert counters.begin(b"ongoing", 1) is not None


def test_a_table_full_of_what_is_ongoing_lets_through_what_it_cannot_count() -> None:
    counters = Counters.alone(8)
    for n in range(8):
        assert counters.begin(b"%d" % n, 1) not in (None, NOT_COUNTED)
    assert counters.begin(b"one more", 1) == NOT_COUNTED
    assert counters.count(b"one more", 1) == 0
    counters.end(NOT_COUNTED)
    assert [counters.ongoing(b"%d" % n) for n in range(8)] == [1] * 8


def test_as_many_keys_as_promised_have_room(file: CountersFile) -> None:
    """Half as many as there are places: with eight places to choose from hardly one finds all of its own taken."""
    counters = file.of(WORKERS, 0)
    places = [counters.begin(os.urandom(32), 1) for _ in range(KEYS // 2)]
    counted = [place for place in places if place != NOT_COUNTED]
    assert len(counted) == len(set(counted)) > 0.98 * len(places)


def test_workers_know_who_has_the_fewest_clients(file: CountersFile) -> None:
    first, second, third, fourth = (file.of(WORKERS, worker) for worker in range(WORKERS))
    assert first.fewest_clients() is None  # nobody takes any yet
    second.tell_clients(7)
    third.tell_clients(5)
    assert (first.fewest_clients(), third.fewest_clients()) == (5, 7)  # of the others
    first.tell_clients(0)
    fourth.tell_clients(70_000)
    assert (first.fewest_clients(), second.fewest_clients()) == (5, 0)
    third.tell_clients(None)  # takes none from now on
    second.clear(1)  # has died
    assert (first.fewest_clients(), fourth.fewest_clients()) == (70_000, 0)
    assert Counters.alone().fewest_clients() is None


def test_clients_are_counted_beside_everything_else(file: CountersFile) -> None:
    """In a table where every place is taken, no count is another's."""
    counters, other = file.of(WORKERS, 0), file.of(WORKERS, WORKERS - 1)
    other.tell_clients(3)
    for number in range(KEYS):
        other.begin(b"%d" % number, 10)
        counters.count(b"%d" % number, 10)
    assert counters.fewest_clients() == 3
    other.tell_clients(2**32 - 2)
    assert all(counters.ongoing(b"%d" % number) in (0, 1) for number in range(KEYS))
