"""What must be true of a server all the while: its workers are the first ones, and its log tells no failure."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import orjson

from tests.serving import Server
from tests.wire.surroundings import workers


class Watch:
    """Looks at a server when it begins and when it ends; what is wrong then is in `complaints`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._workers: list[int] = []
        self._read = 0
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        self._workers = sorted(workers(self._server.process.pid))
        self._read = self._server.log.stat().st_size
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        there = sorted(workers(self._server.process.pid))
        if there != self._workers:
            self.complaints.append(f"The workers were {self._workers}; now they are {there}.")
        with self._server.log.open("rb") as log:
            log.seek(self._read)
            self.complaints += complaints_in(log.read().decode("utf-8", "replace"))


def complaints_in(log: str) -> list[str]:
    """The lines of a log that tell of a failure inside the server."""
    found = []
    for line in log.splitlines():
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            found.append(f"A line of the log is no JSON: {line[:300]}")
            continue
        if said.get("level") != "info" or said.get("error") == "InternalServerError" or "exception" in said:
            found.append(f"The log tells a failure: {line[:3_000]}")
    return found[:20]
