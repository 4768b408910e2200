"""Serving with a certificate: https, the way there for plain http, and connections that say nothing.

`certificate.pem` and `certificate.key` are good for localhost and for nothing else.
"""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from scrumrpc.errors import InvalidAPIKey
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.raw import connected, read_reply, request
from tests.wire.surroundings import held_up
from tests.world import World

CERTIFICATE = Path(__file__).with_name("certificate.pem")
KEY = Path(__file__).with_name("certificate.key")


@pytest.fixture(scope="module")
def secure(database_url: str) -> Iterator[Server]:
    """A server with a certificate; the last test ends it."""
    server = Server(["--tls-cert", str(CERTIFICATE), "--tls-key", str(KEY)], {"DATABASE_URL": database_url})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def trust() -> ssl.SSLContext:
    """Trusts the certificate and no other."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def caller(secure: Server, world: World, trust: ssl.SSLContext) -> Iterator[httpx2.Client]:
    """A client that checks the certificate."""
    with client_of(secure.api, (world.admin, world.key), verify=trust) as client:
        yield client


def test_https(secure: Server, caller: httpx2.Client, world: World) -> None:
    assert secure.address.startswith("https://127.0.0.1:")
    project = result_of(caller.post("addProject", data={"name": "A", "description": "x" * 900_000}))
    [shown] = result_of(caller.get("getData"))["projects"]
    assert (shown["id"], len(shown["description"])) == (project, 900_000)
    with client_of(secure.api, (world.admin, "x")) as stranger:
        message_of(stranger.post("getData"), InvalidAPIKey)


def test_plain_http_is_redirected_to_the_same_thing(secure: Server, world: World) -> None:
    where = urlsplit(secure.address).netloc
    for verb, path in (
        ("GET", "/service/api/v1/getData?projectIDs=1%2C2&x=%C3%BC"),
        ("POST", "/service/api/v1/addProject"),
        ("HEAD", "/"),
        ("GET", "/docs"),
        ("GET", "//example.com/%2e%2e?"),
    ):
        with connected(secure) as connection:
            body = b"name=A" if verb == "POST" else b""
            head = f"{verb} {path} HTTP/1.1\r\nHost: {where}\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            reply = read_reply(connection, verb)
            assert reply.status == 308
            assert reply.headers["location"] == f"https://{where}{path}".removesuffix("?")
            assert reply.headers["content-type"] == "application/json"
            assert verb == "HEAD" or reply.error_id == "InvalidRequest"
            assert connection.recv(1) == b""
    assert world.data()["projects"] == []


def test_a_client_that_follows_redirects_arrives(secure: Server, world: World, trust: ssl.SSLContext) -> None:
    plain = secure.api.replace("https:", "http:")
    with client_of(plain, (world.admin, world.key), verify=trust) as client:
        response = client.post("getDataVersion", data={"pretty": "false"})
        assert response.status_code == 308
        followed = client.post(response.headers["location"], data={"pretty": "false"})
    assert result_of(followed) == world.version


def test_a_plain_request_that_does_not_say_where_it_wants_to_go(secure: Server) -> None:
    for host in ("", "Host: \r\n", "Host: a/b\r\n", "Host: a@b\r\n", "Host: a b\r\n"):
        with connected(secure) as connection:
            connection.sendall(f"GET / HTTP/1.0\r\n{host}\r\n".encode())
            reply = read_reply(connection)
            assert (reply.status, reply.error_id) == (400, "InvalidRequest")
            assert "location" not in reply.headers


def test_garbage_is_answered_in_plain(secure: Server, caller: httpx2.Client) -> None:
    with connected(secure) as connection:
        connection.sendall(b"\0\1\2\3\r\n\r\n")
        assert read_reply(connection).status == 400
    with connected(secure) as connection:
        connection.sendall(b"\x16\x03\x01 but no handshake follows" + b"x" * 20_000)
        with suppress(ConnectionError):
            while connection.recv(1000):
                pass
    result_of(caller.get("getDataVersion"))


def test_connections_that_say_nothing_hold_up_nobody(secure: Server, caller: httpx2.Client) -> None:
    with ExitStack() as silent:
        for n in range(40):
            connection = silent.enter_context(connected(secure))
            connection.sendall((b"", b"\x16", b"\x16\x03\x01\x02", b"GET")[n % 4])
        for _ in range(10):
            result_of(caller.get("getDataVersion", headers={"Connection": "close"}))
    for _ in range(10):
        result_of(caller.get("getDataVersion", headers={"Connection": "close"}))


def test_a_connection_that_spoke_late_is_served(secure: Server, world: World, trust: ssl.SSLContext) -> None:
    with connected(secure) as late, client_of(secure.api, (world.admin, world.key)) as other:
        result_of(other.get("getDataVersion"))
        with trust.wrap_socket(late, server_hostname="localhost") as connection:
            connection.sendall(request(world, "getDataVersion"))
            assert read_reply(connection).status == 200
            connection.sendall(request(world, "getDataVersion"))
            assert read_reply(connection).status == 200


def test_sigint_lets_running_calls_end(
    secure: Server, caller: httpx2.Client, world: World, database_url: str, trust: ssl.SSLContext
) -> None:
    """Ctrl-C does what SIGTERM does; connections that say nothing do not keep the server."""
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(1))
        silent = stack.enter_context(connected(secure))
        with held_up(database_url, world.account) as wait_for:
            running = threads.submit(caller.post, "addProject", data={"name": "A"}, headers={"Connection": "close"})
            wait_for(1)
            secure.process.send_signal(signal.SIGINT)
            _wait_for_the_end_of(silent)
            assert not running.done()
        result_of(running.result())
    assert secure.process.wait(60) == 0
    assert [project["name"] for project in world.data()["projects"]] == ["A"]
    assert "Traceback" not in secure.log.read_text()


def _wait_for_the_end_of(connection: socket.socket) -> None:
    with suppress(ConnectionError):
        assert connection.recv(1) == b""
