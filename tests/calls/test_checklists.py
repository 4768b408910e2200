"""Checklists on objects, and what is to be ticked off in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    UserCannotAccessProject,
)
from scrumrpc.model.types.attached import OWNERS
from scrumrpc.store import accounts
from tests.world import EVERYTHING, World


def start(world: World) -> tuple[str, str]:
    """A project and a backlog item in it."""
    project = world.call("addProject", name="A")
    return project, world.call("addBacklogItem", projectID=project, name="x")


def add(world: World, item: str, name: str = "c", **more: str) -> str:
    return str(world.call("addChecklist", ownerObjectType="BacklogItem", ownerObjectID=item, name=name, **more))


def lists(world: World) -> Any:
    """The checklists on the only item."""
    return world.data()["projects"][0]["backlogItems"][0]["checklists"]


def names(objects: Any) -> list[str]:
    return [each["name"] for each in objects]


def test_a_new_checklist_is_empty(world: World) -> None:
    project, item = start(world)
    checklist = add(world, item, "Before release", externalID="E", description="all of it")
    assert lists(world) == [
        {
            "objectType": "Checklist", "id": checklist, "externalID": "E", "projectID": project,
            "ownerObjectType": "BacklogItem", "ownerObjectID": item, "name": "Before release",
            "description": "all of it", "checklistItems": [],
        }
    ]  # fmt: skip


def test_a_new_checklist_item_is_not_ticked_off(world: World) -> None:
    project, item = start(world)
    checklist = add(world, item)
    entry = world.call("addChecklistItem", checklistID=checklist, name="Tests pass", externalID="E", description="d")
    assert lists(world)[0]["checklistItems"] == [
        {
            "objectType": "ChecklistItem", "id": entry, "externalID": "E", "projectID": project,
            "checklistID": checklist, "name": "Tests pass", "description": "d", "isChecked": False,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("owner_type", OWNERS)
def test_checklists_are_on_objects_of_eight_types(world: World, owner_type: str) -> None:
    a = f"{world.account}-7"
    inside = {"projectID": f"{a}-1"}
    objects: dict[str, dict[str, Any]] = {
        "Project": {
            "id": f"{a}-1", "name": "P", "status": "Active", "roughEstimateUnit": "Points",
            "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
        },
        "Message": {"id": f"{a}-2", "title": "M", "date": 1, "color": "Red", **inside},
        "Release": {"id": f"{a}-3", "name": "R", "status": "In planning", **inside},
        "Sprint": {"id": f"{a}-4", "name": "S", "status": "In planning", **inside},
        "BacklogItem": {"id": f"{a}-5", "name": "B", "status": "New", **inside},
        "Task": {"id": f"{a}-6", "name": "T", "status": "To do", "backlogItemID": f"{a}-5", **inside},
        "Retrospective": {
            "id": f"{a}-7", "name": "Q", "creationDate": 1, "color": "Red",
            "columns": [{"name": "c", "color": "Red"}] * 2, **inside,
        },
        "RetrospectiveCard": {
            "id": f"{a}-8", "name": "K", "creationDate": 1, "retrospectiveID": f"{a}-7", "columnNum": 1, **inside,
        },
    }  # fmt: skip
    world.load(*({"objectType": name, **values} for name, values in objects.items()))
    owner = objects[owner_type]["id"]
    checklist = world.call("addChecklist", ownerObjectType=owner_type, ownerObjectID=owner, name="c")
    answered = world.answer("getData", includeProperties=EVERYTHING).result
    assert checklist.encode() in b"".join(answered.parts)
    [record] = [each for each in world.tables().records() if each.type == "Checklist"]
    assert (record["ownerObjectType"], record.project) == (owner_type, world.tables().find("Project", f"{a}-1").number)


@pytest.mark.parametrize("owner_type", ["Team", "Checklist", "File", "TimeEntry", "task"])
def test_no_checklists_are_on_others(world: World, owner_type: str) -> None:
    project, _item = start(world)
    with pytest.raises(InvalidParameter, match=r"ownerObjectType.*RetrospectiveCard"):
        world.call("addChecklist", ownerObjectType=owner_type, ownerObjectID=project, name="c")


@pytest.mark.parametrize("missing", ["ownerObjectType", "ownerObjectID", "name"])
def test_what_a_checklist_needs(world: World, missing: str) -> None:
    _project, item = start(world)
    values = {"ownerObjectType": "BacklogItem", "ownerObjectID": item, "name": "c", missing: ""}
    with pytest.raises(MissingParameter, match=missing):
        world.call("addChecklist", **values)


@pytest.mark.parametrize("missing", ["checklistID", "name"])
def test_what_a_checklist_item_needs(world: World, missing: str) -> None:
    _project, item = start(world)
    with pytest.raises(MissingParameter, match=missing):
        world.call("addChecklistItem", **({"checklistID": add(world, item), "name": "i"} | {missing: "null"}))


def test_unknown_objects(world: World) -> None:
    _project, item = start(world)
    with pytest.raises(ObjectNotFound, match="task"):
        world.call("addChecklist", ownerObjectType="Task", ownerObjectID=item, name="c")
    for method in ("addChecklistItem", "deleteChecklist", "moveChecklist", "setChecklistName"):
        with pytest.raises(ObjectNotFound, match="checklist"):
            world.call(
                method, checklistID=item, **({"name": "n"} if "move" not in method and "del" not in method else {})
            )
    for method in ("deleteChecklistItem", "moveChecklistItem"):
        with pytest.raises(ObjectNotFound, match="checklist item"):
            world.call(method, checklistItemID=item)


def test_external_ids_are_unique_among_checklists_and_among_their_items(world: World) -> None:
    _project, item = start(world)
    checklist = add(world, item, externalID="E")
    world.call("addChecklistItem", checklistID=checklist, name="i", externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        add(world, item, externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addChecklistItem", checklistID=checklist, name="j", externalID="E")


def test_names_and_descriptions_change(world: World) -> None:
    _project, item = start(world)
    checklist = add(world, item)
    entry = world.call("addChecklistItem", checklistID=checklist, name="i")
    for noun, target in (
        ("Checklist", {"checklistID": checklist}), ("ChecklistItem", {"checklistItemID": entry}),
    ):  # fmt: skip
        world.call(f"set{noun}Name", **target, name="new")
        world.call(f"set{noun}Description", **target, description="words")
        with pytest.raises(MissingParameter, match="name"):
            world.call(f"set{noun}Name", **target)
    [shown] = lists(world)
    for each in (shown, shown["checklistItems"][0]):
        assert (each["name"], each["description"]) == ("new", "words")
    world.call("setChecklistDescription", checklistID=checklist)
    world.call("setChecklistItemDescription", checklistItemID=entry, description="null")
    [shown] = lists(world)
    assert shown["description"] is shown["checklistItems"][0]["description"] is None


def test_ticking_off(world: World) -> None:
    _project, item = start(world)
    entry = world.call("addChecklistItem", checklistID=add(world, item), name="i")
    for value in (True, False, True):
        before = world.version
        world.call("setChecklistItemIsChecked", checklistItemID=entry, isChecked=str(value).lower())
        world.call("setChecklistItemIsChecked", checklistItemID=entry, isChecked=str(value).lower())
        assert lists(world)[0]["checklistItems"][0]["isChecked"] is value
        assert world.version == before + 1
    for absent in ({}, {"isChecked": ""}, {"isChecked": "null"}):
        with pytest.raises(MissingParameter, match="isChecked"):
            world.call("setChecklistItemIsChecked", checklistItemID=entry, **absent)
    for wrong in ("True", "1", "yes"):
        with pytest.raises(InvalidParameter, match="isChecked"):
            world.call("setChecklistItemIsChecked", checklistItemID=entry, isChecked=wrong)
    assert lists(world)[0]["checklistItems"][0]["isChecked"] is True


def test_moves_go_where_lists_say(world: World) -> None:
    """Checklists on one object, and the items of one, move like the entries of a plain list."""
    project, item = start(world)
    other = world.call("addBacklogItem", projectID=project, name="y")
    add(world, other, "elsewhere")
    ids = {name: add(world, item, name) for name in "abcd"}
    entries = {name: world.call("addChecklistItem", checklistID=ids["a"], name=name) for name in "abcd"}
    world.call("addChecklistItem", checklistID=ids["b"], name="elsewhere")
    expected = {"Checklist": list("abcd"), "ChecklistItem": list("abcd")}

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(["Checklist", "ChecklistItem"]), st.sampled_from("abcd"), st.integers(-1, 3))
    def moved(noun: str, name: str, index: int) -> None:
        target = {"checklistID": ids[name]} if noun == "Checklist" else {"checklistItemID": entries[name]}
        unchanged = list(expected[noun])
        expected[noun].remove(name)
        expected[noun].insert(3 if index == -1 else index, name)
        before = world.version
        world.call(f"move{noun}", **target, index=str(index))
        shown = lists(world)
        assert names(shown) == expected["Checklist"]
        assert names(next(each for each in shown if each["name"] == "a")["checklistItems"]) == expected["ChecklistItem"]
        assert world.version == before + (unchanged != expected[noun])

    moved()
    for noun, target in (
        ("Checklist", {"checklistID": ids["a"]}),
        ("ChecklistItem", {"checklistItemID": entries["a"]}),
    ):
        with pytest.raises(InvalidParameter, match=r"index is 4.*holds 3"):
            world.call(f"move{noun}", **target, index="4")


def test_new_ones_go_where_the_index_says(world: World) -> None:
    _project, item = start(world)
    last = add(world, item, "b")
    add(world, item, "a", index="0")
    for name, index in (("y", "-1"), ("x", "0"), ("z", "2")):
        world.call("addChecklistItem", checklistID=last, name=name, index=index)
    shown = lists(world)
    assert names(shown) == ["a", "b"]
    assert names(shown[1]["checklistItems"]) == ["x", "y", "z"]
    with pytest.raises(InvalidParameter, match="index"):
        add(world, item, "c", index="3")
    with pytest.raises(InvalidParameter, match="index"):
        world.call("addChecklistItem", checklistID=last, name="c", index="4")


def test_deleting(world: World) -> None:
    _project, item = start(world)
    first, second = add(world, item, "a"), add(world, item, "b")
    entry = world.call("addChecklistItem", checklistID=first, name="i")
    kept = world.call("addChecklistItem", checklistID=first, name="j")
    world.call("deleteChecklistItem", checklistItemID=entry)
    assert [each["id"] for each in lists(world)[0]["checklistItems"]] == [kept]
    world.call("deleteChecklist", checklistID=first)
    assert [each["id"] for each in lists(world)] == [second]
    assert not [record for record in world.tables().records() if record.type == "ChecklistItem"]
    world.call("deleteBacklogItem", backlogItemID=item)
    assert not [record for record in world.tables().records() if record.type == "Checklist"]


def test_strangers_are_refused(world: World) -> None:
    _project, item = start(world)
    checklist = add(world, item)
    entry = world.call("addChecklistItem", checklistID=checklist, name="i")
    world.person("ben@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for method, values in (
        ("addChecklist", {"ownerObjectType": "BacklogItem", "ownerObjectID": item, "name": "c"}),
        ("addChecklistItem", {"checklistID": checklist, "name": "c"}),
        ("moveChecklist", {"checklistID": checklist}),
        ("deleteChecklistItem", {"checklistItemID": entry}),
        ("setChecklistItemIsChecked", {"checklistItemID": entry, "isChecked": "true"}),
    ):
        with pytest.raises(UserCannotAccessProject):
            world.call(method, "ben@example.com", **values)
