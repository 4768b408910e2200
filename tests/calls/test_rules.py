"""The documented rules of the methods: requirements, permissions, owners, null and -1."""

from __future__ import annotations

from typing import Any

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import (
    ApiError,
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, COLORS, TASK_STATUSES, UNITS
from scrumrpc.store import accounts
from tests.world import World

SETTERS = [m for m in METHODS.values() if m.name.startswith("set") and m.public]


def project_of(account: int) -> dict[str, Any]:
    return {
        "objectType": "Project", "id": f"{account}-7-1", "name": "Loaded", "status": "Active",
        "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip


def load_item(world: World, status: str, **more: Any) -> str:
    """An item of that status in a project of its own."""
    project = project_of(world.account)
    item = {
        "objectType": "BacklogItem", "id": f"{world.account}-7-2", "projectID": project["id"], "name": "x",
        "status": status, **more,
    }  # fmt: skip
    world.load(project, item)
    return str(item["id"])


def load_task(world: World, status: str, item_status: str = "In progress") -> str:
    item = load_item(world, item_status)
    task = {
        "objectType": "Task", "id": f"{world.account}-7-3", "projectID": f"{world.account}-7-1", "backlogItemID": item,
        "name": "t", "status": status,
    }  # fmt: skip
    project = project_of(world.account) | {"id": f"{world.account}-8-1", "name": "Other"}
    other = {
        "objectType": "BacklogItem", "id": f"{world.account}-8-2", "projectID": project["id"], "name": "x",
        "status": item_status,
    }  # fmt: skip
    world.load(project, other, task | {"projectID": project["id"], "backlogItemID": other["id"]})
    return str(task["id"])


# Statuses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_tasks_are_added_up_to_done(world: World, status: str) -> None:
    item = load_item(world, status)
    if status in ("Sprint completed", "Released"):
        with pytest.raises(RequirementNotSatisfied, match=status):
            world.call("addTask", backlogItemID=item, name="t")
    else:
        assert world.call("addTask", backlogItemID=item, name="t")


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_tasks_are_deleted_before_sprint_completed(world: World, status: str) -> None:
    task = load_task(world, "To do", status)
    if status in ("Sprint completed", "Released"):
        with pytest.raises(RequirementNotSatisfied, match=status):
            world.call("deleteTask", taskID=task)
    else:
        assert world.call("deleteTask", taskID=task) is None


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_items_are_unassigned_up_to_to_do(world: World, status: str) -> None:
    item = load_item(world, status)
    person = world.person("ben@example.com")
    world.call("setBacklogItemAssignedPersonID", backlogItemID=item, assignedPersonID=person)
    if BACKLOG_ITEM_STATUSES.index(status) <= BACKLOG_ITEM_STATUSES.index("To do"):
        world.call("setBacklogItemAssignedPersonID", backlogItemID=item)
    else:
        with pytest.raises(RequirementNotSatisfied, match=status):
            world.call("setBacklogItemAssignedPersonID", backlogItemID=item)


@pytest.mark.parametrize("status", TASK_STATUSES)
def test_tasks_are_unassigned_up_to_to_do(world: World, status: str) -> None:
    task = load_task(world, status)
    person = world.person("ben@example.com")
    world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID=person)
    if status == "To do":
        world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID="null")
    else:
        with pytest.raises(RequirementNotSatisfied, match=status):
            world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID="null")


