"""Pushes: what recording one does to items and tasks, and what it tells that it did not do."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from methods.pushes import MOST_MENTIONS
from scrumrpc.calls.hooks import push_from
from scrumrpc.errors import (
    CompanyAccountClosed,
    DuringMaintenance,
    InvalidMethodName,
    InvalidParameter,
    RequirementNotSatisfied,
)
from scrumrpc.model.invariants import violations
from scrumrpc.store import accounts
from scrumrpc.store.standing import Credentials
from scrumrpc.store.transaction import Transaction
from tests.world import World

NOON = 1_714_564_800_000  # 2024-05-01 12:00 UTC


def project_with_item(world: World) -> tuple[str, str]:
    project = world.call("addProject", name=f"P{world.version}")
    return project, world.call("addBacklogItem", projectID=project, name="Item")


def item_of(world: World, item: str) -> Any:
    """An item as getData answers it, with all that is in it."""
    items = [each for project in world.data()["projects"] for each in project["backlogItems"]]
    return next(each for each in items if each["id"] == item)


def commit_of(message: str, revision: str = "c0ffee", **more: Any) -> dict[str, Any]:
    return {"revision": revision, "message": message, "date": NOON, "url": None, "email": None, **more}


def push(world: World, *commits: dict[str, Any] | str, **more: Any) -> Any:
    """The result of recording commits, as the administrator's hook does; texts are messages of commits of their own."""
    return world.run(send_push(world, *commits, **more))


async def send_push(world: World, *commits: dict[str, Any] | str, **more: Any) -> Any:
    given = [commit_of(each, f"r{n}") if isinstance(each, str) else each for n, each in enumerate(commits)]
    text = orjson.dumps(
        {"repositoryName": "team/app", "repositoryURL": "https://example.com/app", "commits": given, **more}
    )
    answer = await world.calls.call(
        "recordPush", {"push": text.decode()}, Credentials(world.account, None, world.admin), "t"
    )
    return answer.result


def reasons(result: Any) -> list[str]:
    return [f"{each['reference']}: {each['reason']}" for each in result["skipped"]]


def check(world: World) -> None:
    assert violations(world.tables()) == []


# Pushes --------------------------------------------------------------------------------------------------------------


def test_recording_pushes_has_no_url(world: World) -> None:
    with pytest.raises(InvalidMethodName):
        world.call("recordPush", push="{}")
    with pytest.raises(RequirementNotSatisfied, match="behalf"):
        world.operator("recordPush", push='{"commits":[]}')


def test_a_push_records_commits_on_what_they_mention(world: World) -> None:
    project, item = project_with_item(world)
    task = world.call("addTask", backlogItemID=item, name="t")
    other_project, other = project_with_item(world)
    ben = world.person("Ben@example.com")
    before = world.version
    result = push(
        world,
        commit_of("One [Scrumwise item #1, task #1]", "a1", email="ben@EXAMPLE.com", url="https://example.com/c/a1"),
        "Nothing item #1",
        commit_of("Zwei: Größe 😀 [Scrumwise item #2]", "b2", email="nobody@example.com", date=0),
        commit_of("Three [Scrumwise item #1]", "c3"),
    )
    assert result == {"commits": 4, "skipped": []}
    assert world.version == before + 1
    answered = item_of(world, item)
    [ann] = [each["id"] for each in world.data()["persons"] if each["emailAddress"] == world.admin]
    first, third = answered["commits"]
    assert {**first, "id": None} == {
        "objectType": "Commit", "id": None, "externalID": None, "projectID": project,
        "ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": NOON, "creatorID": ben,
        "repositoryName": "team/app",
        "repositoryURL": "https://example.com/app", "revision": "a1", "message": "One [Scrumwise item #1, task #1]",
        "commitURL": "https://example.com/c/a1",
    }  # fmt: skip
    assert (third["revision"], third["creatorID"], third["commitURL"]) == ("c3", ann, None)
    [on_task] = answered["tasks"][0]["commits"]
    assert (on_task["ownerObjectType"], on_task["ownerObjectID"], on_task["revision"]) == ("Task", task, "a1")
    [on_other] = item_of(world, other)["commits"]
    assert (on_other["projectID"], on_other["creatorID"], on_other["date"]) == (other_project, ann, 0)
    assert on_other["message"] == "Zwei: Größe 😀 [Scrumwise item #2]"
    check(world)


