"""The sample account: everything is filled somewhere, it is coherent, and the documentation's examples fit it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from scrumrpc.cli import sample
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, COLORS, TASK_STATUSES, at_most
from scrumrpc.model.ownership import owned_by
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES

Object = dict[str, Any]

ACCOUNT = sample.objects()
BY_TYPE: dict[str, list[Object]] = {name: [o for o in ACCOUNT if o["objectType"] == name] for name in STORED_TYPES}
BY_ID: dict[tuple[str, str], Object] = {(o["objectType"], o["id"]): o for o in ACCOUNT}
ITEMS = BY_TYPE["BacklogItem"]
NONE = -1.0

SHOP = "729-11230-1"

# What the examples of the 42 methods and of the overview name.
NAMED_BY_EXAMPLES = [
    (type_name, id)
    for type_name, ids in {
        "Project": (SHOP, "729-31745-129", "729-11324-623"),
        "Team": ("729-12445-3324",),
        "Person": ("729-4543-3632", "729-11304-39"),
        "Board": ("729-22343-233",),
        "BoardColumn": ("729-32978-775",),
        "Release": ("729-15367-3125",),
        "Sprint": ("729-10367-745",),
        "Tag": ("729-26431-545", "729-14308-3532", "729-0-69363"),
        "BacklogItem": ("729-0-69320", "729-0-69327", "729-11235-42", "729-43532-632"),
        "Task": ("729-37563-549", "729-15443-202", "729-11254-642"),
        "Checklist": ("729-24233-261",),
        "ChecklistItem": ("729-53083-896",),
        "Comment": ("729-23553-8545", "729-4343-645", "729-11753-342"),
        "Commit": ("729-12342-231",),
        "TimeEntry": ("729-9304-3924",),
        "Attachment": ("729-11304-39",),
    }.items()
    for id in ids
]

# External ids that the examples give to objects.
GIVEN_BY_EXAMPLES = {
    "AT54673349", "BI22354562", "BI25395043", "BO23908", "BC398342", "CL63497", "CI603942", "CO43093258", "CO87355644",
    "SC34329934", "PE39872462", "PR43268328", "PR58976373", "RE86536527", "SP86486527", "TG49303752", "TG34034090",
    "TA50984352", "TA93863984", "TE43903908", "TI34980254",
}  # fmt: skip


def get(type_name: str, id: str) -> Object:
    return BY_ID[type_name, id]


def refer_to(type_name: str, name: str, id: str) -> list[Object]:
    """The objects of the type whose property names the id, in order."""
    return [o for o in BY_TYPE[type_name] if o[name] == id]


def on(owner: Object, type_name: str) -> list[Object]:
    """What hangs on an object."""
    return [o for o in refer_to(type_name, "ownerObjectID", owner["id"]) if o["ownerObjectType"] == owner["objectType"]]


def tasks_of(item: Object) -> list[Object]:
    return refer_to("Task", "backlogItemID", item["id"])


def properties(kinds: str, *, stored: bool = True) -> list[Any]:
    return [
        pytest.param(name, p, id=f"{name}.{p.name}")
        for name, object_type in STORED_TYPES.items()
        for p in object_type.properties
        if p.kind in kinds.split() and p.stored == stored and not p.hidden
    ]


def named(o: Object, p: Property) -> list[tuple[str, str] | None]:
    """What a reference, or a list of them, names: for each id the key of the object, None if there is none."""
    types = [o["ownerObjectType"]] if p.name == "ownerObjectID" else p.target.split("|")
    ids = o[p.name] if p.kind == "refs" else [o[p.name]] if o[p.name] else []
    return [next(((t, id) for t in types if (t, id) in BY_ID), None) for id in ids]


def references(o: Object) -> list[Property]:
    return [p for p in STORED_TYPES[o["objectType"]].stored if p.kind in ("ref", "refs")]


# Completeness ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type_name", "p"), properties("id string enum integer number boolean date time ref refs"))
def test_every_property_is_filled_somewhere(type_name: str, p: Property) -> None:
    values = [o[p.name] for o in BY_TYPE[type_name]]
    assert any(value not in (None, "", [], NONE) for value in values)


@pytest.mark.parametrize(("type_name", "p"), properties("string enum number date ref refs"))
def test_every_property_that_may_be_empty_is_empty_somewhere(type_name: str, p: Property) -> None:
    if p.kind == "refs" or (p.nullable and (type_name, p.name) != ("TimeEntry", "usedTime")):
        assert any(o[p.name] in (None, [], NONE) for o in BY_TYPE[type_name])


@pytest.mark.parametrize(("type_name", "p"), properties("objects", stored=False))
def test_every_nested_list_is_filled_somewhere(type_name: str, p: Property) -> None:
    nested = STORED_TYPES[p.target]
    pointer = nested.nested_in if p.name == "replies" else nested.listed_in
    assert pointer
    assert {o[pointer] for o in BY_TYPE[p.target]} & {o["id"] for o in BY_TYPE[type_name]}


@pytest.mark.parametrize(("type_name", "p"), properties("enum"))
def test_every_value_of_every_enumeration_is_used(type_name: str, p: Property) -> None:
    if p.values != COLORS:
        assert {o[p.name] for o in BY_TYPE[type_name]} - {None} == set(p.values)


def test_every_color_is_used() -> None:
    assert {tag["color"] for tag in BY_TYPE["Tag"]} == set(COLORS)
    assert len({item["color"] for item in BY_TYPE["BacklogItem"]}) > 10


@pytest.mark.parametrize(("type_name", "p"), properties("boolean"))
def test_both_truth_values_are_used(type_name: str, p: Property) -> None:
    assert {o[p.name] for o in BY_TYPE[type_name]} == {True, False}


@pytest.mark.parametrize("type_name", STORED_TYPES["Comment"].property("ownerObjectType").values)
def test_replies_nest_two_levels_deep_on_every_type(type_name: str) -> None:
    comments = {c["id"]: c for c in BY_TYPE["Comment"] if c["ownerObjectType"] == type_name}
    parents = {c["parentCommentID"] for c in comments.values()} - {None}
    assert any(comments[parent]["parentCommentID"] for parent in parents)


@pytest.mark.parametrize("piece", ["é", "日本", "🎉", "\n", "\t", '"', "'", "\\", "<script>", "&", "%", "\u2028", "ة"])
def test_texts_hold_what_is_easily_got_wrong(piece: str) -> None:
    assert any(piece in value for o in ACCOUNT for value in o.values() if isinstance(value, str))


def test_people_differ_in_what_they_may() -> None:
    owners = {id for p in BY_TYPE["Project"] for id in p["productOwnerIDs"]}
    stakeholders = {id for p in BY_TYPE["Project"] for id in p["stakeholderIDs"]}
    members = {id for team in BY_TYPE["Team"] for id in team["teamMemberIDs"]}
    ordinary = {p["id"] for p in BY_TYPE["Person"] if p["isActivated"] and not p["isAdministrator"]}
    for role in (owners, stakeholders, members):
        assert ordinary & role
    assert ordinary - owners - stakeholders - members, "somebody reaches no project"


def test_deleted_persons_are_still_referred_to() -> None:
    deleted = {p["id"] for p in BY_TYPE["DeletedPerson"]}
    assert len(deleted) >= 2
    assert deleted & {c["creatorID"] for c in BY_TYPE["Comment"]}
    assert deleted & {c["creatorID"] for c in BY_TYPE["Commit"]}
    assert deleted & {e["personID"] for e in BY_TYPE["TimeEntry"]}
    assert deleted & {i["creatorID"] for i in BY_TYPE["BacklogItem"]}
    for work in ("BacklogItem", "Task"):
        assert deleted & {id for o in BY_TYPE[work] for id in o["assignedPersonIDs"]}


# Form -----------------------------------------------------------------------------------------------------------------


def test_it_is_always_the_same_and_json() -> None:
    assert sample.objects() == ACCOUNT
    assert json.loads(json.dumps(ACCOUNT)) == ACCOUNT
    sample.objects()[0]["firstName"] = "Somebody else"
    sample.objects()[30]["productOwnerIDs"] = ["changed"]
    assert sample.objects() == ACCOUNT


@pytest.mark.parametrize("type_name", STORED_TYPES)
def test_objects_have_the_properties_of_their_type(type_name: str) -> None:
    names = ["objectType", *(p.name for p in STORED_TYPES[type_name].stored if not p.hidden)]
    for o in BY_TYPE[type_name]:
        assert list(o) == names
        for p in STORED_TYPES[type_name].stored:
            if not p.hidden:
                assert _is_well_formed(p, o[p.name]), f"{o['id']}.{p.name} is {o[p.name]!r}"


def _is_well_formed(p: Property, value: Any) -> bool:
    if value is None:
        return p.nullable and p.kind != "number"
    if p.kind == "enum":
        return value in p.values
    if p.kind == "refs":
        return len(set(value)) == len(value)
    if p.kind == "date":
        return str(date.fromisoformat(value)) == str(value)
    if p.kind in ("integer", "time"):
        return type(value) is int and value > 0
    if p.kind == "number":
        return type(value) is float and (value >= 0 or value == NONE)
    if p.kind == "boolean":
        return type(value) is bool
    return type(value) is str and value != "" and (p.name != "externalID" or len(value) <= 255)


def test_ids_are_well_formed() -> None:
    for o in ACCOUNT:
        joined = o["objectType"] == "TeamSprintParticipation"
        assert re.fullmatch(r"\d+-\d+-\d+" + (r"_\d+-\d+" if joined else ""), o["id"])
    of_the_account = [o for o in ACCOUNT if o["id"].startswith(f"{sample.ACCOUNT}-")]
    assert len(ACCOUNT) - 3 < len(of_the_account) < len(ACCOUNT), "nearly all; imported people may keep other ids"


@pytest.mark.parametrize(("type_name", "p"), properties("id"))
def test_ids_are_unique_in_their_type(type_name: str, p: Property) -> None:
    assert max(Counter(o[p.name] for o in BY_TYPE[type_name]).values()) == 1


def test_only_the_id_that_the_documentation_uses_twice_is_used_twice() -> None:
    assert [id for id, count in Counter(o["id"] for o in ACCOUNT).items() if count > 1] == ["729-11304-39"]


@pytest.mark.parametrize(
    ("type_name", "name"),
    [("BacklogItem", "itemNumber"), ("Task", "taskNumber"), ("Project", "name"), ("Person", "emailAddress")]
    + [(name, "externalID") for name, t in STORED_TYPES.items() if t.has("externalID")],
)
def test_what_must_be_unique_in_the_account_is(type_name: str, name: str) -> None:
    counts = Counter(o[name] for o in BY_TYPE[type_name] if o[name] is not None)
    assert max(counts.values()) == 1


def test_tag_names_are_unique_in_their_project() -> None:
    assert max(Counter((t["projectID"], t["name"]) for t in BY_TYPE["Tag"]).values()) == 1


def test_references_name_earlier_objects_of_the_right_type() -> None:
    seen: set[tuple[str, str] | None] = set()
    for o in ACCOUNT:
        for p in references(o):
            assert set(named(o, p)) <= seen, f"{o['id']}.{p.name}"
        seen.add((o["objectType"], o["id"]))


# Coherence ------------------------------------------------------------------------------------------------------------


def test_everything_stays_within_its_project() -> None:
    for o in ACCOUNT:
        for p in references(o):
            for key in named(o, p):
                assert key
                project = key[1] if key[0] == "Project" else BY_ID[key].get("projectID")
                assert project in (None, o.get("projectID")), f"{o['id']}.{p.name}"


def test_participations_are_named_after_team_and_sprint() -> None:
    for o in BY_TYPE["TeamSprintParticipation"]:
        assert o["id"] == f"{o['teamID']}_{o['sprintID'].partition('-')[2]}"


def test_items_are_in_sprints_with_a_team_that_takes_part() -> None:
    parts = {(o["sprintID"], o["teamID"]) for o in BY_TYPE["TeamSprintParticipation"]}
    for item in ITEMS:
        assert (item["sprintID"], item["teamID"]) in parts | {(None, None)}, item["id"]


def test_items_have_a_status_that_their_sprint_and_board_allow() -> None:
    allowed = {
        "In planning": {"Assigned to sprint"},
        "In progress": set(TASK_STATUSES),
        "Completed": {"Sprint completed", "Released"},
        "Aborted": set(),
        "on a Kanban board": set(TASK_STATUSES),
        "in the backlog": {"New", "Ready for estimation", "Ready for sprint", "Released"},
    }
    for item in ITEMS:
        where = "on a Kanban board" if item["boardID"] else "in the backlog"
        if item["sprintID"]:
            where = get("Sprint", item["sprintID"])["status"]
        assert item["status"] in allowed[where], item["id"]


def test_items_are_on_the_board_of_their_sprint_or_on_a_kanban_board() -> None:
    for item in ITEMS:
        if item["sprintID"]:
            assert item["boardID"] == get("Sprint", item["sprintID"])["boardID"], item["id"]
        elif item["boardID"]:
            assert get("Board", item["boardID"])["type"] == "Kanban", item["id"]


def test_items_or_their_tasks_stand_in_columns_of_their_status() -> None:
    for item in ITEMS:
        tasks = tasks_of(item)
        in_columns = (tasks or [item]) if item["boardID"] else []
        for each in [item, *tasks]:
            if each in in_columns:
                column = get("BoardColumn", each["boardColumnID"])
                assert (column["boardID"], column["status"]) == (item["boardID"], each["status"]), each["id"]
            else:
                assert each["boardColumnID"] is None, each["id"]


def test_items_have_the_status_that_follows_from_their_tasks() -> None:
    for item in ITEMS:
        statuses = {task["status"] for task in tasks_of(item)}
        if statuses and item["status"] in TASK_STATUSES:
            lowest = min(statuses, key=TASK_STATUSES.index)
            expected = "In progress" if lowest == "To do" and len(statuses) > 1 else lowest
            assert item["status"] == expected, item["id"]
        elif statuses:
            finished = not at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done")
            assert statuses == ({"Done"} if finished else {"To do"}), item["id"]


def test_items_are_released_with_a_completed_release() -> None:
    completed = {release["id"] for release in BY_TYPE["Release"] if release["status"] == "Completed"}
    for item in ITEMS:
        assert (item["status"] == "Released") == (item["releaseID"] in completed), item["id"]


def test_items_and_tasks_sum_up_time_entries_and_tasks() -> None:
    for item in ITEMS:
        tasks = tasks_of(item)
        for task in tasks:
            assert task["usedTime"] == total(on(task, "TimeEntry")), task["id"]
        entries = [entry for each in [item, *tasks] for entry in on(each, "TimeEntry")]
        assert item["usedTime"] == total(entries), item["id"]
        for name in ("estimate", "remainingWork") if tasks else ():
            assert item[name] == total(tasks, name), item["id"]


def total(objects: list[Object], name: str = "usedTime") -> float:
    numbers = [o[name] for o in objects if o[name] != NONE]
    return sum(numbers) if numbers else NONE


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


# The documentation's examples -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type_name", "id"), NAMED_BY_EXAMPLES)
def test_objects_of_the_examples_exist(type_name: str, id: str) -> None:
    assert (type_name, id) in BY_ID


def test_what_the_examples_add_is_not_there() -> None:
    assert "Project 1" not in {p["name"] for p in BY_TYPE["Project"]}
    assert "Tag 1" not in {t["name"] for t in refer_to("Tag", "projectID", SHOP)}
    assert not GIVEN_BY_EXAMPLES & {o.get("externalID") for o in ACCOUNT}
    assert not {"729-110-2", "729-11230-2"} & {p["id"] for p in BY_TYPE["Project"]}, "examples of ObjectNotFound"


def test_bob_may_do_what_the_examples_do() -> None:
    [bob] = refer_to("Person", "emailAddress", sample.ADMINISTRATOR)
    assert bob["isAdministrator"]
    assert bob["isActivated"]


def test_the_examples_indexes_are_within_the_lists() -> None:
    assert len(BY_TYPE["Project"]) >= 5
    assert len(refer_to("BacklogItem", "projectID", SHOP)) >= 3
    assert [p["id"] for p in BY_TYPE["Project"][:2]] == [SHOP, "729-31745-129"]
    assert refer_to("BacklogItem", "projectID", SHOP)[0]["id"] == "729-11304-21"


def test_the_item_of_most_examples_can_take_them() -> None:
    item = get("BacklogItem", "729-0-69327")
    project = get("Project", item["projectID"])
    units = [project[f"{name}Unit"] for name in ("roughEstimate", "detailedEstimate", "timeTracking")]
    assert units == ["Points", "Days", "Hours"]
    assert at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done")
    assert tasks_of(item) == []
    assert "729-4543-3632" in get("Team", item["teamID"])["teamMemberIDs"]
    assert get("Comment", "729-23553-8545")["ownerObjectID"] == item["id"]
    given = {
        "name": "Example backlog item 1", "description": "An example description.", "link": "http://www.example.com",
        "priority": "High", "type": "Feature", "roughEstimate": 10.25, "creatorID": "729-4543-3632",
        "assignedPersonIDs": ["729-4543-3632"],
    }  # fmt: skip
    assert all(item[name] != value for name, value in given.items()), "each example changes something"


def test_what_the_examples_delete_is_not_needed_afterwards() -> None:
    for key in [("BacklogItem", "729-0-69320"), ("Comment", "729-4343-645")]:
        taken_along = belongings(BY_ID[key])
        assert len(taken_along) > 1
        assert not {(o["objectType"], o["id"]) for o in taken_along} & set(NAMED_BY_EXAMPLES)
    assert belongings(get("Task", "729-37563-549")) == belongings(get("Tag", "729-26431-545")) == []


def belongings(owner: Object) -> list[Object]:
    """What is deleted with an object."""
    direct = [
        o
        for type_name, name in owned_by(owner["objectType"])
        for o in refer_to(type_name, name, owner["id"])
        if name != "ownerObjectID" or o["ownerObjectType"] == owner["objectType"]
    ]
    return direct + [o for each in direct for o in belongings(each)]


def test_the_task_to_delete_leaves_its_item_as_it_is() -> None:
    task = get("Task", "729-37563-549")
    item = get("BacklogItem", task["backlogItemID"])
    rest = [t for t in tasks_of(item) if t is not task]
    assert at_most(BACKLOG_ITEM_STATUSES, item["status"], "Done")
    assert item["status"] == "In progress"
    assert len({t["status"] for t in rest}) > 1
    assert [task[name] for name in ("estimate", "usedTime", "remainingWork")] == [NONE, NONE, NONE]


def test_the_tag_to_delete_is_on_every_type_of_object() -> None:
    for type_name in ("Release", "Sprint", "BacklogItem", "Task"):
        assert any("729-26431-545" in o["tagIDs"] for o in BY_TYPE[type_name] if o["id"] != "729-0-69320")


def test_the_tag_of_the_examples_can_be_put_on_their_item() -> None:
    item, tag = get("BacklogItem", "729-43532-632"), get("Tag", "729-0-69363")
    assert tag["projectID"] == item["projectID"]
    assert tag["id"] not in item["tagIDs"]


def test_the_task_to_assign_is_with_the_person_s_team() -> None:
    task = get("Task", "729-15443-202")
    item = get("BacklogItem", task["backlogItemID"])
    assert "729-4543-3632" in get("Team", item["teamID"])["teamMemberIDs"]
    assert task["assignedPersonIDs"] != ["729-4543-3632"]


def test_the_overview_s_item_and_task_are_as_shown() -> None:
    assert get("BacklogItem", "729-11304-21") == {
        "objectType": "BacklogItem", "id": "729-11304-21", "externalID": None, "itemNumber": 214,
        "projectID": SHOP, "name": "Backlog item 1", "description": None, "link": None, "priority": None,
        "type": "Feature", "color": "Blue", "creatorID": "729-3232-553", "releaseID": None, "status": "New",
        "roughEstimate": NONE, "estimate": NONE, "usedTime": NONE, "remainingWork": NONE, "sprintID": None,
        "teamID": None, "boardID": None, "boardColumnID": None, "assignedPersonIDs": [], "tagIDs": [],
    }  # fmt: skip
    assert get("Task", "729-11304-28") == {
        "objectType": "Task", "id": "729-11304-28", "externalID": None, "taskNumber": 532, "projectID": SHOP,
        "backlogItemID": "729-11304-21", "name": "Task 1", "description": None, "link": None, "color": "Blue",
        "status": "To do", "boardColumnID": None, "estimate": NONE, "usedTime": NONE, "remainingWork": NONE,
        "assignedPersonIDs": [], "tagIDs": [],
    }  # fmt: skip
    shop = get("Project", SHOP)
    assert shop["productOwnerIDs"] == ["729-334-1"]
    assert shop["stakeholderIDs"] == ["729-4151-1", "729-8107-6"]
