"""Backlog items in releases, in sprints and on boards."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import InvalidParameter, RequirementNotSatisfied
from tests.calls.making import STATUSES, Made, make
from tests.world import World


@pytest.fixture
def made(world: World) -> Any:
    made = make(world)
    yield made
    made.check()


def on_board(made: Made, item: str, index: str = "-1") -> None:
    made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=made.kanban, index=index)


def place_of(made: Made, item: str) -> tuple[Any, ...]:
    shown = made.show("BacklogItem", item)
    return tuple(shown[name] for name in ("status", "sprintID", "teamID", "boardID", "boardColumnID"))


def assigned_to(made: Made, object_type: str, wire_id: str) -> list[str]:
    ids: list[str] = made.show(object_type, wire_id)["assignedBacklogItemIDs"]
    return ids


# Releases ------------------------------------------------------------------------------------------------------------


def test_items_are_planned_for_a_release(made: Made) -> None:
    one, two = (made.world.call("addRelease", projectID=made.project, name=name) for name in ("one", "two"))
    item, other = made.item(), made.item("other")
    for each in (other, item):
        made.world.call("assignBacklogItemToRelease", backlogItemID=each, releaseID=one)
    assert assigned_to(made, "Release", one) == [item, other]
    made.world.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=two)
    assert (assigned_to(made, "Release", one), assigned_to(made, "Release", two)) == ([other], [item])
    made.world.call("unassignBacklogItemFromRelease", backlogItemID=item)
    assert assigned_to(made, "Release", two) == []
    with pytest.raises(RequirementNotSatisfied, match="not planned"):
        made.world.call("unassignBacklogItemFromRelease", backlogItemID=item)


def test_a_completed_release_is_closed(made: Made) -> None:
    release, later = (made.world.call("addRelease", projectID=made.project, name=name) for name in ("one", "two"))
    item, other = made.item(), made.item("other")
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="Done", assignedPersonID=made.person)
    made.world.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=release)
    made.world.call("completeRelease", releaseID=release)
    assert made.show("BacklogItem", item)["status"] == "Released"
    with pytest.raises(RequirementNotSatisfied, match="Completed"):
        made.world.call("assignBacklogItemToRelease", backlogItemID=other, releaseID=release)
    for call in (
        ("unassignBacklogItemFromRelease", {}), ("assignBacklogItemToRelease", {"releaseID": later}),
        ("setBacklogItemStatus", {"status": "New"}), ("assignBacklogItemToKanbanBoard", {"boardID": made.kanban}),
    ):  # fmt: skip
        with pytest.raises(RequirementNotSatisfied, match="Released"):
            made.world.call(call[0], backlogItemID=item, **call[1])


# Sprints -------------------------------------------------------------------------------------------------------------


def test_an_item_in_a_sprint_that_is_planned(made: Made) -> None:
    sprint, item = made.sprint(), made.item()
    made.plan(item, sprint)
    assert place_of(made, item) == ("Assigned to sprint", sprint, made.team, None, None)
    [part] = made.show("Sprint", sprint)["teamSprintParticipations"]
    assert (part["teamID"], part["availableTime"], part["assignedBacklogItemIDs"]) == (made.team, -1, [item])
    assert part["id"] == f"{made.team}_{sprint.partition('-')[2]}"
    with pytest.raises(RequirementNotSatisfied, match="In planning"):
        made.world.call("setBacklogItemStatus", backlogItemID=item, status="To do")
    made.world.call("unassignBacklogItemFromSprint", backlogItemID=item)
    assert place_of(made, item) == ("Ready for sprint", None, None, None, None)
    with pytest.raises(RequirementNotSatisfied, match="not in a sprint"):
        made.world.call("unassignBacklogItemFromSprint", backlogItemID=item)


def test_an_item_that_comes_into_a_running_sprint(made: Made) -> None:
    sprint, fresh, begun = made.sprint(start=True), made.item("fresh"), made.item("begun")
    made.world.call("setBacklogItemStatus", backlogItemID=begun, status="To test", assignedPersonID=made.person)
    for item in (fresh, begun):
        made.plan(item, sprint)
    to_do, to_test = made.columns["Scrum", "To do"], made.columns["Scrum", "To test"]
    assert place_of(made, fresh) == ("To do", sprint, made.team, made.scrum, to_do)
    assert place_of(made, begun) == ("To test", sprint, made.team, made.scrum, to_test)
    assert assigned_to(made, "Board", made.scrum) == [fresh, begun]
    made.world.call("unassignBacklogItemFromSprint", backlogItemID=begun)
    assert place_of(made, begun) == ("Ready for sprint", None, None, None, None)
    assert assigned_to(made, "Board", made.scrum) == [fresh]


def test_an_item_moves_between_sprints(made: Made) -> None:
    running, planned, item = made.sprint("running", start=True), made.sprint("planned"), made.item()
    other_team = made.world.call("addTeam", projectID=made.project, name="Other")
    made.plan(item, running)
    made.world.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=running, teamID=other_team)
    assert place_of(made, item)[1:3] == (running, other_team)
    made.plan(item, planned)
    assert place_of(made, item) == ("Assigned to sprint", planned, made.team, None, None)


def test_what_cannot_come_into_a_sprint(made: Made) -> None:
    sprint, item = made.sprint(), made.item()
    on_board(made, item)
    with pytest.raises(RequirementNotSatisfied, match="unassignBacklogItemFromKanbanBoard"):
        made.plan(item, sprint)
    done, finished = made.item("done"), made.sprint("finished", start=True)
    made.plan(done, finished)
    made.world.call("setBacklogItemStatus", backlogItemID=done, status="Done", assignedPersonID=made.person)
    made.world.call("completeSprint", sprintID=finished)
    with pytest.raises(RequirementNotSatisfied, match="Sprint completed"):
        made.plan(done, sprint)
    with pytest.raises(RequirementNotSatisfied, match="Completed"):
        made.plan(made.item("late"), finished)
    with pytest.raises(RequirementNotSatisfied, match="Completed"):
        made.world.call("unassignBacklogItemFromSprint", backlogItemID=done)
    other = make_other(made)
    for given in ({"sprintID": other["sprint"], "teamID": made.team}, {"sprintID": sprint, "teamID": other["team"]}):
        with pytest.raises(RequirementNotSatisfied, match="another project"):
            made.world.call("assignBacklogItemToSprint", backlogItemID=made.item(), **given)


def make_other(made: Made) -> dict[str, str]:
    project = made.world.call("addProject", name="Other")
    return {
        "sprint": made.world.call("addSprint", projectID=project, name="s"),
        "team": made.world.call("addTeam", projectID=project, name="t"),
        "board": made.world.call("addBoard", projectID=project, name="b", type="Kanban"),
    }


# Boards --------------------------------------------------------------------------------------------------------------


def test_items_on_a_kanban_board(made: Made) -> None:
    one, two, three = (made.item(name) for name in ("one", "two", "three"))
    for item in (one, two):
        on_board(made, item)
    on_board(made, three, "0")
    assert assigned_to(made, "Board", made.kanban) == [three, one, two]
    assert place_of(made, one) == ("To do", None, None, made.kanban, made.columns["Kanban", "To do"])
    made.world.call("setBacklogItemPositionInKanbanBoard", backlogItemID=three)
    made.world.call("setBacklogItemPositionInKanbanBoard", backlogItemID=two, index="0")
    assert assigned_to(made, "Board", made.kanban) == [two, one, three]
    before = made.world.version
    made.world.call("setBacklogItemPositionInKanbanBoard", backlogItemID=one, index="1")
    assert made.world.version == before
    with pytest.raises(InvalidParameter, match="besides it"):
        made.world.call("setBacklogItemPositionInKanbanBoard", backlogItemID=one, index="3")
    made.world.call("unassignBacklogItemFromKanbanBoard", backlogItemID=one)
    assert place_of(made, one) == ("Ready for sprint", None, None, None, None)
    for method in ("unassignBacklogItemFromKanbanBoard", "setBacklogItemPositionInKanbanBoard"):
        with pytest.raises(RequirementNotSatisfied, match="not on a Kanban board"):
            made.world.call(method, backlogItemID=one)


def test_only_items_in_no_sprint_go_onto_kanban_boards(made: Made) -> None:
    item = made.item()
    with pytest.raises(RequirementNotSatisfied, match="Scrum board"):
        made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=made.scrum)
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=make_other(made)["board"])
    made.plan(item, made.sprint(start=True))
    with pytest.raises(RequirementNotSatisfied, match="unassignBacklogItemFromSprint"):
        on_board(made, item)
    with pytest.raises(RequirementNotSatisfied, match="not on a Kanban board"):
        made.world.call("setBacklogItemPositionInKanbanBoard", backlogItemID=item)


def test_an_item_moves_through_columns(made: Made) -> None:
    item = made.item()
    on_board(made, item)
    doing = made.columns["Kanban", "In progress"]
    move = "moveBacklogItemToBoardColumn"
    with pytest.raises(RequirementNotSatisfied, match="assignedPersonID"):
        made.world.call(move, backlogItemID=item, boardColumnID=doing)
    made.world.call(move, backlogItemID=item, boardColumnID=doing, assignedPersonID=made.person)
    assert place_of(made, item)[0] == "In progress"
    for status in STATUSES:
        made.world.call(move, backlogItemID=item, boardColumnID=made.columns["Kanban", status])
        assert place_of(made, item) == (status, None, None, made.kanban, made.columns["Kanban", status])
    assert made.show("BacklogItem", item)["assignedPersonIDs"] == [made.person]
    with pytest.raises(RequirementNotSatisfied, match="not on the board"):
        made.world.call(move, backlogItemID=item, boardColumnID=made.columns["Scrum", "Done"])
    made.world.call("unassignBacklogItemFromKanbanBoard", backlogItemID=item)
    assert place_of(made, item)[0] == "Done"
    with pytest.raises(RequirementNotSatisfied, match="not on the board"):
        made.world.call(move, backlogItemID=item, boardColumnID=doing)


def test_an_item_stays_in_its_column_among_those_of_a_status(made: Made) -> None:
    review = made.world.call("addBoardColumn", boardID=made.kanban, name="Review", status="In progress")
    item = made.item()
    on_board(made, item)
    made.world.call(
        "moveBacklogItemToBoardColumn", backlogItemID=item, boardColumnID=review, assignedPersonID=made.person
    )
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="In progress")
    assert place_of(made, item)[4] == review
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="To test")
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="In progress")
    assert place_of(made, item)[4] == made.columns["Kanban", "In progress"]
    with pytest.raises(RequirementNotSatisfied, match="Kanban board"):
        made.world.call("setBacklogItemStatus", backlogItemID=item, status="New")


def test_finished_items_are_put_away_on_their_board(made: Made) -> None:
    item = made.item()
    archive = "setBacklogItemIsArchivedInBoard"
    with pytest.raises(RequirementNotSatisfied, match="not on a Kanban board"):
        made.world.call(archive, backlogItemID=item, isArchivedInBoard="true")
    on_board(made, item)
    with pytest.raises(RequirementNotSatisfied, match="Done"):
        made.world.call(archive, backlogItemID=item, isArchivedInBoard="true")

    def archived() -> bool:
        made.world.call("setBacklogItemStatus", backlogItemID=item, status="Done", assignedPersonID=made.person)
        made.world.call(archive, backlogItemID=item, isArchivedInBoard="true")
        return bool(made.show("BacklogItem", item)["isArchivedInBoard"])

    assert archived()
    made.world.call(archive, backlogItemID=item, isArchivedInBoard="false")
    assert not made.show("BacklogItem", item)["isArchivedInBoard"]
    assert archived()
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="To do")
    assert not made.show("BacklogItem", item)["isArchivedInBoard"]
    assert archived()
    made.world.call("moveBacklogItemToBoardColumn", backlogItemID=item, boardColumnID=made.columns["Kanban", "To test"])
    assert not made.show("BacklogItem", item)["isArchivedInBoard"]
    assert archived()
    made.task(item)
    assert not made.show("BacklogItem", item)["isArchivedInBoard"]
    task = made.show("BacklogItem", item)["tasks"][0]["id"]
    made.world.call("deleteTask", taskID=task)
    assert archived()
    made.world.call("unassignBacklogItemFromKanbanBoard", backlogItemID=item)
    assert not made.show("BacklogItem", item)["isArchivedInBoard"]


def test_an_item_with_tasks_stands_in_no_column_itself(made: Made) -> None:
    item = made.item()
    task = made.task(item)
    on_board(made, item)
    assert place_of(made, item)[4] is None
    assert made.show("Task", task)["boardColumnID"] == made.columns["Kanban", "To do"]
    with pytest.raises(RequirementNotSatisfied, match="moveTaskToBoardColumn"):
        made.world.call(
            "moveBacklogItemToBoardColumn", backlogItemID=item, boardColumnID=made.columns["Kanban", "To do"]
        )
    made.world.call("unassignBacklogItemFromKanbanBoard", backlogItemID=item)
    assert made.show("Task", task)["boardColumnID"] is None


def test_a_board_without_a_column_for_a_status(world: World) -> None:
    made = make(world, columns=("To do", "Done"))
    item = made.item()
    on_board(made, item)
    made.world.call("setBacklogItemStatus", backlogItemID=item, status="To test", assignedPersonID=made.person)
    assert place_of(made, item) == ("To test", None, None, made.kanban, None)
    made.check()


def test_an_item_moves_between_kanban_boards(made: Made) -> None:
    other = made.world.call("addBoard", projectID=made.project, name="Other", type="Kanban")
    one, two = made.item("one"), made.item("two")
    for item in (one, two):
        on_board(made, item)
    made.world.call("assignBacklogItemToKanbanBoard", backlogItemID=one, boardID=other)
    assert place_of(made, one) == ("To do", None, None, other, None)
    assert (assigned_to(made, "Board", made.kanban), assigned_to(made, "Board", other)) == ([two], [one])
