"""Databases of older versions, with their data: brought up to date, they answer what those versions answered.

What old versions had and answered lies in the folder old; make_old.py tells how it came there.
"""

from __future__ import annotations

import asyncio
import lzma
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from scrumrpc.errors import ObjectNotFound, RequestAlreadyExecuted
from scrumrpc.store import copying
from scrumrpc.store.backup_file import BackupReader
from scrumrpc.store.migrations import migrate, newest_step, steps
from scrumrpc.store.restore import check_images, fill, restore
from tests.backup.lives import Copy, rows
from tests.backup.make_old import OLD, PROJECT, PUBLIC_URL
from tests.store.test_steps import facts
from tests.wire.surroundings import until

STEPS = range(newest_step())


def answered_at(step: int) -> Any:
    """What the last version before the next step answered; URLs without the origin, as tests have none."""
    found = lzma.decompress((OLD / f"step-{step}.json.xz").read_bytes())
    return orjson.loads(found.replace(PUBLIC_URL.encode(), b""))


def install(url: str, step: int) -> None:
    """Makes the database of that version."""

    async def work() -> None:
        async with await copying.connect(url) as conn, conn.transaction():
            with (OLD / f"step-{step}.tar").open("rb") as file:
                await fill(conn, BackupReader(file))

    asyncio.run(work())


def differences(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """Where a new answer does not have what an old one had. It may have more properties."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if name in new:
                yield from differences(value, new[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is missing"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{where}[{position}]")
    elif type(old) is not type(new) or old != new:
        yield f"{where} was {str(old)[:100]} and is {str(new)[:100]}"


def check(url: str, step: int) -> None:
    """Everything is answered as that version did, at every data version, and the account can be worked with."""
    said = answered_at(step)
    copy = Copy(url, said["key"])
    try:
        for version, data in said["data"].items():
            new = copy.call("getData", atDataVersion=version, includeProperties=said["include"])
            assert list(differences(data, new)) == [], version
        present = max(map(int, said["data"]))
        assert copy.version == present
        changes = copy.call("getChanges", sinceDataVersion="0")
        assert [each["dataVersion"] for each in changes["versions"]] == list(range(1, present + 1))
        assert list(differences(said["changes"] or {}, changes)) == []
        for call in said["calls"]:
            if "requestID" in call["given"]:
                with pytest.raises(RequestAlreadyExecuted):
                    copy.call(call["method"], **call["given"])
                if step > 0:  # before, parameters were told apart in another way, and nobody could ask for results
                    assert copy.call(call["method"], **call["given"], onRepeat="result") == call["result"]
        life = copy.call("getObjectHistory", objectType="BacklogItem", objectID=said["calls"][0]["result"])
        assert len(life["versions"]) >= 3
        assert copy.version == present
        _works(copy, said["calls"][0]["result"])
        copy.check_log_gives_tables()
    finally:
        copy.close()


def _works(copy: Copy, item: str) -> None:
    present = copy.version
    copy.call("addTask", backlogItemID=item, name="in the new version")
    copy.call("addSprint", projectID=PROJECT, name="a sprint")
    copy.call("deleteBacklogItem", backlogItemID=item)
    with pytest.raises(ObjectNotFound):
        copy.call("addTask", backlogItemID=item, name="nowhere")
    copy.call("restoreObject", objectType="BacklogItem", objectID=item)
    assert copy.version == present + 4


@pytest.mark.parametrize("step", [pytest.param(s, marks=[] if s == 0 else pytest.mark.slow) for s in STEPS])
def test_a_database_is_brought_up_to_date(empty_database: str, database_url: str, step: int) -> None:
    install(empty_database, step)
    asyncio.run(migrate(empty_database))
    assert facts(empty_database) == facts(database_url)
    with psycopg.connect(empty_database) as conn:
        found = conn.execute("SELECT step FROM schema_steps ORDER BY step").fetchall()
    assert found == [(number,) for number in range(step, newest_step() + 1)]
    check(empty_database, step)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_backup_is_brought_up_to_date(empty_database: str, database_url: str, step: int) -> None:
    with (OLD / f"step-{step}.tar").open("rb") as file:
        done = asyncio.run(restore(empty_database, BackupReader(file)))
    assert facts(empty_database) == facts(database_url)
    assert asyncio.run(check_images(empty_database)) > 300
    assert done.webhooks == (["729-0-1"] if step >= 3 else [])
    check(empty_database, step)


def test_there_is_a_database_of_every_step() -> None:
    """Whoever adds a step makes the database of before it: see make_old.py."""
    assert {path.name for path in OLD.iterdir()} == {
        f"step-{step}.{kind}" for step in STEPS for kind in ("tar", "json.xz")
    }


# What goes wrong meanwhile --------------------------------------------------------------------------------------------

_MIGRATE = "import asyncio, sys; from scrumrpc.store.migrations import migrate; asyncio.run(migrate(sys.argv[1]))"


def starting(url: str) -> subprocess.Popen[str]:
    """A process that brings a database up to date, as a server does when it starts."""
    return subprocess.Popen(
        [sys.executable, "-c", _MIGRATE, url], stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


@pytest.mark.slow
@pytest.mark.parametrize("table", ["backlog_items", "accounts", "api_keys"])
def test_a_server_that_is_killed_in_the_middle(empty_database: str, table: str) -> None:
    """It stops at a table that somebody reads, in the middle: nothing of it stays, and the next one does all."""
    install(empty_database, 0)
    before = rows(empty_database, {}), facts(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as watcher:
        with psycopg.connect(empty_database) as reader:
            reader.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")  # type: ignore[arg-type]
            process = starting(empty_database)
            until(lambda: others(watcher, "wait_event_type = 'Lock'"))
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        until(lambda: not others(watcher, "backend_type = 'client backend'"))
    assert (rows(empty_database, {}), facts(empty_database)) == before
    asyncio.run(migrate(empty_database))
    check(empty_database, 0)


def others(watcher: psycopg.Connection, condition: str) -> int:
    """How many other connections there are of which something is true."""
    row = watcher.execute(
        "SELECT count(*) FROM pg_stat_activity "  # type: ignore[arg-type]
        f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
    ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.slow
def test_servers_that_start_at_once(empty_database: str) -> None:
    install(empty_database, 0)
    processes = [starting(empty_database) for _ in range(3)]
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in processes] == [("", 0)] * 3
    with psycopg.connect(empty_database) as conn:
        found = conn.execute("SELECT step FROM schema_steps ORDER BY step").fetchall()
    assert found == [(0,), *((number,) for number in steps())]
    check(empty_database, 0)
