"""Record: every call as its client saw it, which is all that the checks afterwards go by."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx2
import orjson

TRANSIENT = (503, 429)
"""Statuses after which a client tries again."""
_UNKNOWN_OUTCOME = "may or may not have taken effect"


@dataclass(slots=True)
class Call:
    """A call, with what was last heard of it.

    `marks` are texts that it writes and that no other call does. `status` is None where no answer came. `body` is what
    a reading call answered, as a digest.
    """

    client: str
    method: str
    given: Mapping[str, str]
    marks: tuple[str, ...] = ()
    began: float = 0.0
    ended: float = 0.0
    attempts: int = 0
    status: int | None = None
    version: int | None = None
    result: Any = None
    error: str | None = None
    message: str = ""
    body: bytes | None = None

    @property
    def read_version(self) -> int | None:
        """The version that a reading call was to be answered with, which is the present unless it asks for another."""
        return int(self.given["atDataVersion"]) if "atDataVersion" in self.given else self.version

    @property
    def is_answered(self) -> bool:
        """Whether an answer came that says how the call ended."""
        return self.status is not None and self.status not in TRANSIENT

    @property
    def is_acknowledged(self) -> bool:
        """Whether it was told to have succeeded."""
        return self.is_answered and self.error is None

    @property
    def is_refused(self) -> bool:
        """Whether the answer says for sure that the call did nothing; only the last attempt is known."""
        if self.attempts != 1 or self.status is None:
            return False
        return self.error is not None and _UNKNOWN_OUTCOME not in self.message

    def hear(self, answer: httpx2.Response) -> None:
        """Notes an answer."""
        self.status = answer.status_code
        version = answer.headers.get("Data-Version")
        self.version = None if version is None else int(version)
        self.error, self.result = None, None
        if answer.status_code == 304:
            return
        said = orjson.loads(answer.content)
        if said["objectType"] == "Error":
            self.error, self.message = said["errorID"], said["errorMessage"]
            return
        self.version = said["dataVersion"]
        self.result = said["result"]


@dataclass(slots=True)
class Record:
    """The calls of all clients; and when which attempt was not answered with a result or a final error.

    Such an attempt is noted with the error id of a refusal, or "broken" where the connection broke or the client gave
    up. `unclear` are refusals that do not say what to do.
    """

    calls: list[Call] = field(default_factory=list)
    setbacks: list[tuple[float, str]] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def new(self, client: str, method: str, given: Mapping[str, str], *marks: str) -> Call:
        """A call that begins now."""
        call = Call(client, method, given, marks, began=time.monotonic())
        self.calls.append(call)
        return call

    def set_back(self, answer: httpx2.Response | None) -> None:
        """Notes an attempt that was refused for now, or not answered; a refusal says when to come again."""
        if answer is None:
            self.setbacks.append((time.monotonic(), "broken"))
            return
        error = orjson.loads(answer.content)["errorID"]
        self.setbacks.append((time.monotonic(), error))
        if not answer.headers.get("Retry-After", "").isdigit():
            self.unclear.append(f"{answer.request.url.path}: {error} without Retry-After")


def digest(result: Any) -> bytes:
    """What tells one result from another; the order of everything counts. A cursor tells how it was asked for."""
    if isinstance(result, dict) and "nextCursor" in result:
        result = {**result, "nextCursor": result["nextCursor"] is not None}
    return sha256(orjson.dumps(result)).digest()
