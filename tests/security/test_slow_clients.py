"""Slow, silent, greedy and too many clients: they are hung up on, told why where they can be, and disturb nobody."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack

import orjson
import pytest

from scrumrpc.wire.bounds import LARGEST_HEAD, MOST_HEADERS, MOST_PIPELINED, SURPLUS
from tests.security.connections import drip, greedy, is_served
from tests.serving import Server
from tests.wire.raw import Reply, connected, read_reply, request
from tests.wire.surroundings import until
from tests.world import World

PATIENCE = 1
MOST = 10
FORM = "Content-Type: application/x-www-form-urlencoded"
OPENAPI = b"GET /openapi.json HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.fixture(scope="module")
def hurried(database_url: str) -> Iterator[Server]:
    """A server of one worker that has little patience and few places."""
    bounds = {"SCRUMRPC_CLIENT_TIMEOUT": str(PATIENCE), "SCRUMRPC_CONNECTIONS": str(MOST)}
    server = Server([], {"DATABASE_URL": database_url, **bounds})
    yield server
    assert "Traceback" not in server.log.read_text()
    server.stop()


def message_of(reply: Reply) -> str:
    """Why a request was not served."""
    answer = orjson.loads(reply.body)
    assert (reply.status, answer["errorID"]) == (400, "InvalidRequest")
    return str(answer["errorMessage"])


# Slow to send


def test_who_says_nothing_is_hung_up_on(hurried: Server) -> None:
    with connected(hurried) as silent:
        assert silent.recv(1) == b""


def test_line_breaks_are_no_request(hurried: Server) -> None:
    with connected(hurried) as silent:
        drip(silent, itertools.repeat(b"\r\n"))
        assert silent.recv(1) == b""


@pytest.mark.parametrize("begin", [b"", b"GET /", b"POST /service/api/v1/addProject HTTP/1.1\r\nHost: test\r\nX: "])
def test_a_head_that_drips(hurried: Server, begin: bytes) -> None:
    with connected(hurried) as slow:
        slow.sendall(begin)
        drip(slow, itertools.repeat(b"x" if begin else b"G"))
        reply = read_reply(slow)
        if begin:
            assert "head of the request did not arrive within 1 seconds" in message_of(reply)
        else:
            assert reply.status == 400  # no verb has so many G
        assert slow.recv(1) == b""


def test_a_head_that_drips_behind_a_request(hurried: Server, world: World) -> None:
    with connected(hurried) as slow:
        slow.sendall(request(world, "getDataVersion"))
        assert read_reply(slow).status == 200
        drip(slow, itertools.chain([b"GET / HTTP/1.1\r\nX: "], itertools.repeat(b"x")))
        assert "head" in message_of(read_reply(slow))


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_drips(hurried: Server, world: World, chunked: bool) -> None:
    before = world.version
    with connected(hurried) as slow:
        size = () if not chunked else ("Transfer-Encoding: chunked",)
        slow.sendall(request(world, "addProject", b"", FORM, *size, length=None if chunked else 100_000))
        drip(
            slow,
            itertools.chain([b"name=A"] if not chunked else [], itertools.repeat(b"1\r\nx\r\n" if chunked else b"x")),
        )
        assert "body of the request did not arrive in time" in message_of(read_reply(slow))
        assert slow.recv(1) == b""
    assert world.version == before


def test_a_body_that_takes_long_but_comes_along(hurried: Server, world: World) -> None:
    body = b"name=A&description=" + b"x" * 40_000
    with connected(hurried) as slow:
        slow.sendall(request(world, "addProject", body[:30_000], FORM, length=len(body)))
        for begin in range(30_000, len(body), 1_000):
            time.sleep(PATIENCE / 8)
            slow.sendall(body[begin : begin + 1_000])
        assert read_reply(slow).status == 200
    assert [len(each["description"]) for each in world.data()["projects"]] == [40_000]


def test_the_rest_of_a_refused_body_is_not_waited_for(hurried: Server, world: World) -> None:
    with connected(hurried) as slow:
        slow.sendall(request(world, "addProject", b"name=A", FORM, length=10**9))
        assert "larger than" in message_of(read_reply(slow))
        drip(slow, itertools.repeat(b"x" * 10_000))
        until(lambda: not is_served(slow))


@pytest.mark.slow
def test_who_waits_for_news_is_not_slow(hurried: Server, world: World) -> None:
    version = str(world.version)
    with connected(hurried) as waiting, connected(hurried) as streaming:
        waiting.sendall(request(world, f"waitForDataVersion?newerThanDataVersion={version}&timeout=60"))
        stream = request(world, "x", verb="GET").replace(b"/service/api/v1/x", b"/service/events")
        streaming.sendall(stream)
        with streaming.makefile("rb") as lines:
            assert lines.readline() == b"HTTP/1.1 200 OK\r\n"
            time.sleep(2 * PATIENCE)
            world.call("addProject", name="A")
            assert read_reply(waiting).status == 200
            while b"addProject" not in lines.readline():
                pass


# Slow to take


def test_who_takes_nothing_is_hung_up_on(hurried: Server) -> None:
    with greedy(hurried, OPENAPI * 100) as connection:
        until(lambda: not is_served(connection))


def test_neither_is_a_connection_kept_that_ends_with_its_answer(hurried: Server, world: World) -> None:
    contents = "AAAA" * 2_500_000  # more than any buffer of a connection holds
    given = {"fileName": "large.png", "contentType": "image/png", "fileContents": contents}
    file = world.call("addFile", projectID=world.call("addProject", name="A"), **given)
    ask = request(world, "x", b"", "Connection: close", verb="GET")
    with greedy(hurried, ask.replace(b"api/v1/x", f"files/files/{file}/large.png".encode())) as connection:
        until(lambda: not is_served(connection))


# Too large


def test_heads_have_a_largest_size(hurried: Server, world: World) -> None:
    version = request(world, "getDataVersion")
    for head, status in (
        (version.replace(b"Host", b"X-Long: " + b"x" * (LARGEST_HEAD - 1_000) + b"\r\nHost"), 200),
        (version.replace(b"Host", b"X-Long: " + b"x" * LARGEST_HEAD + b"\r\nHost"), 400),
        (version.replace(b"getDataVersion", b"getDataVersion?" + b"x" * LARGEST_HEAD), 400),
        (version.replace(b"Host", b"X: y\r\n" * (MOST_HEADERS - 2) + b"Host"), 200),
        (version.replace(b"Host", b"X: y\r\n" * MOST_HEADERS + b"Host"), 400),
    ):
        with connected(hurried) as connection:
            connection.sendall(head)
            reply = read_reply(connection)
            assert reply.status == status
            assert status == 200 or "accept" in message_of(reply)


ENDLESS = {
    "a head that never ends": (b"GET / HTTP/1.1\r\nHost: test\r\nX: ", b"x" * 50_000, "head"),
    "a URL that never ends": (b"GET /", b"x" * 50_000, "head"),
    "headers that never end": (b"GET / HTTP/1.1\r\n", b"X: y\r\n" * 10_000, "head"),
    "a trailer that never ends": (b"0\r\nX: ", b"x" * 50_000, "framed"),
    "trailers that never end": (b"0\r\n", b"X: y\r\n" * 10_000, "framed"),
    "a chunk's extension that never ends": (b"1;", b"x" * 50_000, "framed"),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_refused_soon(hurried: Server, world: World, what: str) -> None:
    begin, more, why = ENDLESS[what]
    if why == "framed":
        begin = request(world, "addProject?name=A", b"", FORM, "Transfer-Encoding: chunked") + begin
    before = world.version
    with connected(hurried) as connection:
        connection.sendall(begin)
        drip(connection, itertools.repeat(more, 100), pause=0)
        assert why in message_of(read_reply(connection))
    assert world.version == before


def test_what_stands_behind_a_body_is_no_header(hurried: Server, world: World) -> None:
    plain = request(world, "getDataVersion", b"", FORM, "Transfer-Encoding: chunked")
    head, separator, rest = plain.partition(b"Authorization: ")
    credentials, _, rest = rest.partition(b"\r\n")
    with connected(hurried) as connection:
        connection.sendall(head + rest + b"0\r\n" + separator + credentials + b"\r\n\r\n")
        assert read_reply(connection).error_id == "AuthenticationRequired"


def test_requests_that_wait_on_a_connection_are_bounded(hurried: Server, world: World) -> None:
    version = request(world, "getDataVersion")
    with connected(hurried) as connection:
        connection.sendall(version * MOST_PIPELINED)
        assert [read_reply(connection).status for _ in range(MOST_PIPELINED)] == [200] * MOST_PIPELINED
        waiting = request(world, f"waitForDataVersion?newerThanDataVersion={world.version}&timeout=1")
        connection.sendall(waiting + version * (MOST_PIPELINED + 1))
        assert [read_reply(connection).status for _ in range(1 + MOST_PIPELINED)] == [200] * (1 + MOST_PIPELINED)
        assert f"{MOST_PIPELINED} requests wait" in message_of(read_reply(connection))


# Too many


def test_one_connection_too_many_is_told_so(hurried: Server, world: World) -> None:
    waiting = request(world, f"waitForDataVersion?newerThanDataVersion={world.version}&timeout=60")
    with ExitStack() as stack:
        held = [stack.enter_context(connected(hurried)) for _ in range(MOST)]
        for connection in held:
            connection.sendall(waiting)
        until(lambda: busy(hurried, world))
        with connected(hurried) as surplus:
            surplus.sendall(request(world, "getDataVersion"))
            reply = read_reply(surplus)
            assert (reply.status, reply.error_id) == (503, "APIBusy")
            assert reply.headers["retry-after"] == "1"
            assert surplus.recv(1) == b""
        for path in (b"/livez", b"/readyz"):
            with connected(hurried) as watcher:
                watcher.sendall(b"GET %b HTTP/1.1\r\nHost: test\r\n\r\n" % path)
                assert read_reply(watcher).status == 200
        many = [stack.enter_context(connected(hurried)) for _ in range(SURPLUS + 20)]
        assert many[-1].recv(1) == b""
        for connection in many:
            connection.close()
        world.call("addProject", name="A")
        for connection in held:
            assert read_reply(connection).status == 200
            connection.close()
        until(lambda: not busy(hurried, world))


def busy(server: Server, world: World) -> bool:
    """Whether a new connection is one too many."""
    with connected(server) as connection:
        connection.sendall(request(world, "getDataVersion"))
        return read_reply(connection).status == 503
