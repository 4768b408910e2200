"""Boards and their columns: what stands where, and what may go."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from tests.calls.ground import STATUSES, Ground
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def kanban(ground: Ground, *columns: str) -> str:
    return ground.board(*columns, type="Kanban")


def put(ground: Ground, item: str, board: str) -> str:
    ground.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=board)
    return item


def columns(ground: Ground, board: str) -> list[str]:
    return [column["id"] for column in ground.shown(board)["columns"]]


# Boards --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["Scrum", "Kanban"])
def test_a_new_board_has_no_columns(ground: Ground, type: str) -> None:
    board = ground.call("addBoard", projectID=ground.project, name="B", description="d", type=type, externalID="E")
    assert ground.shown(board) == {
        "objectType": "Board", "id": board, "externalID": "E", "projectID": ground.project, "name": "B",
        "description": "d", "type": type, "columns": [], "assignedBacklogItemIDs": [],
    }  # fmt: skip


def test_a_board_has_a_type(ground: Ground) -> None:
    with pytest.raises(MissingParameter, match="type"):
        ground.call("addBoard", projectID=ground.project, name="B")
    with pytest.raises(InvalidParameter, match="Did you mean Kanban"):
        ground.call("addBoard", projectID=ground.project, name="B", type="kanban")


def test_boards_are_renamed_described_and_moved(ground: Ground) -> None:
    first, second = (ground.call("addBoard", projectID=ground.project, name=n, type="Scrum") for n in "ab")
    third = ground.call("addBoard", projectID=ground.project, name="c", type="Scrum", index="0")
    assert ground.names("boards") == ["c", "a", "b"]
    ground.call("moveBoard", boardID=third, index="1")
    assert ground.names("boards") == ["a", "c", "b"]
    ground.call("moveBoard", boardID=first)
    assert ground.names("boards") == ["c", "b", "a"]
    ground.ignored("moveBoard", boardID=second, index="1")
    with pytest.raises(InvalidParameter, match="between 0 and 2"):
        ground.call("moveBoard", boardID=second, index="3")
    ground.call("setBoardName", boardID=second, name="z")
    ground.call("setBoardDescription", boardID=second, description="d")
    ground.ignored("setBoardName", boardID=second, name="z")
    assert [ground.shown(second)[name] for name in ("name", "description")] == ["z", "d"]


def test_a_board_goes_once_nothing_is_on_it(ground: Ground) -> None:
    board = kanban(ground, "To do")
    item = put(ground, ground.item(tasks=("To do",)), board)
    ground.refused(rf"On the board {board} there is 1 backlog item, among them {item}", "deleteBoard", boardID=board)
    ground.call("unassignBacklogItemFromKanbanBoard", backlogItemID=item)
    ground.call("deleteBoard", boardID=board)
    assert ground.names("boards") == []


def test_sprints_lose_a_deleted_board(ground: Ground) -> None:
    board = ground.board("To do")
    planned, running = ground.sprint(board), ground.sprint(board, started=True)
    item = ground.item()
    ground.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=running, teamID=ground.team)
    ground.refused(item, "deleteBoard", boardID=board)
    ground.call("unassignBacklogItemFromSprint", backlogItemID=item)
    ground.call("deleteBoard", boardID=board)
    assert [ground.shown(sprint)["boardID"] for sprint in (planned, running)] == [None, None]


# Columns -------------------------------------------------------------------------------------------------------------


def test_a_new_column(ground: Ground) -> None:
    board = kanban(ground)
    given = {"name": "C", "description": "d", "status": "To test", "externalID": "E"}
    column = ground.call("addBoardColumn", boardID=board, **given)
    shown = {"objectType": "BoardColumn", "id": column, "projectID": ground.project, "boardID": board, **given}
    assert ground.shown(column) == shown


@pytest.mark.parametrize("status", ["Ready for sprint", "Sprint completed", "done"])
def test_a_column_has_a_working_status(ground: Ground, status: str) -> None:
    board = kanban(ground, "To do")
    with pytest.raises(InvalidParameter, match="To do, In progress, To test, Done"):
        ground.call("addBoardColumn", boardID=board, name="C", status=status)
    with pytest.raises(InvalidParameter, match="To do, In progress, To test, Done"):
        ground.call("setBoardColumnStatus", boardColumnID=columns(ground, board)[0], status=status)
    with pytest.raises(MissingParameter, match="status"):
        ground.call("addBoardColumn", boardID=board, name="C")


def test_columns_are_renamed_described_and_moved(ground: Ground) -> None:
    board = kanban(ground, "To do", "Done")
    added = ground.call("addBoardColumn", boardID=board, name="First", status="To do", index="0")
    item = put(ground, ground.item(), board)
    assert ground.shown(item)["boardColumnID"] == added
    ground.call("moveBoardColumn", boardColumnID=added, index="1")
    assert [column["name"] for column in ground.shown(board)["columns"]] == ["To do", "First", "Done"]
    assert ground.shown(item)["boardColumnID"] == added
    ground.call("setBoardColumnName", boardColumnID=added, name="z")
    ground.call("setBoardColumnDescription", boardColumnID=added, description="d")
    assert [ground.shown(added)[name] for name in ("name", "description")] == ["z", "d"]


def test_a_new_column_takes_what_had_none(ground: Ground) -> None:
    board = kanban(ground, "Done")
    done = put(ground, ground.item(status="Done"), board)
    to_do = put(ground, ground.item(), board)
    divided = put(ground, ground.item(tasks=("To do", "In progress")), board)
    elsewhere = put(ground, ground.item(), kanban(ground))
    assert ground.shown(to_do)["boardColumnID"] is None
    column = ground.call("addBoardColumn", boardID=board, name="C", status="To do")
    assert ground.shown(to_do)["boardColumnID"] == column
    assert ground.shown(done)["boardColumnID"] == columns(ground, board)[0]
    assert [task["boardColumnID"] for task in ground.tasks(divided)] == [column, None]
    assert [ground.shown(each)["boardColumnID"] for each in (divided, elsewhere)] == [None, None]
    ground.call("addBoardColumn", boardID=board, name="Second", status="To do", index="0")
    assert ground.shown(to_do)["boardColumnID"] == column


def test_the_status_of_a_column_in_use_stays(ground: Ground) -> None:
    board = kanban(ground, "To do")
    [column] = columns(ground, board)
    item, divided = put(ground, ground.item(), board), put(ground, ground.item(tasks=("To do", "Done")), board)
    ground.refused(
        rf"{column} there are 1 backlog item and 1 task, among them {item}",
        "setBoardColumnStatus", boardColumnID=column, status="Done",
    )  # fmt: skip
    ground.ignored("setBoardColumnStatus", boardColumnID=column, status="To do")
    ground.call("unassignBacklogItemFromKanbanBoard", backlogItemID=item)
    ground.set_task_status(ground.tasks(divided)[0]["id"], "In progress")
    ground.call("setBoardColumnStatus", boardColumnID=column, status="Done")
    assert [task["boardColumnID"] for task in ground.tasks(divided)] == [None, column]


def test_an_empty_column_that_gets_a_status_takes_what_had_none(ground: Ground) -> None:
    board = kanban(ground, "Done")
    item = put(ground, ground.item(), board)
    [column] = columns(ground, board)
    ground.call("setBoardColumnStatus", boardColumnID=column, status="To do")
    assert ground.shown(item)["boardColumnID"] == column


def test_what_stood_in_a_deleted_column_goes_to_the_first_of_the_status(ground: Ground) -> None:
    board = kanban(ground, "To do", "Done", "To do", "To do")
    first, _, second, third = columns(ground, board)
    item, divided = put(ground, ground.item(), board), put(ground, ground.item(tasks=("To do",)), board)
    ground.call("moveBacklogItemToBoardColumn", backlogItemID=item, boardColumnID=third)
    ground.call("deleteBoardColumn", boardColumnID=third)
    assert ground.shown(item)["boardColumnID"] == first
    ground.call("deleteBoardColumn", boardColumnID=first)
    assert ground.shown(item)["boardColumnID"] == second
    assert [task["boardColumnID"] for task in ground.tasks(divided)] == [second]
    ground.refused(
        rf"{second} there are 1 backlog item and 1 task.*no other column with the status To do",
        "deleteBoardColumn", boardColumnID=second,
    )  # fmt: skip
    for each in (item, divided):
        ground.call("unassignBacklogItemFromKanbanBoard", backlogItemID=each)
    ground.call("deleteBoardColumn", boardColumnID=second)
    assert [column["name"] for column in ground.shown(board)["columns"]] == ["Done"]


# Any order -----------------------------------------------------------------------------------------------------------

STATUS = st.sampled_from(STATUSES)
STEP = st.tuples(st.sampled_from(["add", "delete", "turn", "move", "work"]), st.integers(0, 20), STATUS)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STATUS, max_size=3), st.lists(STEP, max_size=12))
def test_whatever_happens_to_columns_everything_stands_where_it_should(
    shared_world: World, at_first: list[str], steps: list[tuple[str, int, str]]
) -> None:
    shared_world.new_account()
    ground = Ground(shared_world)
    board = kanban(ground, *at_first)
    items = [ground.item("x"), ground.item("y", tasks=("To do", "Done")), ground.item("z", status="Done")]
    for item in items:
        put(ground, item, board)
    for what, number, status in steps:
        present = columns(ground, board)
        column = present[number % len(present)] if present else ""
        try:
            if what == "add":
                index = str(number % (len(present) + 1))
                ground.call("addBoardColumn", boardID=board, name="C", status=status, index=index)
            elif what == "work" and number % 2:
                ground.set_status(items[0], status)
            elif what == "work":
                ground.set_task_status(ground.tasks(items[1])[number % 2]["id"], status)
            elif column and what == "delete":
                ground.call("deleteBoardColumn", boardColumnID=column)
            elif column and what == "turn":
                ground.call("setBoardColumnStatus", boardColumnID=column, status=status)
            elif column:
                ground.call("moveBoardColumn", boardColumnID=column, index=str(number % len(present)))
        except RequirementNotSatisfied:
            assert what in ("delete", "turn")
    shared_world.check_log_gives_tables()
