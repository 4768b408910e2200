"""Sprints: how they are planned, start and end, and what happens to their backlog items."""

from __future__ import annotations

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter
from tests.calls.ground import STATUSES, Ground
from tests.world import World

ENDS = {"completeSprint": "Completed", "abortSprint": "Aborted"}


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def assign(ground: Ground, item: str, sprint: str, team: str = "") -> str:
    ground.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=sprint, teamID=team or ground.team)
    return item


def finished(ground: Ground, method: str = "completeSprint", *items: str) -> str:
    sprint = ground.sprint(started=True, items=items)
    ground.call(method, sprintID=sprint)
    return sprint


def taking_part(ground: Ground, sprint: str) -> list[str]:
    return [each["teamID"] for each in ground.shown(sprint)["teamSprintParticipations"]]


# Sprints -------------------------------------------------------------------------------------------------------------


def test_a_new_sprint(ground: Ground) -> None:
    board = ground.board("To do")
    given = {
        "externalID": "E", "projectID": ground.project, "name": "S", "description": "d", "link": "http://example.com",
        "startDate": "2013-05-06", "endDate": "2013-05-06", "boardID": board,
    }  # fmt: skip
    sprint = ground.call("addSprint", **given)
    shown = ground.shown(sprint)
    assert {name: shown[name] for name in given} == given
    assert (shown["status"], shown["isArchived"], shown["teamSprintParticipations"]) == ("In planning", False, [])
    bare = ground.shown(ground.call("addSprint", projectID=ground.project, name="T"))
    assert [bare[name] for name in given if name not in ("projectID", "name")] == [None] * 6


@pytest.mark.parametrize("day", ["2013-02-29", "6.5.2013", "2013-5-6", "tomorrow"])
def test_dates_are_days(ground: Ground, day: str) -> None:
    with pytest.raises(InvalidParameter, match="endDate"):
        ground.call("addSprint", projectID=ground.project, name="S", endDate=day)


def test_a_sprint_does_not_end_before_it_starts(ground: Ground) -> None:
    wrong = {"startDate": "2013-05-07", "endDate": "2013-05-06"}
    said = "endDate is 2013-05-06, which is before the startDate 2013-05-07"
    ground.refused(said, "addSprint", projectID=ground.project, name="S", **wrong)
    sprint = ground.sprint()
    ground.refused(said, "setSprintDates", sprintID=sprint, **wrong)

    def dates() -> list[str | None]:
        shown = ground.shown(sprint)
        return [shown["startDate"], shown["endDate"]]

    ground.call("setSprintDates", sprintID=sprint, startDate="2013-05-07", endDate="2013-05-07")
    assert dates() == ["2013-05-07"] * 2
    ground.call("setSprintDates", sprintID=sprint, endDate="2013-05-06")
    assert dates() == [None, "2013-05-06"]
    ground.call("setSprintDates", sprintID=sprint, startDate="2013-05-07")
    assert dates() == ["2013-05-07", None]
    ground.call("setSprintDates", sprintID=sprint)
    assert dates() == [None, None]


def test_sprints_are_moved_and_their_properties_set(ground: Ground) -> None:
    first, second, third = (ground.call("addSprint", projectID=ground.project, name=n, index="0") for n in "abc")
    assert ground.names("sprints") == ["c", "b", "a"]
    ground.call("moveSprint", sprintID=first, index="0")
    ground.call("moveSprint", sprintID=third)
    assert ground.names("sprints") == ["a", "b", "c"]
    ground.ignored("moveSprint", sprintID=second, index="1")
    given = {"name": "z", "description": "d", "link": "http://example.com"}
    for name, value in given.items():
        ground.call(f"setSprint{name.capitalize()}", sprintID=second, **{name: value})
    assert {name: ground.shown(second)[name] for name in given} == given
    for value in ("true", "false"):
        ground.call("setSprintIsArchived", sprintID=second, isArchived=value)
        assert ground.shown(second)["isArchived"] is (value == "true")
    with pytest.raises(MissingParameter, match="isArchived"):
        ground.call("setSprintIsArchived", sprintID=second)


