"""Under steady load everything breaks, again and again; afterwards the clients' own records must fit together.

Every acknowledged call is there exactly once, in the version that was answered; versions have neither gaps nor repeats;
every stream and the webhook told each version that they should tell once, whole and in order.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from scrumrpc.model.image import Image
from scrumrpc.store import images
from scrumrpc.store.database import Connection, Database
from tests.faults.breaking import Deployment, in_thread
from tests.faults.clients import Follower, Receiver, Writer

ROUNDS = int(os.environ.get("SCRUMRPC_TEST_FAULT_ROUNDS", "2"))
"""How often each fault comes."""
MEMBER = "member@example.com"
PATIENCE = 180


class Company:
    """An account with two projects; a member reaches only the second, everybody else both."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.admin = deployment.server.credentials("admin@example.com")
        self.member = (MEMBER, self.admin[1])
        self.hidden = self.call("addProject", name="Hidden")
        self.shared = self.call("addProject", name="Shared")
        person = self.call("addPerson", emailAddress=MEMBER, firstName="Mem")
        self.call("addStakeholder", projectID=self.shared, personID=person)
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


@pytest.mark.slow
def test_no_event_is_lost_or_reordered(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path / "data")
    try:
        company = Company(deployment)
        asyncio.run(Scenario(company).run())
        asyncio.run(check_log_gives_tables(deployment.database_url))
    finally:
        deployment.server.stop()


class Scenario:
    """What happens, and what must be true of it in the end."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.deployment = company.deployment
        self.random = random.Random(4)
        self.receiver = Receiver()
        self.recoveries: list[tuple[float, str]] = []
        self.writers: list[Writer] = []
        self.followers: dict[str, Follower] = {}

    async def run(self) -> None:
        """Lets clients work while everything breaks, then looks at what they recorded."""
        url = await self.receiver.start()
        webhook = await asyncio.to_thread(self.company.call, "addWebhook", url=url)
        self.receiver.secret = webhook["secret"]
        self.start = int(await asyncio.to_thread(self.company.call, "getDataVersion"))
        self.writers = [
            Writer(self.deployment.api, self.company.admin, project, f"{name} {number}")
            for name, project in (("hidden", self.company.hidden), ("shared", self.company.shared))
            for number in range(2)
        ]
        self.followers = self.make_followers()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            following = [group.create_task(each.run()) for each in self.followers.values()]
            writing = [group.create_task(each.run(stop)) for each in self.writers]
            for _ in range(ROUNDS):
                for fault in self.deployment.everything():
                    await self.break_and_recover(fault)
            stop.set()
            await asyncio.gather(*writing)
            await self.check()
            for task in following:
                task.cancel()
        await self.receiver.stop()

    def make_followers(self) -> dict[str, Follower]:
        """Those who follow everything, a project, and as a person who reaches only one project."""
        url, company = f"{self.deployment.address}/service/events", self.company
        of_hidden = f"{url}?projectIDs={company.hidden}"
        return {
            "all": Follower(url, company.admin, self.start),
            "all, often cut": Follower(url, company.admin, self.start),
            "of a project": Follower(of_hidden, company.admin, self.start),
            "member": Follower(url, company.member, self.start),
        }

    async def break_and_recover(self, fault: Any) -> None:
        """Breaks something under load, and waits until each writer gets answers again."""
        self.receiver.failures_left = self.random.choice([0, 0, 1])
        self.followers["all, often cut"].cut.set()
        await asyncio.sleep(self.random.uniform(0.1, 0.6))
        await in_thread(fault)
        broken = time.monotonic()
        before = [len(writer.acknowledged) for writer in self.writers]
        await until_none(
            lambda: [w.name for w, count in zip(self.writers, before, strict=True) if len(w.acknowledged) < count + 3]
        )
        self.recoveries.append((time.monotonic() - broken, fault.__name__))

    async def check(self) -> None:
        """What clients were told, against what getChanges tells now."""
        final = int(await asyncio.to_thread(self.company.call, "getDataVersion"))
        versions = await asyncio.to_thread(self.company.versions, self.start)
        assert [version["dataVersion"] for version in versions] == list(range(self.start + 1, final + 1))
        await self.caught_up(final)
        self.check_writers(versions)
        hidden, shared = (
            [version for version in versions if version["changes"][0]["projectID"] == project]
            for project in (self.company.hidden, self.company.shared)
        )
        expected = {"all": versions, "all, often cut": versions, "of a project": hidden, "member": shared}
        for name, follower in self.followers.items():
            assert [version for version, _ in follower.events] == [each["dataVersion"] for each in expected[name]], name
            assert [told for _, told in follower.events] == expected[name], name
        self.check_webhook(versions)
        self.print_figures(final)

    async def caught_up(self, final: int) -> None:
        """Waits until streams and webhook have told everything."""

        def missing() -> list[str]:
            late = [name for name, follower in self.followers.items() if follower.last < final]
            received = self.receiver.received
            if not received or received[-1].data["dataVersion"] < final or not received[-1].acknowledged:
                late.append("webhook")
            return late

        await until_none(missing)

    def check_writers(self, versions: list[Any]) -> None:
        """Every acknowledged tag was made once, in the version that was answered, under the id that was answered."""
        made: dict[str, tuple[int, str]] = {}
        for version in versions:
            [change] = version["changes"]
            name = change["newValues"]["name"]
            assert name not in made, f"{name} was made twice"
            made[name] = (version["dataVersion"], change["objectID"])
        acknowledged = {name: (a.version, a.id) for writer in self.writers for name, a in writer.acknowledged.items()}
        assert made == acknowledged

    def check_webhook(self, versions: list[Any]) -> None:
        """Each version is taken, in order; a message that comes again is the same one, and no other came since."""
        receiver = self.receiver
        assert receiver.forged == 0
        in_order: list[Any] = []
        last_id = ""
        for received in receiver.received:
            if received.message_id == last_id:
                assert received.data == in_order[-1]
            else:
                in_order.append(received.data)
                last_id = received.message_id
        assert in_order == versions
        taken = {received.data["dataVersion"] for received in receiver.received if received.acknowledged}
        assert taken == {version["dataVersion"] for version in versions}

    def print_figures(self, final: int) -> None:
        """What the closing note tells."""
        slowest = max(self.recoveries)
        repeats = sum(writer.repeats for writer in self.writers)
        print(
            f"\n{len(self.recoveries)} faults; versions {self.start + 1} to {final}, all acknowledged, {repeats} calls"
            f" repeated; slowest recovery {slowest[0]:.1f} s ({slowest[1]});"
            f" webhook: {len(self.receiver.received)} requests;"
        )
        for name, follower in self.followers.items():
            print(f"stream ({name}): {len(follower.events)} events over {follower.connections} connections")


async def until_none(late: Callable[[], list[str]]) -> None:
    """Waits until nobody is late any more."""
    deadline = time.monotonic() + PATIENCE
    while names := late():
        assert time.monotonic() < deadline, names
        await asyncio.sleep(0.02)


async def check_log_gives_tables(url: str) -> None:
    """The third law holds after all that as well."""
    database = Database(url, size=1)
    await database.open()

    async def both(conn: Connection) -> tuple[Image, Image]:
        return await images.load_from_tables(conn, 1), await images.load_from_log(conn, 1)

    tables, log = await database.read(both)
    await database.close()
    assert {record.number: record for record in log.records()} == {record.number: record for record in tables.records()}
    assert log.version == tables.version
