"""Giving up history beside calls: whoever reads meanwhile gets what was, or is told that it is gone."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import DataVersionNoLongerKept, RequirementNotSatisfied
from scrumrpc.store import compaction
from scrumrpc.store.database import ping
from scrumrpc.store.images import Images
from tests.store.giving_up import age
from tests.world import World

Items = tuple[tuple[str, str], ...]
"""Ids and names, in order."""


class Story:
    """An account whose writer remembers what each version was; readers, a namer and compactions beside it."""

    def __init__(self, world: World, project: str, seed: int) -> None:
        self.world, self.project, self.random = world, project, Random(seed)
        self.items: dict[int, Items] = {world.version: ()}
        self.changed: dict[int, str] = {}
        self.present = world.version
        self.gone = self.read = 0
        self.is_over = False
        self.written = asyncio.Event()

    async def write(self, count: int) -> None:
        for n in range(count):
            items = list(self.items[self.present])
            what = self.random.randrange(4)
            place = self.random.randrange(len(items)) if items else 0
            if what == 0 or len(items) < 3:
                given = {"projectID": self.project, "name": str(n)}
                answer = await self.world.send("addBacklogItem", **given)
                item = str(answer.result)
                items.append((item, str(n)))
            elif what == 1:
                item, _ = items.pop(place)
                answer = await self.world.send("deleteBacklogItem", backlogItemID=item)
            else:
                item, _ = items[place]
                answer = await self.world.send("setBacklogItemName", backlogItemID=item, name=str(n))
                items[place] = (item, str(n))
            self.items[answer.version], self.changed[answer.version] = tuple(items), item
            self.present = answer.version
            self.written.set()
        self.is_over = True

    async def look(self, calls: Calls) -> None:
        while not self.is_over:
            version = self.random.choice(list(self.items)[-12:])
            since = self.random.randint(0, version)
            given = {"atDataVersion": str(version), "limit": "1000"}
            if self.random.randrange(2):
                given["changedSince"] = str(since)
            try:
                answer = await calls.call("getBacklogItems", given, self.who, "test")
            except DataVersionNoLongerKept:
                self.gone += 1
                continue
            self.read += 1
            found = [(each["id"], each["name"]) for each in self.world.read(answer)["backlogItems"]]
            assert found == self.expected(version, since if "changedSince" in given else None), (version, given)

    async def look_at_the_present(self, calls: Calls) -> None:
        while not self.is_over:
            before = self.present
            since = self.random.randint(0, before)
            answer = await calls.call(
                "getBacklogItems", {"changedSince": str(since), "limit": "1000"}, self.who, "test"
            )
            while answer.version not in self.items:
                self.written.clear()
                await self.written.wait()  # the writer has not heard of it yet
            assert answer.version >= before
            found = [(each["id"], each["name"]) for each in self.world.read(answer)["backlogItems"]]
            assert found == self.expected(answer.version, since), (answer.version, since)
            await asyncio.sleep(self.random.random() / 20)

    def expected(self, version: int, since: int | None) -> list[tuple[str, str]]:
        items = list(self.items[version])
        if since is None:
            return items
        changed = {item for at, item in self.changed.items() if since < at <= version}
        return [each for each in items if each[0] in changed]

    async def name(self) -> None:
        while not self.is_over:
            given = {"name": self.random.choice("ab"), "dataVersion": str(self.random.choice(list(self.items)[-8:]))}
            try:
                await self.world.send("addNamedVersion", **given)
            except RequirementNotSatisfied:
                await self.world.send("deleteNamedVersion", name=given["name"])
            except DataVersionNoLongerKept:
                pass
            await asyncio.sleep(self.random.random() / 20)

    async def give_up(self) -> None:
        while not self.is_over:
            async with self.world.database.begin(ping) as (conn, _):
                await age(conn, self.world.account, max(0, self.present - self.random.randrange(6)))
                await compaction.compact(conn, self.world.account, 5)
            await asyncio.sleep(self.random.random() / 20)

    @property
    def who(self) -> Any:
        return credentials_of(self.world.admin, self.world.key)


def worker(world: World, limit: int) -> Calls:
    limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
    return Calls(world.database, Images(world.database, limit), limits)


def test_readers_writers_names_and_compactions_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_BATCH", 3)
    story = Story(world, world.call("addProject", name="A"), 1)

    async def all_at_once() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(story.write(80))
            for limit in (1, 10**9):
                group.create_task(story.look(worker(world, limit)))
            group.create_task(story.look_at_the_present(worker(world, 10**9)))
            group.create_task(story.name())
            group.create_task(story.give_up())

    world.run(all_at_once())
    assert story.read > 10
    assert story.gone > 10
    assert world.call("getVersions", limit="1")["oldestDataVersion"] > 30