def test_the_version_of_a_push_is_the_hooks_persons(world: World) -> None:
    project_with_item(world)
    world.person("ben@example.com")
    push(world, commit_of("[Scrumwise item #1]", email="ben@example.com"))

    async def newest(conn: Any) -> Any:
        cursor = await conn.execute(
            "SELECT v.method, p.email_address, v.key_id FROM versions v JOIN persons p ON p.account_id = v.account_id"
            " AND p.id = v.person_id WHERE v.account_id = %s ORDER BY version DESC LIMIT 1",
            (world.account,),
        )
        return await cursor.fetchone()

    assert world.store(newest) == ("recordPush", world.admin, None)


def test_a_push_without_mentions_changes_nothing(world: World) -> None:
    project_with_item(world)
    before = world.version
    assert push(world) == {"commits": 0, "skipped": []}
    assert push(world, "Fix item #1", "", "[x]") == {"commits": 0, "skipped": []}
    assert world.version == before


def test_what_is_not_there_is_told(world: World) -> None:
    project_with_item(world)
    there = world.account
    world.new_account()
    before = world.version
    result = push(
        world, "[Scrumwise item #1, task #3, used: 1 h]", "[Scrumwise item #999999999999999]", "[Scrumwise itm #1]"
    )
    assert result["commits"] == 0
    assert result["skipped"] == [
        {"revision": "r0", "reference": "item #1", "reason": "The account has no item #1."},
        {"revision": "r0", "reference": "task #3", "reason": "The account has no task #3."},
        {"revision": "r1", "reference": "item #999999999999999", "reason": "The account has no item #999999999999999."},
        {"revision": "r2", "reference": None,
         "reason": 'No item or task is named, such as item #938, before: "itm #1".'},
    ]  # fmt: skip
    assert world.version == before
    world.account = there
    assert not [record for record in world.tables().records() if record.type == "Commit"]


def test_repeats_are_harmless(world: World) -> None:
    _, item = project_with_item(world)
    world.call("addTask", backlogItemID=item, name="t")
    message = "Fix [Scrumwise item #1, used: 1 h, task #1, used: 2 h, status: Done]"
    assert push(world, commit_of(message))["commits"] == 2
    world.call("setTaskStatus", taskID=item_of(world, item)["tasks"][0]["id"], status="To do")
    before, data = world.version, world.data()
    again = push(world, commit_of(message))
    assert again["commits"] == 0
    assert reasons(again) == [
        f"item #1: The commit is on the backlog item {item} already.",
        f"task #1: The commit is on the task {item_of(world, item)['tasks'][0]['id']} already.",
    ]
    assert world.version == before
    # The same commit with others, as when a branch is merged.
    merged = push(
        world, commit_of(message), commit_of("[Scrumwise item #1]", "new"), commit_of("[Scrumwise item #1]", "new")
    )
    assert (merged["commits"], len(merged["skipped"])) == (1, 3)
    assert world.version == before + 1
    answered = item_of(world, item)
    assert [each["revision"] for each in answered["commits"]] == ["c0ffee", "new"]
    assert answered["usedTime"] == 3
    [earlier] = [each for each in data["projects"][0]["backlogItems"] if each["id"] == item]
    assert answered["timeEntries"] == earlier["timeEntries"]
    check(world)


def test_a_commit_that_was_added_by_hand_is_there_already(world: World) -> None:
    _, item = project_with_item(world)
    given = {"ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": "0", "message": "x"}
    world.call("addCommit", **given, revision="4f2a")
    assert push(world, commit_of("[Scrumwise item #1, used: 1]", "4f2a"))["commits"] == 0
    assert item_of(world, item)["usedTime"] == -1


