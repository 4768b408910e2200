"""The sample account is coherent: the rules of every account hold, and more that makes it look alive."""

from __future__ import annotations

from collections import defaultdict

from scrumrpc.cli import sample
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES, at_most
from scrumrpc.model.invariants import violations
from scrumrpc.model.types import STORED_TYPES
from tests.unit.sample.account import BY_TYPE, ITEMS, NONE, get, refer_to, tasks_of
from tests.world import World

END_OF_THE_PRESENT_DAY = 1_381_363_200_000
"""The midnight after 9 October 2013, UTC."""


def test_it_breaks_no_rule(world: World) -> None:
    world.load(*sample.objects())
    assert violations(world.tables()) == []


def test_participations_are_named_after_team_and_sprint() -> None:
    for o in BY_TYPE["TeamSprintParticipation"]:
        assert o["id"] == f"{o['teamID']}_{o['sprintID'].partition('-')[2]}"


def test_every_item_is_in_a_list_and_every_project_has_one() -> None:
    assert all(item["backlogListID"] for item in ITEMS)
    for project in BY_TYPE["Project"]:
        assert refer_to("BacklogList", "projectID", project["id"]), project["id"]


def test_what_happens_in_time_happens_in_order_and_before_the_present() -> None:
    for type_name, object_type in STORED_TYPES.items():
        for p in object_type.stored:
            if p.kind == "time":
                assert all(o[p.name] is None or o[p.name] < END_OF_THE_PRESENT_DAY for o in BY_TYPE[type_name])
    for work in (*ITEMS, *BY_TYPE["Task"]):
        assert (work["creationDate"] or 0) <= (work["toDoDate"] or END_OF_THE_PRESENT_DAY), work["id"]


def test_work_has_all_dates_up_to_its_status_or_none() -> None:
    dates = {"To do": "toDoDate", "In progress": "inProgressDate", "To test": "toTestDate", "Done": "doneDate"}
    for work in (*ITEMS, *BY_TYPE["Task"]):
        expected = [name for status, name in dates.items() if at_most(BACKLOG_ITEM_STATUSES, status, work["status"])]
        assert [name for name in dates.values() if work[name] is not None] in ([], expected), work["id"]


def test_finished_items_have_finished_tasks_and_unbegun_ones_unbegun() -> None:
    for item in ITEMS:
        statuses = {task["status"] for task in tasks_of(item)}
        if statuses and item["status"] not in TASK_STATUSES:
            finished = not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done")
            assert statuses == ({"Done"} if finished else {"To do"}), item["id"]


def test_items_are_released_with_a_completed_release() -> None:
    completed = {release["id"] for release in BY_TYPE["Release"] if release["status"] == "Completed"}
    for item in ITEMS:
        assert (item["status"] == "Released") == (item["releaseID"] in completed), item["id"]


def test_no_work_remains_on_what_is_done() -> None:
    for each in ITEMS + BY_TYPE["Task"]:
        if at_most(BACKLOG_ITEM_STATUSES, "Done", each["status"]):
            assert each["remainingWork"] in (0, NONE), each["id"]


def test_items_or_their_tasks_are_assigned_to_members_of_their_team() -> None:
    deleted = {p["id"] for p in BY_TYPE["DeletedPerson"]}
    for item in ITEMS:
        teams = [get("Team", item["teamID"])] if item["teamID"] else refer_to("Team", "projectID", item["projectID"])
        members = {id for team in teams for id in team["teamMemberIDs"]}
        tasks = tasks_of(item)
        assert not (tasks and item["assignedPersonIDs"]), item["id"]
        for each in [item, *tasks]:
            assert set(each["assignedPersonIDs"]) <= members | deleted, each["id"]


def test_sprints_in_progress_use_a_scrum_board_each_and_other_sprints_none() -> None:
    used = [get("Board", s["boardID"]) for s in BY_TYPE["Sprint"] if s["status"] == "In progress"]
    assert {board["type"] for board in used} == {"Scrum"}
    assert len({board["id"] for board in used}) == len(used)
    assert all(s["boardID"] is None for s in BY_TYPE["Sprint"] if s["status"] != "In progress")


def test_boards_lead_from_to_do_to_done() -> None:
    for board in BY_TYPE["Board"]:
        statuses = [c["status"] for c in refer_to("BoardColumn", "boardID", board["id"])]
        assert statuses[0] == "To do"
        assert statuses == sorted(statuses, key=TASK_STATUSES.index)


def test_days_are_in_order() -> None:
    for type_name, first, last in (("Sprint", "startDate", "endDate"), ("Release", "startDate", "releaseDate")):
        for o in BY_TYPE[type_name]:
            assert o[first] is None or o[last] is None or o[first] < o[last], o["id"]


def test_comments_come_oldest_first_and_replies_are_on_the_same_object() -> None:
    dates: dict[tuple[str, str], list[int]] = defaultdict(list)
    for c in BY_TYPE["Comment"]:
        owner = (c["ownerObjectType"], c["ownerObjectID"])
        dates[owner].append(c["date"])
        if c["parentCommentID"]:
            parent = get("Comment", c["parentCommentID"])
            assert owner == (parent["ownerObjectType"], parent["ownerObjectID"]), c["id"]
    for of_owner in dates.values():
        assert of_owner == sorted(set(of_owner)), "each a while after the one before"
