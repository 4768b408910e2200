"""Many clients at once on a server with two workers: nothing happens twice, and nobody reads what is past."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx2

from scrumrpc.errors import RequestAlreadyExecuted, RequiredDataVersionNotMatching
from tests.serving import Server
from tests.wire.expecting import message_of, result_of
from tests.wire.raw import connected, request
from tests.wire.surroundings import held_up, paused, workers
from tests.world import World

CLIENTS = 24
ANEW = {"Connection": "close"}  # so that each request is on a connection of its own, with either worker


def at_once(count: int, call: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    """The answers to calls that set out together."""
    barrier = Barrier(count)

    def wait_and_call(number: int) -> httpx2.Response:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_call, range(count)))


def test_one_request_id_at_once_is_executed_once(client: httpx2.Client, world: World) -> None:
    before = world.version
    given = {"name": "A", "requestID": "550e8400-e29b-41d4-a716-446655440000"}
    responses = at_once(CLIENTS, lambda _: client.post("addProject", data=given, headers=ANEW))
    [done] = [response for response in responses if response.status_code == 200]
    result_of(done)
    for response in responses:
        if response is not done:
            message_of(response, RequestAlreadyExecuted)
            assert response.headers["data-version"] == str(before + 1)
    assert world.version == before + 1
    assert [project["id"] for project in world.data()["projects"]] == [done.json()["result"]]


def test_one_required_version_at_once_lets_one_through(client: httpx2.Client, world: World) -> None:
    before = world.version
    responses = at_once(
        CLIENTS,
        lambda n: client.post("addProject", data={"name": f"P{n}", "requiredDataVersion": str(before)}, headers=ANEW),
    )
    [done] = [response for response in responses if response.status_code == 200]
    for response in responses:
        if response is not done:
            message_of(response, RequiredDataVersionNotMatching)
            assert response.headers["data-version"] == str(before + 1)
    assert world.version == before + 1
    assert [project["id"] for project in world.data()["projects"]] == [result_of(done)]


def test_changes_at_once_get_one_version_each_without_gaps(client: httpx2.Client, world: World) -> None:
    before = world.version
    responses = at_once(CLIENTS, lambda n: client.get("addProject", params={"name": f"P{n}"}, headers=ANEW))
    ids = {response.json()["dataVersion"]: result_of(response) for response in responses}
    assert sorted(ids) == list(range(before + 1, before + CLIENTS + 1))
    # Who came first stands first: the version is the order in which the changes took place.
    assert [project["id"] for project in world.data()["projects"]] == [ids[version] for version in sorted(ids)]


def test_whoever_was_answered_a_version_never_reads_an_older_one(client: httpx2.Client, world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="0")
    names: dict[int, str] = {world.version: "0"}

    def write_and_read(writer: int) -> list[tuple[int, str]]:
        seen = []
        for n in range(8):
            name = f"{writer}.{n}"
            response = client.post("setBacklogItemName", data={"backlogItemID": item, "name": name}, headers=ANEW)
            result_of(response)
            floor = response.json()["dataVersion"]
            names[floor] = name
            polled = result_of(client.post("getDataVersion", headers=ANEW))
            assert polled >= floor
            response = client.post("getData", data={"includeProperties": "Project.backlogItems"}, headers=ANEW)
            shown = result_of(response)["projects"][0]["backlogItems"][0]["name"]
            assert response.json()["dataVersion"] >= polled
            seen.append((response.json()["dataVersion"], shown))
        return seen

    with ThreadPoolExecutor(6) as threads:
        readings = [reading for seen in threads.map(write_and_read, range(6)) for reading in seen]
    assert len(names) == 1 + 6 * 8
    for version, shown in readings:
        assert shown == names[version]


def test_each_worker_sees_what_the_other_has_just_written(server: Server, client: httpx2.Client, world: World) -> None:
    first, second = workers(server.process.pid)
    for _ in range(2):  # so that either one has an image of an older version when it is asked
        for writer, reader in ((first, second), (second, first)):
            with paused(reader):
                response = client.post("addProject", data={"name": f"P{world.version}"}, headers=ANEW)
                result_of(response)
                version = response.json()["dataVersion"]
            with paused(writer):
                assert result_of(client.post("getDataVersion", headers=ANEW)) == version
                response = client.post("getData", headers=ANEW)
                assert response.json()["dataVersion"] == version
                assert result_of(response)["projects"][-1]["name"] == f"P{version - 1}"


def test_a_client_that_hung_up_learns_by_its_request_id_what_became_of_its_call(
    server: Server, client: httpx2.Client, world: World, database_url: str
) -> None:
    first, second = workers(server.process.pid)
    with ThreadPoolExecutor(1) as threads:
        with held_up(database_url, world.account) as wait_for:
            with paused(second), connected(server) as connection:
                connection.sendall(request(world, "addProject?name=A&requestID=r1"))
                wait_for(1)
            with paused(first):
                given = {"name": "A", "requestID": "r1"}
                repeat = threads.submit(client.post, "addProject", data=given, headers=ANEW)
                wait_for(2)
        message_of(repeat.result(), RequestAlreadyExecuted)
    assert [project["name"] for project in world.data()["projects"]] == ["A"]
