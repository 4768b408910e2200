"""What operators import: objects with what goes with them, as the sample account and older data come in."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from methods.imported import check_object
from scrumrpc.cli.sample import constructors as make
from scrumrpc.cli.sample import objects
from scrumrpc.errors import InvalidParameter
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import STORED_TYPES
from tests.world import World

PROJECT = make.project("1-2-1", "A")
BACKLOG = make.backlog(PROJECT, "1-2-2", "Backlog")
LIST = make.backlog_list(BACKLOG, "1-2-3", "Backlog")
BOARD = make.board(PROJECT, "1-2-4", "Kanban", "Kanban")
TO_DO = make.column(BOARD, "1-2-5", "To do", "To do")


def project_of(world: World) -> dict[str, Any]:
    project: dict[str, Any] = world.call("getData", includeProperties=",".join(OPTIONAL))["projects"][0]
    return project


def test_what_a_file_holds_comes_with_it(world: World) -> None:
    item = make.item(LIST, "1-2-6", 1, "x")
    text = make.file(PROJECT, "1-2-7", "ä b.txt", None, contents=b"text", thumbnailURL="https://files.example.com/t")
    picture = make.attachment(item, "1-2-8", "x.png", contents=b"\x00\xff")
    world.load(PROJECT, BACKLOG, LIST, item, text, picture)
    assert world.call("getFileContents", fileID="1-2-7") == b64encode(b"text").decode()
    assert world.call("getAttachmentFileContents", attachmentID="1-2-8") == b64encode(b"\x00\xff").decode()
    shown = project_of(world)
    [file] = shown["files"]
    assert (file["fileName"], file["thumbnailURL"]) == ("ä b.txt", None)
    assert file["url"].endswith("/service/files/files/1-2-7/%C3%A4%20b.txt")
    assert shown["backlogItems"][0]["attachments"][0]["url"].endswith("/service/files/attachments/1-2-8/x.png")
    world.check_log_gives_tables()


@pytest.mark.parametrize("contents", ["%", "a"])
def test_what_a_file_holds_is_base64(world: World, contents: str) -> None:
    file = make.file(PROJECT, "1-2-7", "a.txt", None) | {"fileContents": contents}
    with pytest.raises(InvalidParameter, match="The fileContents of the File 1-2-7 are not base64"):
        world.load(PROJECT, file)


def test_a_file_without_contents_stays_where_it_is(world: World) -> None:
    world.load(PROJECT, make.file(PROJECT, "1-2-7", "a.txt", "2013-01-01 00:00:00", thumbnailURL="https://x.example/t"))
    [file] = project_of(world)["files"]
    assert file["url"] == "https://files.example.com/1-2-7/a.txt"
    assert file["thumbnailURL"] == "https://x.example/t"


def test_retrospectives_come_with_their_columns(world: World) -> None:
    columns = {"Good": "Green", "Bad": "Red", "Next": "Blue"}
    retrospective = make.retrospective(PROJECT, "1-2-6", None, "2013-01-01 00:00:00", "R", columns)
    world.load(PROJECT, retrospective, make.card(retrospective, "1-2-7", 2, None, "2013-01-01 00:00:00", "x"))
    [shown] = project_of(world)["retrospectives"]
    assert [(c["name"], c["color"], len(c["cards"])) for c in shown["columns"]] == [
        ("Good", "Green", 0), ("Bad", "Red", 1), ("Next", "Blue", 0),
    ]  # fmt: skip


def test_items_stand_on_their_board_in_the_order_in_which_they_come(world: World) -> None:
    items = [make.item(LIST, f"1-3-{number}", number, "x", TO_DO) for number in (7, 8, 9)]
    world.load(PROJECT, BACKLOG, LIST, BOARD, TO_DO, *items)
    assert project_of(world)["boards"][0]["assignedBacklogItemIDs"] == ["1-3-7", "1-3-8", "1-3-9"]


def test_items_in_an_epic_stand_in_it_and_in_its_list(world: World) -> None:
    epic = make.item(LIST, "1-3-1", 1, "epic", type="Epic")
    world.load(PROJECT, BACKLOG, LIST, epic, make.item(epic, "1-3-2", 2, "part"))
    [shown] = project_of(world)["backlogItems"]
    [part] = shown["childBacklogItems"]
    assert (part["id"], part["parentEpicID"], part["backlogListID"]) == ("1-3-2", "1-3-1", "1-2-3")


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ([{"objectType": "Nothing"}], "unknown objectType Nothing"),
        ([make.board(PROJECT, "1-2-4", "B", "Scrum")], "The Board 1-2-4 names 1-2-1 in projectID, but no Project"),
        (
            [PROJECT, make.new("Relationship", "1-2-9", projectID=PROJECT, type="Is blocking", fromObjectType="Task",
             fromObjectID="1-2-1", toObjectType="Task", toObjectID="1-2-1")],
            "names 1-2-1 in fromObjectID, but no Task",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(world: World, objects: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        world.load(*objects)
    assert world.data()["projects"] == []


@pytest.mark.parametrize("text", ["{", '{"objectType": "Tag"}', "[1]"])
def test_objects_are_a_json_array(world: World, text: str) -> None:
    with pytest.raises(InvalidParameter, match="objects"):
        world.operator("importObjects", objects=text)


TASK = make.new("Task", "1-2-9", projectID=PROJECT, backlogItemID="1-2-6", taskNumber=1, name="x", status="To do")
RETROSPECTIVE = make.retrospective(PROJECT, "1-2-10", None, "2013-01-01 00:00:00", "R", {"Good": "Green"})
NEEDED = [
    (given, p.name)
    for given in (
        PROJECT, BACKLOG, LIST, BOARD, TO_DO, make.item(LIST, "1-2-6", 1, "x"), TASK, RETROSPECTIVE,
        make.file(PROJECT, "1-2-7", "a.txt", None), make.tag(PROJECT, "1-2-8", "a", "Red"),
        make.new("Person", "1-2-11", firstName="A", emailAddress="a@example.com", isActivated=True,
                 isAdministrator=False),
    )
    for p in STORED_TYPES[given["objectType"]].answered
    if p.kind == "columns" or (p.stored and not p.nullable and p.default is None and p.kind not in ("id", "refs"))
    if p.name not in ("itemNumber", "taskNumber", "isActivated", "isAdministrator")
]  # fmt: skip


@pytest.mark.parametrize(("given", "name"), NEEDED)
def test_what_lacks_something_is_refused(world: World, given: dict[str, Any], name: str) -> None:
    lacking = {key: value for key, value in given.items() if key != name}
    with pytest.raises(InvalidParameter, match=rf"The {given['objectType']} {given['id']} .*\b{name}\b"):
        world.load(lacking)


@pytest.mark.parametrize("wrong", [7, 2**70, -2, True, "\0", "2013-02-30", [], [1], {}])
def test_values_of_a_wrong_sort_are_refused(wrong: Any) -> None:
    """The sort of every property: whatever is none of its values is refused in words."""
    takes = {"integer": int, "time": int, "boolean": bool, "refs": list, "strings": list}
    for given in sample():
        for p in STORED_TYPES[given["objectType"]].answered:
            if p.stored and not (p.kind == "number" and wrong in (7, 2**70)):
                fits = type(wrong) is takes.get(p.kind, str) and wrong not in ("\0", [1], -2)
                if fits and not (wrong == 2**70 or (isinstance(wrong, str) and p.kind in ("enum", "date"))):
                    continue
                with pytest.raises(InvalidParameter, match=rf"The {given['objectType']}.* has the {p.name} "):
                    check_object(given | {p.name: wrong}, STORED_TYPES[given["objectType"]])


def sample() -> list[dict[str, Any]]:
    """An object of each type."""
    return list({each["objectType"]: each for each in objects()}.values())


@pytest.mark.parametrize("wrong", ["", None])
def test_what_is_taken_can_be_stored(world: World, wrong: str | None) -> None:
    item = make.item(LIST, "1-2-6", 1, "x")
    refused = 0
    for name in item.keys() - {"objectType"}:
        try:
            world.load(PROJECT, BACKLOG, LIST, item | {name: wrong})
        except InvalidParameter:
            refused += 1
        else:
            world.new_account()
    assert refused >= 5


def test_an_id_is_given_once(world: World) -> None:
    for twice in ([PROJECT, PROJECT], [PROJECT, BACKLOG, BACKLOG]):
        with pytest.raises(InvalidParameter, match=r"with the id 1-2-[12] already"):
            world.load(*twice)
    world.load(PROJECT)
    with pytest.raises(InvalidParameter, match="There is a Project with the id 1-2-1 already"):
        world.load(PROJECT)
