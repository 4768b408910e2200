"""Posting: every way in which an attempt can end, and that it goes to no address that was not checked."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scrumrpc.webhooks.posting import Outcome, Post
from tests.webhooks.receiving import Receiver

CERTIFICATE = Path(__file__).parent.parent / "wire" / "certificate.pem"
KEY = CERTIFICATE.with_name("certificate.key")
HEADERS = {"webhook-id": "msg_1"}


def trusting() -> ssl.SSLContext:
    """What trusts the certificate of the tests and no other; it is good for localhost and 127.0.0.1."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def post(
    *urls: str, private: bool = True, tls: ssl.SSLContext | None = None, patience: float = 60, body: bytes = b"{}"
) -> list[Outcome]:
    """What comes of sending to one URL after the other."""

    async def whole() -> list[Outcome]:
        async with Post(private=private, tls=tls or trusting(), patience=patience) as posting:
            return [await posting.send(url, HEADERS, body) for url in urls]

    return asyncio.run(whole())


@pytest.fixture
def tls_receiver() -> Iterator[Receiver]:
    """A receiver with a certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE, KEY)
    receiver = Receiver(tls)
    yield receiver
    receiver.close()


@contextmanager
def speaking(answer: bytes, *, then_silent: bool = False) -> Iterator[str]:
    """Somebody who says just that to everybody who connects, and then no more or breaks off; yields the URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            held.append(connection)
            try:
                connection.recv(65536)
                connection.sendall(answer)
                if not then_silent:
                    connection.close()
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()
    for connection in held:
        connection.close()


def test_what_is_sent(receiver: Receiver) -> None:
    [outcome] = post(receiver.url("/a/b?c=d&e=%20"), body=b'{"a":1}')
    assert (outcome.status, outcome.failure) == (204, None)
    [received] = receiver.got
    assert (received.path, received.body) == ("/a/b?c=d&e=%20", b'{"a":1}')
    assert set(received.headers) == {"host", "content-length", "webhook-id"}


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_counts_as_taken(receiver: Receiver, status: int) -> None:
    receiver.answers = lambda _received: status
    assert [(each.status, each.failure) for each in post(receiver.url())] == [(status, None)]


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 400, 401, 404, 410, 413, 429, 500, 503])
def test_what_counts_as_refused(receiver: Receiver, status: int) -> None:
    receiver.answers = lambda _received: status
    receiver.headers = {"Location": receiver.url("/elsewhere")}
    [outcome] = post(receiver.url())
    assert outcome.status == status
    assert outcome.failure is not None
    assert str(status) in outcome.failure
    assert [each.path for each in receiver.got] == ["/hook"]  # redirects are not followed


def test_connections_are_used_again(receiver: Receiver) -> None:
    receiver.content = b"thank you"
    receiver.answers = lambda _received: 200
    post(*[receiver.url()] * 5)
    assert len({each.connection for each in receiver.got}) == 1


def test_a_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.content = b"x" * 50_000_000
    receiver.answers = lambda _received: 200
    first, second = post(*[receiver.url()] * 2)
    assert (first.status, first.failure, second.status) == (200, None, 200)
    assert len({each.connection for each in receiver.got}) == 2


def test_an_answer_that_never_ends_was_given_all_the_same() -> None:
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", then_silent=True) as url:
        assert [(each.status, each.failure) for each in post(url)] == [(200, None)]
    with speaking(b"HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\nx") as url:
        assert [each.status for each in post(url)] == [500]


def test_no_answer() -> None:
    with speaking(b"", then_silent=True) as url:
        [outcome] = post(url, patience=0.2)
    assert (outcome.status, outcome.failure) == (None, "There was no answer within 0.2 seconds.")
    with speaking(b"HTTP/1.1 200 OK\r\nX-Slow: ", then_silent=True) as url:
        [outcome] = post(url, patience=0.2)
    assert outcome.status is None


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"SSH-2.0-OpenSSH\r\n", b"220 mail.example.com ESMTP\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 1000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\nX\x00: y\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_is_none(answer: bytes) -> None:
    with speaking(answer) as url:
        [outcome] = post(url)
    assert (outcome.status, outcome.failure) == (None, "The connection broke before there was an answer in HTTP.")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    [outcome] = post(f"http://127.0.0.1:{port}/")
    assert (outcome.status, outcome.failure) == (None, "There is no connection to be had to it.")
    [outcome] = post("https://nothing.invalid/")
    assert (outcome.status, outcome.failure) == (None, "The host name is not known.")


