"""The sample account: everything is filled somewhere, it is coherent, and the documentation's examples find their objects."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from scrumrpc.cli import sample
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, COLORS, TASK_STATUSES, at_most
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES

Object = dict[str, Any]

ACCOUNT = sample.objects()
BY_TYPE: dict[str, list[Object]] = {name: [o for o in ACCOUNT if o["objectType"] == name] for name in STORED_TYPES}
BY_ID: dict[tuple[str, str], Object] = {(o["objectType"], o["id"]): o for o in ACCOUNT}
NONE = -1.0

SHOP = "729-11230-1"

# What the 42 examples of the methods and those of the overview name, in the documentation's order.
NAMED_BY_EXAMPLES = [
    ("Project", SHOP),
    ("Attachment", "729-11304-39"),
    ("BacklogItem", "729-0-69320"),
    ("BacklogItem", "729-0-69327"),
    ("Person", "729-4543-3632"),
    ("BacklogItem", "729-11235-42"),
    ("Board", "729-22343-233"),
    ("BoardColumn", "729-32978-775"),
    ("Checklist", "729-24233-261"),
    ("ChecklistItem", "729-53083-896"),
    ("Comment", "729-23553-8545"),
    ("Comment", "729-4343-645"),
    ("Comment", "729-11753-342"),
    ("Commit", "729-12342-231"),
    ("Project", "729-31745-129"),
    ("Person", "729-11304-39"),
    ("Project", "729-11324-623"),
    ("Release", "729-15367-3125"),
    ("Sprint", "729-10367-745"),
    ("Tag", "729-26431-545"),
    ("Tag", "729-14308-3532"),
    ("Tag", "729-0-69363"),
    ("BacklogItem", "729-43532-632"),
    ("Task", "729-37563-549"),
    ("Task", "729-15443-202"),
    ("Task", "729-11254-642"),
    ("Team", "729-12445-3324"),
    ("TimeEntry", "729-9304-3924"),
    # Shown in the answer to the overview's getData.
    ("BacklogItem", "729-11304-21"),
    ("Task", "729-11304-28"),
    ("Person", "729-334-1"),
    ("Person", "729-4151-1"),
    ("Person", "729-8107-6"),
    ("Person", "729-3232-553"),
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


def of_items_and_tasks(objects: list[Object]) -> list[Any]:
    return [pytest.param(o, id=o["id"]) for o in objects]


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
    containers = {o[nested.nested_in] for o in BY_TYPE[p.target]} if p.name == "replies" and nested.nested_in else set()
    if not containers and nested.listed_in == "ownerObjectID":
        containers = {o["ownerObjectID"] for o in BY_TYPE[p.target] if o["ownerObjectType"] == type_name}
    elif not containers and nested.listed_in is not None:
        containers = {o[nested.listed_in] for o in BY_TYPE[p.target]}
    assert containers & {o["id"] for o in BY_TYPE[type_name]}


@pytest.mark.parametrize("name", ["releaseID", "boardID", "sprintID"])
def test_backlog_items_are_assigned(name: str) -> None:
    assert any(item[name] for item in BY_TYPE["BacklogItem"])


@pytest.mark.parametrize(("type_name", "p"), properties("enum"))
def test_every_value_of_every_enumeration_is_used(type_name: str, p: Property) -> None:
    if p.values != COLORS:
        assert {o[p.name] for o in BY_TYPE[type_name]} - {None} == set(p.values)


def test_every_color_is_used() -> None:
    assert {tag["color"] for tag in BY_TYPE["Tag"]} == set(COLORS)
    assert len({item["color"] for item in BY_TYPE["BacklogItem"]}) > 10


@pytest.mark.parametrize(
    ("type_name", "name"),
    [("ChecklistItem", "isChecked"), ("Person", "isActivated"), ("Person", "isAdministrator")],
)
def test_both_truth_values_are_used(type_name: str, name: str) -> None:
    assert {o[name] for o in BY_TYPE[type_name]} == {True, False}


@pytest.mark.parametrize("type_name", STORED_TYPES["Comment"].property("ownerObjectType").values)
def test_replies_nest_two_levels_deep_on_every_type(type_name: str) -> None:
    comments = {c["id"]: c for c in BY_TYPE["Comment"] if c["ownerObjectType"] == type_name}
    parents = {c["parentCommentID"] for c in comments.values()} - {None}
    assert any(comments[parent]["parentCommentID"] for parent in parents)


@pytest.mark.parametrize("piece", ["é", "日本", "🎉", "\n", "\t", '"', "'", "\\", "<script>", "&", "%", "+", "\u2028", "ا"])
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
    match p.kind:
        case "id":
            return isinstance(value, str)
        case "string":
            return isinstance(value, str) and value != "" and (p.name != "externalID" or len(value) <= 255)
        case "enum":
            return value in p.values
        case "integer" | "time":
            return type(value) is int and value > 0
        case "number":
            return type(value) is float and (value >= 0 or value == NONE)
        case "boolean":
            return type(value) is bool
        case "date":
            return date.fromisoformat(value).isoformat() == value
        case "ref":
            return isinstance(value, str)
        case "refs":
            return len(set(value)) == len(value)
        case _:
            return False


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
    seen: set[tuple[str, str]] = set()
    for o in ACCOUNT:
        for p in STORED_TYPES[o["objectType"]].stored:
            if p.kind in ("ref", "refs"):
                types = [o["ownerObjectType"]] if p.name == "ownerObjectID" else p.target.split("|")
                ids = o[p.name] if p.kind == "refs" else [o[p.name]]
                for id in ids:
                    assert id is None or any((t, id) in seen for t in types), f"{o['id']}.{p.name}: {id}"
        seen.add((o["objectType"], o["id"]))


# Coherence ------------------------------------------------------------------------------------------------------------


def test_everything_stays_within_its_project() -> None:
    for o in ACCOUNT:
        for p in STORED_TYPES[o["objectType"]].stored:
            if p.kind not in ("ref", "refs") or p.name == "projectID":
                continue
            types = [o["ownerObjectType"]] if p.name == "ownerObjectID" else p.target.split("|")
            for id in o[p.name] if p.kind == "refs" else [o[p.name]]:
                named = next((BY_ID[t, id] for t in types if (t, id) in BY_ID), None)
                if named and named["objectType"] == "Project":
                    assert o["projectID"] == named["id"]
                elif named and "projectID" in named:
                    assert o["projectID"] == named["projectID"], f"{o['id']}.{p.name}"


@pytest.mark.parametrize("participation", of_items_and_tasks(BY_TYPE["TeamSprintParticipation"]))
def test_participations_are_named_after_team_and_sprint(participation: Object) -> None:
    sprint = participation["sprintID"].partition("-")[2]
    assert participation["id"] == f"{participation['teamID']}_{sprint}"


@pytest.mark.parametrize("item", of_items_and_tasks(BY_TYPE["BacklogItem"]))
class TestBacklogItem:
    def test_is_with_a_team_of_its_sprint(self, item: Object) -> None:
        assert (item["sprintID"] is None) == (item["teamID"] is None)
        if item["sprintID"]:
            assert any(p["teamID"] == item["teamID"] for p in refer_to("TeamSprintParticipation", "sprintID", item["sprintID"]))
            assert at_most(BACKLOG_ITEM_STATUSES, "Assigned to sprint", item["status"])

    def test_has_the_status_that_its_sprint_allows(self, item: Object) -> None:
        if item["sprintID"]:
            allowed = {
                "In planning": {"Assigned to sprint"},
                "In progress": set(TASK_STATUSES),
                "Completed": {"Sprint completed", "Released"},
                "Aborted": set(),
            }
            assert item["status"] in allowed[get("Sprint", item["sprintID"])["status"]]
        elif item["boardID"] is None:
            assert item["status"] in {"New", "Ready for estimation", "Ready for sprint", "Released"}

    def test_is_on_the_board_of_its_sprint_or_on_a_kanban_board(self, item: Object) -> None:
        sprint = get("Sprint", item["sprintID"]) if item["sprintID"] else None
        board = get("Board", item["boardID"]) if item["boardID"] else None
        if sprint and sprint["status"] == "In progress":
            assert board
            assert board["id"] == sprint["boardID"]
            assert board["type"] == "Scrum"
        elif board:
            assert sprint is None
            assert board["type"] == "Kanban"
        assert (board is not None) == (item["status"] in TASK_STATUSES)

    def test_stands_in_a_column_of_its_status_or_its_tasks_do(self, item: Object) -> None:
        tasks = tasks_of(item)
        standing = [] if item["boardID"] is None else (tasks or [item])
        for each in [item, *tasks]:
            if each in standing:
                column = get("BoardColumn", each["boardColumnID"])
                assert column["boardID"] == item["boardID"]
                assert column["status"] == each["status"]
            else:
                assert each["boardColumnID"] is None

    def test_has_the_status_that_follows_from_its_tasks(self, item: Object) -> None:
        statuses = {task["status"] for task in tasks_of(item)}
        if not statuses:
            return
        if item["status"] in TASK_STATUSES:
            lowest = min(statuses, key=TASK_STATUSES.index)
            expected = "In progress" if lowest == "To do" and len(statuses) > 1 else lowest
            assert item["status"] == expected
        else:
            done = at_most(BACKLOG_ITEM_STATUSES, "Done", item["status"])
            assert statuses == ({"Done"} if done else {"To do"})

    def test_is_released_with_a_completed_release(self, item: Object) -> None:
        release = get("Release", item["releaseID"]) if item["releaseID"] else None
        assert (item["status"] == "Released") == (release is not None and release["status"] == "Completed")

    def test_sums_up_what_was_used(self, item: Object) -> None:
        tasks = tasks_of(item)
        for task in tasks:
            assert task["usedTime"] == _sum(on(task, "TimeEntry"))
        assert item["usedTime"] == _sum(on(item, "TimeEntry") + [e for task in tasks for e in on(task, "TimeEntry")])

    def test_sums_up_its_tasks(self, item: Object) -> None:
        for name in ("estimate", "remainingWork") if tasks_of(item) else ():
            assert item[name] == _sum(tasks_of(item), name)

    def test_is_assigned_to_members_of_its_team_or_its_tasks_are(self, item: Object) -> None:
        teams = refer_to("Team", "projectID", item["projectID"])
        if item["teamID"]:
            teams = [get("Team", item["teamID"])]
        members = {id for team in teams for id in team["teamMemberIDs"]}
        deleted = {p["id"] for p in BY_TYPE["DeletedPerson"]}
        for each in [item, *tasks_of(item)]:
            assert set(each["assignedPersonIDs"]) <= members | deleted
        assert not (tasks_of(item) and item["assignedPersonIDs"])

    def test_has_no_work_remaining_when_done(self, item: Object) -> None:
        for each in [item, *tasks_of(item)]:
            if at_most(BACKLOG_ITEM_STATUSES, "Done", each["status"]):
                assert each["remainingWork"] in (0, NONE)


def _sum(objects: list[Object], name: str = "usedTime") -> float:
    numbers = [o[name] for o in objects if o[name] != NONE]
    return sum(numbers) if numbers else NONE


def test_sprints_in_progress_use_a_scrum_board_each_and_other_sprints_none() -> None:
    boards = {s["id"]: s["boardID"] for s in BY_TYPE["Sprint"] if s["status"] == "In progress"}
    assert len(set(boards.values())) == len(boards)
    assert all(get("Board", board)["type"] == "Scrum" for board in boards.values())
    assert all(s["boardID"] is None for s in BY_TYPE["Sprint"] if s["status"] != "In progress")
    assert all(s["startDate"] < s["endDate"] for s in BY_TYPE["Sprint"])


def test_every_board_has_a_column_to_begin_with() -> None:
    for board in BY_TYPE["Board"]:
        statuses = [c["status"] for c in refer_to("BoardColumn", "boardID", board["id"])]
        assert statuses[0] == "To do"
        assert statuses == sorted(statuses, key=TASK_STATUSES.index)


def test_comments_come_oldest_first_and_replies_are_on_the_same_object() -> None:
    dates: dict[tuple[str, str], list[int]] = defaultdict(list)
    replies: dict[str | None, list[int]] = defaultdict(list)
    for c in BY_TYPE["Comment"]:
        dates[c["ownerObjectType"], c["ownerObjectID"]].append(c["date"])
        if c["parentCommentID"]:
            parent = get("Comment", c["parentCommentID"])
            assert [c[n] for n in ("ownerObjectType", "ownerObjectID")] == [
                parent[n] for n in ("ownerObjectType", "ownerObjectID")
            ]
            assert c["date"] > parent["date"]
    del replies
    for of_owner in dates.values():
        assert of_owner == sorted(set(of_owner))


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
    gone: list[Object] = [
        get("BacklogItem", "729-0-69320"), get("Comment", "729-4343-645"), get("Tag", "729-26431-545"),
        get("Task", "729-37563-549"),
    ]  # fmt: skip
    for o in gone:
        for type_name, object_type in STORED_TYPES.items():
            for name in (object_type.listed_in, object_type.nested_in):
                if name and o["objectType"] in object_type.property(name).target.split("|"):
                    gone += [c for c in refer_to(type_name, name, o["id"]) if c.get("ownerObjectType", o["objectType"]) in
                             (o["objectType"], "Sprint")]
    assert [o["id"] for o in gone if (o["objectType"], o["id"]) in NAMED_BY_EXAMPLES] == [
        "729-0-69320", "729-4343-645", "729-26431-545", "729-37563-549",
    ]  # fmt: skip
    assert len(gone) > 10, "and it takes something with it"


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
