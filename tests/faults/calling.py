"""Calling: what all clients of the API do alike: send a call, note what was heard, send it again or not."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from tests.faults.record import Call, Record

_PATIENT, _IMPATIENT = 30.0, 2.0
_PAUSE = 0.05


@dataclass(slots=True)
class Caller:
    """One client, with connections of its own. `answered` counts the answers that say how a call ended.

    An impatient one gives up after two seconds, and whatever goes wrong. One that never repeats a call may do without
    requestIDs, and does now and then.
    """

    name: str
    api: str
    credentials: tuple[str, str]
    record: Record
    is_patient: bool = True
    repeats: bool = True
    answered: int = 0
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.AsyncClient(
            auth=self.credentials, timeout=_PATIENT if self.is_patient else _IMPATIENT, base_url=f"{self.api}/"
        )

    async def write(self, method: str, given: Mapping[str, str], *marks: str) -> Call:
        """A call that changes something, mostly under a requestID."""
        if self.repeats or self.answered % 2:
            given = {**given, "requestID": secrets.token_hex(8), "onRepeat": "result"}
        call = self.record.new(self.name, method, given, *marks)
        await self.send(call)
        return call

    async def send(self, call: Call) -> None:
        """Sends it until there is an answer; an impatient client sends it once."""
        while True:
            if await self.attempt(call) or not self.is_patient:
                return
            await asyncio.sleep(_PAUSE)

    async def attempt(self, call: Call, headers: Mapping[str, str] | None = None) -> httpx2.Response | None:
        """Sends it once; the answer, if one came that says how the call ended. With headers it is a GET."""
        call.attempts += 1
        try:
            if headers is None:
                answer = await self.client.post(call.method, data=dict(call.given))
            else:
                answer = await self.client.get(call.method, params=dict(call.given), headers=dict(headers))
        except httpx2.TransportError:
            call.status = None
            self.record.set_back(None)
            return None
        call.ended = time.monotonic()
        call.hear(answer)
        if not call.is_answered:
            self.record.set_back(answer)
            return None
        self.answered += 1
        return answer