def test_the_same_push_at_once_counts_once(world: World) -> None:
    _, item = project_with_item(world)
    before = world.version

    async def at_once() -> list[Any]:
        pushes = (send_push(world, *(f"[Scrumwise item #1, used: {n}]" for n in range(1, 5))) for _ in range(6))
        return await asyncio.gather(*pushes)

    assert sorted(each["commits"] for each in world.run(at_once())) == [0, 0, 0, 0, 0, 4]
    assert world.version == before + 1
    answered = item_of(world, item)
    assert [each["revision"] for each in answered["commits"]] == ["r0", "r1", "r2", "r3"]
    assert (len(answered["timeEntries"]), answered["usedTime"]) == (4, 10)


def test_one_commit_may_mention_an_object_more_than_once(world: World) -> None:
    _, item = project_with_item(world)
    result = push(world, "[Scrumwise item #1, used: 1] [Scrumwise item #1, used: 0,5, remaining: 3]")
    assert result == {"commits": 1, "skipped": []}
    answered = item_of(world, item)
    assert len(answered["commits"]) == 1
    assert [each["usedTime"] for each in answered["timeEntries"]] == [1, 0.5]
    assert (answered["usedTime"], answered["remainingWork"]) == (1.5, 3)
    check(world)


# Used time and remaining work ----------------------------------------------------------------------------------------


def test_used_time_becomes_a_time_entry(world: World) -> None:
    project, item = project_with_item(world)
    ben = world.person("ben@example.com")
    late = NOON + 12 * 3_600_000 - 1
    push(
        world,
        commit_of("\n[Scrumwise item #1, used: 1.5 h] Fix  the login\nMore", "a", email="ben@example.com", date=late),
        commit_of("[Scrumwise item #1, used: 2 hours]", "b", date=late + 1),
    )
    first, second = item_of(world, item)["timeEntries"]
    assert {**first, "id": None} == {
        "objectType": "TimeEntry", "id": None, "externalID": None, "projectID": project,
        "ownerObjectType": "BacklogItem", "ownerObjectID": item, "date": "2024-05-01", "personID": ben,
        "description": "Fix the login", "usedTime": 1.5,
        "customFieldValues": first["customFieldValues"],
    }  # fmt: skip
    assert (second["date"], second["description"], second["usedTime"]) == ("2024-05-02", None, 2)
    assert item_of(world, item)["usedTime"] == 3.5
    check(world)


def test_used_time_on_tasks_is_their_items_too(world: World) -> None:
    _, item = project_with_item(world)
    for name in "ab":
        world.call("addTask", backlogItemID=item, name=name)
    push(world, "[Scrumwise task #1, used: 1, task #2, used: 2, item #1, used: 4]", "[Scrumwise task #2, used: 8]")
    answered = item_of(world, item)
    assert [each["usedTime"] for each in answered["tasks"]] == [1, 10]
    assert answered["usedTime"] == 15
    check(world)


def test_remaining_work(world: World) -> None:
    _, item = project_with_item(world)
    push(world, "[Scrumwise item #1, remaining: 2,5 d]")
    assert item_of(world, item)["remainingWork"] == 2.5
    for name in "ab":
        world.call("addTask", backlogItemID=item, name=name)
    push(world, commit_of("[Scrumwise task #1, remaining: 1 day, task #2, remaining: 0.5]", "x"))
    answered = item_of(world, item)
    assert [each["remainingWork"] for each in answered["tasks"]] == [1, 0.5]
    assert answered["remainingWork"] == 1.5
    before = world.version
    result = push(world, commit_of("[Scrumwise item #1, remaining: 9]", "y"))
    [reason] = reasons(result)
    assert reason.startswith(f"item #1: remaining: Tasks of the backlog item {item} have remaining work of their own")
    assert (result["commits"], world.version, item_of(world, item)["remainingWork"]) == (1, before + 1, 1.5)
    check(world)


