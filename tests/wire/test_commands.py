"""The operators' commands, run as a person runs them, and what they do to a running server."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx2
import orjson
import psycopg
import pytest

from scrumrpc.errors import (
    APIAccessNotAllowed,
    CompanyAccountClosed,
    DuringMaintenance,
    InvalidAPIKey,
    InvalidUserEmailAddress,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import command, operate, until
from tests.world import World

pytestmark = pytest.mark.slow  # each command is a process of its own

NUMBERS = itertools.count(500_001)
ANN = "ann@example.com"


def _make_key(url: str, account: str, *name: str) -> str:
    printed = operate(url, "key", "create", *name, "--account", account)
    match = re.fullmatch(rf"API key of account {account}, shown only now:\n({account}-[0-9A-F]{{64}})\n", printed)
    assert match
    return match[1]


def _row(printed: str, start: str) -> list[str]:
    """The cells of the line of a table that starts with a word."""
    [row] = [line for line in printed.splitlines() if re.split(r" {2,}", line)[0] == start]
    return re.split(r" {2,}", row)


def test_from_an_account_to_a_call(server: Server, database_url: str) -> None:
    number = str(next(NUMBERS))
    assert operate(database_url, "account", "add", "A company", "--number", number) == (
        f"Added account {number}.\nNext: scrumrpc person add EMAIL FIRST_NAME --administrator --account {number}\n"
    )
    with client_of(server.api, (ANN, _make_key(database_url, number, "dashboard"))) as client:
        message_of(client.post("getData"), InvalidUserEmailAddress)
        printed = operate(database_url, "person", "add", ANN, "Ann", "Smith", "--administrator", "--account", number)
        assert printed == f"Added person {number}-0-1 to account {number}.\n"
        operate(database_url, "person", "add", "bob@example.com", "Bob", "--account", number)
        assert operate(database_url, "person", "list", "--account", number) == (
            "id          e-mail address   name\n"
            f"{number}-0-1  {ANN}  Ann Smith  administrator\n"
            f"{number}-0-2  bob@example.com  Bob\n"
        )
        persons = result_of(client.post("getData", data={"includeProperties": "Data.persons"}))["persons"]
        assert [(p["id"], p["emailAddress"], p["firstName"], p["lastName"], p["isAdministrator"]) for p in persons] == [
            (f"{number}-0-1", ANN, "Ann", "Smith", True),
            (f"{number}-0-2", "bob@example.com", "Bob", None, False),
        ]
        assert result_of(client.post("getDataVersion")) == 2
    listed = operate(database_url, "account", "list")
    assert listed.splitlines()[0].startswith("account ")
    assert _row(listed, number) == [number, "A company", "2", "open", "on", "off", "off"]


def test_keys_are_listed_with_their_last_use_and_revoked(server: Server, database_url: str, world: World) -> None:
    number, moment = str(world.account), r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    key = _make_key(database_url, number)
    with client_of(server.api, (world.admin, key)) as client:
        result_of(client.post("getDataVersion"))
        until(lambda: _was_used(database_url, number, 2))
        listed = operate(database_url, "key", "list", "--account", number)
        assert key not in listed
        assert _row(listed, "1")[1:3] == ["test key", f"{world.key[: len(number) + 7]}..."]
        assert _row(listed, "1")[5:7] == ["never", "never"]
        row = _row(listed, "2")
        assert row[1:3] == ["unnamed", f"{key[: len(number) + 7]}..."]
        assert row[3] == "read, write"
        assert re.fullmatch(f"{moment} never {moment}", " ".join(row[4:]))
        assert operate(database_url, "key", "revoke", "2", "--account", number) == (
            f"Revoked key 2 of account {number}.\n"
        )
        message_of(client.post("getDataVersion"), InvalidAPIKey)
        message_of(client.post("addProject", data={"name": "A"}), InvalidAPIKey)
    with client_of(server.api, (world.admin, world.key)) as client:
        result_of(client.post("getDataVersion"))
    assert re.fullmatch(f"revoked {moment}", _row(operate(database_url, "key", "list", "--account", number), "2")[7])


def test_keys_that_expire_or_only_read(server: Server, database_url: str, world: World) -> None:
    number = str(world.account)
    key = _make_key(database_url, number, "wall", "--read-only", "--expires", "2999-12-31T18:30")
    with client_of(server.api, (world.admin, key)) as client:
        result_of(client.post("getDataVersion"))
        message_of(client.post("addProject", data={"name": "A"}), UserHasInsufficientPermissions)
    _make_key(database_url, number, "guest", "--expires-in-days", "30")
    listed = operate(database_url, "key", "list", "--account", number)
    wall, guest = _row(listed, "2"), _row(listed, "3")
    assert (wall[3], wall[5]) == ("read", "2999-12-31 18:30 UTC")
    days = datetime.strptime(guest[5], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC) - datetime.now(UTC)
    assert (guest[3], round(days / timedelta(days=1))) == ("read, write", 30)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--expires", "2020-01-31"], "--expires is 2020-01-31 00:00 UTC, which is over."),
        (["--expires", "tomorrow"], "Invalid value for '--expires'"),
        (["--expires-in-days", "0"], "Invalid value for '--expires-in-days'"),
        (["--expires-in-days", "1", "--expires", "2999-01-31"], "give one of them"),
    ],
)
def test_keys_must_expire_in_the_time_to_come(database_url: str, world: World, words: list[str], told: str) -> None:
    done = command(database_url, "key", "create", "K", *words, "--account", str(world.account))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(world.call("getAPIKeys")) == 1


def _was_used(url: str, account: str, key: int) -> bool:
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT last_used_at IS NOT NULL FROM api_keys WHERE account_id = %s AND key_id = %s", (account, key)
        ).fetchone()
        assert row
        return bool(row[0])


def test_switches_take_effect_at_once(server: Server, client: httpx2.Client, database_url: str, world: World) -> None:
    """Those that the tests of the errors turn the other way."""
    number = str(world.account)
    project = world.call("addProject", name="A")
    world.person("bob@example.com")
    with client_of(server.api, ("bob@example.com", world.key)) as bob:
        assert len(result_of(bob.post("getData"))["projects"]) == 1
        assert operate(database_url, "account", "access-control", number, "on") == (
            f"Account {number} has access control on.\n"
        )
        assert result_of(bob.post("getData"))["projects"] == []
        given = {"projectID": project, "externalID": "x"}
        message_of(bob.post("setProjectExternalID", data=given), UserCannotAccessProject)
        result_of(client.post("setProjectExternalID", data=given))
        assert operate(database_url, "account", "access-control", number, "off") == (
            f"Account {number} has access control off.\n"
        )
        assert len(result_of(bob.post("getData"))["projects"]) == 1
    world.store(lambda conn: accounts.switch(conn, "has_api_access", False, world.account))
    world.store(lambda conn: accounts.switch(conn, "is_closed", True, world.account))
    message_of(client.post("getDataVersion"), CompanyAccountClosed)
    assert _row(operate(database_url, "account", "list"), number)[3:] == ["closed", "off", "off", "off"]
    assert operate(database_url, "account", "reopen", number) == f"Account {number} is open.\n"
    message_of(client.post("getDataVersion"), APIAccessNotAllowed)
    assert operate(database_url, "account", "api-access", number, "on") == f"Account {number} has API access on.\n"
    assert result_of(client.post("getDataVersion")) == world.version


def test_maintenance_of_all_accounts_and_of_one(client: httpx2.Client, database_url: str, world: World) -> None:
    number = world.account
    world.new_account()
    try:
        printed = operate(database_url, "maintenance", "on")
        assert re.fullmatch(r"Every account \((\d+)\) is under maintenance\.\n", printed)
        message_of(client.post("getData"), DuringMaintenance)
        printed = operate(database_url, "maintenance", "off", "--account", str(number))
        assert printed == f"Account {number} is in service.\n"
        result_of(client.post("addProject", data={"name": "A"}))
        client.auth = (world.admin, world.key)
        message_of(client.post("getData"), DuringMaintenance)
    finally:
        printed = operate(database_url, "maintenance", "off")
    assert re.fullmatch(r"Every account \((\d+)\) is in service\.\n", printed)
    result_of(client.post("addProject", data={"name": "A"}))


# Calls from a shell ---------------------------------------------------------------------------------------------------


def test_call_prints_the_result(client: httpx2.Client, database_url: str, world: World) -> None:
    number = str(world.account)
    printed = operate(database_url, "call", "addProject", "name=A=B & c", "description=", "--account", number)
    [project] = result_of(client.post("getData"))["projects"]
    assert (project["name"], project["description"]) == ("A=B & c", None)
    assert printed == (
        f'{{\n  "objectType" : "Result",\n  "dataVersion" : {world.version},\n  "result" : "{project["id"]}"\n}}\n'
    )
    as_ann = ("call", "addComment", "ownerObjectType=Project", f"ownerObjectID={project['id']}", "text=x")
    operate(database_url, *as_ann, "--as", world.admin, "--account", number)
    operate(database_url, *as_ann, "--account", number)
    [shown] = result_of(client.post("getData", data={"includeProperties": "Project.comments"}))["projects"]
    assert [comment["creatorID"] for comment in shown["comments"]] == [f"{number}-0-1", None]


def test_call_names_what_it_ignores(database_url: str, world: World) -> None:
    done = command(database_url, "call", "getDataVersion", "requestID=x", "y=", "--account", str(world.account))
    assert done.returncode == 0
    assert done.stderr == "Ignored, because getDataVersion does not know them: requestID, y\n"
    assert orjson.loads(done.stdout)["result"] == world.version


# What goes wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["account", "close", "499999"], "There is no account 499999."),
        (["person", "list", "--account", "499999"], "There is no account 499999; there are: "),
        (["key", "revoke", "9", "--account", "{number}"], "Account {number} has no key 9 that is not revoked yet."),
        (["account", "add", "x", "--number", "{number}"], "There is already an account {number}."),
        (
            ["person", "add", "no-address", "Ann", "--account", "{number}"],
            "InvalidParameter: The parameter emailAddress",
        ),
        (["call", "getDatas", "--account", "{number}"], "InvalidMethodName: There is no method getDatas."),
        (["call", "addProject", "name", "--account", "{number}"], "name is not of the form NAME=VALUE."),
        (["call", "getData", "--as", "x@y", "--account", "{number}"], "InvalidUserEmailAddress: "),
    ],
)
def test_errors_are_one_line(database_url: str, world: World, words: list[str], told: str) -> None:
    before = world.version
    done = command(database_url, *(word.format(number=world.account) for word in words))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: " + told.format(number=world.account))
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert world.version == before


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DATABASE_URL", "postgresql://x:secret@127.0.0.1:1/x", "The database cannot be reached"),
        ("DATABASE_URL", "x:secret@nonsense", "DATABASE_URL"),
        ("SCRUMRPC_DATABASE_CONNECTIONS", "secret", "SCRUMRPC_DATABASE_CONNECTIONS"),
    ],
)
def test_settings_that_cannot_work_are_one_line(database_url: str, variable: str, value: str, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrumrpc", "account", "list"],
        env={**os.environ, "DATABASE_URL": database_url, variable: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert variable != "DATABASE_URL" or "secret" not in done.stderr
    assert done.stdout == ""


def test_usage_is_explained(database_url: str) -> None:
    shown = operate(database_url, "--help")
    for name in ("serve", "account", "person", "key", "maintenance", "call"):
        assert re.search(rf"^  {name} ", shown, re.MULTILINE)
