"""Replay: what the account was at each version, by its change log alone, and what it should have answered then."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import orjson

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import ApiError
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record as ObjectRecord
from scrumrpc.store import images
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.images import Images
from scrumrpc.store.log import record_of
from scrumrpc.wire.endpoint import result_of
from tests.faults.checks import Logged
from tests.faults.record import Call, digest

_LOG = """
SELECT version, object_id, object_type, changed, state FROM changes WHERE account_id = 1 ORDER BY version, object_id
"""


async def read_log(database: Database) -> list[Logged]:
    """The change log of the first account, oldest first."""

    async def work(conn: Connection) -> list[Logged]:
        cursor = await conn.execute(_LOG)
        ids: dict[int, str] = {}
        log = []
        async for version, number, object_type, changed, state in cursor:
            if state is not None:
                ids[number] = state["id"]
            log.append(Logged(version, number, ids[number], object_type, state, changed))
        return log

    return await database.read(work)


class Replayed(Images):
    """Images of the past, each made anew of what the log says, object by object; nothing of the server's own."""

    def __init__(self, database: Database, log: Sequence[Logged]) -> None:
        super().__init__(database, 2**62)
        self._versions = [(version, list(changes)) for version, changes in groupby(log, lambda each: each.version)]
        self._next = 0
        self._objects: dict[int, ObjectRecord] = {}
        self._image = Image(1, 0)

    async def at(self, account: int, _epoch: str, version: int) -> Image:
        """The image at a version; it costs less to ask in their order."""
        if version < self._image.version:
            self._next, self._objects = 0, {}
        while self._next < len(self._versions) and self._versions[self._next][0] <= version:
            for each in self._versions[self._next][1]:
                if (state := record_of(each.number, each.object_type, each.state)) is None:
                    del self._objects[each.number]
                else:
                    self._objects[each.number] = state
            self._next += 1
        if version != self._image.version:
            self._image = Image(account, version, self._objects.values(), self.origin)
        return self._image


async def answers(url: str, credentials: tuple[str, str], log: Sequence[Logged], calls: Sequence[Call]) -> list[str]:
    """Every reading call was answered with the state at the version that the answer carries; what is wrong."""
    read = [call for call in calls if not call.marks and call.is_answered and call.method in _STATES]
    database = Database(url, size=1)
    await database.open()
    limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
    pipeline = Calls(database, Replayed(database, log), limits)
    problems: list[str] = []
    for call in sorted(read, key=lambda call: call.read_version or 0):
        given = {**call.given, "atDataVersion": str(call.read_version)}
        try:
            answer = await pipeline.call(call.method, given, credentials_of(*credentials), "replay")
            expected: object = digest(orjson.loads(b"".join(result_of(answer)))["result"])
        except ApiError as error:
            expected = error.error_id
        if (call.error or call.body) != expected:
            what = call.error or "another state"
            problems.append(f"{call.client}: {call.method} {dict(call.given)} at version {call.read_version}: {what}")
        if call.is_acknowledged and call.version != call.read_version:
            problems.append(f"{call.client}: {call.method} {dict(call.given)} answered as of version {call.version}")
    await pipeline.close()
    await database.close()
    return problems


_STATES = ("getData", "getObject", "getBacklogItems")


async def log_gives_tables(database: Database) -> list[str]:
    """The third law; what is wrong."""

    async def both(conn: Connection) -> tuple[Image, Image]:
        return await images.load_from_tables(conn, 1), await images.load_from_log(conn, 1)

    tables, log = await database.read(both)
    in_tables, in_log = ({record.number: record for record in image.records()} for image in (tables, log))
    if tables.version == log.version and in_tables == in_log:
        return []
    wrong = [number for number in in_tables.keys() | in_log.keys() if in_tables.get(number) != in_log.get(number)]
    return [f"tables at version {tables.version}, log at {log.version}; objects that differ: {sorted(wrong)[:20]}"]
