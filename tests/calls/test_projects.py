"""Project methods beyond API 1.4: the first backlog, changing, moving and deleting projects, and their people."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.cli import sample
from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.enumerations import UNITS
from scrumrpc.store import accounts
from tests.calls.made_up import objects_of
from tests.world import World


def shown(world: World, project: str) -> dict[str, Any]:
    return next(each for each in world.data()["projects"] if each["id"] == project)


def types(world: World) -> list[str]:
    return sorted(record.type for record in world.tables().records())


def test_a_project_starts_with_a_backlog_that_has_a_list(world: World) -> None:
    before = world.version
    project = world.call("addProject", name="A")
    assert world.version == before + 1
    [backlog] = shown(world, project)["backlogs"]
    [backlog_list] = backlog["backlogLists"]
    for each in (backlog, backlog_list):
        assert (each["name"], each["isArchived"], each["color"], each["externalID"]) == ("Backlog", False, None, None)
        assert each["projectID"] == project
    assert (backlog_list["backlogID"], backlog_list["backlogItems"]) == (backlog["id"], [])


# Properties ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [("setProjectDescription", "description", "d"), ("setProjectLink", "link", "https://example.com")],
)
def test_texts_are_set_and_cleared(world: World, method: str, name: str, value: str) -> None:
    project = world.call("addProject", name="A")
    for given in ({name: value}, {}):
        world.call(method, projectID=project, **given)
        assert shown(world, project)[name] == given.get(name)


def test_names_stay_unique(world: World) -> None:
    a, b = (world.call("addProject", name=name) for name in "AB")
    with pytest.raises(RequirementNotSatisfied, match="name A"):
        world.call("setProjectName", projectID=b, name="A")
    before = world.version
    world.call("setProjectName", projectID=a, name="A")
    assert world.version == before
    world.call("setProjectName", projectID=a, name="C")
    world.call("setProjectName", projectID=b, name="A")
    assert [each["name"] for each in world.data()["projects"]] == ["C", "A"]
    with pytest.raises(MissingParameter, match="name"):
        world.call("setProjectName", projectID=a)


def test_a_project_is_archived_and_taken_out_again(world: World) -> None:
    project = world.call("addProject", name="A")
    for status in ("Archived", "Active"):
        world.call("setProjectStatus", projectID=project, status=status)
        assert shown(world, project)["status"] == status
    with pytest.raises(InvalidParameter, match="Active, Archived"):
        world.call("setProjectStatus", projectID=project, status="Done")


# Units ---------------------------------------------------------------------------------------------------------------

UNIT_METHODS = {
    "roughEstimateUnit": "setProjectRoughEstimateUnit",
    "detailedEstimateUnit": "setProjectDetailedEstimateUnit",
    "timeTrackingUnit": "setProjectTimeTrackingUnit",
}
NUMBERS = [
    ("roughEstimateUnit", "BacklogItem", "roughEstimate"),
    ("roughEstimateUnit", "Release", "bestCaseVelocityPerWeek"),
    ("roughEstimateUnit", "Release", "expectedVelocityPerWeek"),
    ("roughEstimateUnit", "Release", "worstCaseVelocityPerWeek"),
    ("detailedEstimateUnit", "BacklogItem", "estimate"),
    ("detailedEstimateUnit", "BacklogItem", "remainingWork"),
    ("detailedEstimateUnit", "BacklogItem", "usedTime"),
    ("detailedEstimateUnit", "Task", "estimate"),
    ("detailedEstimateUnit", "Task", "remainingWork"),
    ("detailedEstimateUnit", "Task", "usedTime"),
    ("detailedEstimateUnit", "TeamSprintParticipation", "availableTime"),
    ("timeTrackingUnit", "TimeEntry", "usedTime"),
]
"""The numbers by the unit that they are in, where nothing else stands in the project."""


def load_everything(world: World, **numbers: Any) -> dict[str, str]:
    """Two projects with one object of each type; `numbers` stand in the first one. Answers the ids of the first."""
    first, second = objects_of(world.account, 7), objects_of(world.account, 8)
    for each in first:
        each |= numbers.get(each["objectType"], {})
    world.load(*first, *second)
    return {each["objectType"]: str(each["id"]) for each in first}


@pytest.mark.parametrize("unit", UNIT_METHODS)
@pytest.mark.parametrize("value", UNITS)
def test_units_change_where_no_number_is_in_them(world: World, unit: str, value: str) -> None:
    ids = load_everything(world)
    world.call(UNIT_METHODS[unit], projectID=ids["Project"], **{unit: value})
    assert shown(world, ids["Project"])[unit] == value
    with pytest.raises(MissingParameter, match=unit):
        world.call(UNIT_METHODS[unit], projectID=ids["Project"])


@pytest.mark.parametrize("number", [0.0, 2.5])
@pytest.mark.parametrize(("unit", "object_type", "name"), NUMBERS)
def test_a_unit_stays_where_numbers_are_in_it(
    world: World, unit: str, object_type: str, name: str, number: float
) -> None:
    ids = load_everything(world, **{object_type: {name: number}})
    project, present, before = ids["Project"], shown(world, ids["Project"]), world.version
    new = {each: next(value for value in UNITS if value != present[each]) for each in UNIT_METHODS}
    words = f"stays {present[unit]}.*{object_type} {ids[object_type]} has the {name} {number:g}"
    with pytest.raises(RequirementNotSatisfied, match=words):
        world.call(UNIT_METHODS[unit], projectID=project, **{unit: new[unit]})
    world.call(UNIT_METHODS[unit], projectID=project, **{unit: present[unit]})
    assert world.version == before
    for each in UNIT_METHODS.keys() - {unit}:
        world.call(UNIT_METHODS[each], projectID=project, **{each: new[each]})
    other = next(each["id"] for each in world.data()["projects"] if each["id"] != project)
    world.call(UNIT_METHODS[unit], projectID=other, **{unit: new[unit]})


@pytest.mark.parametrize("owner_type", ["BacklogItem", "Task"])
def test_used_time_from_time_entries_is_in_the_unit_of_time_tracking(world: World, owner_type: str) -> None:
    numbers: dict[str, dict[str, Any]] = {"TimeEntry": {"usedTime": 2.0}, "BacklogItem": {"usedTime": 2.0}}
    if owner_type == "Task":
        task = next(each for each in objects_of(world.account) if each["objectType"] == "Task")
        numbers["Task"] = {"usedTime": 2.0}
        numbers["TimeEntry"] |= {"ownerObjectType": "Task", "ownerObjectID": task["id"]}
    ids = load_everything(world, **numbers)
    with pytest.raises(RequirementNotSatisfied, match=ids["TimeEntry"]):
        world.call("setProjectTimeTrackingUnit", projectID=ids["Project"], timeTrackingUnit="Hours")
    world.call("setProjectDetailedEstimateUnit", projectID=ids["Project"], detailedEstimateUnit="Hours")


# Order ---------------------------------------------------------------------------------------------------------------


def test_projects_are_moved(world: World) -> None:
    a, b, c = (world.call("addProject", name=name) for name in "ABC")
    world.call("setProjectStatus", projectID=b, status="Archived")
    world.call("moveProject", projectID=c, index="1")
    assert [each["id"] for each in world.data()["projects"]] == [a, c, b]
    world.call("moveProject", projectID=a)
    assert [each["id"] for each in world.data()["projects"]] == [c, b, a]
    before = world.version
    world.call("moveProject", projectID=a, index="2")
    assert world.version == before
    with pytest.raises(InvalidParameter, match="index is 3"):
        world.call("moveProject", projectID=a, index="3")


# People --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "name"), [("ProductOwner", "productOwnerIDs"), ("Stakeholder", "stakeholderIDs")])
def test_people_of_a_project_come_and_go(world: World, role: str, name: str) -> None:
    project = world.call("addProject", name="A")
    ben, cat, dan = (world.person(f"{who}@example.com") for who in ("ben", "cat", "dan"))
    for person in (cat, ben, dan):
        world.call(f"add{role}", projectID=project, personID=person)
    assert shown(world, project)[name] == [cat, ben, dan]
    before = world.version
    with pytest.raises(RequirementNotSatisfied, match=f"{ben} is in the {name} of the Project {project}"):
        world.call(f"add{role}", projectID=project, personID=ben)
    world.call(f"remove{role}", projectID=project, personID=cat)
    with pytest.raises(RequirementNotSatisfied, match=f"{cat} is not in the {name} of the Project {project}"):
        world.call(f"remove{role}", projectID=project, personID=cat)
    world.call(f"add{role}", projectID=project, personID=cat)
    assert shown(world, project)[name] == [ben, dan, cat]
    assert world.version == before + 2


def test_one_person_can_be_all_at_once(world: World) -> None:
    project, ben = world.call("addProject", name="A"), world.person("ben@example.com")
    for role in ("ProductOwner", "Stakeholder"):
        world.call(f"add{role}", projectID=project, personID=ben)
    world.call("removeStakeholder", projectID=project, personID=ben)
    assert (shown(world, project)["productOwnerIDs"], shown(world, project)["stakeholderIDs"]) == ([ben], [])


@pytest.mark.parametrize("role", ["ProductOwner", "Stakeholder"])
def test_people_of_a_project_reach_it(world: World, role: str) -> None:
    project, ben = world.call("addProject", name="A"), world.person("ben@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    world.call(f"add{role}", projectID=project, personID=ben)
    assert [each["id"] for each in world.data("ben@example.com")["projects"]] == [project]
    world.call(f"remove{role}", projectID=project, personID=ben)
    assert world.data("ben@example.com")["projects"] == []


# Deleting ------------------------------------------------------------------------------------------------------------


def test_a_project_goes_with_everything_in_it(world: World) -> None:
    ids = load_everything(world)
    before, everything = world.version, types(world)
    assert world.call("deleteProject", projectID=ids["Project"]) is None
    assert world.version == before + 1
    left = list(everything)
    for gone in {each["objectType"] for each in objects_of(world.account)} - {"Person", "DeletedPerson"}:
        left.remove(gone)
    assert types(world) == left
    with pytest.raises(ObjectNotFound, match=ids["Project"]):
        world.call("deleteProject", projectID=ids["Project"])


def test_the_projects_of_the_sample_can_be_deleted_one_by_one(world: World) -> None:
    world.load(*sample_of(world.account))
    people = {"Person", "DeletedPerson"}
    for project in [each["id"] for each in world.data()["projects"]]:
        world.call("deleteProject", projectID=project)
        assert project not in [each["id"] for each in world.data()["projects"]]
    assert set(types(world)) <= people
    links = world.store(lambda conn: conn.execute("SELECT FROM object_persons WHERE account_id = %s", (world.account,)))
    assert links.rowcount == 0


def sample_of(account: int) -> list[dict[str, Any]]:
    """The objects of the sample, with ids of the account."""
    text = orjson.dumps(sample.objects()).decode()
    objects: list[dict[str, Any]] = orjson.loads(text.replace('"729-', f'"{account}-'))
    return objects


def test_what_a_deleted_project_had_is_free_again(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    world.call("addTag", projectID=project, name="red", externalID="E")
    world.call("deleteProject", projectID=project)
    again = world.call("addProject", name="A", externalID="E")
    world.call("addTag", projectID=again, name="red", externalID="E")
    assert again != project
