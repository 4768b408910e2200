"""Calls of one account that come at once: they share transactions, and nobody can tell it from what they do.

That any calls do in groups what they do one by one is shown in tests/model/test_groups.py; here is what goes wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
import psycopg
import pytest

from scrumrpc.calls import groups
from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.groups import Groups
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import (
    APINotAvailable,
    InvalidAPIKey,
    InvalidUserEmailAddress,
    ObjectNotFound,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.store import accounts, database, group, reading
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from scrumrpc.store.transaction import Transaction
from tests.wire.surroundings import held_up
from tests.world import World

Call = tuple[str, dict[str, str]]


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="P"))


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls each transaction was begun with, in order."""
    begun: list[int] = []
    together = Groups._run_together

    async def run_together(self: Groups, calls: Any, queue: Any) -> Any:
        begun.append(len(calls))
        return await together(self, calls, queue)

    monkeypatch.setattr(Groups, "_run_together", run_together)
    monkeypatch.setattr(groups, "_SECONDS", 60)  # however slow the machine is
    return begun


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that calls sent once they ran."""
    texts: list[str] = []

    def noting(flush: Any) -> Any:
        async def noted(conn: Any, statements: Any) -> Any:
            texts.extend(text for text, _ in statements)
            return await flush(conn, statements)

        return noted

    for module in (reading, group):
        monkeypatch.setattr(module, "flush", noting(module.flush))
    return texts


def at_once(world: World, *calls: Call, by: dict[int, str] | None = None) -> list[Any]:
    """How calls end that come at once, in this order: what they answer, or their errors."""

    async def together() -> list[Any]:
        sends = (world.send(method, (by or {}).get(n), **given) for n, (method, given) in enumerate(calls))
        return await asyncio.gather(*sends, return_exceptions=True)

    return world.run(together())


def item(project: str, name: str, **given: str) -> Call:
    return "addBacklogItem", {"projectID": project, "name": name, **given}


def tag(project: str, name: str, **given: str) -> Call:
    return "addTag", {"projectID": project, "name": name, **given}


def names(world: World, what: str = "backlogItems") -> list[str]:
    return [each["name"] for each in world.data()["projects"][0][what]]


def versions_of(ends: list[Any]) -> list[int]:
    return [end.version for end in ends if isinstance(end, Answer)]


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
    monkeypatch.setattr(groups, "_REMEMBERED", 2)
    for n in range(4):
        world.key = world.new_key()
        world.call("addProject", name=f"{n}")
    own = [key for account, key in world.calls._groups._valid if account == world.account]
    assert own[-1:] == [credentials_of(world.admin, world.key).key_hash]
    assert len(world.calls._groups._valid) == 2


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


# Calls that fail ----------------------------------------------------------------------------------------------------


def failing_late(project: str) -> Call:
    """A batch that fails when it has sent something already."""
    calls = [
        {"method": "addTag", "parameters": {"projectID": project, "name": "late"}, "name": "t"},
        {"method": "addAttachment", "parameters": {
            "ownerObjectType": "Project", "ownerObjectID": project, "fileName": "a.txt", "fileContents": "YQ=="}},
        {"method": "setTagName", "parameters": {"tagID": "$t", "name": "later"}},
        {"method": "deleteTag", "parameters": {"tagID": "1-2-3"}},
    ]  # fmt: skip
    return "executeBatch", {"calls": orjson.dumps(calls).decode(), "requestID": "late"}


def test_a_call_that_fails_when_it_has_sent_something_leaves_no_trace(
    world: World, project: str, sizes: list[int], sent: list[str]
) -> None:
    before = world.version
    last = int(world.call("addTag", projectID=project, name="first").split("-")[2])
    ends = at_once(
        world, item(project, "0"), failing_late(project), item(project, "2"), failing_late(project),
        failing_late(project), tag(project, "later"), tag(project, "late"),
    )  # fmt: skip
    assert sizes[-1] == 7
    assert sent.count("SAVEPOINT call") == 3
    assert sent.count("ROLLBACK TO SAVEPOINT call") == 3
    assert [type(end) for end in ends] == [
        Answer, ObjectNotFound, Answer, ObjectNotFound, ObjectNotFound, Answer, Answer,
    ]  # fmt: skip
    assert versions_of(ends) == [before + n for n in (2, 3, 4, 5)]
    assert [int(end.result.split("-")[2]) for end in ends if isinstance(end, Answer)] == [
        last + n for n in (1, 2, 3, 4)
    ]
    assert names(world) == ["0", "2"]
    assert names(world, "tags") == ["first", "later", "late"]
    assert world.answer(*failing_late(project)[:1], requestID="late", calls="[]").version == world.version


def test_the_first_call_takes_only_itself_with_it(world: World, project: str, sizes: list[int]) -> None:
    before = world.version
    ends = at_once(world, failing_late(project), tag(project, "late"), item(project, "2"))
    assert sizes[-2:] == [3, 2]
    assert [type(end) for end in ends] == [ObjectNotFound, Answer, Answer]
    assert versions_of(ends) == [before + 1, before + 2]


def broken(monkeypatch: pytest.MonkeyPatch, name: str, function: Callable[..., Awaitable[Any]]) -> None:
    monkeypatch.setitem(METHODS, name, replace(METHODS[name], function=function))


def test_an_error_nobody_thought_of_is_that_of_its_call_alone(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(tx: Transaction, **_: Any) -> None:
        await tx.create("Tag", projectID=1, name="x", color="Red")
        raise KeyError("x")

    broken(monkeypatch, "addTag", fail)
    before = world.version
    ends = at_once(world, item(project, "0"), item(project, "1"), tag(project, "x"), item(project, "3"))
    assert sizes[-5:] == [4, 1, 1, 1, 1]
    assert [type(end) for end in ends] == [Answer, Answer, KeyError, Answer]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["0", "1", "3"]


def test_what_the_database_refuses_at_the_end_is_refused_to_its_call_alone(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check_nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(Transaction, "_check_unique", check_nothing)
    before = world.version
    ends = at_once(world, tag(project, "A"), item(project, "1"), tag(project, "A"), item(project, "3"))
    assert sizes[-5:] == [4, 1, 1, 1, 1]
    assert [type(end) for end in ends] == [Answer, Answer, psycopg.errors.UniqueViolation, Answer]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["1", "3"]


# Broken connections -------------------------------------------------------------------------------------------------


def kill(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))


def test_a_connection_that_breaks_before_the_commit_is_noticed_by_nobody(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tag, is_to_die = METHODS["addTag"].function, True

    async def die_once(tx: Transaction, **given: Any) -> Any:
        nonlocal is_to_die
        if is_to_die:
            is_to_die = False
            kill(world.database.url, tx._conn.info.backend_pid)
        return await add_tag(tx, **given)

    broken(monkeypatch, "addTag", die_once)
    before = world.version
    ends = at_once(world, item(project, "0", requestID="r"), tag(project, "A"), item(project, "2"))
    assert sizes[-4:] == [3, 1, 1, 1]
    assert versions_of(ends) == [before + n for n in (1, 2, 3)]
    assert names(world) == ["0", "2"]


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_connection_that_breaks_at_the_commit_leaves_all_outcomes_open(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    flush = group.flush

    async def break_off(conn: Any, statements: Any) -> Any:
        if is_committed:
            await flush(conn, statements)
        kill(world.database.url, conn.info.backend_pid)
        return await flush(conn, statements)

    before = world.version
    calls = [item(project, f"{n}", requestID=f"r{n}", onRepeat="result") for n in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(group, "flush", break_off)
        ends = at_once(world, *calls, item(project, "x", requiredDataVersion="0"))
    assert sizes == [4]
    assert len({id(end) for end in ends}) == 4
    for end in ends:
        assert isinstance(end, APINotAvailable)
        assert "with the same requestID" in end.message
    again = at_once(world, *calls)
    assert [end.version for end in again] == [before + 1, before + 2, before + 3]
    assert world.version == before + 3
    assert names(world) == ["0", "1", "2"]


def test_nobody_waits_in_turn_for_a_database_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.05)
    monkeypatch.setattr(database, "_ONCE_AWAY", 0.05)
    attempts = 0
    take = Database._take

    async def counted(self: Database) -> Any:
        nonlocal attempts
        attempts += 1
        return await take(self)

    monkeypatch.setattr(Database, "_take", counted)

    async def whole() -> list[Any]:
        away = Database("postgresql://nobody@127.0.0.1:1/nothing", size=1)
        calls = Calls(away, Images(away, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
        await away.open()
        credentials = credentials_of(world.admin, world.key)
        sends = (calls.call("addProject", {"name": "P"}, credentials, "t") for _ in range(200))
        ends = await asyncio.gather(*sends, return_exceptions=True)
        await calls.close()
        await away.close()
        return ends

    ends = world.run(whole())
    assert {type(end) for end in ends} == {APINotAvailable}
    assert len({id(end) for end in ends}) == 200
    assert attempts == 1


# Clients that give up -----------------------------------------------------------------------------------------------


def test_whoever_gives_up_harms_nobody(
    world: World, project: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_tag, runs, goes_on = METHODS["addTag"].function, asyncio.Event(), asyncio.Event()

    async def wait(tx: Transaction, **given: Any) -> Any:
        runs.set()
        await goes_on.wait()
        return await add_tag(tx, **given)

    broken(monkeypatch, "addTag", wait)
    before = world.version

    async def whole() -> list[Any]:
        calls = [item(project, "0"), tag(project, "A"), item(project, "2"), item(project, "3")]
        tasks = [asyncio.create_task(world.send(method, **given)) for method, given in calls]
        await runs.wait()
        queued = [asyncio.create_task(world.send("addBacklogItem", **item(project, f"{n}")[1])) for n in range(4, 7)]
        await asyncio.sleep(0)
        for task in (tasks[1], tasks[2], queued[1]):
            task.cancel()
        await asyncio.wait([tasks[1], tasks[2], queued[1]])
        goes_on.set()
        return await asyncio.gather(*tasks, *queued, return_exceptions=True)

    ends = world.run(whole())
    assert sizes == [4, 2]
    given_up = asyncio.CancelledError
    assert [type(end) for end in ends] == [Answer, given_up, given_up, Answer, Answer, given_up, Answer]
    # Those that had begun are made all the same, as by a client that hung up; the one that had not is not.
    assert versions_of(ends) == [before + n for n in (1, 4, 5, 6)]
    assert names(world) == ["0", "2", "3", "4", "6"]
    assert names(world, "tags") == ["A"]


def test_a_worker_that_ends_undoes_what_is_not_committed(
    world: World, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = asyncio.Event()

    async def wait(tx: Transaction, **_: Any) -> None:
        await tx.create("Project", name="late", status="Active", roughEstimateUnit="Points",
                        detailedEstimateUnit="Days", timeTrackingUnit="Hours")  # fmt: skip
        await tx.read()
        runs.set()
        await asyncio.Event().wait()

    broken(monkeypatch, "addTag", wait)
    before = world.version

    async def whole() -> list[Any]:
        calls = Calls(
            world.database, Images(world.database, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        )
        credentials = credentials_of(world.admin, world.key)
        tasks = [
            asyncio.create_task(calls.call(method, given, credentials, "t"))
            for method, given in (item(project, "0"), tag(project, "A"), item(project, "2"))
        ]
        await runs.wait()
        await calls.close()
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(end) for end in world.run(whole())] == [asyncio.CancelledError] * 3
    assert world.version == before
    assert names(world) == []
    world.call("addBacklogItem", projectID=project, name="0")  # the lock is free


# Several workers ----------------------------------------------------------------------------------------------------


def test_groups_of_several_workers_keep_one_order(world: World, project: str) -> None:
    before = world.version

    async def work(worker: int) -> list[Any]:
        own = Database(world.database.url, size=2)
        await own.open()
        calls = Calls(own, Images(own, 0), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
        credentials = credentials_of(world.admin, world.key)

        async def client(number: int) -> list[Any]:
            ends = []
            for n in range(4):
                name = f"{worker}.{number}.{n}"
                mine, shared = {"requestID": name}, {"requestID": f"{number}.{n}", "onRepeat": "result"}
                for method, given in (item(project, name, **mine), item(project, "shared", **shared)):
                    ends.append((name, await calls.call(method, given, credentials, "t")))
            return ends

        ends = [each for some in await asyncio.gather(*(client(number) for number in range(6))) for each in some]
        await calls.close()
        await own.close()
        return ends

    async def whole() -> list[Any]:
        return [each for some in await asyncio.gather(*(work(worker) for worker in range(3))) for each in some]

    ends = world.run(whole())
    results = {answer.result: answer.version for _, answer in ends}
    assert len(results) == 3 * 6 * 4 + 6 * 4  # each of the shared ones was made once, and answered to all
    assert sorted(results.values()) == list(range(before + 1, before + 97))
    assert world.version == before + 96
    in_order = [each["id"] for each in world.data()["projects"][0]["backlogItems"]]
    assert in_order == sorted(results, key=lambda wire_id: results[wire_id])