def test_sprints_use_scrum_boards_of_their_project(ground: Ground) -> None:
    scrum, kanban = ground.board(), ground.board(type="Kanban")
    foreign = ground.call("addBoard", projectID=ground.elsewhere, name="B", type="Scrum")
    sprint = ground.sprint()
    for board, said in ((kanban, f"boardID is {kanban}, which is a Kanban board"), (foreign, "another project")):
        ground.refused(said, "addSprint", projectID=ground.project, name="S", boardID=board)
        ground.refused(said, "setSprintBoardID", sprintID=sprint, boardID=board)
    for board in (scrum, None):
        ground.call("setSprintBoardID", sprintID=sprint, **({"boardID": board} if board else {}))
        assert ground.shown(sprint)["boardID"] == board


def test_only_a_sprint_in_planning_gets_another_board(ground: Ground) -> None:
    board = ground.board()
    for sprint, status in ((ground.sprint(started=True), "In progress"), (finished(ground), "Completed")):
        ground.refused(
            f"{sprint} has the status {status}.*In planning", "setSprintBoardID", sprintID=sprint, boardID=board
        )


# Starting ------------------------------------------------------------------------------------------------------------


def test_only_a_sprint_in_planning_starts(ground: Ground) -> None:
    running, over = ground.sprint(started=True), finished(ground, "abortSprint")
    ground.refused(f"{running} has the status In progress", "startSprint", sprintID=running)
    ground.refused(f"{over} has the status Aborted", "startSprint", sprintID=over)


def test_items_enter_the_board_in_backlog_order(ground: Ground) -> None:
    board = ground.board("To do", "In progress")
    last, first, second = (ground.item(name) for name in ("c", "a", "b"))
    sprint = ground.sprint(board, items=(last, second, first))
    ground.call("moveBacklogItem", backlogItemID=last)
    there = ground.sprint(board, started=True, items=(ground.item("there"),))
    ground.call("startSprint", sprintID=sprint)
    assert ground.shown(sprint)["status"] == "In progress"
    [on_it] = ground.shown(there)["teamSprintParticipations"]
    assert ground.shown(board)["assignedBacklogItemIDs"] == [*on_it["assignedBacklogItemIDs"], first, second, last]
    column = ground.shown(board)["columns"][0]["id"]
    assert ground.place(first) == ("To do", sprint, ground.team, board, column)


@pytest.mark.parametrize("with_board", [True, False])
@pytest.mark.parametrize(
    ("tasks", "status"),
    [
        ((), "To do"),
        (("To do", "To do"), "To do"),
        (("To do", "Done"), "In progress"),
        (("To test", "Done"), "To test"),
        (("Done",), "Done"),
    ],
)
def test_an_item_starts_as_far_as_its_tasks_are(
    ground: Ground, with_board: bool, tasks: tuple[str, ...], status: str
) -> None:
    board = ground.board(*STATUSES) if with_board else None
    item = ground.item(tasks=tasks)
    sprint = ground.sprint(board, items=(item,))
    assert ground.place(item) == ("Assigned to sprint", sprint, ground.team, None, None)
    ground.call("startSprint", sprintID=sprint)
    columns = {column["status"]: column["id"] for column in ground.shown(board)["columns"]} if board else {}
    where = None if tasks else columns.get(status)
    assert ground.place(item) == (status, sprint, ground.team, board, where)
    assert [(each["status"], each["boardColumnID"]) for each in ground.tasks(item)] == [
        (each, columns.get(each)) for each in tasks
    ]
    shown = ground.shown(item)
    dates = [shown[name] is not None for name in ("toDoDate", "inProgressDate", "toTestDate", "doneDate")]
    assert dates == [STATUSES.index(each) <= STATUSES.index(status) for each in STATUSES]


def test_work_that_remains_of_done_tasks_still_counts_in_their_item(ground: Ground) -> None:
    item = ground.item(tasks=("Done",))
    [task] = ground.tasks(item)
    ground.call("setTaskRemainingWork", taskID=task["id"], remainingWork="2", remainingWorkUnit="Days")
    for board in (None, ground.board("Done")):
        sprint = ground.sprint(board, items=(item,))
        ground.call("startSprint", sprintID=sprint)
        assert ground.place(item)[0] == "Done"
        assert ground.shown(item)["remainingWork"] == 2.0


