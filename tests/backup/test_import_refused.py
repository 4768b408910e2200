"""What cannot be the export of an account is refused, with the line that shows it, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scrumrpc.docs
from scrumrpc.errors import InvalidParameter
from scrumrpc.store import accounts
from tests.backup.transferring import exported, imported, same, sealed, told, unused
from tests.store.giving_up import give_up
from tests.world import World

EXAMPLE = Path(scrumrpc.docs.__file__).with_name("export.ndjson").read_bytes().splitlines(keepends=True)
"""What the documentation shows. Its lines: account, key, name, version 1 with a person; version 2 with a project, a
backlog and a list; version 3 with another name of the project."""
ACCOUNT, KEY, NAME, FIRST, PERSON, SECOND, PROJECT, BACKLOG, LIST, THIRD, RENAMED = range(11)

Edit = Callable[[list[Any]], Any]


def put(line: int, /, **values: Any) -> Edit:
    """Gives fields of a line other values."""
    return lambda lines: lines[line].update(values)


def state(line: int, /, **values: Any) -> Edit:
    """Gives properties of an object other values; what is `...` goes."""

    def edit(lines: list[Any]) -> None:
        found = lines[line]["state"]
        found.update(values)
        for name in [name for name, value in found.items() if value is ...]:
            del found[name]

    return edit


def both(*edits: Edit) -> Edit:
    return lambda lines: [edit(lines) for edit in edits]


def add(line: int, /, **fields: Any) -> Edit:
    """Puts in a line of another kind."""
    return lambda lines: lines.insert(line, fields)


def file(number: int, **values: Any) -> dict[str, Any]:
    return {"line": "file", "content": number, "contentType": "text/plain", "bytes": "YQ==", **values}


def webhook(**values: Any) -> dict[str, Any]:
    return {
        "line": "webhook", "webhook": 1, "url": "https://example.com", "description": None, "projects": None,
        "projectIDs": None, "objectTypes": None, "person": 1, "createdAt": "2026-01-01T00:00:00.000000Z",
        "deliveredVersion": 3, **values,
    }  # fmt: skip


WITH_WEBHOOK = put(ACCOUNT, lastWebhook=1)
TASK = {
    "id": "17-0-9", "externalID": None, "taskNumber": 1, "projectID": 2, "backlogItemID": 4, "name": "t",
    "description": None, "link": None, "color": None, "creationDate": None, "status": "To do", "toDoDate": None,
    "inProgressDate": None, "toTestDate": None, "doneDate": None, "boardColumnID": None, "estimate": None,
    "usedTime": None, "remainingWork": None, "assignedPersonIDs": [], "tagIDs": [], "dueDate": None, "rank": "a0",
}  # fmt: skip

REFUSED: list[tuple[str, Edit, str]] = [
    # The lines as such
    ("another format", put(ACCOUNT, format="x"), "Line 1: this is no export of an account"),
    ("a newer form", put(ACCOUNT, formatVersion=2), "Line 1: the export has the form 2; this program reads the form 1"),
    ("no account", lambda lines: lines.pop(0), "Line 1: this is no export of an account"),
    ("two accounts", lambda lines: lines.insert(1, lines[0]), "Line 2: a line about the account cannot follow"),
    ("an unknown kind", put(KEY, line="x"), "Line 2: there is no kind of line called x"),
    ("a kind that is no text", put(KEY, line=["x"]), r"Line 2: there is no kind of line called \['x'\]"),
    ("a missing field", lambda lines: lines[FIRST].pop("method"), "Line 4: the version lacks method"),
    ("an unknown field", put(FIRST, who=1), "Line 4: the version has who, which is not known here"),
    ("a wrong field", put(FIRST, committedAt="yesterday"), "Line 4: the committedAt of the version must be a time"),
    ("a day that is none", put(FIRST, committedAt="2026-02-30T09:00:00.000000Z"), "Line 4: the committedAt"),
    ("a change before its version", lambda lines: lines.pop(FIRST), "Line 4: a line about a change cannot follow one"),
    ("a key behind versions", lambda lines: lines.append(lines[KEY]), "Line 12: a line about a key cannot follow one"),
    ("a key twice", lambda lines: lines.insert(KEY, lines[KEY]), "Line 3: the key 1 must come before the key 1"),
    ("an object twice", lambda lines: lines.insert(LIST, lines[LIST]), "Line 10: the change 4 must come before"),
    # The history
    ("an oldest version above all", put(ACCOUNT, oldestVersion=4), "Line 1: the oldestVersion .* not above its data"),
    ("a version that is left out", put(SECOND, version=3), "Line 6: the version 3 cannot follow the version 1"),
    ("versions in another order", put(THIRD, version=1), "Line 10: the version 1 cannot follow the version 2"),
    ("a version 0", put(FIRST, version=0), "Line 4: the version 0 cannot follow the version 0"),
    ("a last version that is missing", put(ACCOUNT, dataVersion=4), "The versions end with 3, but the first line"),
    ("a version without changes", lambda lines: lines.pop(RENAMED), "Line 10: the version 3 has no changes"),
    ("a caller who was never there", put(SECOND, person=2), "Line 6: there is no person of the number 2"),
    ("a key that was never there", put(SECOND, key=2), "Line 6: there is no key 2 in the file"),
    ("a name for a version to come", put(NAME, version=4), "Line 3: the version 4 is above the dataVersion"),
    ("a name that is a number", put(NAME, name="12"), "Line 3: .*must not look like a number"),
    ("a name by nobody", put(NAME, person=2), "Line 3: there is no person of the number 2"),
    # Changes
    ("an operation that is none", put(RENAMED, operation="moved"), "Line 11: the operation cannot be 'moved'"),
    ("a state of what is gone", put(RENAMED, operation="deleted"), "Line 11: an object that was deleted has no state"),
    ("no state", put(RENAMED, state=None), "Line 11: an object that was updated has a state"),
    ("created again", put(RENAMED, operation="created"), "Line 11: the object 2 was created, but it was there"),
    ("an update of nothing", put(RENAMED, object=4), "Line 11"),
    ("changed before it was there", put(PROJECT, operation="updated"), "Line 7: the object 2 was updated, but"),
    ("what did not change", put(RENAMED, changed=["name", "link"]), "Line 11: what changed is told wrongly: link"),
    ("what changed untold", put(RENAMED, changed=[]), "Line 11: what changed is told wrongly: name"),
    ("what changed twice", put(RENAMED, changed=["name", "name"]), "Line 11: what changed is told wrongly: name"),
    ("another project", put(LIST, project=3), "Line 9: the object belongs to the project 2, not to 3"),
    ("another id", both(state(RENAMED, id="17-0-8"), put(RENAMED, changed=["id", "name"])), "Line 11: the id"),
    ("a number above the last one", put(ACCOUNT, lastObject=3), "Line 9: the object 4 has a number above"),
    ("an object 0", put(PERSON, object=0), "Line 5: the object 0 has a number"),
    ("an unknown type", put(LIST, type="Lists"), "Line 9: there is no type of objects called Lists"),
    # States
    ("an unknown property", state(LIST, size=1), "Line 9: a BacklogList has no property size"),
    ("a missing property", state(LIST, name=...), "Line 9: the BacklogList lacks its name"),
    ("null for what must be", state(LIST, name=None), "Line 9: the property name cannot be 'None'"),
    ("a NUL", state(LIST, name="a\0b"), "Line 9: the property name cannot be"),
    ("a number for a text", state(LIST, name=3), "Line 9: the property name cannot be '3'"),
    ("a text for a flag", state(LIST, isArchived="no"), "Line 9: the property isArchived cannot be 'no'"),
    ("a word that is none", state(PROJECT, status="Sleeping"), "Line 7: the property status cannot be 'Sleeping'"),
    ("a rank that none sorts behind", state(LIST, rank="a"), "Line 9: the property rank cannot be 'a'"),
    ("a reference that is a text", state(LIST, projectID="2"), "Line 9: the property projectID cannot be '2'"),
    ("a person twice", state(PROJECT, productOwnerIDs=[1, 1]), "Line 7: the property productOwnerIDs cannot be"),
    ("a login of somebody else", state(PERSON, login="ben@example.com"), "Line 5: the login of a person must be"),
    ("a person who is deleted", state(PERSON, isDeleted=True), "Line 5: the isDeleted of a Person cannot be True"),
    # Beside each other
    (
        "a reference to nothing", state(LIST, backlogID=4),
        "Line 9: after the version 2 the BacklogList 17-0-4 names the object 4 in backlogID, which is no Backlog",
    ),
    (
        "a reference to what is not there yet", both(put(ACCOUNT, lastObject=5), state(LIST, backlogID=5)),
        "Line 9: .* names the object 5 in backlogID, which is not there",
    ),
    (
        "what others need is deleted",
        lambda lines: lines.append(
            {"line": "change", "object": 3, "type": "Backlog", "project": 2, "operation": "deleted", "changed": [],
             "state": None}
        ),
        "Line 12: after the version 3 the BacklogList 17-0-4 names the object 3 in backlogID, which is not there",
    ),
    (
        "the same id twice",
        lambda lines: lines.append(
            {**lines[LIST], "object": 5, "state": {**lines[LIST]["state"], "rank": "a1"}}
        ) or lines[ACCOUNT].update(lastObject=5),
        r"Line 12: the BacklogList 17-0-4 has the same id as the BacklogList 17-0-4 \(line 9\)",
    ),
    (
        "the same place twice",
        lambda lines: lines.append({**lines[LIST], "object": 5, "state": {**lines[LIST]["state"], "id": "17-0-5"}})
        or lines[ACCOUNT].update(lastObject=5),
        r"Line 12: the BacklogList 17-0-5 has the same rank as the BacklogList 17-0-4 \(line 9\)",
    ),
    (
        "a task in a list",
        both(
            put(ACCOUNT, lastObject=9, lastTaskNumber=1),
            lambda lines: lines.append(
                {"line": "change", "object": 9, "type": "Task", "project": 2, "operation": "created",
                 "changed": ["id", "taskNumber", "projectID", "backlogItemID", "name", "status", "rank"], "state": TASK}
            ),
        ),
        "Line 12: after the version 3 the Task 17-0-9 names the object 4 in backlogItemID, which is no BacklogItem",
    ),
    (
        "a number of a task above the last one",
        both(
            put(ACCOUNT, lastObject=9),
            lambda lines: lines.append(
                {"line": "change", "object": 9, "type": "Task", "project": 2, "operation": "created",
                 "changed": ["id", "taskNumber", "projectID", "backlogItemID", "name", "status", "rank"], "state": TASK}
            ),
        ),
        "Line 12: the taskNumber 1 is above the lastTaskNumber of the account",
    ),
    (
        "a broken rule of state", lambda lines: lines.pop(LIST),
        "At its last version the account breaks rules of state in 1 places: .*Backlog 17-0-3 has no list",
    ),
    # Beside the objects
    ("a content that is no base64", add(11, **file(4, bytes="%")), "Line 12: the bytes of the file must be"),
    ("a content type of two lines", add(11, **file(4, contentType="text/plain\r\nx: y")), "Line 12: .*contentType"),
    ("a content above the last object", add(11, **file(5)), "Line 12: the content 5 is above the lastObject"),
    ("a webhook above the last one", add(11, **webhook()), "Line 12: the webhook 1 is above the lastWebhook"),
    ("a webhook to nowhere", both(WITH_WEBHOOK, add(11, **webhook(url="file:///x"))), "Line 12: the url of a webhook"),
    ("a webhook of nobody", both(WITH_WEBHOOK, add(11, **webhook(person=3))), "Line 12: there is no person"),
    ("a webhook ahead", both(WITH_WEBHOOK, add(11, **webhook(deliveredVersion=4))), "Line 12: the version 4 is above"),
    (
        "a webhook of half a project", both(WITH_WEBHOOK, add(11, **webhook(projects=[2]))),
        "Line 12: a webhook must have as many projectIDs as projects",
    ),
    (
        "a webhook of unknown types", both(WITH_WEBHOOK, add(11, **webhook(objectTypes=["Thing"]))),
        "Line 12: there is no type of objects called Thing",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def empty(shared_world: World) -> int:
    """An account in which nothing was ever done."""
    return unused(shared_world)


def is_empty(world: World, account: int) -> bool:
    async def count(conn: Any) -> Any:
        tables = (
            "changes", "versions", "objects", "persons", "projects", "api_keys", "named_versions", "file_contents",
            "webhooks",
        )  # fmt: skip
        counts = ", ".join(f"(SELECT count(*) FROM {table} WHERE account_id = %(account)s)" for table in tables)
        query = f"SELECT data_version, last_object, {counts} FROM accounts WHERE account_id = %(account)s"
        return await (await conn.execute(query, {"account": account})).fetchone()

    return set(world.store(count)) == {0}


def test_the_example_is_an_export(world: World, tmp_path: Path) -> None:
    imported(world, EXAMPLE, tmp_path)
    assert [each["name"] for each in world.call("getData")["projects"]] == ["Shop"]
    assert [each["name"] for each in world.call("getData", atDataVersion="2")["projects"]] == ["Web shop"]
    assert same(exported(world)) == same(EXAMPLE)


@pytest.mark.parametrize(("edit", "message"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_what_cannot_be_is_refused(shared_world: World, empty: int, tmp_path: Path, edit: Edit, message: str) -> None:
    lines = told(EXAMPLE)[:-1]
    edit(lines)
    with pytest.raises(InvalidParameter, match=f"^{message}"):
        imported(shared_world, sealed(lines), tmp_path, empty)
    assert is_empty(shared_world, empty)


def test_where_history_was_given_up_the_oldest_version_is_whole(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="A")
    for name in "BCD":
        world.call("setProjectName", projectID=project, name=name)
    give_up(world, 4)
    lines = told(exported(world))[:-1]
    [backlog] = [at for at, line in enumerate(lines) if line.get("type") == "Backlog"]
    del lines[backlog]
    message = r"^Line 6: after the version 4 the BacklogList \S+ names the object 3 in backlogID, which is not there"
    with pytest.raises(InvalidParameter, match=message):
        imported(world, sealed(lines), tmp_path)


def test_nothing_can_have_stood_within_itself(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="A")
    outer, inner = (world.call("addBacklogItem", projectID=project, name=name, type="Epic") for name in ("o", "i"))
    world.call("assignBacklogItemToEpic", backlogItemID=inner, epicID=outer)
    lines = told(exported(world))[:-1]
    number = lines[-1]["object"]
    [of_outer] = [line for line in lines if line.get("state") and line["state"]["id"] == outer]
    circle = {
        "operation": "updated",
        "changed": ["parentEpicID"],
        "state": {**of_outer["state"], "parentEpicID": number},
    }
    lines.insert(-1, {**of_outer, **circle})
    with pytest.raises(InvalidParameter, match=r"after the version 5 the BacklogItem \S+ stands within itself"):
        imported(world, sealed(lines), tmp_path)


def test_an_import_begins_an_epoch(world: World, tmp_path: Path) -> None:
    account = unused(world)
    [before] = [each.epoch for each in world.store(accounts.accounts) if each.account_id == account]
    imported(world, EXAMPLE, tmp_path, account)
    assert world.epoch not in (before, told(EXAMPLE, "account")[0]["epoch"])