def test_an_item_with_tasks_is_not_assigned(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("addTask", backlogItemID=item, name="t")
    person = world.person("ben@example.com")
    for who in (person, ""):
        with pytest.raises(RequirementNotSatisfied, match="tasks"):
            world.call("setBacklogItemAssignedPersonID", backlogItemID=item, assignedPersonID=who)


# Units and numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS)
def test_a_number_comes_in_the_unit_of_the_project(world: World, unit: str) -> None:
    project = world.call("addProject", name="A", roughEstimateUnit="Points", detailedEstimateUnit="Days")
    item = world.call("addBacklogItem", projectID=project, name="x")
    calls = [
        ("addBacklogItem", {"projectID": project, "name": "y"}, "roughEstimate", "Points"),
        ("addBacklogItem", {"projectID": project, "name": "y"}, "estimate", "Days"),
        ("addTask", {"backlogItemID": item, "name": "t"}, "estimate", "Days"),
        ("setBacklogItemRoughEstimate", {"backlogItemID": item}, "roughEstimate", "Points"),
    ]
    for method, given, number, right in calls:
        for none in ("-1", "-1.0", "", "null"):
            world.call(method, **given, **{number: none})
            world.call(method, **given, **{number: none, f"{number}Unit": unit})
        with pytest.raises(MissingParameter, match=f"{number}Unit"):
            world.call(method, **given, **{number: "0"})
        if unit == right:
            world.call(method, **given, **{number: "0", f"{number}Unit": unit})
        else:
            with pytest.raises(RequirementNotSatisfied, match=f"{number}Unit"):
                world.call(method, **given, **{number: "2.5", f"{number}Unit": unit})


@pytest.mark.parametrize(
    "text", ["-2", "-0.5", "nan", "inf", "1,5", "1e400", "0x10", "1_0", "٣", "1e13", " ", "--1", "."]
)
def test_bad_numbers_are_refused(world: World, text: str) -> None:
    project = world.call("addProject", name="A")
    with pytest.raises(InvalidParameter, match="estimate"):
        world.call("addBacklogItem", projectID=project, name="x", estimate=text, estimateUnit="Days")


NUMBERS = {"12.5": 12.5, "3": 3.0, ".5": 0.5, "2.": 2.0, "1e2": 100.0, "+1": 1.0, "-0": 0.0, "-1": -1.0}


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers(world: World, text: str, value: float) -> None:
    project = world.call("addProject", name="A")
    world.call("addBacklogItem", projectID=project, name="x", estimate=text, estimateUnit="Days")
    assert world.data()["projects"][0]["backlogItems"][0]["estimate"] == value


@pytest.mark.parametrize("index", ["-2", "1.0", "x", "99999999999999999999", "1"])
def test_bad_indexes_are_refused(world: World, index: str) -> None:
    for method, given in (("addProject", {}), ("addTag", {"projectID": world.call("addProject", name="A")})):
        with pytest.raises(InvalidParameter, match="index"):
            world.call(method, name="x", **given, index="7" if index == "1" and method == "addProject" else index)


# Uniqueness ----------------------------------------------------------------------------------------------------------


def test_project_names_are_unique(world: World) -> None:
    world.call("addProject", name="A")
    with pytest.raises(RequirementNotSatisfied, match="A"):
        world.call("addProject", name="A")
    world.call("addProject", name="a")


def test_tag_names_are_unique_in_their_project(world: World) -> None:
    one, two = world.call("addProject", name="A"), world.call("addProject", name="B")
    world.call("addTag", projectID=one, name="red")
    world.call("addTag", projectID=two, name="red")
    with pytest.raises(RequirementNotSatisfied, match="red"):
        world.call("addTag", projectID=one, name="red")


def test_external_ids_are_unique_in_their_type(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    item = world.call("addBacklogItem", projectID=project, name="x", externalID="E")
    other = world.call("addBacklogItem", projectID=project, name="y")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addBacklogItem", projectID=project, name="z", externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("setBacklogItemExternalID", backlogItemID=other, externalID="E")
    world.call("setBacklogItemExternalID", backlogItemID=item, externalID="E")
    world.call("setBacklogItemExternalID", backlogItemID=item)
    world.call("setBacklogItemExternalID", backlogItemID=other, externalID="E")
    world.call("deleteBacklogItem", backlogItemID=other)
    world.call("setBacklogItemExternalID", backlogItemID=item, externalID="E")


@pytest.mark.parametrize("length", [255, 256])
def test_external_ids_have_at_most_255_characters(world: World, length: int) -> None:
    if length == 255:
        world.call("addProject", name="A", externalID="ü" * length)
    else:
        with pytest.raises(InvalidParameter, match="externalID"):
            world.call("addProject", name="A", externalID="ü" * length)


# Owners, replies, tags -----------------------------------------------------------------------------------------------


def test_a_reply_is_on_the_object_of_its_parent(world: World) -> None:
    project = world.call("addProject", name="A")
    comment = world.call("addComment", ownerObjectType="Project", ownerObjectID=project, text="c")
    item = world.call("addBacklogItem", projectID=project, name="x")
    with pytest.raises(RequirementNotSatisfied, match=comment):
        world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, parentCommentID=comment, text="r")


def test_an_owner_is_of_the_type_that_is_said(world: World) -> None:
    project = world.call("addProject", name="A")
    with pytest.raises(ObjectNotFound, match="backlog item"):
        world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=project, text="c")
    with pytest.raises(InvalidParameter, match=r"ownerObjectType.*Project.*Task"):
        world.call("addComment", ownerObjectType="Team", ownerObjectID=project, text="c")
    with pytest.raises(InvalidParameter, match="objectType"):
        world.call("addTagOnObject", tagID="1-1-1", objectType="Project", objectID=project)


