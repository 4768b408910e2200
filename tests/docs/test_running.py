"""Every documented curl line runs against the sample, one after the other, as it stands but for host and key."""

from __future__ import annotations

import html
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from scrumrpc.calls.registry import METHODS
from scrumrpc.docs import specimens
from scrumrpc.docs.examples import EXAMPLES, GUIDE
from tests.serving import Server

# The examples of the overview of the API documentation, which come first; the errors are documented there as well.
OVERVIEW: list[tuple[str, dict[str, str], str | None]] = [
    ("addBacklogItem", {"projectID": "729-11230-1", "name": "Example backlog item 1"}, None),
    ("getData", {"includeProperties": "Project.backlogItems,BacklogItem.tasks"}, None),
    ("getDataVersion", {}, None),
    (
        "addBacklogItem",
        {
            "projectID": "729-11230-1", "name": "Example backlog item 2",
            "requestID": "550e8400-e29b-41d4-a716-446655440000",
        },
        None,
    ),
    (
        "addBacklogItem",
        {
            "projectID": "729-11230-1", "name": "Example backlog item 2",
            "requestID": "550e8400-e29b-41d4-a716-446655440000",
        },
        "RequestAlreadyExecuted",
    ),
    (
        "addBacklogItem",
        {"projectID": "729-11230-1", "name": "Example backlog item 3", "requiredDataVersion": "50786"},
        "RequiredDataVersionNotMatching",
    ),
]  # fmt: skip

NO_DATA = (
    "addAPIKey", "deleteAPIKey", "resetCommitHookSecret", "deleteCommitHookSecret",
    *(name for name, method in METHODS.items() if method.noun in ("NamedVersion", "Webhook")),
)  # fmt: skip
"""Methods that change something beside the data of the account, whose version stays."""


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Server]:
    """A server at its first start, with the sample."""
    server = Server(["--sample", "--data", str(tmp_path / "data")], {"SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"})
    yield server
    server.stop()


class Shell:
    """Runs blocks of shell commands as they stand, in a folder of their own, but for what curl would do.

    That is done here, against the server at `address` with the real key, so that it takes no new process for each line;
    only what the documentation uses is known. `variables` are those of the shell that readers are told to set.
    """

    def __init__(self, folder: Path, client: httpx2.Client, address: str, key: str) -> None:
        self.variables = {"KEY": key}
        self._folder = folder
        self._client = client
        self._address = address
        self._key = key

    def run(self, block: str) -> list[httpx2.Response]:
        """The answers to the curl commands in a block."""
        recorded = self._folder / "recorded"
        recorded.write_bytes(b"")
        recording = "curl() { printf '%s\\0' \"$@\" $'\\n' >> recorded; }\n"
        environment = {"PATH": os.environ["PATH"], **self.variables}
        subprocess.run(["bash", "-euc", recording + block], cwd=self._folder, env=environment, check=True)
        commands = recorded.read_text().split("\0\n\0")
        return [self.curl(*command.split("\0")) for command in commands if command]

    def curl(self, *words: str) -> httpx2.Response:
        """What curl would do with these words."""
        url = user = output = tag = ""
        parts: list[bytes] = []
        headers = {}
        rest = iter(words)
        for word in rest:
            match word:
                case "-u":
                    user = next(rest)
                case "-d":
                    parts.append(next(rest).encode())
                case "--data-urlencode":
                    name, _, value = next(rest).partition("=")
                    parts.append(f"{name}={quote(value, safe='')}".encode())
                case "--data-binary":
                    parts.append((self._folder / next(rest).removeprefix("@")).read_bytes())
                case "-H":
                    name, value = next(rest).split(": ", 1)
                    headers[name] = value
                case "-o":
                    output = next(rest)
                case "--etag-compare":
                    headers["If-None-Match"] = (self._folder / next(rest)).read_text()
                case "--etag-save":
                    tag = next(rest)
                case "-k" | "-s" | "-i":
                    pass
                case _:
                    assert word.startswith("http"), words
                    url = word
        if parts:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        answer = self._client.request(
            "POST" if parts else "GET",
            f"{self._address}/{url.split('/', 3)[3]}",
            content=b"&".join(parts),
            headers=headers,
            auth=(user.partition(":")[0], self._key) if user else None,
        )
        if tag:
            (self._folder / tag).write_text(answer.headers["etag"])
        if output and answer.status_code != 304:
            (self._folder / output).write_bytes(answer.content)
        return answer


