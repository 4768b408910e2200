"""getTimeEntries: what it finds, in which order, and what it refuses."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, UserCannotAccessProject
from scrumrpc.store import accounts
from tests.calls.test_time_entries import BEN, item_of, log, start
from tests.world import EVERYTHING, World


def test_finding_needs_both_of_the_owner(world: World) -> None:
    _project, item = start(world)
    with pytest.raises(MissingParameter, match="ownerObjectType is missing"):
        world.call("getTimeEntries", ownerObjectID=item)
    with pytest.raises(MissingParameter, match="ownerObjectID is missing"):
        world.call("getTimeEntries", ownerObjectType="Task")
    for owner_type, owner in (("Task", item), ("BacklogItem", "x")):
        with pytest.raises(ObjectNotFound, match=r"no (task|backlog item)"):
            world.call("getTimeEntries", ownerObjectType=owner_type, ownerObjectID=owner)
    with pytest.raises(InvalidParameter, match="ownerObjectType"):
        world.call("getTimeEntries", ownerObjectType="Project", ownerObjectID=item)


def test_finding_what_is_unknown(world: World) -> None:
    project, _item = start(world)
    with pytest.raises(ObjectNotFound, match=rf"no project .*There are: {project}"):
        world.call("getTimeEntries", projectIDs="x")
    with pytest.raises(ObjectNotFound, match="no person"):
        world.call("getTimeEntries", personIDs=project)
    with pytest.raises(InvalidParameter, match=r"fromDate is 2024-05-02.*toDate.*2024-05-01"):
        world.call("getTimeEntries", fromDate="2024-05-02", toDate="2024-05-01")


def test_custom_field_values_come_when_asked_for(world: World) -> None:
    project, item = start(world)
    entry = log(world, "BacklogItem", item)
    field = world.call("addCustomField", projectID=project, name="F", ownerObjectTypes="TimeEntry", type="Integer")
    on = {"ownerObjectType": "TimeEntry", "ownerObjectID": entry}
    world.call("setCustomFieldValue", customFieldID=field, **on, value="7")
    assert world.call("getTimeEntries")[0]["customFieldValues"] is None
    asked = world.call("getTimeEntries", includeProperties="TimeEntry.customFieldValues")
    assert asked == item_of(world)["timeEntries"]
    assert (asked[0]["id"], [each["value"] for each in asked[0]["customFieldValues"]]) == (entry, ["7"])
    world.call("deleteTimeEntry", timeEntryID=entry)
    assert not [record for record in world.tables().records() if record.type == "CustomFieldValue"]


def test_strangers_are_refused(world: World) -> None:
    world.person(BEN)
    project, item = start(world)
    entry = log(world, "BacklogItem", item)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    assert world.call("getTimeEntries", BEN) == []
    assert [each["id"] for each in world.call("getTimeEntries")] == [entry]
    for method, values in (
        ("getTimeEntries", {"projectIDs": project}),
        ("getTimeEntries", {"ownerObjectType": "BacklogItem", "ownerObjectID": item}),
        ("deleteTimeEntry", {"timeEntryID": entry}),
        ("setTimeEntryDate", {"timeEntryID": entry, "date": "2024-05-01"}),
    ):  # fmt: skip
        with pytest.raises(UserCannotAccessProject):
            world.call(method, BEN, **values)


def entries_in(found: Any) -> list[Any]:
    """All time entries within an answer."""
    if isinstance(found, list):
        return [entry for each in found for entry in entries_in(each)]
    if not isinstance(found, dict):
        return []
    return [found] if found["objectType"] == "TimeEntry" else entries_in(list(found.values()))


def test_finding_answers_what_filtering_all_data_would(world: World) -> None:
    """Three projects, of which Ben reaches two; items, an item in an epic, tasks; a person who is gone."""
    a, chance = f"{world.account}-7", random.Random(1)
    days = [f"2024-05-0{n}" for n in range(1, 5)]
    people = [
        {"objectType": "DeletedPerson" if n == 9 else "Person", "id": f"{a}-{n}", "firstName": "N",
         "emailAddress": "ben@example.com" if n == 8 else f"n{n}@example.com"}
        for n in (8, 9)
    ]  # fmt: skip
    objects: list[dict[str, Any]] = []
    owners: list[tuple[str, str]] = []
    for n in (1, 2, 3):
        project = {
            "objectType": "Project", "id": f"{a}-{n}", "name": f"P{n}", "status": "Active",
            "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
            "productOwnerIDs": [f"{a}-8"] if n != 2 else [],
        }  # fmt: skip
        item = {"objectType": "BacklogItem", "projectID": f"{a}-{n}", "name": "x", "status": "New"}
        task = {"objectType": "Task", "id": f"{a}-{n}4", "projectID": f"{a}-{n}", "name": "t", "status": "To do"}
        objects += [
            project, {**item, "id": f"{a}-{n}1", "type": "Epic"}, {**item, "id": f"{a}-{n}2"},
            {**item, "id": f"{a}-{n}3", "parentEpicID": f"{a}-{n}1"}, {**task, "backlogItemID": f"{a}-{n}3"},
        ]  # fmt: skip
        owners += [("BacklogItem", f"{a}-{n}2"), ("BacklogItem", f"{a}-{n}3"), ("Task", f"{a}-{n}4")]
    numbers = list(range(50))
    for n in numbers:
        owner_type, owner = chance.choice(owners)
        objects.append(
            {
                "objectType": "TimeEntry", "id": f"{a}-{100 + n}", "ownerObjectType": owner_type, "usedTime": 1,
                "ownerObjectID": owner, "projectID": owner[: len(a) + 2], "date": chance.choice(days),
                "personID": chance.choice(people)["id"],
            }
        )  # fmt: skip
    world.load(*people, *objects)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    world.data()
    for n in chance.sample(numbers, 10):  # a change moves an object within the image, but not within the answer
        world.call("setTimeEntryDescription", timeEntryID=f"{a}-{100 + n}", description="changed")
    persons = [str(person["id"]) for person in people]
    reached = {email: world.data(email)["projects"] for email in (world.admin, BEN)}
    order = [f"{a}-{n}" for n in (1, 2, 3)]

    @settings(max_examples=120, deadline=None)
    @given(
        st.sampled_from([world.admin, BEN]), st.sets(st.sampled_from(order)), st.sets(st.sampled_from(persons)),
        st.none() | st.sampled_from(owners), st.none() | st.sampled_from(days), st.none() | st.sampled_from(days),
        st.booleans(),
    )  # fmt: skip
    def find(
        who: str, projects: set[str], wanted: set[str], owner: tuple[str, str] | None, first: str | None,
        last: str | None, whole: bool,
    ) -> None:  # fmt: skip
        given = {
            "projectIDs": ",".join(projects), "personIDs": ", ".join(wanted), "fromDate": first or "",
            "toDate": last or "", "includeProperties": EVERYTHING if whole else "",
        }  # fmt: skip
        if owner:
            given |= {"ownerObjectType": owner[0], "ownerObjectID": owner[1]}
        if first and last and first > last:
            with pytest.raises(InvalidParameter):
                world.call("getTimeEntries", who, **given)
            return
        if who == BEN and (order[1] in projects or (owner and owner[1].startswith(f"{a}-2"))):
            with pytest.raises(UserCannotAccessProject):
                world.call("getTimeEntries", who, **given)
            return
        expected = [
            {**entry, "customFieldValues": entry["customFieldValues"] if whole else None}
            for entry in entries_in(reached[who])
            if (not projects or entry["projectID"] in projects)
            and (not wanted or entry["personID"] in wanted)
            and (not owner or (entry["ownerObjectType"], entry["ownerObjectID"]) == owner)
            and (not first or entry["date"] >= first)
            and (not last or entry["date"] <= last)
        ]
        expected.sort(
            key=lambda entry: (entry["date"], order.index(entry["projectID"]), int(entry["id"][len(a) + 1 :]))
        )
        assert world.call("getTimeEntries", who, **given) == expected

    find()
    assert len(world.call("getTimeEntries")) == len(numbers)
