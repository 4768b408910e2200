"""getChanges: which versions it tells of, where it goes on, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import (
    DataVersionNotReachedYet,
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.world import EVERYTHING, World

BOB = "bob@example.com"


def changed(answer: Any) -> list[tuple[str, str]]:
    """What is told, in short: which sort of change, and which type."""
    return [
        (each["changeType"], each["changedObjectType"])
        for each in (change for version in answer["versions"] for change in version["changes"])
    ]


def test_versions_come_in_order_with_where_to_go_on(world: World) -> None:
    since = world.version
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("setBacklogItemName", backlogItemID=item, name="y")
    world.call("deleteBacklogItem", backlogItemID=item)
    answer = world.call("getChanges", sinceDataVersion=str(since))
    assert list(answer) == [
        "objectType", "sinceDataVersion", "untilDataVersion", "hasMore", "epoch", "versions", "objects",
        "projectIDs",
    ]  # fmt: skip
    assert (answer["sinceDataVersion"], answer["untilDataVersion"], answer["hasMore"]) == (since, since + 4, False)
    assert (answer["objects"], answer["projectIDs"], answer["epoch"]) == (None, None, world.epoch)
    assert [version["dataVersion"] for version in answer["versions"]] == [since + n for n in range(1, 5)]
    kinds = [("created", "BacklogItem"), ("updated", "BacklogItem"), ("deleted", "BacklogItem")]
    assert changed(answer)[-3:] == kinds
    until = world.call("getChanges", sinceDataVersion=str(since + 1), untilDataVersion=str(since + 3))
    assert until["versions"] == answer["versions"][1:3]
    assert (until["untilDataVersion"], until["hasMore"]) == (since + 3, False)
    first = world.call("getChanges", sinceDataVersion=str(since + 1), limit="1")
    assert (first["versions"], first["untilDataVersion"], first["hasMore"]) == (
        answer["versions"][1:2],
        since + 2,
        True,
    )
    nothing = world.call("getChanges", sinceDataVersion=str(since + 4))
    assert (nothing["versions"], nothing["untilDataVersion"], nothing["hasMore"]) == ([], since + 4, False)


def test_filters(world: World) -> None:
    since = str(world.version)
    a, b = world.call("addProject", name="A"), world.call("addProject", name="B")
    item = world.call("addBacklogItem", projectID=a, name="x")
    world.call("addTask", backlogItemID=item, name="t")
    world.call("addBacklogItem", projectID=b, name="y")
    world.person(BOB)
    of_a = world.call("getChanges", sinceDataVersion=since, projectIDs=a)
    assert {change["projectID"] for version in of_a["versions"] for change in version["changes"]} == {a, None}
    items = world.call("getChanges", sinceDataVersion=since, projectIDs=f"{a},{b}", objectTypes="BacklogItem")
    assert changed(items) == [("created", "BacklogItem")] * 2
    assert changed(world.call("getChanges", sinceDataVersion=since, objectTypes="Task,Person")) == [
        ("created", "Task"),
        ("created", "Person"),
    ]
    world.call("deleteProject", projectID=b)
    gone = world.call("getChanges", sinceDataVersion=since, projectIDs=b, objectTypes="Project")
    assert changed(gone) == [("created", "Project"), ("deleted", "Project")]
    with pytest.raises(ObjectNotFound, match=b):
        world.call("getChanges", sinceDataVersion=str(world.version), projectIDs=b)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, MissingParameter, "sinceDataVersion"),
        ({"sinceDataVersion": "-1"}, InvalidParameter, "sinceDataVersion is -1"),
        ({"sinceDataVersion": "99"}, DataVersionNotReachedYet, "sinceDataVersion is 99, but the account is at"),
        ({"sinceDataVersion": "0", "untilDataVersion": "99"}, DataVersionNotReachedYet, "untilDataVersion is 99"),
        ({"sinceDataVersion": "1", "untilDataVersion": "0"}, InvalidParameter, "must not be before sinceDataVersion"),
        ({"sinceDataVersion": "0", "limit": "0"}, InvalidParameter, "from 1 to 10000"),
        ({"sinceDataVersion": "0", "limit": "10001"}, InvalidParameter, "from 1 to 10000"),
        ({"sinceDataVersion": "0", "objectTypes": "Taks"}, InvalidParameter, "Did you mean Task"),
        ({"sinceDataVersion": "0", "projectIDs": "1-2-3"}, ObjectNotFound, "no project with the id 1-2-3"),
        ({"sinceDataVersion": "0", "includeProperties": "Project.tags"}, InvalidParameter, "collapse=true"),
        ({"sinceDataVersion": "0", "requiredDataVersion": "0"}, RequiredDataVersionNotMatching, "not at 0"),
    ],
)
def test_what_is_refused(world: World, given: dict[str, str], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        world.call("getChanges", **given)


@pytest.mark.parametrize("collapse", ["true", "false"])
def test_nothing_shows_of_projects_out_of_reach(world: World, collapse: str) -> None:
    mine, other = world.call("addProject", name="Mine"), world.call("addProject", name="Secret")
    bob = world.person(BOB)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    since = world.version
    item = world.call("addBacklogItem", projectID=mine, name="x")
    world.call("addBacklogItem", projectID=other, name="secret")
    given = {"sinceDataVersion": str(since), "collapse": collapse}
    if collapse == "true":
        given["includeProperties"] = EVERYTHING
    told = "objects" if collapse == "true" else "versions"
    before = world.call("getChanges", BOB, **given)
    assert before[told] == []
    assert (before["untilDataVersion"], before["hasMore"]) == (world.version, False)
    with pytest.raises(UserCannotAccessProject):
        world.call("getChanges", BOB, projectIDs=mine, **given)
    world.call("addStakeholder", projectID=mine, personID=bob)
    answer = world.call("getChanges", BOB, **given)
    assert item in str(answer)
    assert other not in str(answer)
    assert "ecret" not in str(answer)
    assert answer["projectIDs"] == ([mine] if collapse == "true" else None)
    world.call("removeStakeholder", projectID=mine, personID=bob)
    assert world.call("getChanges", BOB, **given)[told] == []


def test_a_poll_of_the_present_neither_makes_a_past_image_nor_loads_one(world: World) -> None:
    project = world.call("addProject", name="A")
    fresh = World(world.database.url, size=2)
    try:
        fresh.account, fresh.key = world.account, world.key
        since = str(world.version - 1)
        assert len(fresh.call("getChanges", sinceDataVersion=since, projectIDs=project)["versions"]) == 1
        assert list(fresh.calls._images.kept()) == []
        fresh.call("getChanges", sinceDataVersion=since, collapse="true")
        assert [image.version for image in fresh.calls._images.kept()] == [world.version]
    finally:
        fresh.close()
