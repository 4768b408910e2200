"""Makes a backup of what an older version of the program has in its database, with what that version answers about it.

    python -m tests.backup.make_old COMMIT

serves the sample account with the program of that commit, makes the calls below, and notes what getData answers after
each of them. The backup is written with today's code, which reads any tables. Both files go into tests/backup/old. They
were made once, of the last commit before each step of the schema, which the second file names, and are never made anew.
"""

from __future__ import annotations

import asyncio
import io
import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import orjson

from scrumrpc.store import backup, copying
from scrumrpc.store.embedded import running
from tests.serving import Server

OLD = Path(__file__).with_name("old")
PROJECT = "729-11230-1"
PUBLIC_URL = "https://scrum.example.com"
ADMINISTRATOR = "bob@example.com"
CALLS: list[tuple[str, dict[str, str]]] = [
    ("addBacklogItem", {"projectID": PROJECT, "name": "Möbius ☃ \t\\N", "description": "1\r\n2", "requestID": "item"}),
    ("addTask", {"backlogItemID": "{0}", "name": "a task", "estimate": "0.1", "estimateUnit": "Days"}),
    ("setBacklogItemName", {"backlogItemID": "{0}", "name": "another name"}),
    ("addTag", {"projectID": PROJECT, "name": "a new tag", "requestID": "tag"}),
    ("addTagOnObject", {"tagID": "{3}", "objectType": "BacklogItem", "objectID": "{0}"}),
    ("addComment", {"ownerObjectType": "BacklogItem", "ownerObjectID": "{0}", "text": "a comment"}),
    ("addBacklogItem", {"projectID": PROJECT, "name": "not for long"}),
    ("deleteBacklogItem", {"backlogItemID": "{6}"}),
    ("deleteTask", {"taskID": "{1}"}),
    ("addProject", {"name": "a second project"}),
    ("addFile", {"projectID": PROJECT, "name": "a file", "fileName": "a.txt", "fileContents": "YWJj"}),
    ("addNamedVersion", {"name": "then", "dataVersion": "2"}),
    ("addWebhook", {"url": "https://hooks.example.com/old"}),
]  # fmt: skip
"""Calls, with the results of earlier ones by their position; those that a version does not know are left out."""


def main(commit: str) -> None:
    """Makes both files for a commit."""
    top = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory(prefix="old-") as folder:
        checkout, data = Path(folder, "checkout"), Path(folder, "data")
        archive = subprocess.run(["git", "archive", commit], cwd=top, capture_output=True, check=True).stdout
        checkout.mkdir()
        subprocess.run(["tar", "x", "-C", str(checkout)], input=archive, check=True)
        step = len(list((checkout / "scrumrpc/store/steps").glob("[0-9]*.sql")))
        answered = _answers(checkout, data)
        content = asyncio.run(_backup(data, (checkout / "schema.sql").read_text(), step))
    (OLD / f"step-{step}.tar").write_bytes(content)
    (OLD / f"step-{step}.json.xz").write_bytes(lzma.compress(orjson.dumps({"commit": commit, **answered})))
    print(f"step {step}: {len(content):,} bytes, {len(answered['data'])} versions")


def _answers(checkout: Path, data: Path) -> dict[str, Any]:
    """What that version answers: to the calls, and to getData after each of them."""
    os.environ["PYTHONPATH"] = str(checkout)
    here = Path.cwd()
    os.chdir(checkout)
    try:
        tokens = subprocess.run(
            [sys.executable, "-c", "from scrumrpc.model.include import OPTIONAL; print(*OPTIONAL, sep=',')"],
            capture_output=True, check=True, text=True,
        ).stdout.strip()  # fmt: skip
        server = Server(["--sample", "--data", str(data)], {"SCRUMRPC_PUBLIC_URL": PUBLIC_URL})
    finally:
        os.chdir(here)
        del os.environ["PYTHONPATH"]
    answered: dict[str, Any] = {"key": server.credentials(ADMINISTRATOR)[1], "include": tokens, "calls": [], "data": {}}
    auth = server.credentials(ADMINISTRATOR)
    with httpx2.Client(base_url=server.api + "/", auth=auth, trust_env=False, timeout=60) as client:

        def note_data() -> None:
            said = client.post("getData", data={"includeProperties": tokens}).json()
            answered["data"][str(said["dataVersion"])] = said["result"]

        note_data()
        results: list[str] = []
        for method, given in CALLS:
            sent = {name: value.format(*results) for name, value in given.items()}
            said = client.post(method, data=sent).json()
            is_known = said.get("errorID") != "InvalidMethodName"
            assert not is_known or said["objectType"] == "Result", (method, said)
            results.append(str(said.get("result")))
            if is_known:
                answered["calls"].append({"method": method, "given": sent, "result": said["result"]})
                note_data()
        answered["changes"] = client.post("getChanges", data={"sinceDataVersion": "0"}).json().get("result")
    server.stop()
    return answered


async def _backup(data: Path, schema: str, step: int) -> bytes:
    stream = io.BytesIO()
    oldest = "oldest_version" if step >= 2 else "0"
    accounts = f"SELECT account_id, name, data_version, {oldest}, '' FROM accounts ORDER BY account_id"
    async with running(data) as url, await copying.connect(url) as conn:
        await backup.write(conn, stream, schema, step, accounts)
    return stream.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
