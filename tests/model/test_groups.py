"""Groups of any calls: what calls that share transactions do is exactly what they do one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from scrumrpc.calls import groups
from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.batch import BATCH, may_be_in_a_batch
from scrumrpc.calls.groups import Groups
from scrumrpc.calls.parameters import read
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import ApiError
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store import accounts
from scrumrpc.store.standing import Credentials
from tests.model.arguments import Drawing
from tests.model.running import SEEDS, WRITING, Seeded
from tests.model.start import objects
from tests.world import World

ADMINISTRATORS = ["ann@example.com"] * 12 + ["cid@example.com"]
OTHERS = ["BEN@example.com", "BEN@example.com", "nobody@example.com"]
UNKNOWN = [
    "epoch", "key_hash", "prefix", "secret", "old_secret", "parameters_hash", "commit_hook_secret", "test_id", "claim",
]  # fmt: skip
"""Columns with values that are never the same."""
WEBHOOKS = ["addWebhook", "setWebhookDescription", "disableWebhook", "enableWebhook", "deleteWebhook"]


@dataclass(frozen=True)
class Made:
    """A call as it was made in the one account, and how it ended."""

    method: str
    given: dict[str, str]
    by: str
    with_key: int | None
    end: Any


class Account:
    """One of two accounts that begin alike, and are told apart by nothing but their numbers, keys and the time."""

    def __init__(self, world: World, *, has_access_control: bool) -> None:
        world.new_account()
        world.load(*objects(world.account))
        if has_access_control:
            world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
        self.world, self.number, self.keys = world, world.account, [world.key, world.new_key()]
        for world.key in self.keys:
            world.call(BATCH, calls="[]")  # calls queue apart as long as nobody knows whether their key is valid
        self.keys.append(f"{self.number}-{'A' * 64}")  # a key that there is not

    async def call(self, made: Made, call_id: str) -> Any:
        """How a call ends in this account."""
        key = None if made.with_key is None else self.keys[made.with_key]
        credentials = credentials_of(made.by, key) if key else Credentials(self.number, None, None)
        try:
            answer = await self.world.calls.call(made.method, made.given, credentials, call_id)
        except ApiError as error:
            version = error.data_version if is_readable(made) else None  # others take no part in any group
            return self.plain([error.error_id, error.message, version, error.account == self.number])
        return self.plain([told(made, answer.result), answer.version, answer.standing.person])

    def plain(self, value: Any) -> Any:
        """A value without what tells the account by."""
        return orjson.loads(orjson.dumps(value).decode().replace(f"{self.number}-", "ACCOUNT-"))

    def rows(self) -> dict[str, Any]:
        """All that the database has of the account, without times and secrets."""

        async def read(conn: Any) -> dict[str, Any]:
            found = {}
            cursor = await conn.execute(
                """
                SELECT table_name, array_agg(column_name::text) FILTER (WHERE data_type LIKE 'timestamp%')
                FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name IN (
                    SELECT table_name FROM information_schema.columns WHERE column_name = 'account_id')
                GROUP BY table_name
                """
            )
            for table, times in await cursor.fetchall():
                rows = await conn.execute(
                    f"SELECT to_jsonb(t) - %s::text[] FROM {table} t WHERE account_id = %s ORDER BY t",
                    [[*UNKNOWN, *(times or ()), "account_id"], self.number],
                )
                found[table] = [timeless(row) for (row,) in await rows.fetchall()]
            return found

        return dict(self.plain(self.world.store(read)))

    def enter(self) -> None:
        self.world.account, self.world.key = self.number, self.keys[0]


def timeless(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the times in states of objects."""
    if row.get("state"):
        for p in STORED_TYPES[row["object_type"]].stored:
            if p.kind == "time":
                row["state"][p.name] = row["state"][p.name] is None
    return row


def is_readable(made: Made) -> bool:
    try:
        read(METHODS[made.method], made.given, made.by)
    except ApiError:
        return False
    return True


def told(made: Made, result: Any) -> Any:
    """A result without secrets and times."""
    if METHODS[made.method].secret_result and isinstance(result, str):
        return None
    hidden = {"key", "prefix", "secret", "creationDate"}
    return {name: value for name, value in result.items() if name not in hidden} if isinstance(result, dict) else result


