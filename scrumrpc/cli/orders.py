"""What the parent process tells a worker, and what a worker tells it back."""

from __future__ import annotations

import os
from dataclasses import dataclass

import orjson

GRACE = 30
"""Seconds that running calls get to end."""
READ_CERTIFICATE = b"read the certificate\n"
"""What the parent tells a worker later, when there is a new one."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the parent tells a worker, in one line on its standard input: nothing of it shows in a process list."""

    database_url: str
    origin: str  # where the server is reached, unless the settings say otherwise
    sockets: list[int]
    tls_cert: str | None
    tls_key: str | None
    counters: int | None = None  # the file of the counters that the workers share
    workers: int = 1  # how many there are
    worker: int = 0  # which of them this is

    def line(self) -> bytes:
        """As it travels."""
        return orjson.dumps(self) + b"\n"


def tell_ready() -> None:
    """Tells the parent, on standard output, that connections are taken from now on."""
    os.write(1, b"ready\n")
