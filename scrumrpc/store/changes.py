"""What the change log tells of some versions: each change with the object before and after it, and who made it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrumrpc.model.defaults import completed
from scrumrpc.model.record import Record
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush
from scrumrpc.store.log import given_up

# Rows are chosen by what an object was after its change. What it was before can only matter where its project or its
# type is another now: those rows come in any case, and the caller looks at both sides.
_OF_INTEREST = """
    (%(projects)s::bigint[] IS NULL OR project_id IS NULL OR project_id = ANY (%(projects)s::bigint[])
     OR changed && '{projectID,objectType}')
    AND (%(types)s::text[] IS NULL OR object_type = ANY (%(types)s::text[]) OR changed && '{projectID,objectType}')
"""

# All tell, as of the same moment, the oldest version that is kept: see log.py.
_CHANGES = f"""
SELECT a.oldest_version, c.version, c.object_id, c.object_type, c.state, b.object_type, b.state,
       (extract(epoch FROM v.committed_at) * 1000)::bigint, v.person_id, v.method, v.call_id
FROM accounts a
LEFT JOIN (
    SELECT account_id, version, object_id, object_type, operation, state FROM changes
    WHERE account_id = %(account)s AND version <= %(until)s AND (version, object_id) > (%(version)s, %(number)s)
      AND {_OF_INTEREST}
    ORDER BY version, object_id
    LIMIT %(most)s
) c ON true
LEFT JOIN versions v ON v.account_id = c.account_id AND v.version = c.version
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = c.account_id AND object_id = c.object_id AND version < c.version
    ORDER BY version DESC
    LIMIT 1
) b ON c.operation <> 'created'
WHERE a.account_id = %(account)s
ORDER BY c.version, c.object_id
"""  # noqa: S608

_CHANGES_OF_OBJECT = _CHANGES.replace(_OF_INTEREST, "object_id = %(object)s")

# The version that brings one object more than may be told at once.
_FIRST_TOO_MANY = f"""
SELECT min(version) FROM changes
WHERE account_id = %(account)s AND version > %(version)s AND version <= %(until)s AND {_OF_INTEREST}
GROUP BY object_id
ORDER BY 1
OFFSET %(most)s
LIMIT 1
"""  # noqa: S608

_CHANGED_OBJECTS = f"""
SELECT a.oldest_version, c.object_id, b.object_type, b.state
FROM accounts a
LEFT JOIN (
    SELECT DISTINCT object_id FROM changes
    WHERE account_id = %(account)s AND version > %(version)s AND version <= %(until)s AND {_OF_INTEREST}
) c ON true
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = %(account)s AND object_id = c.object_id AND version <= %(version)s
    ORDER BY version DESC
    LIMIT 1
) b ON true
WHERE a.account_id = %(account)s
ORDER BY c.object_id
"""  # noqa: S608

_PROJECTS = """
SELECT wire_id, id FROM objects
WHERE account_id = %(account)s AND type = 'Project' AND wire_id = ANY (%(wire_ids)s::text[])
"""

_PROJECTS_THAT_WENT = """
SELECT b.state ->> 'id', c.object_id
FROM changes c
CROSS JOIN LATERAL (
    SELECT state FROM changes
    WHERE account_id = c.account_id AND object_id = c.object_id AND version < c.version
    ORDER BY version DESC
    LIMIT 1
) b
WHERE c.account_id = %(account)s AND c.version > %(version)s AND c.object_type = 'Project' AND c.operation = 'deleted'
  AND b.state ->> 'id' = ANY (%(wire_ids)s::text[])
"""

# Who has the id now, else who had it last. Of ids that this server gave, the number is known; imported ones, which may
# look the same, are looked for among all deletions.
_OBJECT = """
SELECT o.id, c.project_id
FROM objects o
CROSS JOIN LATERAL (
    SELECT project_id FROM changes
    WHERE account_id = o.account_id AND object_id = o.id
    ORDER BY version DESC
    LIMIT 1
) c
WHERE o.account_id = %(account)s AND o.type = ANY (%(types)s::text[]) AND o.wire_id = %(wire_id)s
"""
_GONE_OBJECT = """
SELECT c.object_id, c.project_id
FROM changes c
CROSS JOIN LATERAL (
    SELECT state FROM changes
    WHERE account_id = c.account_id AND object_id = c.object_id AND version < c.version
    ORDER BY version DESC
    LIMIT 1
) b
WHERE c.account_id = %(account)s AND c.operation = 'deleted' AND c.object_type = ANY (%(types)s::text[])
  AND b.state ->> 'id' = %(wire_id)s
ORDER BY c.version DESC
LIMIT 1
"""
_GONE_OBJECT_OF_NUMBER = _GONE_OBJECT.replace("WHERE c.account_id", "WHERE c.object_id = %(number)s AND c.account_id")

_WIRE_IDS = """
SELECT id, wire_id FROM objects WHERE account_id = %(account)s AND id = ANY (%(numbers)s::bigint[])
"""

# Of what is gone: the id that it had when it was last there.
_WIRE_IDS_OF_GONE = """
SELECT n.number, s.wire_id
FROM unnest(%(numbers)s::bigint[]) n (number)
CROSS JOIN LATERAL (
    SELECT state ->> 'id' AS wire_id FROM changes
    WHERE account_id = %(account)s AND object_id = n.number AND state IS NOT NULL
    ORDER BY version DESC
    LIMIT 1
) s
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Versions of an account, those after `since` up to `until`, and what is of interest in them.

    With `projects`, objects in one of them, and people; with `types`, objects of one of them. Objects that are in
    another project, or of another type, than they were before are there all the same.
    """

    account: int
    since: int
    until: int
    projects: Collection[int] | None = None
    types: Collection[str] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of statements."""
        return {
            "account": self.account,
            "version": self.since,
            "until": self.until,
            "projects": None if self.projects is None else list(self.projects),
            "types": None if self.types is None else list(self.types),
        }


