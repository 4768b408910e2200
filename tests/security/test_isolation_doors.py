"""The other doors between two accounts with the same ids: files, events, hooks, cursors, tags, names, credentials."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import orjson
import pytest

from scrumrpc.errors import (
    InvalidAPIKey,
    InvalidAuthenticationInfo,
    InvalidParameter,
    InvalidUserEmailAddress,
)
from tests.security.twins import BOB, Twin, twins
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.streams import listening
from tests.world import EVERYTHING, World

FIRST, SECOND = 7_300_001, 7_300_002
PROJECT, ITEM = "729-11230-1", "729-0-69327"


class Side:
    """One of the accounts, with a client of the real server."""

    def __init__(self, twin: Twin, client: httpx2.Client) -> None:
        self.twin = twin
        self.client = client

    def call(self, method: str, /, **given: str) -> Any:
        """The result of a call."""
        return result_of(self.client.post(method, data=given))

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """What is at a path of the server."""
        return self.client.get(self.client.base_url.join(path), headers=headers)


@pytest.fixture(scope="module")
def sides(server: Server, shared_world: World) -> Iterator[tuple[Side, Side]]:
    both = twins(shared_world, FIRST, SECOND, same_ids=True)
    with ExitStack() as stack:
        clients = [stack.enter_context(client_of(server.api, (BOB, twin.key))) for twin in both]
        yield Side(both[0], clients[0]), Side(both[1], clients[1])


def test_a_file_of_the_same_id_is_each_accounts_own(sides: tuple[Side, Side]) -> None:
    paths = set()
    for side, other in (sides, sides[::-1]):
        data = side.client.post("getData", data={"includeProperties": EVERYTHING}).text
        url = re.findall(r'"url":"([^"]*/service/files/attachments/729-[^"]*)"', data)[0]
        path = "/service/" + url.partition("/service/")[2]
        paths.add(path.rpartition("/")[0])  # behind it stands the name, which decides nothing
        answer = side.get(path)
        assert answer.content == side.twin.mark.encode()
        foreign = other.get(path)
        assert foreign.content == other.twin.mark.encode()
        assert side.get(path, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
        crossed = side.get(path, **{"If-None-Match": foreign.headers["etag"]})
        assert (crossed.status_code, crossed.content) == (200, side.twin.mark.encode())
    assert len(paths) == 1


def test_a_tag_of_the_other_account_says_nothing(sides: tuple[Side, Side]) -> None:
    for method in ("getData", f"getData?projectIDs={PROJECT}", "getData?atDataVersion=1", "getData?pretty=true"):
        tags = [side.client.get(method).headers["etag"] for side in sides]
        for side, tag, foreign in zip(sides, tags, tags[::-1], strict=True):
            assert side.client.get(method, headers={"If-None-Match": tag}).status_code == 304
            assert side.client.get(method, headers={"If-None-Match": foreign}).status_code == 200


def test_events_are_those_of_the_account(server: Server, sides: tuple[Side, Side], shared_world: World) -> None:
    first, second = sides
    with ExitStack() as stack:
        streams = []
        for side in sides:
            since = str(side.call("getDataVersion"))
            opened = listening(server, shared_world, BOB, key=side.twin.key, sinceDataVersion=since)
            streams.append(stack.enter_context(opened))
        for side in (second, first):
            side.call("setBacklogItemName", backlogItemID=ITEM, name=f"told {side.twin.mark}")
        for side, stream in zip(sides, streams, strict=True):
            [version] = stream.versions(1)
            assert [each["newValues"]["name"] for each in version["changes"]] == [f"told {side.twin.mark}"]


def test_a_waiting_call_hears_of_its_account_only(sides: tuple[Side, Side]) -> None:
    first, second = sides
    version = first.call("getDataVersion")
    second.call("setBacklogItemName", backlogItemID=ITEM, name="another name")
    assert first.call("waitForDataVersion", newerThanDataVersion=str(version), timeout="0") == version


def test_a_hook_takes_the_secret_of_its_account_only(server: Server, sides: tuple[Side, Side]) -> None:
    secrets = [side.call("resetCommitHookSecret") for side in sides]
    push = orjson.dumps({"repository": {"full_name": "x", "html_url": None}, "commits": []})
    for side, secret, foreign in zip(sides, secrets, secrets[::-1], strict=True):
        for account in (side.twin.account, FIRST + 7):  # the latter does not exist
            for signed_with in (secret, foreign):
                right = account == side.twin.account and signed_with == secret
                signature = "sha256=" + hmac.new(signed_with.encode(), push, hashlib.sha256).hexdigest()
                answer = httpx2.post(
                    f"{server.address}/service/hooks/github/{account}",
                    content=push,
                    headers={"X-GitHub-Event": "push", "X-Hub-Signature-256": signature},
                )
                if right:
                    result_of(answer)
                else:
                    assert message_of(answer, InvalidAuthenticationInfo) == (
                        "The request is not signed with the secret of the account's commit hook."
                    )


def test_a_cursor_of_the_other_account_is_none(sides: tuple[Side, Side]) -> None:
    for side, other in (sides, sides[::-1]):
        cursor = side.call("getBacklogItems", limit="3")["nextCursor"]
        side.call("getBacklogItems", limit="3", cursor=cursor)
        page = other.client.post("getBacklogItems", data={"limit": "3", "cursor": cursor})
        message_of(page, InvalidParameter)


def test_request_ids_names_and_external_ids_are_each_accounts_own(sides: tuple[Side, Side]) -> None:
    versions = []
    for side in sides:
        given = {"projectID": PROJECT, "name": f"made {side.twin.mark}", "externalID": "the same"}
        made = side.call("addBacklogItem", requestID="the same", **given)
        again = side.call("addBacklogItem", requestID="the same", onRepeat="result", **given)
        assert made == again
        side.call("addNamedVersion", name="the same", note=side.twin.mark)
        versions.append(side.call("getDataVersion"))
        found = side.call("getObject", objectType="BacklogItem", externalID="the same")
        assert found["name"] == given["name"]
    sides[0].call("addProject", name="one version more")
    sides[0].call("addNamedVersion", name="of the first only")
    for side, version in zip(sides, versions, strict=True):
        [named] = [each for each in side.call("getNamedVersions") if each["name"] == "the same"]
        assert (named["dataVersion"], named["note"]) == (version, side.twin.mark)
    unknown = {
        name: message_of(sides[1].client.post("getData", data={"atDataVersion": name}), InvalidParameter)
        for name in ("of the first only", "of nobody in fact")
    }
    assert unknown["of the first only"].replace("the first only", "nobody in fact") == unknown["of nobody in fact"]


def test_keys_and_webhooks_are_listed_for_their_account_only(sides: tuple[Side, Side]) -> None:
    for side, other in (sides, sides[::-1]):
        side.call("addAPIKey", name=f"key {side.twin.mark}")
        side.call("addWebhook", url="https://9.9.9.9/", description=f"webhook {side.twin.mark}")
        for method in ("getAPIKeys", "getWebhooks"):
            listed = side.client.post(method)
            assert side.twin.mark in listed.text
            assert other.twin.mark not in listed.text


def test_a_key_opens_its_account_only(server: Server, sides: tuple[Side, Side]) -> None:
    """The e-mail address says on whose behalf within the account of the key; the key's prefix decides nothing."""
    first, second = sides
    first.twin.call("addPerson", firstName="Only", emailAddress="only@first.example.com")
    with client_of(server.api, ("only@first.example.com", first.twin.key)) as client:
        result_of(client.post("getDataVersion"))
    texts = []
    for email in ("only@first.example.com", "only@nobody.example.com"):
        with client_of(server.api, (email, second.twin.key)) as client:
            refused = client.post("getDataVersion")
            texts.append(message_of(refused, InvalidUserEmailAddress))
            assert "data-version" not in refused.headers
    assert texts[0] == texts[1]
    for key, number, other in ((first.twin.key, FIRST, SECOND), (second.twin.key, SECOND, FIRST)):
        assert key.startswith(f"{number}-")  # where it is looked up
        with client_of(server.api, (BOB, key.replace(str(number), str(other)))) as client:
            message_of(client.post("getDataVersion"), InvalidAPIKey)


