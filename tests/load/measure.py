"""Prints calls per second of the server beside those of a bare Starlette endpoint in the same run.

    python -m tests.load.measure [--seconds 5] [--items 20000]

Not a test: machines differ and are shared, so read the ratios. Needs the packages of the extra `test` and no network
but the loopback address. The database is DATABASE_URL, or an embedded one in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from scrumrpc.cli.first_start import prepare
from scrumrpc.cli.opening import Store, database_url, open_store
from scrumrpc.cli.operate import make_key
from scrumrpc.settings import Settings
from scrumrpc.store import accounts
from tests.serving import Server

ACCOUNTS = 64
EMAIL = "load@example.com"


def main() -> None:
    """Measures everything and prints a table."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--items", type=int, default=20_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as folder:
        print(f"Preparing {ACCOUNTS} accounts and one with {chosen.items} items and {2 * chosen.items} tasks ...")
        keys = asyncio.run(prepare_accounts(Path(folder), chosen.items))
        url = os.environ.get("DATABASE_URL", "")
        server = Server(
            ["--data", folder, "--workers", "1"],
            {"SCRUMRPC_LOG_CALLS": "false", **({"DATABASE_URL": url} if url else {})},
        )
        try:
            with bare_server() as bare:
                run(chosen.seconds, server.address, bare, keys)
        finally:
            server.stop()


def run(seconds: float, address: str, bare: str, keys: list[str]) -> None:
    """Each line of the table: our figures, and right after them the baseline's, with as many connections and bytes."""
    one, many, large = keys[0], keys[:ACCOUNTS], keys[ACCOUNTS]
    poll = request("getDataVersion", one)
    everything = request("getData", large, includeProperties="Project.backlogItems,BacklogItem.tasks")
    work = [
        ("getDataVersion", [[poll]] * 32),
        ("addBacklogItem, one account", [[add_item(one)]] * 8),
        ("addBacklogItem, one account", [[add_item(one)]] * 32),
        (f"addBacklogItem, {ACCOUNTS} accounts", several(many, 32)),
        ("getData, all items and tasks, first time", [[everything]]),
        ("getData, all items and tasks", [[everything]]),
        ("getData, nothing optional", [[request("getData", large)]]),
    ]
    print(f"{'one worker':42}{'connections':>12}{'bytes':>11}{'calls/s':>10}{'bare/s':>10}{'ratio':>8}", end="")
    print(f"{'median ms':>11}{'p99 ms':>9}")
    for name, streams in work:
        ours = measure(address, streams, 0 if "first time" in name else seconds)
        small = f"POST /bytes/{ours['bytes']:.0f} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
        base = measure(bare, [[small]] * len(streams), seconds)
        print(
            f"{name:42}{len(streams):>12}{ours['bytes']:>11.0f}{ours['per_second']:>10.1f}{base['per_second']:>10.1f}"
            f"{ours['per_second'] / base['per_second']:>8.3f}{ours['median_ms']:>11.2f}{ours['p99_ms']:>9.2f}"
        )


async def prepare_accounts(folder: Path, items: int) -> list[str]:
    """Accounts with a project each, and a large one; answers their keys."""
    settings = Settings.from_environment()
    keys = []
    async with database_url(folder, settings) as url, open_store(url, settings) as store:
        await prepare(store, settings)
        for number in range(100, 100 + ACCOUNTS):
            keys.append(await prepare_account(store, number, []))
        keys.append(await prepare_account(store, 100 + ACCOUNTS, list(backlog(items))))
    return keys


async def prepare_account(store: Store, number: int, objects: list[dict[str, Any]]) -> str:
    """An account with somebody in it and a project."""
    await store.run(lambda conn: accounts.add(conn, "Load", number))
    await store.call(
        number, "addPersonByOperator", {"emailAddress": EMAIL, "firstName": "L", "isAdministrator": "true"}
    )
    project = {
        "objectType": "Project", "id": "1-1-1", "name": "P", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    await store.call(number, "importObjects", {"objects": orjson.dumps([project, *objects]).decode()})
    return await make_key(store, number, "load")


def backlog(items: int) -> Iterator[dict[str, Any]]:
    """Items with two tasks each."""
    for n in range(items):
        item = f"1-2-{n}"
        text = "A description of about the length that people write into a backlog item, a sentence or two. " * 2
        yield {
            "objectType": "BacklogItem", "id": item, "projectID": "1-1-1", "name": f"Item {n}", "description": text,
            "status": "New", "priority": "High", "type": "Feature", "estimate": 2.5,
        }  # fmt: skip
        for m in range(2):
            yield {
                "objectType": "Task", "id": f"1-3-{2 * n + m}", "projectID": "1-1-1", "backlogItemID": item,
                "name": f"Task {m} of item {n}", "status": "To do", "estimate": 1.0,
            }  # fmt: skip


def request(method: str, key: str, **given: str) -> bytes:
    """A POST as it travels."""
    body = urlencode(given).encode()
    basic = base64.b64encode(f"{EMAIL}:{key}".encode()).decode()
    head = (
        f"POST /service/api/v1/{method} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def add_item(key: str) -> bytes:
    """An addBacklogItem at the end of the account's project."""
    return request("addBacklogItem", key, projectID="1-1-1", name="Measured", estimate="2.5", estimateUnit="Days")


def several(keys: list[str], connections: int) -> list[list[bytes]]:
    """The keys dealt out over connections."""
    return [[add_item(key) for key in keys[n::connections]] for n in range(connections)]


def measure(address: str, streams: list[list[bytes]], seconds: float) -> dict[str, float]:
    """The figures of a closed loop in a process of its own."""
    parts = urlsplit(address)
    job = {
        "host": parts.hostname,
        "port": parts.port,
        "seconds": seconds,
        "streams": [[one.decode("latin-1") for one in stream] for stream in streams],
    }
    client = [sys.executable, "-m", "tests.load.client"]
    done = subprocess.run(client, input=json.dumps(job), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def bare_server() -> Iterator[str]:
    """The baseline, behind uvicorn with the same loop and parser."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "uvicorn", "tests.load.bare:app", "--port", str(port), "--loop", "uvloop", "--http",
        "httptools", "--no-access-log", "--log-level", "warning", "--no-server-header",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
