"""Calls of one account that come at once: they share transactions, and nobody can tell it from what they do.

That any calls do in groups what they do one by one is shown in tests/model/test_groups.py; here is what goes wrong.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from scrumrpc.calls import authentication, groups
from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.pipeline import Answer
from scrumrpc.errors import (
    InvalidAPIKey,
    InvalidUserEmailAddress,
    ObjectNotFound,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.store import accounts
from tests.calls.grouped import Call, at_once, item, names, tag, versions_of
from tests.wire.surroundings import held_up
from tests.world import World

# Who shares a transaction -------------------------------------------------------------------------------------------


def test_calls_that_come_while_one_runs_share_the_next_transaction(
    world: World, project: str, sizes: list[int], sent: list[str]
) -> None:
    before = world.version

    async def whole() -> list[Any]:
        with held_up(world.database.url, world.account):
            first = asyncio.create_task(world.send("addBacklogItem", projectID=project, name="0"))
            await asyncio.sleep(0)  # it comes
            await asyncio.sleep(0)  # and begins
            assert sizes == [1]
            others = [
                asyncio.create_task(world.send("addBacklogItem", projectID=project, name=f"{n}")) for n in range(1, 41)
            ]
            await asyncio.sleep(0)
        return await asyncio.gather(first, *others)

    ends = world.run(whole())
    assert sizes == [1, 32, 8]
    assert sent.count("COMMIT") == 3
    assert "SAVEPOINT call" not in sent
    assert versions_of(ends) == list(range(before + 1, before + 42))
    assert names(world) == [f"{n}" for n in range(41)]


def test_a_lone_call_is_a_group_of_one(world: World, project: str, sizes: list[int]) -> None:
    for n in range(3):
        world.call("addBacklogItem", projectID=project, name=f"{n}")
    assert sizes == [1, 1, 1]


def test_whoever_is_done_does_not_wait_long_for_others(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_SECONDS", -1)
    at_once(world, *(item(project, f"{n}") for n in range(4)))
    assert sizes == [4, 3, 2, 1]
    assert names(world) == ["0", "1", "2", "3"]


def test_accounts_do_not_wait_for_each_other(world: World, project: str) -> None:
    one, key = world.account, world.key
    world.new_account()

    async def whole() -> None:
        with held_up(world.database.url, one):
            credentials = credentials_of(world.admin, key)
            waiting = asyncio.create_task(world.calls.call("addProject", {"name": "Q"}, credentials, "t"))
            await world.send("addProject", name="Q")
            assert not waiting.done()
        await waiting

    world.run(whole())


def test_whoever_has_no_valid_key_neither_waits_nor_is_waited_for(world: World, project: str, sizes: list[int]) -> None:
    strangers = [credentials_of(world.admin, f"{world.account}-{n:064X}") for n in range(3)]
    key = next(each["id"] for each in world.call("getAPIKeys"))
    revoked, world.key = credentials_of(world.admin, world.key), world.new_key()

    async def whole() -> None:
        await world.send("deleteAPIKey", apiKeyID=key)
        with held_up(world.database.url, world.account) as wait_for:
            waiting = [asyncio.create_task(world.send("addBacklogItem", projectID=project, name="x")) for _ in range(4)]
            await asyncio.to_thread(wait_for, 1)
            for each in strangers:
                with pytest.raises(InvalidAPIKey):
                    await world.calls.call("addProject", {"name": "Q"}, each, "t")
            late = asyncio.create_task(world.calls.call("addProject", {"name": "Q"}, revoked, "t"))  # was valid once
            await asyncio.sleep(0)
            assert not any(call.done() for call in (*waiting, late))
        await asyncio.gather(*waiting)
        with pytest.raises(InvalidAPIKey):
            await late
        with held_up(world.database.url, world.account), pytest.raises(InvalidAPIKey):
            await world.calls.call("addProject", {"name": "Q"}, revoked, "t")

    world.run(whole())
    assert names(world) == ["x"] * 4


def test_only_so_many_keys_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "_REMEMBERED", 2)
    for n in range(4):
        world.key = world.new_key()
        world.call("addProject", name=f"{n}")
    own = [key for account, key in world.calls._valid._known if account == world.account]
    assert own[-1:] == [credentials_of(world.admin, world.key).key_hash]
    assert len(world.calls._valid._known) == 2


# What a call knows of those before it --------------------------------------------------------------------------------


def test_each_call_works_on_what_those_before_it_left(world: World, project: str, sizes: list[int]) -> None:
    first = world.call("addTag", projectID=project, name="first")
    account, _, number = first.split("-")
    coming = f"{account}-0-{int(number) + 1}"
    before = world.version
    ends = at_once(
        world,
        tag(project, "second"),
        tag(project, "second"),
        ("setTagName", {"tagID": coming, "name": "third"}),
        ("deleteTag", {"tagID": first}),
        ("setTagName", {"tagID": first, "name": "x"}),
        ("setTagName", {"tagID": coming, "name": "third"}),
        tag(project, "first", index="0"),
    )
    assert sizes[-1] == 7
    assert [type(end) for end in ends] == [
        Answer, RequirementNotSatisfied, Answer, Answer, ObjectNotFound, Answer, Answer,
    ]  # fmt: skip
    assert versions_of(ends) == [before + n for n in (1, 2, 3, 3, 4)]
    assert [end.data_version - before for end in ends if not isinstance(end, Answer)] == [1, 3]
    assert names(world, "tags") == ["first", "third"]


def test_one_required_version_lets_one_through(world: World, project: str) -> None:
    before = world.version
    ends = at_once(world, *(item(project, f"{n}", requiredDataVersion=str(before)) for n in range(5)))
    assert [type(end) for end in ends] == [Answer, *[RequiredDataVersionNotMatching] * 4]
    assert {end.data_version for end in ends[1:]} == {before + 1}
    ends = at_once(world, *(item(project, f"{n}", requiredDataVersion=str(before + n)) for n in range(1, 6)))
    assert versions_of(ends) == [before + n for n in range(2, 7)]


def test_a_request_is_executed_once(world: World, project: str) -> None:
    more = {"requestID": "r", "onRepeat": "result"}
    before = world.version
    ends = at_once(
        world,
        tag(project, "A", requestID="r", requiredDataVersion="0"),  # fails, and leaves the id to the next one
        tag(project, "A", **more),
        item(project, "between"),
        tag(project, "A", **more),
        tag(project, "B", **more),
        tag(project, "A", requestID="r"),
        item(project, "behind"),
    )
    assert isinstance(ends[0], RequiredDataVersionNotMatching)
    assert (ends[1].result, ends[1].version) == (ends[3].result, ends[3].version)
    assert [str(end)[:11] for end in ends[4:6]] == ["Another cal", "A call with"]
    assert [type(end) for end in ends[4:6]] == [RequestAlreadyExecuted] * 2
    assert (ends[1].version, ends[2].version, ends[6].version) == (before + 1, before + 2, before + 3)
    assert names(world, "tags") == ["A"]


def test_requests_are_recorded_together(world: World, project: str, sizes: list[int]) -> None:
    tags = [world.call("addTag", projectID=project, name=f"{n}") for n in range(4)]
    calls = [("deleteTag", {"tagID": each, "requestID": each, "onRepeat": "result"}) for each in tags]
    calls.append(tag(project, "new", requestID="new", onRepeat="result"))
    ends = at_once(world, *calls)
    assert sizes[-1] == 5
    again = at_once(world, *calls)
    assert [(end.result, end.version) for end in again] == [(end.result, end.version) for end in ends]


def test_what_a_call_may_do_is_what_those_before_it_made_of_that(world: World, project: str) -> None:
    bob = world.person("bob@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    his = dict.fromkeys((0, 2, 4, 6, 8, 10), "bob@example.com")
    ends = at_once(
        world,
        tag(project, "0"),
        ("addStakeholder", {"projectID": project, "personID": bob}),
        tag(project, "2"),
        ("removeStakeholder", {"projectID": project, "personID": bob}),
        tag(project, "4"),
        ("setPersonIsAdministrator", {"personID": bob, "isAdministrator": "true"}),
        ("addProject", {"name": "by bob"}),
        ("setPersonIsAdministrator", {"personID": bob, "isAdministrator": "false"}),
        ("addProject", {"name": "again"}),
        ("deletePerson", {"personID": bob}),
        tag(project, "10"),
        by=his,
    )
    assert [type(ends[n]) for n in his] == [
        UserCannotAccessProject, Answer, UserCannotAccessProject, Answer, UserHasInsufficientPermissions,
        InvalidUserEmailAddress,
    ]  # fmt: skip
    assert names(world, "tags") == ["2"]


def test_a_key_that_is_deleted_makes_no_further_call(world: World, project: str) -> None:
    keys = {key["name"]: key["id"] for key in world.call("getAPIKeys")}
    ends = at_once(
        world, tag(project, "0"), ("deleteAPIKey", {"apiKeyID": keys["test key"]}), tag(project, "2"), tag(project, "3")
    )
    assert [type(end) for end in ends] == [Answer, Answer, InvalidAPIKey, InvalidAPIKey]
    world.key = world.new_key()
    assert names(world, "tags") == ["0"]


def test_what_is_no_object_is_in_order_too(world: World, project: str) -> None:
    before = world.version
    ends = at_once(
        world,
        tag(project, "A"),
        ("addNamedVersion", {"name": "here"}),
        tag(project, "B"),
        ("addWebhook", {"url": "https://93.184.215.14/"}),
        ("setProjectName", {"projectID": project, "name": "Q", "requiredDataVersion": "here"}),
        ("addNamedVersion", {"name": "here"}),
        ("revertVersion", {"dataVersion": str(before + 1)}),
        ("resetCommitHookSecret", {}),
        ("executeBatch", {"calls": orjson.dumps([
            {"method": "addTag", "parameters": {"projectID": project, "name": "C"}},
            {"method": "revertVersion", "parameters": {"dataVersion": before + 2}},
        ]).decode()}),
        ("setProjectName", {"projectID": project, "name": "R", "requiredDataVersion": str(before + 4)}),
    )  # fmt: skip
    assert [end.version - before for end in ends if isinstance(end, Answer)] == [1, 1, 2, 2, 3, 3, 4, 5]
    assert isinstance(ends[4], RequiredDataVersionNotMatching)
    assert isinstance(ends[5], RequirementNotSatisfied)
    [webhook] = world.call("getWebhooks")
    assert webhook["deliveredDataVersion"] == before + 2
    assert [(each["name"], each["dataVersion"]) for each in world.call("getNamedVersions")] == [("here", before + 1)]
    assert names(world, "tags") == ["C"]
    assert [each["name"] for each in world.data()["projects"]] == ["R"]


@pytest.mark.parametrize("is_burst", [True, False])
def test_new_objects_get_the_places_and_numbers_that_they_get_one_by_one(
    world: World, project: str, sizes: list[int], is_burst: bool
) -> None:
    first, *_ = (world.call("addBacklogItem", projectID=project, name=f"{n}") for n in range(3))
    account, _, number = first.split("-")
    third, fifth = (f"{account}-0-{int(number) + more}" for more in (2, 3))
    came_and_went = [
        {"method": "addBacklogItem", "parameters": {"projectID": project, "name": "x"}, "name": "x"},
        {"method": "deleteBacklogItem", "parameters": {"backlogItemID": "$x"}},
    ]
    calls = [
        ("deleteBacklogItem", {"backlogItemID": third}),
        item(project, "3"),
        ("deleteBacklogItem", {"backlogItemID": fifth}),
        ("executeBatch", {"calls": orjson.dumps(came_and_went).decode()}),
        item(project, "4"),
        item(project, "5", index="0"),
        ("moveBacklogItem", {"backlogItemID": first, "index": "-1"}),
        item(project, "6"),
        ("deleteProject", {"projectID": "1-2-3"}),
        item(project, "7"),
    ]  # fmt: skip
    ends = at_once(world, *calls) if is_burst else [end for call in calls for end in at_once(world, call)]
    assert sizes[-1] == (10 if is_burst else 1)
    assert isinstance(ends[8], ObjectNotFound)
    made = [end.result for end in ends if isinstance(end, Answer) and isinstance(end.result, str)]
    assert [int(each.split("-")[2]) - int(number) for each in made] == [3, 4, 5, 6, 7]
    records = [record for record in world.tables().records() if record.type == "BacklogItem"]
    assert {record["name"]: (record.rank, record["itemNumber"]) for record in records} == {
        "0": ("a3", 1), "1": ("a1", 2), "4": ("a2", 5), "5": ("Zz", 6), "6": ("a4", 7), "7": ("a5", 8),
    }  # fmt: skip


@pytest.mark.parametrize(
    "last",
    [
        ("revertVersion", {"dataVersion": "+2"}),
        ("addNamedVersion", {"name": "here"}),
        ("addWebhook", {"url": "https://93.184.215.14/"}),
        ("restoreObject", {"objectType": "Tag", "objectID": "first"}),
        ("setTagName", {"tagID": "first", "name": "x", "requiredDataVersion": "+2"}),
    ],
    ids=lambda call: str(call[0]),
)
def test_what_a_call_made_is_in_the_log_for_the_next_one(
    world: World, project: str, sizes: list[int], last: Call
) -> None:
    first = world.call("addTag", projectID=project, name="first")
    before = world.version
    method, given = last
    given = {name: {"+2": str(before + 2), "first": first}.get(value, value) for name, value in given.items()}
    ends = at_once(world, ("deleteTag", {"tagID": first}), tag(project, "second"), (method, given), item(project, "0"))
    assert sizes[-1] <= 2 or method == "setTagName"  # what reads the log begins anew
    changed = method in ("revertVersion", "restoreObject")
    if method == "setTagName":
        assert isinstance(ends[2], ObjectNotFound)
    else:
        assert ends[2].version == before + 2 + changed
    assert versions_of(ends)[-1] == world.version == before + 3 + changed
    assert names(world) == ["0"]
    assert names(world, "tags") == {"revertVersion": [], "restoreObject": ["first", "second"]}.get(method, ["second"])
    assert [each["dataVersion"] for each in world.call("getNamedVersions")] == [before + 2] * (
        method == "addNamedVersion"
    )
    assert [each["deliveredDataVersion"] for each in world.call("getWebhooks")] == [before + 2] * (
        method == "addWebhook"
    )


def test_new_items_go_where_the_lists_of_the_moment_are(world: World, project: str, sizes: list[int]) -> None:
    [backlog] = world.data()["projects"][0]["backlogs"]
    [old] = backlog["backlogLists"]
    at_once(
        world,
        item(project, "a"),
        ("addBacklogList", {"backlogID": backlog["id"], "name": "New", "index": "0"}),
        item(project, "b"),
        ("moveBacklogList", {"backlogListID": old["id"], "backlogID": backlog["id"], "index": "0"}),
        item(project, "c"),
        ("setBacklogListIsArchived", {"backlogListID": old["id"], "isArchived": "true"}),
        item(project, "d"),
    )
    assert sizes[-1] == 7
    lists = world.data()["projects"][0]["backlogs"][0]["backlogLists"]
    assert [[each["name"] for each in some["backlogItems"]] for some in lists] == [["a", "c"], ["b", "d"]]


def test_each_of_several_changes_of_an_object_is_a_version(world: World, project: str, sizes: list[int]) -> None:
    one, gone = (world.call("addBacklogItem", projectID=project, name=name) for name in ("one", "gone"))
    account, _, number = gone.split("-")
    new = f"{account}-0-{int(number) + 1}"
    before = world.version
    ends = at_once(
        world,
        ("setBacklogItemName", {"backlogItemID": one, "name": "two"}),
        ("setBacklogItemName", {"backlogItemID": one, "name": "one"}),
        ("setBacklogItemName", {"backlogItemID": gone, "name": "going"}),
        ("setBacklogItemName", {"backlogItemID": gone, "name": "going"}),
        ("deleteBacklogItem", {"backlogItemID": gone}),
        ("setBacklogItemName", {"backlogItemID": gone, "name": "back"}),
        item(project, "new"),
        ("setBacklogItemName", {"backlogItemID": new, "name": "newer"}),
    )
    assert sizes[-1] == 8
    assert isinstance(ends[5], ObjectNotFound)
    assert versions_of(ends) == [before + n for n in (1, 2, 3, 3, 4, 5, 6)]
    told = world.call("getChanges", sinceDataVersion=str(before))["versions"]
    assert [[change["objectID"] for change in each["changes"]] for each in told] == [
        [one], [one], [gone], [gone], [new], [new],
    ]  # fmt: skip
    assert names(world) == ["one", "newer"]
