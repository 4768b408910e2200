"""Calls that are sent at the same time, so that they share transactions, and what comes of them."""

from __future__ import annotations

import asyncio
from typing import Any

from scrumrpc.calls.pipeline import Answer
from tests.world import World

Call = tuple[str, dict[str, str]]


def at_once(world: World, *calls: Call, by: dict[int, str] | None = None) -> list[Any]:
    """How calls end that come at once, in this order: what they answer, or their errors."""

    async def together() -> list[Any]:
        sends = (world.send(method, (by or {}).get(n), **given) for n, (method, given) in enumerate(calls))
        return await asyncio.gather(*sends, return_exceptions=True)

    return world.run(together())


def item(project: str, name: str, **given: str) -> Call:
    return "addBacklogItem", {"projectID": project, "name": name, **given}


def tag(project: str, name: str, **given: str) -> Call:
    return "addTag", {"projectID": project, "name": name, **given}


def names(world: World, what: str = "backlogItems") -> list[str]:
    return [each["name"] for each in world.data()["projects"][0][what]]


def versions_of(ends: list[Any]) -> list[int]:
    return [end.version for end in ends if isinstance(end, Answer)]