def test_tls(tls_receiver: Receiver) -> None:
    urls = [f"https://{host}:{tls_receiver.port}/" for host in ("localhost", "127.0.0.1", "LOCALHOST")]
    assert [(each.status, each.failure) for each in post(*urls)] == [(204, None)] * 3


def test_a_certificate_that_is_not_trusted(tls_receiver: Receiver) -> None:
    [outcome] = post(f"https://localhost:{tls_receiver.port}/", tls=ssl.create_default_context())
    assert outcome.failure is not None
    assert outcome.failure.startswith("Its certificate is not accepted: self")
    assert tls_receiver.got == []


def test_a_certificate_for_another_name(tls_receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"hooks.example.com": ["127.0.0.1"]})
    [outcome] = post(f"https://hooks.example.com:{tls_receiver.port}/")
    assert outcome.failure is not None
    assert "is not accepted: Hostname mismatch" in outcome.failure
    assert "hooks.example.com" in outcome.failure  # the name stays what the certificate is checked against
    assert tls_receiver.got == []


def test_tls_where_there_is_none(receiver: Receiver) -> None:
    [outcome] = post(f"https://127.0.0.1:{receiver.port}/")
    assert (outcome.status, outcome.failure) == (None, "It does not speak TLS in a way that both sides know.")
    assert receiver.got == []


# Where it goes --------------------------------------------------------------------------------------------------------


def names(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]], *, changing: bool = False) -> list[str]:
    """Makes names lead to addresses; where they change, to one after the other. Answers what is looked up."""
    asked: list[str] = []

    def look_up(host: Any, port: Any, *_args: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        addresses = known[host]
        found = [addresses.pop(0)] if changing else addresses
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_private_addresses_are_not_connected_to(tls_receiver: Receiver, host: str) -> None:
    [outcome] = post(f"https://{host}:{tls_receiver.port}/", private=False)
    assert outcome.status is None
    assert outcome.failure is not None
    assert "private, local or reserved" in outcome.failure
    assert tls_receiver.got == []


def test_http_is_sent_no_more_once_the_setting_forbids_it(receiver: Receiver) -> None:
    [outcome] = post(receiver.url(), private=False)
    assert outcome.failure == "It begins with http://, which is not allowed any more."
    assert receiver.got == []


def test_a_name_that_leads_elsewhere_by_now(tls_receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up for each connection: what it was when the webhook was added does not count."""
    asked = names(monkeypatch, {"hooks.example.com": ["127.0.0.1", "127.0.0.1"]}, changing=True)
    url = f"https://hooks.example.com:{tls_receiver.port}/"
    for _ in range(2):
        [outcome] = post(url, private=False)
        assert outcome.failure is not None
        assert "private, local or reserved" in outcome.failure
    assert asked == ["hooks.example.com"] * 2
    assert tls_receiver.got == []


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that has a good address when it is checked, and another one a moment later, is asked only once."""
    asked = names(monkeypatch, {"hooks.example.com": ["127.0.0.1", "192.0.2.1", "192.0.2.1"]}, changing=True)
    [outcome] = post(f"http://hooks.example.com:{receiver.port}/")
    assert outcome.status == 204
    assert asked == ["hooks.example.com"]
    assert receiver.got[0].headers["host"] == f"hooks.example.com:{receiver.port}"


def test_the_next_address_is_tried(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"hooks.example.com": ["127.0.0.2", "127.0.0.1"]})
    assert [each.status for each in post(f"http://hooks.example.com:{receiver.port}/")] == [204]


def test_no_proxy_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9/")
    assert [each.status for each in post(receiver.url())] == [204]
