"""Collapsed changes: what a copy of the data gets, where it cannot simply be the objects that changed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scrumrpc.docs.mirror import Mirror
from scrumrpc.errors import DataVersionNoLongerKept
from tests.store.giving_up import give_up
from tests.world import EVERYTHING, World


def mirror_of(world: World, include: str) -> Mirror:
    def call(method: str, **given: object) -> Any:
        answer = world.answer(method, **{name: str(value) for name, value in given.items()})
        return {"dataVersion": answer.version, "epoch": answer.standing.epoch, "result": world.read(answer)}

    return Mirror(call, include)


def collapsed(world: World, since: int, include: str = EVERYTHING, **given: str) -> Any:
    return world.call("getChanges", sinceDataVersion=str(since), collapse="true", includeProperties=include, **given)


def project_with(world: World, *objects: dict[str, Any]) -> str:
    """Imports a project with objects in it."""
    project = f"{world.account}-7-1"
    world.load(
        {
            "objectType": "Project", "id": project, "name": "A", "status": "Active", "roughEstimateUnit": "Points",
            "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
        },
        *({"projectID": project} | each for each in objects),
    )  # fmt: skip
    return project


def test_an_object_is_told_with_its_places(world: World) -> None:
    project = world.call("addProject", name="A")
    world.call("addBacklogItem", projectID=project, name="first")
    since = world.version
    item = world.call("addBacklogItem", projectID=project, name="x", externalID="E1")
    release = world.call("addRelease", projectID=project, name="R")
    world.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=release)
    task = world.call("addTask", backlogItemID=item, name="t")
    world.call("deleteTask", taskID=task)
    answer = collapsed(world, since, "Project.backlogItems,Project.releases,BacklogItem.tasks")
    assert (answer["untilDataVersion"], answer["hasMore"], answer["versions"]) == (world.version, False, None)
    assert answer["projectIDs"] == [project]
    assert [(each["changeType"], each["objectID"]) for each in answer["objects"]] == [
        ("created", item),
        ("created", release),
    ]
    [of_item, of_release] = answer["objects"]
    assert of_item["object"] == {**of_item["object"], "externalID": "E1", "tasks": [], "comments": None}
    assert of_item["lists"] == ["tasks", "childBacklogItems"]
    assert [(each["containerObjectID"], each["property"], each["index"]) for each in of_item["places"]] == [
        (project, "backlogItems", 1),
        (release, "assignedBacklogItemIDs", 0),
    ]
    assert of_release["object"]["assignedBacklogItemIDs"] == []


def test_what_is_gone_comes_first_and_what_came_and_went_not_at_all(world: World) -> None:
    project = world.call("addProject", name="A")
    tag = world.call("addTag", projectID=project, name="old")
    since = world.version
    new = world.call("addTag", projectID=project, name="new")
    world.call("deleteTag", tagID=tag)
    world.call("deleteTag", tagID=world.call("addTag", projectID=project, name="short"))
    gone, made = collapsed(world, since)["objects"]
    assert (gone["changeType"], gone["objectID"], gone["object"], gone["places"]) == ("deleted", tag, None, [])
    assert (made["changeType"], made["objectID"]) == ("created", new)
    assert collapsed(world, since, "Project.teams")["objects"] == []


def test_types_and_projects_are_chosen(world: World) -> None:
    since = world.version
    a, b = world.call("addProject", name="A"), world.call("addProject", name="B")
    world.call("addTag", projectID=a, name="t")
    tags = collapsed(world, since, objectTypes="Tag", projectIDs=b)
    assert (tags["objects"], tags["projectIDs"]) == ([], [b])
    [project] = collapsed(world, since, objectTypes="Project", projectIDs=b)["objects"]
    [place] = project["places"]
    assert (project["objectID"], place["containerObjectID"]) == (b, None)
    assert (place["property"], place["index"]) == ("projects", 0)


def test_an_item_that_comes_into_a_list_brings_what_it_has(world: World) -> None:
    account = world.account
    item = {"objectType": "BacklogItem", "id": f"{account}-7-2", "name": "x", "status": "New"}
    backlog = {"objectType": "Backlog", "id": f"{account}-7-3", "name": "B"}
    in_it = {"objectType": "BacklogList", "id": f"{account}-7-4", "backlogID": backlog["id"], "name": "L"}
    task = {"objectType": "Task", "id": f"{account}-7-5", "backlogItemID": item["id"], "name": "t", "status": "To do"}
    project_with(world, item, backlog, in_it, task)
    mirror = mirror_of(world, "Project.backlogs,BacklogItem.tasks")
    assert "tasks" not in str(mirror.data)
    world.call("setTaskName", taskID=task["id"], name="u")
    mirror.catch_up()
    world.call("moveBacklogItemToBacklogList", backlogItemID=item["id"], backlogListID=in_it["id"])
    mirror.catch_up()
    assert mirror.data == world.data(include=mirror.include)
    assert "tasks" in str(mirror.data)


def test_a_copy_can_begin_with_nothing(world: World) -> None:
    project = world.call("addProject", name="A")
    for name in "abc":
        world.call("addTask", backlogItemID=world.call("addBacklogItem", projectID=project, name=name), name=name)
    world.call("deleteBacklogItem", backlogItemID=world.data()["projects"][0]["backlogItems"][0]["id"])
    whole = collapsed(world, 0)
    there = {(record.type, record.id) for record in world.tables().records()}
    assert {(each["changedObjectType"], each["objectID"]) for each in whole["objects"]} == there
    assert {each["changeType"] for each in whole["objects"]} == {"created"}
    versions, since = [], 0
    while since < world.version:
        step = collapsed(world, since, limit="1")
        assert step["hasMore"] == (step["untilDataVersion"] < world.version)
        since = step["untilDataVersion"]
        versions.append(since)
    assert versions == list(range(1, world.version + 1))


def test_what_is_no_longer_kept(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("setBacklogItemName", backlogItemID=item, name="y")
    world.call("addTag", projectID=project, name="t")
    floor, before = world.version - 1, collapsed(world, 0)
    give_up(world, floor)
    assert collapsed(world, 0) == before
    assert len(world.call("getChanges", sinceDataVersion=str(floor))["versions"]) == 1
    assert len(world.call("getObjectHistory", objectType="BacklogItem", objectID=item)["versions"]) == 0
    possible = f"from {floor} to {world.version}"
    for given in ({"sinceDataVersion": "0"}, {"sinceDataVersion": str(floor - 1), "collapse": "true"}):
        with pytest.raises(DataVersionNoLongerKept, match=possible):
            world.call("getChanges", **given)
    with pytest.raises(DataVersionNoLongerKept, match="untilDataVersion is 1"):
        collapsed(world, 0, untilDataVersion="1")
    with pytest.raises(DataVersionNoLongerKept, match=possible):
        world.call("getObjectHistory", objectType="BacklogItem", objectID=item, sinceDataVersion="0")
    assert collapsed(world, 0, limit="1")["untilDataVersion"] == floor


def test_what_is_told_beside_changes_is_of_one_version(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    since = world.version

    async def at_once() -> list[Any]:
        given = {"sinceDataVersion": str(since), "collapse": "true", "includeProperties": EVERYTHING}
        calls = []
        for n in range(12):
            calls.append(world.send("addTask", backlogItemID=item, name=f"t{n}", index="0"))
            calls.append(world.send("getChanges", **given))
        return (await asyncio.gather(*calls))[1::2]

    for answer in map(world.read, world.run(at_once())):
        reached = str(answer["untilDataVersion"])
        assert answer | {"hasMore": False} == collapsed(world, since, untilDataVersion=reached)
    assert [len(each["places"]) for each in collapsed(world, since)["objects"]] == [1] * 12
