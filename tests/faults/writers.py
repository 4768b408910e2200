"""Writers: clients that change things, each only what it has made itself, in every way in which clients do that.

Whatever one writes is a text that is written once, so that the change log tells what became of each call.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import dataclass, field

import orjson

from tests.faults.calling import Caller
from tests.faults.record import Call, digest

MOST = 6
"""Objects of each type that a writer keeps: what it has more it deletes, so that the account does not grow."""


@dataclass(slots=True)
class Writer:
    """Adds, renames and deletes tags and backlog items with tasks, by single calls and batches.

    One that settles later sends each call once, and keeps those that it does not know the outcome of.
    """

    caller: Caller
    project: str
    seed: int
    pause: float = 0.02
    settles_later: bool = False
    open: list[Call] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    count: itertools.count[int] = field(default_factory=itertools.count)

    async def run(self, stop: asyncio.Event) -> None:
        """Writes until told to stop; a patient one ends its last call even so."""
        chance = random.Random(self.seed)
        steps = (self._add_tag, self._rename_tag, self._add_item, self._rename_item, self._delete)
        while not stop.is_set():
            await chance.choice(steps)(chance)
            await asyncio.sleep(self.pause)

    async def settle(self) -> None:
        """Repeats what is open, under the same requestIDs, until each call has an answer."""
        self.caller.is_patient = True
        for call in self.open:
            await self.caller.send(call)

    def _mark(self) -> str:
        return f"{self.caller.name} {next(self.count)}"

    async def _write(self, method: str, *marks: str, **given: str) -> Call:
        call = await self.caller.write(method, given, *marks)
        if self.settles_later and not call.is_answered:
            self.open.append(call)
        return call

    async def _add_tag(self, _chance: random.Random) -> None:
        mark = self._mark()
        call = await self._write("addTag", mark, projectID=self.project, name=mark)
        if call.is_acknowledged:
            self.tags.append(call.result)

    async def _rename_tag(self, chance: random.Random) -> None:
        if self.tags:
            mark = self._mark()
            await self._write("setTagName", mark, tagID=chance.choice(self.tags), name=mark)

    async def _add_item(self, _chance: random.Random) -> None:
        """A backlog item with two tasks, as one version."""
        marks = [self._mark() for _ in range(3)]
        calls = [
            {"method": "addBacklogItem", "name": "item", "parameters": {"projectID": self.project, "name": marks[0]}},
            *(
                {"method": "addTask", "parameters": {"backlogItemID": "$item", "name": mark, "description": 40 * mark}}
                for mark in marks[1:]
            ),
        ]
        call = await self._write("executeBatch", *marks, calls=orjson.dumps(calls).decode())
        if call.is_acknowledged:
            self.items.append(call.result[0])

    async def _rename_item(self, chance: random.Random) -> None:
        if self.items:
            mark = self._mark()
            await self._write("setBacklogItemName", mark, backlogItemID=chance.choice(self.items), name=mark)

    async def _delete(self, _chance: random.Random) -> None:
        """What is older than the newest ones; one that is not answered leaves it to nobody."""
        if len(self.tags) > MOST:
            tag = self.tags.pop(0)
            await self._write("deleteTag", deleted(tag), tagID=tag)
        if len(self.items) > MOST:
            item = self.items.pop(0)
            await self._write("deleteBacklogItem", deleted(item), backlogItemID=item)


@dataclass(slots=True)
class Counter:
    """Counts in the name of a tag that others count in as well: reads it, and writes one more at the version read."""

    caller: Caller
    tag: str
    pause: float = 0.05
    number: itertools.count[int] = field(default_factory=itertools.count)

    async def run(self, stop: asyncio.Event) -> None:
        """Counts until told to stop."""
        while not stop.is_set():
            read = self.caller.record.new(self.caller.name, "getObject", {"objectType": "Tag", "objectID": self.tag})
            await self.caller.send(read)
            read.body = digest(read.result)
            name = count_name(counted(read.result["name"]) + 1, f"{self.caller.name}-{next(self.number)}")
            given = {"tagID": self.tag, "name": name, "requiredDataVersion": str(read.version)}
            await self.caller.write("setTagName", given, name)
            await asyncio.sleep(self.pause)


def count_name(count: int, by: str) -> str:
    """The name of the tag that is counted in."""
    return f"count {count} by {by}"


def counted(name: str) -> int:
    """How far it was counted."""
    return int(name.split()[1])


def deleted(wire_id: str) -> str:
    """The mark of a call that deletes an object."""
    return f"deleted {wire_id}"
