"""Downloads: files come back as they were sent, to those who may have them, and never as a page of this server."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx2
import pytest

from scrumrpc.errors import (
    APIAccessNotAllowed,
    AuthenticationRequired,
    InvalidAPIKey,
    InvalidAuthenticationInfo,
    InvalidParameter,
    InvalidURL,
    InvalidUserEmailAddress,
    ObjectNotFound,
    RequirementNotSatisfied,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.raw import send
from tests.world import World

EVERY_BYTE = bytes(range(256)) * 3


@pytest.fixture
def plain(server: Server, world: World) -> Iterator[httpx2.Client]:
    """A client that follows the URLs of files, as the administrator of the test's account."""
    with httpx2.Client(auth=(world.admin, world.key), trust_env=False, timeout=60) as plain:
        yield plain


def attach(client: httpx2.Client, data: bytes = EVERY_BYTE, **more: str) -> dict[str, Any]:
    """The Attachment object of a new attachment on a new project."""
    project = result_of(client.post("addProject", data={"name": f"P{more.get('fileName', '')}"}))
    given = {"ownerObjectType": "Project", "ownerObjectID": project, "fileName": "Example.png"} | more
    added = result_of(client.post("addAttachment", params=given, content=data, headers={"Content-Type": "image/png"}))
    return shown(client, added)


def shown(client: httpx2.Client, attachment: str) -> dict[str, Any]:
    data = result_of(client.post("getData", data={"includeProperties": "Data.projects,Project.attachments"}))
    [found] = [each for p in data["projects"] for each in p["attachments"] if each["id"] == attachment]
    return dict(found)


def check_harmless(response: httpx2.Response) -> None:
    """Nothing in a file can run, or be read, in the name of this server."""
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-disposition"].startswith("attachment; ")
    assert re.fullmatch(r"[0-9a-f]{16}", headers["call-id"])
    assert "set-cookie" not in headers


# As they were sent ----------------------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_was_sent(client: httpx2.Client, plain: httpx2.Client, server: Server) -> None:
    attachment = attach(client)
    assert attachment["url"] == f"{server.address}/service/files/attachments/{attachment['id']}/Example.png"
    response = plain.get(attachment["url"])
    assert response.status_code == 200
    assert response.content == EVERY_BYTE
    assert response.headers["content-type"] == "image/png"
    assert response.headers["content-length"] == str(len(EVERY_BYTE))
    assert response.headers["content-disposition"] == (
        "attachment; filename=\"Example.png\"; filename*=UTF-8''Example.png"
    )
    version = result_of(client.post("getDataVersion"))
    assert response.headers["data-version"] == str(version)
    check_harmless(response)
    answer = result_of(client.post("getAttachmentFileContents", data={"attachmentID": attachment["id"]}))
    assert base64.b64decode(answer, validate=True) == EVERY_BYTE


def test_files_of_a_project(client: httpx2.Client, plain: httpx2.Client, server: Server) -> None:
    project = result_of(client.post("addProject", data={"name": "A"}))
    given = {"projectID": project, "fileName": "x.txt", "fileContents": base64.b64encode(b"text").decode()}
    file = result_of(client.post("addFile", data=given))
    url = f"{server.address}/service/files/files/{file}/x.txt"
    response = plain.get(url)
    assert (response.content, response.headers["content-type"]) == (b"text", "text/plain")
    client.post("setFileContents", data={"fileID": file, "fileContents": "AAAA", "fileName": "y.bin"})
    assert plain.get(url).content == b"\0\0\0"
    folder = result_of(client.post("addFolder", data={"projectID": project, "name": "F"}))
    assert folder in message_of(plain.get(f"{server.address}/service/files/files/{folder}/x"), RequirementNotSatisfied)


@pytest.mark.parametrize("data", [b"", b"x", b"\x9e\xe9\x65", b"x" * 262_145])
def test_files_of_any_length(client: httpx2.Client, plain: httpx2.Client, data: bytes) -> None:
    response = plain.get(attach(client, data)["url"])
    assert (response.content, response.headers["content-length"]) == (data, str(len(data)))


