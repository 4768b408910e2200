"""Large answers on real sockets: whole, compressed for who wants it, and in nobody's way."""

from __future__ import annotations

import gzip
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import orjson
import pytest

from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.raw import connected, read_reply, request
from tests.world import World

EVERYTHING = "getData?includeProperties=Project.backlogItems"
ITEMS = 60
SIZE = 50_000


@pytest.fixture(scope="module")
def lonely(database_url: str) -> Iterator[Server]:
    """A server with a single worker: whatever held that up would hold up everybody."""
    server = Server(["--workers", "1"], {"DATABASE_URL": database_url})
    yield server
    server.stop()


def fill(world: World) -> None:
    """Makes the account a large one, of what does not become small by being compressed."""
    project = world.call("addProject", name="A")
    given = [
        {"projectID": project, "name": f"Item {n}", "description": secrets.token_urlsafe(SIZE)[:SIZE]}
        for n in range(ITEMS)
    ]
    calls = [{"method": "addBacklogItem", "parameters": each} for each in given]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())


def slow(server: Server, world: World, *headers: str) -> socket.socket:
    """A connection of a client that has asked for everything and takes as little of it as possible."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, port = server.address.partition("://")[2].rpartition(":")
    connection.settimeout(60)
    connection.connect((host, int(port)))
    connection.sendall(request(world, EVERYTHING, b"", *headers, verb="GET"))
    return connection


def test_an_answer_of_some_megabytes_is_whole(server: Server, client: httpx2.Client, world: World) -> None:
    fill(world)
    expected = world.data(include="Project.backlogItems")
    for accepted, encoding in (("identity", None), ("gzip", "gzip"), ("br", None)):
        for verb in ("GET", "POST"):
            response, body = fetched(client, verb, accepted)
            assert response.headers.get("content-encoding") == encoding
            assert response.headers["vary"] == "accept-encoding"
            assert response.headers["content-length"] == str(len(body))
            body = gzip.decompress(body) if encoding else body
            assert orjson.loads(body)["result"] == expected
            assert len(body) > ITEMS * SIZE
            if verb == "GET":
                head, nothing = fetched(client, "HEAD", accepted)
                assert nothing == b""
                assert without_call(head) == without_call(response)


def fetched(client: httpx2.Client, verb: str, accepted: str) -> tuple[httpx2.Response, bytes]:
    """An answer and its body as it travelled."""
    with client.stream(verb, EVERYTHING, headers={"Accept-Encoding": accepted}) as response:
        return response, b"".join(response.iter_raw())


def without_call(response: httpx2.Response) -> list[tuple[str, str]]:
    """The headers of an answer but those that are of one call alone."""
    return [pair for pair in response.headers.multi_items() if pair[0] not in ("call-id", "date")]


def test_small_answers_are_not_compressed(server: Server, world: World) -> None:
    with connected(server) as connection:
        for path in ("getDataVersion", "getData", "noMethod", "getData?projectIDs=1-2-3"):
            connection.sendall(request(world, path, b"", "Accept-Encoding: gzip"))
            reply = read_reply(connection)
            assert "content-encoding" not in reply.headers
            assert orjson.loads(reply.body)


def test_a_laid_out_answer_is_compressed_too(server: Server, client: httpx2.Client, world: World) -> None:
    for n in range(5):
        world.call("addProject", name=f"Project {n}")
    with connected(server) as connection:
        connection.sendall(request(world, "getData?pretty=true", b"", "Accept-Encoding: gzip"))
        reply = read_reply(connection)
    assert reply.headers["content-encoding"] == "gzip"
    with client_of(server.api, (world.admin, world.key)) as plain:
        whole = plain.get("getData?pretty=true", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(reply.body) == whole.content
    result_of(whole)


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_a_client_that_takes_its_time_is_in_nobodys_way(lonely: Server, world: World, accepted: str) -> None:
    fill(world)
    expected = world.data(include="Project.backlogItems")
    clients = [slow(lonely, world, f"Accept-Encoding: {accepted}") for _ in range(5)]
    try:
        for connection in clients:
            assert connection.recv(1) == b"H"
        with client_of(lonely.api, (world.admin, world.key)) as other:
            for n in range(10):
                version = result_of(other.post("addProject", data={"name": f"P{n}"}))
                assert version
            assert len(result_of(other.get("getData"))["projects"]) == 11
        for connection in clients:
            received = b"H"
            while b"\r\n\r\n" not in received:
                received += connection.recv(4096)
            head, _, body = received.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                taken = connection.recv(1_000_000)
                assert taken
                body += taken
            answer = orjson.loads(gzip.decompress(body) if accepted == "gzip" else body)
            assert answer["result"] == expected  # the state at its version, whatever was changed meanwhile
    finally:
        for connection in clients:
            connection.close()


def test_clients_that_hang_up_in_the_middle_leave_nothing_behind(lonely: Server, world: World) -> None:
    fill(world)
    told = len(lonely.log.read_text())
    for n in range(20):
        connection = slow(lonely, world, f"Accept-Encoding: {('gzip', 'identity')[n % 2]}")
        if n % 4:
            connection.recv(100)
        if n % 3:  # hang up with a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if n % 5 == 0:  # with another request behind
            connection.sendall(request(world, EVERYTHING))
        connection.close()
    with client_of(lonely.api, (world.admin, world.key)) as other:
        for _ in range(3):
            assert len(result_of(other.get(EVERYTHING))["projects"][0]["backlogItems"]) == ITEMS
    lines = settled(lonely.log)[told:].splitlines()
    assert lines
    assert [line for line in lines if orjson.loads(line)["event"] != "call"] == []


def settled(log: Path) -> str:
    """What is in the log once nothing more comes."""
    text = ""
    while text != (text := log.read_text()):
        time.sleep(0.2)
    return text
