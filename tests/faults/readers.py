"""Readers: clients that read the present and the past, and those that poll; what they are told is kept as digests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.calling import Caller
from tests.faults.record import Call, digest
from tests.faults.writers import Writer
from tests.world import EVERYTHING


@dataclass(slots=True)
class Reader:
    """Reads all data, parts of it and single objects, now and at past versions; tries nothing twice."""

    caller: Caller
    writers: Sequence[Writer]
    start: int
    seed: int
    pause: float = 0.03

    async def run(self, stop: asyncio.Event) -> None:
        """Reads until told to stop."""
        chance = random.Random(self.seed)
        newest = self.start
        while not stop.is_set():
            method, given = self._question(chance)
            if chance.random() < 0.4:
                given["atDataVersion"] = str(chance.randint(self.start, newest))
            call = self.caller.record.new(self.caller.name, method, given)
            await self.caller.attempt(call)
            _keep_digest(call)
            newest = max(newest, call.version or 0)
            await asyncio.sleep(self.pause)

    def _question(self, chance: random.Random) -> tuple[str, dict[str, str]]:
        writer = chance.choice(self.writers)
        kinds = (("Tag", writer.tags), ("BacklogItem", writer.items))
        object_type, ids = chance.choice(kinds)
        kind = chance.random()
        if kind < 0.4 and ids:
            given = {"objectType": object_type, "objectID": chance.choice(ids), "includeProperties": EVERYTHING}
            return "getObject", given
        if kind < 0.7:
            return "getBacklogItems", {"projectIDs": writer.project, "limit": "50"}
        return "getData", {"includeProperties": EVERYTHING}


@dataclass(slots=True)
class Poller:
    """Asks for the version, waits for the next one, and reads everything unless it has it already."""

    caller: Caller
    start: int
    pause: float = 0.03
    tag: str | None = None
    body: bytes | None = None
    unchanged: int = field(default=0)

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until told to stop."""
        known = self.start
        while not stop.is_set():
            for call in (self._new("getDataVersion"), self._new("waitForDataVersion", str(known))):
                await self.caller.attempt(call)
                known = max(known, call.version or 0)
            for _ in range(2):
                await self._read_unless_known()
            await asyncio.sleep(self.pause)

    def _new(self, method: str, known: str | None = None) -> Call:
        given = {} if known is None else {"newerThanDataVersion": known, "timeout": "2"}
        return self.caller.record.new(self.caller.name, method, given)

    async def _read_unless_known(self) -> None:
        call = self.caller.record.new(self.caller.name, "getData", {"includeProperties": EVERYTHING})
        answer = await self.caller.attempt(call, {"If-None-Match": self.tag} if self.tag else {})
        if answer is None:
            return
        if answer.status_code == 304:
            self.unchanged += 1
            call.body = self.body
            return
        _keep_digest(call)
        if call.is_acknowledged:
            self.tag, self.body = answer.headers["ETag"], call.body


def _keep_digest(call: Call) -> None:
    if call.is_acknowledged:
        call.body, call.result = digest(call.result), None
