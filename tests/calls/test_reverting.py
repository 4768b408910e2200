"""revertVersion: what it gives back, what stands against it, and that it is all or nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from scrumrpc.errors import (
    ApiError,
    DataVersionNoLongerKept,
    DataVersionNotReachedYet,
    InvalidParameter,
    RequestAlreadyExecuted,
    RequirementNotSatisfied,
)
from scrumrpc.model.invariants import violations
from scrumrpc.store import ranks
from tests.calls.ground import Ground
from tests.model import start
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def revert(world: World, version: int, by: str | None = None, **given: str) -> int:
    """Takes a version back; answers the version afterwards."""
    answer = world.answer("revertVersion", by, dataVersion=str(version), **given)
    assert answer.result is None
    assert violations(world.tables()) == []
    return answer.version


def refused(world: World, version: int, *said: str) -> str:
    """The message with which a version is not taken back; nothing has changed then."""
    before, state = world.version, world.data()
    with pytest.raises(RequirementNotSatisfied) as error:
        world.call("revertVersion", dataVersion=str(version))
    assert (world.version, world.data()) == (before, state)
    for each in said:
        assert each in error.value.message, error.value.message
    return error.value.message


def test_what_was_set_is_set_back_and_later_changes_of_others_stay(ground: Ground) -> None:
    world = ground.world
    first, second = ground.item("first"), ground.item("second")
    ground.call("setBacklogItemName", backlogItemID=first, name="other")
    version = world.version
    ground.call("setBacklogItemName", backlogItemID=second, name="another")
    ground.call("setBacklogItemPriority", backlogItemID=first, priority="High")
    assert revert(world, version) == version + 3
    assert [(item["name"], item["priority"]) for item in map(ground.shown, (first, second))] == [
        ("first", "High"), ("another", None),
    ]  # fmt: skip
    world.check_log_gives_tables()


def test_a_conflict_is_told_with_object_property_and_version(ground: Ground) -> None:
    world = ground.world
    item, other = ground.item("first"), ground.item("second")
    calls = [
        {"method": "setBacklogItemName", "parameters": {"backlogItemID": item, "name": "one"}},
        {"method": "setBacklogItemPriority", "parameters": {"backlogItemID": item, "priority": "High"}},
        {"method": "setBacklogItemName", "parameters": {"backlogItemID": other, "name": "two"}},
    ]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    version = world.version
    ground.call("setBacklogItemPriority", backlogItemID=item, priority="Low")
    ground.call("setBacklogItemPriority", backlogItemID=item, priority="Urgent")
    ground.call("deleteBacklogItem", backlogItemID=other)
    message = refused(world, version)
    assert message == (
        f"Data version {version} cannot be taken back: the priority of the BacklogItem {item} was changed in data "
        f"version {version + 2}; the BacklogItem {other} was deleted in data version {version + 3}."
    )


def test_what_is_back_already_is_no_conflict(ground: Ground) -> None:
    world = ground.world
    item = ground.item("first")
    ground.call("setBacklogItemName", backlogItemID=item, name="second")
    version = world.version
    ground.call("setBacklogItemName", backlogItemID=item, name="first")
    assert revert(world, version) == version + 1  # nothing is left to do
    ground.call("setBacklogItemName", backlogItemID=item, name="third")
    ground.call("setBacklogItemName", backlogItemID=item, name="second")
    assert revert(world, version) == version + 4  # by value, it is as the version left it
    assert ground.shown(item)["name"] == "first"


def test_what_was_added_goes_again_unless_something_has_come_to_it(ground: Ground) -> None:
    world = ground.world
    item = ground.item()
    added = world.version
    task = ground.call("addTask", backlogItemID=item, name="t")
    comment = ground.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="c")
    refused(
        world, added,
        f"the Task {task} belongs to the BacklogItem {item}, as was set in data version {added + 1}",
        f"the Comment {comment} belongs to the BacklogItem {item}, as was set in data version {added + 2}",
    )  # fmt: skip
    revert(world, added + 2)
    revert(world, added + 1)
    revert(world, added)
    assert world.data()["projects"][0]["backlogItems"] == []
    world.check_log_gives_tables()


def test_what_was_added_stays_while_others_name_it(ground: Ground) -> None:
    world = ground.world
    item = ground.item()
    tag = ground.call("addTag", projectID=ground.project, name="T")
    tagged = world.version
    ground.call("addTagOnObject", objectType="BacklogItem", objectID=item, tagID=tag)
    refused(world, tagged, f"the BacklogItem {item} names in tagIDs the Tag {tag}, as was set in data version")
    release = ground.call("addRelease", projectID=ground.project, name="R")
    released = world.version
    ground.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=release)
    refused(world, released, f"the BacklogItem {item} names in releaseID the Release {release}")
    person = ground.call("addPerson", firstName="Dora", emailAddress="dora@example.com")
    came = world.version
    ground.call("addTeamMember", teamID=ground.team, personID=person)
    refused(world, came, f"the Team {ground.team} names in teamMemberIDs the Person {person}")
    field = ground.call(
        "addCustomField", projectID=ground.project, name="F", ownerObjectTypes="BacklogItem", type="Team"
    )
    team = ground.call("addTeam", projectID=ground.project, name="New")
    teamed = world.version
    ground.call(
        "setCustomFieldValue", ownerObjectType="BacklogItem", ownerObjectID=item, customFieldID=field, value=team
    )
    refused(world, teamed, f"To take data version {teamed} back would break rules", f"is '{team}'")


def test_what_was_deleted_comes_back_as_it_was(ground: Ground) -> None:
    world = ground.world
    first, item, last = ground.item("first"), ground.item("x", tasks=("To do", "Done")), ground.item("last")
    attachment = ground.call(
        "addAttachment", ownerObjectType="BacklogItem", ownerObjectID=item, fileName="a.txt", fileContents="YWJj"
    )
    world.call("setBacklogItemExternalID", backlogItemID=item, externalID="E")
    before = world.data()
    world.call("deleteBacklogItem", backlogItemID=item)
    revert(world, world.version)
    assert world.data() == before
    assert world.call("getAttachmentFileContents", attachmentID=attachment) == "YWJj"
    assert [each["id"] for each in before["projects"][0]["backlogItems"]] == [first, item, last]
    number = ground.shown(world.call("addBacklogItem", projectID=ground.project, name="new"))["itemNumber"]
    assert number == 4
    world.check_log_gives_tables()


def test_a_place_that_is_taken_is_shared_by_coming_before_who_has_it(ground: Ground) -> None:
    world = ground.world
    for name in ("a", "b", "c"):
        ground.item(name)
    last = ground.shown(world.data()["projects"][0]["backlogItems"][2]["id"])["id"]
    world.call("deleteBacklogItem", backlogItemID=last)
    deleted = world.version
    ground.item("d")
    ground.item("e")
    revert(world, deleted)
    assert ground.names("backlogItems") == ["a", "b", "c", "d", "e"]
    ground.item("f")
    assert ground.names("backlogItems") == ["a", "b", "c", "d", "e", "f"]
    world.check_log_gives_tables()


def test_places_are_kept_when_a_list_gets_new_ranks(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """That happens after very many inserts at one place, and changes no order: so it stands against nothing."""
    world = ground.world
    items = {name: ground.item(name) for name in "abcdef"}
    world.call("deleteBacklogItem", backlogItemID=items["c"])
    first = world.version
    calls = [{"method": "deleteBacklogItem", "parameters": {"backlogItemID": items[name]}} for name in "de"]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    world.call("moveBacklogItem", backlogItemID=items["f"], index="0")
    world.call("addBacklogItem", projectID=ground.project, name="g")
    before = {record.number: record.rank for record in world.tables().records() if record.type == "BacklogItem"}
    monkeypatch.setattr(ranks, "_LONGEST", 3)
    new = 0
    while any(world.tables()[number].rank == rank for number, rank in before.items()):
        world.call("addBacklogItem", projectID=ground.project, name="new", index="1")
        new += 1
    monkeypatch.undo()
    news = ["new"] * new
    assert ground.names("backlogItems") == ["f", *news, "a", "b", "g"]
    revert(world, first + 3)  # the one that added g
    revert(world, first + 2)
    assert ground.names("backlogItems") == [*news, "a", "b", "f"]
    revert(world, first + 1)
    assert ground.names("backlogItems") == [*news, "a", "b", "d", "e", "f"]
    restored = {"objectType": "BacklogItem", "objectID": items["c"]}
    world.call("restoreObject", **restored)
    assert ground.names("backlogItems") == [*news, *"abcdef"]
    world.check_log_gives_tables()


def test_names_ids_and_addresses_that_others_have_by_now(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", externalID="E")
    tag = ground.call("addTag", projectID=ground.project, name="T")
    project = ground.call("addProject", name="P")
    person = world.call("addPerson", firstName="Dora", emailAddress="dora@example.com")
    world.call("deleteBacklogItem", backlogItemID=item)
    ground.item("y", externalID="E")
    refused(world, world.version - 1, f"the externalID E of the BacklogItem {item} is that of another BacklogItem now")
    world.call("setTagName", tagID=tag, name="U")
    ground.call("addTag", projectID=ground.project, name="T")
    refused(world, world.version - 1, f"the name T of the Tag {tag} is that of another Tag now")
    world.call("deleteProject", projectID=project)
    world.call("addProject", name="P")
    refused(world, world.version - 1, f"the name P of the Project {project} is that of another Project now")
    world.call("setPersonEmailAddress", personID=person, emailAddress="dot@example.com")
    world.call("addPerson", firstName="Other", emailAddress="DORA@example.com")
    refused(world, world.version - 1, f"the emailAddress dora@example.com of the Person {person} is that of another")
    world.call("deletePerson", personID=person)
    world.call("addPerson", firstName="Other", emailAddress="dot@example.com")
    refused(world, world.version - 1, f"the emailAddress dot@example.com of the Person {person} is that of another")


def test_what_two_objects_have_exchanged_is_exchanged_again(ground: Ground) -> None:
    """Names, places and external ids: the database refuses that two have the same even for a moment."""
    world = ground.world
    tags = [ground.call("addTag", projectID=ground.project, name=name, externalID=name) for name in ("a", "b", "c")]
    before = world.data()

    def call(method: str, tag: str, **given: str) -> dict[str, Any]:
        return {"method": method, "parameters": {"tagID": tag, **given}}

    calls = [
        call(f"setTag{name}", tag, **{name[0].lower() + name[1:]: value})
        for name in ("Name", "ExternalID")
        for tag, value in ((tags[0], "x"), (tags[1], "a"), (tags[0], "b"))
    ]
    calls += [call("moveTag", tags[0]), call("moveTag", tags[2], index="0"), call("moveTag", tags[1], index="0")]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    after = world.data()
    assert [tag["name"] for tag in after["projects"][0]["tags"]] == ["a", "c", "b"]
    revert(world, world.version)
    assert world.data() == before
    revert(world, world.version)
    assert world.data() == after
    world.check_log_gives_tables()


def test_a_deleted_person_comes_back_into_all_roles(ground: Ground) -> None:
    world = ground.world
    world.call("addProductOwner", projectID=ground.project, personID=ground.person)
    world.call("addTeamMember", teamID=ground.team, personID=ground.person)
    before = world.data()
    world.call("deletePerson", personID=ground.person)
    revert(world, world.version)
    assert world.data() == before
    world.call("getDataVersion", "ben@example.com")


def test_the_account_keeps_an_administrator(ground: Ground) -> None:
    world = ground.world
    world.call("setPersonIsAdministrator", personID=ground.person, isAdministrator="true")
    version = world.version
    [ann] = [each["id"] for each in world.data()["persons"] if each["emailAddress"] == world.admin]
    world.call("setPersonIsAdministrator", "ben@example.com", personID=ann, isAdministrator="false")
    with pytest.raises(RequirementNotSatisfied, match="would leave the account without an administrator"):
        world.call("revertVersion", "ben@example.com", dataVersion=str(version))


def test_rules_of_state_hold_afterwards(ground: Ground) -> None:
    world = ground.world
    board = ground.board("To do", "Done")
    item, late = ground.item("x"), ground.item("late")
    sprint = ground.sprint(board, items=(item,))
    ground.call("startSprint", sprintID=sprint)
    started = world.version
    ground.call("assignBacklogItemToSprint", backlogItemID=late, sprintID=sprint, teamID=ground.team)
    refused(
        world, started, f"To take data version {started} back would break rules that all data keeps: ",
        f"BacklogItem {late} is To do in the Sprint {sprint}, which is In planning",
    )  # fmt: skip
    revert(world, world.version)
    revert(world, started)
    assert ground.place(item)[0] == "Assigned to sprint"


def test_what_broke_a_rule_before_is_nothing_that_stands_against_it(world: World) -> None:
    objects = start.objects(world.account)
    [item] = [each for each in objects if each["id"] == f"{world.account}-7-30"]
    item |= {"status": "In progress"}
    world.load(*objects)
    assert len(violations(world.tables())) == 1
    world.call("setBacklogItemName", backlogItemID=item["id"], name="y")
    world.call("revertVersion", dataVersion=str(world.version))
    assert world.call("getObject", objectType="BacklogItem", objectID=item["id"])["name"] == "Item 30"


def test_numbers_do_not_come_back_into_another_unit(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", estimate="5", estimateUnit="Days")
    world.call("setBacklogItemEstimate", backlogItemID=item)
    cleared = world.version
    world.call("setProjectDetailedEstimateUnit", projectID=ground.project, detailedEstimateUnit="Hours")
    refused(
        world, cleared, f"numbers of the BacklogItem {item} are in Days, but the detailedEstimateUnit of the Project "
        f"{ground.project} was changed in data version {cleared + 1}",
    )  # fmt: skip
    world.call("setBacklogItemEstimate", backlogItemID=item, estimate="8", estimateUnit="Hours")
    refused(
        world, cleared + 1, f"the estimate of the BacklogItem {item} is in the present detailedEstimateUnit of the "
        f"Project {ground.project}, as was set in data version {cleared + 2}",
    )  # fmt: skip
    for version in (cleared + 2, cleared + 1, cleared):
        revert(world, version)
    assert ground.shown(item)["estimate"] == 5


def test_used_time_that_is_summed_up_is_in_the_other_unit(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", tasks=("To do",))
    [task] = ground.tasks(item)
    given = {"ownerObjectType": "Task", "ownerObjectID": task["id"], "date": "2027-01-04", "personID": ground.person}
    world.call("setProjectDetailedEstimateUnit", projectID=ground.project, detailedEstimateUnit="Hours")
    world.call("setProjectTimeTrackingUnit", projectID=ground.project, timeTrackingUnit="Days")
    units = world.version
    world.call("addTimeEntry", **given, usedTime="2", usedTimeUnit="Days")
    refused(world, units, "the usedTime of the TimeEntry", "is in the present timeTrackingUnit")
    revert(world, units - 1)


def test_periods_do_not_end_before_they_start(ground: Ground) -> None:
    world = ground.world
    sprint = ground.sprint()
    world.call("setSprintDates", sprintID=sprint, startDate="2027-02-01", endDate="2027-04-01")
    world.call("setSprintDates", sprintID=sprint, startDate="2027-01-01", endDate="2027-04-01")
    version = world.version
    world.call("setSprintDates", sprintID=sprint, startDate="2027-01-01", endDate="2027-01-31")
    refused(world, version, f"the Sprint {sprint} would end, on 2027-01-31, before it starts, on 2027-02-01")


def test_there_is_something_to_come_back_to(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", tasks=("To do",))
    [task] = ground.tasks(item)
    world.call("deleteTask", taskID=task["id"])
    deleted = world.version
    world.call("deleteBacklogItem", backlogItemID=item)
    refused(
        world, deleted,
        f"the Task {task['id']} would name in backlogItemID the BacklogItem {item}, which was deleted in data version "
        f"{deleted + 1}",
    )  # fmt: skip
    revert(world, deleted + 1)
    revert(world, deleted)
    assert len(ground.tasks(item)) == 1


def test_versions_that_cannot_be_taken_back(world: World) -> None:
    for version, error in (("0", DataVersionNoLongerKept), (str(world.version + 1), DataVersionNotReachedYet)):
        with pytest.raises(error, match=f"The parameter dataVersion is {version}"):
            world.call("revertVersion", dataVersion=version)
    for wrong in ("x", "-1", "1.5"):
        with pytest.raises(InvalidParameter, match="The parameter dataVersion is"):
            world.call("revertVersion", dataVersion=wrong)


def test_what_was_imported_can_be_taken_back_as_a_whole(world: World) -> None:
    before, keyed = world.data(), world.version
    world.load(*start.objects(world.account))
    after = world.data()
    revert(world, world.version)
    assert world.data() == before
    assert world.version == keyed + 2
    revert(world, world.version)
    assert world.data() == after
    world.check_log_gives_tables()


def test_a_batch_takes_back_and_goes_on(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x")
    world.call("deleteBacklogItem", backlogItemID=item)
    deleted = world.version
    calls = [
        {"method": "revertVersion", "parameters": {"dataVersion": deleted}},
        {"method": "addTask", "parameters": {"backlogItemID": item, "name": "t"}},
        {"method": "addBacklogItem", "parameters": {"projectID": ground.project, "name": "y"}},
    ]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    assert world.version == deleted + 1
    assert ground.names("backlogItems") == ["x", "y"]
    assert [task["name"] for task in ground.tasks(item)] == ["t"]
    calls = [
        {"method": "setTaskName", "parameters": {"taskID": ground.tasks(item)[0]["id"], "name": "u"}},
        {"method": "revertVersion", "parameters": {"dataVersion": deleted + 1}},
    ]
    told = r"^Call 2 \(revertVersion\): .* was changed earlier in this call"
    with pytest.raises(RequirementNotSatisfied, match=told):
        world.call("executeBatch", calls=orjson.dumps(calls).decode())
    world.check_log_gives_tables()


def test_a_batch_adds_behind_what_has_come_back(ground: Ground) -> None:
    world = ground.world
    _, tag, last = (ground.call("addTag", projectID=ground.project, name=name) for name in "abc")
    for each in (tag, last):
        world.call("deleteTag", tagID=each)
    adds = [{"method": "addTag", "parameters": {"projectID": ground.project, "name": name}} for name in "xy"]
    back = {"method": "revertVersion", "parameters": {"dataVersion": world.version}}
    world.call("executeBatch", calls=orjson.dumps([adds[0], back, adds[1]]).decode())
    assert ground.names("tags") == ["a", "x", "c", "y"]
    world.check_log_gives_tables()


def test_two_at_once_take_a_version_back_once(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x")
    world.call("deleteBacklogItem", backlogItemID=item)
    version = world.version

    async def both() -> list[Any]:
        calls = [world.send("revertVersion", dataVersion=str(version)) for _ in range(2)]
        calls.append(world.send("restoreObject", objectType="BacklogItem", objectID=item))
        return await asyncio.gather(*calls, return_exceptions=True)

    answers = world.run(both())
    assert sorted(each.version for each in answers[:2]) == [version + 1, version + 1]
    assert isinstance(answers[2], ApiError) or answers[2].version == version + 1
    assert ground.names("backlogItems") == ["x"]


def test_a_repeat_is_told_as_one(ground: Ground) -> None:
    world = ground.world
    ground.item("x")
    version = world.version
    revert(world, version, requestID="r1")
    with pytest.raises(RequestAlreadyExecuted):
        revert(world, version, requestID="r1")
    assert revert(world, version, requestID="r1", onRepeat="result") == version + 1
