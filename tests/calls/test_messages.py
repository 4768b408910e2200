"""Messages of projects: what they start with, whose they are, and what can be on them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.model.enumerations import COLORS, MESSAGE_TYPES
from scrumrpc.store import accounts
from tests.world import World

BEN, CAT = "ben@example.com", "cat@example.com"


def messages(world: World) -> Any:
    return world.data()["projects"][0]["messages"]


def test_a_new_message(world: World) -> None:
    ben = world.person(BEN)
    project = world.call("addProject", name="A")
    before = int(time.time() * 1000)
    message = world.call("addMessage", BEN, projectID=project, title="Hello")
    after = int(time.time() * 1000)
    [shown] = messages(world)
    assert before <= shown.pop("date") <= after
    assert shown == {
        "objectType": "Message", "id": message, "externalID": None, "projectID": project, "title": "Hello",
        "text": None, "link": None, "type": None, "creatorID": ben, "color": "Yellow", "isArchived": False,
        "tagIDs": [], "checklists": [], "comments": [], "attachments": [],
    }  # fmt: skip


def test_a_message_with_everything(world: World) -> None:
    project = world.call("addProject", name="A")
    given = {
        "externalID": "E", "title": "T", "text": "words", "link": "http://example.com", "type": "Question",
        "color": "Pink",
    }  # fmt: skip
    world.call("addMessage", projectID=project, **given)
    [shown] = messages(world)
    assert {name: shown[name] for name in given} == given


def test_messages_stand_in_the_order_in_which_they_were_written(world: World) -> None:
    project = world.call("addProject", name="A")
    ids = [world.call("addMessage", projectID=project, title="same") for _ in range(4)]
    assert [each["id"] for each in messages(world)] == ids


@pytest.mark.parametrize("missing", ["projectID", "title"])
def test_what_a_message_needs(world: World, missing: str) -> None:
    project = world.call("addProject", name="A")
    with pytest.raises(MissingParameter, match=missing):
        world.call("addMessage", **({"projectID": project, "title": "T"} | {missing: ""}))


def test_wrong_words_are_refused(world: World) -> None:
    project = world.call("addProject", name="A")
    message = world.call("addMessage", projectID=project, title="T")
    for name, value, hint in (("type", "question", "Question"), ("color", "yellow", "Yellow")):
        with pytest.raises(InvalidParameter, match=f"Did you mean {hint}"):
            world.call("addMessage", projectID=project, title="T", **{name: value})
        with pytest.raises(InvalidParameter, match=f"Did you mean {hint}"):
            world.call(f"setMessage{name.title()}", messageID=message, **{name: value})
    with pytest.raises(ObjectNotFound, match="project"):
        world.call("addMessage", projectID=message, title="T")
    with pytest.raises(ObjectNotFound, match="message"):
        world.call("deleteMessage", messageID=project)


def test_all_types_and_colors(world: World) -> None:
    project = world.call("addProject", name="A")
    message = world.call("addMessage", projectID=project, title="T")
    for name, values in (("type", MESSAGE_TYPES), ("color", COLORS)):
        for value in values:
            world.call(f"setMessage{name.title()}", messageID=message, **{name: value})
            assert messages(world)[0][name] == value


@pytest.mark.parametrize(
    ("setter", "name", "value"),
    [("Text", "text", "t"), ("Link", "link", "http://x"), ("Type", "type", "Idea"), ("ExternalID", "externalID", "E")],
)
def test_what_may_be_none(world: World, setter: str, name: str, value: str) -> None:
    project = world.call("addProject", name="A")
    message = world.call("addMessage", projectID=project, title="T")
    for given, expected in (({name: value}, value), ({}, None), ({name: value}, value), ({name: "null"}, None)):
        world.call(f"setMessage{setter}", messageID=message, **given)
        assert messages(world)[0][name] == expected


@pytest.mark.parametrize(
    ("setter", "name", "value", "shown"),
    [("Title", "title", "t", "t"), ("Color", "color", "Red", "Red"), ("IsArchived", "isArchived", "true", True)],
)
def test_what_may_not_be_none(world: World, setter: str, name: str, value: str, shown: Any) -> None:
    project = world.call("addProject", name="A")
    message = world.call("addMessage", projectID=project, title="T")
    world.call(f"setMessage{setter}", messageID=message, **{name: value})
    for given in ({}, {name: ""}, {name: "null"}):
        with pytest.raises(MissingParameter, match=name):
            world.call(f"setMessage{setter}", messageID=message, **given)
    assert messages(world)[0][name] == shown


def test_external_ids_are_unique(world: World) -> None:
    project = world.call("addProject", name="A", externalID="E")
    world.call("addMessage", projectID=project, title="T", externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addMessage", projectID=project, title="U", externalID="E")


def test_messages_belong_to_who_wrote_them(world: World) -> None:
    """Others may archive them and give them external ids, but not change what they say."""
    world.person(BEN)
    world.person(CAT)
    project = world.call("addProject", name="A")
    for who, allowed in ((BEN, True), (CAT, False), (world.admin, True)):
        message = world.call("addMessage", BEN, projectID=project, title="T")
        for method, given in (
            ("setMessageTitle", {"title": "U"}), ("setMessageText", {"text": "words"}), ("setMessageLink", {}),
            ("setMessageType", {"type": "Idea"}), ("setMessageColor", {"color": "Red"}), ("deleteMessage", {}),
        ):  # fmt: skip
            if allowed:
                world.call(method, who, messageID=message, **given)
            else:
                before = world.version
                with pytest.raises(UserHasInsufficientPermissions, match="wrote the message"):
                    world.call(method, who, messageID=message, **given)
                assert world.version == before
    message = world.call("addMessage", BEN, projectID=project, title="T")
    world.call("setMessageIsArchived", CAT, messageID=message, isArchived="true")
    world.call("setMessageExternalID", CAT, messageID=message, externalID="C")
    assert [(each["isArchived"], each["externalID"]) for each in messages(world)] == [(False, None), (True, "C")]


def test_a_message_of_nobody_belongs_to_administrators(world: World) -> None:
    world.person(BEN)
    project = world.call("addProject", name="A")
    message = world.operator("addMessage", projectID=project, title="T")
    assert messages(world)[0]["creatorID"] is None
    with pytest.raises(UserHasInsufficientPermissions):
        world.call("setMessageTitle", BEN, messageID=message, title="U")
    world.call("setMessageTitle", messageID=message, title="U")
    world.operator("setMessageTitle", messageID=message, title="V")


def test_strangers_are_refused(world: World) -> None:
    world.person(BEN)
    project = world.call("addProject", name="A")
    message = world.call("addMessage", BEN, projectID=project, title="T")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for method, given in (
        ("addMessage", {"projectID": project, "title": "T"}), ("setMessageTitle", {"messageID": message, "title": "U"}),
        ("setMessageIsArchived", {"messageID": message, "isArchived": "true"}),
        ("deleteMessage", {"messageID": message}),
    ):  # fmt: skip
        with pytest.raises(UserCannotAccessProject):
            world.call(method, BEN, **given)


def test_what_can_be_on_a_message(world: World) -> None:
    project = world.call("addProject", name="A")
    message = world.call("addMessage", projectID=project, title="T")
    on = {"ownerObjectType": "Message", "ownerObjectID": message}
    comment = world.call("addComment", **on, text="c")
    reply = world.call("addComment", **on, text="r", parentCommentID=comment)
    checklist = world.call("addChecklist", **on, name="c")
    world.call("addChecklistItem", checklistID=checklist, name="i")
    tag = world.call("addTag", projectID=project, name="red")
    world.call("addTagOnObject", tagID=tag, objectType="Message", objectID=message)
    [shown] = messages(world)
    assert [each["id"] for each in shown["comments"]] == [comment]
    assert [each["id"] for each in shown["comments"][0]["replies"]] == [reply]
    assert [each["id"] for each in shown["checklists"]] == [checklist]
    assert shown["tagIDs"] == [tag]
    with pytest.raises(RequirementNotSatisfied, match="already has"):
        world.call("addTagOnObject", tagID=tag, objectType="Message", objectID=message)
    elsewhere = world.call("addTag", projectID=world.call("addProject", name="B"), name="red")
    with pytest.raises(RequirementNotSatisfied, match="another project"):
        world.call("addTagOnObject", tagID=elsewhere, objectType="Message", objectID=message)
    world.call("removeTagFromObject", tagID=tag, objectType="Message", objectID=message)
    assert messages(world)[0]["tagIDs"] == []
    world.call("addTagOnObject", tagID=tag, objectType="Message", objectID=message)
    world.call("deleteTag", tagID=tag)
    assert messages(world)[0]["tagIDs"] == []
    world.call("deleteMessage", messageID=message)
    left = {record.type for record in world.tables().records()}
    assert not left & {"Message", "Comment", "Checklist", "ChecklistItem"}
