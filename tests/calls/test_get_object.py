"""getObject: one object of whatever type is stored, by its id or its external id."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store import accounts
from tests.calls.making import find
from tests.world import EVERYTHING, World

# Each after those that it refers to.
TYPES = (
    "Project", "Person", "DeletedPerson", "Team", "Tag", "Backlog", "BacklogList", "Release", "Board", "BoardColumn",
    "Sprint", "TeamSprintParticipation", "BacklogItem", "Task", "CustomField", "CustomFieldValue", "Checklist",
    "ChecklistItem", "Comment", "Attachment", "TimeEntry", "Commit", "Message", "File", "Relationship",
    "Retrospective", "RetrospectiveCard",
)  # fmt: skip
KNOWN_BY_OTHERS = [name for name in TYPES if STORED_TYPES[name].has("externalID") and name != "DeletedPerson"]


def wire_id(account: int, type_name: str) -> str:
    return f"{account}-5-{TYPES.index(type_name)}"


def one_of_each(account: int) -> list[dict[str, Any]]:
    """An object of every stored type, with an external id where the type has one; owners are backlog items."""

    def value(p: Property) -> Any:
        match p.kind:
            case "enum":
                return "BacklogItem" if "BacklogItem" in p.values else p.values[0]
            case "ref":
                targets = p.target.split("|")
                return wire_id(account, "BacklogItem" if "BacklogItem" in targets else targets[0])
            case "strings":
                return ["BacklogItem"]
            case "string":
                return f"{p.name}@example.com"
        return {"integer": 1, "boolean": False, "date": "2026-03-13", "time": 1, "url": "http://example.com"}[p.kind]

    objects = []
    for name in TYPES:
        given = {"objectType": name, "id": wire_id(account, name), "externalID": f"E {name}"}
        required = [
            p
            for p in STORED_TYPES[name].stored
            if not (p.nullable or p.hidden or p.kind in ("id", "refs")) and p.default is None
        ]
        more = {"columns": [{"name": "Well", "color": "Red"}] * 2} if name == "Retrospective" else {}
        objects.append(given | {p.name: value(p) for p in required} | more)
    next(each for each in objects if each["objectType"] == "DeletedPerson")["emailAddress"] = "gone@example.com"
    return objects


def test_every_stored_type_is_tried() -> None:
    assert set(TYPES) == set(STORED_TYPES)


def test_objects_are_found_by_id_as_getdata_shows_them(world: World) -> None:
    world.load(*one_of_each(world.account))
    shown = world.data()
    for name in TYPES:
        found = world.call(
            "getObject", objectType=name, objectID=wire_id(world.account, name), includeProperties=EVERYTHING
        )
        assert found == find(shown, name, wire_id(world.account, name))
        assert found["objectType"] == name


def test_objects_are_found_by_external_id(world: World) -> None:
    world.load(*one_of_each(world.account))
    for name in KNOWN_BY_OTHERS:
        assert world.call("getObject", objectType=name, externalID=f"E {name}")["id"] == wire_id(world.account, name)


def test_external_ids_count_in_their_type_and_as_they_are_now(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    item = world.call("addBacklogItem", projectID=project, name="x", externalID="E")
    assert world.call("getObject", objectType="Project", externalID="E")["id"] == project
    assert world.call("getObject", objectType="BacklogItem", externalID="E")["id"] == item
    world.call("setBacklogItemExternalID", backlogItemID=item, externalID="F")
    assert world.call("getObject", objectType="BacklogItem", externalID="F")["id"] == item
    with pytest.raises(ObjectNotFound, match='BacklogItem with the external id "E"'):
        world.call("getObject", objectType="BacklogItem", externalID="E")
    world.call("deleteBacklogItem", backlogItemID=item)
    with pytest.raises(ObjectNotFound):
        world.call("getObject", objectType="BacklogItem", externalID="F")


@pytest.mark.parametrize("name", [name for name in TYPES if name not in KNOWN_BY_OTHERS])
def test_some_types_are_found_by_id_only(world: World, name: str) -> None:
    world.load(*one_of_each(world.account))
    with pytest.raises(InvalidParameter, match=f"{name} .*externalID.*objectID"):
        world.call("getObject", objectType=name, externalID=f"E {name}")


def test_properties_that_can_grow_large_are_asked_for(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    task = world.call("addTask", backlogItemID=item, name="t")
    asked = {"objectType": "BacklogItem", "objectID": item}
    assert world.call("getObject", **asked)["tasks"] is None
    found = world.call("getObject", **asked, includeProperties="BacklogItem.tasks,Task.comments")
    assert [(each["id"], each["comments"], each["commits"]) for each in found["tasks"]] == [(task, [], None)]
    with pytest.raises(InvalidParameter, match=r"BacklogItem\.tasks"):
        world.call("getObject", **asked, includeProperties="BacklogItem.task")


def test_a_deleted_person_is_one_by_type(world: World) -> None:
    ben = world.person("ben@example.com")
    assert world.call("getObject", objectType="Person", objectID=ben)["emailAddress"] == "ben@example.com"
    world.call("deletePerson", personID=ben)
    assert world.call("getObject", objectType="DeletedPerson", objectID=ben)["id"] == ben
    with pytest.raises(ObjectNotFound, match=ben):
        world.call("getObject", objectType="Person", objectID=ben)


def test_the_object_is_named_in_one_way(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    with pytest.raises(MissingParameter, match=r"objectID or externalID"):
        world.call("getObject", objectType="Project")
    with pytest.raises(InvalidParameter, match=r"objectID and externalID"):
        world.call("getObject", objectType="Project", objectID=project, externalID="E")
    with pytest.raises(MissingParameter, match="objectType"):
        world.call("getObject", objectID=project)
    for wrong in ("Result", "APIKey", "RetrospectiveColumn", "project"):
        with pytest.raises(InvalidParameter, match=f'objectType is "{wrong}"'):
            world.call("getObject", objectType=wrong, objectID=project)


@pytest.mark.parametrize("wrong", ["1-2-3", "nonsense", "é", "729-1-2_3-4"])
def test_what_does_not_exist_is_not_found(world: World, wrong: str) -> None:
    with pytest.raises(ObjectNotFound, match=wrong):
        world.call("getObject", objectType="Sprint", objectID=wrong)
    with pytest.raises(ObjectNotFound, match=wrong):
        world.call("getObject", objectType="Sprint", externalID=wrong)


def test_objects_of_other_projects_are_kept_from_strangers(world: World) -> None:
    world.load(*one_of_each(world.account))
    world.person("ben@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for name in TYPES:
        given = {"objectType": name, "objectID": wire_id(world.account, name)}
        if "Person" in name:
            assert world.call("getObject", "ben@example.com", **given)["objectType"] == name
            continue
        with pytest.raises(UserCannotAccessProject):
            world.call("getObject", "ben@example.com", **given)
        if name in KNOWN_BY_OTHERS:
            with pytest.raises(UserCannotAccessProject):
                world.call("getObject", "ben@example.com", objectType=name, externalID=f"E {name}")
        assert world.call("getObject", **given)["objectType"] == name


def test_another_account_has_other_objects(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    world.check_log_gives_tables()
    world.new_account()
    for given in ({"objectID": project}, {"externalID": "E"}):
        with pytest.raises(ObjectNotFound):
            world.call("getObject", objectType="Project", **given)


def test_the_answer_has_its_version(world: World) -> None:
    project = world.call("addProject", name="A")
    given = {"objectType": "Project", "objectID": project}
    assert world.answer("getObject", **given).version == world.version
    assert world.call("getObject", **given, requiredDataVersion=str(world.version))["name"] == "A"
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getObject", **given, requiredDataVersion="1")
