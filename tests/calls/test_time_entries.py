"""Time entries: what they need, and the used times that follow them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
)
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES, UNITS
from tests.world import World

BEN = "ben@example.com"


def start(world: World) -> tuple[str, str]:
    """A project and a backlog item in it."""
    project = world.call("addProject", name="A", timeTrackingUnit="Hours")
    return project, world.call("addBacklogItem", projectID=project, name="x")


def log(
    world: World, owner_type: str, owner: str, used: float | str = "1", day: str = "2024-05-01", **more: str
) -> str:
    given = {"date": day, "usedTime": str(used), "usedTimeUnit": "Hours", **more}
    return str(world.call("addTimeEntry", ownerObjectType=owner_type, ownerObjectID=owner, **given))


def item_of(world: World) -> Any:
    return world.data()["projects"][0]["backlogItems"][0]


def used_times(world: World) -> tuple[float, list[float]]:
    """The used time of the only item, and those of its tasks."""
    item = item_of(world)
    return item["usedTime"], [task["usedTime"] for task in item["tasks"]]


# Making them ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner_type", ["BacklogItem", "Task"])
def test_a_new_time_entry(world: World, owner_type: str) -> None:
    ben, cat = world.person(BEN), world.person("cat@example.com")
    project, item = start(world)
    task = world.call("addTask", backlogItemID=item, name="t")
    owner = item if owner_type == "BacklogItem" else task
    on = {"ownerObjectType": owner_type, "ownerObjectID": owner}
    one = world.call("addTimeEntry", BEN, **on, date="2024-05-01", usedTime="1.5", usedTimeUnit="Hours")
    two = log(world, owner_type, owner, 0, "2024-02-29", externalID="E", personID=cat, description="d")
    shown = (item_of(world) if owner_type == "BacklogItem" else item_of(world)["tasks"][0])["timeEntries"]
    common = {"objectType": "TimeEntry", "projectID": project, **on, "customFieldValues": []}
    assert shown == [
        {
            **common, "id": one, "externalID": None, "date": "2024-05-01", "personID": ben, "description": None,
            "usedTime": 1.5,
        },
        {
            **common, "id": two, "externalID": "E", "date": "2024-02-29", "personID": cat, "description": "d",
            "usedTime": 0.0,
        },
    ]  # fmt: skip


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_items_of_any_status_take_time(world: World, status: str) -> None:
    item = load(world, status)
    before = item_of(world)
    log(world, "BacklogItem", item, 2)
    after = item_of(world)
    assert after["usedTime"] == 2.0
    assert {**after, "usedTime": -1.0, "timeEntries": []} == before


@pytest.mark.parametrize("status", TASK_STATUSES)
@pytest.mark.parametrize("item_status", ["New", "as the task", "Sprint completed", "Released"])
def test_tasks_of_any_status_take_time(world: World, status: str, item_status: str) -> None:
    item_status = status if item_status == "as the task" else item_status
    task = {
        "objectType": "Task", "id": f"{world.account}-7-3", "projectID": f"{world.account}-7-1", "name": "t",
        "backlogItemID": f"{world.account}-7-2", "status": status,
    }  # fmt: skip
    load(world, item_status, task)
    log(world, "Task", str(task["id"]), 2)
    after = item_of(world)
    assert used_times(world) == (2.0, [2.0])
    assert (after["status"], after["tasks"][0]["status"]) == (item_status, status)


def load(world: World, status: str, *more: dict[str, Any], **values: str) -> str:
    """An item of that status."""
    inside = {"projectID": f"{world.account}-7-1"}
    project = {
        "objectType": "Project", "id": f"{world.account}-7-1", "name": "L", "status": "Active",
        "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    item = {
        "objectType": "BacklogItem",
        "id": f"{world.account}-7-2",
        "name": "x",
        "status": status,
        **inside,
        **values,
    }
    world.load(project, item, *more)
    return str(item["id"])


def test_an_epic_takes_none(world: World) -> None:
    epic = load(world, "New", type="Epic")
    with pytest.raises(RequirementNotSatisfied, match=f"{epic} is an Epic"):
        log(world, "BacklogItem", epic)
    assert item_of(world)["usedTime"] == -1.0


@pytest.mark.parametrize("missing", ["ownerObjectType", "ownerObjectID", "date", "usedTime", "usedTimeUnit"])
@pytest.mark.parametrize("empty", ["", "null"])
def test_what_a_time_entry_needs(world: World, missing: str, empty: str) -> None:
    _project, item = start(world)
    values = {
        "ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": "2024-05-01", "usedTime": "1",
        "usedTimeUnit": "Hours",
    }  # fmt: skip
    with pytest.raises(MissingParameter, match=missing):
        world.call("addTimeEntry", **(values | {missing: empty}))


@pytest.mark.parametrize("unit", UNITS)
def test_used_time_comes_in_the_unit_of_the_project(world: World, unit: str) -> None:
    _project, item = start(world)
    entry = log(world, "BacklogItem", item)
    if unit == "Hours":
        log(world, "BacklogItem", item, usedTimeUnit=unit)
        world.call("setTimeEntryUsedTime", timeEntryID=entry, usedTime="4", usedTimeUnit=unit)
        assert item_of(world)["usedTime"] == 5.0
        return
    with pytest.raises(RequirementNotSatisfied, match=r"usedTimeUnit is .* uses Hours \(its timeTrackingUnit\)"):
        log(world, "BacklogItem", item, usedTimeUnit=unit)
    with pytest.raises(RequirementNotSatisfied, match="usedTimeUnit"):
        world.call("setTimeEntryUsedTime", timeEntryID=entry, usedTime="4", usedTimeUnit=unit)
    assert item_of(world)["usedTime"] == 1.0


def test_used_time_is_a_number_from_0_on(world: World) -> None:
    _project, item = start(world)
    entry = log(world, "BacklogItem", item)
    for none in ("-1", "-1.0"):
        with pytest.raises(MissingParameter, match="usedTime"):
            log(world, "BacklogItem", item, none)
        with pytest.raises(MissingParameter, match="usedTime"):
            world.call("setTimeEntryUsedTime", timeEntryID=entry, usedTime=none, usedTimeUnit="Hours")
    for wrong in ("-2", "x", "nan", "1e13"):
        with pytest.raises(InvalidParameter, match="usedTime"):
            log(world, "BacklogItem", item, wrong)


@pytest.mark.parametrize("day", ["2024-02-30", "2024-1-1", "0000-01-01", "1714521600000", "today"])
def test_days_must_exist(world: World, day: str) -> None:
    _project, item = start(world)
    with pytest.raises(InvalidParameter, match="date"):
        log(world, "BacklogItem", item, day=day)
    entry = log(world, "BacklogItem", item)
    with pytest.raises(InvalidParameter, match="date"):
        world.call("setTimeEntryDate", timeEntryID=entry, date=day)
    for name in ("fromDate", "toDate"):
        with pytest.raises(InvalidParameter, match=name):
            world.call("getTimeEntries", **{name: day})


def test_unknown_objects(world: World) -> None:
    project, item = start(world)
    with pytest.raises(ObjectNotFound, match="task"):
        log(world, "Task", item)
    with pytest.raises(InvalidParameter, match=r"ownerObjectType.*BacklogItem, Task"):
        log(world, "Project", project)
    with pytest.raises(ObjectNotFound, match="person"):
        log(world, "BacklogItem", item, personID=item)
    with pytest.raises(ObjectNotFound, match="time entry"):
        world.call("deleteTimeEntry", timeEntryID=item)


def test_a_call_of_nobody_says_who_used_the_time(world: World) -> None:
    ben = world.person(BEN)
    _project, item = start(world)
    given = {
        "ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": "2024-05-01", "usedTime": "1",
        "usedTimeUnit": "Hours",
    }  # fmt: skip
    with pytest.raises(MissingParameter, match="personID"):
        world.operator("addTimeEntry", **given)
    world.operator("addTimeEntry", **given, personID=ben)
    assert item_of(world)["timeEntries"][0]["personID"] == ben


def test_external_ids_are_unique(world: World) -> None:
    _project, item = start(world)
    log(world, "BacklogItem", item, externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        log(world, "BacklogItem", item, externalID="E")
    assert item_of(world)["usedTime"] == 1.0


def test_setters(world: World) -> None:
    ben = world.person(BEN)
    _project, item = start(world)
    entry = log(world, "BacklogItem", item)
    world.call("setTimeEntryDate", BEN, timeEntryID=entry, date="2023-01-31")
    world.call("setTimeEntryDescription", BEN, timeEntryID=entry, description="words")
    world.call("setTimeEntryPersonID", BEN, timeEntryID=entry, personID=ben)
    [shown] = item_of(world)["timeEntries"]
    assert (shown["date"], shown["description"], shown["personID"]) == ("2023-01-31", "words", ben)
    world.call("setTimeEntryDescription", timeEntryID=entry)
    assert item_of(world)["timeEntries"][0]["description"] is None
    for name in ("Date", "PersonID", "UsedTime"):
        with pytest.raises(MissingParameter, match=name[1:]):
            world.call(f"setTimeEntry{name}", timeEntryID=entry)
    with pytest.raises(ObjectNotFound, match="person"):
        world.call("setTimeEntryPersonID", timeEntryID=entry, personID=item)
    world.call("deleteTimeEntry", BEN, timeEntryID=entry)
    assert item_of(world)["timeEntries"] == []


def test_a_time_entry_stays_where_it_is(world: World) -> None:
    _project, item = start(world)
    entry = log(world, "BacklogItem", item)
    with pytest.raises(InvalidParameter, match="ownerObjectID"):
        world.call("setTimeEntryDate", timeEntryID=entry, date="2024-05-01", ownerObjectID=item)


# The used times that follow ------------------------------------------------------------------------------------------


def test_used_time_is_the_sum(world: World) -> None:
    _project, item = start(world)
    first = log(world, "BacklogItem", item, 0.1)
    log(world, "BacklogItem", item, 0.2)
    log(world, "BacklogItem", item, 0.3)
    assert item_of(world)["usedTime"] == math.fsum([0.1, 0.2, 0.3]) == 0.6 != 0.1 + 0.2 + 0.3
    world.call("setTimeEntryUsedTime", timeEntryID=first, usedTime="7", usedTimeUnit="Hours")
    assert item_of(world)["usedTime"] == 7.5
    before = world.version
    world.call("setTimeEntryUsedTime", timeEntryID=first, usedTime="7.0", usedTimeUnit="Hours")
    assert world.version == before


def test_after_the_last_entry_there_is_no_used_time(world: World) -> None:
    _project, item = start(world)
    one, two = log(world, "BacklogItem", item, 0), log(world, "BacklogItem", item, 2)
    world.call("deleteTimeEntry", timeEntryID=two)
    assert item_of(world)["usedTime"] == 0.0
    world.call("deleteTimeEntry", timeEntryID=one)
    assert item_of(world)["usedTime"] == -1.0
    task = world.call("addTask", backlogItemID=item, name="t")
    entry = log(world, "Task", task, 3)
    assert used_times(world) == (3.0, [3.0])
    world.call("deleteTimeEntry", timeEntryID=entry)
    assert used_times(world) == (-1.0, [-1.0])


def test_entries_on_an_item_and_on_its_tasks_add_up(world: World) -> None:
    _project, item = start(world)
    one, two = (world.call("addTask", backlogItemID=item, name=name) for name in "ab")
    log(world, "BacklogItem", item, 0.1)
    log(world, "Task", one, 0.2)
    log(world, "Task", one, 0.7)
    last = log(world, "Task", two, 0.3)
    tasks = [math.fsum([0.2, 0.7]), 0.3]
    assert used_times(world) == (math.fsum([0.1, *tasks]), tasks)
    world.call("deleteTimeEntry", timeEntryID=last)
    assert used_times(world) == (math.fsum([0.1, tasks[0]]), [tasks[0], -1.0])
    world.call("deleteTask", taskID=one)
    assert used_times(world) == (0.1, [-1.0])
    world.call("deleteTask", taskID=two)
    assert used_times(world) == (0.1, [])


def test_an_owner_takes_its_entries_along(world: World) -> None:
    _project, item = start(world)
    task = world.call("addTask", backlogItemID=item, name="t")
    log(world, "Task", task, 2)
    world.call("deleteTask", taskID=task)
    assert used_times(world) == (-1.0, [])
    assert world.call("getTimeEntries") == []
    log(world, "BacklogItem", item)
    world.call("deleteBacklogItem", backlogItemID=item)
    assert world.call("getTimeEntries") == []
    assert not [record for record in world.tables().records() if record.type == "TimeEntry"]


OWNERS = st.sampled_from(["BacklogItem", "first", "second"])
TIMES = st.floats(0, 1e6, allow_subnormal=False) | st.integers(0, 100).map(lambda tenths: tenths / 10)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), OWNERS, TIMES),
        st.tuples(st.just("set"), st.integers(0, 20), TIMES),
        st.tuples(st.just("delete"), st.integers(0, 20), st.just(0.0)),
    ),
    max_size=10,
)


def test_used_times_follow_whatever_happens(world: World) -> None:
    @settings(max_examples=12, deadline=None)
    @given(STEPS)
    def follow(steps: list[tuple[str, Any, float]]) -> None:
        for old in world.call("getData")["projects"]:
            world.operator("deleteProject", projectID=old["id"])
        project = world.call("addProject", name="P")
        item = world.call("addBacklogItem", projectID=project, name="x")
        owners = {"BacklogItem": item} | {
            name: world.call("addTask", backlogItemID=item, name=name) for name in ("first", "second")
        }
        kept: dict[str, tuple[str, float]] = {}
        for step, which, used in steps:
            if step == "add":
                owner_type = "BacklogItem" if which == "BacklogItem" else "Task"
                kept[log(world, owner_type, owners[which], used)] = (which, used)
            elif kept:
                entry = list(kept)[which % len(kept)]
                if step == "set":
                    world.call("setTimeEntryUsedTime", timeEntryID=entry, usedTime=str(used), usedTimeUnit="Hours")
                    kept[entry] = (kept[entry][0], used)
                else:
                    world.call("deleteTimeEntry", timeEntryID=entry)
                    del kept[entry]
            on = {name: [used for owner, used in kept.values() if owner == name] for name in owners}
            tasks = [math.fsum(on[name]) if on[name] else -1.0 for name in ("first", "second")]
            parts = [*on["BacklogItem"], *(each for each in tasks if each >= 0)]
            assert used_times(world) == (math.fsum(parts) if parts else -1.0, tasks)

    follow()
