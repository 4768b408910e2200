"""Wrong credentials: how many may come from where, and that those who have right ones are let in all the same."""

from __future__ import annotations

import pytest
import structlog

from scrumrpc.calls import guessing
from scrumrpc.calls.authentication import Credentials, credentials_of, new_key
from scrumrpc.calls.counters import Counters
from scrumrpc.calls.guessing import Guessing
from scrumrpc.errors import APIBusy, ApiError, APILimitReached, InvalidAPIKey, InvalidUserEmailAddress, MissingParameter

HERE, THERE = "192.0.2.1", "198.51.100.0"
RIGHT = credentials_of("ann@example.com", new_key(7))


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000
        monkeypatch.setattr(Counters, "_now", lambda _self: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def wrong() -> Credentials:
    return credentials_of("ann@example.com", new_key(7))


def is_let_in(guard: Guessing, address: str, credentials: Credentials) -> bool:
    try:
        guard.check(address, credentials)
    except APILimitReached as refused:
        wait = refused.retry_after
    else:
        return True
    assert wait is not None
    assert 1 <= wait <= 61
    return False


def fails(guard: Guessing, address: str, credentials: Credentials, error: ApiError | None = None) -> bool:
    """Whether wrong credentials come as far as to be looked up."""
    let_in = is_let_in(guard, address, credentials)
    if let_in:
        guard.note(address, credentials, error or InvalidAPIKey())
    return let_in


def test_an_address_may_be_wrong_so_often_within_a_minute(clock: Clock) -> None:
    guard = Guessing(60)
    assert [fails(guard, HERE, wrong()) for _ in range(100)] == [True] * 60 + [False] * 40
    assert is_let_in(guard, THERE, wrong())
    assert not is_let_in(guard, HERE, RIGHT)  # which nobody knows to be right
    clock.now += 59
    assert not is_let_in(guard, HERE, RIGHT)
    clock.now += 2
    assert is_let_in(guard, HERE, RIGHT)
    assert [fails(guard, HERE, wrong()) for _ in range(61)] == [True] * 60 + [False]


def test_the_workers_count_together() -> None:
    counters = Counters.alone()
    first, second = Guessing(10, counters), Guessing(10, counters)
    assert [fails(each, HERE, wrong()) for _ in range(6) for each in (first, second)] == [True] * 10 + [False] * 2


def test_a_right_caller_is_let_in_whatever_others_do_from_there() -> None:
    guard = Guessing(5)
    guard.check(HERE, RIGHT)
    guard.note(HERE, RIGHT, None)
    for _ in range(10):
        fails(guard, HERE, wrong())
    assert is_let_in(guard, HERE, RIGHT)
    assert not is_let_in(guard, HERE, credentials_of("ben@example.com", "7-" + "0" * 64))
    guard.note(HERE, RIGHT, InvalidAPIKey())  # it was revoked
    assert not is_let_in(guard, HERE, RIGHT)


def test_a_caller_whose_call_fails_for_another_reason_is_right_if_that_was_found_out() -> None:
    found, unknown = MissingParameter("x"), APIBusy()
    found.data_version = 7
    for error, is_known in ((found, True), (unknown, False)):
        guard = Guessing(1)
        guard.note(HERE, RIGHT, error)
        fails(guard, HERE, wrong())
        assert is_let_in(guard, HERE, RIGHT) is is_known


@pytest.mark.parametrize("error", [InvalidAPIKey, InvalidUserEmailAddress])
def test_who_guesses_with_one_key_from_many_addresses_gets_a_tenth_at_each(error: type[ApiError]) -> None:
    guard = Guessing(60)
    emails = (credentials_of(f"a{n}@example.com", "7-" + "0" * 64) for n in range(10_000))
    assert all(fails(guard, f"203.0.113.{n}", next(emails), error()) for n in range(60))
    at_each = [[fails(guard, f"198.51.100.{n}", next(emails), error()) for _ in range(20)] for n in range(10)]
    assert at_each == [[True] * 6 + [False] * 14] * 10
    assert is_let_in(guard, HERE, credentials_of("ann@example.com", "7-" + "0" * 64))  # who has failed nowhere
    assert all(fails(guard, "203.0.113.0", wrong()) for _ in range(59))  # with other keys there is more


def test_no_limit() -> None:
    guard = Guessing(0)
    assert all(fails(guard, HERE, wrong()) for _ in range(1000))


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "_REMEMBERED", 5)
    guard = Guessing(1)
    for n in range(20):
        guard.note(f"192.0.2.{n}", RIGHT, None)
    for n in range(20):
        fails(guard, f"192.0.2.{n}", wrong())
    assert [n for n in range(20) if is_let_in(guard, f"192.0.2.{n}", RIGHT)] == [15, 16, 17, 18, 19]


def test_an_address_that_reaches_the_limit_is_logged_once_and_without_the_key(clock: Clock) -> None:
    guard = Guessing(3)
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            fails(guard, HERE, wrong())
        guard.note(HERE, wrong(), InvalidAPIKey())  # it was under way already
    told = {"event": "wrong credentials", "log_level": "warning", "address": HERE, "within_a_minute": 3}
    assert lines == [told]