def test_tags_go_on_once_and_stay_in_their_project(world: World) -> None:
    one, two = world.call("addProject", name="A"), world.call("addProject", name="B")
    tag = world.call("addTag", projectID=one, name="red")
    here, there = (world.call("addBacklogItem", projectID=p, name="x") for p in (one, two))
    with pytest.raises(RequirementNotSatisfied):
        world.call("removeTagFromObject", tagID=tag, objectType="BacklogItem", objectID=here)
    world.call("addTagOnObject", tagID=tag, objectType="BacklogItem", objectID=here)
    for item in (here, there):
        with pytest.raises(RequirementNotSatisfied):
            world.call("addTagOnObject", tagID=tag, objectType="BacklogItem", objectID=item)


# Null ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SETTERS, ids=lambda m: m.name)
def test_a_setter_needs_its_object(world: World, method: Any) -> None:
    with pytest.raises(MissingParameter, match=method.parameters[0].name):
        world.call(method.name)
    values = {p.name: p.kind.example for p in method.parameters[1:] if p.required}
    with pytest.raises(ObjectNotFound):
        world.call(method.name, **{method.parameters[0].name: f"{world.account}-1-99"}, **values)


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("setBacklogItemDescription", "d"),
        ("setBacklogItemExternalID", "E"),
        ("setBacklogItemLink", "http://example.com"),
        ("setBacklogItemPriority", "Urgent"),
        ("setBacklogItemType", "Spike"),
        ("setTaskDescription", "d"),
        ("setTaskExternalID", "E"),
        ("setTaskLink", "http://example.com"),
    ],
)
@pytest.mark.parametrize("nothing", [{}, {"value": ""}, {"value": "null"}], ids=["left out", "empty", "null"])
def test_a_setter_without_a_value_clears(world: World, method: str, value: str, nothing: dict[str, str]) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    task = world.call("addTask", backlogItemID=item, name="t")
    name = METHODS[method].parameters[1].name
    target = {"taskID": task} if "Task" in method else {"backlogItemID": item}

    def shown() -> Any:
        found = world.data()["projects"][0]["backlogItems"][0]
        return (found["tasks"][0] if "Task" in method else found)[name]

    world.call(method, **target, **{name: value})
    assert shown() == value
    world.call(method, **target, **({name: nothing["value"]} if nothing else {}))
    assert shown() is None


