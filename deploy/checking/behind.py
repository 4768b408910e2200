"""A server of this checkout behind Caddy with the real Caddyfile, asked from outside; has a network for itself.

Run by `proxy.py`. Ports 80 and 443, the Caddyfile and the smoke script are those of a deployment; what differs is the
certificate, which nobody has signed.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import http.client
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deploy.checking.outcome import Check, Failed, Tally, expect, run
from deploy.checking.outside import API, Outside

_TOP = Path(__file__).parents[2]
_MIB = 1024 * 1024
_WRONG_KEYS = 3
"""Calls with wrong keys that the server takes within a minute from one address."""
_SIGN_OF_LIFE = 15
"""Seconds after which a stream says something again: what was buffered would arrive with it at the earliest."""
_INSIDE = ("/metrics", "/livez", "/readyz")
_SPELLINGS = ("//metrics", "/%6detrics", "/docs/../metrics", "/./metrics", "/METRICS", "/metrics/", "/metrics?a=b")


def main() -> None:
    """Starts both, and runs all checks."""
    _bring_up_loopback()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="scrumrpc-behind-") as name, contextlib.ExitStack() as started:
        folder = Path(name)
        certificate, key = _certificate(folder)
        credentials = started.enter_context(_server(folder))
        started.enter_context(_caddy(folder, certificate, key))
        for check in _checks(Outside(credentials, certificate), folder, certificate):
            tally.run(check)


def _checks(outside: Outside, folder: Path, certificate: Path) -> Iterator[Check]:
    """In order: the last one uses up what one address may get wrong."""
    project = str(outside.call("addProject", name="Smoke"))
    yield "behind the proxy: deploy/smoke, with --write", partial(_smoke, outside, project, certificate)
    yield "behind the proxy: metrics and health are hidden, however they are written", partial(_hidden, outside)
    yield "behind the proxy: an event arrives as it happens", partial(_streamed, outside)
    yield "behind the proxy: who hangs up gives the place back", partial(_hung_up, outside)
    yield "behind the proxy: a file of 10 MiB in a form gets through", partial(_large_file, outside, project)
    yield "behind the proxy: a body that is too large is refused as documented", partial(_too_large, outside)
    yield "behind the proxy: one beyond all bounds does not reach the server", partial(_huge, outside)
    yield "behind the proxy: browsers are told to come with https only", partial(_https_only, outside)
    yield "behind the proxy: what the container's health check asks is answered", _alive
    yield "a backup is made beside the server, and can be restored", partial(_backed_up, folder)
    yield "behind the proxy: clients are told apart, and cannot forge whence they come", partial(_told_apart, outside)


def _smoke(outside: Outside, project: str, certificate: Path) -> None:
    environment = {**os.environ, "SCRUMRPC_CREDENTIALS": outside.credentials, "SSL_CERT_FILE": str(certificate)}
    smoke = _TOP / "deploy/smoke"
    run(sys.executable, smoke, "https://localhost", "--behind-proxy", "--write", project, environment=environment)


def _hidden(outside: Outside) -> None:
    for path in _INSIDE:
        expect(outside.send(path)[0] == 404, f"{path} can be reached")
    for path in _SPELLINGS:
        status, _, body = outside.send(path)
        expect(status != 200 and b"# HELP" not in body, f"{path} can be reached")


def _streamed(outside: Outside) -> None:
    connection, response = outside.stream()
    with contextlib.closing(connection):
        expect(response.status == 200, f"the stream answers {response.status}")
        name = f"Streamed {time.time()}"
        since = time.monotonic()
        outside.call("addProject", name=name)
        while name.encode() not in (line := response.readline()):
            expect(line and time.monotonic() - since < 20, "the event did not arrive")
        expect(time.monotonic() - since < _SIGN_OF_LIFE, f"the event took {time.monotonic() - since:.1f} s")
        expect(response.readline(), "the stream has ended")


def _hung_up(outside: Outside) -> None:
    """The server has one place for streams here; the proxy tells it when the client of one is gone."""
    connection, response = outside.stream()
    expect(response.status == 200, f"the stream answers {response.status}")
    response.readline()
    response.close()
    connection.close()
    giving_up = time.monotonic() + 5
    while True:
        connection, response = outside.stream()
        response.close()
        connection.close()
        if response.status == 200:
            return
        expect(time.monotonic() < giving_up, f"the next stream answers {response.status}")
        time.sleep(0.2)


def _large_file(outside: Outside, project: str) -> None:
    content = base64.b64encode(os.urandom(10 * _MIB)).decode()
    file = outside.call("addFile", projectID=project, fileName="large.bin", fileContents=content)
    expect(file, "there is no id")


def _too_large(outside: Outside) -> None:
    answer = outside.send_until_answered(f"{API}/addProject", b"x" * (9 * _MIB))
    status = answer.partition(b"\r\n")[0]
    expect(b" 400 " in status and b"InvalidRequest" in answer, f"the answer is {answer[-200:]!r}")


def _huge(outside: Outside) -> None:
    connection = outside.connect()
    with contextlib.closing(connection):
        connection.putrequest("POST", f"{API}/addProject")
        connection.putheader("Content-Length", str(64 * _MIB))
        connection.endheaders()
        sent = 0
        with contextlib.suppress(OSError):  # hung up on
            for _ in range(64):
                connection.send(b"x" * _MIB)
                sent += 1
        status = 0
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = connection.getresponse().status
    expect(status != 200, f"the answer is {status} after {sent} MiB")


def _https_only(outside: Outside) -> None:
    status, headers, _ = outside.send("/docs")
    said = headers.get("Strict-Transport-Security", "")
    expect(status == 200 and "max-age=31536000" in said, f"/docs answers {status} with {said!r}")
    expect(len(headers.get_all("Strict-Transport-Security", [])) == 1, "it is said twice")


def _alive() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", 2020, timeout=10)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    expect(status == 204, f"it answers {status}")


def _told_apart(outside: Outside) -> None:
    """Wrong keys are counted by address: for all that a client forges, it has one, and its neighbour another."""
    wrong, path = "nobody@example.com:no-key", f"{API}/getDataVersion"
    for each in range(_WRONG_KEYS + 1):
        forged = f"192.0.2.{each}"
        status, _, _ = outside.send(
            path,
            source="127.0.0.2",
            credentials=wrong,
            X_Forwarded_For=forged,
            Forwarded=f"for={forged}",
            X_Real_IP=forged,
        )
    expect(status == 429, f"{_WRONG_KEYS + 1} wrong keys with forged addresses are answered with {status}")
    status, _, _ = outside.send(path, source="127.0.0.3", credentials=wrong)
    expect(status == 401, f"another client is answered with {status}")


def _backed_up(folder: Path) -> None:
    backups = folder / "backups"
    backups.mkdir()
    run(sys.executable, _TOP / "deploy/backup", backups, "--data", folder / "data")
    (made,) = backups.iterdir()
    run(_program("scrumrpc"), "restore", "--check", made)


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _bring_up_loopback() -> None:
    """In a new network, it is down."""
    get, set_, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name, flags, _ = struct.unpack("16sh14s", fcntl.ioctl(any_socket, get, struct.pack("16sh14s", b"lo", 0, b"")))
        fcntl.ioctl(any_socket, set_, struct.pack("16sh14s", name, flags | up, b""))


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "30",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-addext", "keyUsage=critical,digitalSignature,keyCertSign", "-out", certificate, "-keyout", key,
    )  # fmt: skip
    return certificate, key


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Runs the server; yields the credentials that it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SCRUMRPC_", "DATABASE_"))}
    environment |= {
        "SCRUMRPC_PUBLIC_URL": "https://localhost",
        "SCRUMRPC_WEBHOOKS": "false",
        "SCRUMRPC_WAITING_PER_KEY": "1",
        "SCRUMRPC_FAILED_LOGINS_PER_MINUTE": str(_WRONG_KEYS),
    }
    words = ["-m", "scrumrpc", "serve", "--workers", "2", "--data", str(folder / "data")]
    with _running(folder / "server.log", [sys.executable, *words], environment) as log:
        yield _printed(log, r"-u (\S+:\S+)")


@contextlib.contextmanager
def _caddy(folder: Path, certificate: Path, key: Path) -> Iterator[None]:
    """Runs the proxy with the Caddyfile as it is."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SCRUMRPC_HOST": "localhost",
        "SCRUMRPC_UPSTREAM": "127.0.0.1:8080",
        "SCRUMRPC_TLS": f"tls {certificate} {key}",
    }
    words = ["caddy", "run", "--adapter", "caddyfile", "--config", str(_TOP / "deploy/Caddyfile")]
    with _running(folder / "caddy.log", words, environment) as log:
        _printed(log, "(serving initial configuration)")
        yield


@contextlib.contextmanager
def _running(log: Path, words: list[str], environment: dict[str, str]) -> Iterator[Path]:
    """Runs a program, and ends it."""
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environment, cwd=_TOP)
    try:
        yield log
    finally:
        process.terminate()
        process.wait(60)


def _printed(log: Path, what: str) -> str:
    """The part of a log that is waited for."""
    giving_up = time.monotonic() + 60
    while time.monotonic() < giving_up:
        found = re.search(what, log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise Failed(log.read_text()[-2000:])


if __name__ == "__main__":
    main()
