"""Bodies: too large ones, ones that are no form, ones that end early, and ones that travel in unusual ways."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from scrumrpc.errors import InvalidRequest, MissingParameter
from tests.serving import Server
from tests.wire.expecting import message_of, result_of
from tests.wire.raw import connected, read_reply, request, send
from tests.world import World

FORM = "application/x-www-form-urlencoded"
LARGEST = 8 * 1024 * 1024


# Too large ------------------------------------------------------------------------------------------------------------


def test_a_body_as_large_as_may_be_is_read(client: httpx2.Client, world: World) -> None:
    body = b"name=A&unknown=" + b"x" * (LARGEST - 15)
    assert len(body) == LARGEST
    result_of(client.post("addProject", content=body, headers={"Content-Type": FORM}))


def test_a_body_that_is_too_large_is_refused(client: httpx2.Client, world: World) -> None:
    """Whether or not it says so first; the connection serves the next request all the same."""

    def chunks() -> Iterator[bytes]:
        yield b"name=A&unknown="
        for _ in range(9):
            yield b"x" * 1024 * 1024

    before = world.version
    for content in (b"name=A&unknown=" + b"x" * LARGEST, chunks()):
        response = client.post("addProject", content=content, headers={"Content-Type": FORM})
        message = message_of(response, InvalidRequest)
        assert message == f"The body is larger than the {LARGEST} bytes that the server accepts."
        result_of(client.post("getDataVersion"))
    assert world.version == before


def test_a_body_is_refused_by_its_announcement(server: Server, world: World) -> None:
    """Before any of it was sent: the answer does not wait for it."""
    for length in (LARGEST + 1, 10**15):
        reply = send(server, request(world, "addProject?name=A", length=length))
        assert (reply.status, reply.error_id) == (400, "InvalidRequest")
    assert world.data()["projects"] == []


# No form --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json", "application/json; charset=utf-8", "multipart/form-data; boundary=x", "text/plain", "x",
        "a/b/c", ";",
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_refused_helpfully(client: httpx2.Client, world: World, content_type: str) -> None:
    before = world.version
    for query in ("", "?name=A"):
        response = client.post(f"addProject{query}", content=b'{"name": "A"}', headers={"Content-Type": content_type})
        message = message_of(response, InvalidRequest)
        assert content_type in message
        assert FORM in message
        assert "query" in message
    assert world.version == before


def test_what_http_libraries_send_as_json_or_files(client: httpx2.Client) -> None:
    for response in (
        client.post("addProject", json={"name": "A"}),
        client.post("addProject", files={"name": ("a.txt", b"A")}),
    ):
        assert FORM in message_of(response, InvalidRequest)


def test_an_empty_body_may_be_of_any_type(client: httpx2.Client) -> None:
    for content_type in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
        result_of(client.post("getDataVersion", content=b"", headers={"Content-Type": content_type}))


def test_json_that_pretends_to_be_a_form_lacks_its_parameters(client: httpx2.Client) -> None:
    """As `curl -d '{"name": "A"}'` sends it."""
    message_of(client.post("addProject", content=b'{"name": "A"}', headers={"Content-Type": FORM}), MissingParameter)


# Cut short ------------------------------------------------------------------------------------------------------------


def test_a_body_that_ends_early_changes_nothing(server: Server, client: httpx2.Client, world: World) -> None:
    before = world.version
    chunked = ("Transfer-Encoding: chunked", f"Content-Type: {FORM}")
    for data in (
        request(world, "addProject", b"name=A", f"Content-Type: {FORM}", length=50),
        request(world, "addProject?name=A", b"description=x", f"Content-Type: {FORM}", length=14),
        request(world, "addProject", b"", *chunked) + b"6\r\nname=A\r\n",
        request(world, "addProject", b"", *chunked) + b"6\r\nname=A\r\n0\r\n",
        request(world, "addProject", b"", *chunked) + b"f\r\nname=A",
    ):
        with connected(server) as connection:
            connection.sendall(data)
        result_of(client.post("getDataVersion"))
    assert world.version == before
    result_of(client.post("addProject", data={"name": "A"}))
    assert world.version == before + 1


# By other ways --------------------------------------------------------------------------------------------------------


def test_a_chunked_body(client: httpx2.Client, world: World) -> None:
    pieces = iter([b"na", b"me=%4", b"1&descr", b"iption=x"])
    result_of(client.post("addProject", content=pieces, headers={"Content-Type": FORM}))
    [project] = world.data()["projects"]
    assert (project["name"], project["description"]) == ("A", "x")


def test_a_client_that_waits_until_it_may_send_its_body(server: Server, world: World) -> None:
    """As curl does with large ones."""
    with connected(server) as connection:
        connection.sendall(request(world, "addProject", b"", f"Content-Type: {FORM}", "Expect: 100-continue", length=6))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"name=A")
        assert read_reply(connection).status == 200
    assert [p["name"] for p in world.data()["projects"]] == ["A"]


@pytest.mark.parametrize("apart", [False, True])
def test_a_client_that_offers_http_2(server: Server, world: World, apart: bool) -> None:
    """Java's HttpClient and `curl --http2` do so with every request; the offer is ignored, the request is not."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
    form = f"Content-Type: {FORM}"
    chunked = request(world, "addProject", b"", *offer, form, "Transfer-Encoding: chunked")
    sent = [
        (request(world, "addProject", b"", *offer, form, length=6), b"name=A"),
        (chunked, b"2\r\nna\r\n4\r\nme=B\r\n0\r\n\r\n"),
        (request(world, "addProject?name=C", b"", *offer, verb="GET"), b""),
        (request(world, "addProject", b"", form, length=6), b"name=D"),
    ]
    with connected(server) as connection:
        for head, body in sent:
            for part in (head, body) if apart else (head + body,):
                connection.sendall(part)
            reply = read_reply(connection)
            assert reply.status == 200, reply.body
    assert [p["name"] for p in world.data()["projects"]] == ["A", "B", "C", "D"]
