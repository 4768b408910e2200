"""Commits by hand, and the secret of the commit hook."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.model.invariants import violations
from scrumrpc.store import accounts, hooks
from tests.world import World

NOON = 1_714_564_800_000  # 2024-05-01 12:00 UTC
GIVEN = {"date": str(NOON), "revision": "4f2a", "message": "Fix it [Scrumwise item #1, used: 1 h]"}


def project_with_item(world: World) -> tuple[str, str]:
    project = world.call("addProject", name=f"P{world.version}")
    return project, world.call("addBacklogItem", projectID=project, name="Item")


def item_of(world: World, item: str) -> Any:
    """An item as getData answers it, with all that is in it."""
    items = [each for project in world.data()["projects"] for each in project["backlogItems"]]
    return next(each for each in items if each["id"] == item)


# Commits by hand -----------------------------------------------------------------------------------------------------


def test_a_commit_is_added_as_it_is_given(world: World) -> None:
    project, item = project_with_item(world)
    task = world.call("addTask", backlogItemID=item, name="t")
    ben = world.person("ben@example.com")
    before = world.version
    on_item = world.call(
        "addCommit", externalID="X", ownerObjectType="BacklogItem", ownerObjectID=item, creatorID=ben,
        repositoryName="team/app", repositoryURL="https://example.com/app", commitURL="https://example.com/c/4f2a",
        **GIVEN,
    )  # fmt: skip
    second = world.call("addCommit", ownerObjectType="BacklogItem", ownerObjectID=item, **GIVEN)
    on_task = world.call("addCommit", ownerObjectType="Task", ownerObjectID=task, **GIVEN)
    assert world.version == before + 3
    answered = item_of(world, item)
    assert answered["commits"][0] == {
        "objectType": "Commit", "id": on_item, "externalID": "X", "projectID": project,
        "ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": NOON, "creatorID": ben,
        "repositoryName": "team/app",
        "repositoryURL": "https://example.com/app", "revision": "4f2a", "message": GIVEN["message"],
        "commitURL": "https://example.com/c/4f2a",
    }  # fmt: skip
    [other] = answered["tasks"][0]["commits"]
    assert [each["id"] for each in answered["commits"]] == [on_item, second]
    assert (other["id"], other["ownerObjectID"], other["repositoryName"], other["commitURL"]) == (
        on_task,
        task,
        None,
        None,
    )
    [ann] = [each for each in world.data()["persons"] if each["emailAddress"] == world.admin]
    assert other["creatorID"] == ann["id"]
    assert (answered["timeEntries"], answered["usedTime"]) == ([], -1)  # what the message says counts in pushes only
    assert violations(world.tables()) == []


def test_a_commit_is_deleted_and_renamed(world: World) -> None:
    _, item = project_with_item(world)
    ids = [world.call("addCommit", ownerObjectType="BacklogItem", ownerObjectID=item, **GIVEN) for _ in range(3)]
    assert world.call("deleteCommit", commitID=ids[1]) is None
    world.call("setCommitExternalID", commitID=ids[2], externalID="X")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("setCommitExternalID", commitID=ids[0], externalID="X")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addCommit", ownerObjectType="BacklogItem", ownerObjectID=item, externalID="X", **GIVEN)
    with pytest.raises(ObjectNotFound):
        world.call("deleteCommit", commitID=ids[1])
    assert [each["id"] for each in item_of(world, item)["commits"]] == [ids[0], ids[2]]
    world.call("deleteBacklogItem", backlogItemID=item)
    with pytest.raises(ObjectNotFound):
        world.call("deleteCommit", commitID=ids[0])


@pytest.mark.parametrize("missing", ["ownerObjectType", "ownerObjectID", "date", "revision", "message"])
def test_what_a_commit_needs(world: World, missing: str) -> None:
    _, item = project_with_item(world)
    given = {"ownerObjectType": "BacklogItem", "ownerObjectID": item, **GIVEN}
    for value in ("", "null"):
        with pytest.raises((MissingParameter, InvalidParameter), match=missing):
            world.call("addCommit", **(given | {missing: value}))
    del given[missing]
    with pytest.raises((MissingParameter, InvalidParameter), match=missing):
        world.call("addCommit", **given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ownerObjectType", "Project"), ("date", "-1"), ("date", "2024-05-01"), ("date", "999999999999999"),
        ("revision", "x" * 501), ("repositoryName", "x" * 501), ("repositoryURL", "x" * 4001),
        ("commitURL", "x" * 4001), ("message", "x" * 1_000_001),
    ],
)  # fmt: skip
def test_what_a_commit_cannot_have(world: World, name: str, value: str) -> None:
    _, item = project_with_item(world)
    with pytest.raises(InvalidParameter, match=name):
        world.call("addCommit", **({"ownerObjectType": "BacklogItem", "ownerObjectID": item, **GIVEN} | {name: value}))


def test_commits_need_access_to_the_project(world: World) -> None:
    _, item = project_with_item(world)
    commit = world.call("addCommit", ownerObjectType="BacklogItem", ownerObjectID=item, **GIVEN)
    world.person("ben@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    with pytest.raises(UserCannotAccessProject):
        world.call("addCommit", "ben@example.com", ownerObjectType="BacklogItem", ownerObjectID=item, **GIVEN)
    with pytest.raises(UserCannotAccessProject):
        world.call("deleteCommit", "ben@example.com", commitID=commit)


def test_an_operator_says_whose_commit_it_is(world: World) -> None:
    _, item = project_with_item(world)
    given = {"ownerObjectType": "BacklogItem", "ownerObjectID": item, **GIVEN}
    with pytest.raises(MissingParameter, match="creatorID"):
        world.operator("addCommit", **given)
    assert world.operator("addCommit", creatorID=world.person("ben@example.com"), **given)


# The secret ----------------------------------------------------------------------------------------------------------


def hook_of(world: World) -> Any:
    return world.store(lambda conn: hooks.hook_of(conn, world.account))


def test_the_secret_is_new_each_time_and_can_be_deleted(world: World) -> None:
    before = world.version
    assert hook_of(world) is None
    first, second = world.call("resetCommitHookSecret"), world.call("resetCommitHookSecret", requestID="1")
    assert first != second
    assert len(second) == 64
    assert int(second, 16) > 0
    assert hook_of(world) == (second, world.admin)
    assert world.call("deleteCommitHookSecret") is None
    assert hook_of(world) is None
    assert world.call("deleteCommitHookSecret") is None
    assert world.version == before


def test_the_secret_is_kept_nowhere_else(world: World) -> None:
    secret = world.call("resetCommitHookSecret", requestID="1")

    async def results(conn: Any) -> list[Any]:
        cursor = await conn.execute("SELECT result FROM requests WHERE account_id = %s", (world.account,))
        return [row[0] for row in await cursor.fetchall()]

    assert world.store(results) == [None]
    assert secret not in orjson.dumps(world.data()).decode()


def test_only_administrators_deal_with_the_secret(world: World) -> None:
    world.person("ben@example.com")
    world.call("resetCommitHookSecret")
    before = hook_of(world)
    for method in ("resetCommitHookSecret", "deleteCommitHookSecret"):
        with pytest.raises(UserHasInsufficientPermissions):
            world.call(method, "ben@example.com")
    with pytest.raises(RequirementNotSatisfied, match="behalf"):
        world.operator("resetCommitHookSecret")
    assert hook_of(world) == before


def test_a_hook_ends_with_its_person(world: World) -> None:
    world.person("ben@example.com", isAdministrator="true")
    world.call("resetCommitHookSecret", "ben@example.com")
    assert hook_of(world)[1] == "ben@example.com"
    [ben] = [each["id"] for each in world.data()["persons"] if each["emailAddress"] == "ben@example.com"]
    world.call("deletePerson", personID=ben)
    assert hook_of(world) is None
