"""Batches of any calls: all that the same calls made singly do, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scrumrpc.calls.batch import may_be_in_a_batch
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import ApiError, InvalidUserEmailAddress
from scrumrpc.model.properties import ObjectType
from scrumrpc.model.types import OBJECT_TYPES
from tests.model.arguments import Drawing
from tests.model.running import SEEDS, WRITING, Seeded
from tests.model.start import objects
from tests.world import World

NAMES = tuple(
    # The e-mail address of a batch is looked at once, before it changes anything.
    name
    for name in WRITING
    if may_be_in_a_batch(METHODS[name]) and name not in ("setPersonEmailAddress", "deleteAPIKey")
)


@dataclass(frozen=True)
class Single:
    """A call made by itself, with how it ended."""

    method: str
    given: dict[str, str]
    refusal: ApiError | None
    result: Any


class Account:
    """One of two accounts that begin alike, and are told apart by nothing but their numbers and the time."""

    def __init__(self, world: World) -> None:
        world.new_account()
        world.load(*objects(world.account))
        self.world, self.number, self.key = world, world.account, world.key

    def enter(self) -> None:
        self.world.account, self.world.key = self.number, self.key

    def plain(self, value: Any) -> Any:
        """A value without what tells the account by."""
        return orjson.loads(orjson.dumps(value).decode().replace(f"{self.number}-", "ACCOUNT-"))

    def state(self) -> Any:
        """The account as its change log has it, without the account's number and times; order as ranks have it."""
        self.enter()
        image = self.world.tables()
        records = sorted(image.records(), key=lambda record: record.number)
        by_rank = sorted(records, key=lambda record: str(record.values.get("rank", "")))
        lists: dict[Any, list[int]] = {}
        for record in by_rank:
            listed_in = OBJECT_TYPES[record.type].listed_in
            lists.setdefault(f"{record.type} {record[listed_in] if listed_in else ''}", []).append(record.number)
        return self.plain([_timeless(OBJECT_TYPES[record.type], record.values) for record in records]), lists


def _timeless(object_type: ObjectType, values: Any) -> dict[str, Any]:
    times = {p.name for p in object_type.stored if p.kind == "time"}
    ranks = {"rank", "boardRank"}
    return {name: value is None if name in times else value for name, value in values.items() if name not in ranks}


@settings(max_examples=6)
@given(seeds=st.lists(SEEDS, min_size=1, max_size=12), place=st.integers(0, 12))
def test_a_batch_does_what_its_calls_do_or_nothing(shared_world: World, seeds: Sequence[bytes], place: int) -> None:
    compare(shared_world, seeds, place)


@pytest.mark.slow
@settings(max_examples=30)
@given(seeds=st.lists(SEEDS, min_size=1, max_size=12), place=st.integers(0, 12))
def test_more_batches(shared_world: World, seeds: Sequence[bytes], place: int) -> None:
    compare(shared_world, seeds, place)


def compare(shared_world: World, seeds: Sequence[bytes], place: int) -> None:
    """Calls one by one in one account, and as a batch in another one."""
    one, other = Account(shared_world), Account(shared_world)
    one.enter()
    calls = [single(one, seed) for seed in seeds]
    moved = [{"method": call.method, "parameters": translated(call.given, one, other)} for call in calls]
    note(f"{[(call.method, call.given, call.refusal) for call in calls]}")
    succeeding = [call for call in calls if call.refusal is None]
    batch = [each for each, call in zip(moved, calls, strict=True) if call.refusal is None]

    before, version = other.state(), version_of(other)
    failing = [n for n, call in enumerate(calls) if call.refusal is not None]
    if failing:
        first = calls[failing[0]]
        with pytest.raises(ApiError) as refused:
            run(other, moved)
        assert first.refusal is not None
        assert refused.value.error_id == first.refusal.error_id
        if not isinstance(first.refusal, InvalidUserEmailAddress):
            told = f"Call {failing[0] + 1} ({first.method}): {first.refusal.message}"
            assert other.plain(refused.value.message) == one.plain(told)
    is_gone = {"method": "deletePerson", "parameters": {"personID": f"{other.number}-0-1"}} in batch[:place]
    refusal = "The person that the call is made for has been deleted" if is_gone else "There is no project"
    with pytest.raises(ApiError, match=rf"^Call \d+ \(addTag\): {refusal}"):
        run(other, [*batch[:place], {"method": "addTag", "parameters": {"projectID": "1-2-3", "name": "x"}}])
    assert (other.state(), version_of(other)) == (before, version)

    results = run(other, batch)
    assert other.plain(results) == one.plain([call.result for call in succeeding])
    assert other.state() == one.state()
    assert version_of(other) <= version + 1
    shared_world.check_log_gives_tables()


def single(account: Account, seed: bytes) -> Single:
    """A call with drawn arguments that fit what the account holds."""
    seeded = Seeded(seed, NAMES)
    method = METHODS[seeded.method()]
    arguments = Drawing(seeded.random, account.world.tables(), ()).arguments(method)
    try:
        return Single(method.name, arguments, None, account.world.call(method.name, **arguments))
    except ApiError as error:
        return Single(method.name, arguments, error, None)


def translated(arguments: dict[str, str], one: Account, other: Account) -> dict[str, str]:
    """The arguments for the other account, as a batch holds them."""
    moved = {name: text.replace(f"{one.number}-", f"{other.number}-") for name, text in arguments.items()}
    return {name: f"${text}" if text.startswith("$") else text for name, text in moved.items()}


def run(account: Account, calls: list[dict[str, Any]]) -> Any:
    """The result of a batch."""
    account.enter()
    return account.world.call("executeBatch", calls=orjson.dumps(calls).decode())


def version_of(account: Account) -> int:
    account.enter()
    return account.world.tables().version
