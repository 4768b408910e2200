"""Tellings: made once for all who want the same, kept for a while, and for no longer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest

from scrumrpc.calls import tellings as module
from scrumrpc.calls.tellings import Telling, Tellings, What
from scrumrpc.calls.told import Choice, Told
from scrumrpc.errors import ObjectNotFound

A_MINUTE = 60
Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Teller:
    """Tells of one version, of as many bytes as it has been told to, and counts how often; the clock is in its hand."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.size = 100
        self.now = 0.0
        self.made: Counter[What] = Counter()
        self.failure: BaseException | None = None
        self.tellings = Tellings(self._tell, clock=lambda: self.now)

    def get(self, what: What) -> Telling:
        """What is told."""
        telling: Telling = self.run(self.tellings.get(what))
        return telling

    async def _tell(self, what: What) -> Telling:
        self.made[what] += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return [Told(what.until, b"x" * self.size, 1)], what.until


@pytest.fixture
def teller() -> Iterator[Teller]:
    with asyncio.Runner() as runner:
        yield Teller(runner.run)


def what(until: int = 2) -> What:
    return What(account=1, epoch="one", reach=None, choice=Choice(), since=1, until=until)


def test_all_who_want_the_same_are_told_it_at_once(teller: Teller) -> None:

    async def many() -> list[Telling]:
        return await asyncio.gather(*(teller.tellings.get(what()) for _ in range(50)))

    answers = teller.run(many())
    assert teller.made == {what(): 1}
    assert all(answer is answers[0] for answer in answers)
    assert teller.get(what()) is answers[0]  # who comes later too


@pytest.mark.parametrize(
    "other",
    [
        replace(what(), account=2),
        replace(what(), epoch="other"),
        replace(what(), reach=frozenset({7})),
        replace(what(), choice=Choice(types=frozenset({"Task"}))),
        replace(what(), since=0),
        replace(what(), until=3),
    ],
)
def test_who_wants_anything_else_is_told_that(teller: Teller, other: What) -> None:
    teller.get(what())
    teller.get(other)
    assert teller.made == {what(): 1, other: 1}


def test_the_others_are_told_where_one_gives_up(teller: Teller) -> None:

    async def one_gives_up() -> Telling:
        first, second = (asyncio.create_task(teller.tellings.get(what())) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        telling = await second
        assert first.cancelled()
        return telling

    assert teller.run(one_gives_up())[1] == 2
    assert teller.made == {what(): 1}


@pytest.mark.parametrize("failure", [ObjectNotFound("There is no such thing."), asyncio.CancelledError()])
def test_what_failed_is_tried_again(teller: Teller, failure: BaseException) -> None:
    teller.failure = failure
    with pytest.raises(type(failure)):
        teller.get(what())
    teller.failure = None
    assert teller.get(what())[1] == 2


def test_it_is_kept_for_a_minute(teller: Teller) -> None:
    teller.get(what(2))
    teller.now = A_MINUTE - 1
    teller.get(what(3))
    teller.get(what(2))
    assert teller.made[what(2)] == 1
    teller.now = A_MINUTE + 1
    teller.get(what(4))  # the next that is told drops it
    teller.get(what(2))
    teller.get(what(3))
    assert teller.made == {what(2): 2, what(3): 1, what(4): 1}


def test_the_oldest_goes_where_all_take_too_much(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 10_000)
    teller.size = 2_000
    for until in (2, 3, 4, 5):  # three of about 3,000 bytes have room
        teller.get(what(until))
    for until in (5, 4, 3, 2):
        teller.get(what(until))
    assert teller.made == {what(2): 2, what(3): 1, what(4): 1, what(5): 1}


def test_as_many_of_the_oldest_go_as_take_too_much(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 10_000)
    teller.size = 2_000
    for until in (2, 3, 4):
        teller.get(what(until))
    teller.size = 8_000  # beside which none of them has room
    teller.get(what(5))
    for until in (5, 4, 3, 2):
        teller.get(what(until))
    assert teller.made == {what(2): 2, what(3): 2, what(4): 2, what(5): 1}


def test_16_mib_are_kept(teller: Teller) -> None:
    teller.size = 16 * 1024 * 1024 - 2_000
    for until in (2, 2, 3, 2):
        teller.get(what(until))
    assert teller.made == {what(2): 2, what(3): 1}


def test_what_has_no_room_at_all_is_told_all_the_same(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 10_000)
    teller.size = 20_000
    for _ in range(2):
        assert teller.get(what())[1] == 2
    assert teller.made == {what(): 2}
