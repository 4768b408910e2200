"""restoreObject: what comes back with an object, how it fits into what has moved on, and what stands against it."""

from __future__ import annotations

import orjson
import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.invariants import violations
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from tests.calls.ground import Ground
from tests.model.start import objects
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground(world)


def restore(world: World, object_type: str, wire_id: str) -> None:
    """Brings an object back; all rules hold then."""
    answer = world.answer("restoreObject", objectType=object_type, objectID=wire_id)
    assert answer.result is None
    assert violations(world.tables()) == []


DELETING = {
    "Attachment": "deleteAttachment", "Backlog": "deleteBacklog", "BacklogItem": "deleteBacklogItem",
    "BacklogList": "deleteBacklogList", "Board": "deleteBoard", "BoardColumn": "deleteBoardColumn",
    "Checklist": "deleteChecklist", "ChecklistItem": "deleteChecklistItem", "Comment": "deleteComment",
    "Commit": "deleteCommit", "CustomField": "deleteCustomField", "File": "deleteFile", "Message": "deleteMessage",
    "Person": "deletePerson", "Project": "deleteProject", "Relationship": "deleteRelationship",
    "Release": "deleteRelease", "Retrospective": "deleteRetrospective", "RetrospectiveCard": "deleteRetrospectiveCard",
    "Sprint": "deleteSprint", "Tag": "deleteTag", "Task": "deleteTask", "Team": "deleteTeam",
    "TeamSprintParticipation": "deleteTeamSprintParticipation", "TimeEntry": "deleteTimeEntry",
}  # fmt: skip


def test_each_type_that_can_be_deleted_is_in_the_table() -> None:
    assert set(DELETING) == STORED_TYPES.keys() - {"CustomFieldValue", "DeletedPerson"}


@pytest.mark.parametrize("object_type", DELETING)
def test_an_object_of_each_type_comes_back(world: World, object_type: str) -> None:
    """All that was in the account before is there again, but for what others lost with the object."""
    world.load(*objects(world.account))
    second = world.call("addBacklog", projectID=f"{world.account}-7-1", name="Second")
    world.call("addBacklogList", backlogID=second, name="Empty")
    world.call("addBoard", projectID=f"{world.account}-7-1", name="Empty", type="Scrum")
    second_team = {"teamID": f"{world.account}-7-3", "sprintID": f"{world.account}-7-26"}
    world.call("addTeamSprintParticipation", **second_team)
    before = {record.number: record for record in world.tables().records()}
    parameter = object_type[0].lower() + object_type[1:] + "ID"
    deleted: list[Record] = []
    for record in sorted(before.values(), key=lambda each: each.number):
        if record.type == object_type and not deleted and record.values.get("emailAddress") != world.admin:
            try:
                world.call(DELETING[object_type], **{parameter: record.id})
            except RequirementNotSatisfied:
                continue
            after = {each.number: each for each in world.tables().records()}
            deleted = [each for each in before.values() if each.number not in after]
            restore(world, object_type, record.id)
    now = {record.number: record for record in world.tables().records()}
    assert deleted or object_type == "Person"
    assert now.keys() == before.keys()
    for number, record in before.items():
        assert now[number].type == record.type
        if number in {each.number for each in deleted}:
            assert now[number] == record
    world.check_log_gives_tables()


def test_a_value_of_a_custom_field_comes_back(ground: Ground) -> None:
    world = ground.world
    item = ground.item()
    field = world.call(
        "addCustomField", projectID=ground.project, name="F", ownerObjectTypes="BacklogItem", type="Integer"
    )
    of_item = {"ownerObjectType": "BacklogItem", "ownerObjectID": item, "customFieldID": field}
    world.call("setCustomFieldValue", **of_item, value="7")
    [value] = ground.shown(item)["customFieldValues"]
    world.call("setCustomFieldValue", **of_item, value="")
    restore(world, "CustomFieldValue", value["id"])
    assert ground.shown(item)["customFieldValues"] == [value]
    world.call("setCustomFieldValue", **of_item, value="")
    world.call("setCustomFieldValue", **of_item, value="8")
    with pytest.raises(RequirementNotSatisfied, match="is there now instead of the CustomFieldValue"):
        restore(world, "CustomFieldValue", value["id"])