def test_numbers_in_another_unit_are_told(world: World) -> None:
    project, item = project_with_item(world)
    result = push(world, "[Scrumwise item #1, used: 1 d, remaining: 2 h, status: Ready for sprint]")
    assert reasons(result) == [
        f"item #1: used: 1 is given in Days, but the project {project} uses Hours (its timeTrackingUnit).",
        f"item #1: remaining: 2 is given in Hours, but the project {project} uses Days (its detailedEstimateUnit).",
    ]
    answered = item_of(world, item)
    assert (answered["usedTime"], answered["remainingWork"], answered["timeEntries"]) == (-1, -1, [])
    assert (len(answered["commits"]), answered["status"]) == (1, "Ready for sprint")


def test_no_time_is_used_on_epics(world: World) -> None:
    project = world.call("addProject", name="A")
    epic = world.call("addBacklogItem", projectID=project, name="E", type="Epic")
    result = push(world, "[Scrumwise item #1, used: 1 h, remaining: 1 d]")
    [reason] = reasons(result)
    assert reason.startswith(f"item #1: used: The backlog item {epic} is an Epic; time is used on its child")
    assert (item_of(world, epic)["usedTime"], item_of(world, epic)["remainingWork"]) == (-1, 1)
    check(world)


# Statuses ------------------------------------------------------------------------------------------------------------


def test_a_status_gives_work_that_is_nobodys_to_the_author(world: World) -> None:
    _, item = project_with_item(world)
    ben = world.person("ben@example.com")
    assert push(world, commit_of("[Scrumwise item #1, status: to do]", "a", email="ben@example.com"))["skipped"] == []
    assert item_of(world, item)["assignedPersonIDs"] == []
    assert (
        push(world, commit_of("[Scrumwise item #1, status: in progress]", "b", email="ben@example.com"))["skipped"]
        == []
    )
    assert push(world, commit_of("[Scrumwise item #1, remaining: 3, status: DONE]", "c"))["skipped"] == []
    answered = item_of(world, item)
    assert (answered["status"], answered["assignedPersonIDs"], answered["remainingWork"]) == ("Done", [ben], 0)
    check(world)


def test_the_status_of_an_item_follows_its_tasks(world: World) -> None:
    _, item = project_with_item(world)
    world.call("setBacklogItemStatus", backlogItemID=item, status="To do")
    for name in "ab":
        world.call("addTask", backlogItemID=item, name=name)
    ben, cy = world.person("ben@example.com"), world.person("cy@example.com")
    result = push(
        world,
        commit_of("[Scrumwise task #1, used: 1 h, status: Done]", "a", email="ben@example.com"),
        commit_of("[Scrumwise task #2, used: 1 h, status: To test]", "b", email="cy@example.com"),
        commit_of("[Scrumwise item #1, status: To test]", "c"),
        commit_of("[Scrumwise item #1, status: Done]", "d"),
    )
    assert result["commits"] == 4
    [reason] = reasons(result)
    assert reason.startswith(f"item #1: status: The backlog item {item} has tasks")
    answered = item_of(world, item)
    assert [(each["status"], each["assignedPersonIDs"]) for each in answered["tasks"]] == [
        ("Done", [ben]),
        ("To test", [cy]),
    ]
    assert (answered["status"], answered["assignedPersonIDs"], answered["usedTime"]) == ("To test", [], 2)
    check(world)


@pytest.mark.parametrize("status", ["Assigned to sprint", "Sprint completed", "Released"])
def test_a_status_that_is_refused_is_told_and_the_rest_done(world: World, status: str) -> None:
    _, item = project_with_item(world)
    world.call("addTask", backlogItemID=item, name="t")
    result = push(
        world, f"[Scrumwise item #1, used: 1 h, status: {status}, task #1, status: New, used: 2]", "[Scrumwise item #1]"
    )
    assert result["commits"] == 3
    on_item, on_task = reasons(result)
    assert on_item.startswith(f"item #1: status: The status {status} cannot be set by hand")
    assert on_task == "task #1: status: A task can be To do, In progress, To test, Done, but not New."
    answered = item_of(world, item)
    assert (answered["status"], answered["usedTime"], answered["tasks"][0]["status"]) == ("New", 3, "To do")
    check(world)


