"""Limits count what runs and what ran, by key and by account."""

from __future__ import annotations

import pytest

from scrumrpc.calls.limits import Limits
from scrumrpc.errors import APIBusy, APILimitReached, TooManyOngoingRequests


def limits(queue: int = 0, ongoing: int = 0, per_minute: int = 0) -> Limits:
    return Limits(queue=queue, ongoing_per_key=ongoing, calls_per_minute_per_key=per_minute)


def test_the_queue_is_shared_by_all_keys() -> None:
    limited = limits(queue=2)
    with limited.admitted(b"a"), limited.admitted(b"b"), pytest.raises(APIBusy), limited.admitted(b"c"):
        pass
    with limited.admitted(b"c"):
        pass


def test_a_key_has_so_many_calls_at_once() -> None:
    limited = limits(ongoing=2)
    with limited.admitted(b"a"), limited.admitted(b"a"):
        with pytest.raises(TooManyOngoingRequests), limited.admitted(b"a"):
            pass
        with limited.admitted(b"b"):
            pass
    with limited.admitted(b"a"):
        pass


def test_a_failed_call_counts_no_longer() -> None:
    limited = limits(queue=1, ongoing=1)
    for _ in range(3):
        with pytest.raises(KeyError), limited.admitted(b"a"):
            raise KeyError


def test_a_key_has_so_many_calls_per_minute() -> None:
    limited = limits(per_minute=3)
    for _ in range(3):
        with limited.admitted(b"a"):
            pass
    with pytest.raises(APILimitReached) as refused, limited.admitted(b"a"):
        pass
    assert refused.value.retry_after is not None
    assert 1 <= refused.value.retry_after <= 61
    with limited.admitted(b"b"):
        pass


def test_an_account_has_so_many_calls_at_once_and_in_a_minute() -> None:
    limited = Limits(
        queue=0, ongoing_per_key=0, calls_per_minute_per_key=0, ongoing_per_account=2, calls_per_minute_per_account=3
    )
    with limited.of_account(7), limited.of_account(7):
        with pytest.raises(TooManyOngoingRequests, match="The account has 2 calls under way"), limited.of_account(7):
            pass
        with limited.of_account(8):
            pass
    with limited.of_account(7):
        pass
    with pytest.raises(APILimitReached, match="The account has made 3 calls"), limited.of_account(7):
        pass
    with limited.of_account(8):
        pass


def test_whoever_was_refused_for_the_minute_is_not_under_way() -> None:
    limited = Limits(queue=1, ongoing_per_key=1, calls_per_minute_per_key=1)
    with limited.admitted(b"a"):
        pass
    for _ in range(3):
        with pytest.raises(APILimitReached), limited.admitted(b"a"):
            pass


def test_whoever_waits_has_places_of_its_own() -> None:
    limited = Limits(queue=1, ongoing_per_key=1, calls_per_minute_per_key=0, waiting=3, waiting_per_key=2)
    with limited.waiting(b"a"), limited.waiting(b"a"), limited.admitted(b"a"):
        with pytest.raises(TooManyOngoingRequests), limited.waiting(b"a"):
            pass
        with limited.waiting(b"b"), pytest.raises(APIBusy), limited.waiting(b"c"):
            pass
    with limited.waiting(b"a"):
        pass
