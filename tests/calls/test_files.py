"""Files and folders of a project: where they are, what they hold, and that folders are never in themselves."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import (
    InvalidParameter,
    MissingParameter,
    ObjectNotFound,
    RequirementNotSatisfied,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.world import World

DATA = base64.b64encode(b"some data").decode()


def project(world: World, name: str = "P") -> str:
    return str(world.call("addProject", name=name))


def add_file(world: World, owner: str, **more: str) -> str:
    given = {"projectID": owner, "fileName": "Example.txt", "fileContents": DATA}
    return str(world.call("addFile", **given | more))


def add_folder(world: World, owner: str, name: str = "F", **more: str) -> str:
    return str(world.call("addFolder", projectID=owner, name=name, **more))


def files(world: World) -> list[dict[str, Any]]:
    """What is in no folder of the first project."""
    shown: list[dict[str, Any]] = world.data()["projects"][0]["files"]
    return shown


def tree(world: World) -> list[Any]:
    """The ids of all that is there; folders with what is in them."""

    def of(shown: list[dict[str, Any]]) -> list[Any]:
        return [(each["id"], of(each["files"])) if each["isFolder"] else each["id"] for each in shown]

    return of(files(world))


# Adding ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_added(world: World) -> None:
    owner = project(world)
    ben = world.person("ben@example.com")
    before = world.version
    told = {"projectID": owner, "externalID": "X1", "name": "Notes", "description": "What was said."}
    added = world.call("addFile", "ben@example.com", **told, fileName="notes.txt", fileContents=DATA)
    assert world.version == before + 1
    [shown] = files(world)
    date = shown.pop("date")
    assert shown == {
        "objectType": "File", "id": added, "externalID": "X1", "projectID": owner, "parentFolderID": None,
        "isFolder": False, "name": "Notes", "description": "What was said.", "creatorID": ben, "isArchived": False,
        "fileName": "notes.txt", "thumbnailURL": None, "url": f"/service/files/files/{added}/notes.txt", "tagIDs": [],
        "comments": [], "files": [],
    }  # fmt: skip
    assert 1_700_000_000_000 < date < 5_000_000_000_000
    assert world.call("getFileContents", fileID=added) == DATA


def test_a_file_without_a_name_is_called_by_its_file_name(world: World) -> None:
    add_file(world, project(world), fileName="Größe.txt")
    assert files(world)[0]["name"] == "Größe.txt"


def test_a_folder_is_added(world: World) -> None:
    owner = project(world)
    added = add_folder(world, owner, "Minutes", description="Of meetings.", externalID="X2")
    [shown] = files(world)
    assert shown.pop("date")
    assert shown.pop("creatorID")
    assert shown == {
        "objectType": "File", "id": added, "externalID": "X2", "projectID": owner, "parentFolderID": None,
        "isFolder": True, "name": "Minutes", "description": "Of meetings.", "isArchived": False, "fileName": None,
        "thumbnailURL": None, "url": None, "tagIDs": [], "comments": [], "files": [],
    }  # fmt: skip


def test_the_index_counts_in_the_folder(world: World) -> None:
    owner = project(world)
    folder = add_folder(world, owner)
    a = add_file(world, owner, parentFolderID=folder)
    b = add_file(world, owner)
    c = add_file(world, owner, parentFolderID=folder, index="0")
    d = add_folder(world, owner, index="1")
    e = add_file(world, owner, parentFolderID=folder, index="1")
    f = add_folder(world, owner, parentFolderID=folder)
    assert tree(world) == [(folder, [c, e, a, (f, [])]), (d, []), b]
    for method in (add_file, add_folder):
        with pytest.raises(InvalidParameter, match="the list holds 4"):
            method(world, owner, parentFolderID=folder, index="5")
        with pytest.raises(InvalidParameter, match="the list is empty"):
            method(world, owner, parentFolderID=f, index="1")


@pytest.mark.parametrize("missing", ["projectID", "fileName", "fileContents"])
def test_what_a_file_must_have(world: World, missing: str) -> None:
    owner = project(world)
    with pytest.raises(MissingParameter, match=missing):
        add_file(world, owner, **{missing: ""})


def test_a_folder_must_have_a_name(world: World) -> None:
    with pytest.raises(MissingParameter, match="name"):
        add_folder(world, project(world), "")


@pytest.mark.parametrize("more", [{"fileName": "a/b"}, {"contentType": "x"}, {"fileContents": "x!"}])
def test_what_cannot_be(world: World, more: dict[str, str]) -> None:
    owner = project(world)
    with pytest.raises(InvalidParameter, match=next(iter(more))):
        add_file(world, owner, **more)


# Folders --------------------------------------------------------------------------------------------------------------


def test_what_a_file_goes_into_is_a_folder_of_the_project(world: World) -> None:
    owner, other = project(world), project(world, "Q")
    no_folder, folder = add_file(world, owner), add_folder(world, owner)
    elsewhere = add_folder(world, other)
    before = world.version
    for wrong, said in ((no_folder, f"{no_folder} .* is no folder"), (elsewhere, "another project")):
        for call in (
            lambda wrong=wrong: add_file(world, owner, parentFolderID=wrong),
            lambda wrong=wrong: add_folder(world, owner, parentFolderID=wrong),
            lambda wrong=wrong: world.call("moveFile", fileID=folder, parentFolderID=wrong),
        ):
            with pytest.raises(RequirementNotSatisfied, match=said):
                call()
    assert world.version == before


def test_files_are_moved(world: World) -> None:
    owner = project(world)
    folder, inner = add_folder(world, owner), add_folder(world, owner)
    a, b, c = (add_file(world, owner) for _ in range(3))
    for move, expected in (
        ({"fileID": a, "parentFolderID": folder}, [(folder, [a]), (inner, []), b, c]),
        ({"fileID": b, "parentFolderID": folder, "index": "0"}, [(folder, [b, a]), (inner, []), c]),
        ({"fileID": c, "index": "0"}, [c, (folder, [b, a]), (inner, [])]),
        ({"fileID": inner, "parentFolderID": folder, "index": "1"}, [c, (folder, [b, (inner, []), a])]),
        ({"fileID": a, "parentFolderID": inner}, [c, (folder, [b, (inner, [a])])]),
        ({"fileID": folder, "index": "0"}, [(folder, [b, (inner, [a])]), c]),
        ({"fileID": b, "parentFolderID": folder, "index": "1"}, [(folder, [(inner, [a]), b]), c]),
        ({"fileID": inner}, [(folder, [b]), c, (inner, [a])]),
    ):
        world.call("moveFile", **move)
        assert tree(world) == expected
        before = world.version
        world.call("moveFile", **move)
        assert world.version == before, "it is there already"
    with pytest.raises(InvalidParameter, match="index is 3"):
        world.call("moveFile", fileID=inner, index="3")


def test_a_folder_does_not_go_into_itself(world: World) -> None:
    owner = project(world)
    outer = add_folder(world, owner)
    middle = add_folder(world, owner, parentFolderID=outer)
    inner = add_folder(world, owner, parentFolderID=middle)
    before = world.version
    for target in (outer, middle, inner):
        with pytest.raises(RequirementNotSatisfied, match=f"{outer} .*nothing is part of itself"):
            world.call("moveFile", fileID=outer, parentFolderID=target)
    assert world.version == before
    world.call("moveFile", fileID=inner, parentFolderID=outer)
    world.call("moveFile", fileID=middle, parentFolderID=inner)
    assert tree(world) == [(outer, [(inner, [(middle, [])])])]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4), st.integers(-1, 2)), max_size=12))
def test_whatever_is_moved_nothing_is_lost_and_all_is_where_it_was_put(world: World, moves: list[Any]) -> None:
    world.check_log_gives_tables()
    world.new_account()
    owner = project(world)
    ids = [add_folder(world, owner, str(n)) for n in range(4)] + [add_file(world, owner)]
    lists: dict[str | None, list[str]] = {None: list(ids), **{folder: [] for folder in ids[:4]}}

    def above(folder: str | None) -> list[str | None]:
        return [] if folder is None else [folder, *above(next(f for f, inside in lists.items() if folder in inside))]

    for moved, target, index in moves:
        file, folder = ids[moved], None if target is None else ids[target]
        where = next(f for f, inside in lists.items() if file in inside)
        there = [each for each in lists.get(folder, []) if each != file]
        given = {"fileID": file, "parentFolderID": folder or "", "index": str(index)}
        if folder == ids[4] or file in above(folder):
            with pytest.raises(RequirementNotSatisfied):
                world.call("moveFile", **given)
        elif index > len(there):
            with pytest.raises(InvalidParameter):
                world.call("moveFile", **given)
        else:
            world.call("moveFile", **given)
            lists[where].remove(file)
            lists[folder].insert(len(there) if index < 0 else index, file)
        assert tree(world) == _expected(lists, None)


def _expected(lists: dict[str | None, list[str]], folder: str | None) -> list[Any]:
    return [(each, _expected(lists, each)) if each in lists else each for each in lists[folder]]


def test_a_folder_is_deleted_with_everything_in_it(world: World) -> None:
    owner = project(world)
    outer = add_folder(world, owner)
    inner = add_folder(world, owner, parentFolderID=outer)
    file, other = add_file(world, owner, parentFolderID=inner), add_file(world, owner)
    comment = world.call("addComment", ownerObjectType="File", ownerObjectID=file, text="x")
    before = world.version
    world.call("deleteFile", fileID=outer)
    assert world.version == before + 1
    assert tree(world) == [other]
    for gone in (outer, inner, file):
        with pytest.raises(ObjectNotFound, match=gone):
            world.call("deleteFile", fileID=gone)
    with pytest.raises(ObjectNotFound, match=comment):
        world.call("deleteComment", commentID=comment)
    assert world.call("getFileContents", fileID=other) == DATA


# Contents -------------------------------------------------------------------------------------------------------------


def set_contents(world: World, file: str, data: bytes, **more: str) -> None:
    world.call("setFileContents", fileID=file, fileContents=base64.b64encode(data).decode() + "\n", **more)


def test_a_file_gets_another_content(world: World) -> None:
    file = add_file(world, project(world), name="Notes")
    [before] = files(world)
    set_contents(world, file, b"another")
    assert base64.b64decode(world.call("getFileContents", fileID=file)) == b"another"
    assert files(world) == [before]
    set_contents(world, file, b"a third", fileName="Größe.bin")
    assert base64.b64decode(world.call("getFileContents", fileID=file)) == b"a third"
    url = f"/service/files/files/{file}/Gr%C3%B6%C3%9Fe.bin"
    assert files(world) == [before | {"fileName": "Größe.bin", "url": url}]


def test_the_same_content_again_changes_nothing(world: World) -> None:
    owner = project(world)
    file = add_file(world, owner)
    before = world.version
    set_contents(world, file, b"some data")
    set_contents(world, file, b"some data", fileName="Example.txt", contentType="text/plain")
    assert world.version == before
    set_contents(world, file, b"some data", contentType="text/html")
    assert world.version == before + 1
    set_contents(world, file, b"some data", fileName="Example.html")
    assert world.version == before + 2
    other = add_file(world, owner)
    set_contents(world, other, b"")
    set_contents(world, other, b"")
    assert world.version == before + 4


def test_a_folder_has_no_content(world: World) -> None:
    folder = add_folder(world, project(world))
    with pytest.raises(RequirementNotSatisfied, match=f"{folder} is a folder"):
        world.call("getFileContents", fileID=folder)
    with pytest.raises(RequirementNotSatisfied, match=f"{folder} is a folder"):
        set_contents(world, folder, b"x", fileName="x")


def test_imported_files_have_no_content_until_they_get_one(world: World) -> None:
    project_of_it = {
        "objectType": "Project", "id": "1-1-1", "name": "Q", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    file = {
        "objectType": "File", "id": "1-1-2", "projectID": "1-1-1", "isFolder": False, "isArchived": False,
        "url": "https://elsewhere.example.com/a.png", "thumbnailURL": "https://elsewhere.example.com/small.png",
    }  # fmt: skip
    world.load(project_of_it, file)
    with pytest.raises(RequirementNotSatisfied, match=r"https://elsewhere\.example\.com/a\.png"):
        world.call("getFileContents", fileID="1-1-2")
    with pytest.raises(MissingParameter, match="fileName"):
        set_contents(world, "1-1-2", b"x")
    set_contents(world, "1-1-2", b"x", fileName="a.png")
    [shown] = files(world)
    assert (shown["url"], shown["thumbnailURL"]) == ("/service/files/files/1-1-2/a.png", None)
    assert base64.b64decode(world.call("getFileContents", fileID="1-1-2")) == b"x"


def test_access_to_the_project_is_needed(world: World) -> None:
    owner = project(world)
    file, folder = add_file(world, owner), add_folder(world, owner)
    world.person("bob@example.com")
    assert world.call("getFileContents", "bob@example.com", fileID=file) == DATA
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    for method, parameters in (
        ("getFileContents", {"fileID": file}),
        ("setFileContents", {"fileID": file, "fileContents": DATA}),
        ("deleteFile", {"fileID": file}),
        ("moveFile", {"fileID": file, "parentFolderID": folder}),
        ("addFile", {"projectID": owner, "fileName": "x", "fileContents": DATA}),
        ("addFolder", {"projectID": owner, "name": "x"}),
    ):
        with pytest.raises(UserCannotAccessProject):
            world.call(method, "bob@example.com", **parameters)


# Other properties -----------------------------------------------------------------------------------------------------


def test_setters(world: World) -> None:
    file = add_file(world, project(world))
    for method, name, value, shown in (
        ("setFileName", "name", "New", "New"),
        ("setFileDescription", "description", "d", "d"),
        ("setFileDescription", "description", "", None),
        ("setFileExternalID", "externalID", "X9", "X9"),
        ("setFileExternalID", "externalID", "", None),
        ("setFileIsArchived", "isArchived", "true", True),
        ("setFileIsArchived", "isArchived", "false", False),
    ):
        world.call(method, fileID=file, **{name: value})
        assert files(world)[0][name] == shown
    assert files(world)[0]["fileName"] == "Example.txt"
    for method in ("setFileName", "setFileIsArchived"):
        with pytest.raises(MissingParameter):
            world.call(method, fileID=file)
