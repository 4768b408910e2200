"""The part of teams in sprints: who takes part, with what time, and for how long."""

from __future__ import annotations

import pytest

from scrumrpc.errors import MissingParameter
from tests.calls.ground import Ground
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def taking_part(ground: Ground, sprint: str) -> list[str]:
    return [each["teamID"] for each in ground.shown(sprint)["teamSprintParticipations"]]


def test_a_team_takes_part_once(ground: Ground) -> None:
    sprint = ground.sprint()
    given = {"sprintID": sprint, "teamID": ground.team}
    participation = ground.call("addTeamSprintParticipation", **given, availableTime="12.5", availableTimeUnit="Days")
    assert participation == f"{ground.team}_{sprint.partition('-')[2]}"
    assert ground.shown(sprint)["teamSprintParticipations"] == [
        {
            "objectType": "TeamSprintParticipation", "id": participation, "projectID": ground.project,
            "teamID": ground.team, "sprintID": sprint, "availableTime": 12.5, "assignedBacklogItemIDs": [],
        }
    ]  # fmt: skip
    ground.refused(f"{ground.team} takes part .* already: {participation}", "addTeamSprintParticipation", **given)
    ground.call("addTeamSprintParticipation", sprintID=sprint, teamID=ground.other_team)
    assert taking_part(ground, sprint) == [ground.team, ground.other_team]


def test_teams_join_unfinished_sprints_of_their_project(ground: Ground) -> None:
    over = ground.sprint(started=True)
    ground.call("completeSprint", sprintID=over)
    ground.refused(f"{over}.*Completed", "addTeamSprintParticipation", sprintID=over, teamID=ground.team)
    for sprint in (ground.sprint(), ground.sprint(started=True)):
        given = {"sprintID": sprint, "teamID": ground.team_elsewhere}
        ground.refused("another project", "addTeamSprintParticipation", **given)
        ground.call("addTeamSprintParticipation", sprintID=sprint, teamID=ground.team)


def test_available_time_has_the_unit_of_estimates(ground: Ground) -> None:
    sprint = ground.sprint()
    adding = {"sprintID": sprint, "teamID": ground.team, "availableTime": "3"}
    method = "addTeamSprintParticipation"
    ground.refused("availableTimeUnit is Hours.*Days", method, **adding, availableTimeUnit="Hours")
    with pytest.raises(MissingParameter, match="availableTimeUnit"):
        ground.call(method, **adding)
    participation = ground.call(method, **adding, availableTimeUnit="Days")
    setting = {"teamSprintParticipationID": participation, "availableTime": "4"}
    method = "setTeamSprintParticipationAvailableTime"
    ground.refused("availableTimeUnit is Points.*Days", method, **setting, availableTimeUnit="Points")
    with pytest.raises(MissingParameter, match="availableTimeUnit"):
        ground.call(method, **setting)
    ground.call(method, **setting, availableTimeUnit="Days")
    assert ground.shown(participation)["availableTime"] == 4.0
    ground.call(method, teamSprintParticipationID=participation)
    assert ground.shown(participation)["availableTime"] == -1.0


def test_a_team_with_items_keeps_its_part(ground: Ground) -> None:
    item = ground.item(tasks=("Done",))
    sprint = ground.sprint(started=True, items=(item,))
    other = ground.call("addTeamSprintParticipation", sprintID=sprint, teamID=ground.other_team)
    participation = ground.shown(sprint)["teamSprintParticipations"][0]["id"]
    given = {"teamSprintParticipationID": participation}
    ground.refused(f"{participation} has 1 of .*{item}", "deleteTeamSprintParticipation", **given)
    ground.call("deleteTeamSprintParticipation", teamSprintParticipationID=other)
    ground.call("completeSprint", sprintID=sprint)
    ground.refused(item, "deleteTeamSprintParticipation", **given)
    ground.call("deleteBacklogItem", backlogItemID=item)
    ground.call("deleteTeamSprintParticipation", **given)
    assert taking_part(ground, sprint) == []


def test_a_part_may_be_taken_up_again(ground: Ground) -> None:
    sprint = ground.sprint()
    given = {"sprintID": sprint, "teamID": ground.team}
    first = ground.call("addTeamSprintParticipation", **given)
    ground.call("deleteTeamSprintParticipation", teamSprintParticipationID=first)
    assert ground.call("addTeamSprintParticipation", **given) == first


def test_sprints_whose_ids_differ_in_the_account_part_have_teams_too(ground: Ground) -> None:
    a = ground.world.account
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    sprints = [f"{a}-9-3", f"{a + 1}-9-3"]
    ground.world.load(
        {"objectType": "Project", "id": f"{a}-9-1", "name": "Loaded", "status": "Active", **units},
        {"objectType": "Team", "id": f"{a}-9-2", "projectID": f"{a}-9-1", "name": "T", "teamMemberIDs": []},
        *(
            {"objectType": "Sprint", "id": sprint, "projectID": f"{a}-9-1", "name": "S", "status": "In planning"}
            for sprint in sprints
        ),
    )
    first, second = (
        ground.call("addTeamSprintParticipation", sprintID=sprint, teamID=f"{a}-9-2") for sprint in sprints
    )
    assert first == f"{a}-9-2_9-3" != second


def test_another_team_takes_over_without_the_item_leaving_its_place(ground: Ground) -> None:
    board = ground.board("To do")
    first, second = ground.item(), ground.item()
    sprint = ground.sprint(board, started=True, items=(first, second))
    before = ground.place(first)
    ground.call("assignBacklogItemToSprint", backlogItemID=first, sprintID=sprint, teamID=ground.other_team)
    assert ground.place(first) == (*before[:2], ground.other_team, *before[3:])
    assert ground.shown(board)["assignedBacklogItemIDs"] == [first, second]
    assert taking_part(ground, sprint) == [ground.team, ground.other_team]
    ground.ignored("assignBacklogItemToSprint", backlogItemID=first, sprintID=sprint, teamID=ground.other_team)
