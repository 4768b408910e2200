"""Peer: another tracker that is set up to do the same work, and how to set one up."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Peer:
    """A running tracker: where it is, a request that creates an item, one that asks whether something changed."""

    about: str
    address: str
    create: bytes
    poll: bytes


Setup = AbstractContextManager[Peer]


class Missing(Exception):
    """Something is not installed; the message tells what to install."""


def need(programs: Sequence[str], files: Sequence[Path], packages: str) -> None:
    """Raises Missing where a program or file is not there."""
    absent = [name for name in programs if not shutil.which(name)] + [str(each) for each in files if not each.exists()]
    if absent:
        raise Missing(f"{', '.join(absent)} is not there. Debian's packages have it: apt-get install {packages}")


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(where: int | Path, process: subprocess.Popen[bytes], patience: float = 180) -> None:
    """Waits until the process listens, on a port of the loopback address or on a socket in a folder."""
    giving_up = time.monotonic() + patience
    while True:
        family = socket.AF_INET if isinstance(where, int) else socket.AF_UNIX
        with socket.socket(family) as connection:
            try:
                connection.connect(("127.0.0.1", where) if isinstance(where, int) else str(where))
                return
            except OSError:
                if process.poll() is not None or time.monotonic() > giving_up:
                    raise SystemExit(f"The peer did not start: {process.args!r}") from None
        time.sleep(0.1)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None, given: str = "") -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **(environment or {})}, input=given, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


@dataclass(frozen=True, slots=True)
class Address:
    """How a database is reached."""

    host: str
    port: str
    user: str
    password: str


def address_of(url: str) -> Address:
    """The parts of a database's URL."""
    parts = urlsplit(url)
    where = parse_qs(parts.query)
    return Address(where["host"][0], where["port"][0], parts.username or "", parts.password or "")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process in order, by force if that takes long."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A POST of JSON as it travels."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *lines]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body
