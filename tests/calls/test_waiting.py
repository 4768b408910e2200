"""Waiting for the next data version: when a call that waits is answered, and what it may tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.errors import (
    APIBusy,
    CompanyAccountClosed,
    DataVersionNotReachedYet,
    InvalidAPIKey,
    InvalidParameter,
    InvalidUserEmailAddress,
    MissingParameter,
    TooManyOngoingRequests,
)
from scrumrpc.store import accounts
from scrumrpc.store import signals as signals_module
from scrumrpc.store.images import Images
from tests.world import World

BEN = "ben@example.com"


@pytest.fixture(autouse=True)
def _never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call commits wakes by itself."""
    monkeypatch.setattr(signals_module, "_LOOK", 3600.0)


def wait(world: World, version: int, email: str | None = None, seconds: int = 60) -> asyncio.Task[Answer]:
    """A call that waits, under way."""
    return asyncio.create_task(
        world.send("waitForDataVersion", email, newerThanDataVersion=str(version), timeout=str(seconds))
    )


async def waiting(world: World, count: int) -> None:
    """Until so many calls wait."""
    for _ in range(6000):
        if sum(len(each) for each in world.signals._waiting.values()) == count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("They do not wait.")


def run(world: World, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    world.run(work())


def test_the_commit_answers_all_who_wait(world: World) -> None:
    async def work() -> None:
        calls = [wait(world, before) for _ in range(20)]
        await waiting(world, 20)
        await world.send("getData")
        with pytest.raises(MissingParameter):
            await world.send("addProject")
        assert not any(call.done() for call in calls)
        done = await world.send("addProject", name="A")
        for call in calls:
            answer = await call
            assert (answer.result, answer.version) == (done.version, done.version)

    before = world.version
    run(world, work)
    assert world.version == before + 1


def test_a_version_that_is_there_already_answers_at_once(world: World) -> None:
    before = world.version
    world.call("addProject", name="A")
    assert world.call("waitForDataVersion", newerThanDataVersion=str(before), timeout="60") == before + 1
    assert world.call("waitForDataVersion", newerThanDataVersion="0", timeout="60") == before + 1


def test_the_time_is_over(world: World) -> None:
    before = world.version
    assert world.call("waitForDataVersion", newerThanDataVersion=str(before), timeout="0") == before
    assert world.call("waitForDataVersion", newerThanDataVersion=str(before), timeout="1") == before
    assert not world.signals._waiting


def test_a_named_version_can_be_waited_for(world: World) -> None:
    world.call("addProject", name="A")
    with pytest.raises(InvalidParameter, match="newerThanDataVersion"):
        world.call("waitForDataVersion", newerThanDataVersion="nothing of that name")


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({}, MissingParameter, "newerThanDataVersion"),
        ({"newerThanDataVersion": "-1"}, InvalidParameter, "newerThanDataVersion is -1"),
        ({"newerThanDataVersion": "1", "timeout": "61"}, InvalidParameter, "timeout is 61; .* from 0 to 60"),
        ({"newerThanDataVersion": "1", "timeout": "-1"}, InvalidParameter, "timeout is -1"),
        ({"newerThanDataVersion": "1", "timeout": "1.5"}, InvalidParameter, "timeout"),
        ({"newerThanDataVersion": "1", "seconds": "1"}, InvalidParameter, "no parameter .*seconds"),
        ({"newerThanDataVersion": "1000000"}, DataVersionNotReachedYet, "newerThanDataVersion is 1000000"),
    ],
)
def test_what_cannot_be_waited_for(world: World, given: dict[str, str], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        world.call("waitForDataVersion", **given)


# Who may know what ----------------------------------------------------------------------------------------------------


def limited(world: World) -> tuple[str, str]:
    """An account with access control; a project that Ben reaches, and one that he does not."""
    ben = world.person(BEN)
    near, far = world.call("addProject", name="Near"), world.call("addProject", name="Far")
    world.call("addStakeholder", projectID=near, personID=ben)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    return near, far


def test_only_what_the_caller_may_see_ends_the_wait(world: World) -> None:
    near, far = limited(world)

    async def work() -> None:
        ben = wait(world, before, BEN)
        ann = wait(world, before)
        await waiting(world, 2)
        await world.send("addTag", projectID=far, name="T0")
        assert (await ann).result == before + 1
        for n in (1, 2):
            await world.send("addTag", projectID=far, name=f"T{n}")
        await waiting(world, 1)
        assert not ben.done()
        await world.send("addTag", projectID=near, name="T")
        assert (await ben).result == before + 4
        assert (await wait(world, before, BEN)).result == before + 4  # also for one who comes later
        assert (await wait(world, before + 3, BEN)).result == before + 4
        await world.send("addTag", projectID=far, name="U")
        assert (await wait(world, before + 4, BEN, 1)).result == before + 5  # the time was over

    before = world.version
    run(world, work)


def test_a_person_who_gains_access_learns_of_it(world: World) -> None:
    _, far = limited(world)
    ben = world.data()["persons"][1]["id"]

    async def work() -> None:
        call = wait(world, before, BEN)
        await waiting(world, 1)
        await world.send("addStakeholder", projectID=far, personID=ben)
        assert (await call).result == before + 1

    before = world.version
    run(world, work)


def test_who_may_no_longer_call_is_told_nothing(world: World) -> None:
    ben = world.person(BEN)
    first = world.key
    world.key = world.new_key()

    async def work() -> None:
        nonlocal first
        world.key, first = first, world.key
        by_revoked_key = [wait(world, before), wait(world, before, BEN)]
        await waiting(world, 2)
        world.key, first = first, world.key
        by_deleted_person = wait(world, before, BEN)
        good = wait(world, before)
        await waiting(world, 4)
        keys = world.read(await world.send("getAPIKeys"))
        await world.send("deleteAPIKey", apiKeyID=keys[0]["id"])
        await world.send("deletePerson", personID=ben)
        for call in by_revoked_key:
            with pytest.raises(InvalidAPIKey):
                await call
        with pytest.raises(InvalidUserEmailAddress):
            await by_deleted_person
        assert (await good).result == before + 1

    before = world.version
    run(world, work)


def test_a_closed_account_tells_nothing(world: World) -> None:
    async def work() -> None:
        call = wait(world, before)
        await waiting(world, 1)
        async with world.database.begin(lambda conn: conn.execute("SELECT 1")) as (conn, _):
            await accounts.switch(conn, "is_closed", True, world.account)
        world.signals.committed(world.account, before + 1)
        with pytest.raises(CompanyAccountClosed):
            await call
        async with world.database.begin(lambda conn: conn.execute("SELECT 1")) as (conn, _):
            await accounts.switch(conn, "is_closed", False, world.account)

    before = world.version
    run(world, work)
    world.signals._newest.pop(world.account)


def test_who_may_no_longer_call_when_the_time_is_over_is_told_nothing(world: World) -> None:
    async def work() -> None:
        call = wait(world, before, seconds=2)
        await waiting(world, 1)
        keys = world.read(await world.send("getAPIKeys"))
        await world.send("deleteAPIKey", apiKeyID=keys[0]["id"])  # which is no version
        with pytest.raises(InvalidAPIKey):
            await call

    before = world.version
    run(world, work)


def test_who_is_woken_for_nothing_goes_on_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrumrpc.calls.waits._IN_VAIN", 0.01)

    async def work() -> None:
        call = wait(world, before)
        await waiting(world, 1)
        world.signals.committed(world.account, before + 100)  # which is not true
        await asyncio.sleep(0.1)
        assert not call.done()
        done = await world.send("addProject", name="A")
        assert (await call).result == done.version

    before = world.version
    run(world, work)
    world.signals._newest.pop(world.account)


# Places ---------------------------------------------------------------------------------------------------------------


def with_limits(world: World, **most: int) -> Calls:
    limits = Limits(**{"queue": 1, "ongoing_per_key": 1, "calls_per_minute_per_key": 0, **most})
    return Calls(world.database, Images(world.database, 10**9), limits, world.signals)


def test_calls_that_wait_take_no_place_of_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        calls = [wait(world, before) for _ in range(10)]
        await waiting(world, 10)
        await world.send("getData")
        with pytest.raises(TooManyOngoingRequests, match="10 clients wait"):
            await wait(world, before)
        key, world.key = world.key, other
        one_more = wait(world, before)
        await waiting(world, 11)
        with pytest.raises(APIBusy, match="wait for new versions"):
            await wait(world, before)
        world.key = key
        await world.send("addProject", name="A")
        for call in (*calls, one_more):
            assert (await call).result == before + 1
        assert (await wait(world, before)).result == before + 1

    other = world.new_key()
    before = world.version
    monkeypatch.setattr(world, "calls", with_limits(world, waiting=11, waiting_per_key=10))
    run(world, work)


def test_a_call_that_is_given_up_leaves_its_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        for _ in range(3):
            call = wait(world, before)
            await waiting(world, 1)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            await waiting(world, 0)

    before = world.version
    monkeypatch.setattr(world, "calls", with_limits(world, waiting=1, waiting_per_key=1))
    run(world, work)


def test_an_operator_can_wait_as_well(world: World) -> None:
    before = world.version
    assert world.operator("waitForDataVersion", newerThanDataVersion=str(before - 1)) == before


# Looking up many at once ----------------------------------------------------------------------------------------------


def test_many_who_ask_at_once_each_get_their_own_standing(world: World) -> None:
    limited(world)
    other, other_key, other_version = world.account, world.key, world.version
    world.new_account()
    callers = [
        credentials_of(world.admin, world.key),
        credentials_of(BEN, world.key),
        credentials_of(world.admin, other_key),
        credentials_of(BEN, other_key),
        credentials_of(BEN, "7-" + "0" * 64),
        credentials_of(BEN, "nothing"),
    ]

    async def work() -> list[Any]:
        many = [world.calls.waits.look_up(callers[n % len(callers)]) for n in range(1200)]
        return await asyncio.gather(*many, return_exceptions=True)

    found = world.run(work())
    here, nobody, ann, ben, wrong_key, no_key = found[:6]
    assert (here.account, here.data_version, here.is_administrator) == (world.account, world.version, True)
    assert isinstance(nobody, InvalidUserEmailAddress)
    assert (ann.account, ann.data_version, ann.projects) == (other, other_version, None)
    assert (ben.account, ben.is_administrator, len(ben.projects)) == (other, False, 1)
    assert isinstance(wrong_key, InvalidAPIKey)
    assert isinstance(no_key, InvalidAPIKey)
    for n, each in enumerate(found):
        assert type(each) is type(found[n % 6])
        if not isinstance(each, Exception):
            assert each == found[n % 6]