# Ending --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ENDS)
def test_only_a_sprint_in_progress_ends(ground: Ground, method: str) -> None:
    for sprint in (ground.sprint(), finished(ground, "completeSprint"), finished(ground, "abortSprint")):
        ground.refused(rf"{sprint} has the status .*only a sprint that is In progress", method, sprintID=sprint)


@pytest.mark.parametrize("method", ENDS)
def test_unfinished_items_go_back_to_the_backlog(ground: Ground, method: str) -> None:
    items = {status: ground.item(status) for status in STATUSES}
    divided = ground.item("divided", tasks=("To do", "Done"))
    all_done = ground.item("all done", tasks=("Done",))
    board = ground.board(*STATUSES)
    sprint = ground.sprint(board, started=True, items=(*items.values(), divided, all_done))
    for status, item in items.items():
        ground.set_status(item, status)
    done_date = ground.shown(all_done)["doneDate"]
    ground.call(method, sprintID=sprint)
    assert ground.shown(sprint)["status"] == ENDS[method]
    assert ground.shown(board)["assignedBacklogItemIDs"] == []
    for item in (items["Done"], all_done):
        assert ground.place(item) == ("Sprint completed", sprint, ground.team, None, None)
    for item in (items["To do"], items["In progress"], items["To test"], divided):
        assert ground.place(item) == ("Ready for sprint", None, None, None, None)
        assert ground.shown(item)["toDoDate"] is None
    assert [(task["status"], task["boardColumnID"]) for task in ground.tasks(divided)] == [
        ("To do", None), ("Done", None),
    ]  # fmt: skip
    assert ground.shown(all_done)["doneDate"] == done_date is not None
    assert ground.shown(items["To test"])["assignedPersonIDs"] == [ground.person]


@pytest.mark.parametrize("method", ENDS)
def test_unfinished_items_go_to_the_next_sprint_with_their_team(ground: Ground, method: str) -> None:
    plain, divided, done = ground.item(), ground.item(tasks=("To do", "To test")), ground.item()
    sprint = ground.sprint(ground.board("To do"), started=True, items=(plain, done))
    assign(ground, divided, sprint, ground.other_team)
    ground.set_status(done, "Done")
    following = ground.sprint(ground.board("To do"))
    ground.call("addTeamSprintParticipation", sprintID=following, teamID=ground.team, availableTime="-1")
    ground.call(method, sprintID=sprint, nextSprintID=following)
    assert ground.place(plain) == ("Assigned to sprint", following, ground.team, None, None)
    assert ground.place(divided) == ("Assigned to sprint", following, ground.other_team, None, None)
    assert ground.place(done) == ("Sprint completed", sprint, ground.team, None, None)
    assert taking_part(ground, following) == [ground.team, ground.other_team]
    assert [each["availableTime"] for each in ground.shown(following)["teamSprintParticipations"]] == [-1.0, -1.0]


def test_items_go_on_in_a_next_sprint_that_runs(ground: Ground) -> None:
    to_do, in_progress, divided = ground.item(), ground.item(), ground.item(tasks=("To test", "Done"))
    sprint = ground.sprint(ground.board("To do"), started=True, items=(to_do, in_progress, divided))
    ground.set_status(in_progress, "In progress")
    dates = ground.shown(in_progress)["inProgressDate"]
    board = ground.board("Done", "In progress", "To test")
    following = ground.sprint(board, started=True)
    ground.call("completeSprint", sprintID=sprint, nextSprintID=following)
    done, started, to_test = (column["id"] for column in ground.shown(board)["columns"])
    assert ground.place(to_do) == ("To do", following, ground.team, board, None)
    assert ground.place(in_progress) == ("In progress", following, ground.team, board, started)
    assert ground.shown(in_progress)["inProgressDate"] == dates
    assert ground.place(divided) == ("To test", following, ground.team, board, None)
    assert [task["boardColumnID"] for task in ground.tasks(divided)] == [to_test, done]


def test_items_stay_on_a_board_that_two_sprints_share(ground: Ground) -> None:
    board = ground.board("To do")
    item, other = ground.item(), ground.item()
    sprint, following = ground.sprint(board, started=True, items=(item,)), ground.sprint(board, started=True)
    assign(ground, other, following)
    ground.call("completeSprint", sprintID=sprint, nextSprintID=following)
    assert ground.place(item)[:4] == ("To do", following, ground.team, board)


