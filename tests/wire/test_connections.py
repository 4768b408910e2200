"""Connections: kept open over errors, pipelined, and fed with what is no HTTP."""

from __future__ import annotations

import socket

import httpx2
import orjson
import pytest

from tests.serving import Server
from tests.wire.expecting import result_of
from tests.wire.raw import connected, read_reply, request, send
from tests.world import World

FORM = "Content-Type: application/x-www-form-urlencoded"


def test_a_connection_serves_on_after_errors(server: Server, world: World) -> None:
    wrong = [
        request(world, "getData/more"), request(world, "noMethod", b"x=1", FORM), request(world, "addProject"),
        request(world, "addProject", b"name=%FF", FORM), request(world, "addProject", b"{}", "Content-Type: x/y"),
        request(world, "setProjectExternalID", b"projectID=1-2-3", FORM), request(world, "getData", verb="PUT"),
        request(world, "getData").replace(b"Basic", b"Bearer"), request(world, "addProject?name=A", verb="HEAD"),
    ]  # fmt: skip
    with connected(server) as connection:
        for n, data in enumerate(wrong):
            connection.sendall(data)
            reply = read_reply(connection, data.split()[0].decode())
            assert 400 <= reply.status < 500
            assert "connection" not in reply.headers
            connection.sendall(request(world, "addProject", b"name=P%d" % n, FORM))
            assert read_reply(connection).status == 200
    assert len(world.data()["projects"]) == len(wrong)


def test_pipelined_requests_are_answered_in_order(server: Server, world: World) -> None:
    before = world.version
    with connected(server) as connection:
        connection.sendall(b"".join(request(world, f"addProject?name=P{n}") for n in range(20)))
        versions = [orjson.loads(read_reply(connection).body)["dataVersion"] for _ in range(20)]
    assert versions == list(range(before + 1, before + 21))
    assert [p["name"] for p in world.data()["projects"]] == [f"P{n}" for n in range(20)]


GARBAGE = [
    b"\0\1\2\3\r\n\r\n",
    b"GARBAGE\r\n\r\n",
    b"POST /service/api/v1/getData HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    b"POST /service/api/v1/getData HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /service/api/v1/getData HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    b"POST /service/api/v1/getData HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /service/api/v1/getData HTTP/1.1\r\nHost x\r\n\r\n",
    "GET /service/api/v1/getDätä HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40,  # TLS, where there is none
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_is_no_http_is_an_invalid_request(server: Server, world: World, garbage: bytes) -> None:
    for before in (b"", request(world, "getDataVersion")):
        with connected(server) as connection:
            if before:
                connection.sendall(before)
                assert read_reply(connection).status == 200
            connection.sendall(garbage)
            reply = read_reply(connection)
            assert (reply.status, reply.error_id) == (400, "InvalidRequest")
            assert reply.headers["content-type"] == "application/json"
            assert connection.recv(1) == b""  # who speaks something else is hung up on


def test_strange_but_well_formed_requests(server: Server, world: World) -> None:
    for data, status in (
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (request(world, "getDataVersion").replace(b"/service", b"http://test/service"), 200),
        (request(world, "getDataVersion").replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: test\r\n", b""), 200),
        (request(world, "getDat%61Version"), 200),
        (request(world, "%FF"), 404),
        (request(world, "%00"), 404),
        (
            request(world, "getDataVersion", b"", "Origin: http://[::1", "Sec-Fetch-Site: \xff", "Content-Type: \xff"),
            200,
        ),
        (request(world, "addProject?name=A", b"", "Origin: http://[::1"), 400),
        (request(world, "addProject?name=A", b"", "X-Long: " + "x" * 60_000), 200),
        (request(world, "getDataVersion?" + "x" * 60_000), 200),
    ):
        reply = send(server, data)
        assert reply.status == status, data
        assert reply.headers["content-type"] == "application/json"


def test_silent_and_broken_connections_disturb_nobody(server: Server, client: httpx2.Client, world: World) -> None:
    with connected(server) as silent, connected(server) as slow:
        slow.sendall(b"POST /service/api/v1/addProject HTTP/1.1\r\nHost:")
        for n in range(20):
            result_of(client.post("addProject", data={"name": f"P{n}"}))
        silent.sendall(request(world, "getDataVersion"))
        assert read_reply(silent).status == 200
    assert len(world.data()["projects"]) == 20


def test_what_is_no_http_does_not_answer_what_came_before(server: Server, world: World) -> None:
    """Else the client takes the call for refused, although it is carried out."""
    before = world.version
    with connected(server) as connection:
        connection.sendall(request(world, "addProject?name=A") + request(world, "addProject?name=B") + GARBAGE[1])
        assert [read_reply(connection).status for _ in range(3)] == [200, 200, 400]
        assert connection.recv(1) == b""
    assert world.version == before + 2


def test_a_client_reads_why_it_is_refused_although_it_sends_on(server: Server) -> None:
    """What it sent and nobody took would make the operating system throw the answer away."""
    for _ in range(20):
        with connected(server) as connection:
            connection.sendall(b"\0" * 1_000_000)
            assert read_reply(connection).status == 400


def test_a_body_that_breaks_off_with_the_connection(server: Server, world: World) -> None:
    before = world.version
    with connected(server) as connection:
        connection.sendall(request(world, "addProject", b"name=A", FORM, length=9))
        connection.shutdown(socket.SHUT_WR)
        reply = read_reply(connection)
        assert (reply.status, reply.error_id) == (400, "InvalidRequest")
    assert world.version == before


@pytest.mark.parametrize("header", ["Authorization: Basic eDp5", "Content-Type: text/plain", "Host: other"])
def test_what_decides_may_not_be_said_twice(server: Server, world: World, header: str) -> None:
    """A proxy could go by one of two values, and this server by the other."""
    data = request(world, "addProject?name=A", b"", FORM)
    name, _, _ = header.partition(":")
    same = next(line for line in data.decode().split("\r\n") if line.startswith(name))
    before = world.version
    for line, status, changes in ((header, 400, 0), (same, 200, 1)):
        reply = send(server, data.replace(b"\r\n\r\n", b"\r\n" + line.encode() + b"\r\n\r\n"))
        assert reply.status == status
        assert world.version == before + changes
        if status == 400:
            assert orjson.loads(reply.body)["errorMessage"] == (
                f"The header {name} is given twice, with different values."
            )
