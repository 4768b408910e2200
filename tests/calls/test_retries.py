"""Exact retries: what a repeat under a used requestID answers, with onRepeat and without."""

from __future__ import annotations

import asyncio

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter, RequestAlreadyExecuted
from tests.world import World

R = {"requestID": "r1", "onRepeat": "result"}


def test_a_repeat_answers_the_result_and_the_version_of_the_first(world: World) -> None:
    first = world.answer("addProject", name="A", **R)
    world.call("addProject", name="B")
    again = world.answer("addProject", name="A", **R)
    assert (again.result, again.version) == (first.result, first.version)
    assert world.version == first.version + 1
    assert len(world.data()["projects"]) == 2


def test_the_first_need_not_have_asked_for_it(world: World) -> None:
    first = world.answer("addProject", name="A", requestID="r1")
    again = world.answer("addProject", name="A", **R)
    assert (again.result, again.version) == (first.result, first.version)


@pytest.mark.parametrize("on_repeat", ["", "null", "error"])
def test_without_it_a_repeat_is_an_error(world: World, on_repeat: str) -> None:
    world.call("addProject", name="A", **R)
    with pytest.raises(RequestAlreadyExecuted, match=r"^A call with this requestID has already succeeded"):
        world.call("addProject", name="A", requestID="r1", onRepeat=on_repeat)


def test_a_result_of_nothing_is_repeated_as_well(world: World) -> None:
    project = world.call("addProject", name="A")
    first = world.answer("setProjectExternalID", projectID=project, externalID="x", **R)
    world.call("deleteProject", projectID=project)
    again = world.answer("setProjectExternalID", projectID=project, externalID="x", **R)
    assert again.result is first.result is None
    assert again.version == first.version == world.version - 1


@pytest.mark.parametrize("on_repeat", ["result", "error"])
def test_another_call_under_the_same_id_is_told_so(world: World, on_repeat: str) -> None:
    project = world.call("addProject", name="A", requestID="r1")
    more = {"requestID": "r1", "onRepeat": on_repeat}
    before = world.version
    with pytest.raises(RequestAlreadyExecuted, match=r"^Another call .* other parameters"):
        world.call("addProject", name="B", **more)
    with pytest.raises(RequestAlreadyExecuted, match=r"^Another call"):
        world.call("addProject", name="A", description="x", **more)
    with pytest.raises(RequestAlreadyExecuted, match=r"^Another call"):
        world.call("addTag", projectID=project, name="A", **more)
    world.person("bob@example.com", isAdministrator="true")
    with pytest.raises(RequestAlreadyExecuted, match=r"^Another call"):
        world.call("addProject", "bob@example.com", name="A", **more)
    assert world.version == before + 1


def test_only_what_decides_what_a_call_does_tells_calls_apart(world: World) -> None:
    version = world.version
    first = world.answer("addProject", name="A", link="", requiredDataVersion=str(version), requestID="r1")
    same = [
        {"requiredDataVersion": str(version)},
        {"requiredDataVersion": str(version + 1)},
        {"requiredDataVersion": str(version + 7)},
        {"pretty": "true"},
        {"link": "null"},
        {"unknown": "x"},
    ]
    for more in same:
        again = world.answer("addProject", name="A", **R, **more)
        assert (again.result, again.version) == (first.result, first.version)
    assert world.answer("addProject", "ANN@Example.com", name="A", **R).result == first.result


def test_ids_belong_to_a_key(world: World) -> None:
    first = world.answer("addProject", name="A", **R)
    key, world.key = world.key, world.new_key()
    world.call("addProject", name="B", **R)
    world.key = key
    assert world.answer("addProject", name="A", **R).result == first.result


def test_a_failed_call_is_executed_by_its_repeat(world: World) -> None:
    with pytest.raises(MissingParameter):
        world.call("addProject", **R)
    assert world.answer("addProject", name="A", **R).version == world.version


def test_a_secret_is_not_told_again(world: World) -> None:
    world.call("addAPIKey", name="K", **R)
    for method, given in (("addAPIKey", {"name": "K"}), ("resetCommitHookSecret", {})):
        more = {"requestID": method, "onRepeat": "result"}
        world.call(method, **given, **more)
        with pytest.raises(RequestAlreadyExecuted, match="kept nowhere"):
            world.call(method, **given, **more)
        with pytest.raises(RequestAlreadyExecuted) as refused:
            world.call(method, **given, requestID=method)
        assert "secret" not in refused.value.message


def test_it_takes_two_words_and_comes_with_a_request_id(world: World) -> None:
    with pytest.raises(InvalidParameter, match=r'onRepeat is "yes"; it must be one of: error, result'):
        world.call("addProject", name="A", requestID="r1", onRepeat="yes")
    with pytest.raises(MissingParameter, match="requestID is missing"):
        world.call("addProject", name="A", onRepeat="result")
    world.call("addProject", name="A", onRepeat="error")


def test_reading_methods_ignore_it(world: World) -> None:
    assert world.answer("getData", onRepeat="result").ignored == ("onRepeat",)
    assert world.answer("getAPIKeys", onRepeat="whatever", requestID="r").ignored == ("onRepeat", "requestID")


def test_twins_in_flight_get_the_same_result(world: World) -> None:
    async def race() -> list[tuple[object, int]]:
        answers = await asyncio.gather(*(world.send("addProject", name="A", **R) for _ in range(40)))
        return [(answer.result, answer.version) for answer in answers]

    before = world.version
    assert len(set(world.run(race()))) == 1
    assert world.version == before + 1