def test_results_of_batches_are_those_of_the_account(sides: tuple[Side, Side]) -> None:
    """A name that an earlier call of a batch gave, for an object of the same id in both accounts."""
    for side in sides:
        calls = [
            {"method": "addTag", "name": "new", "parameters": {"projectID": PROJECT, "name": side.twin.mark}},
            {
                "method": "addTagOnObject",
                "parameters": {"tagID": "$new", "objectType": "BacklogItem", "objectID": ITEM},
            },
        ]
        tag, _ = side.call("executeBatch", calls=orjson.dumps(calls).decode())
        assert side.call("getObject", objectType="Tag", objectID=tag)["name"] == side.twin.mark
        assert tag in side.call("getObject", objectType="BacklogItem", objectID=ITEM)["tagIDs"]


def test_credentials_cannot_be_mixed_in_one_request(server: Server, sides: tuple[Side, Side]) -> None:
    """No proxy in front can take one account's for those that count, and the server the other's."""
    values = [base64.b64encode(f"{BOB}:{side.twin.key}".encode()).decode() for side in sides]
    for headers in (values, values[::-1]):
        given = [("Authorization", f"Basic {value}") for value in headers]
        refused = httpx2.post(f"{server.api}/getData", headers=given)
        assert (refused.status_code, refused.json()["errorID"]) == (400, "InvalidRequest")
