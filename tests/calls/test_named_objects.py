"""Objects that the parameters of reading methods name: found, checked for access and refused as in writing ones."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.calls import pipeline, registry
from scrumrpc.calls.permissions import PROJECT_ACCESS, Permission
from scrumrpc.calls.references import (
    BacklogItemRef,
    OwnerRef,
    OwnerType,
    PersonOrNoneRef,
    ProjectRef,
)
from scrumrpc.calls.registry import METHODS
from scrumrpc.calls.view import View
from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.model.record import Record
from scrumrpc.store import accounts
from tests.world import World


async def getNames(
    view: View,
    *,
    backlogItemID: BacklogItemRef,
    ownerObjectType: OwnerType,
    ownerObjectID: OwnerRef,
    personID: PersonOrNoneRef = None,
) -> list[str]:
    """Answers what the objects are called."""
    image = await view.image()
    records: list[Record] = [backlogItemID, ownerObjectID]
    assert all(image[each.number] is each for each in records)
    return [each["name"] for each in records] + ([personID["emailAddress"]] if personID else [])


async def getProjectName(_view: View, *, projectID: ProjectRef) -> str:
    """Answers the name of a project, to whoever reads only a."""
    return str(projectID["name"])


A_ONLY = Permission(
    "Only a.", "Only a may be read.", lambda _standing, arguments: arguments["projectID"]["name"] == "a"
)


@pytest.fixture(autouse=True)
def _own_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(METHODS)
    monkeypatch.setattr(registry, "METHODS", known)
    monkeypatch.setattr(pipeline, "METHODS", known)
    for function, permission in ((getNames, PROJECT_ACCESS), (getProjectName, A_ONLY)):
        registry.method(noun="BacklogItem", writes=False, permission=permission)(function)


def given_item(world: World) -> dict[str, str]:
    project = world.call("addProject", name="a")
    item = world.call("addBacklogItem", projectID=project, name="i")
    return {"backlogItemID": item, "ownerObjectType": "Project", "ownerObjectID": project}


def test_they_arrive_as_objects(world: World) -> None:
    given = given_item(world)
    assert world.call("getNames", **given) == ["i", "a"]
    person = world.person("bob@example.com")
    assert world.call("getNames", **given, personID=person) == ["i", "a", "bob@example.com"]
    item = {"ownerObjectType": "BacklogItem", "ownerObjectID": given["backlogItemID"]}
    assert world.call("getNames", **given | item) == ["i", "i"]


def test_they_are_as_the_version_of_the_answer_has_them(world: World) -> None:
    given = given_item(world)
    for name in ("j", "k"):
        world.call("setBacklogItemName", backlogItemID=given["backlogItemID"], name=name)
        answer = world.answer("getNames", **given)
        assert (answer.result, answer.version) == ([name, "a"], world.version)


def test_one_that_does_not_exist_is_not_found(world: World) -> None:
    given = given_item(world)
    for wrong in ("1-2-3", "nonsense", given["ownerObjectID"]):
        with pytest.raises(ObjectNotFound, match="backlog item"):
            world.call("getNames", **given | {"backlogItemID": wrong})
    world.call("deleteBacklogItem", backlogItemID=given["backlogItemID"])
    with pytest.raises(ObjectNotFound, match=given["backlogItemID"]) as failed:
        world.call("getNames", **given)
    assert failed.value.data_version == world.version


def test_another_account_has_other_objects(world: World) -> None:
    given = given_item(world)
    world.check_log_gives_tables()
    world.new_account()
    with pytest.raises(ObjectNotFound):
        world.call("getNames", **given)


def test_the_project_must_be_within_reach(world: World) -> None:
    given = given_item(world)
    world.person("bob@example.com")
    assert world.call("getNames", "bob@example.com", **given) == ["i", "a"]
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    with pytest.raises(UserCannotAccessProject, match=given["backlogItemID"]):
        world.call("getNames", "bob@example.com", **given)
    assert world.call("getNames", **given) == ["i", "a"]


def test_permissions_get_the_objects(world: World) -> None:
    allowed, denied = (world.call("addProject", name=name) for name in "ab")
    assert world.call("getProjectName", projectID=allowed) == "a"
    with pytest.raises(UserHasInsufficientPermissions, match="Only a may be read"):
        world.call("getProjectName", projectID=denied)


def test_the_required_version_comes_first(world: World) -> None:
    given: dict[str, Any] = given_item(world) | {"backlogItemID": "1-2-3"}
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getNames", **given, requiredDataVersion="1")
    with pytest.raises(ObjectNotFound):
        world.call("getNames", **given, requiredDataVersion=str(world.version))


def test_the_type_of_an_object_must_be_known(world: World) -> None:
    given = given_item(world)
    with pytest.raises(InvalidParameter, match="Person"):
        world.call("getNames", **given | {"ownerObjectType": "Person"})
    del given["ownerObjectType"]
    with pytest.raises(MissingParameter, match="ownerObjectType"):
        world.call("getNames", **given)
