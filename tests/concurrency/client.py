"""A process of clients that write and read registers over sockets, and tell what they were answered, and when.

It reads what to do from standard input and prints the operations, both as JSON. The clock is the machine's, which all
processes share.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx2

from tests.concurrency.history import READ, READ_ALL, READ_VERSION, REFUSED, UNKNOWN, WRITE, Operation

_SHORT = 0.004
"""Seconds within which a client that hangs up early does so: about as long as a call takes."""
_REST = 0.02
"""Seconds after which a call is repeated that got no answer."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is to do: so many clients on these registers, each for so long."""

    api: str
    credentials: tuple[str, str]
    project: str
    registers: tuple[str, ...]
    clients: int
    seconds: float
    seed: int


@dataclass(slots=True)
class Counts:
    """What came of attempts that had no answer."""

    repeated: int = 0
    given_up: int = 0


@dataclass(slots=True)
class Client:
    """One client: does one thing after the other, each as the dice say."""

    task: Task
    random: random.Random
    http: httpx2.AsyncClient
    counts: Counts
    version: int = 0
    """The newest that it was answered."""
    operations: list[Operation] = field(default_factory=list)

    async def run(self) -> None:
        end = time.monotonic() + self.task.seconds
        while time.monotonic() < end:
            what = self.random.choice(
                [self.write, self.write, self.compare_and_set, self.read, self.read, self.read_all]
            )
            await what()
            if self.random.random() < 0.3:
                await self.read_version()
            if self.random.random() < 0.2:
                await asyncio.sleep(self.random.random() * _REST)

    # What it does -----------------------------------------------------------------------------------------------------

    async def write(self, required: int | None = None) -> None:
        """Writes a value that nobody else writes; a few times it gives up whatever comes of it."""
        register = self.random.randrange(len(self.task.registers))
        value, gives_up = secrets.token_hex(6), self.random.random() < 0.05
        given = {
            "backlogItemID": self.task.registers[register], "name": value, "requestID": secrets.token_hex(8),
            "onRepeat": "result",
        }  # fmt: skip
        if required is not None:
            given["requiredDataVersion"] = str(required)
        began = time.monotonic()
        while (answer := await self._answer("setBacklogItemName", given)) is None:
            if gives_up:
                self.counts.given_up += 1
                self.operations.append(Operation(WRITE, began, UNKNOWN, None, register, (value,), required))
                return
        kind = WRITE if answer.status_code == 200 else REFUSED
        self._note(kind, began, answer, register, (value,), required)

    async def compare_and_set(self) -> None:
        """Writes, if the account is still at the version that it saw last, or at the one before."""
        if self.random.random() < 0.5:
            await self.read()
        await self.write(max(0, self.version - self.random.choice([0, 0, 0, 1])))

    async def read(self) -> None:
        register = self.random.randrange(len(self.task.registers))
        given = {"objectType": "BacklogItem", "objectID": self.task.registers[register]}
        began, answer = await self._answered("getObject", given)
        self._note(READ, began, answer, register, (answer.json()["result"]["name"],))

    async def read_all(self) -> None:
        given = {"projectIDs": self.task.project, "includeProperties": "Project.backlogItems"}
        began, answer = await self._answered("getData", given)
        [project] = answer.json()["result"]["projects"]
        names = {item["id"]: item["name"] for item in project["backlogItems"]}
        self._note(READ_ALL, began, answer, 0, tuple(names[each] for each in self.task.registers))

    async def read_version(self) -> None:
        began, answer = await self._answered("getDataVersion", {})
        assert answer.json()["result"] == answer.json()["dataVersion"]
        self._note(READ_VERSION, began, answer)

    # How it does it ---------------------------------------------------------------------------------------------------

    def _note(
        self,
        kind: str,
        began: float,
        answer: httpx2.Response,
        register: int = 0,
        values: tuple[str, ...] = (),
        required: int | None = None,
    ) -> None:
        version = int(answer.headers["Data-Version"])
        self.version = max(self.version, version)
        self.operations.append(Operation(kind, began, time.monotonic(), version, register, values, required))

    async def _answered(self, method: str, given: dict[str, str]) -> tuple[float, httpx2.Response]:
        """The first answer to a call that only reads, and when that attempt began."""
        while True:
            began = time.monotonic()
            if (answer := await self._answer(method, given)) is not None:
                return began, answer

    async def _answer(self, method: str, given: dict[str, str]) -> httpx2.Response | None:
        """What one attempt is answered; None where nobody knows what came of it. Some hang up before there is one."""
        headers = {"Connection": "close"} if self.random.random() < 0.3 else {}
        patience = self.random.random() * _SHORT if self.random.random() < 0.08 else 60
        try:
            async with asyncio.timeout(patience):
                answer = await self.http.post(f"{self.task.api}/{method}", data=given, headers=headers)
        except (httpx2.TransportError, TimeoutError):
            answer = None
        if answer is not None and answer.status_code in (200, 412):
            return answer
        assert answer is None or answer.status_code in (429, 503), answer.text
        self.counts.repeated += 1
        await asyncio.sleep(_REST)
        return None


async def run(task: Task) -> tuple[list[Operation], Counts]:
    """The operations of all clients of a process."""
    counts = Counts()
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=task.clients)
    async with httpx2.AsyncClient(auth=task.credentials, limits=limits, timeout=60, trust_env=False) as http:
        clients = [Client(task, random.Random(f"{task.seed} {n}"), http, counts) for n in range(task.clients)]
        await asyncio.gather(*(client.run() for client in clients))
    return [each for client in clients for each in client.operations], counts


def main() -> None:
    given: dict[str, Any] = json.load(sys.stdin)
    lists = {name: tuple(given[name]) for name in ("credentials", "registers")}
    operations, counts = asyncio.run(run(Task(**{**given, **lists})))
    json.dump({"operations": [asdict(each) for each in operations], "counts": asdict(counts)}, sys.stdout)


if __name__ == "__main__":
    main()
