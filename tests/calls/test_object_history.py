"""getObjectHistory: whose life it tells, also of what is gone, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import DataVersionNotReachedYet, InvalidParameter, ObjectNotFound, UserCannotAccessProject
from scrumrpc.store import accounts
from tests.world import World

BOB = "bob@example.com"


def history(world: World, type_name: str, wire_id: str, email: str | None = None, /, **given: str) -> list[Any]:
    """The versions of an object: what was called, and what the one change was."""
    answer = world.call("getObjectHistory", email, objectType=type_name, objectID=wire_id, **given)
    return [
        (version["method"], *(change["changeType"] for change in version["changes"])) for version in answer["versions"]
    ]


def test_a_life_from_beginning_to_end(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    task = world.call("addTask", backlogItemID=item, name="t")
    world.call("setBacklogItemName", backlogItemID=item, name="y")
    named = world.version
    world.call("deleteBacklogItem", backlogItemID=item)
    life = [
        ("addBacklogItem", "created"),
        ("setBacklogItemName", "updated"),
        ("deleteBacklogItem", "deleted"),
    ]
    assert history(world, "BacklogItem", item) == life
    assert history(world, "Task", task) == [("addTask", "created"), ("deleteBacklogItem", "deleted")]
    assert history(world, "BacklogItem", item, untilDataVersion=str(named)) == life[:2]
    assert history(world, "BacklogItem", item, sinceDataVersion=str(named)) == life[2:]
    first = world.call("getObjectHistory", objectType="BacklogItem", objectID=item, limit="1")
    assert (len(first["versions"]), first["hasMore"]) == (1, True)
    rest = {"sinceDataVersion": str(first["untilDataVersion"])}
    assert history(world, "BacklogItem", item, **rest) == life[1:]


@pytest.mark.parametrize("middle", [7, 0])
def test_imported_objects_are_found_when_they_are_gone(world: World, middle: int) -> None:
    """Whatever their ids: from an account of the same number they look like those that this server gives."""
    project, tag = f"{world.account}-{middle}-601", f"{world.account}-{middle}-500"
    world.load(
        {
            "objectType": "Project", "id": project, "name": "A", "status": "Active", "roughEstimateUnit": "Points",
            "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
        },
        {"objectType": "Tag", "id": tag, "projectID": project, "name": "t", "color": "Red"},
    )  # fmt: skip
    world.call("deleteTag", tagID=tag)
    life = [("importObjects", "created"), ("deleteTag", "deleted")]
    assert history(world, "Tag", tag) == life
    world.call("restoreObject", objectType="Tag", objectID=tag)
    assert history(world, "Tag", tag) == [*life, ("restoreObject", "created")]


def test_a_person_is_the_same_before_and_after_deletion(world: World) -> None:
    bob = world.person(BOB)
    world.call("deletePerson", personID=bob)
    life = [("addPersonByOperator", "created"), ("deletePerson", "deleted", "created")]
    assert history(world, "Person", bob) == history(world, "DeletedPerson", bob) == life


def test_of_an_id_that_was_given_again_it_is_the_last(world: World) -> None:
    project = world.call("addProject", name="A")
    team = world.call("addTeam", projectID=project, name="T")
    sprint = world.call("addSprint", projectID=project, name="S")
    ids = set()
    for _ in range(2):
        taking_part = world.call("addTeamSprintParticipation", sprintID=sprint, teamID=team)
        ids.add(taking_part)
        world.call("deleteTeamSprintParticipation", teamSprintParticipationID=taking_part)
    [wire_id] = ids
    life = [("addTeamSprintParticipation", "created"), ("deleteTeamSprintParticipation", "deleted")]
    assert history(world, "TeamSprintParticipation", wire_id) == life
    world.call("addTeamSprintParticipation", sprintID=sprint, teamID=team)
    assert history(world, "TeamSprintParticipation", wire_id) == life[:1]


def test_what_is_refused(world: World) -> None:
    project = world.call("addProject", name="A")
    for wire_id in ("1-2-3", f"{world.account}-0-99", "x", project):
        with pytest.raises(ObjectNotFound, match="There is no task"):
            history(world, "Task", wire_id)
    with pytest.raises(DataVersionNotReachedYet, match="untilDataVersion is 99"):
        history(world, "Project", project, untilDataVersion="99")
    with pytest.raises(InvalidParameter, match="must not be before"):
        history(world, "Project", project, sinceDataVersion="1", untilDataVersion="0")


def test_access_is_that_of_today(world: World) -> None:
    project = world.call("addProject", name="A")
    bob = world.person(BOB)
    item = world.call("addBacklogItem", projectID=project, name="x")
    gone = world.call("addTag", projectID=project, name="t")
    world.call("deleteTag", tagID=gone)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    with pytest.raises(UserCannotAccessProject):
        history(world, "BacklogItem", item, BOB)
    with pytest.raises(ObjectNotFound):
        history(world, "Tag", gone, BOB)
    assert len(history(world, "Person", bob, BOB)) == 1
    world.call("addStakeholder", projectID=project, personID=bob)
    assert len(history(world, "BacklogItem", item, BOB)) == 1
    assert len(history(world, "Tag", gone, BOB)) == 2
