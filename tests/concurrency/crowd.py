"""A crowd at one account: whatever changes something, all at once on many connections, beside readers and operators.

Each of its members does one thing again and again, and counts how often it was done.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

REFUSED_FOR_A_MOMENT = (429, 503)


@dataclass(slots=True)
class Member:
    """One connection of somebody who calls an account."""

    api: str
    credentials: tuple[str, str]
    what: str
    done: int = 0
    versions: list[int] = field(default_factory=list)
    """Those that its changes were answered."""
    has_done_some: asyncio.Event = field(default_factory=asyncio.Event)

    def client(self) -> httpx2.AsyncClient:
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1)
        return httpx2.AsyncClient(auth=self.credentials, limits=limits, timeout=120, trust_env=False, verify=False)

    async def call(self, http: httpx2.AsyncClient, method: str, **given: str) -> Any:
        """The result; what is refused for a moment is repeated, and nothing else is ever refused."""
        while True:
            answer = await http.post(f"{self.api}/{method}", data=given)
            if answer.status_code not in REFUSED_FOR_A_MOMENT:
                break
            await asyncio.sleep(0.02)
        said = answer.json()
        assert said["objectType"] == "Result", f"{self.what}: {method} {given}: {said}"
        if "requestID" in given:
            self.versions.append(said["dataVersion"])
        return said["result"]


@dataclass(slots=True)
class Ground:
    """What the crowd works on: a project with backlog items whose estimates are the sums of their tasks'."""

    project: str
    items: list[str]
    added: Counter[str] = field(default_factory=Counter)
    """Tasks that were acknowledged, by backlog item."""


Doing = Callable[[Member, httpx2.AsyncClient, Ground, random.Random], Awaitable[None]]


async def add(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    item = chance.choice(ground.items)
    await member.call(http, "addTask", requestID=secrets.token_hex(8), **_task(item))
    ground.added[item] += 1


async def add_many(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    """Tasks for several backlog items in one batch, in any order of these."""
    items = chance.sample(ground.items, len(ground.items))
    calls = [{"method": "addTask", "parameters": _task(item)} for item in items]
    await member.call(http, "executeBatch", requestID=secrets.token_hex(8), calls=orjson.dumps(calls).decode())
    ground.added.update(items)


async def move(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    index = str(chance.randrange(len(ground.items)))
    await member.call(http, "moveBacklogItem", backlogItemID=chance.choice(ground.items), index=index)


async def take_back(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    given = {"projectID": ground.project, "name": secrets.token_hex(8), "requestID": secrets.token_hex(8)}
    await member.call(http, "addTag", **given)
    version = str(member.versions[-1])
    await member.call(http, "revertVersion", dataVersion=version, requestID=secrets.token_hex(8))


async def change_keys(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    added = await member.call(http, "addAPIKey", name="for a moment")
    await member.call(http, "deleteAPIKey", apiKeyID=added["id"])


async def change_webhooks(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    added = await member.call(http, "addWebhook", url="https://127.0.0.1/", projectIDs=ground.project)
    await member.call(http, "disableWebhook", webhookID=added["id"])
    await member.call(http, "deleteWebhook", webhookID=added["id"])


async def name_versions(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    name = f"name {secrets.token_hex(4)}"
    await member.call(http, "addNamedVersion", name=name)
    await member.call(http, "deleteNamedVersion", name=name)


async def look(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    """In each answer the sums are those of the tasks in it; an estimate of -1 is none."""
    data = await member.call(http, "getData", includeProperties="Project.backlogItems,BacklogItem.tasks")
    items = {item["id"]: item for project in data["projects"] for item in project["backlogItems"]}
    for item in (items[each] for each in ground.items):
        parts = [task["estimate"] for task in item["tasks"]]
        assert max(item["estimate"], 0) == sum(parts), f"{item['name']} has {item['estimate']}, its tasks {parts}"


async def wait(member: Member, http: httpx2.AsyncClient, ground: Ground, chance: random.Random) -> None:
    version = await member.call(http, "getDataVersion")
    await member.call(http, "waitForDataVersion", newerThanDataVersion=str(version), timeout="20")


def _task(item: str) -> dict[str, str]:
    return {"backlogItemID": item, "name": "t", "estimate": "1", "estimateUnit": "Hours"}


CROWD: dict[str, tuple[Doing, int]] = {
    "adds a task": (add, 32),
    "adds tasks in a batch": (add_many, 6),
    "moves backlog items": (move, 4),
    "takes a version back": (take_back, 4),
    "adds and deletes a key": (change_keys, 3),
    "adds and deletes a webhook": (change_webhooks, 3),
    "names a version": (name_versions, 2),
    "reads everything": (look, 6),
    "waits for a version": (wait, 4),
}
"""What there is to do, and on how many connections: 64 of them."""


async def work(member: Member, doing: Doing, ground: Ground, is_over: asyncio.Event, seed: int) -> None:
    """Does one thing again and again until it is over."""
    chance = random.Random(seed)
    async with member.client() as http:
        while not is_over.is_set():
            await doing(member, http, ground, chance)
            member.done += 1
            if member.done > 1:
                member.has_done_some.set()


async def gather_crowd(
    api: str, credentials: tuple[str, str], ground: Ground, meanwhile: Callable[[list[Member]], Awaitable[None]]
) -> list[Member]:
    """Lets the whole crowd work for as long as `meanwhile` takes; whoever fails ends it all."""
    is_over = asyncio.Event()
    members: list[Member] = []
    seeds = itertools.count()
    async with asyncio.TaskGroup() as group:
        for what, (doing, connections) in CROWD.items():
            for _ in range(connections):
                member = Member(api, credentials, what)
                members.append(member)
                group.create_task(work(member, doing, ground, is_over, next(seeds)))
        try:
            await meanwhile(members)
        finally:
            is_over.set()
    return members
