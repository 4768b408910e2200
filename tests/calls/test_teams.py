"""Team methods: teams, their members, and what is left of a deleted team."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
)
from scrumrpc.model.enumerations import SPRINT_STATUSES
from scrumrpc.model.invariants import violations
from scrumrpc.store import accounts
from tests.world import World


def teams(world: World) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = world.data()["projects"][0]["teams"]
    return shown


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="A"))


def test_a_team_is_added_as_given(world: World, project: str) -> None:
    last = world.call("addTeam", projectID=project, name="T")
    first = world.call("addTeam", projectID=project, name="T", externalID="E", description="d", index="0")
    empty = {"objectType": "Team", "projectID": project, "name": "T", "teamMemberIDs": []}
    assert teams(world) == [
        empty | {"id": first, "externalID": "E", "description": "d"},
        empty | {"id": last, "externalID": None, "description": None},
    ]
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addTeam", projectID=project, name="U", externalID="E")
    with pytest.raises(InvalidParameter, match="index"):
        world.call("addTeam", projectID=project, name="U", index="3")
    with pytest.raises(MissingParameter, match="name"):
        world.call("addTeam", projectID=project)


def test_setters(world: World, project: str) -> None:
    team = world.call("addTeam", projectID=project, name="T", description="d")
    world.call("setTeamName", teamID=team, name="U")
    world.call("setTeamDescription", teamID=team)
    assert (teams(world)[0]["name"], teams(world)[0]["description"]) == ("U", None)
    with pytest.raises(MissingParameter, match="name"):
        world.call("setTeamName", teamID=team)


def test_teams_are_moved(world: World, project: str) -> None:
    one, two, three = (world.call("addTeam", projectID=project, name=name) for name in "TUV")
    world.call("moveTeam", teamID=three, index="0")
    world.call("moveTeam", teamID=one)
    assert [team["id"] for team in teams(world)] == [three, two, one]
    with pytest.raises(InvalidParameter, match="index is 3"):
        world.call("moveTeam", teamID=one, index="3")


def test_members_come_and_go(world: World, project: str) -> None:
    team = world.call("addTeam", projectID=project, name="T")
    ben, cat, dan = (world.person(f"{name}@example.com") for name in ("ben", "cat", "dan"))
    for person in (cat, ben, dan):
        world.call("addTeamMember", teamID=team, personID=person)
    assert teams(world)[0]["teamMemberIDs"] == [cat, ben, dan]
    before = world.version
    with pytest.raises(RequirementNotSatisfied, match=f"{ben} is in the teamMemberIDs of the Team {team}"):
        world.call("addTeamMember", teamID=team, personID=ben)
    world.call("removeTeamMember", teamID=team, personID=cat)
    with pytest.raises(RequirementNotSatisfied, match=f"{cat} is not in the teamMemberIDs of the Team {team}"):
        world.call("removeTeamMember", teamID=team, personID=cat)
    world.call("addTeamMember", teamID=team, personID=cat)
    assert teams(world)[0]["teamMemberIDs"] == [ben, dan, cat]
    assert world.version == before + 2


def test_members_reach_the_project(world: World, project: str) -> None:
    ben = world.person("ben@example.com")
    team = world.call("addTeam", projectID=project, name="T")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    assert world.data("ben@example.com")["projects"] == []
    world.call("addTeamMember", teamID=team, personID=ben)
    assert [each["id"] for each in world.data("ben@example.com")["projects"]] == [project]
    world.call("removeTeamMember", teamID=team, personID=ben)
    assert world.data("ben@example.com")["projects"] == []
    world.call("addTeamMember", teamID=team, personID=ben)
    world.call("deleteTeam", teamID=team)
    assert world.data("ben@example.com")["projects"] == []


# Deleting ------------------------------------------------------------------------------------------------------------


def bring_to(world: World, project: str, team: str, sprint_status: str) -> tuple[str, str]:
    """A sprint of that status in which the team has a backlog item; answers the ids of both."""
    sprint = world.call("addSprint", projectID=project, name="S")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=sprint, teamID=team)
    if sprint_status != "In planning":
        world.call("startSprint", sprintID=sprint)
    if sprint_status in ("Completed", "Aborted"):
        ben = world.person("ben@example.com")
        world.call("setBacklogItemStatus", backlogItemID=item, status="Done", assignedPersonID=ben)
        world.call({"Completed": "completeSprint", "Aborted": "abortSprint"}[sprint_status], sprintID=sprint)
    return sprint, item


@pytest.mark.parametrize("sprint_status", SPRINT_STATUSES)
def test_only_a_team_with_work_to_do_is_not_deleted(world: World, project: str, sprint_status: str) -> None:
    team, other = (world.call("addTeam", projectID=project, name=name) for name in "TU")
    sprint, item = bring_to(world, project, team, sprint_status)
    before = world.version
    if sprint_status in ("In planning", "In progress"):
        with pytest.raises(RequirementNotSatisfied, match=f"{item} in the sprint {sprint}, which is {sprint_status}"):
            world.call("deleteTeam", teamID=team)
        assert world.version == before
        world.call("unassignBacklogItemFromSprint", backlogItemID=item)
        world.call("deleteTeam", teamID=team)
    else:
        world.call("deleteTeam", teamID=team)
        assert world.version == before + 1
        [shown] = world.data()["projects"][0]["backlogItems"]
        assert (shown["sprintID"], shown["teamID"], shown["status"]) == (sprint, None, "Sprint completed")
    assert [each["id"] for each in teams(world)] == [other]
    assert world.data()["projects"][0]["sprints"][0]["teamSprintParticipations"] == []
    assert violations(world.tables()) == []


def test_other_teams_keep_their_part(world: World, project: str) -> None:
    team, other = (world.call("addTeam", projectID=project, name=name) for name in "TU")
    sprint, _ = bring_to(world, project, other, "In progress")
    world.call("addTeamSprintParticipation", sprintID=sprint, teamID=team)
    world.call("deleteTeam", teamID=team)
    [participation] = world.data()["projects"][0]["sprints"][0]["teamSprintParticipations"]
    assert participation["teamID"] == other


def test_values_that_name_a_deleted_team_go(world: World, project: str) -> None:
    team, other = (world.call("addTeam", projectID=project, name=name) for name in "TU")
    field = world.call("addCustomField", projectID=project, name="F", type="Team", ownerObjectTypes="BacklogItem")
    for value in (team, other):
        item = world.call("addBacklogItem", projectID=project, name="x")
        world.call(
            "setCustomFieldValue", customFieldID=field, ownerObjectType="BacklogItem", ownerObjectID=item, value=value
        )
    world.call("deleteTeam", teamID=team)
    gone, kept = world.data()["projects"][0]["backlogItems"]
    assert gone["customFieldValues"] == []
    assert [value["value"] for value in kept["customFieldValues"]] == [other]


def test_a_deleted_team_is_not_found(world: World, project: str) -> None:
    team = world.call("addTeam", projectID=project, name="T", externalID="E")
    world.call("deleteTeam", teamID=team)
    for method in ("deleteTeam", "moveTeam", "setTeamDescription"):
        with pytest.raises(ObjectNotFound, match=team):
            world.call(method, teamID=team)
    world.call("addTeam", projectID=project, name="T", externalID="E")
