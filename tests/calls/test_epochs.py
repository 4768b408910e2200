"""Epochs: what calls are told and refused once their account was given a new one."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.events import Events, Step
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import InvalidParameter, RequiredEpochNotMatching
from scrumrpc.store import accounts
from scrumrpc.store.database import ping
from tests.calls.grouped import at_once
from tests.world import World


def epoch(world: World) -> str:
    """The epoch of the account, as the next answer tells it."""
    return world.answer("getDataVersion").standing.epoch


def renew(world: World) -> str:
    """Gives the account a new epoch, and answers the one that it had."""
    old = epoch(world)
    assert world.store(lambda conn: accounts.new_epoch(conn, world.account)) == 1
    assert epoch(world) != old
    return old


def refused(world: World, method: str, **given: str) -> RequiredEpochNotMatching:
    """The error of a call that must be refused because of its epoch."""
    with pytest.raises(RequiredEpochNotMatching) as caught:
        world.call(method, **given)
    return caught.value


def test_each_account_has_its_own(world: World) -> None:
    first = epoch(world)
    assert len(first) == 12
    assert int(first, 16) >= 0
    world.new_account()
    assert epoch(world) != first


def test_only_the_named_account_gets_a_new_one_and_without_a_name_all_do(world: World) -> None:
    other, other_key, others = world.account, world.key, epoch(world)
    world.new_account()
    mine = renew(world)
    world.account, world.key, here = other, other_key, (world.account, world.key)
    assert epoch(world) == others
    assert world.store(lambda conn: accounts.new_epoch(conn, None)) >= 2
    assert epoch(world) != others
    world.account, world.key = here
    assert epoch(world) != mine
    assert world.store(lambda conn: accounts.new_epoch(conn, 10**14)) == 0


def test_every_method_takes_it(world: World) -> None:
    """It comes before all that is wrong with the objects that a call names, and before its permissions."""
    old = renew(world)
    for method in (each for each in METHODS.values() if each.public):
        given: dict[str, Any] = {p.name: p.kind.example for p in method.parameters if p.required}
        error = refused(world, method.name, **given, requiredEpoch=old)
        assert old in error.message
        assert epoch(world) in error.message
        assert (error.epoch, error.data_version) == (epoch(world), world.version)


def test_the_present_one_lets_calls_through(world: World) -> None:
    present = epoch(world)
    project = world.call("addProject", name="A", requiredEpoch=present)
    for method, given in (
        ("getData", {}),
        ("getDataVersion", {}),
        ("getChanges", {"sinceDataVersion": "0"}),
        ("waitForDataVersion", {"newerThanDataVersion": "0"}),
        ("setProjectName", {"projectID": project, "name": "B"}),
    ):
        for value in (present, "", "null"):
            answer = world.answer(method, **given, requiredEpoch=value)
            assert answer.standing.epoch == present
            assert answer.ignored == ()


@pytest.mark.parametrize("wrong", ["0", "-1", "0123456789a", "0123456789abc", "0123456789AB", "0123456789ag", "é" * 12])
def test_what_cannot_be_one_is_an_error(world: World, wrong: str) -> None:
    for method in ("getDataVersion", "addProject"):
        with pytest.raises(InvalidParameter, match="requiredEpoch"):
            world.call(method, name="A", requiredEpoch=wrong)


def test_it_comes_before_the_request_id(world: World) -> None:
    given = {"name": "A", "requestID": "r1", "onRepeat": "result"}
    present = epoch(world)
    project = world.call("addProject", **given, requiredEpoch=present)
    assert world.call("addProject", **given, requiredEpoch=present) == project
    renew(world)
    refused(world, "addProject", **given, requiredEpoch=present)
    refused(world, "addProject", **given, requiredDataVersion="99", requiredEpoch=present)
    assert world.call("addProject", **given, requiredEpoch=epoch(world)) == project  # it is no part of the request


def test_a_batch_requires_it_as_a_whole(world: World) -> None:
    calls = [{"method": "addProject", "parameters": {"name": "A"}}]
    old = renew(world)
    refused(world, "executeBatch", calls=orjson.dumps(calls).decode(), requiredEpoch=old)
    assert world.data()["projects"] == []
    calls = [{"method": "addProject", "parameters": {"name": "A", "requiredEpoch": epoch(world)}}]
    with pytest.raises(InvalidParameter, match="requiredEpoch is given for the batch as a whole"):
        world.call("executeBatch", calls=orjson.dumps(calls).decode())


def test_of_calls_that_share_a_transaction_each_requires_its_own(world: World) -> None:
    old = renew(world)
    present = epoch(world)
    epochs = [old if n % 3 == 0 else present for n in range(30)]
    ends = at_once(world, *(("addProject", {"name": f"{n}", "requiredEpoch": each}) for n, each in enumerate(epochs)))
    assert [isinstance(end, RequiredEpochNotMatching) for end in ends] == [n % 3 == 0 for n in range(30)]
    assert sorted(int(project["name"]) for project in world.data()["projects"]) == [n for n in range(30) if n % 3]


def test_a_stream_that_has_still_much_to_tell_ends(world: World) -> None:
    """It is not waiting for anything then, and what it would tell next is of another epoch."""
    project = world.call("addProject", name="A")
    since = world.version
    calls = [("addTag", {"projectID": project, "name": f"{n}"}) for n in range(450)]
    at_once(world, *calls)

    async def listen() -> list[Step]:
        taken: list[Step] = []
        events = Events(world.calls, heartbeat=60)
        credentials = credentials_of(world.admin, world.key)
        given = {"sinceDataVersion": str(since)}
        async with asyncio.timeout(30), events.opened(given, credentials, "test") as (answer, steps):
            async for step in steps:
                taken.append(step)
                if step.versions and step.position < answer.version and len(taken) < 3:
                    async with world.database.begin(ping) as (conn, _):
                        await accounts.new_epoch(conn, world.account)
        return taken

    with pytest.raises(RequiredEpochNotMatching):
        world.run(listen())
