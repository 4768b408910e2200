"""The second law: what raises the version, what does not, and what requestID and requiredDataVersion do."""

from __future__ import annotations

import asyncio

import pytest

from scrumrpc.errors import (
    ApiError,
    InvalidParameter,
    ObjectNotFound,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    RequirementNotSatisfied,
)
from tests.world import World


def test_each_change_raises_the_version_by_one(world: World) -> None:
    before = world.version
    answer = world.answer("addProject", name="A")
    assert answer.version == before + 1 == world.version


def test_a_call_that_changes_nothing_keeps_the_version_but_records_its_request(world: World) -> None:
    project = world.call("addProject", name="A")
    before = world.version
    answer = world.answer("setProjectExternalID", projectID=project, externalID="", requestID="r1")
    assert answer.version == before == world.version
    with pytest.raises(RequestAlreadyExecuted):
        world.call("setProjectExternalID", projectID=project, externalID="x", requestID="r1")


def test_a_failed_call_leaves_no_trace(world: World) -> None:
    project = world.call("addProject", name="A")
    before, tables = world.version, list(world.tables().records())
    with pytest.raises(RequirementNotSatisfied):
        world.call("addProject", name="A", requestID="r1")
    with pytest.raises(InvalidParameter):
        world.call("addBacklogItem", projectID=project, name="x", index="1", requestID="r1")
    assert world.version == before
    assert list(world.tables().records()) == tables
    assert world.answer("addProject", name="B", requestID="r1").version == before + 1


def test_numbers_have_no_gaps_after_failures(world: World) -> None:
    project = world.call("addProject", name="A")
    first = world.call("addBacklogItem", projectID=project, name="one")
    with pytest.raises(InvalidParameter):
        world.call("addBacklogItem", projectID=project, name="two", index="7")
    second = world.call("addBacklogItem", projectID=project, name="two")
    assert int(second.split("-")[2]) == int(first.split("-")[2]) + 1
    items = world.data()["projects"][0]["backlogItems"]
    assert [item["itemNumber"] for item in items] == [1, 2]


def test_a_repeated_request_is_refused_even_when_its_object_is_gone(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("deleteBacklogItem", backlogItemID=item, requestID="r1")
    with pytest.raises(RequestAlreadyExecuted):
        world.call("deleteBacklogItem", backlogItemID=item, requestID="r1")
    with pytest.raises(ObjectNotFound):
        world.call("deleteBacklogItem", backlogItemID=item, requestID="r2")


def test_request_ids_belong_to_a_key(world: World) -> None:
    world.call("addProject", name="A", requestID="r1")
    world.key = world.new_key()
    world.call("addProject", name="B", requestID="r1")
    assert [p["name"] for p in world.data()["projects"]] == ["A", "B"]


def test_the_required_version_must_be_the_current_one(world: World) -> None:
    version = world.version
    world.call("addProject", name="A", requiredDataVersion=str(version))
    for wrong in (version, version + 2, 0):
        with pytest.raises(RequiredDataVersionNotMatching) as refused:
            world.call("addProject", name="B", requiredDataVersion=str(wrong))
        assert refused.value.data_version == version + 1
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getData", requiredDataVersion=str(version))
    assert world.call("getData", requiredDataVersion=str(version + 1))["projects"]
    assert world.call("getData", requiredDataVersion="-1")["projects"]


def test_an_executed_request_is_told_before_a_version_that_does_not_match(world: World) -> None:
    version = str(world.version)
    world.call("addProject", name="A", requestID="r1", requiredDataVersion=version)
    with pytest.raises(RequestAlreadyExecuted):
        world.call("addProject", name="A", requestID="r1", requiredDataVersion=version)


def test_many_calls_with_one_request_id_at_once_run_once(world: World) -> None:
    async def race() -> list[object]:
        calls = [world.send("addProject", name="A", requestID="r1") for _ in range(40)]
        return await asyncio.gather(*calls, return_exceptions=True)

    before = world.version
    outcomes = world.run(race())
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(failures) == 39
    assert all(isinstance(failure, RequestAlreadyExecuted) for failure in failures)
    assert world.version == before + 1


def test_many_calls_with_one_required_version_at_once_let_one_through(world: World) -> None:
    version = world.version

    async def race() -> list[object]:
        calls = [world.send("addProject", name=f"P{n}", requiredDataVersion=str(version)) for n in range(40)]
        return await asyncio.gather(*calls, return_exceptions=True)

    failures = [outcome for outcome in world.run(race()) if isinstance(outcome, ApiError)]
    assert len(failures) == 39
    assert all(isinstance(failure, RequiredDataVersionNotMatching) for failure in failures)
    assert world.version == version + 1
    assert len(world.data()["projects"]) == 1


def test_versions_are_commit_order_without_gaps(world: World) -> None:
    async def race() -> list[int]:
        answers = await asyncio.gather(*(world.send("addProject", name=f"P{n}") for n in range(60)))
        return [answer.version for answer in answers]

    before = world.version
    assert sorted(world.run(race())) == list(range(before + 1, before + 61))

    async def logged(conn: object) -> list[tuple[int]]:
        cursor = await conn.execute(  # type: ignore[attr-defined]
            "SELECT version FROM versions WHERE account_id = %s ORDER BY version", (world.account,)
        )
        return list(await cursor.fetchall())

    assert world.store(logged) == [(version,) for version in range(1, before + 61)]


def test_readers_never_see_two_versions_mixed(world: World) -> None:
    """A writer keeps two projects' external ids equal in one pair of calls; each answer must show a state that was."""
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="0")

    async def write() -> list[tuple[int, int]]:
        seen = []
        for n in range(1, 60):
            answer = await world.send("setBacklogItemName", backlogItemID=item, name=str(n))
            seen.append((answer.version, n))
        return seen

    async def read() -> list[tuple[int, int]]:
        seen = []
        for _ in range(60):
            floor = (await world.send("getDataVersion")).version
            answer = await world.send("getData", includeProperties="Project.backlogItems")
            assert answer.version >= floor
            name = world.read(answer)["projects"][0]["backlogItems"][0]["name"]
            seen.append((answer.version, int(name)))
        return seen

    async def both() -> tuple[list[tuple[int, int]], ...]:
        return await asyncio.gather(write(), read(), read(), read())

    start = world.version
    written, *readings = world.run(both())
    states = dict(written) | {start: 0}
    for reading in readings:
        assert all(states[version] == name for version, name in reading)
        assert [version for version, _ in reading] == sorted(version for version, _ in reading)
