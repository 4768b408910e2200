"""getBacklogItems: whatever is asked, in whatever pages, is what can be picked out of getData by hand."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import (
    InvalidParameter,
)
from scrumrpc.store.images import Images
from tests.calls.company import EPIC, ITEM, ORDERS, PICK, QUESTION, Company, ask, everything, in_order, pages, passes
from tests.calls.making import make
from tests.world import World


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
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


def test_each_filter_with_each_other(world: World) -> None:
    epics = [EPIC | {"project": 0, "name": "epic"}] * 2
    bits = [[n >> place & 1 for place in range(5)] for n in range(32)]
    drawn = [
        {
            "project": 0, "epic": a ^ b, "sprint": a, "release": b, "board": c, "list": d, "tags": [a ^ c],
            "people": [b ^ d], "tasks": [], "name": f"n{a ^ e}", "status": ("New", "Done")[b ^ e],
            "type": ("Bug", "Spike")[c ^ d], "priority": ("Low", "High")[c ^ e],
        }
        for a, b, c, d, e in bits
    ]  # fmt: skip
    company = Company(world, [*epics, *drawn])
    then = world.version
    items = company.by_type["BacklogItem"][0]
    changed = [item for item, (*_, e) in zip(items[2:], bits, strict=True) if e]
    for item in changed:
        world.call("setBacklogItemLink", backlogItemID=item, link="x")
    every = everything(world.data())
    by_id = {item["id"]: item for item in every}
    picked = {name: company.wire(name, 1) for name in ("sprintID", "releaseID", "boardID", "boardColumnID", "personID")}
    filters = picked | {
        "backlogListID": company.wire("backlogListID", 1), "epicID": company.wire("epicID", 1), "inEpic": "true",
        "inSprint": "true", "tagIDs": company.wire("tagIDs", [1]), "text": "N1", "statuses": "New", "types": "Bug",
        "priorities": "Low", "changedSince": str(then), "projectIDs": company.projects[0],
    }  # fmt: skip
    for one, two in itertools.combinations(filters, 2):
        asked = {name: str(filters[name]) for name in (one, two)}
        expected = [item["id"] for item in every if passes(item, asked, by_id)]
        if "changedSince" in asked:
            expected = [item for item in expected if item in changed]
        assert ask(world, **asked) == expected, asked
        assert len(expected) > 1 or {one, two} == {"boardID", "boardColumnID"}


@pytest.mark.parametrize("order", [*ORDERS, *(f"-{name}" for name in ORDERS)])
def test_orders_over_nested_epics_of_two_projects(world: World, order: str) -> None:
    drawn: list[dict[str, Any]] = [
        EPIC | {
            "project": n % 2, "sprint": n % 2, "epic": None if n < 2 or n > 9 else n // 4,
            "type": ("Epic", "Bug", None)[n // 7 + n // 9], "name": "ab"[n % 3 == 0],
            "status": ("New", "Done")[n % 4 == 0], "priority": ("High", "Low", None)[n % 3],
            "creationDate": (None, 5, 3)[n % 3], "dueDate": ("2026-01-01", None)[n // 6],
            "estimate": (None, 2.0, 0.5, 0.0)[n % 4],
        }
        for n in range(12)
    ]  # fmt: skip
    company = Company(world, drawn)
    every = everything(world.data())
    assert {len(item["childBacklogItems"]) for item in every} > {0, 1}
    expected = [item["id"] for item in in_order(every, order)]
    for limit in ("1", "2", "5"):
        assert ask(world, order=order, limit=limit) == expected
        by_sprint = ask(world, order=order, limit=limit, sprintID=company.by_type["Sprint"][0][0])
        assert by_sprint == [each for each in expected if each in by_sprint] != []


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

    answered = asyncio.Event()

    async def write() -> None:
        for item in items:
            changed_at[item] = (await world.send("setBacklogItemName", backlogItemID=item, name="new")).version
            if len(changed_at) < len(items):  # somebody reads between any two writes
                answered.clear()
                await answered.wait()

    async def read(reader: int) -> None:
        calls = (world.calls, other)[reader % 2]
        while len(changed_at) < len(items):
            given = {"changedSince": str(then)} if reader < 4 else {}
            answers.append(
                (given, await calls.call("getBacklogItems", given, credentials_of(world.admin, world.key), "test"))
            )
            answered.set()

    async def both() -> None:
        await asyncio.gather(write(), *(read(reader) for reader in range(6)))

    world.run(both())
    assert len({answer.version for _, answer in answers}) > 2
    for asked, answer in answers:
        found = world.read(answer)["backlogItems"]
        renamed = [item for item in items if changed_at[item] <= answer.version]
        assert [item["id"] for item in found if item["name"] == "new"] == renamed
        assert [item["id"] for item in found] == (renamed if asked else items)
