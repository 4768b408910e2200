"""Requests as they travel, and the closed-loop client that sends them from a process of its own."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

EMAIL = "load@example.com"
PROJECT = "1-1-1"
"""The wire id of the project that every prepared account has."""

Streams = Sequence[Sequence[bytes]]
"""For each connection the requests that it repeats."""


def request(method: str, key: str, **given: str) -> bytes:
    """A POST of a call."""
    body = urlencode(given).encode()
    head = (
        f"POST /service/api/v1/{method} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(EMAIL, key)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def basic(email: str, key: str) -> str:
    """The value of the Authorization header."""
    return f"Basic {base64.b64encode(f'{email}:{key}'.encode()).decode()}"


def poll(key: str) -> bytes:
    """A getDataVersion."""
    return request("getDataVersion", key)


def add_item(key: str, project: str = PROJECT) -> bytes:
    """An addBacklogItem at the end of the account's project."""
    return request("addBacklogItem", key, projectID=project, name="Measured", estimate="2.5", estimateUnit="Days")


def add_items(key: str, count: int) -> bytes:
    """An executeBatch of so many of these."""
    one = {
        "method": "addBacklogItem",
        "parameters": {"projectID": PROJECT, "name": "Measured", "estimate": "2.5", "estimateUnit": "Days"},
    }
    return request("executeBatch", key, calls=json.dumps([one] * count))


def get_data(key: str, **given: str) -> bytes:
    """A getData of everything with items and tasks."""
    return request("getData", key, includeProperties="Project.backlogItems,BacklogItem.tasks", **given)


def dealt(requests: Sequence[bytes], connections: int) -> Streams:
    """The requests dealt out over connections."""
    return [requests[n::connections] for n in range(connections)]


class Client:
    """A closed loop that runs beside this process until `figures` are asked for.

    It ends after so many seconds or, where `calls` are given, after so many calls on each connection.
    """

    def __init__(self, address: str, streams: Streams, seconds: float = 0, calls: int = 0) -> None:
        where = urlsplit(address)
        job = {
            "host": where.hostname,
            "port": where.port,
            "seconds": seconds,
            "calls": calls,
            "streams": [[one.decode("latin-1") for one in stream] for stream in streams],
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job))
        self._process.stdin.close()
        self._process.stdin = None  # or else communicate() would write to it

    def figures(self) -> dict[str, Any]:
        """Waits for the end; what was measured: calls, calls per second, times in milliseconds, bytes of an answer."""
        printed, said = self._process.communicate()
        if self._process.returncode:
            raise SystemExit(said)
        found: dict[str, Any] = json.loads(printed)
        return found

    def stop(self) -> None:
        """Ends it without figures."""
        self._process.kill()
        self._process.communicate()


def measure(address: str, streams: Streams, seconds: float = 0, calls: int = 0) -> dict[str, Any]:
    """The figures of a closed loop that runs to its end."""
    return Client(address, streams, seconds, calls).figures()
