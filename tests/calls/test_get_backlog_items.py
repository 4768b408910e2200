"""getBacklogItems: whatever is asked, in whatever pages, is what can be picked out of getData by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import (
    InvalidParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from scrumrpc.store.images import Images
from tests.calls.company import ITEM, PICK, QUESTION, Company, ask, everything, in_order, pages, passes
from tests.calls.making import make
from tests.world import World


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ITEM, max_size=14), st.lists(PICK, max_size=3), st.lists(QUESTION, max_size=12))
def test_filters_and_orders(
    shared_world: World, drawn: list[dict[str, Any]], changes: list[int], questions: list[Any]
) -> None:
    world = shared_world
    world.new_account()
    company = Company(world, drawn)
    loaded = world.version
    items = company.by_type.get("BacklogItem", [[], []])
    known = [*items[0], *items[1]]
    changed_at: dict[str, int] = dict.fromkeys(known, loaded)
    for pick in changes:
        for item in known[pick : pick + 1]:
            world.call("setBacklogItemLink", backlogItemID=item, link=f"http://example.com/{world.version}")
            changed_at[item] = world.version
    data = world.data()
    every = everything(data)
    by_id = {item["id"]: item for item in every}
    assert set(by_id) == set(known)
    for filters, order, limit in questions:
        asked = {name: company.wire(name, value) for name, value in filters.items()}
        sent = {name: value for name, value in asked.items() if value is not None}
        if "changedSince" in sent:
            sent["changedSince"] = str(min(loaded - 1 + int(sent["changedSince"]), world.version))
        expected = [
            item
            for item in every
            if passes(item, sent, by_id) and changed_at[item["id"]] > int(sent.get("changedSince", 0))
        ]
        found = ask(world, **sent, order=order, limit=str(limit))
        assert found == [item["id"] for item in in_order(expected, order)]


# What counts, filter by filter ---------------------------------------------------------------------------------------


def test_an_epic_and_what_is_in_it_come_on_their_own_and_nested(world: World) -> None:
    made = make(world)
    after, inner, child = made.item("after"), made.item("inner", type="Epic"), made.item("child")
    outer = made.item("outer", type="Epic", index="0")
    world.call("assignBacklogItemToEpic", backlogItemID=inner, epicID=outer)
    world.call("assignBacklogItemToEpic", backlogItemID=child, epicID=inner)
    assert ask(world) == [outer, inner, child, after]
    assert ask(world, order="-backlog") == [after, child, inner, outer]
    assert ask(world, epicID=outer) == [inner, child]
    assert ask(world, epicID=inner) == [child]
    assert ask(world, epicID=after) == []
    assert ask(world, inEpic="true") == [inner, child]
    assert ask(world, inEpic="false") == [outer, after]
    [[found]] = pages(world, text="outer")
    assert found == everything(world.data(include="Project.backlogItems"))[0]
    assert found["childBacklogItems"][0]["childBacklogItems"][0]["id"] == child


def test_people_are_found_by_their_tasks_too_and_after_they_left(world: World) -> None:
    made = make(world)
    own, by_task = made.item("own"), made.item("by task")
    task = made.task(by_task)
    world.call("setBacklogItemAssignedPersonID", backlogItemID=own, assignedPersonID=made.person)
    world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID=made.person)
    assert ask(world, personID=made.person) == [own, by_task]
    assert ask(world, personID=made.person, text="own") == [own]
    world.call("deletePerson", personID=made.person)
    assert ask(world, personID=made.person) == [own, by_task]


def test_columns_hold_items_and_tasks(world: World) -> None:
    made = make(world)
    alone, with_task = made.item("alone"), made.item("with task")
    made.task(with_task)
    for item in (alone, with_task):
        world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=made.kanban)
    assert ask(world, boardColumnID=made.columns["Kanban", "To do"]) == [alone, with_task]
    assert ask(world, boardColumnID=made.columns["Kanban", "Done"]) == []
    assert ask(world, boardID=made.kanban, boardColumnID=made.columns["Scrum", "To do"]) == []


def test_text_is_in_name_or_description_or_the_item_number(world: World) -> None:
    made = make(world)
    first = made.item("Große Straße", description="See #2")
    second, third = made.item("12 signs"), made.item("nothing", description="GROSSE")
    numbers = {item["id"]: item["itemNumber"] for item in everything(world.data())}
    assert [numbers[each] for each in (first, second, third)] == [1, 2, 3]
    for text, found in {
        "STRASSE": [first], "grosse": [first, third], "#2": [first, second], "2": [first, second], "1": [first, second],
        "#1": [first], "12": [second], "#12": [], "03": [third], "ä": [], "SIGNS ": [], "$": [], "%": [],
    }.items():  # fmt: skip
        assert ask(world, text=text) == found, text


def test_filters_must_all_hold_and_their_values_are_alternatives(world: World) -> None:
    made = make(world)
    a = made.item("a", type="Bug", priority="High")
    b = made.item("b", type="Feature", priority="High")
    c = made.item("c", type="Bug")
    assert ask(world, types="Bug") == [a, c]
    assert ask(world, types="Bug,Feature") == [a, b, c]
    assert ask(world, types=" Bug , Feature", priorities="High,Low") == [a, b]
    assert ask(world, types="Bug", priorities="High") == [a]
    assert ask(world, statuses="Done") == []


def test_nothing_at_all(world: World) -> None:
    assert world.call("getBacklogItems") == {
        "objectType": "BacklogItemPage", "backlogItems": [], "nextCursor": None,
    }  # fmt: skip


def test_a_page_holds_as_many_as_the_limit_says(world: World) -> None:
    company = Company(world, [])
    project = company.projects[0]
    for number in range(102):
        world.call("addBacklogItem", projectID=project, name=f"n{number}")
    assert [len(page) for page in pages(world)] == [100, 2]
    assert [len(page) for page in pages(world, limit="51")] == [51, 51]
    assert [len(page) for page in pages(world, limit="1000")] == [102]
    assert len({*ask(world, limit="7")}) == 102


# Changed since -------------------------------------------------------------------------------------------------------


def test_what_changed_since_a_version(world: World) -> None:
    made = make(world)
    a, b, c = made.item("a"), made.item("b"), made.item("c")
    then = world.version
    assert ask(world, changedSince=str(then)) == []
    assert ask(world, changedSince=str(then - 1)) == [c]
    assert ask(world, changedSince="0") == [a, b, c]
    world.call("setBacklogItemName", backlogItemID=b, name="b2")
    world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=a, text="no property of the item")
    world.call("setProjectName", projectID=made.project, name="B")
    assert ask(world, changedSince=str(then)) == [b]
    world.call("moveBacklogItem", backlogItemID=c, index="0")
    assert ask(world, changedSince=str(then)) == [c, b]
    world.call("deleteBacklogItem", backlogItemID=b)
    assert ask(world, changedSince=str(then)) == [c]
    assert ask(world, changedSince=str(then), text="a") == []
    assert ask(world, changedSince=str(world.version)) == []


def test_a_version_to_come_or_none_at_all(world: World) -> None:
    version = world.version
    with pytest.raises(InvalidParameter, match=rf"changedSince is {version + 1}, .*{version}\."):
        world.call("getBacklogItems", changedSince=str(version + 1))
    for wrong in ("-1", "x", "1.0", "9" * 30):
        with pytest.raises(InvalidParameter, match="changedSince"):
            world.call("getBacklogItems", changedSince=wrong)


def test_what_changed_is_of_the_version_of_the_answer(world: World) -> None:
    """While one worker writes, another that follows answers at each version exactly what changed up to it."""
    made = make(world)
    items = [made.item(f"i{n}") for n in range(12)]
    then = world.version
    images = Images(world.database, 10**9)
    other = Calls(world.database, images, Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
    changed_at: dict[str, int] = {}
    answers = []

    async def write() -> None:
        for item in items:
            changed_at[item] = (await world.send("setBacklogItemName", backlogItemID=item, name="new")).version

    async def read(reader: int) -> None:
        calls = (world.calls, other)[reader % 2]
        while len(changed_at) < len(items):
            given = {"changedSince": str(then)} if reader < 4 else {}
            answers.append(
                (given, await calls.call("getBacklogItems", given, credentials_of(world.admin, world.key), "test"))
            )

    async def both() -> None:
        await asyncio.gather(write(), *(read(reader) for reader in range(6)))

    world.run(both())
    assert len({answer.version for _, answer in answers}) > 2
    for asked, answer in answers:
        found = world.read(answer)["backlogItems"]
        renamed = [item for item in items if changed_at[item] <= answer.version]
        assert [item["id"] for item in found if item["name"] == "new"] == renamed
        assert [item["id"] for item in found] == (renamed if asked else items)


# Refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("limit", "0", "limit is 0; .* 1 to 1000"),
        ("limit", "1001", "limit is 1001"),
        ("limit", "-1", "limit is -1"),
        ("limit", "ten", "limit"),
        ("order", "priorities", "order .*Did you mean priority"),
        ("order", "+name", "order"),
        ("statuses", "done", "statuses .*Did you mean Done"),
        ("types", "Bug,Story", 'types names "Story"'),
        ("priorities", "high", "Did you mean High"),
        ("inSprint", "none", "inSprint .*true or false"),
        ("inEpic", "0", "inEpic"),
        ("text", "x" * 501, "text has 501 characters"),
        ("includeProperties", "BacklogItem.task", "Did you mean"),
        ("status", "Done", "no parameter .*status"),
    ],
)
def test_values_that_cannot_be(world: World, name: str, value: str, said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        world.call("getBacklogItems", **{name: value})


REFERENCES = {
    "projectIDs": "Project", "sprintID": "Sprint", "releaseID": "Release", "boardID": "Board",
    "boardColumnID": "BoardColumn", "backlogListID": "BacklogList", "epicID": "BacklogItem", "tagIDs": "Tag",
}  # fmt: skip


def test_what_filters_name_must_exist(world: World) -> None:
    company = Company(world, [])
    for name in (*REFERENCES, "personID"):
        wrong = company.projects[0] if name != "projectIDs" else company.people[0]
        for value in ("nonsense", f"{world.account}-1-99", wrong):
            with pytest.raises(ObjectNotFound, match=value):
                world.call("getBacklogItems", **{name: value})
    known = company.by_type["Tag"][0][0]
    with pytest.raises(ObjectNotFound, match="no tag with the id 1-2-3"):
        world.call("getBacklogItems", tagIDs=f"{known},1-2-3")


PLAIN = {
    "epic": None, "sprint": 0, "release": 0, "board": 0, "list": 0, "tags": [0], "people": [0], "tasks": [],
    "name": "x", "status": "To do", "type": "Epic",
}  # fmt: skip


def test_projects_out_of_reach(world: World) -> None:
    company = Company(world, [PLAIN | {"project": 0}, PLAIN | {"project": 1}])
    mine, other = company.by_type["BacklogItem"][0][0], company.by_type["BacklogItem"][1][0]
    ben = world.person("ben@example.com")
    world.call("addStakeholder", projectID=company.projects[0], personID=ben)
    assert ask(world, "ben@example.com") == [mine, other]
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    assert ask(world, "ben@example.com") == [mine]
    assert ask(world, "ben@example.com", personID=company.people[0]) == [mine]
    assert ask(world, "ben@example.com", changedSince="0") == [mine]
    assert ask(world) == [mine, other]
    for name, type_name in REFERENCES.items():
        near, far = (company.by_type[type_name][n][0] for n in (0, 1))
        assert ask(world, "ben@example.com", **{name: near}) == ([mine] if name != "epicID" else [])
        with pytest.raises(UserCannotAccessProject, match=far):
            world.call("getBacklogItems", "ben@example.com", **{name: far})


def test_objects_of_two_projects_have_nothing_in_common(world: World) -> None:
    company = Company(world, [PLAIN | {"project": 0}, PLAIN | {"project": 1}])
    for one in REFERENCES:
        for two in REFERENCES:
            if one != two and "epicID" not in (one, two):
                near, far = company.by_type[REFERENCES[one]][0][0], company.by_type[REFERENCES[two]][1][0]
                assert ask(world, **{one: near, two: far}) == []


def test_the_required_version(world: World) -> None:
    made = make(world)
    item = made.item()
    assert ask(world, requiredDataVersion=str(world.version)) == [item]
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getBacklogItems", requiredDataVersion="1")
    assert world.answer("getBacklogItems", changedSince="1").version == world.version
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getBacklogItems", requiredDataVersion="1", changedSince="1")