def test_head_tells_the_same_without_the_file(client: httpx2.Client, plain: httpx2.Client) -> None:
    url = attach(client)["url"]
    got, head = plain.get(url), plain.head(url)
    assert head.content == b""
    assert head.status_code == 200
    changing = ("call-id", "date")
    assert [pair for pair in head.headers.multi_items() if pair[0] not in changing] == [
        pair for pair in got.headers.multi_items() if pair[0] not in changing
    ]


def test_a_client_that_has_it_need_not_fetch_it_again(
    client: httpx2.Client, plain: httpx2.Client, world: World
) -> None:
    attachment = attach(client)
    tag = plain.get(attachment["url"]).headers["etag"]
    assert re.fullmatch(rf'"[0-9]+-{world.epoch}"', tag)
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for verb in ("GET", "HEAD"):
            response = plain.request(verb, attachment["url"], headers={"If-None-Match": known})
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["etag"] == tag
            assert response.headers["cache-control"] == "private, no-cache"
            assert "content-type" not in response.headers
    for known in ('"x"', "", tag.strip('"'), f"{tag}x"):
        assert plain.get(attachment["url"], headers={"If-None-Match": known}).content == EVERY_BYTE


def test_another_content_has_another_tag(client: httpx2.Client, plain: httpx2.Client, server: Server) -> None:
    project = result_of(client.post("addProject", data={"name": "A"}))
    file = result_of(client.post("addFile", data={"projectID": project, "fileName": "x", "fileContents": "AAAA"}))
    url = f"{server.address}/service/files/files/{file}/x"
    tag = plain.get(url).headers["etag"]
    result_of(client.post("setFileContents", data={"fileID": file, "fileContents": "AAAB"}))
    response = plain.get(url, headers={"If-None-Match": tag})
    assert (response.status_code, response.content) == (200, b"\0\0\x01")
    assert response.headers["etag"] != tag


# Their names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Größe 日本 👩‍👩‍👧.png", 'a".png"; filename="evil.exe', "a;b=c,d.png", "a?b#c%2F..%2Fd&e.png",
        "'x'.txt", "%0d%0aX: y", "...", "a" * 255, "文" * 255, "a b+c.png",
    ],
)  # fmt: skip
def test_a_file_of_any_name_is_found_and_saved_under_it(client: httpx2.Client, plain: httpx2.Client, name: str) -> None:
    attachment = attach(client, fileName=name)
    assert attachment["fileName"] == name
    assert unquote(urlsplit(attachment["url"]).path.rpartition("/")[2]) == name
    response = plain.get(attachment["url"])
    assert response.content == EVERY_BYTE
    match = re.fullmatch(
        r"attachment; filename=\"([^\"\\%]*)\"; filename\*=UTF-8''(.*)", response.headers["content-disposition"]
    )
    assert match
    assert unquote(match[2]) == name
    check_harmless(response)


def test_the_id_decides_and_the_name_does_not(client: httpx2.Client, plain: httpx2.Client) -> None:
    attachment = attach(client)
    folder = attachment["url"].rpartition("/")[0]
    for name in ("other.exe", "x", quote("ä?;\r\n"), "x;.html"):
        response = plain.get(f"{folder}/{name}")
        assert response.content == EVERY_BYTE
        assert "Example.png" in response.headers["content-disposition"]
        assert "exe" not in response.headers["content-disposition"]


@pytest.mark.parametrize(
    "path", ["attachments", "attachments/{id}", "attachments/{id}/", "attachments/{id}/x/y", "", "/"]
)
def test_other_paths_lead_nowhere(client: httpx2.Client, plain: httpx2.Client, server: Server, path: str) -> None:
    attachment = attach(client)
    url = f"{server.address}/service/files/{path.replace('{id}', attachment['id'])}"
    message_of(plain.get(url), InvalidURL)


