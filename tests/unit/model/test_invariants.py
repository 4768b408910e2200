"""The rules of the account's state: one valid account, and for each rule what breaks it and nothing else."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.image import Image
from scrumrpc.model.invariants import RULES, violations
from scrumrpc.model.invariants.around import Changed, broken_by
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES

PROJECT, ELSEWHERE, ANN, GONE, TEAM, OTHERS, TAG, FOREIGN_TAG = range(1, 9)
BACKLOG, LIST, SECOND_LIST, TASK_BOARD, TO_DO, DOING, DONE, KANBAN = range(11, 19)
WAITING, SOLVED, PLANNED, RUNNING, FINISHED, RELEASE, OLD_RELEASE = range(21, 28)
EPIC, INNER_EPIC, CHILD, PLAIN, BUG, IN_PLANNED, IN_RUNNING, IN_FINISHED = range(31, 39)
WITH_TASKS, ON_KANBAN, RELEASED, TASK_1, TASK_2, ENTRY, TASK_ENTRY = range(41, 48)
FOLDER, FILE, COMMENT, REPLY, RETROSPECTIVE, CARD, FIRST, SECOND = range(51, 59)
FIELDS, VALUES, PARTICIPATION, NEW = 100, 200, 300, 400

FIELD_TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "Text (single line)": ("one line", {}),
    "Text (multiple lines)": ("two\nlines", {}),
    "Checkbox": ("true", {}),
    "Integer": ("-12", {"unit": "kg"}),
    "Number": ("2.5", {"unit": "kg"}),
    "Date": ("2013-10-09", {}),
    "Link": ("http://www.example.com", {}),
    "Person": (f"1-0-{ANN}", {}),
    "Team": (f"1-0-{TEAM}", {}),
    "Release": (f"1-0-{RELEASE}", {}),
    "Sprint": (f"1-0-{PLANNED}", {}),
    "Dropdown": ("b", {"options": ["a", "b", "c"]}),
    "Radio buttons": ("a", {"options": ["a", "b"]}),
    "Checkboxes": ("a,c", {"options": ["a", "b", "c"]}),
    "List (single selection)": ("c", {"options": ["a", "b", "c"]}),
    "List (multiple selections)": ("b,c", {"options": ["a", "b", "c"]}),
}
"""A value that fits each type of custom field, and what fields of the type have."""


def field(type_name: str) -> int:
    return FIELDS + list(FIELD_TYPES).index(type_name)


def value(type_name: str) -> int:
    return VALUES + list(FIELD_TYPES).index(type_name)


def record(number: int, type_name: str, **values: Any) -> Record:
    """An object in which all is empty that is not given."""
    empty: dict[str, Any] = {
        p.name: [] if p.kind == "refs" else p.default for p in STORED_TYPES[type_name].stored if p.name != "id"
    }
    known = {"id": f"1-0-{number}", **empty, "rank": f"a{number:03}"}
    if "projectID" in known:
        known["projectID"] = PROJECT
    assert values.keys() <= known.keys()
    return Record(number, type_name, {**known, **values})


def item(number: int, status: str, **values: Any) -> Record:
    return record(number, "BacklogItem", status=status, **{"type": "Feature", "backlogListID": LIST, **values})


def task(number: int, status: str, **values: Any) -> Record:
    return record(number, "Task", status=status, backlogItemID=WITH_TASKS, **values)


VALID = [
    record(PROJECT, "Project", productOwnerIDs=[ANN]),
    record(ELSEWHERE, "Project"),
    record(ANN, "Person"),
    record(GONE, "DeletedPerson"),
    record(TEAM, "Team", teamMemberIDs=[ANN]),
    record(OTHERS, "Team"),
    record(TAG, "Tag"),
    record(FOREIGN_TAG, "Tag", projectID=ELSEWHERE),
    record(BACKLOG, "Backlog"),
    record(LIST, "BacklogList", backlogID=BACKLOG),
    record(SECOND_LIST, "BacklogList", backlogID=BACKLOG),
    record(TASK_BOARD, "Board", type="Scrum"),
    record(TO_DO, "BoardColumn", boardID=TASK_BOARD, status="To do"),
    record(DOING, "BoardColumn", boardID=TASK_BOARD, status="In progress"),
    record(DONE, "BoardColumn", boardID=TASK_BOARD, status="Done"),
    record(KANBAN, "Board", type="Kanban"),
    record(WAITING, "BoardColumn", boardID=KANBAN, status="To do"),
    record(SOLVED, "BoardColumn", boardID=KANBAN, status="Done"),
    record(PLANNED, "Sprint", status="In planning", boardID=TASK_BOARD),
    record(RUNNING, "Sprint", status="In progress", boardID=TASK_BOARD),
    record(FINISHED, "Sprint", status="Completed"),
    record(RELEASE, "Release", status="In progress", tagIDs=[TAG]),
    record(OLD_RELEASE, "Release", status="Completed"),
    record(PARTICIPATION, "TeamSprintParticipation", teamID=TEAM, sprintID=PLANNED),
    record(PARTICIPATION + 1, "TeamSprintParticipation", teamID=TEAM, sprintID=RUNNING),
    item(EPIC, "New", type="Epic"),
    item(INNER_EPIC, "New", type="Epic", parentEpicID=EPIC),
    item(CHILD, "Ready for sprint", parentEpicID=INNER_EPIC),
    item(PLAIN, "Done", toDoDate=5, doneDate=7, assignedPersonIDs=[GONE], tagIDs=[TAG], usedTime=4.0),
    item(BUG, "New", type="Bug", bugState="Open", reproducible="Always"),
    item(IN_PLANNED, "Assigned to sprint", sprintID=PLANNED, teamID=TEAM),
    item(
        IN_RUNNING, "To test", sprintID=RUNNING, teamID=TEAM, boardID=TASK_BOARD, boardRank="a0",
        assignedPersonIDs=[ANN], toDoDate=1, inProgressDate=2, toTestDate=2,
    ),
    item(IN_FINISHED, "Sprint completed", sprintID=FINISHED, teamID=TEAM),
    item(
        WITH_TASKS, "In progress", sprintID=RUNNING, teamID=TEAM, boardID=TASK_BOARD, boardRank="a1", estimate=0.75,
        remainingWork=0.1, usedTime=3.5,
    ),
    task(TASK_1, "To do", boardColumnID=TO_DO, estimate=0.25),
    task(
        TASK_2, "Done", boardColumnID=DONE, assignedPersonIDs=[ANN], estimate=0.5, remainingWork=0.1, usedTime=1.5,
    ),
    item(
        ON_KANBAN, "Done", boardID=KANBAN, boardColumnID=SOLVED, boardRank="a0", isArchivedInBoard=True,
        assignedPersonIDs=[ANN],
    ),
    item(RELEASED, "Released", releaseID=OLD_RELEASE),
    record(ENTRY, "TimeEntry", ownerObjectType="BacklogItem", ownerObjectID=WITH_TASKS, personID=GONE, usedTime=2.0),
    record(TASK_ENTRY, "TimeEntry", ownerObjectType="Task", ownerObjectID=TASK_2, personID=ANN, usedTime=1.5),
    record(FOLDER, "File", isFolder=True),
    record(FILE, "File", isFolder=False, parentFolderID=FOLDER),
    record(COMMENT, "Comment", ownerObjectType="BacklogItem", ownerObjectID=PLAIN),
    record(REPLY, "Comment", ownerObjectType="BacklogItem", ownerObjectID=PLAIN, parentCommentID=COMMENT),
    record(RETROSPECTIVE, "Retrospective", columnNames=["Good", "Bad"], columnColors=["Green", "Red"]),
    record(CARD, "RetrospectiveCard", retrospectiveID=RETROSPECTIVE, columnNum=2),
    record(
        FIRST, "Relationship", type="Must be done before", fromObjectType="BacklogItem", fromObjectID=PLAIN,
        toObjectType="BacklogItem", toObjectID=BUG,
    ),
    record(
        SECOND, "Relationship", type="Must be done after", fromObjectType="Task", fromObjectID=TASK_1,
        toObjectType="BacklogItem", toObjectID=BUG,
    ),
    *(
        record(field(name), "CustomField", type=name, ownerObjectTypes=["BacklogItem", "Task"], **more)
        for name, (_, more) in FIELD_TYPES.items()
    ),
    *(
        record(
            value(name), "CustomFieldValue", customFieldID=field(name), ownerObjectType="BacklogItem",
            ownerObjectID=PLAIN, value=text,
        )
        for name, (text, _) in FIELD_TYPES.items()
    ),
]  # fmt: skip
BY_NUMBER = {each.number: each for each in VALID}
assert len(BY_NUMBER) == len(VALID)

RELATED = {"fromObjectType": "BacklogItem", "toObjectType": "BacklogItem"}
FIELD_VALUE = {"ownerObjectType": "BacklogItem", "ownerObjectID": PLAIN}

BROKEN: list[tuple[str, list[Record], list[int]]] = [
    ("references_stay_in_the_project", [BY_NUMBER[PLAIN].changed(tagIDs=[FOREIGN_TAG])], [PLAIN, FOREIGN_TAG]),
    ("references_stay_in_the_project", [BY_NUMBER[PLAIN].changed(creatorID=999)], [PLAIN]),
    ("references_stay_in_the_project", [BY_NUMBER[TEAM].changed(teamMemberIDs=[GONE])], [TEAM, GONE]),
    ("references_stay_in_the_project", [BY_NUMBER[ENTRY].changed(ownerObjectType="Task")], [ENTRY, WITH_TASKS]),
    ("references_stay_in_the_project", [BY_NUMBER[FIRST].changed(toObjectType="Task")], [FIRST, BUG]),
    ("lists_name_each_object_once", [BY_NUMBER[RELEASE].changed(tagIDs=[TAG, TAG])], [RELEASE]),
    ("lists_name_each_object_once", [BY_NUMBER[PROJECT].changed(stakeholderIDs=[ANN, ANN])], [PROJECT]),
    ("objects_nest_in_fitting_ones", [BY_NUMBER[FOLDER].changed(isFolder=False)], [FILE, FOLDER]),
    ("objects_nest_in_fitting_ones", [BY_NUMBER[FOLDER].changed(parentFolderID=FOLDER)], [FOLDER]),
    ("objects_nest_in_fitting_ones", [BY_NUMBER[REPLY].changed(ownerObjectID=BUG)], [REPLY, COMMENT]),
    ("objects_nest_in_fitting_ones", [BY_NUMBER[EPIC].changed(parentEpicID=INNER_EPIC)], [EPIC, INNER_EPIC]),
    ("epics_hold_the_work_of_others", [item(NEW, "New", parentEpicID=PLAIN)], [NEW, PLAIN]),
    ("epics_hold_the_work_of_others", [BY_NUMBER[WITH_TASKS].changed(type="Epic")], [WITH_TASKS]),
    ("epics_hold_the_work_of_others", [BY_NUMBER[IN_PLANNED].changed(type="Epic")], [IN_PLANNED]),
    ("epics_hold_the_work_of_others", [BY_NUMBER[ON_KANBAN].changed(type="Epic")], [ON_KANBAN]),
    ("epics_hold_the_work_of_others", [BY_NUMBER[CHILD].changed(backlogListID=SECOND_LIST)], [CHILD, INNER_EPIC]),
    ("teams_take_part_in_their_sprints", [BY_NUMBER[PLAIN].changed(teamID=TEAM)], [PLAIN, TEAM]),
    ("teams_take_part_in_their_sprints", [BY_NUMBER[IN_PLANNED].changed(teamID=None)], [IN_PLANNED, PLANNED]),
    ("teams_take_part_in_their_sprints", [BY_NUMBER[IN_RUNNING].changed(teamID=OTHERS)], [IN_RUNNING, OTHERS]),
    ("statuses_fit_the_place", [BY_NUMBER[IN_PLANNED].changed(status="New")], [IN_PLANNED, PLANNED]),
    ("statuses_fit_the_place", [BY_NUMBER[IN_FINISHED].changed(status="To do")], [IN_FINISHED, FINISHED]),
    ("statuses_fit_the_place", [BY_NUMBER[BUG].changed(status="Assigned to sprint")], [BUG]),
    (
        "statuses_fit_the_place",
        [item(NEW, "Sprint completed", boardID=KANBAN, boardRank="a1")],
        [NEW, KANBAN],
    ),
    (
        "statuses_fit_the_place",
        [item(NEW, "Released", sprintID=RUNNING, teamID=TEAM, boardID=TASK_BOARD, boardRank="a4")],
        [NEW, RUNNING],
    ),
    (
        "boards_hold_what_is_being_worked_on",
        [BY_NUMBER[IN_RUNNING].changed(boardID=None, boardRank=None)],
        [IN_RUNNING, RUNNING],
    ),
    (
        "boards_hold_what_is_being_worked_on",
        [BY_NUMBER[IN_FINISHED].changed(boardID=TASK_BOARD, boardRank="a5")],
        [IN_FINISHED, TASK_BOARD, FINISHED],
    ),
    (
        "boards_hold_what_is_being_worked_on",
        [BY_NUMBER[IN_PLANNED].changed(boardID=TASK_BOARD, boardRank="a5")],
        [IN_PLANNED, PLANNED],
    ),
    (
        "boards_hold_what_is_being_worked_on",
        [item(NEW, "To do", boardID=TASK_BOARD, boardColumnID=TO_DO, boardRank="a5")],
        [NEW, TASK_BOARD],
    ),
    ("boards_hold_what_is_being_worked_on", [BY_NUMBER[ON_KANBAN].changed(boardRank=None)], [ON_KANBAN]),
    ("boards_hold_what_is_being_worked_on", [BY_NUMBER[PLAIN].changed(boardRank="a1")], [PLAIN]),
    ("boards_hold_what_is_being_worked_on", [BY_NUMBER[PLAIN].changed(isArchivedInBoard=True)], [PLAIN]),
    ("columns_have_the_status_of_what_stands_in_them", [BY_NUMBER[WITH_TASKS].changed(boardColumnID=DOING)], [41]),
    ("columns_have_the_status_of_what_stands_in_them", [BY_NUMBER[TASK_1].changed(boardColumnID=DONE)], [TASK_1]),
    ("columns_have_the_status_of_what_stands_in_them", [BY_NUMBER[TASK_1].changed(boardColumnID=None)], [TASK_1]),
    ("columns_have_the_status_of_what_stands_in_them", [BY_NUMBER[TASK_1].changed(boardColumnID=WAITING)], [TASK_1]),
    ("columns_have_the_status_of_what_stands_in_them", [BY_NUMBER[IN_RUNNING].changed(boardColumnID=DONE)], [37]),
    ("only_done_items_are_put_away", [BY_NUMBER[IN_RUNNING].changed(isArchivedInBoard=True)], [IN_RUNNING]),
    (
        "only_done_items_are_put_away",
        [BY_NUMBER[ON_KANBAN].changed(status="To do", boardColumnID=WAITING)],
        [ON_KANBAN, KANBAN],
    ),
    ("items_follow_their_tasks", [BY_NUMBER[WITH_TASKS].changed(assignedPersonIDs=[ANN])], [WITH_TASKS]),
    ("items_follow_their_tasks", [BY_NUMBER[WITH_TASKS].changed(status="To do")], [WITH_TASKS]),
    ("items_follow_their_tasks", [BY_NUMBER[WITH_TASKS].changed(status="To test")], [WITH_TASKS]),
    ("sums_are_right", [BY_NUMBER[WITH_TASKS].changed(estimate=None)], [WITH_TASKS]),
    ("sums_are_right", [BY_NUMBER[WITH_TASKS].changed(remainingWork=0.2)], [WITH_TASKS]),
    ("sums_are_right", [BY_NUMBER[WITH_TASKS].changed(usedTime=1.5)], [WITH_TASKS]),
    ("sums_are_right", [BY_NUMBER[TASK_ENTRY].changed(usedTime=1.0)], [TASK_2]),
    ("status_dates_fit_the_status", [BY_NUMBER[BUG].changed(toDoDate=1)], [BUG]),
    ("status_dates_fit_the_status", [BY_NUMBER[TASK_1].changed(inProgressDate=1)], [TASK_1]),
    ("status_dates_fit_the_status", [BY_NUMBER[IN_RUNNING].changed(inProgressDate=3)], [IN_RUNNING]),
    ("status_dates_fit_the_status", [BY_NUMBER[PLAIN].changed(doneDate=4)], [PLAIN]),
    ("work_under_way_is_somebodys", [BY_NUMBER[TASK_2].changed(assignedPersonIDs=[])], [TASK_2]),
    ("work_under_way_is_somebodys", [BY_NUMBER[PLAIN].changed(assignedPersonIDs=[])], [PLAIN]),
    ("only_bugs_are_resolved", [BY_NUMBER[BUG].changed(bugState=None)], [BUG]),
    ("only_bugs_are_resolved", [BY_NUMBER[BUG].changed(bugState="Closed")], [BUG]),
    ("only_bugs_are_resolved", [BY_NUMBER[BUG].changed(resolution="Fixed")], [BUG]),
    ("only_bugs_are_resolved", [BY_NUMBER[BUG].changed(type="Feature")], [BUG]),
    ("only_bugs_are_resolved", [BY_NUMBER[PLAIN].changed(reproducible="No")], [PLAIN]),
    ("completed_releases_are_released", [BY_NUMBER[PLAIN].changed(releaseID=OLD_RELEASE)], [PLAIN, OLD_RELEASE]),
    ("backlogs_and_retrospectives_are_divided", [record(NEW, "Backlog")], [NEW]),
    ("backlogs_and_retrospectives_are_divided", [BY_NUMBER[RETROSPECTIVE].changed(columnColors=["Red"])], [55]),
    (
        "backlogs_and_retrospectives_are_divided",
        [record(NEW, "Retrospective", columnNames=["Good"], columnColors=["Green"])],
        [NEW],
    ),
    ("backlogs_and_retrospectives_are_divided", [BY_NUMBER[CARD].changed(columnNum=3)], [CARD]),
    ("backlogs_and_retrospectives_are_divided", [BY_NUMBER[CARD].changed(columnNum=0)], [CARD]),
    ("relationships_make_sense", [BY_NUMBER[FIRST].changed(toObjectID=PLAIN)], [FIRST]),
    (
        "relationships_make_sense",
        [record(NEW, "Relationship", type="Must be done after", fromObjectID=BUG, toObjectID=PLAIN, **RELATED)],
        [NEW, FIRST],
    ),
    (
        "relationships_make_sense",
        [
            record(NEW, "Relationship", type="Is related to", fromObjectID=BUG, toObjectID=PLAIN, **RELATED),
            record(NEW + 1, "Relationship", type="Is related to", fromObjectID=PLAIN, toObjectID=BUG, **RELATED),
        ],
        [NEW, NEW + 1],
    ),
    (
        "relationships_make_sense",
        [
            record(NEW, "Relationship", type="Must be done before", fromObjectID=BUG, toObjectID=EPIC, **RELATED),
            record(NEW + 1, "Relationship", type="Must be done after", fromObjectID=PLAIN, toObjectID=EPIC, **RELATED),
        ],
        [PLAIN, BUG, EPIC],
    ),
    ("fields_fit_their_type", [BY_NUMBER[field("Checkbox")].changed(options=["a"])], [field("Checkbox")]),
    (
        "fields_fit_their_type",
        [record(NEW, "CustomField", type="Dropdown", ownerObjectTypes=["Task"], options=[])],
        [NEW],
    ),
    ("fields_fit_their_type", [BY_NUMBER[field("Date")].changed(unit="kg")], [field("Date")]),
    ("fields_fit_their_type", [record(NEW, "CustomField", type="Date", ownerObjectTypes=[])], [NEW]),
    (
        "fields_fit_their_type",
        [record(NEW, "CustomField", type="Date", ownerObjectTypes=["Task"], ownerBacklogItemTypes=["Bug"])],
        [NEW],
    ),
    (
        "values_fit_their_field",
        [record(NEW, "CustomFieldValue", customFieldID=field("Checkbox"), value="true", **FIELD_VALUE)],
        [NEW, value("Checkbox"), PLAIN, field("Checkbox")],
    ),
    ("values_fit_their_field", [BY_NUMBER[field("Date")].changed(ownerObjectTypes=["Task"])], [value("Date"), PLAIN]),
    ("values_fit_their_field", [BY_NUMBER[field("Date")].changed(ownerBacklogItemTypes=["Bug"])], [value("Date")]),
]


def image(changes: list[Record]) -> Image:
    by_number = BY_NUMBER | {each.number: each for each in changes}
    return Image(1, 1, by_number.values())


def test_the_valid_account_breaks_no_rule() -> None:
    assert violations(image([])) == []


@pytest.mark.parametrize(("rule", "changes", "numbers"), BROKEN)
def test_a_break_is_found_by_its_rule_alone_and_names_ids(rule: str, changes: list[Record], numbers: list[int]) -> None:
    lines = violations(image(changes))
    assert {line.partition(":")[0] for line in lines} == {rule}
    for number in numbers:
        assert f" 1-0-{number} " in " ".join(lines).replace(",", " ").replace(":", " ") + " ", lines


@pytest.mark.parametrize(("rule", "changes", "numbers"), BROKEN)
def test_a_change_is_known_to_break_what_it_breaks(rule: str, changes: list[Record], numbers: list[int]) -> None:
    """Looking around a change finds what looking at everything finds, and nothing that was broken before."""
    account, after = image([]), image(changes)
    known = {each.number: each for each in account.records()}
    changed = [(known.get(each.number), each) for each in changes]
    assert sorted(broken_by(account, changed)) == sorted(violations(after))
    assert violations(account) == []
    back: list[Changed] = [(each, known.get(each.number)) for each in changes]
    assert broken_by(after, back) == []
    assert broken_by(after, [(each, each) for each in changes]) == []


def test_every_rule_can_be_broken_and_says_what_it_is() -> None:
    assert {rule.__name__ for rule in RULES} == {name for name, _, _ in BROKEN}
    for rule in RULES:
        assert rule.__doc__
        assert rule.__doc__.strip().endswith(".")


@pytest.mark.parametrize(
    ("type_name", "wrong"),
    [
        ("Text (single line)", "two\nlines"), ("Text (multiple lines)", ""), ("Checkbox", "yes"), ("Integer", "2.0"),
        ("Integer", "007"), ("Number", "many"), ("Number", "nan"), ("Number", "1e999"), ("Date", "2013-02-29"),
        ("Date", "20131009"), ("Person", f"1-0-{TEAM}"), ("Person", "Ann"),
        ("Team", f"1-0-{ANN}"), ("Release", f"1-0-{PLANNED}"), ("Sprint", "1-0-999"), ("Dropdown", "d"),
        ("Radio buttons", ""), ("Checkboxes", "c,a"), ("Checkboxes", "a,d"), ("List (single selection)", "a,b"),
        ("List (multiple selections)", "b,b"), ("List (multiple selections)", ""),
    ],
)  # fmt: skip
def test_values_are_what_the_type_of_their_field_says(type_name: str, wrong: str) -> None:
    lines = violations(image([BY_NUMBER[value(type_name)].changed(value=wrong)]))
    assert len(lines) == 1
    assert lines[0].startswith(f"values_fit_their_field: CustomFieldValue 1-0-{value(type_name)} is ")


def test_values_may_name_people_who_are_gone_but_nothing_of_another_project() -> None:
    assert violations(image([BY_NUMBER[value("Person")].changed(value=f"1-0-{GONE}")])) == []
    foreign = record(NEW, "Team", projectID=ELSEWHERE)
    assert violations(image([foreign, BY_NUMBER[value("Team")].changed(value=f"1-0-{NEW}")])) != []


def test_an_object_of_every_type_is_looked_at() -> None:
    looked_at = {each.type for each in VALID} | {"Attachment", "Checklist", "ChecklistItem", "Commit", "Message"}
    assert looked_at == set(STORED_TYPES), "those without a rule of their own are named here"


def test_circles_are_named_but_not_what_leads_to_them() -> None:
    def before(number: int, start: int, end: int) -> Record:
        return record(number, "Relationship", type="Must be done before", fromObjectID=start, toObjectID=end, **RELATED)

    circle = [before(NEW, EPIC, BUG), before(NEW + 1, BUG, CHILD), before(NEW + 2, CHILD, BUG)]
    lines = violations(image(circle))
    assert [line.partition(" can never")[0].rpartition(" ")[2] for line in lines] == [f"1-0-{CHILD}", f"1-0-{BUG}"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=12))
def test_an_order_without_circles_is_accepted_and_no_other(edges: list[tuple[int, int, bool]]) -> None:
    unlike = {(start, end) for start, end, _ in edges if start != end}
    items = [item(NEW + number, "New") for number in range(6)]
    relationships, sorter = [], TopologicalSorter[int]()
    for number, (start, end) in enumerate(sorted(unlike)):
        turned = (start, end, True) in edges
        kind, ends = ("after", (end, start)) if turned else ("before", (start, end))
        relationships.append(
            record(
                NEW + 10 + number, "Relationship", type=f"Must be done {kind}", fromObjectID=NEW + ends[0],
                toObjectID=NEW + ends[1], **RELATED,
            )
        )  # fmt: skip
        sorter.add(end, start)
    try:
        sorter.prepare()
        accepted = True
    except CycleError:
        accepted = False
    assert (violations(image([*items, *relationships])) == []) == accepted