@pytest.mark.parametrize("empty", ["", "null"])
def test_a_required_parameter_without_a_value_is_missing(world: World, empty: str) -> None:
    with pytest.raises(MissingParameter, match="name of addProject has no value"):
        world.call("addProject", name=empty)
    with pytest.raises(MissingParameter, match="name of addProject is missing"):
        world.call("addProject")


def test_defaults(world: World) -> None:
    project = world.call("addProject", name="A")
    world.call("addTag", projectID=project, name="t")
    shown = world.data()["projects"][0]
    units = [shown[name] for name in ("roughEstimateUnit", "detailedEstimateUnit", "timeTrackingUnit")]
    assert units == ["Points", "Days", "Hours"]
    assert shown["tags"][0]["color"] == "Blue"
    assert shown["status"] == "Active"


@pytest.mark.parametrize("color", COLORS)
def test_tag_colors(world: World, color: str) -> None:
    project = world.call("addProject", name="A")
    world.call("addTag", projectID=project, name="t", color=color)
    with pytest.raises(InvalidParameter, match=f"Did you mean {color}"):
        world.call("addTag", projectID=project, name="u", color=color.upper())


# Permissions ---------------------------------------------------------------------------------------------------------


def test_comments_belong_to_who_wrote_them(world: World) -> None:
    world.person("ben@example.com")
    world.person("cat@example.com")
    project = world.call("addProject", name="A")
    for who, allowed in (("ben@example.com", True), ("cat@example.com", False), (world.admin, True)):
        comment = world.call(
            "addComment", "ben@example.com", ownerObjectType="Project", ownerObjectID=project, text="c"
        )
        for method, given in (
            ("setCommentText", {"text": "d"}), ("setCommentExternalID", {"externalID": "E"}), ("deleteComment", {}),
        ):  # fmt: skip
            if allowed:
                world.call(method, who, commentID=comment, **given)
            else:
                with pytest.raises(UserHasInsufficientPermissions):
                    world.call(method, who, commentID=comment, **given)


def test_people_belong_to_themselves(world: World) -> None:
    ben, cat = world.person("ben@example.com"), world.person("cat@example.com")
    world.call("setPersonExternalID", "ben@example.com", personID=ben, externalID="B")
    world.call("setPersonExternalID", personID=cat, externalID="C")
    with pytest.raises(UserHasInsufficientPermissions):
        world.call("setPersonExternalID", "ben@example.com", personID=cat, externalID="X")


# Access control on projects ------------------------------------------------------------------------------------------


def test_access_control(world: World) -> None:
    roles = ("owner", "stakeholder", "member", "stranger")
    people = [
        {
            "objectType": "Person",
            "id": f"{world.account}-9-{n}",
            "firstName": "N",
            "emailAddress": f"{role}@example.com",
        }
        for n, role in enumerate(roles)
    ]
    project = project_of(world.account) | {
        "productOwnerIDs": [people[0]["id"]], "stakeholderIDs": [people[1]["id"]],
    }  # fmt: skip
    team = {
        "objectType": "Team", "id": f"{world.account}-7-9", "projectID": project["id"], "name": "T",
        "teamMemberIDs": [people[2]["id"]],
    }  # fmt: skip
    item = {
        "objectType": "BacklogItem", "id": f"{world.account}-7-2", "projectID": project["id"], "name": "x",
        "status": "New",
    }  # fmt: skip
    world.load(*people, project, team, item)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for role in ("owner", "stakeholder", "member"):
        email = f"{role}@example.com"
        assert [p["id"] for p in world.data(email)["projects"]] == [project["id"]]
        world.call("setBacklogItemName", email, backlogItemID=item["id"], name=role)
    stranger = "stranger@example.com"
    assert world.data(stranger)["projects"] == []
    refused: list[tuple[str, dict[str, str]]] = [
        ("getData", {"projectIDs": str(project["id"])}),
        ("setBacklogItemName", {"backlogItemID": str(item["id"]), "name": "y"}),
        ("addBacklogItem", {"projectID": str(project["id"]), "name": "y"}),
        ("setTeamExternalID", {"teamID": str(team["id"])}),
        ("setProjectExternalID", {"projectID": str(project["id"])}),
        ("addComment", {"ownerObjectType": "Project", "ownerObjectID": str(project["id"]), "text": "c"}),
    ]
    for method, given in refused:
        with pytest.raises(UserCannotAccessProject):
            world.call(method, stranger, **given)
    with pytest.raises(UserHasInsufficientPermissions):
        world.call("addProject", "owner@example.com", name="B")
    world.call("addProject", name="B")
    assert [p["name"] for p in world.data()["projects"]] == ["Loaded", "B"]