@pytest.mark.parametrize("method", ENDS)
def test_the_next_sprint_is_another_unfinished_one_of_the_project(ground: Ground, method: str) -> None:
    sprint, over = ground.sprint(started=True), finished(ground)
    foreign = ground.call("addSprint", projectID=ground.elsewhere, name="S")
    for following, said in ((sprint, "the one to end"), (over, "Completed"), (foreign, "another project")):
        ground.refused(f"{following}.*{said}", method, sprintID=sprint, nextSprintID=following)


def test_imported_items_without_a_team_go_back_to_the_backlog(ground: Ground) -> None:
    a = f"{ground.world.account}-9"
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    sprints = [
        {"objectType": "Sprint", "id": f"{a}-{n}", "projectID": f"{a}-1", "name": "S", "status": "In progress"}
        for n in (2, 3)
    ]
    ground.world.load(
        {"objectType": "Project", "id": f"{a}-1", "name": "Loaded", "status": "Active", **units},
        *sprints,
        {
            "objectType": "BacklogItem", "id": f"{a}-4", "projectID": f"{a}-1", "name": "x", "status": "To do",
            "sprintID": f"{a}-2",
        },
    )  # fmt: skip
    ground.call("completeSprint", sprintID=f"{a}-2", nextSprintID=f"{a}-3")
    assert ground.place(f"{a}-4") == ("Ready for sprint", None, None, None, None)


# Deleting ------------------------------------------------------------------------------------------------------------


def test_a_sprint_in_progress_is_not_deleted(ground: Ground) -> None:
    sprint = ground.sprint(started=True)
    ground.refused(f"{sprint} has the status In progress", "deleteSprint", sprintID=sprint)


def test_items_of_a_deleted_sprint_in_planning_go_back_to_the_backlog(ground: Ground) -> None:
    item = ground.item(tasks=("Done",))
    sprint = ground.sprint(items=(item,))
    ground.call("addComment", ownerObjectType="Sprint", ownerObjectID=sprint, text="c")
    ground.call("deleteSprint", sprintID=sprint)
    assert ground.place(item) == ("Ready for sprint", None, None, None, None)
    assert ground.names("sprints") == []
    assert not {"Sprint", "TeamSprintParticipation", "Comment"} & {r.type for r in ground.world.tables().records()}


@pytest.mark.parametrize("method", ENDS)
def test_items_of_a_deleted_sprint_that_is_over_keep_their_status(ground: Ground, method: str) -> None:
    done, released = ground.item("a", tasks=("Done",)), ground.item("b", tasks=("Done",))
    sprint = finished(ground, method, done, released)
    ground.call("completeRelease", releaseID=ground.release(released))
    dates = ground.shown(done)["doneDate"]
    ground.call("deleteSprint", sprintID=sprint)
    assert ground.place(done) == ("Sprint completed", None, None, None, None)
    assert ground.place(released) == ("Released", None, None, None, None)
    assert ground.shown(done)["doneDate"] == dates


def test_choices_of_a_deleted_sprint_are_forgotten(ground: Ground) -> None:
    sprint, kept, item = ground.sprint(), ground.sprint(), ground.item()
    fields = [
        ground.call(
            "addCustomField", projectID=ground.project, name=f"{type} {n}", ownerObjectTypes="BacklogItem,Sprint",
            type=type,
        )
        for n, type in enumerate(["Sprint", "Sprint", "Text (single line)"])
    ]  # fmt: skip

    def choose(field: str, value: str, object_type: str, wire_id: str) -> None:
        given = {"ownerObjectType": object_type, "ownerObjectID": wire_id}
        ground.call("setCustomFieldValue", customFieldID=field, value=value, **given)

    choose(fields[0], sprint, "BacklogItem", item)
    choose(fields[1], kept, "BacklogItem", item)
    choose(fields[2], sprint, "BacklogItem", item)
    choose(fields[0], sprint, "Sprint", kept)
    ground.call("deleteSprint", sprintID=sprint)
    values = [(each["customFieldID"], each["value"]) for each in ground.shown(item)["customFieldValues"]]
    assert values == [(fields[1], kept), (fields[2], sprint)]
    assert ground.shown(kept)["customFieldValues"] == []