def test_what_went_with_it_comes_back_and_nothing_else(ground: Ground) -> None:
    world = ground.world
    item, other = ground.item("x", tasks=("To do", "Done")), ground.item("y")
    world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="before")
    gone = world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="gone before")
    world.call("deleteComment", commentID=gone)
    world.call(
        "addRelationship", projectID=ground.project, type="Is related to", fromObjectType="BacklogItem",
        fromObjectID=item, toObjectType="BacklogItem", toObjectID=other,
    )  # fmt: skip
    before = world.data()
    calls = [{"method": "deleteBacklogItem", "parameters": {"backlogItemID": each}} for each in (item, other)]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    restore(world, "BacklogItem", item)
    assert ground.names("backlogItems") == ["x"]
    assert len(ground.tasks(item)) == 2
    assert [comment["text"] for comment in ground.shown(item)["comments"]] == ["before"]
    assert world.data()["projects"][0]["relationships"] == []  # its other end is gone
    restore(world, "BacklogItem", other)
    assert world.data() == before  # with what went in the same version and needs both
    world.check_log_gives_tables()


def test_a_task_counts_again(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", tasks=("To do", "In progress"))
    first, second = (task["id"] for task in ground.tasks(item))
    for task, estimate in ((first, "3"), (second, "4")):
        world.call("setTaskEstimate", taskID=task, estimate=estimate, estimateUnit="Days")
    world.call("deleteTask", taskID=first)
    world.call("setTaskEstimate", taskID=second, estimate="5", estimateUnit="Days")
    ground.set_task_status(second, "Done")
    board = ground.board("To do", "Done", type="Kanban")
    world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=board)
    restore(world, "Task", first)
    shown = ground.shown(item)
    assert (shown["estimate"], shown["status"]) == (8, "In progress")
    assert [task["name"] for task in shown["tasks"]] == ["x 0", "x 1"]
    assert shown["tasks"][0]["boardColumnID"] is not None


