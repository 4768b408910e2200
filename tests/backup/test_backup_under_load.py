"""Backups that are made while clients write: each is exactly what the accounts were at its versions."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from tests.backup.lives import PROJECT
from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.surroundings import until
from tests.world import EVERYTHING

ADMINISTRATOR = "bob@example.com"
WRITERS = 4


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name, because sockets lie in it."""
    path = Path(tempfile.mkdtemp(prefix="scrumrpc-"))
    yield path
    shutil.rmtree(path)


@dataclass
class Writing:
    """What a client was answered: the version of each call, under what it wrote."""

    client: httpx2.Client
    name: str
    acknowledged: dict[str, int] = field(default_factory=dict)

    def run(self, enough: Event) -> None:
        """Adds items and tasks, changes and deletes them, until told to stop."""
        while not enough.is_set():
            name = f"{self.name} {len(self.acknowledged)}"
            item = self._call("addBacklogItem", name, projectID=PROJECT, name=name)
            self._call("addTask", f"{name} task", backlogItemID=item, name=f"{name} task")
            self._call("addTag", f"{name} tag", projectID=PROJECT, name=f"{name} tag")
            self._call("setBacklogItemDescription", "", backlogItemID=item, description=name * 50)
            if len(self.acknowledged) % 5 == 0:
                self._call("deleteBacklogItem", "", backlogItemID=item)

    def _call(self, method: str, name: str, /, **given: str) -> str:
        response = self.client.post(method, data={**given, "requestID": f"{name or secrets.token_hex(8)}"})
        result = result_of(response)
        if name:
            self.acknowledged[name] = response.json()["dataVersion"]
        return str(result)


def scrumrpc(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "scrumrpc", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


@pytest.mark.slow
def test_backups_beside_writers(place: Path) -> None:
    server = Server(["--sample", "--workers", "2", "--data", str(place / "data")], {})
    try:
        credentials = server.credentials(ADMINISTRATOR)
        with ThreadPoolExecutor(WRITERS) as threads, client_of(server.api, credentials) as client:
            writers, enough = [Writing(client, f"W{n}") for n in range(WRITERS)], Event()
            running = [threads.submit(writer.run, enough) for writer in writers]
            try:
                versions = []
                for n in range(2):
                    before = result_of(client.post("getDataVersion"))
                    until(lambda before=before: _has_reached(client, before + 21, running))
                    printed = scrumrpc("backup", str(place / f"{n}.tar"), "--data", str(place / "data"))
                    [version] = re.findall(r"^729 +Sample +(\d+) ", printed, re.MULTILINE)
                    assert before + 20 < int(version) < result_of(client.post("getDataVersion"))
                    versions.append(int(version))
            finally:
                enough.set()
            for each in running:
                each.result()
            acknowledged = {name: version for writer in writers for name, version in writer.acknowledged.items()}
            for n, version in enumerate(versions):
                _check(place, n, version, client, credentials, acknowledged)
    finally:
        assert server.stop() == 0


def _has_reached(client: httpx2.Client, version: int, running: list[Future[None]]) -> bool:
    for ended in running:
        if ended.done():
            ended.result()
    return bool(result_of(client.post("getDataVersion")) >= version)


def _check(
    place: Path, n: int, version: int, original: httpx2.Client, credentials: tuple[str, str], known: dict[str, int]
) -> None:
    """The restored server, which serves at once, against the one that went on."""
    folder = place / f"restored-{n}"
    scrumrpc("restore", str(place / f"{n}.tar"), "--data", str(folder))
    assert "change logs lead to all" in scrumrpc("restore", "--check", str(place / f"{n}.tar"))
    server = Server(["--data", str(folder)], {})
    try:
        with client_of(server.api, credentials) as client:
            assert result_of(client.post("getDataVersion")) == version
            for method, given in (
                ("getData", {"includeProperties": EVERYTHING, "atDataVersion": str(version)}),
                ("getData", {"includeProperties": EVERYTHING, "atDataVersion": str(version - 10)}),
                ("getChanges", {"sinceDataVersion": "0", "untilDataVersion": str(version), "limit": "1000"}),
                ("getVersions", {"untilDataVersion": str(version)}),
            ):
                assert _said(client, method, given) == _said(original, method, given), method
            everything = client.post("getData", data={"includeProperties": EVERYTHING}).text
            names = set(re.findall(r'"name":"(W\d [^"]*)"', everything))
            assert names
            assert all(known[name] <= version for name in names)
            before = [name for name, made_at in known.items() if made_at <= version and name.endswith("tag")]
            after = [name for name, made_at in known.items() if made_at > version and name.endswith("tag")]
            assert before
            assert after
            for name in before[-10:]:
                again = client.post("addTag", data={"projectID": PROJECT, "name": name, "requestID": name})
                assert again.json()["errorID"] == "RequestAlreadyExecuted"
            for name in after[:10]:
                result_of(client.post("addTag", data={"projectID": PROJECT, "name": name, "requestID": name}))
    finally:
        assert server.stop() == 0


def _said(client: httpx2.Client, method: str, given: dict[str, str]) -> Any:
    """The result, without where the server is reached and without the account's epoch, which no copy shares."""
    response = client.post(method, data=given)
    result_of(response)
    origin = str(client.base_url).partition("/service")[0]
    text = response.text.replace(origin, "").replace(response.headers["account-epoch"], "")
    return httpx2.Response(200, text=text).json()["result"]