def test_without_access_control_everybody_reaches_everything(world: World) -> None:
    world.person("ben@example.com")
    project = world.call("addProject", "ben@example.com", name="A")
    assert [p["id"] for p in world.data("ben@example.com")["projects"]] == [project]


# getData -------------------------------------------------------------------------------------------------------------


def test_get_data_answers_the_projects_asked_for_in_their_order(world: World) -> None:
    one, two, three = (world.call("addProject", name=name) for name in "ABC")
    answer = world.call("getData", projectIDs=f" {three}, {one} ,{three}")
    assert [p["id"] for p in answer["projects"]] == [one, three]
    assert answer["persons"] is None
    with pytest.raises(ObjectNotFound, match=rf'no project with the id "x"\. There are: {one}, {two}, {three}'):
        world.call("getData", projectIDs=f"{two},x")
    with pytest.raises(ObjectNotFound, match=rf"no project with the id {one}9\. Did you mean {one}"):
        world.call("getData", projectIDs=f"{one}9")


def test_optional_properties_are_null_unless_asked_for(world: World) -> None:
    world.call("addProject", name="A")
    plain = world.call("getData")["projects"][0]
    assert [name for name, value in plain.items() if value is None] == [
        "externalID", "description", "link", "checklists", "comments", "attachments", "customFields", "tags", "teams",
        "messages", "backlogs", "backlogItems", "releases", "sprints", "boards", "retrospectives", "files",
        "relationships",
    ]  # fmt: skip
    asked = world.call("getData", includeProperties=" Project.tags , Project.boards,Project.tags")["projects"][0]
    assert (asked["tags"], asked["boards"], asked["teams"]) == ([], [], None)


@pytest.mark.parametrize(
    ("token", "hint"),
    [
        ("BacklogItem.task", "Did you mean BacklogItem.tasks?"),
        ("project.backlogitems", "Did you mean Project.backlogItems?"),
        ("tasks", "Known are: .*BacklogItem.tasks"),
        ("Zebra.stripes", "Known are"),
    ],
)
def test_a_misspelt_property_gets_a_hint(world: World, token: str, hint: str) -> None:
    with pytest.raises(InvalidParameter, match=hint):
        world.call("getData", includeProperties=token)


def test_a_property_that_is_always_answered_may_be_named(world: World) -> None:
    assert world.call("getData", includeProperties="Project.name,Board.columns")["projects"] == []


# Deleted people ------------------------------------------------------------------------------------------------------


def test_a_deleted_person_is_shown_but_not_assigned(world: World) -> None:
    gone = {
        "objectType": "DeletedPerson", "id": f"{world.account}-9-9", "firstName": "Gone",
        "emailAddress": "gone@example.com",
    }  # fmt: skip
    world.load(gone)
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    assert [p["id"] for p in world.data()["deletedPersons"]] == [gone["id"]]
    with pytest.raises(ObjectNotFound):
        world.call("setBacklogItemAssignedPersonID", backlogItemID=item, assignedPersonID=str(gone["id"]))
    with pytest.raises(ApiError, match="e-mail"):
        world.call("getData", "gone@example.com")
    world.person("gone@example.com")
    world.call("getData", "gone@example.com")
