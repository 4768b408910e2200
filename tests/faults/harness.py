"""Harness: clients work with a deployment while everything breaks, again and again; then their records are checked."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter as Counts
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from scrumrpc.store.database import Database
from tests.faults import checks, replay
from tests.faults.calling import Caller
from tests.faults.deployment import Deployment
from tests.faults.followers import Follower, Receiver
from tests.faults.kinds import Fault, title
from tests.faults.readers import Poller, Reader
from tests.faults.record import Record
from tests.faults.writers import Counter, Writer, count_name

MEMBER = "member@example.com"
PATIENCE = 180


class Company:
    """An account with two projects; a member reaches only the second, everybody else both."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.admin = deployment.admin
        self.member = (MEMBER, self.admin[1])
        self.hidden = self.call("addProject", name="Hidden")
        self.shared = self.call("addProject", name="Shared")
        person = self.call("addPerson", emailAddress=MEMBER, firstName="Mem")
        self.call("addStakeholder", projectID=self.shared, personID=person)
        self.counter = self.call("addTag", projectID=self.shared, name=count_name(0, "nobody"))
        switch = ["account", "access-control", "1", "on", "--data", str(deployment.folder)]
        subprocess.run([sys.executable, "-m", "scrumrpc", *switch], check=True, capture_output=True)

    def call(self, method: str, **given: str) -> Any:
        """The result of a call of the administrator's."""
        answer = httpx2.post(f"{self.deployment.api}/{method}", data=given, auth=self.admin, timeout=60).json()
        assert answer["objectType"] == "Result", answer
        return answer["result"]

    def versions(self, since: int) -> list[Any]:
        """What getChanges tells of each version since, page by page."""
        told: list[Any] = []
        more = True
        while more:
            page = self.call("getChanges", sinceDataVersion=str(since), limit="500")
            told += page["versions"]
            since, more = page["untilDataVersion"], page["hasMore"]
        return told


@dataclass(frozen=True, slots=True)
class Recovery:
    """How many seconds a fault lasted, and how many more it took until all clients were answered again.

    `setbacks` counts what clients were told from its begin to that time in place of an answer.
    """

    fault: Fault
    lasted: float
    seconds: float
    setbacks: Counts[str]