def watch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls transactions take, in order. None may be run for a second time."""
    sizes: list[int] = []
    together = Groups._run_together

    async def run_together(self: Groups, calls: Any, queue: Any) -> Any:
        assert not any(call.is_alone for call in calls), "what a group could not write was run again, call by call"
        left = await together(self, calls, queue)
        sizes.append(len(calls) - len(left))
        return left

    monkeypatch.setattr(Groups, "_run_together", run_together)
    monkeypatch.setattr(groups, "_SECONDS", 60)  # however slow the machine is
    return sizes


@settings(max_examples=3)
@given(
    seeds=st.lists(SEEDS, min_size=2, max_size=24),
    sizes=st.lists(st.integers(2, 12), min_size=12, max_size=12),
    has_access_control=st.booleans(),
)
def test_calls_do_in_groups_what_they_do_one_by_one(
    shared_world: World, seeds: Sequence[bytes], sizes: list[int], has_access_control: bool
) -> None:
    compare(shared_world, seeds, sizes, has_access_control)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    seeds=st.lists(SEEDS, min_size=2, max_size=60),
    sizes=st.lists(st.integers(2, 40), min_size=30, max_size=30),
    has_access_control=st.booleans(),
)
def test_many_calls_do_in_groups_what_they_do_one_by_one(
    shared_world: World, seeds: Sequence[bytes], sizes: list[int], has_access_control: bool
) -> None:
    compare(shared_world, seeds, sizes, has_access_control)


def compare(world: World, seeds: Sequence[bytes], sizes: list[int], has_access_control: bool) -> None:
    one, other = (Account(world, has_access_control=has_access_control) for _ in range(2))
    assert list(differences(one.rows(), other.rows())) == []
    calls = list(made_one_by_one(one, seeds))
    note("\n".join(map(str, calls)))

    async def replay(some: Sequence[Made], first: int) -> list[Any]:
        moved = (translated(call, one, other) for call in some)
        return await asyncio.gather(*(other.call(call, str(place)) for place, call in enumerate(moved, first)))

    rest, done = list(calls), 0
    with pytest.MonkeyPatch.context() as monkeypatch:
        taken = watch(monkeypatch)
        for size in [*sizes, len(rest)]:
            some, rest = rest[:size], rest[size:]
            assert world.run(replay(some, done)) == [call.end for call in some]
            done += len(some)
    note(f"calls in transactions: {taken}")
    event(f"up to {max(taken, default=0)} calls in a transaction")
    assert list(differences(one.rows(), other.rows())) == []
    other.enter()
    world.check_log_gives_tables()


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """The rows that only one of the accounts has."""
    for name, rows in one.items():
        for row in rows:
            if row not in other[name]:
                yield f"one by one, {name}: {row}"
        for row in other[name]:
            if row not in rows:
                yield f"in groups, {name}: {row}"


def made_one_by_one(account: Account, seeds: Sequence[bytes]) -> Iterator[Made]:
    """Calls with drawn arguments that fit what the account holds, each made before the next one is drawn."""
    account.enter()
    gone: dict[int, Any] = {}
    image = account.world.tables()
    for place, seed in enumerate(seeds):
        seeded = Seeded(seed, WRITING)
        call = drawn(account, seeded, Drawing(seeded.random, image, [f"{account.number}-0-2"], list(gone.values())))
        end = account.world.run(account.call(call, str(place)))
        yield Made(call.method, call.given, call.by, call.with_key, end)
        before, image = image, account.world.tables()
        present = {record.number for record in image.records()}
        gone |= {record.number: record for record in before.records() if record.number not in present}
        assert account.world.tables().version == image.version


def drawn(account: Account, seeded: Seeded, drawing: Drawing) -> Made:
    """A call by whomever, with whatever requestID and required version."""
    random, version = seeded.random, drawing._image.version
    what = random.randrange(20)
    if what == 0:
        batch = [each for each in (seeded.method() for _ in range(4)) if may_be_in_a_batch(METHODS[each])]
        entries = [{"method": each, "parameters": escaped(drawing.arguments(METHODS[each]))} for each in batch]
        method, given = BATCH, {"calls": orjson.dumps(entries).decode()}
    elif what == 1:
        method, given = "addPersonByOperator", {"emailAddress": f"p{random.randrange(9)}@example.com", "firstName": "P"}
    elif what == 2:
        method = random.choice(WEBHOOKS)
        given = {"webhookID": f"{account.number}-0-1", "url": "https://93.184.215.14/x"}
        given = {each.name: given[each.name] for each in METHODS[method].parameters if each.name in given}
    else:
        method = seeded.method()
        given = drawing.arguments(METHODS[method])
    if not random.randrange(6):
        given |= {"requestID": random.choice("ab"), "onRepeat": random.choice(["error", "result"])}
    if not random.randrange(8):
        given |= {"requiredDataVersion": str(version - random.choice([0, 0, 0, 1]))}
    key = None if what == 1 else random.choice([0] * 12 + [1, 1, 2])
    return Made(method, given, random.choice(random.choice([ADMINISTRATORS] * 4 + [OTHERS])), key, None)


def escaped(given: dict[str, str]) -> dict[str, str]:
    return {name: f"${text}" if text.startswith("$") else text for name, text in given.items()}


def translated(call: Made, one: Account, other: Account) -> Made:
    """The call for the other account."""
    given = {name: text.replace(f"{one.number}-", f"{other.number}-") for name, text in call.given.items()}
    return Made(call.method, given, call.by, call.with_key, None)
