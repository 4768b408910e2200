"""Uploads: a file in a form or as the body, of any content and up to the largest size."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from scrumrpc.errors import InvalidParameter, InvalidRequest, MissingParameter, RequestAlreadyExecuted
from tests.serving import Server
from tests.wire.expecting import message_of, result_of
from tests.world import World

FORM = "application/x-www-form-urlencoded"
LARGEST = 10 * 1024 * 1024
EVERY_BYTE = bytes(range(256))


@pytest.fixture
def owner(client: httpx2.Client) -> dict[str, str]:
    """What addAttachment needs besides a file."""
    project = result_of(client.post("addProject", data={"name": "A"}))
    return {"ownerObjectType": "Project", "ownerObjectID": project}


def content_of(client: httpx2.Client, attachment: str) -> bytes:
    answer = result_of(client.get("getAttachmentFileContents", params={"attachmentID": attachment}))
    return base64.b64decode(answer, validate=True)


def put(client: httpx2.Client, given: dict[str, str], body: Any, content_type: str = "image/png") -> httpx2.Response:
    return client.post("addAttachment", params=given, content=body, headers={"Content-Type": content_type})


def types(world: World) -> list[str]:
    """The content types of what is kept, oldest first."""

    async def read(conn: Any) -> Any:
        cursor = await conn.execute(
            "SELECT content_type FROM file_contents WHERE account_id = %s ORDER BY content", (world.account,)
        )
        return await cursor.fetchall()

    return [row[0] for row in world.store(read)]


# Both ways ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [EVERY_BYTE, b"", b"\x9e\xe9\x65", b"\r\n", b"a=b&c=d", "Größe".encode(), b"\0"])
def test_a_body_is_the_file(client: httpx2.Client, world: World, owner: dict[str, str], data: bytes) -> None:
    before = world.version
    added = result_of(put(client, owner | {"fileName": "x.bin"}, data))
    assert content_of(client, added) == data
    assert types(world) == ["image/png"]
    assert world.version == before + 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_in_chunks(client: httpx2.Client, owner: dict[str, str], chunked: bool) -> None:
    pieces = [EVERY_BYTE[:100], b"x", EVERY_BYTE[100:]]
    body = iter(pieces) if chunked else b"".join(pieces)
    added = result_of(put(client, owner | {"fileName": "x"}, body))
    assert content_of(client, added) == b"".join(pieces)


def test_a_file_in_a_form(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    lines = base64.encodebytes(EVERY_BYTE * 4).decode()
    assert "\n" in lines.strip()
    given = owner | {"fileName": "x.png", "fileContents": lines}
    added = result_of(client.post("addAttachment", data=given))
    assert content_of(client, added) == EVERY_BYTE * 4
    given["fileContents"] = base64.urlsafe_b64encode(EVERY_BYTE).decode().rstrip("=")
    assert content_of(client, result_of(client.get("addAttachment", params=given))) == EVERY_BYTE
    assert types(world) == ["image/png", "image/png"]


def test_a_plus_that_was_not_escaped_is_noticed(client: httpx2.Client, owner: dict[str, str]) -> None:
    """As `curl -d "fileContents=$(base64 x.png)"` sends it."""
    body = "&".join(f"{name}={value}" for name, value in (owner | {"fileName": "x", "fileContents": "++++"}).items())
    response = client.post("addAttachment", content=body, headers={"Content-Type": FORM})
    assert "%2B" in message_of(response, InvalidParameter)


def test_what_curl_sends(
    server: Server, client: httpx2.Client, world: World, owner: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(EVERY_BYTE)
    encoded = tmp_path / "x.txt"
    encoded.write_bytes(base64.encodebytes(EVERY_BYTE))
    query = "&".join(f"{name}={value}" for name, value in owner.items())
    url = f"{server.api}/addAttachment?{query}&fileName=x.png"
    for options in (
        ["--data-binary", f"@{file}", "-H", "Content-Type: image/png"],
        ["-X", "POST", "-T", str(file), "-H", "Content-Type: image/png"],
        ["--data-binary", f"@{file}", "-H", "Content-Type: image/png", "-H", "Transfer-Encoding: chunked"],
        ["--data-urlencode", f"fileContents@{encoded}"],
    ):
        command = ["curl", "-sS", "-f", "--noproxy", "*", "-u", f"{world.admin}:{world.key}", *options, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done
    shown = world.data()["projects"][0]["attachments"]
    assert [content_of(client, each["id"]) for each in shown] == [EVERY_BYTE] * 4


def test_files_and_their_new_contents(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    given = {"projectID": owner["ownerObjectID"], "fileName": "x"}
    file = result_of(client.post("addFile", params=given, content=b"1", headers={"Content-Type": "a/b"}))
    change = {"fileID": file, "fileName": "y"}
    result_of(client.post("setFileContents", params=change, content=b"2", headers={"Content-Type": "c/d"}))
    assert base64.b64decode(result_of(client.post("getFileContents", data={"fileID": file}))) == b"2"
    assert types(world) == ["a/b", "c/d"]


def test_a_request_is_executed_once(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    given = owner | {"fileName": "x", "requestID": "r"}
    result_of(put(client, given, b"1"))
    for again in (b"1", b"2"):
        message_of(put(client, given, again), RequestAlreadyExecuted)
    assert len(types(world)) == 1


# How large ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_largest_file(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    """It comes whole, in both ways; one byte more is refused in both ways, and the connection serves on."""
    data = os.urandom(LARGEST // 2).hex().encode()
    given = owner | {"fileName": "x"}

    def chunks() -> Iterator[bytes]:
        for start in range(0, LARGEST + 1, 1024 * 1024):
            yield (data + b"x")[start : start + 1024 * 1024]

    def in_form(file: bytes) -> httpx2.Response:
        form = b"fileContents=" + base64.b64encode(file)  # of these letters it has nothing to escape
        return put(client, given, form, FORM)

    for added in (result_of(put(client, given, data)), result_of(in_form(data))):
        assert content_of(client, added) == data
    before = world.version
    for response in (put(client, given, data + b"x"), put(client, given, chunks()), in_form(data + b"x")):
        message = message_of(response, InvalidParameter)
        assert f"{LARGEST + 1} bytes; at most {LARGEST} " in message
    assert world.version == before
    assert len(types(world)) == 2


def test_a_body_that_no_file_can_need_is_refused_before_it_is_read(
    client: httpx2.Client, world: World, owner: dict[str, str]
) -> None:
    for body in (b"x" * (2 * LARGEST + 1), (b"x" * 1024 * 1024 for _ in range(21))):
        message = message_of(put(client, owner | {"fileName": "x"}, body), InvalidRequest)
        assert str(2 * LARGEST) in message
    assert types(world) == []


def test_other_methods_take_bodies_as_large_as_before(client: httpx2.Client) -> None:
    for method in ("addProject", "getAttachmentFileContents", "noMethod"):
        response = client.post(method, content=b"x=" + b"x" * 8 * 1024 * 1024, headers={"Content-Type": FORM})
        assert str(8 * 1024 * 1024) in message_of(response, InvalidRequest)


# What does not do -----------------------------------------------------------------------------------------------------


def test_a_form_with_files_in_it(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    response = client.post("addAttachment", params=owner | {"fileName": "x"}, files={"fileContents": ("x", b"x")})
    message = message_of(response, InvalidRequest)
    assert "--data-binary" in message
    assert types(world) == []


def test_parameters_do_not_come_with_a_file_in_the_body(client: httpx2.Client, owner: dict[str, str]) -> None:
    response = client.post("addAttachment", json=owner | {"fileName": "x", "fileContents": "AAAA"})
    assert "ownerObjectType" in message_of(response, MissingParameter)


def test_the_file_is_given_once(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    given = owner | {"fileName": "x", "fileContents": "AAAA"}
    assert "given twice" in message_of(put(client, given, b"x"), InvalidParameter)
    result_of(put(client, given, b""))
    assert types(world) == ["application/octet-stream"]


@pytest.mark.parametrize(
    "content_type", ["x", "a/b/c", ";x", 'text/plain; charset="utf-8"', "text/html, text/plain", "é/x"]
)
def test_content_types_of_bodies(client: httpx2.Client, world: World, owner: dict[str, str], content_type: str) -> None:
    headers = {b"Content-Type": content_type.encode("latin-1")}
    response = client.post("addAttachment", params=owner | {"fileName": "x"}, content=b"x", headers=headers)
    if content_type == ";x":  # no type, so no file; and no form either
        message_of(response, InvalidRequest)
    else:
        assert "contentType" in message_of(response, InvalidParameter)
    assert types(world) == []


def test_a_file_cannot_be_fetched_into_being(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    """A GET has no body, whatever content type its client puts there."""
    params = owner | {"fileName": "x"}
    response = client.get("addAttachment", params=params, headers={"Content-Type": "application/json"})
    assert "fileContents" in message_of(response, MissingParameter)
    response = client.head("addAttachment", params=params, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert types(world) == []


def test_a_page_of_another_site_uploads_nothing(client: httpx2.Client, world: World, owner: dict[str, str]) -> None:
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example.com"}
    response = client.post("addAttachment", params=owner | {"fileName": "x"}, content=b"x", headers=headers)
    assert "another site" in message_of(response, InvalidRequest)
    assert types(world) == []


def test_methods_without_a_file_take_forms_only(client: httpx2.Client, world: World) -> None:
    before = world.version
    for method in ("addProject", "setAttachmentName", "getFileContents", "addFolder"):
        message = message_of(put_to(client, method), InvalidRequest)
        assert FORM in message
    assert world.version == before


def put_to(client: httpx2.Client, method: str) -> httpx2.Response:
    return client.post(method, params={"name": "x"}, content=b"x", headers={"Content-Type": "image/png"})
