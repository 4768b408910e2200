"""Every documented curl line runs against the sample, one after the other, as it stands but for host and key."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.examples import EXAMPLES
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


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Server]:
    """A server at its first start, with the sample."""
    server = Server(["--sample", "--data", str(tmp_path / "data")], {})
    yield server
    server.stop()


def curl(client: httpx2.Client, line: str, key: str, address: str) -> httpx2.Response:
    """What the command line would do; only what the documentation uses is known here."""
    words = iter(shlex.split(line.replace("\\\n", " ")))
    assert next(words) == "curl"
    url, user, form = "", "", []
    for word in words:
        match word:
            case "-u":
                user = next(words)
            case "-d":
                form.append(next(words))
            case "-k" | "-s" | "-i":
                pass
            case _:
                assert word.startswith("http"), line
                url = word
    email, _ = user.split(":", 1)
    path = "/" + url.split("/", 3)[3]
    return client.post(
        address + path,
        content="&".join(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=(email, key),
    )


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
        changing = sum(METHODS[name].writes for name in EXAMPLES) + 2
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


def test_every_curl_line_on_the_pages_runs(sample: Server) -> None:
    """The pages' own curl lines, in the order of the pages' navigation; an error is one that the page announces."""
    _, key = sample.credentials("bob@example.com")
    lines = []
    with httpx2.Client(base_url=sample.address, follow_redirects=True) as client:
        seen, queue = set(), ["/docs"]
        while queue:
            page = queue.pop(0)
            text = client.get(page).text
            queue += [link for link in re.findall(r'href="(/docs[^"#]*)', text) if link not in seen and "." not in link]
            seen.update(queue)
            blocks = re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
            lines += [html.unescape(re.sub(r"<[^>]+>", "", block)) for block in blocks]
        commands = list(dict.fromkeys(line.strip() for line in lines if line.strip().startswith("curl")))
        assert len(commands) >= len(EXAMPLES)
        failed = []
        for command in commands:
            answer = curl(client, command, key, sample.address).json()
            if answer["objectType"] != "Result":
                failed.append((command, answer))
    announced = ("RequiredDataVersionNotMatching", "RequestAlreadyExecuted")
    assert [(command, answer) for command, answer in failed if answer["errorID"] not in announced] == []


def test_the_first_curl_line_works_as_printed(sample: Server) -> None:
    printed = [line.strip() for line in sample.printed.splitlines() if line.strip().startswith("curl")]
    assert len(printed) == 2
    with httpx2.Client() as client:
        for line in printed:
            key = line.rsplit(":", 1)[1]
            answer = curl(client, line, key, sample.address)
            assert answer.status_code == 200
            assert answer.text.startswith('{\r\n  "objectType" : "Result"')
