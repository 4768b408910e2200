"""Records a history: processes of clients write and read registers on all workers, of which some are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx2

from tests.concurrency.checking import Written, disorders, has_an_order
from tests.concurrency.client import Task
from tests.concurrency.history import WRITE, Operation, State
from tests.serving import Server
from tests.wire.surroundings import until, workers


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls methods, one by one, as whoever sets things up and looks at them afterwards."""

    api: str
    credentials: tuple[str, str]

    def answer(self, method: str, **given: str) -> Any:
        """The Result; what is refused for a moment is repeated."""
        answers: list[Any] = []

        def is_settled() -> bool:
            try:
                response = httpx2.post(
                    f"{self.api}/{method}", data=given, auth=self.credentials, timeout=60, trust_env=False
                )
            except httpx2.TransportError:
                return False
            answers.append(response.json())
            return response.status_code not in (429, 503)

        until(is_settled)
        assert answers[-1]["objectType"] == "Result", answers[-1]
        return answers[-1]

    def call(self, method: str, **given: str) -> Any:
        """The result."""
        return self.answer(method, **given)["result"]

    def versions(self, since: int) -> list[Any]:
        """What getChanges tells of each version after that one."""
        told: list[Any] = []
        more = True
        while more:
            page = self.call("getChanges", sinceDataVersion=str(since), limit="1000")
            told += page["versions"]
            since, more = page["untilDataVersion"], page["hasMore"]
        return told


@dataclass(frozen=True, slots=True)
class Plan:
    """How a history is made: processes with so many clients each, for so long, and so many workers that are killed."""

    processes: int = 3
    clients: int = 3
    registers: int = 3
    seconds: float = 2.0
    kills: int = 0
    seed: int = 1


@dataclass(slots=True)
class Recorded:
    """A history, with what the server remembers of it."""

    start: State
    operations: list[Operation]
    log: list[Written]
    counts: Counter[str] = field(default_factory=Counter)

    def problems(self) -> list[str]:
        """What is wrong with it; both checks must say the same."""
        wrong = disorders(self.start, self.operations, self.log)
        if has_an_order(self.start, self.operations) and not wrong:
            return []
        return wrong or ["There is no order that fits, though the log says that there is one."]


def record(server: Server, credentials: tuple[str, str], plan: Plan) -> Recorded:
    """Makes a history on registers of its own."""
    caller = Caller(server.api, credentials)
    project = caller.call("addProject", name=f"Registers {time.monotonic_ns()}")
    registers = [caller.call("addBacklogItem", projectID=project, name=f"first {n}") for n in range(plan.registers)]
    version = caller.call("getDataVersion")
    start = State(version, tuple(f"first {n}" for n in range(plan.registers)))
    processes = [
        _begin(
            Task(server.api, credentials, project, tuple(registers), plan.clients, plan.seconds, 1000 * plan.seed + n)
        )
        for n in range(plan.processes)
    ]
    killed = _kill(server, plan)
    printed = [process.communicate()[0] for process in processes]
    assert all(process.returncode == 0 for process in processes), "A process of clients has failed; it says why above."
    said = [json.loads(each) for each in printed]
    operations = [Operation(**{**each, "values": tuple(each["values"])}) for one in said for each in one["operations"]]
    recorded = Recorded(start, operations, [_written(each, registers) for each in caller.versions(version)])
    recorded.counts.update(each.kind for each in operations)
    recorded.counts["unknown"] = sum(1 for each in operations if not each.is_known)
    recorded.counts["compare-and-set"] = sum(
        1 for each in operations if each.kind == WRITE and each.required is not None
    )
    recorded.counts["repeated"] = sum(one["counts"]["repeated"] for one in said)
    recorded.counts["killed"] = killed
    return recorded


def _begin(task: Task) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    json.dump(asdict(task), process.stdin)
    process.stdin.close()
    process.stdin = None
    return process


def _kill(server: Server, plan: Plan) -> int:
    """Kills a worker now and then, while clients are at it; the server starts another one in its place."""
    chance = random.Random(plan.seed)
    for _ in range(plan.kills):
        time.sleep(plan.seconds / (plan.kills + 1))
        os.kill(chance.choice(workers(server.process.pid)), signal.SIGKILL)
    return plan.kills


def _written(version: Any, registers: list[str]) -> Written:
    [change] = version["changes"]
    return Written(version["dataVersion"], registers.index(change["objectID"]), change["newValues"]["name"])