class Scenario:
    """What happens. `recoveries` has what came of each fault."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.deployment = company.deployment
        self.random = random.Random(seed)
        self.record = Record()
        self.receiver = Receiver()
        self.recoveries: list[Recovery] = []
        self.start = int(company.call("getDataVersion"))

    async def run(self, faults: Sequence[Fault]) -> None:
        """Lets clients work while things break one after the other."""
        await self.deployment.front.start()
        url = await self.receiver.start()
        webhook = await asyncio.to_thread(self.company.call, "addWebhook", url=url)
        self.receiver.secret = webhook["secret"]
        self._make_clients()
        try:
            await self._work(faults)
        finally:
            await self.receiver.stop()
            await self.deployment.front.stop()

    async def _work(self, faults: Sequence[Fault]) -> None:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            following = [group.create_task(each.run()) for each in self.followers.values()]
            working = [group.create_task(each.run(stop)) for each in self.workers]
            for number, fault in enumerate(faults, start=1):
                await self._break_and_recover(fault)
                print(f"{number}/{len(faults)} {title(fault)}: {self.recoveries[-1].seconds:.1f} s", flush=True)
            stop.set()
            await asyncio.gather(*working)
            self.left_open = len(self.later.open)
            await self.later.settle()
            await self._caught_up()
            for task in following:
                task.cancel()
        for each in self.workers:
            await each.caller.client.aclose()

    def _make_clients(self) -> None:
        company, front = self.company, f"http://127.0.0.1:{self.deployment.front.port}/service/api/v1"
        direct = self.deployment.api

        def caller(name: str, api: str, *, is_patient: bool = True, repeats: bool = True) -> Caller:
            return Caller(name, api, company.admin, self.record, is_patient, repeats)

        self.later = Writer(caller("settles later", front, is_patient=False), company.hidden, 4, settles_later=True)
        writers = [
            Writer(caller("hidden 1", direct), company.hidden, 0),
            Writer(caller("hidden 2", front), company.hidden, 1),
            Writer(caller("shared 1", direct), company.shared, 2),
            Writer(caller("gives up", front, is_patient=False, repeats=False), company.shared, 3),
            self.later,
        ]
        counters = [
            Counter(caller(f"counter {number}", api), company.counter) for number, api in enumerate((direct, front))
        ]
        readers = [
            Reader(caller(f"reader {number}", api, is_patient=False), writers[:4], self.start, number)
            for number, api in enumerate((direct, front))
        ]
        pollers = [
            Poller(caller(f"poller {number}", api, is_patient=False), self.start)
            for number, api in enumerate((direct, front))
        ]
        self.workers: list[Writer | Counter | Reader | Poller] = [*writers, *counters, *readers, *pollers]
        events, member = f"{self.deployment.address}/service/events", company.member
        self.followers = {
            "all": Follower(events, company.admin, self.start),
            "all, often cut": Follower(events, company.admin, self.start),
            "of a project": Follower(f"{events}?projectIDs={company.hidden}", company.admin, self.start),
            "member": Follower(events, member, self.start),
        }

    async def _break_and_recover(self, fault: Fault) -> None:
        """Breaks something under load, and waits until each client gets answers again."""
        self.receiver.failures_left = self.random.choice([0, 0, 1]) if self.receiver.takes else 0
        self.followers["all, often cut"].cut.set()
        await asyncio.sleep(self.random.uniform(0.1, 0.6))
        began = time.monotonic()
        await asyncio.to_thread(fault, self.deployment)
        broken = time.monotonic()
        callers = [each.caller for each in self.workers]
        before = [caller.answered for caller in callers]
        await until_none(
            lambda: [c.name for c, count in zip(callers, before, strict=True) if c.answered < count + 2], title(fault)
        )
        told = Counts(what for when, what in self.record.setbacks if when >= began)
        self.recoveries.append(Recovery(fault, broken - began, time.monotonic() - broken, told))

    async def _caught_up(self) -> None:
        """Waits until streams and webhook have told everything."""
        self.final = int(await asyncio.to_thread(self.company.call, "getDataVersion"))

        def missing() -> list[str]:
            late = [name for name, follower in self.followers.items() if follower.last < self.final]
            received = self.receiver.received
            if not received or received[-1].data["dataVersion"] < self.final or not received[-1].acknowledged:
                late.append("webhook")
            return late

        await until_none(missing, "the end")

    async def check(self) -> list[str]:
        """What is wrong with what clients were told."""
        database = Database(self.deployment.database_url, size=1)
        await database.open()
        whole = await replay.read_log(database)
        log = [each for each in whole if each.version > self.start]
        versions = await asyncio.to_thread(self.company.versions, self.start)
        calls = self.record.calls
        problems = [
            *checks.numbering([version["dataVersion"] for version in versions], self.start, self.final),
            *checks.effects(calls, log),
            *checks.counting(whole, self.company.counter),
            *checks.real_time_order(calls),
            *await replay.answers(self.deployment.database_url, self.company.admin, whole, calls),
            *await replay.log_gives_tables(database),
            *self._streams(versions),
            *self.record.unclear,
            *checks.deliveries(self.receiver.received, self.receiver.forged, versions),
        ]
        await database.close()
        return problems

    def _streams(self, versions: list[Any]) -> list[str]:
        """Each stream told each version that it should tell once, whole and in order."""
        hidden, shared = (
            [version for version in versions if version["changes"][0]["projectID"] == project]
            for project in (self.company.hidden, self.company.shared)
        )
        expected = {"all": versions, "all, often cut": versions, "of a project": hidden, "member": shared}
        return [
            problem
            for name, follower in self.followers.items()
            for problem in checks.stream(name, follower.events, expected[name])
        ]


async def until_none(late: Callable[[], list[str]], after: str) -> None:
    """Waits until nobody is late any more."""
    deadline = time.monotonic() + PATIENCE
    while names := late():
        assert time.monotonic() < deadline, f"after {after} still late: {names}"
        await asyncio.sleep(0.02)
