"""The commit hook over a real socket: signatures, events, payloads of GitHub and GitLab, and what is no push."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.calls.hooks import WrongShape, github_push, gitlab_push, push_from
from scrumrpc.errors import (
    APIAccessNotAllowed,
    ApiError,
    APILimitReached,
    CompanyAccountClosed,
    DuringMaintenance,
    InvalidAuthenticationInfo,
    InvalidParameter,
    InvalidRequest,
    InvalidURL,
)
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import message_of, result_of
from tests.world import World

GITHUB: dict[str, Any] = {
    "ref": "refs/heads/main",
    "before": "0" * 40,
    "after": "b" * 40,
    "deleted": False,
    "repository": {
        "id": 35129377, "name": "ferry", "full_name": "harbour/ferry", "private": True,
        "owner": {"login": "harbour", "email": None}, "html_url": "https://github.example/harbour/ferry",
        "url": "https://api.github.example/repos/harbour/ferry", "default_branch": "main",
    },
    "pusher": {"name": "ben-h", "email": "ben@example.com"},
    "sender": {"login": "ben-h", "id": 6752317, "type": "User"},
    "commits": [
        {
            "id": "a" * 40, "tree_id": "1" * 40, "distinct": True,
            "message": "Moor before the tide turns\r\n\r\n[Scrumwise item #1, used: 1.5 h]",
            "timestamp": "2024-05-01T23:30:00-02:00", "url": "https://github.example/harbour/ferry/commit/aaaa",
            "author": {"name": "Ben", "email": "BEN@example.com", "username": "ben-h"},
            "committer": {"name": "GitHub", "email": "noreply@github.example", "username": "web-flow"},
            "added": [], "removed": [], "modified": ["tide.py"],
        },
        {
            "id": "b" * 40, "tree_id": "2" * 40, "distinct": True, "message": "Größe 😀 messen",
            "timestamp": "2024-05-02T08:00:00Z", "url": "https://github.example/harbour/ferry/commit/bbbb",
            "author": {"name": "Cy", "email": "cy@example.com"}, "committer": {"name": "Cy", "email": "cy@example.com"},
            "added": [], "removed": [], "modified": [],
        },
    ],
    "head_commit": None,
}  # fmt: skip
GITLAB: dict[str, Any] = {
    "object_kind": "push",
    "event_name": "push",
    "ref": "refs/heads/main",
    "user_name": "Ben",
    "user_email": "",
    "project": {
        "id": 15, "name": "Ferry", "web_url": "https://gitlab.example/harbour/ferry", "namespace": "Harbour",
        "path_with_namespace": "harbour/ferry", "default_branch": "main",
    },
    "repository": {"name": "Ferry", "homepage": "https://gitlab.example/harbour/ferry"},
    "commits": [
        {
            "id": "c" * 40, "message": "Moor\n\n[Scrumwise task #1, used: 2, status: done]", "title": "Moor",
            "timestamp": "2024-05-01T09:15:30.250+02:00",
            "url": "https://gitlab.example/harbour/ferry/-/commit/cccc",
            "author": {"name": "Ben", "email": "ben@example.com"}, "added": [], "modified": ["tide.py"], "removed": [],
        },
    ],
    "total_commits_count": 1,
}  # fmt: skip
PAYLOADS = {"github": GITHUB, "gitlab": GITLAB}
PUSH_EVENTS = {"github": "push", "gitlab": "Push Hook"}
WRONG = "The request is not signed with the secret of the account's commit hook."


class Sender:
    """GitHub and GitLab, as far as they report to the hook of one account."""

    def __init__(self, server: Server, world: World) -> None:
        self.world = world
        self.account: int | str = world.account
        self.secret = world.call("resetCommitHookSecret")
        self.client = httpx2.Client(base_url=f"{server.address}/service/hooks/", trust_env=False, timeout=60)

    def send(
        self, service: str, body: bytes, *, event: str | None = "", verb: str = "POST", secret: str | None = None,
        headers: dict[str, str | bytes] | None = None,
    ) -> httpx2.Response:  # fmt: skip
        """Sends a body, signed with the secret or with another; without an event it is a push."""
        given = {
            "content-type": "application/json",
            **signature(service, body, secret or self.secret),
            **(headers or {}),
        }
        if event is not None:
            given["x-github-event" if service == "github" else "x-gitlab-event"] = event or PUSH_EVENTS[service]
        return self.client.request(verb, f"{service}/{self.account}", content=body, headers=given)

    def push(self, service: str, payload: Any = None) -> httpx2.Response:
        """Sends a push."""
        return self.send(service, orjson.dumps(payload or PAYLOADS[service]))


def signature(service: str, body: bytes, secret: str) -> dict[str, str]:
    if service == "gitlab":
        return {"x-gitlab-token": secret}
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture
def sender(server: Server, world: World) -> Iterator[Sender]:
    """A sender to the account of the test, which has an item with a task."""
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("addTask", backlogItemID=item, name="t")
    sender = Sender(server, world)
    with sender.client:
        yield sender


def item_of(world: World) -> Any:
    return world.data()["projects"][0]["backlogItems"][0]


# Pushes ---------------------------------------------------------------------------------------------------------------


def test_a_push_from_github(sender: Sender, world: World) -> None:
    ben = world.person("ben@example.com")
    before = world.version
    response = sender.push("github")
    assert result_of(response) == {"commits": 1, "skipped": []}
    assert response.headers["data-version"] == str(before + 1)
    item = item_of(world)
    [commit], [entry] = item["commits"], item["timeEntries"]
    assert {**commit, "id": None} == {
        "objectType": "Commit", "id": None, "externalID": None, "projectID": item["projectID"],
        "ownerObjectType": "BacklogItem", "ownerObjectID": item["id"], "date": 1_714_613_400_000, "creatorID": ben,
        "repositoryName": "harbour/ferry", "repositoryURL": "https://github.example/harbour/ferry",
        "revision": "a" * 40, "message": "Moor before the tide turns\n\n[Scrumwise item #1, used: 1.5 h]",
        "commitURL": "https://github.example/harbour/ferry/commit/aaaa",
    }  # fmt: skip
    assert (entry["date"], entry["personID"], entry["usedTime"]) == ("2024-05-02", ben, 1.5)
    assert (entry["description"], item["usedTime"]) == ("Moor before the tide turns", 1.5)


def test_a_push_from_gitlab(sender: Sender, world: World) -> None:
    ben = world.person("ben@example.com")
    assert result_of(sender.push("gitlab")) == {"commits": 1, "skipped": []}
    task = item_of(world)["tasks"][0]
    [commit] = task["commits"]
    assert (commit["repositoryName"], commit["repositoryURL"], commit["commitURL"]) == (
        "harbour/ferry", "https://gitlab.example/harbour/ferry", "https://gitlab.example/harbour/ferry/-/commit/cccc",
    )  # fmt: skip
    assert (commit["date"], commit["creatorID"], commit["revision"]) == (1_714_547_730_250, ben, "c" * 40)
    assert (task["usedTime"], task["status"], task["assignedPersonIDs"]) == (2, "Done", [ben])


def test_github_may_send_a_form(sender: Sender, world: World) -> None:
    body = str(httpx2.QueryParams({"payload": orjson.dumps(GITHUB).decode()})).encode()
    for content_type in ("application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"):
        result = result_of(sender.send("github", body, headers={"content-type": content_type}))
        assert result["commits"] + len(result["skipped"]) == 1
    assert item_of(world)["commits"][0]["revision"] == "a" * 40
    for wrong in (b"", b"payload=", b"payload=%7B", b"other=1", b"payload=1&payload=2", b"payload=%FF"):
        response = sender.send("github", wrong, headers={"content-type": "application/x-www-form-urlencoded"})
        assert response.json()["errorID"] in ("InvalidRequest", "InvalidParameter")
        assert response.status_code == 400


def test_other_events_are_taken_and_do_nothing(sender: Sender, world: World) -> None:
    before = world.version
    body = orjson.dumps(GITHUB)
    assert result_of(sender.send("github", b'{"zen":"x"}', event="ping")) == {"commits": 0, "skipped": []}
    for service, event in (("github", "issues"), ("github", "Push"), ("gitlab", "Tag Push Hook"), ("gitlab", "push")):
        assert result_of(sender.send(service, body, event=event)) == {
            "commits": 0,
            "skipped": [],
            "ignoredEvent": event,
        }
    assert result_of(sender.send("github", b"no JSON", event="star"))["ignoredEvent"] == "star"
    for service in PAYLOADS:
        assert "Event is missing" in message_of(sender.send(service, body, event=None), InvalidRequest)
    assert world.version == before


def test_pushes_without_commits_or_mentions_change_nothing(sender: Sender, world: World) -> None:
    before = world.version
    for service, payload in PAYLOADS.items():
        for commits in (
            [],
            [{**payload["commits"][0], "message": "item #1"}],
            [{**payload["commits"][0], "message": ""}],
        ):
            assert result_of(sender.push(service, {**payload, "commits": commits})) == {"commits": 0, "skipped": []}
    assert world.version == before


def test_a_replayed_push_counts_once(sender: Sender, world: World) -> None:
    before = world.version
    for service in PAYLOADS:
        with ThreadPoolExecutor(8) as threads:
            results = [result_of(each) for each in threads.map(lambda _, name=service: sender.push(name), range(8))]
        assert sorted(result["commits"] for result in results) == [0] * 7 + [1]
        assert sorted(len(result["skipped"]) for result in results) == [0] + [1] * 7
    item = item_of(world)
    assert (len(item["commits"]), len(item["tasks"][0]["commits"]), item["usedTime"]) == (1, 1, 3.5)
    assert world.version == before + 2


def test_numbers_are_those_of_the_account(sender: Sender, world: World) -> None:
    mine = world.account
    world.new_account()
    sender.account, sender.secret = world.account, world.call("resetCommitHookSecret")
    result = result_of(sender.push("github"))
    assert result == {
        "commits": 0,
        "skipped": [{"revision": "a" * 40, "reference": "item #1", "reason": "The account has no item #1."}],
    }
    world.account = mine
    assert not [record for record in world.tables().records() if record.type == "Commit"]


def test_a_push_of_hundreds_of_commits(sender: Sender, world: World) -> None:
    commits = [
        {**GITHUB["commits"][0], "id": f"{n:040x}", "message": f"[Scrumwise task #1, used: {n}]"} for n in range(300)
    ]
    assert result_of(sender.push("github", {**GITHUB, "commits": commits})) == {"commits": 300, "skipped": []}
    assert item_of(world)["usedTime"] == sum(range(300))


# Signatures -----------------------------------------------------------------------------------------------------------


def test_a_signature_as_github_makes_it(sender: Sender, world: World) -> None:
    """The vector that GitHub gives for trying out an implementation."""
    secret, body = "It's a Secret to Everybody", b"Hello, World!"
    told = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature("github", body, secret) == {"x-hub-signature-256": told}
    statement = "UPDATE accounts SET commit_hook_secret = %s WHERE account_id = %s"
    world.store(lambda conn: conn.execute(statement, (secret, world.account)))
    result_of(sender.send("github", body, event="ping", headers={"x-hub-signature-256": told}))
    wrong = told.replace("757107", "757108")
    message_of(
        sender.send("github", body, event="ping", headers={"x-hub-signature-256": wrong}), InvalidAuthenticationInfo
    )


def test_whatever_is_wrong_with_a_signature_the_refusal_is_one(sender: Sender, world: World) -> None:
    before = world.version
    body = orjson.dumps(GITHUB)
    right = signature("github", body, sender.secret)["x-hub-signature-256"]
    wrong = [
        "", "sha256=", right.removeprefix("sha256="), right.upper(), right[:-1], right + "0", f"sha1={right[7:]}",
        b"sha256=\xe9", signature("github", body + b" ", sender.secret)["x-hub-signature-256"],
    ]  # fmt: skip
    refused = [sender.send("github", body, headers={"x-hub-signature-256": each}) for each in wrong]
    tokens = ["", "x", b"\xe9", "0" * 64, sender.secret.upper(), sender.secret[:-1]]
    refused += [sender.send("gitlab", body, headers={"x-gitlab-token": each}) for each in tokens]
    refused += [sender.send("github", body, secret="0" * 64), sender.send("github", b"no JSON", secret="x")]
    refused.append(sender.client.post(f"github/{world.account}", content=body, headers={"x-github-event": "push"}))
    refused.append(sender.client.post(f"gitlab/{world.account}", content=body, headers={"x-gitlab-event": "Push Hook"}))
    unknown = [world.account + 1, 0, -1, "x", f"0{world.account}", f"+{world.account}", 10**14, 10**30, "%00", "\u0661"]
    for account in unknown:
        sender.account = account
        refused += [sender.push("github"), sender.push("gitlab")]
    sender.account = world.account
    world.call("deleteCommitHookSecret")
    refused += [sender.push("github"), sender.push("gitlab"), sender.send("gitlab", body, secret="0" * 64)]
    assert {message_of(each, InvalidAuthenticationInfo) for each in refused} == {WRONG}
    assert all("data-version" not in each.headers for each in refused)
    assert world.version == before


def test_a_new_secret_ends_the_old_one(sender: Sender, world: World) -> None:
    old = sender.secret
    sender.secret = world.call("resetCommitHookSecret")
    result_of(sender.push("github"))
    body = orjson.dumps(GITHUB)
    for service in PAYLOADS:
        message_of(sender.send(service, body, secret=old), InvalidAuthenticationInfo)


def test_a_secret_is_good_for_its_account_only(sender: Sender, world: World) -> None:
    world.new_account()
    world.call("resetCommitHookSecret")
    sender.account = world.account
    message_of(sender.push("github"), InvalidAuthenticationInfo)
    message_of(sender.push("gitlab"), InvalidAuthenticationInfo)


# What holds for calls -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("is_closed", True, CompanyAccountClosed),
        ("has_api_access", False, APIAccessNotAllowed),
        ("in_maintenance", True, DuringMaintenance),
    ],
)
def test_an_account_that_takes_no_calls(
    sender: Sender, world: World, name: str, value: bool, error: type[ApiError]
) -> None:
    before = world.version
    world.store(lambda conn: accounts.switch(conn, name, value, world.account))
    for response in (sender.push("github"), sender.push("gitlab"), sender.send("github", b"{}", event="ping")):
        message_of(response, error)
    message_of(sender.send("github", b"{}", secret="x"), InvalidAuthenticationInfo)
    world.store(lambda conn: accounts.switch(conn, name, not value, world.account))
    assert world.version == before
    assert result_of(sender.push("github"))["commits"] == 1


@pytest.mark.slow
def test_the_limits_of_a_worker(database_url: str, world: World) -> None:
    environment = {
        "DATABASE_URL": database_url,
        "SCRUMRPC_CALLS_PER_MINUTE_PER_KEY": "3",
        "SCRUMRPC_LARGEST_BODY": "1000",
    }
    server = Server(["--workers", "1"], environment)
    try:
        sender = Sender(server, world)
        with sender.client:
            for _ in range(5):  # who does not know the secret uses nothing up
                message_of(sender.send("github", b"{}", secret="x"), InvalidAuthenticationInfo)
            assert "1000 bytes" in message_of(sender.send("github", b" " * 1001), InvalidRequest)
            for _ in range(3):
                result_of(sender.send("github", b" " * 1000, event="ping"))
            assert "commit hook has made 3 calls" in message_of(
                sender.send("github", b"", event="ping"), APILimitReached
            )
    finally:
        assert server.stop() == 0


def test_urls_and_verbs(sender: Sender, world: World) -> None:
    assert "github and gitlab" in message_of(sender.client.post(f"svn/{world.account}"), InvalidURL)
    for path in ("github", f"github/{world.account}/x", ""):
        message_of(sender.client.post(path), InvalidURL)
    for verb in ("GET", "PUT", "DELETE"):
        assert verb in message_of(sender.send("github", b"{}", verb=verb), InvalidRequest)
    assert sender.send("github", b"", verb="HEAD").status_code == 400


# What is no push ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"1", b'"x"', b"{}", b"\xff", b'{"commits":[]}', b"[" * 100_000, b'{"a":"\\ud800"}',
        b'{"repository":{},"project":{}}', b'{"repository":{},"project":{},"commits":null}', b"payload=%7B%7D",
        b'{"repository":{},"project":{},"commits":[{}]}', b'{"repository":{},"project":{},"commits":{"a":1}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("service", list(PAYLOADS))
def test_what_is_no_push_is_refused(sender: Sender, world: World, service: str, body: bytes) -> None:
    assert message_of(sender.send(service, body), InvalidRequest).startswith("The request is no push: ")


def test_commits_are_kept_as_far_as_they_can_be(sender: Sender, world: World) -> None:
    commits = [
        {"id": f"r{n}", "message": "[Scrumwise item #1]", "timestamp": "2024-05-01T00:00:00Z"} | more
        for n, more in enumerate(
            (
                {"message": "a\0b\r\nc [Scrumwise item #1]", "author": {"email": "a\0b"}, "url": "x\0"},
                {"message": "[Scrumwise item #1]" + "x" * 1_100_000, "url": "x" * 4_001, "author": None},
                {"timestamp": "1969-12-31T23:59:59Z", "author": {}, "committer": {"email": "Ann@Example.com"}},
                {"timestamp": "9999-12-31T23:59:59.999999-12:00", "url": ""},
                {"timestamp": "0001-01-01T00:00:00+14:00", "author": {"email": None}},
                {"timestamp": "2024-05-01T00:00:00"},
            )
        )
    ]
    payload = {"repository": {"full_name": "x" * 600, "html_url": None}, "commits": commits}
    assert result_of(sender.push("github", payload)) == {"commits": 6, "skipped": []}
    kept = item_of(world)["commits"]
    assert kept[0]["message"] == "a\ufffdb\nc [Scrumwise item #1]"
    assert (kept[0]["commitURL"], kept[1]["commitURL"], kept[3]["commitURL"]) == ("x\ufffd", None, None)
    assert (len(kept[1]["message"]), len(kept[0]["repositoryName"]), kept[0]["repositoryURL"]) == (1_000_000, 500, None)
    assert [each["date"] for each in kept[2:]] == [0, 253_402_300_799_999, 0, 1_714_521_600_000]


JUNK = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(
            ["2024-05-01T00:00:00Z", "[Scrumwise item #1, used: 1 h]", "a\0b", "x" * 4_001, "9999-12-31T24:00"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["id", "email", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, Any]:
    """A payload with junk in a few places of it, whole parts included."""
    service = draw(st.sampled_from(list(PAYLOADS)))
    payload: Any = {"payload": copy.deepcopy(PAYLOADS[service])}
    for _ in range(draw(st.integers(1, 3))):
        at: Any = payload
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(at[key], dict | list) and at[key] and draw(st.integers(0, 4)):
                at = at[key]
                continue
            at[key] = draw(JUNK)
            break
    return service, payload["payload"]


@given(broken())
@settings(max_examples=400)
def test_junk_is_a_push_or_has_the_wrong_shape(given_: tuple[str, Any]) -> None:
    service, payload = given_
    read = github_push if service == "github" else gitlab_push
    try:
        pushed = read(payload)
    except WrongShape:
        return
    push_from(orjson.loads(orjson.dumps(pushed)))


@given(broken())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_junk_is_answered_never_broken(sender: Sender, given_: tuple[str, Any]) -> None:
    service, payload = given_
    response = sender.push(service, payload) if payload else sender.send(service, orjson.dumps(payload))
    if response.status_code == 200:
        assert set(result_of(response)) == {"commits", "skipped"}
    else:
        message_of(response, InvalidRequest)


@given(st.sampled_from(list(PAYLOADS)), st.binary(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_bytes_are_answered_never_broken(sender: Sender, service: str, body: bytes) -> None:
    for headers in (
        {},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "text/plain; charset=x"},
    ):
        response = sender.send(service, body, headers=headers)
        error = InvalidParameter if response.json().get("errorID") == "InvalidParameter" else InvalidRequest
        message_of(response, error)
