"""For whom places are kept at the door."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.store.images import Images
from scrumrpc.store.standing import Credentials

PLACES = 64
OF_1 = Credentials(1, b"valid", "ann@example.com")
OF_2 = Credentials(2, b"valid", "bob@example.com")
UNKNOWN_OF_1 = Credentials(1, b"unknown", "ann@example.com")
UNKNOWN_OF_2 = Credentials(2, b"unknown", "bob@example.com")
ALL = (OF_1, OF_2, UNKNOWN_OF_1, UNKNOWN_OF_2)


def test_a_place_is_kept_for_the_account_if_the_key_is_known_to_be_valid() -> None:
    calls = calls_with_places()
    assert [calls.admits(each) for each in ALL] == [True] * 4
    keep_all(calls, OF_1)
    assert not calls.has_room
    assert [calls.admits(each) for each in ALL] == [False, True, True, True]
    keep_all(calls, UNKNOWN_OF_2)
    assert [calls.admits(each) for each in ALL] == [False, True, False, False]
    calls.expect_none()
    assert calls.has_room
    assert [calls.admits(each) for each in ALL] == [True] * 4


def test_a_place_for_anybody_is_kept_for_no_account() -> None:
    calls = calls_with_places()
    keep_all(calls, None)
    assert not calls.has_room
    assert [calls.admits(each) for each in ALL] == [True] * 4


def calls_with_places() -> Calls:
    database: Any = None
    limits = Limits(queue=PLACES, ongoing_per_key=0, calls_per_minute_per_key=0, delay=0.1)
    calls = Calls(database, Images(database, 0), limits)
    standing: Any = SimpleNamespace(key_id=1)
    for each in (OF_1, OF_2):
        calls._valid.note(each, standing)
    return calls


def keep_all(calls: Calls, credentials: Credentials | None) -> None:
    for _ in range(PLACES):
        calls.expect(credentials)