def test_there_are_attachments_and_files(client: httpx2.Client, plain: httpx2.Client, server: Server) -> None:
    attachment = attach(client)
    for place in ("persons", "Attachments", "attachment", "..", "null"):
        message = message_of(
            plain.get(f"{server.address}/service/files/{quote(place)}x/{attachment['id']}/x"), InvalidURL
        )
        assert "attachments, files" in message
    wrong = f"{server.address}/service/files/files/{attachment['id']}/Example.png"
    assert attachment["id"] in message_of(plain.get(wrong), ObjectNotFound)


@pytest.mark.parametrize(
    "wrong", ["1-2-3", "x", "%2e%2e", "..%5c..", "%00", "%27%20OR%201=1", "null", "%ff", "9" * 2000]
)
def test_ids_that_lead_nowhere(plain: httpx2.Client, server: Server, world: World, wrong: str) -> None:
    for place in ("attachments", "files"):
        response = plain.get(f"{server.address}/service/files/{place}/{wrong}/x.png")
        assert response.status_code in (400, 404)
        assert response.json()["errorID"] in ("ObjectNotFound", "InvalidParameter", "MissingParameter", "InvalidURL")


def test_paths_with_dots_reach_no_file_of_the_machine(server: Server, world: World) -> None:
    """As bytes, because clients tidy such paths up."""
    credentials = base64.b64encode(f"{world.admin}:{world.key}".encode()).decode()
    for path in (
        "/service/files/attachments/../../etc/passwd",
        "/service/files/../../../../etc/passwd",
        "/service/files/attachments/%2e%2e%2f%2e%2e%2fetc%2fpasswd/x",
        "/service/files/attachments/..%2f..%2fetc/passwd",
        "/service/files/files//etc/passwd",
    ):
        request = f"GET {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Basic {credentials}\r\n\r\n"
        reply = send(server, request.encode())
        assert reply.status == 404
        assert reply.error_id in ("InvalidURL", "ObjectNotFound")


# What they hold -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content_type", "data"),
    [
        ("x.html", "text/html", b"<script>alert(1)</script>"),
        ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("x.xhtml", "application/xhtml+xml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
        ("x.js", "text/javascript", b"alert(1)"),
        ("x.png", "text/html; charset=utf-8", b"<script>alert(1)</script>"),
        ("x.pdf", "application/pdf", b"%PDF"),
        ("x", "message/rfc822", b"Subject: x\r\n\r\n"),
    ],
)
def test_nothing_is_ever_shown_inside_a_browser(
    client: httpx2.Client, plain: httpx2.Client, name: str, content_type: str, data: bytes
) -> None:
    response = plain.get(attach(client, data, fileName=name, contentType=content_type)["url"])
    assert response.content == data
    assert response.headers["content-type"] == content_type
    check_harmless(response)


def test_imported_files_are_elsewhere(
    client: httpx2.Client, plain: httpx2.Client, server: Server, world: World
) -> None:
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    world.load(
        {"objectType": "Project", "id": "1-1-1", "name": "Q", "status": "Active"} | units,
        {
            "objectType": "Attachment", "id": "1-1-2", "projectID": "1-1-1", "ownerObjectType": "Project",
            "ownerObjectID": "1-1-1", "name": "a", "url": "https://elsewhere.example.com/a.png",
        },
    )  # fmt: skip
    response = plain.get(f"{server.address}/service/files/attachments/1-1-2/a.png")
    assert "https://elsewhere.example.com/a.png" in message_of(response, RequirementNotSatisfied)
    assert response.headers["data-version"] == str(world.version)


# Who may have them ----------------------------------------------------------------------------------------------------


