"""The fuzzer's own eyes: an answer as it must be passes, and whatever is wrong with one is seen."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import orjson
import pytest

from scrumrpc.errors import CATALOGUE
from tests.fuzz.answers import Wrong, check
from tests.fuzz.connection import Answer, Connection, ProtocolError
from tests.fuzz.expecting import RESULT, Flaw, Sent, allowed
from tests.fuzz.standing import complaints_in
from tests.fuzz.values import MARK

ALL = frozenset(error.__name__ for error in CATALOGUE) | {RESULT}
SENT = Sent((b"POST /service/api/v1/addTag HTTP/1.1\r\n\r\nname=x",), ALL, "addTag", raises=1)
HEADERS = {"content-type": "application/json", "call-id": "0123456789abcdef", "x-content-type-options": "nosniff"}


def result(version: int, told: int | None = None, status: int = 200) -> Answer:
    """A Result at a version; the header may tell another."""
    body = b'{"objectType":"Result","dataVersion":%d,"result":null}' % version
    return Answer(status, {**HEADERS, "data-version": str(version if told is None else told)}, body)


def error(
    name: str = "InvalidParameter", message: object = "It is wrong.", status: int = 400, **headers: str | None
) -> Answer:
    """An Error object; headers that are None are left out."""
    body = orjson.dumps({"objectType": "Error", "errorID": name, "errorMessage": message})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {k: v for k, v in {**HEADERS, "data-version": "7", **named}.items() if v is not None}, body)


def test_answers_as_they_must_be_pass() -> None:
    assert check(SENT, result(7), 7) == check(SENT, result(8), 7) == RESULT
    assert check(SENT, error(), 7) == "InvalidParameter"
    assert (
        check(SENT, error("InvalidAPIKey", status=401, www_authenticate="Basic", data_version=None), 7)
        == "InvalidAPIKey"
    )
    quoting = Sent((b"POST /x HTTP/1.1\r\n\r\nname=SELECT+KeyError",), ALL)
    assert check(quoting, error(message='The parameter name is "SELECT KeyError".'), 7) == "InvalidParameter"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "without an answer"),
        (error("InternalServerError", status=500), "Status 500"),
        (result(9), "at version 9, after version 7"),
        (result(6), "at version 6, after version 7"),
        (result(8, told=7), "says version 8, the header 7"),
        (error(data_version="8"), "at version 8"),
        (result(7, status=201), "No Result object"),
        (error(status=404), "Status 404 for InvalidParameter"),
        (error("NoSuchError"), "for NoSuchError"),
        (error("InvalidAPIKey", status=401), "WWW-Authenticate is None"),
        (error(retry_after="1"), "Retry-After 1"),
        (error("APIBusy", status=503), "Status 503"),
        (error(call_id=None), "no Call-ID"),
        (error(x_content_type_options=None), "no X-Content-Type-Options"),
        (error(content_type="text/plain"), "The answer is text/plain"),
        (error(message=""), "No message"),
        (error(message=5), "No message"),
        (error(message="x" * 10_000), "No message"),
        (error(message="KeyError: 'name'"), "insides"),
        (error(message='File "/srv/x.py", line 5, in call'), "insides"),
        (error(message='duplicate key value violates unique constraint "tags_by_name"'), "insides"),
        (error(message="INSERT INTO tags VALUES (1)"), "insides"),
        (error(message="'NoneType' object has no attribute 'id'"), "insides"),
        (error(message=f"There is a tag {MARK}."), "what another account holds"),
        (Answer(200, HEADERS, b"{"), "no JSON"),
        (Answer(200, HEADERS, b"[]"), "no object"),
        (Answer(200, HEADERS, b'{"objectType":"Result","dataVersion":7,"result":1}'), "no Data-Version"),
        (Answer(400, HEADERS, b'{"objectType":"Error","errorID":"InvalidParameter"}'), "Neither a Result nor an Error"),
    ],
)
def test_whatever_is_wrong_with_an_answer_is_seen(answer: Answer | None, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        check(SENT, answer, 7)


def test_an_error_that_is_not_expected_is_seen() -> None:
    sent = Sent(SENT.pieces, frozenset({"MissingParameter"}))
    for answer in (error(), result(7)):
        with pytest.raises(Wrong, match="it may be: MissingParameter"):
            check(sent, answer, 7)


def test_the_first_error_that_is_certain_ends_what_may_come() -> None:
    missing = Flaw((5, 2), "MissingParameter")
    maybe = Flaw((2, 0), "InvalidAuthenticationInfo", certain=False)
    later = Flaw((8, 0), "ObjectNotFound")
    assert allowed([later, missing, maybe], {RESULT}) == {"InvalidAuthenticationInfo", "MissingParameter"}
    assert allowed([maybe], {RESULT}) == {"InvalidAuthenticationInfo", RESULT}


@pytest.fixture
def ends() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection, and the server's end of it."""
    listening = socket.create_server(("127.0.0.1", 0))
    connection = Connection(f"http://127.0.0.1:{listening.getsockname()[1]}")
    connection.send((b"GET / HTTP/1.1\r\n\r\n",))
    server, _ = listening.accept()
    yield connection, server
    connection.close()
    server.close()
    listening.close()


def test_answers_are_read_to_their_ends(ends: tuple[Connection, socket.socket]) -> None:
    connection, server = ends
    server.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab")
    server.sendall(b"HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n")
    server.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\ncontent-encoding: gzip\r\n\r\n")
    assert [(each.status, each.body) for each in (connection.answer("GET"), connection.answer("POST")) if each] == [
        (200, b"ab"), (404, b"cde"),
    ]  # fmt: skip
    head = connection.answer("HEAD")
    assert head
    assert (head.status, head.body, head.text) == (400, b"", b"")
    connection.check_nothing_is_left()
    server.close()
    assert connection.answer("GET") is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na", "breaks off"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", "breaks off"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "without a length"),
        (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", "No header"),
        (b"HTTP/1.1 200 OK\r\na: b\r\na: b\r\n\r\n", "comes twice"),
        (b"<html>\r\n\r\n", "No status line"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "no size"),
    ],
)
def test_what_is_no_http_is_seen(ends: tuple[Connection, socket.socket], data: bytes, why: str) -> None:
    connection, server = ends
    server.sendall(data)
    server.close()
    with pytest.raises(ProtocolError, match=why):
        connection.answer("GET")


def test_an_answer_that_nobody_asked_for_is_seen(ends: tuple[Connection, socket.socket]) -> None:
    connection, server = ends
    server.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n")
    assert connection.answer("GET")
    with pytest.raises(ProtocolError, match="More came"):
        connection.check_nothing_is_left()


def test_a_log_that_tells_of_failures() -> None:
    fine = '{"call_id":"1","status":400,"error":"InvalidRequest","event":"call","level":"info"}'
    assert complaints_in(f"{fine}\n{fine}\n") == []
    for line in (
        "Traceback (most recent call last):", '{"event":"call failed","level":"error"}',
        '{"event":"call","level":"info","error":"InternalServerError"}', '{"event":"x","level":"warning"}',
    ):  # fmt: skip
        assert len(complaints_in(f"{fine}\n{line}\n")) == 1
