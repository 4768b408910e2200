"""Giving up history by command and by setting, beside a running server."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import httpx2
import psycopg
import pytest

from scrumrpc.errors import DataVersionNoLongerKept
from tests.serving import Server
from tests.store.giving_up import age
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import command, operate, until
from tests.world import World


@pytest.fixture
def old(world: World) -> int:
    """An account that has been at versions 1 to 5, up to 4 of them ten days ago."""
    project = world.call("addProject", name="A")
    for name in "BCD":
        world.call("setProjectName", projectID=project, name=name)
    world.call("addNamedVersion", name="start", dataVersion="2")
    world.store(lambda conn: age(conn, world.account, 4))
    return world.account


def reads(client: httpx2.Client, version: int | str) -> list[str]:
    answer = result_of(client.post("getData", data={"atDataVersion": str(version)}))
    return [project["name"] for project in answer["projects"]]


@pytest.mark.slow
def test_by_command(server: Server, database_url: str, world: World, old: int) -> None:
    with client_of(server.api, (world.admin, world.key)) as client:
        assert [reads(client, version) for version in range(1, 6)] == [[], ["A"], ["B"], ["C"], ["D"]]
        compact = ("history", "compact", "--account", str(old), "--days", "5")
        tried = operate(database_url, *compact, "--dry-run")
        assert tried == f"Account {old}: the oldest version is 4 (was 0); 1 changes, 1 versions and 0 files would go.\n"
        assert reads(client, 3) == ["B"]
        assert operate(database_url, *compact) == tried.replace("would go", "given up")
        message = message_of(client.post("getData", data={"atDataVersion": "3"}), DataVersionNoLongerKept)
        assert message == (
            "The parameter atDataVersion is 3, but what was before data version 4 is no longer kept. It can be from 4 "
            "to 5."
        )
        assert [reads(client, version) for version in ("start", 2, 4, 5)] == [["A"], ["A"], ["C"], ["D"]]
        assert result_of(client.post("getVersions"))["oldestDataVersion"] == 4
    shown = operate(database_url, "history", "show").splitlines()
    assert shown[0].split() == ["account", "version", "oldest", "made", "versions", "changes", "names"]
    [line] = [line.split() for line in shown if line.startswith(f"{old} ")]
    assert (line[1], line[2], line[-3], line[-1]) == ("5", "4", "4", "1")


@pytest.mark.parametrize("days", ["0", "-1", "nan", "100001", "x"])
def test_days_that_are_none(database_url: str, days: str) -> None:
    done = command(database_url, "history", "compact", "--days", days)
    assert done.returncode == 2
    assert f"{days} is not a number of days above 0" in done.stderr


def test_one_at_a_time(database_url: str, old: int) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (0x5343524E,))
        done = command(database_url, "history", "compact", "--days", "5")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Another process is giving up history just now" in done.stderr
    done = command(database_url, "history", "compact", "--days", "5", "--account", "999999999999")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no account 999999999999" in done.stderr


@pytest.mark.slow
def test_by_setting(database_url: str, world: World, old: int) -> None:
    server = Server([], {"DATABASE_URL": database_url, "SCRUMRPC_HISTORY_DAYS": "5"})
    try:
        with client_of(server.api, (world.admin, world.key)) as client:
            until(lambda: result_of(client.post("getVersions"))["oldestDataVersion"] == 4)
            message_of(client.post("getData", data={"atDataVersion": "3"}), DataVersionNoLongerKept)
            assert reads(client, "start") == ["A"]
        until(lambda: "history given up" in server.log.read_text())
    finally:
        assert server.stop() == 0


_IN_SMALL_STEPS = """
from scrumrpc.cli.main import main
from scrumrpc.store import compaction
compaction._BATCH = 5
main()
"""


@pytest.mark.slow
def test_a_command_that_is_killed_again_and_again(server: Server, database_url: str, world: World) -> None:
    """Each goes on where the last one was; what can be read meanwhile is right, and in the end all is done."""
    project = world.call("addProject", name="A")
    items = [str(world.call("addBacklogItem", projectID=project, name="0")) for _ in range(20)]
    for n in range(400):
        world.call("setBacklogItemName", backlogItemID=items[n % 20], name=str(n))
    present = world.version
    named = {version: world.call("getData", atDataVersion=str(version), includeProperties="Project.backlogItems")
             for version in (50, 200, 350)}  # fmt: skip
    for version in named:
        world.call("addNamedVersion", name=f"v{version}", dataVersion=str(version))
    world.store(lambda conn: age(conn, world.account, present))
    words = ["history", "compact", "--days", "5", "--account", str(world.account)]
    kills = 0
    with client_of(server.api, (world.admin, world.key)) as client:

        def check() -> None:
            for version in (*named, present):
                given = {"atDataVersion": str(version), "includeProperties": "Project.backlogItems"}
                assert result_of(client.post("getData", data=given)) == named.get(version, latest)

        latest = world.call("getData", includeProperties="Project.backlogItems")
        while True:
            process = subprocess.Popen(
                [sys.executable, "-c", _IN_SMALL_STEPS, *words], env={**os.environ, "DATABASE_URL": database_url},
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            time.sleep(random.uniform(0.3, 3.0))
            process.send_signal(signal.SIGKILL)
            out = process.communicate()[0]
            check()
            world.check_log_gives_tables()
            if process.returncode == 0 or kills == 30:
                break
            kills += 1
        operate(database_url, *words)
        check()
        assert "0 changes, 0 versions and 0 files" in operate(database_url, *words), out