@pytest.mark.slow
def test_every_example_runs_in_the_documentations_order(sample: Server) -> None:
    email, key = sample.credentials("bob@example.com")
    assert list(EXAMPLES) == [name for name, method in METHODS.items() if method.public]
    with httpx2.Client(base_url=sample.api + "/", auth=(email, key)) as client:
        before = client.post("getDataVersion").json()["dataVersion"]
        for name, given, error in OVERVIEW:
            answer = client.post(name, data=given).json()
            assert answer.get("errorID") == error, answer
        for name, given in EXAMPLES.items():
            answer = client.post(name, data=given).json()
            assert answer["objectType"] == "Result", (name, answer)
            assert "result" in answer
        changing = sum(METHODS[name].writes for name in EXAMPLES if name not in NO_DATA) + 2
        assert client.post("getDataVersion").json()["dataVersion"] == before + changing
        assert_everything_is_filled(client)


def assert_everything_is_filled(client: httpx2.Client) -> None:
    """Every property of every object type has a value somewhere in the sample, as clients get it."""
    from scrumrpc.model.include import OPTIONAL
    from scrumrpc.model.types import STORED_TYPES

    filled: set[tuple[str, str]] = set()

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            filled.update((value["objectType"], name) for name, v in value.items() if v not in (None, [], -1))
            walk(list(value.values()))

    walk(client.post("getData", data={"includeProperties": ",".join(OPTIONAL)}).json()["result"])
    expected = {(t.name, p.name) for t in STORED_TYPES.values() for p in t.answered}
    assert expected - filled == set()


@pytest.mark.slow
def test_every_curl_line_on_the_pages_runs(sample: Server, tmp_path: Path) -> None:
    """The pages' own curl lines, in the order of the pages' navigation; an error is one that the guide announces."""
    _, key = sample.credentials("bob@example.com")
    announced = {
        specimens.curl(sample.address, step.method, step.given): step.error for step in GUIDE.values() if step.error
    }
    with httpx2.Client(base_url=sample.address, follow_redirects=True) as client:
        blocks = blocks_with_curl(client)
        assert len(blocks) > len(EXAMPLES) + len(GUIDE) / 2
        shell = Shell(tmp_path, client, sample.address, key)
        failed = []
        for block in blocks:
            answers = shell.run(block)
            assert answers, block
            if "--etag-compare" in block:
                assert [answer.status_code for answer in answers] == [200, 304]
                assert (tmp_path / "data.json").read_bytes().startswith(b'{"objectType":"Result"')
                continue
            for answer in answers:
                if "-o " in block:
                    assert answer.status_code == 200
                    assert answer.headers["content-type"] == "image/png"
                    continue
                said = answer.json()
                if said["objectType"] != "Result" and said["errorID"] != announced.get(block):
                    failed.append((block, said))
                elif "/hooks/" in block:
                    assert said["result"] == {"commits": 1, "skipped": []}
                elif "resetCommitHookSecret" in block:
                    shell.variables["SECRET"] = said["result"]
                elif "getBacklogItems" in block and said["result"]["nextCursor"]:
                    shell.variables["CURSOR"] = said["result"]["nextCursor"]
    assert failed == []
    assert (tmp_path / "screenshot.png").read_bytes().startswith(b"\x89PNG")


def blocks_with_curl(client: httpx2.Client) -> list[str]:
    """The blocks of commands on all pages that call the server, each once."""
    found: dict[str, None] = {}
    seen, queue = {"/docs"}, ["/docs"]
    while queue:
        text = client.get(queue.pop(0)).text
        for link in re.findall(r'href="(/docs[^"#]*)', text):
            if link not in seen and "." not in link:
                seen.add(link)
                queue.append(link)
        for pre in re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL):
            block = html.unescape(re.sub(r"<[^>]+>", "", pre)).strip()
            if re.search(r"^curl ", block, re.MULTILINE):
                found[block] = None
    return list(found)


@pytest.mark.slow
def test_the_first_curl_line_works_as_printed(sample: Server, tmp_path: Path) -> None:
    printed = [line.strip() for line in sample.printed.splitlines() if line.strip().startswith("curl")]
    assert len(printed) == 2
    with httpx2.Client() as client:
        for line in printed:
            [answer] = Shell(tmp_path, client, sample.address, line.rsplit(":", 1)[1]).run(line)
            assert answer.status_code == 200
            assert answer.text.startswith('{\r\n  "objectType" : "Result"')
