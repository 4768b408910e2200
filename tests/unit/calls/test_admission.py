"""Admission keeps what waits short where the server cannot keep up, and refuses nobody where it can."""

from __future__ import annotations

from collections import Counter, deque

import pytest

from scrumrpc.calls.admission import STRANGERS, Admission, Delay, Turn
from scrumrpc.errors import APIBusy

TARGET = 0.1
MOST = 1_000


class Clock:
    """Says what the test says."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def serve(delay: Delay, clock: Clock, *, offered: float, done: float, seconds: float) -> tuple[list[float], int]:
    """Offers calls to a server that does so many per second; how long each waited, and how many were refused."""
    waiting: deque[float] = deque()
    waits, refused = [], 0
    step = 0.001
    to_come = to_do = 0.0
    for _ in range(int(seconds / step)):
        clock.now += step
        to_come += offered * step
        to_do = min(to_do + done * step, max(1.0, done * step))
        while to_come >= 1:
            to_come -= 1
            if len(waiting) < delay.limit:
                waiting.append(clock.now)
            else:
                refused += 1
        while waiting and to_do >= 1:
            to_do -= 1
            waited = clock.now - waiting.popleft()
            waits.append(waited)
            delay.note(waited)
    return waits, refused


@pytest.mark.parametrize("times", [1.5, 2, 3, 5])
def test_of_too_many_calls_as_many_are_served_as_can_be_and_none_waits_for_long(times: float) -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    serve(delay, clock, offered=times * 2_000, done=2_000, seconds=2)
    waits, refused = serve(delay, clock, offered=times * 2_000, done=2_000, seconds=5)
    assert len(waits) == pytest.approx(10_000, rel=0.01)
    assert refused == pytest.approx((times - 1) * 10_000, rel=0.05)
    assert sorted(waits)[int(0.99 * len(waits))] < 2 * TARGET


def test_a_server_that_keeps_up_refuses_nobody() -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    _, refused = serve(delay, clock, offered=1_900, done=2_000, seconds=5)
    assert (refused, delay.limit) == (0, MOST)


def test_a_burst_is_no_overload() -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    serve(delay, clock, offered=1_000, done=2_000, seconds=1)
    _, refused = serve(delay, clock, offered=10_000, done=2_000, seconds=0.09)
    _, later = serve(delay, clock, offered=1_000, done=2_000, seconds=2)
    assert (refused, later) == (0, 0)


def test_after_an_overload_everybody_is_let_in_again() -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    serve(delay, clock, offered=10_000, done=2_000, seconds=3)
    assert delay.limit < MOST
    _, refused = serve(delay, clock, offered=1_000, done=2_000, seconds=10)
    assert refused == 0
    assert delay.limit == MOST


def test_a_pause_of_the_server_does_not_make_it_refuse_what_it_can_do_after_it() -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    serve(delay, clock, offered=4_000, done=2_000, seconds=3)
    serve(delay, clock, offered=4_000, done=20, seconds=0.5)
    waits, _ = serve(delay, clock, offered=4_000, done=2_000, seconds=3)
    assert len(waits) > 0.97 * 6_000


def test_a_few_may_wait_however_slow_the_server_is() -> None:
    clock = Clock()
    delay = Delay(TARGET, MOST, clock)
    serve(delay, clock, offered=100, done=10, seconds=60)
    assert delay.limit == 64


def admission(limit: int) -> Admission:
    found = Admission(TARGET, MOST)
    assert found._delay is not None
    found._delay.limit = limit
    return found


def fill(admission: Admission, account: int) -> list[Turn]:
    turns = []
    while admission.admits(account):
        turns.append(admission.enter(account))
        assert len(turns) <= MOST
    with pytest.raises(APIBusy):
        admission.enter(account)
    return turns


def test_one_account_cannot_keep_others_out() -> None:
    full = admission(100)
    assert len(fill(full, 1)) == 100
    assert [len(fill(full, account)) for account in (2, 3, STRANGERS)] == [50, 33, 25]
    assert not full.admits(1)


def test_each_account_may_have_one_call_where_more_of_them_come_than_there_are_places() -> None:
    crowded = admission(64)
    for account in range(1, 101):
        assert crowded.admits(account)
        crowded.enter(account)
    assert not any(crowded.admits(account) for account in range(1, 101))


def test_places_are_kept_for_calls_that_are_on_their_way() -> None:
    counted = admission(100)
    for _ in range(2):
        for _ in range(40):
            counted.expect(None)
        assert counted.has_room
        for _ in range(10):
            counted.expect(1)
        assert not counted.has_room
        assert counted.admits(1)
        for _ in range(90):
            counted.expect(1)
        assert not counted.admits(1)
        assert counted.admits(2)
        counted.expect_none()
        assert counted.has_room
    assert len(fill(counted, 1)) == 100


def test_accounts_get_equal_parts_however_many_calls_they_offer() -> None:
    """Of 40 calls that begin in each round one account offers 1,000 and two others 20 each."""
    shared = admission(120)
    waiting: deque[tuple[int, Turn]] = deque()
    served: Counter[int] = Counter()
    for _ in range(200):
        for account, offered in ((1, 1_000), (2, 20), (3, 20)):
            for _ in range(offered):
                if shared.admits(account):
                    waiting.append((account, shared.enter(account)))
        for _ in range(40):
            account, turn = waiting.popleft()
            turn.begin()
            served[account] += 1
            assert shared._delay is not None
            shared._delay.limit = 120
    assert min(served[2], served[3]) > 0.3 * served.total()


def test_a_call_that_ends_before_its_turn_gives_up_its_place() -> None:
    counted = admission(64)
    for _ in range(3):
        turns = fill(counted, 1)
        for turn in turns:
            with turn:
                pass
        for turn in turns:
            with turn:  # which counts once only
                turn.begin()
    assert counted._waiting == {}


def test_without_a_target_everybody_comes_in() -> None:
    unbounded = Admission(0.0, 0)
    for _ in range(5_000):
        unbounded.enter(1)
    assert unbounded.admits(1)
