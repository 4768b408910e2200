"""What uses up what a server needs: connections, locks, the disk, file handles; and what moves its clock."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import psycopg

from tests.faults import breaking
from tests.faults.clock import HOUR
from tests.faults.deployment import Deployment
from tests.wire.surroundings import workers

_A_WHILE = 1.5
_LONG = 4.0
"""Longer than calls wait for a connection here."""
_MANY = 60
"""More calls than the workers have connections together."""
_PIECE = 2**20


def hold_the_account(deployment: Deployment) -> None:
    """Somebody else has the account's lock for a while: writing calls wait, reading ones do not."""
    with psycopg.connect(deployment.database_url) as conn:
        conn.execute("SELECT FROM accounts WHERE account_id = 1 FOR UPDATE")
        time.sleep(_A_WHILE)


def fill_the_pool(deployment: Deployment) -> None:
    """Statements wait for a lock, until all connections of the workers are taken: further calls are told so in time."""

    async def one(client: httpx2.AsyncClient) -> str:
        # Only a call that asks for the past by itself has a statement of its own.
        answer = await client.post("getData", data={"atDataVersion": "1"})
        said = answer.json()
        return str(said.get("errorID", "Result"))

    async def many() -> list[str]:
        async with httpx2.AsyncClient(base_url=f"{deployment.api}/", auth=deployment.admin, timeout=60) as client:
            with psycopg.connect(deployment.database_url) as conn:
                conn.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
                calls = [asyncio.create_task(one(client)) for _ in range(_MANY)]
                await asyncio.wait(calls, timeout=_LONG)
            return await asyncio.gather(*calls)

    told = asyncio.run(many())
    assert set(told) <= {"Result", "APIBusy", "APINotAvailable"}, told
    assert "APIBusy" in told, told


def take_all_connections(deployment: Deployment) -> None:
    """Others have all connections that PostgreSQL allows, and the workers have lost theirs."""
    with ExitStack() as taken:
        deployment.disconnect()
        with suppress(psycopg.OperationalError):  # which says that there are too many
            while True:
                conn = psycopg.connect(deployment.database_url, application_name="taken")
                taken.callback(conn.close)
        with psycopg.connect(_of_superuser(deployment), autocommit=True) as conn:  # for whom some are kept back
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = 'scrumrpc' AND application_name <> 'taken'"
            )
        time.sleep(_A_WHILE)


def fill_the_disk(deployment: Deployment) -> None:
    """There is no room for another page of a table."""
    with _full(deployment.disk):
        time.sleep(_A_WHILE + random.random())


def fill_the_disk_to_the_log(deployment: Deployment) -> None:
    """There is no room for the log of the database either: it goes down, and comes up once there is room."""
    with _full(deployment.disk):
        with suppress(psycopg.Error), psycopg.connect(_of_superuser(deployment), autocommit=True) as conn:
            for _ in range(12):  # each takes a file of 16 MB, until those are used up that were made in advance
                conn.execute("SELECT pg_switch_wal(), pg_logical_emit_message(false, '', repeat('x', 100))")
        time.sleep(_A_WHILE + random.random())


def kill_the_database_on_a_full_disk(deployment: Deployment) -> None:
    """It cannot even write down that it starts, again and again."""
    with _full(deployment.disk):
        breaking.kill_the_database(deployment)
        time.sleep(_A_WHILE + random.random())


def take_file_handles(deployment: Deployment) -> None:
    """A worker can open nothing, and take no connection."""
    for pid in workers(deployment.pid)[:1]:
        with suppress(OSError):  # where it ends just then
            _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            now = resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), most))
            time.sleep(_A_WHILE)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, now)


def move_the_clock_forward(deployment: Deployment) -> None:
    """By hours or days, while calls are under way."""
    deployment.clock.move(random.choice([HOUR, 7 * HOUR, 72 * HOUR]))


def move_the_clock_back(deployment: Deployment) -> None:
    """To where it should be, and sometimes further."""
    deployment.clock.move(-deployment.clock.seconds - random.choice([0, HOUR, 30 * HOUR]))


def _of_superuser(deployment: Deployment) -> str:
    return deployment.database_url.replace("//scrumrpc:", "//postgres:")


@contextmanager
def _full(disk: Path) -> Iterator[None]:
    """Takes the last byte of a disk for a while."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):  # which says that there is no room left
            while True:
                file.write(bytes(_PIECE))
        yield
    finally:
        filler.unlink()