def test_credentials_are_those_of_calls(client: httpx2.Client, server: Server, world: World) -> None:
    url = attach(client)["url"]
    for credentials, error in (
        (None, AuthenticationRequired),
        ((world.admin, "x"), InvalidAPIKey),
        ((world.admin, f"{world.account}-{'A' * 64}"), InvalidAPIKey),
        (("nobody@example.com", world.key), InvalidUserEmailAddress),
    ):
        with httpx2.Client(auth=credentials, trust_env=False) as stranger:
            message_of(stranger.get(url), error)
            head = stranger.head(url)
            assert (head.status_code, head.content) == (401, b"")
            assert head.headers["www-authenticate"]
    with httpx2.Client(trust_env=False) as stranger:
        message_of(stranger.get(url, headers={"Authorization": "Bearer x"}), InvalidAuthenticationInfo)


def test_no_file_is_found_without_credentials(server: Server) -> None:
    """Nobody learns which ids exist."""
    with httpx2.Client(trust_env=False) as stranger:
        for place in ("attachments", "files"):
            message_of(stranger.get(f"{server.address}/service/files/{place}/1-2-3/x"), AuthenticationRequired)


def test_an_account_without_access_to_the_api(client: httpx2.Client, plain: httpx2.Client, world: World) -> None:
    url = attach(client)["url"]
    world.store(lambda conn: accounts.switch(conn, "has_api_access", False, world.account))
    message_of(plain.get(url), APIAccessNotAllowed)
    world.store(lambda conn: accounts.switch(conn, "has_api_access", True, world.account))
    assert plain.get(url).status_code == 200


def test_access_to_the_project_is_needed(client: httpx2.Client, plain: httpx2.Client, world: World) -> None:
    attachment = attach(client)
    world.person("bob@example.com")
    with httpx2.Client(auth=("bob@example.com", world.key), trust_env=False) as bob:
        assert bob.get(attachment["url"]).content == EVERY_BYTE
        tag = bob.get(attachment["url"]).headers["etag"]
        world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
        message_of(bob.get(attachment["url"]), UserCannotAccessProject)
        assert bob.head(attachment["url"]).status_code == 403
        message_of(bob.get(attachment["url"], headers={"If-None-Match": tag}), UserCannotAccessProject)
    assert plain.get(attachment["url"]).content == EVERY_BYTE


def test_another_account_has_other_files(client: httpx2.Client, world: World, server: Server) -> None:
    attachment = attach(client)
    world.check_log_gives_tables()
    world.new_account()
    with httpx2.Client(auth=(world.admin, world.key), trust_env=False) as other:
        message_of(other.get(attachment["url"]), ObjectNotFound)
        message_of(other.get(attachment["url"], headers={"If-None-Match": "*"}), ObjectNotFound)


def test_a_deleted_file_is_gone(client: httpx2.Client, plain: httpx2.Client) -> None:
    attachment = attach(client)
    result_of(client.post("deleteAttachment", data={"attachmentID": attachment["id"]}))
    message_of(plain.get(attachment["url"]), ObjectNotFound)


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_files_are_only_fetched_there(client: httpx2.Client, plain: httpx2.Client, verb: str) -> None:
    url = attach(client)["url"]
    response = plain.request(verb, url)
    assert "GET" in message_of(response, InvalidURL)


# Settings -------------------------------------------------------------------------------------------------------------


def test_settings(database_url: str, world: World) -> None:
    """Behind a proxy the server does not know by which address it is reached."""
    settings = {"SCRUMRPC_PUBLIC_URL": "https://scrum.example.com/api/", "SCRUMRPC_LARGEST_FILE": "1000"}
    server = Server([], {"DATABASE_URL": database_url} | settings)
    try:
        with client_of(server.api, (world.admin, world.key)) as client:
            attachment = attach(client, b"x" * 1000)
            url = f"https://scrum.example.com/api/service/files/attachments/{attachment['id']}/Example.png"
            assert attachment["url"] == url
            given = {"fileName": "x", "ownerObjectType": "Project", "ownerObjectID": attachment["projectID"]}
            content = {"Content-Type": "image/png"}
            response = client.post("addAttachment", params=given, content=b"x" * 1001, headers=content)
            assert "1001 bytes; at most 1000 " in message_of(response, InvalidParameter)
    finally:
        server.stop()