def test_what_means_nothing_is_told(world: World) -> None:
    _, item = project_with_item(world)
    result = push(world, "[Scrumwise item #1, spent: 3 h, used: many, status: Finished, used: 1 h]")
    assert reasons(result) == [
        'item #1: This means nothing, or says something again: "spent: 3 h", "used: many", "status: Finished".'
    ]
    assert (result["commits"], item_of(world, item)["usedTime"]) == (1, 1)


# Size and shape ------------------------------------------------------------------------------------------------------


def test_a_big_push_is_one_version_and_not_slow(world: World) -> None:
    project = world.call("addProject", name="A")
    items = [world.call("addBacklogItem", projectID=project, name=f"I{n}") for n in range(20)]
    before = world.version
    commits = [
        commit_of(f"C{n} [Scrumwise item #{n % 20 + 1}, used: 1 h]", f"{n:040x}", email=f"p{n % 7}@example.com")
        for n in range(500)
    ]
    assert push(world, *commits) == {"commits": 500, "skipped": []}
    assert world.version == before + 1
    assert [item_of(world, each)["usedTime"] for each in items[:2]] == [25, 25]
    again = push(world, *commits)
    assert (again["commits"], len(again["skipped"]), world.version) == (0, 500, before + 1)


def test_lookups_are_made_for_all_commits_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    project_with_item(world)
    reads = 0
    original = Transaction.read

    async def counted(self: Transaction, *queries: Any) -> Any:
        nonlocal reads
        reads += 1
        return await original(self, *queries)

    monkeypatch.setattr(Transaction, "read", counted)
    push(world, *(commit_of("[Scrumwise item #1, used: 1]", f"{n}", email=f"p{n}@example.com") for n in range(300)))
    assert reads < 15


def test_so_many_mentions_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_MENTIONS == 5_000
    monkeypatch.setattr("methods.pushes.MOST_MENTIONS", 30)
    _, item = project_with_item(world)
    result = push(world, *(commit_of("[Scrumwise item #1, used: 1]" * 10, f"r{n}") for n in range(5)))
    assert (result["commits"], item_of(world, item)["usedTime"]) == (3, 30)
    assert result["skipped"] == [
        {"revision": "r3", "reference": "item #1",
         "reason": "Of one push 30 mentions count; this one and later ones do not."},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "1", '"x"', "{}", '{"commits":{}}', '{"commits":[1]}', '{"commits":[{}]}', '{"commits":[null]}',
        '{"commits":[],"repositoryName":1}', '{"commits":[],"repositoryURL":[]}',
        *(
            orjson.dumps({"commits": [commit_of("x") | {name: value}]}).decode()
            for name, value in [
                ("revision", ""), ("revision", None), ("revision", 1), ("revision", "x" * 501), ("message", None),
                ("message", []), ("message", "a\0b"), ("date", None), ("date", -1), ("date", True), ("date", "1"),
                ("date", 1.5), ("date", 10**15), ("url", 1), ("url", "x" * 4001), ("email", {}), ("email", "\0"),
            ]
        ),
    ],
)  # fmt: skip
def test_what_is_no_push_is_refused(world: World, text: str) -> None:
    with pytest.raises(InvalidParameter, match="push"):
        world.operator("recordPush", push=text)


def test_the_shape_of_a_push() -> None:
    read = push_from({"repositoryName": None, "commits": [{"revision": "r", "message": "", "date": 0}], "more": 1})
    assert (read.repository_name, read.repository_url) == (None, None)
    [commit] = read.commits
    assert (commit.revision, commit.message, commit.date, commit.url, commit.email) == ("r", "", 0, None, None)


def test_an_account_that_takes_no_calls_takes_no_pushes(world: World) -> None:
    project_with_item(world)
    for switch, error in (("is_closed", CompanyAccountClosed), ("in_maintenance", DuringMaintenance)):
        world.store(lambda conn, name=switch: accounts.switch(conn, name, True, world.account))
        with pytest.raises(error):
            push(world, "[Scrumwise item #1]")
        world.store(lambda conn, name=switch: accounts.switch(conn, name, False, world.account))
    assert push(world, "[Scrumwise item #1]")["commits"] == 1
