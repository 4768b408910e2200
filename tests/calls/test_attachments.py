"""Attachments with real content: adding, reading, changing, deleting, and how large they may be."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequestAlreadyExecuted,
    RequirementNotSatisfied,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from scrumrpc.store.images import Images
from tests.world import World

EVERY_BYTE = bytes(range(256))


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def project(world: World, name: str = "P") -> str:
    return str(world.call("addProject", name=name))


def attach(world: World, owner: str, data: bytes = EVERY_BYTE, **more: str) -> str:
    given = {"ownerObjectType": "Project", "ownerObjectID": owner, "fileName": "Example.png"}
    return str(world.call("addAttachment", **given | {"fileContents": encoded(data)} | more))


def attachments(world: World) -> list[dict[str, Any]]:
    """Those on all projects."""
    return [each for shown in world.data()["projects"] for each in shown["attachments"]]


def contents(world: World) -> list[tuple[Any, ...]]:
    """What is kept, oldest first."""

    async def read(conn: Any) -> Any:
        cursor = await conn.execute(
            "SELECT content_type, bytes FROM file_contents WHERE account_id = %s ORDER BY content", (world.account,)
        )
        return await cursor.fetchall()

    return [(content_type, bytes(data)) for content_type, data in world.store(read)]


# Adding ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_attached_to_an_object(world: World) -> None:
    owner = project(world)
    before = world.version
    added = attach(world, owner, externalID="X1", name="Picture", description="A picture.")
    assert world.version == before + 1
    assert attachments(world) == [
        {
            "objectType": "Attachment", "id": added, "externalID": "X1", "projectID": owner,
            "ownerObjectType": "Project", "ownerObjectID": owner, "name": "Picture", "description": "A picture.",
            "fileName": "Example.png", "thumbnailURL": None,
            "url": f"/service/files/attachments/{added}/Example.png",
        }
    ]  # fmt: skip
    assert contents(world) == [("image/png", EVERY_BYTE)]
    assert world.call("getAttachmentFileContents", attachmentID=added) == encoded(EVERY_BYTE)


def test_attachments_are_on_any_owner_in_the_order_in_which_they_came(world: World) -> None:
    owner = project(world)
    item = world.call("addBacklogItem", projectID=owner, name="i")
    task = world.call("addTask", backlogItemID=item, name="t")
    for of_type, on in (("BacklogItem", item), ("Task", task)):
        added = [attach(world, on, ownerObjectType=of_type, fileName=name) for name in ("b", "a", "c")]
        [shown] = world.data()["projects"][0]["backlogItems"]
        if of_type == "Task":
            [shown] = shown["tasks"]
        assert [each["id"] for each in shown["attachments"]] == added
        assert {each["projectID"] for each in shown["attachments"]} == {owner}


def test_a_name_and_a_description_may_be_left_out(world: World) -> None:
    attach(world, project(world))
    [shown] = attachments(world)
    assert (shown["name"], shown["description"], shown["externalID"]) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("x.png", "image/png"), ("x.PNG", "image/png"), ("a.b.txt", "text/plain"), ("x.svg", "image/svg+xml"),
        ("x.html", "text/html"), ("x.tar.gz", "application/octet-stream"), ("x", "application/octet-stream"),
        (".png", "application/octet-stream"), ("x.nonsense", "application/octet-stream"),
        ("data:text,x.pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_the_content_type_follows_from_the_file_name(world: World, name: str, content_type: str) -> None:
    attach(world, project(world), fileName=name)
    assert contents(world) == [(content_type, EVERY_BYTE)]


def test_the_content_type_may_be_given(world: World) -> None:
    attach(world, project(world), contentType="text/plain; charset=latin1")
    assert contents(world)[0][0] == "text/plain; charset=latin1"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("Größe 1.png", "Gr%C3%B6%C3%9Fe%201.png"),
        ("a?b#c%2F&d.png", "a%3Fb%23c%252F%26d.png"),
        ('say "hi".png', "say%20%22hi%22.png"),
        ("日本.png", "%E6%97%A5%E6%9C%AC.png"),
    ],
)
def test_the_url_holds_any_file_name(world: World, name: str, quoted: str) -> None:
    added = attach(world, project(world), fileName=name)
    [shown] = attachments(world)
    assert shown["fileName"] == name
    assert shown["url"] == f"/service/files/attachments/{added}/{quoted}"


def test_the_url_begins_with_where_the_server_is_reached(world: World) -> None:
    added = attach(world, project(world))
    images = Images(world.database, 10**9, "https://scrum.example.com")
    image = world.run(images.at_least(world.account, world.epoch, world.version))
    parts: list[bytes] = []
    image.write_list(parts, ("Project", 0), frozenset({"Project.attachments"}))
    assert f'"url":"https://scrum.example.com/service/files/attachments/{added}/Example.png"'.encode() in b"".join(
        parts
    )


@pytest.mark.parametrize("missing", ["ownerObjectType", "ownerObjectID", "fileName", "fileContents"])
def test_what_must_be_given(world: World, missing: str) -> None:
    owner = project(world)
    for none in ("", "null"):
        with pytest.raises(MissingParameter, match=missing):
            attach(world, owner, **{missing: none})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fileName": "../x"}, "fileName"),
        ({"fileName": "a\r\nSet-Cookie: x"}, "fileName"),
        ({"contentType": "text/html\r\nX: y"}, "contentType"),
        ({"contentType": "html"}, "contentType"),
        ({"fileContents": "no base64"}, "fileContents"),
        ({"fileContents": "QUJD="}, "fileContents"),
        ({"ownerObjectType": "File"}, "ownerObjectType"),
        ({"ownerObjectType": "Person"}, "ownerObjectType"),
    ],
)
def test_what_cannot_be(world: World, given: dict[str, str], said: str) -> None:
    owner = project(world)
    before = world.version
    with pytest.raises(InvalidParameter, match=said):
        attach(world, owner, **given)
    assert (world.version, contents(world)) == (before, [])


def test_the_owner_must_exist(world: World) -> None:
    project(world)
    with pytest.raises(ObjectNotFound, match="1-2-3"):
        attach(world, "1-2-3")


def test_external_ids_are_unique(world: World) -> None:
    owner = project(world)
    attach(world, owner, externalID="X1")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        attach(world, owner, externalID="X1")
    assert len(contents(world)) == 1


def test_an_empty_file(world: World) -> None:
    """A line break stands for it in a form, because a parameter that is empty has no value; so do empty bodies."""
    added = attach(world, project(world), fileContents="\n")
    assert world.call("getAttachmentFileContents", attachmentID=added) == ""
    assert contents(world) == [("image/png", b"")]


# How large ------------------------------------------------------------------------------------------------------------


def test_a_file_has_at_most_so_many_bytes(world: World) -> None:
    owner = project(world)
    kept = world.calls
    limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
    world.calls = Calls(world.database, Images(world.database, 10**9), limits, largest_file=1000)
    try:
        attach(world, owner, b"x" * 1000)
        before = world.version
        with pytest.raises(InvalidParameter, match="fileContents has 1001 bytes; at most 1000 "):
            attach(world, owner, b"x" * 1001)
        assert world.version == before
        assert [len(data) for _, data in contents(world)] == [1000]
    finally:
        world.calls = kept


# requestID ------------------------------------------------------------------------------------------------------------


def test_a_request_is_executed_once(world: World) -> None:
    owner = project(world)
    attach(world, owner, requestID="r")
    with pytest.raises(RequestAlreadyExecuted):
        attach(world, owner, requestID="r")
    assert len(contents(world)) == len(attachments(world)) == 1


# Reading --------------------------------------------------------------------------------------------------------------


def test_imported_attachments_have_no_content_here(world: World) -> None:
    owner = project(world)
    given = {
        "objectType": "Project", "id": "1-1-1", "name": "Q", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    url = "https://elsewhere.example.com/a.png"
    world.load(
        given,
        {
            "objectType": "Attachment", "id": "1-1-2", "projectID": "1-1-1", "ownerObjectType": "Project",
            "ownerObjectID": "1-1-1", "name": "a", "url": url,
        },
    )  # fmt: skip
    with pytest.raises(RequirementNotSatisfied, match=url):
        world.call("getAttachmentFileContents", attachmentID="1-1-2")
    added = attach(world, owner)
    assert {each["id"]: each["url"] for each in attachments(world)}["1-1-2"] == url
    assert world.call("getAttachmentFileContents", attachmentID=added) == encoded(EVERY_BYTE)


def test_access_to_the_project_is_needed(world: World) -> None:
    owner = project(world)
    added = attach(world, owner)
    world.person("bob@example.com")
    read = {"attachmentID": added}
    assert world.call("getAttachmentFileContents", "bob@example.com", **read) == encoded(EVERY_BYTE)
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for method, given in (
        ("getAttachmentFileContents", read),
        ("deleteAttachment", read),
        ("setAttachmentName", read | {"name": "x"}),
        ("addAttachment", {
            "ownerObjectType": "Project", "ownerObjectID": owner, "fileName": "x", "fileContents": "AAAA"
        }),
    ):  # fmt: skip
        with pytest.raises(UserCannotAccessProject):
            world.call(method, "bob@example.com", **given)
    assert world.call("getAttachmentFileContents", **read) == encoded(EVERY_BYTE)


def test_another_account_has_other_attachments(world: World) -> None:
    added = attach(world, project(world), b"of the first account")
    first = world.account
    world.check_log_gives_tables()
    world.new_account()
    mine = attach(world, project(world), b"of the second account")
    assert mine.replace(str(world.account), str(first)) == added, "the numbers are the same in both accounts"
    for method in ("getAttachmentFileContents", "deleteAttachment"):
        with pytest.raises(ObjectNotFound, match=added):
            world.call(method, attachmentID=added)
    assert world.call("getAttachmentFileContents", attachmentID=mine) == encoded(b"of the second account")


# Changing and deleting ------------------------------------------------------------------------------------------------


def test_setters(world: World) -> None:
    added = attach(world, project(world), name="a", description="b")
    for method, name in (
        ("setAttachmentName", "name"),
        ("setAttachmentDescription", "description"),
        ("setAttachmentExternalID", "externalID"),
    ):
        for value in ("new", None):
            world.call(method, attachmentID=added, **{name: value or ""})
            assert attachments(world)[0][name] == value
        before = world.version
        world.call(method, attachmentID=added, **{name: ""})
        assert world.version == before
    assert attachments(world)[0]["url"].endswith("/Example.png")


def test_an_attachment_is_deleted(world: World) -> None:
    owner = project(world)
    first, second = attach(world, owner), attach(world, owner)
    world.call("deleteAttachment", attachmentID=first)
    assert [each["id"] for each in attachments(world)] == [second]
    with pytest.raises(ObjectNotFound, match=first):
        world.call("getAttachmentFileContents", attachmentID=first)
    with pytest.raises(ObjectNotFound, match=first):
        world.call("deleteAttachment", attachmentID=first)


def test_attachments_go_with_their_owner(world: World) -> None:
    owner = project(world)
    item = world.call("addBacklogItem", projectID=owner, name="i")
    added = attach(world, item, ownerObjectType="BacklogItem")
    world.call("deleteBacklogItem", backlogItemID=item)
    with pytest.raises(ObjectNotFound, match=added):
        world.call("getAttachmentFileContents", attachmentID=added)
