"""The event stream over a real socket: what it tells, to whom, and from where a client that comes back goes on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import orjson
import psycopg
import pytest

from scrumrpc import errors
from scrumrpc.errors import ApiError
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.streams import PATH, Daemon, listening
from tests.wire.surroundings import paused, until, workers
from tests.world import World

BEN = "ben@example.com"
ANEW = {"Connection": "close"}
BEAT = 0.3


@pytest.fixture(scope="module")
def lively(database_url: str) -> Iterator[Server]:
    """A server that often gives a sign of life, and lets three clients of a key wait."""
    server = Server(
        ["--workers", "1"],
        {"DATABASE_URL": database_url, "SCRUMRPC_HEARTBEAT": str(BEAT), "SCRUMRPC_WAITING_PER_KEY": "3"},
    )
    yield server
    assert server.stop() == 0


def refused(server: Server, world: World, error: type[ApiError], email: str | None = None, **given: Any) -> str:
    """What a stream that cannot be opened answers."""
    auth = (email or world.admin, world.key)
    response = httpx2.get(server.address + PATH, auth=auth, trust_env=False, timeout=60, **given)
    return message_of(response, error)


def add_tags(world: World, client: httpx2.Client, project: str, count: int) -> list[int]:
    """So many versions, made over HTTP by either worker."""
    made = []
    for _ in range(count):
        response = client.post("addTag", data={"projectID": project, "name": f"T{world.version}"}, headers=ANEW)
        result_of(response)
        made.append(response.json()["dataVersion"])
    return made


# What is told ---------------------------------------------------------------------------------------------------------


def test_versions_are_told_as_they_are_committed(server: Server, client: httpx2.Client, world: World) -> None:
    with listening(server, world) as listener:
        assert listener.begins.id == world.version
        for n in range(3):
            response = client.post("addProject", data={"name": f"P{n}"})
            [version] = listener.versions(1)
            assert version["dataVersion"] == response.json()["dataVersion"]
            assert (version["method"], version["callID"]) == ("addProject", response.headers["call-id"])
            assert version["changes"][0]["objectID"] == result_of(response)
            assert version["changes"][0]["newValues"]["name"] == f"P{n}"


def test_each_worker_tells_what_the_other_commits(server: Server, client: httpx2.Client, world: World) -> None:
    project = world.call("addProject", name="A")
    first, second = workers(server.process.pid)
    for here, there in ((first, second), (second, first)):
        with paused(here):
            stream = listening(server, world)
            listener = stream.__enter__()
        with paused(there):
            [made] = add_tags(world, client, project, 1)
        assert [version["dataVersion"] for version in listener.versions(1)] == [made]
        stream.__exit__(None, None, None)


def test_the_past_from_any_version_on(server: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    for n in range(20):
        world.call("addTag", projectID=project, name=f"T{n}")
    with listening(server, world, sinceDataVersion="0") as listener:
        everything = listener.versions(world.version)
    assert [version["dataVersion"] for version in everything] == list(range(1, world.version + 1))
    world.call("addNamedVersion", name="in between", dataVersion="7")
    for since, given in (
        (5, {"sinceDataVersion": "5"}),
        (5, {"last": 5}),
        (5, {"last": 5, "sinceDataVersion": "9"}),
        (7, {"sinceDataVersion": "in between"}),
    ):
        with listening(server, world, **given) as listener:  # type: ignore[arg-type]
            assert listener.begins.id == since
            assert listener.versions(world.version - since) == everything[since:]


def test_projects_and_types_can_be_chosen(server: Server, world: World) -> None:
    near, far = world.call("addProject", name="Near"), world.call("addProject", name="Far")
    with (
        listening(server, world, projectIDs=near) as of_project,
        listening(server, world, objectTypes="Tag,Person") as of_types,
        listening(server, world, projectIDs=near, objectTypes="Tag") as of_both,
    ):
        ids = {}
        for name, project in (("a", far), ("b", near)):
            ids[name] = world.call("addTag", projectID=project, name=name)
            world.call("addTeam", projectID=project, name=name)
        ben = world.person(BEN)
        world.call("addTag", projectID=near, name="end")

        def told(versions: list[Any]) -> list[str]:
            return [change["objectID"] for version in versions for change in version["changes"]][:-1]

        assert ids["b"] in told(of_project.versions(4))
        assert told(of_types.versions(4)) == [ids["a"], ids["b"], ben]
        assert told(of_both.versions(2)) == [ids["b"]]


def test_a_very_large_version_is_told_without_its_changes(server: Server, world: World) -> None:
    with listening(server, world) as listener:
        calls = [{"method": "addProject", "parameters": {"name": f"P{n}"}} for n in range(400)]
        world.call("executeBatch", calls=orjson.dumps(calls).decode())
        project = world.call("addProject", name="A")
        large, small = listener.versions(2)
        assert (large["method"], large["changes"]) == ("executeBatch", None)
        assert small["changes"][0]["objectID"] == project


def test_a_sign_of_life_says_how_far_all_is_told(lively: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    with listening(lively, world, objectTypes="Sprint") as listener:
        assert listener.begins.id == world.version
        assert listener.block().id == world.version
        for n in range(3):
            world.call("addTag", projectID=project, name=f"T{n}")
        while (sign := listener.block()).id != world.version:
            assert sign.data is None
        assert sign.data is None


# Clients that come back -----------------------------------------------------------------------------------------------


def test_clients_that_are_cut_off_anywhere_miss_nothing_and_get_nothing_twice(
    server: Server, client: httpx2.Client, world: World
) -> None:
    project = world.call("addProject", name="A")
    since, count = world.version, 60
    chance = random.Random(world.account)

    def follow(daemon: Daemon, longest: int) -> None:
        while daemon.last < since + count:
            daemon.listen(server.address, since + count, chance.randrange(longest))

    daemons = [Daemon(world, since) for _ in range(4)]
    with ThreadPoolExecutor(5) as threads:
        writing = threads.submit(add_tags, world, client, project, count)
        following = [
            threads.submit(follow, daemon, longest)
            for daemon, longest in zip(daemons, (1_500, 2_000, 4_000, 30_000), strict=True)
        ]
        assert writing.result() == list(range(since + 1, since + count + 1))
        for each in following:
            each.result()
    with listening(server, world, last=since) as listener:
        everything = listener.versions(count)
    for daemon in daemons:
        assert daemon.versions == everything
    assert daemons[0].cuts > 10


def test_a_stream_goes_on_when_notifications_are_lost(
    server: Server, client: httpx2.Client, world: World, database_url: str
) -> None:
    project = world.call("addProject", name="A")
    with listening(server, world) as listener, psycopg.connect(database_url, autocommit=True) as conn:
        for _ in range(3):
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'scrumrpc signals'"
            )
            made = add_tags(world, client, project, 1)
            made.append(world.version + 1)
            world.call("addTag", projectID=project, name="of another process, which tells nobody")
            world.call("setProjectName", projectID=project, name=f"{world.version}")
            made.append(world.version)
            world.call("deleteTag", tagID=world.data()["projects"][0]["tags"][-1]["id"])
            made.append(world.version)
            assert [version["dataVersion"] for version in listener.versions(4)] == made


# Who may know what ----------------------------------------------------------------------------------------------------


def limited(world: World) -> tuple[str, str, str]:
    """An account with access control; a project that Ben reaches, one that he does not, and Ben."""
    ben = world.person(BEN)
    near, far = world.call("addProject", name="Near"), world.call("addProject", name="Far")
    world.call("addStakeholder", projectID=near, personID=ben)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    return near, far, ben


def test_nobody_is_told_more_than_getting_data_would_show(lively: Server, world: World) -> None:
    near, far, ben = limited(world)
    start = world.version
    with listening(lively, world, BEN) as listener, listening(lively, world, BEN, last=0) as of_all:
        world.call("addTag", projectID=far, name="hidden")
        world.call("addTag", projectID=near, name="shown")
        [version] = listener.versions(1)
        assert version["dataVersion"] == start + 2
        assert [change["projectID"] for change in version["changes"]] == [near]
        world.call("addStakeholder", projectID=far, personID=ben)  # from now on, and of the past as well
        assert far in str(listener.versions(1))
        world.call("removeStakeholder", projectID=near, personID=ben)
        world.call("addTag", projectID=near, name="hidden from now on")
        world.call("addTag", projectID=far, name="the last")
        while (event := listener.next()).id != world.version:
            assert "hidden from now on" not in str(event.data)
        while (event := of_all.next()).id != world.version:
            assert "hidden from now on" not in str(event.data)
    message = refused(lively, world, errors.UserCannotAccessProject, BEN, params={"projectIDs": near})
    assert near in message
    message = refused(lively, world, errors.ObjectNotFound, BEN, params={"projectIDs": "1-2-3"})
    assert far in message
    assert near not in message


def _lose_the_project(world: World, near: str, ben: str) -> None:
    world.call("removeStakeholder", projectID=near, personID=ben)


def _delete_the_project(world: World, near: str, _ben: str) -> None:
    world.call("deleteProject", projectID=near)


def _delete_the_key(world: World, _near: str, _ben: str) -> None:
    keys = world.call("getAPIKeys")
    world.call("deleteAPIKey", apiKeyID=keys[0]["id"])


def _delete_the_person(world: World, _near: str, ben: str) -> None:
    world.call("deletePerson", personID=ben)


def _switch(name: str, value: bool) -> Callable[[World, str, str], None]:
    def switch(world: World, _near: str, _ben: str) -> None:
        world.store(lambda conn: accounts.switch(conn, name, value, world.account))

    return switch


@pytest.mark.parametrize(
    ("happens", "error"),
    [
        (_lose_the_project, errors.UserCannotAccessProject),
        (_delete_the_project, errors.UserCannotAccessProject),
        (_delete_the_key, errors.InvalidAPIKey),
        (_delete_the_person, errors.InvalidUserEmailAddress),
        (_switch("is_closed", True), errors.CompanyAccountClosed),
        (_switch("has_api_access", False), errors.APIAccessNotAllowed),
        (_switch("in_maintenance", True), errors.DuringMaintenance),
    ],
)
def test_who_may_listen_no_longer_is_told_so_and_nothing_else(
    lively: Server, world: World, happens: Callable[[World, str, str], None], error: type[ApiError]
) -> None:
    near, _, ben = limited(world)
    first, world.key = world.key, world.new_key()
    with listening(lively, world, BEN, key=first, projectIDs=near) as listener:
        happens(world, near, ben)
        ended = listener.end()
        assert ended is not None
        assert ended.data["objectType"] == "Error"
        assert ended.data["errorID"] == error.__name__
        assert ended.id is None


def test_a_version_that_is_no_longer_kept(lively: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    for n in range(5):
        world.call("addTag", projectID=project, name=f"T{n}")
    oldest, present = world.version - 2, world.version
    with listening(lively, world) as listener:

        def give_up(version: int) -> None:
            with psycopg.connect(world.database.url, autocommit=True) as conn:
                conn.execute("UPDATE accounts SET oldest_version = %s WHERE account_id = %s", (version, world.account))

        give_up(oldest)
        for given in ({"headers": {"Last-Event-ID": str(oldest - 1)}}, {"params": {"sinceDataVersion": "0"}}):
            message = refused(lively, world, errors.DataVersionNoLongerKept, **given)
            assert f"from {oldest} to {present}" in message
        with listening(lively, world, last=oldest) as other:
            assert [version["dataVersion"] for version in other.versions(2)] == [oldest + 1, oldest + 2]
        world.call("addTag", projectID=project, name="last")
        assert listener.versions(1)[0]["dataVersion"] == present + 1
        give_up(0)


# Requests that are no good --------------------------------------------------------------------------------------------


def test_requests_that_open_no_stream(server: Server, world: World) -> None:
    def header(last: str) -> dict[str, Any]:
        return {"headers": {"Last-Event-ID": last}}

    for wrong in ("x", "-1", "1.5", "9" * 30, "1 2"):
        assert "Last-Event-ID" in refused(server, world, errors.InvalidRequest, **header(wrong))
    present = world.version
    for given in (header(str(present + 1)), {"params": {"sinceDataVersion": str(present + 1)}}):
        assert f"at data version {present}" in refused(server, world, errors.DataVersionNotReachedYet, **given)
    for name, value, told in (
        ("sinceDataVersion", "-5", "sinceDataVersion is -5"),
        ("sinceDataVersion", "no name", "no data version has that name"),
        ("objectTypes", "Tags", "Did you mean Tag?"),
        ("projectsIDs", "1", "Did you mean projectIDs?"),
        ("requestID", "1", "requestID"),
    ):
        if name != "requestID":
            assert told in refused(server, world, errors.InvalidParameter, params={name: value})
    nobody = httpx2.get(server.address + PATH, trust_env=False, timeout=60)
    message_of(nobody, errors.AuthenticationRequired)
    refused(server, world, errors.InvalidUserEmailAddress, "nobody@example.com")


def test_verbs(server: Server, world: World) -> None:
    auth = (world.admin, world.key)
    head = httpx2.head(server.address + PATH, auth=auth, trust_env=False, timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert head.headers["data-version"] == str(world.version)
    assert httpx2.head(server.address + PATH, auth=("x@example.com", world.key), trust_env=False).status_code == 401
    for verb in ("POST", "PUT", "DELETE"):
        response = httpx2.request(verb, server.address + PATH, auth=auth, trust_env=False, timeout=60)
        assert "GET" in message_of(response, errors.InvalidURL)


# Places ---------------------------------------------------------------------------------------------------------------


def test_a_client_that_hangs_up_leaves_its_place(lively: Server, world: World) -> None:
    def is_full() -> bool:
        with client_of(lively.api, (world.admin, world.key)) as client:
            response = client.get("waitForDataVersion", params={"newerThanDataVersion": "0"})
        return response.status_code == 429

    for _ in range(2):
        with listening(lively, world) as a, listening(lively, world) as b, listening(lively, world) as c:
            assert len({listener.response.headers["call-id"] for listener in (a, b, c)}) == 3
            assert is_full()
            message = refused(lively, world, errors.TooManyOngoingRequests)
            assert "3 clients wait" in message
            with client_of(lively.api, (world.admin, world.key)) as client:
                result_of(client.get("getData"))
        until(lambda: not is_full())
    with client_of(lively.api, (world.admin, world.key)) as client:
        client.timeout = httpx2.Timeout(60, read=0.2)
        for _ in range(3):  # they wait, and give up
            with pytest.raises(httpx2.ReadTimeout):
                client.get("waitForDataVersion", params={"newerThanDataVersion": str(world.version)})
    until(lambda: not is_full())
    with listening(lively, world) as listener:
        assert listener.begins.id == world.version


def test_a_call_that_waits_is_answered_by_a_commit_of_the_other_worker(
    server: Server, client: httpx2.Client, world: World
) -> None:
    project = world.call("addProject", name="A")
    with ThreadPoolExecutor(8) as threads:
        version = world.version
        for _ in range(3):
            given = {"newerThanDataVersion": str(version), "timeout": "60"}
            waiting = [threads.submit(client.get, "waitForDataVersion", params=given, headers=ANEW) for _ in range(8)]
            [version] = add_tags(world, client, project, 1)
            assert [result_of(each.result()) for each in waiting] == [version] * 8