@dataclass(frozen=True, slots=True)
class VersionMade:
    """Who made a version: when, in milliseconds, for whom and by which call; no person where an operator made it."""

    version: int
    date: int
    person: int | None
    method: str
    call_id: str


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """What a version did to one object; one of the two states may be missing."""

    made: VersionMade
    number: int
    before: Record | None
    after: Record | None


async def logged_changes(
    conn: Connection, stretch: Stretch, after: tuple[int, int], most: int, number: int | None = None
) -> list[LoggedChange]:
    """The next changes of a stretch, in the order of versions and, within them, of objects.

    `after` is the version and the object of the change that they come after. With `number`, those of that object only.
    DataVersionNoLongerKept where changes of the stretch are given up.
    """
    place = {"version": after[0], "number": after[1], "most": most, "object": number}
    [rows] = await flush(conn, [(_CHANGES if number is None else _CHANGES_OF_OBJECT, stretch.parameters | place)])
    if stretch.since < (oldest := rows[0][0]):
        raise given_up(stretch.since, oldest)
    return [_logged(row) for _, *row in rows if row[0] is not None]


async def changed_objects(conn: Connection, stretch: Stretch, most: int) -> tuple[int, dict[int, Record | None]]:
    """The objects that changed in a stretch, by their numbers, with what each was before it; None where it was not.

    Not more than `most`, unless the first version alone has more; and the version up to which these are all.
    DataVersionNoLongerKept where changes of the stretch are given up, unless it begins with nothing: then these are all
    objects that there are at some version which is kept.
    """
    [rows] = await flush(conn, [(_FIRST_TOO_MANY, {**stretch.parameters, "most": most})])
    ends = [rows[0][0] - 1, rows[0][0]] if rows else [stretch.until]
    while True:
        reached = ends.pop(0)
        [rows] = await flush(conn, [(_CHANGED_OBJECTS, {**stretch.parameters, "until": reached})])
        if reached < (oldest := rows[0][0]) and stretch.since == 0:
            ends = [oldest]
        elif stretch.since < oldest and stretch.since != 0:
            raise given_up(stretch.since, oldest)
        elif rows[0][1] is not None or not ends:
            changed = {each[1]: _record(*each[1:]) for each in rows if each[1] is not None}
            return reached, changed


async def project_numbers(
    conn: Connection, account: int, wire_ids: Collection[str], *, went_since: int | None
) -> dict[str, int]:
    """The numbers of projects by their wire ids; with `went_since`, also of those deleted after that version."""
    parameters = {"account": account, "wire_ids": list(wire_ids), "version": went_since}
    [rows] = await flush(conn, [(_PROJECTS, parameters)])
    found: dict[str, int] = dict(rows)
    if went_since is not None and len(found) < len(wire_ids):
        [rows] = await flush(conn, [(_PROJECTS_THAT_WENT, parameters)])
        found = dict(rows) | found
    return found


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object that is there, or was: its number and its project, None for people."""

    number: int
    project: int | None
    is_there: bool


async def known_object(conn: Connection, account: int, types: Collection[str], wire_id: str) -> KnownObject | None:
    """The object of one of the types that has the wire id, or was the last to have it."""
    parameters = {"account": account, "types": list(types), "wire_id": wire_id}
    [rows] = await flush(conn, [(_OBJECT, parameters)])
    if rows:
        return KnownObject(rows[0][0], rows[0][1], is_there=True)
    if given := re.fullmatch(rf"{account}-0-(\d{{1,15}})", wire_id):
        [rows] = await flush(conn, [(_GONE_OBJECT_OF_NUMBER, parameters | {"number": int(given[1])})])
    if not rows:
        [rows] = await flush(conn, [(_GONE_OBJECT, parameters)])
    return KnownObject(rows[0][0], rows[0][1], is_there=False) if rows else None


async def wire_ids(conn: Connection, account: int, numbers: Iterable[int]) -> dict[int, str]:
    """The wire ids of objects by their numbers, also of those that are gone."""
    wanted = set(numbers)
    found: dict[int, str] = {}
    for statement in (_WIRE_IDS, _WIRE_IDS_OF_GONE):
        if missing := wanted - found.keys():
            [rows] = await flush(conn, [(statement, {"account": account, "numbers": list(missing)})])
            found.update(rows)
    return found


def _logged(row: Sequence[Any]) -> LoggedChange:
    version, number, object_type, state, type_before, state_before, date, person, method, call_id = row
    return LoggedChange(
        VersionMade(version, date, person, method, call_id),
        number,
        _record(number, type_before, state_before),
        _record(number, object_type, state),
    )


def _record(number: int, object_type: str, state: Mapping[str, Any] | None) -> Record | None:
    return None if state is None else Record(number, object_type, completed(object_type, state))
