"""TLS: only what is current is spoken, and a renewed certificate is taken while the server runs."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from scrumrpc.cli.certificates import context_of
from tests.serving import Server
from tests.wire.expecting import client_of, result_of
from tests.wire.raw import connected, read_reply
from tests.wire.surroundings import paused, until, workers
from tests.world import World

WIRE = Path(__file__).parents[1] / "wire"
FIRST = (WIRE / "certificate.pem", WIRE / "certificate.key")
# Of RSA, with which there are more ciphers to refuse.
RENEWED = (Path(__file__).with_name("renewed.pem"), Path(__file__).with_name("renewed.key"))


def client_context(ciphers: str = "ALL:@SECLEVEL=0") -> ssl.SSLContext:
    """A client that takes nearly everything."""
    context = ssl.create_default_context(cafile=str(RENEWED[0]))
    context.set_ciphers(ciphers)
    return context


def anything_goes() -> ssl.SSLContext:
    """A server that takes nearly everything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(*RENEWED)
    return context


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> ssl.SSLObject:
    """The client's end of a connection between the two; ssl.SSLError where they find nothing in common."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(down, up, server_hostname="localhost")
    there = server.wrap_bio(up, down, server_side=True)
    ends = [here, there]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
    return here


def test_tls_1_3_is_spoken() -> None:
    client = client_context()
    client.set_alpn_protocols(["h2", "http/1.1"])
    connection = shake_hands(context_of(*map(str, RENEWED)), client)
    assert connection.version() == "TLSv1.3"
    assert connection.selected_alpn_protocol() == "http/1.1"
    assert connection.compression() is None


@pytest.mark.parametrize(
    ("ciphers", "is_spoken"),
    [
        ("ECDHE-RSA-AES128-GCM-SHA256", True),
        ("ECDHE-RSA-CHACHA20-POLY1305", True),
        ("ECDHE-RSA-AES128-SHA", False),  # authenticates before it encrypts
        ("ECDHE-RSA-AES256-SHA384", False),
        ("AES128-GCM-SHA256", False),  # who gets the key can read what was recorded
        ("DHE-RSA-AES128-GCM-SHA256", False),
    ],
)
def test_of_tls_1_2_only_the_good_ciphers_are(ciphers: str, is_spoken: bool) -> None:
    client = client_context(f"{ciphers}:@SECLEVEL=0")
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    if not ciphers.startswith("DHE"):  # for which a server would need parameters
        assert shake_hands(anything_goes(), client).cipher()  # it is ours that refuses
    if is_spoken:
        assert shake_hands(context_of(*map(str, RENEWED)), client).version() == "TLSv1.2"
    else:
        with pytest.raises(ssl.SSLError):
            shake_hands(context_of(*map(str, RENEWED)), client)


def test_what_is_old_is_turned_off() -> None:
    context = context_of(*map(str, RENEWED))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    for option in (ssl.OP_NO_COMPRESSION, ssl.OP_NO_RENEGOTIATION, ssl.OP_CIPHER_SERVER_PREFERENCE):
        assert context.options & option


# While the server runs


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificates")
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def secure(database_url: str, files: tuple[Path, Path]) -> Iterator[Server]:
    put(FIRST, files)
    options = ["--workers", "2", "--tls-cert", str(files[0]), "--tls-key", str(files[1])]
    server = Server(options, {"DATABASE_URL": database_url})
    yield server
    server.stop()


def put(pair: tuple[Path, Path], files: tuple[Path, Path]) -> None:
    """Puts a certificate and its key where the server has its own."""
    for source, target in zip(pair, files, strict=True):
        shutil.copyfile(source, target)


def certificates(server: Server) -> set[str]:
    """The certificates that the workers show."""
    where = urlsplit(server.address)
    shown = set()
    for others in zip(pids := workers(server.process.pid), pids[::-1], strict=True):
        with paused(others[0]):
            shown.add(ssl.get_server_certificate((str(where.hostname), where.port or 0), timeout=60))
    return shown


def test_a_renewed_certificate_is_taken_by_every_worker(secure: Server, files: tuple[Path, Path], world: World) -> None:
    first, renewed = (pair[0].read_text() for pair in (FIRST, RENEWED))
    pids = workers(secure.process.pid)
    assert certificates(secure) == {first}
    with client_of(secure.api, (world.admin, world.key)) as client:
        result_of(client.post("getDataVersion"))
        put(RENEWED, files)
        assert certificates(secure) == {first}  # until it is told
        secure.process.send_signal(signal.SIGHUP)
        until(lambda: certificates(secure) == {renewed})
        result_of(client.post("getDataVersion"))
    for pid in pids:
        os.kill(pid, signal.SIGHUP)  # as where all processes of a service get it
    files[1].write_bytes(FIRST[1].read_bytes())  # a key that does not belong to it
    secure.process.send_signal(signal.SIGHUP)
    until(lambda: secure.log.read_text().count("the new certificate cannot be used") == 2)
    assert certificates(secure) == {renewed}
    put(FIRST, files)
    secure.process.send_signal(signal.SIGHUP)
    until(lambda: certificates(secure) == {first})
    assert workers(secure.process.pid) == pids


def test_browsers_are_told_to_come_with_https_only(secure: Server) -> None:
    """On each answer over TLS, and on none without it, where it would count for nothing."""
    with httpx2.Client(base_url=secure.address, verify=False, trust_env=False, timeout=60) as client:
        for path in ("/", "/docs", "/livez", "/openapi.json", "/service/api/v1/getData", "/service/events", "/x"):
            assert client.get(path).headers["strict-transport-security"] == "max-age=31536000"
        broken = client.get("/livez", headers={"X-Long": "x" * 200_000})
        assert (broken.status_code, broken.headers["strict-transport-security"]) == (400, "max-age=31536000")
    with connected(secure) as connection:
        connection.sendall(b"GET /docs HTTP/1.1\r\nHost: x\r\n\r\n")
        redirected = read_reply(connection)
        assert redirected.status == 308
        assert "strict-transport-security" not in redirected.headers