def test_a_task_does_not_come_back_into_what_takes_none(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", tasks=("To do",))
    [task] = ground.tasks(item)
    world.call("deleteTask", taskID=task["id"])
    world.call("setBacklogItemType", backlogItemID=item, type="Epic")
    with pytest.raises(RequirementNotSatisfied, match="is an epic; an epic has no tasks"):
        restore(world, "Task", task["id"])
    world.call("deleteBacklogItem", backlogItemID=item)
    with pytest.raises(RequirementNotSatisfied, match=r"would name in backlogItemID the BacklogItem .* was deleted in"):
        restore(world, "Task", task["id"])


@pytest.mark.parametrize("what", ["completed", "started", "deleted", "kept"])
def test_an_item_comes_back_into_its_sprint_if_that_is_as_it_was(ground: Ground, what: str) -> None:
    world = ground.world
    board = ground.board("To do", "Done")
    item, stays = ground.item("x", tasks=("To do",)), ground.item("y")
    sprint = ground.sprint(board, items=(item, stays), started=what == "completed")
    world.call("deleteBacklogItem", backlogItemID=item)
    if what == "completed":
        world.call("completeSprint", sprintID=sprint)
    elif what == "started":
        world.call("startSprint", sprintID=sprint)
    elif what == "deleted":
        world.call("deleteSprint", sprintID=sprint)
    restore(world, "BacklogItem", item)
    kept = ("Assigned to sprint", sprint, ground.team, None, None)
    assert ground.place(item) == (kept if what == "kept" else ("Ready for sprint", None, None, None, None))
    assert len(ground.tasks(item)) == 1


def test_an_item_comes_back_without_what_is_gone(ground: Ground) -> None:
    world = ground.world
    backlog = world.call("addBacklog", projectID=ground.project, name="First")
    world.call("addBacklogList", backlogID=backlog, name="Second")
    backlog_list = world.data()["projects"][0]["backlogs"][0]["backlogLists"][1]["id"]
    board, epic = ground.board("To do", type="Kanban"), ground.item("epic", type="Epic")
    item = ground.item("x", tasks=("To do",), backlogListID=backlog_list)
    tags = [ground.call("addTag", projectID=ground.project, name=name) for name in ("a", "b")]
    for tag in tags:
        world.call("addTagOnObject", objectType="BacklogItem", objectID=item, tagID=tag)
    release = ground.release(item)
    world.call("assignBacklogItemToKanbanBoard", backlogItemID=item, boardID=board)
    world.call("assignBacklogItemToEpic", backlogItemID=item, epicID=epic)
    world.call("deleteBacklogItem", backlogItemID=item)
    world.call("deleteTag", tagID=tags[0])
    world.call("deleteRelease", releaseID=release)
    world.call("deleteBoard", boardID=board)
    world.call("deleteBacklogItem", backlogItemID=epic)
    world.call("deleteBacklogList", backlogListID=backlog_list)
    restore(world, "BacklogItem", item)
    shown = ground.shown(item)
    assert (shown["tagIDs"], shown["releaseID"], shown["boardID"], shown["parentEpicID"]) == (
        [tags[1]],
        None,
        None,
        None,
    )
    assert shown["tasks"][0]["boardColumnID"] is None
    [first_list] = world.data()["projects"][0]["backlogs"][0]["backlogLists"]
    assert first_list["backlogItems"] == [shown]


def test_a_reply_and_a_file_need_what_they_are_in(ground: Ground) -> None:
    world = ground.world
    item = ground.item()
    comment = world.call("addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="c")
    reply = world.call(
        "addComment", ownerObjectType="BacklogItem", ownerObjectID=item, text="r", parentCommentID=comment
    )
    world.call("deleteComment", commentID=reply)
    world.call("deleteComment", commentID=comment)
    with pytest.raises(RequirementNotSatisfied, match=f"name in parentCommentID the Comment {comment}, which was"):
        restore(world, "Comment", reply)
    restore(world, "Comment", comment)
    restore(world, "Comment", reply)
    assert [each["replies"][0]["id"] for each in ground.shown(item)["comments"]] == [reply]


def test_a_person_is_a_person_again(ground: Ground) -> None:
    world = ground.world
    world.call("deletePerson", personID=ground.person)
    with pytest.raises(RequirementNotSatisfied, match="objectType=Person makes a person of it again"):
        restore(world, "DeletedPerson", ground.person)
    restore(world, "Person", ground.person)
    world.call("getDataVersion", "ben@example.com")
    world.call("deletePerson", personID=ground.person)
    world.person("Ben@example.com")
    with pytest.raises(RequirementNotSatisfied, match=r"the emailAddress ben@example\.com of the Person"):
        restore(world, "Person", ground.person)


def test_what_cannot_be_restored(ground: Ground) -> None:
    world = ground.world
    item = ground.item("x", externalID="E")
    with pytest.raises(RequirementNotSatisfied, match=f"The BacklogItem {item} is there: it cannot be restored."):
        restore(world, "BacklogItem", item)
    for object_type, wire_id in (("Task", item), ("BacklogItem", f"{world.account}-9-9"), ("BacklogItem", "no id")):
        with pytest.raises(ObjectNotFound, match="Nor has one of that id been deleted"):
            restore(world, object_type, wire_id)
    world.call("deleteBacklogItem", backlogItemID=item)
    ground.item("y", externalID="E")
    with pytest.raises(RequirementNotSatisfied, match=r"the externalID E of the BacklogItem .* is that of another"):
        restore(world, "BacklogItem", item)
    with pytest.raises(InvalidParameter, match="objectType"):
        restore(world, "Nothing", item)
    with pytest.raises(MissingParameter):
        world.call("restoreObject", objectType="Task")


def test_what_was_imported_is_found_by_its_id(world: World) -> None:
    world.load(*objects(world.account))
    item = f"{world.account}-7-41"
    for _ in range(2):
        world.call("deleteBacklogItem", backlogItemID=item)
        restore(world, "BacklogItem", item)
    assert world.call("getObject", objectType="BacklogItem", objectID=item)["name"] == "Item 41"
