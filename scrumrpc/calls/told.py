"""Told: versions put into words for one caller: what each changed, as far as the caller may and wants to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson

from scrumrpc.model.record import Record
from scrumrpc.model.telling import Telling, telling_of
from scrumrpc.store.changes import LoggedChange, Stretch, VersionMade, logged_changes, wire_ids
from scrumrpc.store.database import Connection, Database

_STEP = 1_000
"""How many changes are read from the log at once: a large version takes the memory of its JSON, not of all its rows."""
_LAST = 2**63 - 1
"""Comes after the numbers of all objects."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a caller wants to know of: projects by their numbers, object types by their names; None: all of them.

    With `number`, only of the object of that number.
    """

    projects: frozenset[int] | None = None
    types: frozenset[str] | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One version as one caller may know it: a complete Version object, and how many changes it is about."""

    version: int
    json: bytes
    changes: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What a caller sees of the changes: objects of these projects, and people; of these types. None: of all."""

    projects: frozenset[int] | None
    types: frozenset[str] | None
    number: int | None = None

    @classmethod
    def of(cls, reach: frozenset[int] | None, choice: Choice) -> Sight:
        """What `reach`, the projects that the caller reaches today, leaves of what the caller has chosen."""
        limits = [limit for limit in (reach, choice.projects) if limit is not None]
        return cls(frozenset.intersection(*limits) if limits else None, choice.types, choice.number)

    def stretch(self, account: int, since: int, until: int) -> Stretch:
        """The versions after `since` up to `until`, with what can be of interest in them."""
        return Stretch(account, since, until, self.projects, self.types)

    def of_object(self, before: Record | None, after: Record | None) -> list[tuple[Record | None, Record | None]]:
        """An object before and after a change, as far as it is seen; one that is of another type by now is two."""
        old, new = before if before and self.has(before) else None, after if after and self.has(after) else None
        if old and new and old.type != new.type:
            return [(old, None), (None, new)]
        return [(old, new)] if old or new else []

    def has(self, record: Record) -> bool:
        """Whether the object is seen."""
        is_near = self.projects is None or record.project is None or record.project in self.projects
        return is_near and (self.types is None or record.type in self.types)


async def told(
    database: Database,
    account: int,
    reach: frozenset[int] | None,
    choice: Choice,
    since: int,
    until: int,
    most: int,
    *,
    origin: str,
    largest: int | None = None,
) -> tuple[list[Told], int]:
    """The versions after `since` up to `until`, oldest first, of which reach and choice leave something.

    Whole versions only, ending after about `most` changes; and the version up to which this tells all, which is `until`
    where nothing is left out. `reach` are the projects that the caller reaches today, None where there is no limit;
    `origin` is where this server is reached. Where a version has more than `largest` changes, they are null.
    DataVersionNoLongerKept where changes after `since` are given up.
    """
    sight = Sight.of(reach, choice)
    stretch = sight.stretch(account, since, until)
    versions: list[_Version] = []
    count, place = 0, (since, _LAST)
    while place < (until, _LAST):
        step = await database.read_of(account, partial(_step, sight=sight, stretch=stretch, after=place))
        for made, changes in step.changes:
            if not versions or versions[-1].made != made:
                if count >= most:
                    return [version.told() for version in versions], versions[-1].made.version
                versions.append(_Version(made, None if made.person is None else step.ids[made.person], largest))
            versions[-1].add(changes, step.ids, origin)
            count += len(changes)
        if step.last is None:
            break
        place = step.last
        if versions and versions[-1].is_cut and versions[-1].made.version == place[0]:
            place = (place[0], _LAST)
    return [version.told() for version in versions], until


@dataclass(frozen=True, slots=True)
class _Step:
    """Some changes that follow one another; `last` is the version and the object of the last row, None at the end."""

    changes: list[tuple[VersionMade, list[Telling]]]
    ids: Mapping[int, str]
    last: tuple[int, int] | None


async def _step(conn: Connection, sight: Sight, stretch: Stretch, after: tuple[int, int]) -> _Step:
    rows = await logged_changes(conn, stretch, after, _STEP, sight.number)
    changes = [(row.made, seen) for row in rows if (seen := _tellings(sight, row))]
    numbers = {number for _, seen in changes for telling in seen for number in telling.numbers()}
    numbers |= {made.person for made, _ in changes if made.person is not None}
    ids = await wire_ids(conn, stretch.account, numbers) if numbers else {}
    return _Step(changes, ids, (rows[-1].made.version, rows[-1].number) if len(rows) == _STEP else None)


def _tellings(sight: Sight, row: LoggedChange) -> list[Telling]:
    told = (telling_of(*sides) for sides in sight.of_object(row.before, row.after))
    return [telling for telling in told if telling]


@dataclass(slots=True)
class _Version:
    """A version while its changes are collected; `is_cut` once they have become too many."""

    made: VersionMade
    person: str | None
    largest: int | None
    parts: list[bytes] = field(default_factory=list)
    count: int = 0
    is_cut: bool = False

    def add(self, changes: Sequence[Telling], ids: Mapping[int, str], origin: str) -> None:
        self.count += len(changes)
        if self.largest is not None and self.count > self.largest:
            self.is_cut = True
            self.parts.clear()
        if not self.is_cut:
            self.parts += [orjson.dumps(change.as_json(ids.__getitem__, origin)) for change in changes]

    def told(self) -> Told:
        head = {
            "objectType": "Version",
            "dataVersion": self.made.version,
            "date": self.made.date,
            "personID": self.person,
            "method": self.made.method,
            "callID": self.made.call_id,
        }
        changes = b"null" if self.is_cut else b"[" + b",".join(self.parts) + b"]"
        return Told(self.made.version, orjson.dumps(head)[:-1] + b',"changes":' + changes + b"}", self.count)
