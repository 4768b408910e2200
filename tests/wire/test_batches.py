"""Batches and exact retries over HTTP, on a server with two workers."""

from __future__ import annotations

import httpx2
import orjson

from scrumrpc.errors import InvalidParameter, InvalidRequest, RequestAlreadyExecuted, RequirementNotSatisfied
from tests.wire.expecting import message_of, result_of
from tests.wire.test_concurrency import ANEW, CLIENTS, at_once
from tests.world import World


def calls_of(*calls: tuple[str, dict[str, object]]) -> str:
    """The parameter `calls`."""
    return orjson.dumps([{"method": method, "parameters": given} for method, given in calls]).decode()


def test_a_batch_answers_its_results_and_one_version(client: httpx2.Client, world: World) -> None:
    before = world.version
    calls = '[{"method":"addProject","name":"p","parameters":{"name":"Größe"}},' \
        '{"method":"addTag","parameters":{"projectID":"$p","name":"T"}},' \
        '{"method":"setProjectName","parameters":{"projectID":"$p","name":"Q"}}]'  # fmt: skip
    answer = client.post("executeBatch", data={"calls": calls})
    [project, tag, nothing] = result_of(answer)
    assert answer.json()["dataVersion"] == before + 1
    assert nothing is None
    [found] = world.data()["projects"]
    assert (found["id"], found["name"], found["tags"][0]["id"]) == (project, "Q", tag)
    assert result_of(client.get("executeBatch", params={"calls": "[]"})) == []


def test_an_error_says_which_call_it_is(client: httpx2.Client, world: World) -> None:
    twice = ("addProject", {"name": "A"})
    refused = client.post("executeBatch", data={"calls": calls_of(twice, twice)})
    assert message_of(refused, RequirementNotSatisfied).startswith("Call 2 (addProject): There is already")
    assert refused.headers["data-version"] == str(world.version)
    assert world.data()["projects"] == []


def test_garbage_is_never_an_error_of_the_server(client: httpx2.Client) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    within = '[{"method":"addProject","parameters":{"name":' + deep + "}}]"
    for garbage in ("{", deep, within, '[{"method":"addProject","parameters":{"name":1e400}}]', '["\\u0000"]', "[1,]"):
        message_of(client.post("executeBatch", data={"calls": garbage}), InvalidParameter)
    message_of(client.post("executeBatch", content=b"calls=\xff"), InvalidRequest)
    message_of(client.post("executeBatch", data={"calls": " " * 9_000_000}), InvalidRequest)


def test_one_batch_at_once_from_all_sides_happens_once(client: httpx2.Client, world: World) -> None:
    before = world.version
    given = {
        "calls": calls_of(("addProject", {"name": "A"}), ("addProject", {"name": "B"})),
        "requestID": "r1",
        "onRepeat": "result",
        "requiredDataVersion": str(before),
    }
    responses = at_once(CLIENTS, lambda _: client.post("executeBatch", data=given, headers=ANEW))
    [first, *others] = [result_of(response) for response in responses]
    assert all(other == first for other in others)
    assert {response.headers["data-version"] for response in responses} == {str(before + 1)}
    assert [project["id"] for project in world.data()["projects"]] == first


def test_twins_get_one_result_and_others_under_the_id_an_error(client: httpx2.Client, world: World) -> None:
    before = world.version

    def add(number: int) -> httpx2.Response:
        given = {"name": f"P{number % 2}", "requestID": "r1", "onRepeat": "result"}
        return client.post("addProject", data=given, headers=ANEW)

    responses = at_once(CLIENTS, add)
    [project] = world.data()["projects"]
    executed = int(project["name"][1])
    for number, response in enumerate(responses):
        if number % 2 == executed:
            assert result_of(response) == project["id"]
            assert response.json()["dataVersion"] == before + 1
        else:
            assert message_of(response, RequestAlreadyExecuted).startswith("Another call")
    assert world.version == before + 1
    later = client.post("addProject", data={"name": "Later"})
    again = add(executed)
    assert (result_of(again), again.json()["dataVersion"]) == (project["id"], before + 1)
    assert again.headers["data-version"] == str(before + 1) != later.headers["data-version"]
