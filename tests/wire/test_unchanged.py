"""Clients that have the answer already: 304 as long as it is the same, and never when it is not."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

from scrumrpc.errors import (
    DataVersionNoLongerKept,
    InvalidAPIKey,
    InvalidParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import operate
from tests.world import World

EVERYTHING = "Data.persons,Project.backlogItems,Project.teams"


def get(client: httpx2.Client, tag: str | None = None, verb: str = "GET", **given: str) -> httpx2.Response:
    """The answer of getData to a client that has the one with the tag."""
    headers = {} if tag is None else {"If-None-Match": tag}
    return client.request(verb, "getData", params=given, headers=headers)


def tag_of(client: httpx2.Client, **given: str) -> str:
    """The tag of the answer as it is now."""
    response = get(client, **given)
    result_of(response)
    return response.headers["etag"]


def is_unchanged(response: httpx2.Response) -> bool:
    """Whether the client is told that it has the answer, after a look at all that belongs to that."""
    if response.status_code != 304:
        result_of(response)
        return False
    assert response.content == b""
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["vary"] == "accept-encoding"
    assert re.fullmatch(r'(W/)?"[0-9]+-[0-9a-f]{32}(-pretty)?"', response.headers["etag"])
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["call-id"])
    assert response.headers["data-version"].isdecimal()
    assert not {"content-type", "content-length", "content-encoding", "transfer-encoding"} & set(response.headers)
    return True


@pytest.fixture
def project(world: World) -> str:
    """A project with something in it."""
    project = str(world.call("addProject", name="A"))
    world.call("addBacklogItem", projectID=project, name="Item", description="x" * 3_000)
    return project


def test_an_answer_that_is_the_same_is_not_sent_again(client: httpx2.Client, world: World, project: str) -> None:
    for given in ({}, {"includeProperties": EVERYTHING}, {"projectIDs": project}, {"pretty": "true"}):
        for accepted in ("identity", "gzip"):
            client.headers["Accept-Encoding"] = accepted
            response = get(client, **given)
            tag = response.headers["etag"]
            assert tag.startswith("W/") == ("content-encoding" in response.headers)
            for verb in ("GET", "HEAD"):
                for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
                    again = get(client, known, verb, **given)
                    assert is_unchanged(again)
                    assert again.headers["data-version"] == str(world.version)
                    assert again.headers["etag"].removeprefix("W/") == tag.removeprefix("W/")
                assert get(client, '"x"', verb, **given).status_code == 200


def test_a_change_makes_another_answer(client: httpx2.Client, world: World, project: str) -> None:
    for given in ({}, {"includeProperties": EVERYTHING}, {"projectIDs": project}):
        tags = [tag_of(client, **given)]
        for n in range(3):
            result_of(client.post("addProject", data={"name": f"{given} {n}"}))
            response = get(client, ", ".join(tags), **given)
            assert result_of(response) is not None
            assert response.headers["etag"] not in tags
            tags.append(response.headers["etag"])
            assert is_unchanged(get(client, ", ".join(tags), **given))


def test_other_questions_have_other_answers(client: httpx2.Client, world: World, project: str) -> None:
    other = world.call("addProject", name="B")
    questions: list[dict[str, str]] = [
        {}, {"projectIDs": project}, {"projectIDs": other}, {"projectIDs": f"{project},{other}"},
        {"includeProperties": "Data.persons"}, {"includeProperties": EVERYTHING}, {"pretty": "true"},
        {"atDataVersion": str(world.version - 1)}, {"projectIDs": project, "pretty": "true"},
    ]  # fmt: skip
    tags = [tag_of(client, **question) for question in questions]
    assert len(set(tags)) == len(questions)
    for place, question in enumerate(questions):
        assert is_unchanged(get(client, tags[place], **question))
        others = ", ".join(tag for tag in tags if tag != tags[place])
        assert not is_unchanged(get(client, others, **question))
    same = {"projectIDs": f"{other}, {project},{other}", "pretty": "false", "requestID": "x"}
    response = get(client, tags[3], **same)
    assert is_unchanged(response)
    assert response.headers["x-ignored-parameters"] == "requestID"


def test_the_past_does_not_change(client: httpx2.Client, world: World, project: str) -> None:
    version = str(world.version)
    present = tag_of(client)
    then = tag_of(client, atDataVersion=version)
    assert then == present  # the same bytes
    client.post("addProject", data={"name": "B"})
    assert is_unchanged(get(client, then, atDataVersion=version))
    assert not is_unchanged(get(client, then))


def test_what_is_wrong_with_a_call_comes_first(server: Server, client: httpx2.Client, world: World) -> None:
    world.call("addProject", name="A")
    version = world.version
    for known in ("*", tag_of(client)):
        message_of(get(client, known, projectIDs="1-2-3"), ObjectNotFound)
        message_of(get(client, known, pretty="yes"), InvalidParameter)
        message_of(get(client, known, requiredDataVersion=str(version - 1)), RequiredDataVersionNotMatching)
        assert is_unchanged(get(client, known, requiredDataVersion=str(version)))
        with client_of(server.api, (world.admin, world.key[:-1] + "x")) as stranger:
            message_of(get(stranger, known), InvalidAPIKey)


def test_who_reaches_something_else_has_another_answer(server: Server, client: httpx2.Client, world: World) -> None:
    """What one may not see any more is not confirmed, and what one may see now is sent."""
    one, other = (world.call("addProject", name=name) for name in "AB")
    bob, eve = (world.person(f"{name}@example.com") for name in ("bob", "eve"))
    for project, person in ((one, bob), (one, eve), (other, eve)):
        result_of(client.post("addProductOwner", data={"projectID": project, "personID": person}))
    with (
        client_of(server.api, ("bob@example.com", world.key)) as as_bob,
        client_of(server.api, ("eve@example.com", world.key)) as as_eve,
    ):
        assert tag_of(as_bob) == tag_of(as_eve) == tag_of(client)
        everything, only = tag_of(as_bob), tag_of(as_bob, projectIDs=other)
        world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
        response = get(as_bob, everything)
        assert [each["id"] for each in result_of(response)["projects"]] == [one]
        for known in (only, "*"):
            message_of(get(as_bob, known, projectIDs=other), UserCannotAccessProject)
        assert is_unchanged(get(as_bob, response.headers["etag"]))
        assert not is_unchanged(get(as_eve, response.headers["etag"]))
        assert not is_unchanged(get(client, response.headers["etag"]))


def test_other_accounts_have_other_answers(server: Server, client: httpx2.Client, world: World) -> None:
    tag, version = tag_of(client), world.version
    world.new_account()
    with client_of(server.api, (world.admin, world.key)) as other:
        assert world.version == version
        assert not is_unchanged(get(other, tag))


def test_post_and_other_methods_have_no_tags(client: httpx2.Client, world: World, project: str) -> None:
    tag = tag_of(client)
    for known in (tag, "*"):
        response = client.post("getData", headers={"If-None-Match": known})
        assert result_of(response)
        assert "etag" not in response.headers
        for verb in ("GET", "POST"):
            for path in ("getDataVersion", f"getObject?objectType=Project&objectID={project}"):
                response = client.request(verb, path, headers={"If-None-Match": known})
                assert result_of(response)
                assert "etag" not in response.headers


def test_a_version_that_was_made_anew_is_another_one(
    client: httpx2.Client, world: World, database_url: str, project: str
) -> None:
    """As after the database was brought back from a copy: the same number, but another history."""
    tag = tag_of(client)
    with psycopg.connect(database_url) as conn:
        changed = conn.execute(
            "UPDATE versions SET committed_at = committed_at + interval '1 second'"
            " WHERE account_id = %s AND version = %s",
            (world.account, world.version),
        )
        assert changed.rowcount == 1
    assert not is_unchanged(get(client, tag))


def test_history_that_is_given_up(client: httpx2.Client, world: World, database_url: str, project: str) -> None:
    past = str(world.version - 1)
    tag, then = tag_of(client), tag_of(client, atDataVersion=past)
    operate(database_url, "history", "compact", "--days", "0.0000001", "--account", str(world.account))
    assert is_unchanged(get(client, tag))
    message_of(get(client, then, atDataVersion=past), DataVersionNoLongerKept)
    client.post("addProject", data={"name": "B"})
    assert not is_unchanged(get(client, tag))


def test_tags_agree_with_bodies(client: httpx2.Client, world: World, project: str) -> None:
    """Whatever was done, answers with the same tag are the same to the byte, and other ones have other tags."""
    bodies: dict[str, bytes] = {}
    item = world.call("addBacklogItem", projectID=project, name="Other")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("setBacklogItemName", {"backlogItemID": item, "name": "New"}),
        ("setBacklogItemName", {"backlogItemID": item, "name": "New"}),
        ("deleteBacklogItem", {"backlogItemID": item}),
        ("restoreObject", {"objectType": "BacklogItem", "objectID": item}),
        ("revertVersion", {"dataVersion": str(world.version + 3)}),
    ]
    for method, given in [("getDataVersion", {}), *steps]:
        client.post(method, data=given).raise_for_status()
        for include in ("", EVERYTHING):
            for pretty in ("true", "false"):
                response = get(client, includeProperties=include, pretty=pretty)
                tag = response.headers["etag"].removeprefix("W/")
                assert bodies.setdefault(tag, response.content) == response.content
                version, present = response.json()["dataVersion"], world.version
                assert version == present
                assert tag.startswith(f'"{version}-')
    assert len(bodies) == 4 * len({tag.partition("-")[0] for tag in bodies})


def test_nobody_is_told_so_after_a_change(server: Server, client: httpx2.Client, world: World, project: str) -> None:
    """The fourth law: 304 is the answer at a version that is none older than the last one committed before."""
    committed = [world.version]
    told: list[tuple[int, int]] = []  # committed before, answered at

    def read() -> None:
        tag = None
        with client_of(server.api, (world.admin, world.key)) as reader:
            while committed[-1] < committed[0] + 40:
                before = committed[-1]
                response = get(reader, tag, includeProperties=EVERYTHING)
                version = int(response.headers["data-version"])
                if is_unchanged(response):
                    assert tag is not None
                    assert tag.removeprefix("W/").startswith(f'"{version}-')
                told.append((before, version))
                tag = response.headers["etag"]
            tag = get(reader, includeProperties=EVERYTHING).headers["etag"]
            assert is_unchanged(get(reader, tag, includeProperties=EVERYTHING))

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for n in range(40):
            result_of(client.post("setProjectName", data={"projectID": project, "name": f"Name {n}"}))
            committed.append(committed[-1] + 1)
        for reader in readers:
            reader.result()
    assert all(version >= before for before, version in told)
    assert len(told) > 4
