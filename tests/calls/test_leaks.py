"""What answers and errors could tell of what the caller does not reach, case by case; tests/model has it at random."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.errors import ApiError
from scrumrpc.store import accounts
from tests.calls.ground import Ground
from tests.world import World

BEN = "ben@example.com"


@pytest.fixture
def ground(world: World) -> Ground:
    """Access control is on, and Ben reaches the first project only."""
    ground = Ground(world)
    world.call("addStakeholder", projectID=ground.project, personID=ground.person)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    return ground


def refusal(world: World, method: str, /, **given: str) -> tuple[str, str]:
    """How a call of Ben's is refused."""
    with pytest.raises(ApiError) as refused:
        world.call(method, BEN, **given)
    return refused.value.error_id, refused.value.message


def same(world: World, method: str, hidden: str, missing: str, /, **given: str) -> bool:
    """Whether what Ben does not reach is refused like what never was; HIDDEN stands for its id in `given`."""
    texts = []
    for wire_id in (hidden, missing):
        put = {name: text.replace("HIDDEN", wire_id) for name, text in given.items()}
        error, message = refusal(world, method, **put)
        texts.append((error, message.replace(wire_id, "HIDDEN")))
    return texts[0] == texts[1]


@pytest.fixture
def deleted(ground: Ground) -> str:
    """A backlog item that was deleted in the project that Ben does not reach."""
    item = str(ground.world.call("addBacklogItem", projectID=ground.elsewhere, name="hidden"))
    ground.world.call("deleteBacklogItem", backlogItemID=item)
    return item


@pytest.mark.parametrize("method", ["restoreObject", "getObjectHistory", "getObject"])
def test_what_was_deleted_out_of_reach_never_was(ground: Ground, deleted: str, method: str) -> None:
    missing = f"{ground.world.account}-0-9999"
    assert same(ground.world, method, deleted, missing, objectType="BacklogItem", objectID="HIDDEN")


def test_neither_was_it_in_batches(ground: Ground, deleted: str) -> None:
    call = {"method": "restoreObject", "parameters": {"objectType": "BacklogItem", "objectID": "HIDDEN"}}
    missing = f"{ground.world.account}-0-9999"
    assert same(ground.world, "executeBatch", deleted, missing, calls=orjson.dumps([call]).decode())


def test_a_project_that_was_deleted_never_was(ground: Ground) -> None:
    world, missing = ground.world, f"{ground.world.account}-0-9999"
    since = str(world.version)
    world.call("deleteProject", projectID=ground.elsewhere)
    hidden = ground.elsewhere
    assert same(world, "restoreObject", hidden, missing, objectType="Project", objectID="HIDDEN")
    assert same(world, "getObjectHistory", hidden, missing, objectType="Project", objectID="HIDDEN")
    for collapse in ("true", "false"):
        given = {"sinceDataVersion": since, "collapse": collapse, "projectIDs": "HIDDEN"}
        assert same(world, "getChanges", hidden, missing, **given)


def test_it_is_restored_by_those_who_reach_it(ground: Ground, deleted: str) -> None:
    ground.world.call("addStakeholder", projectID=ground.elsewhere, personID=ground.person)
    assert ground.world.call("restoreObject", BEN, objectType="BacklogItem", objectID=deleted) is None


@pytest.mark.parametrize("type_name", ["Team", "Sprint", "Release"])
def test_values_of_custom_fields_reach_no_further(ground: Ground, type_name: str) -> None:
    world = ground.world
    made = ground.team_elsewhere
    if type_name != "Team":
        made = str(world.call(f"add{type_name}", projectID=ground.elsewhere, name="hidden"))
    given = {"name": "f", "ownerObjectTypes": "BacklogItem", "type": type_name}
    field = str(world.call("addCustomField", projectID=ground.project, **given))
    owner = {"customFieldID": field, "ownerObjectType": "BacklogItem", "ownerObjectID": ground.item()}
    error, message = refusal(world, "setCustomFieldValue", **owner, value=made)
    assert (error, message) == (
        "UserCannotAccessProject", f"The person has no access to the project that the {type_name} {made} belongs to.",
    )  # fmt: skip


def test_an_external_id_finds_nothing_out_of_reach(ground: Ground) -> None:
    world = ground.world
    world.call("addBacklogItem", projectID=ground.elsewhere, name="secret name", externalID="E1")
    error, message = refusal(world, "getObject", objectType="BacklogItem", externalID="E1")
    assert error == "UserCannotAccessProject"
    assert "secret name" not in message
    assert ground.elsewhere not in message


def test_names_of_versions_are_everybodys_but_what_they_hold_is_not(ground: Ground) -> None:
    world = ground.world
    world.call("setProjectName", projectID=ground.elsewhere, name="secret name")
    version = world.version
    world.call("addNamedVersion", name="hidden version")
    [named] = world.call("getNamedVersions", BEN)
    assert named["dataVersion"] == version
    assert version not in [each["dataVersion"] for each in world.call("getVersions", BEN)["versions"]]
    for name in ("hidden version", str(version)):
        data = world.call("getData", BEN, atDataVersion=name)
        assert [each["id"] for each in data["projects"]] == [ground.project]
        assert refusal(world, "revertVersion", dataVersion=name) == (
            "UserCannotAccessProject",
            f"The person does not have access to all projects that data version {version} is about.",
        )


def test_people_of_another_account_are_not_told_of(ground: Ground) -> None:
    """Both accounts have objects of the same numbers, and versions of the same numbers."""
    world = ground.world
    ours, key, since = world.account, world.key, "0"
    world.new_account()
    there = Ground(world)
    world.call("setProjectName", projectID=there.project, name="foreign name")
    foreign = world.account
    world.account, world.key = ours, key
    answers: list[Any] = [world.call("getChanges", email, sinceDataVersion=since) for email in (world.admin, BEN)]
    answers += [world.call("getVersions", email) for email in (world.admin, BEN)]
    answers.append(world.call("getObjectHistory", objectType="Project", objectID=ground.project))
    told = orjson.dumps(answers).decode()
    assert "foreign name" not in told
    assert f'"{foreign}-' not in told
    missing = f"{ours}-0-9999"
    for method in ("getObjectHistory", "restoreObject", "getObject"):
        assert same(world, method, there.project, missing, objectType="Project", objectID="HIDDEN")


def test_a_cursor_opens_nothing(ground: Ground) -> None:
    """One that an administrator was given holds a place, and no right to see what is there."""
    world = ground.world
    for project in (ground.project, ground.elsewhere):
        for _ in range(3):
            world.call("addBacklogItem", projectID=project, name="x")
    cursor = world.call("getBacklogItems", limit="4", order="name")["nextCursor"]
    page = world.call("getBacklogItems", BEN, limit="100", order="name", cursor=cursor)
    assert {each["projectID"] for each in page["backlogItems"]} <= {ground.project}
