"""What the change log tells of some versions: each change with the object before and after it, and who made it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from scrumrpc.model.defaults import completed
from scrumrpc.model.record import Record

# Rows are chosen by what an object was after its change. What it was before can only matter where its project or its
# type is another now: those rows come in any case, and the caller looks at both sides.
_CHANGES = """
SELECT c.version, c.object_id, c.object_type, c.state, b.object_type, b.state,
       (extract(epoch FROM v.committed_at) * 1000)::bigint, v.person_id, v.method, v.call_id
FROM (
    SELECT account_id, version, object_id, object_type, operation, state FROM changes
    WHERE account_id = %(account)s AND version <= %(until)s
      AND (version, object_id) > (%(version)s, %(number)s)
      AND (%(projects)s::bigint[] IS NULL OR project_id IS NULL OR project_id = ANY (%(projects)s::bigint[])
           OR changed && '{projectID,objectType}')
      AND (%(types)s::text[] IS NULL OR object_type = ANY (%(types)s::text[]) OR changed && '{projectID,objectType}')
    ORDER BY version, object_id
    LIMIT %(most)s
) c
JOIN versions v ON v.account_id = c.account_id AND v.version = c.version
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = c.account_id AND object_id = c.object_id AND version < c.version
    ORDER BY version DESC
    LIMIT 1
) b ON c.operation <> 'created'
ORDER BY c.version, c.object_id
"""

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
    conn: AsyncConnection[Any],
    account: int,
    after: tuple[int, int],
    until: int,
    most: int,
    projects: Collection[int] | None = None,
    types: Collection[str] | None = None,
) -> list[LoggedChange]:
    """The next changes up to the version `until`, in the order of versions and, within them, of objects.

    `after` is the version and the object of the change that they come after. With `projects`, those of objects in one
    of them and those of people; with `types`, those of objects of one of them. Objects that are in another project, or
    of another type, than they were before are there all the same.
    """
    parameters = {
        "account": account,
        "version": after[0],
        "number": after[1],
        "until": until,
        "most": most,
        "projects": None if projects is None else list(projects),
        "types": None if types is None else list(types),
    }
    cursor = await conn.execute(_CHANGES, parameters)
    return [_logged(row) for row in await cursor.fetchall()]


def _logged(row: tuple[Any, ...]) -> LoggedChange:
    version, number, object_type, state, type_before, state_before, date, person, method, call_id = row
    return LoggedChange(
        VersionMade(version, date, person, method, call_id),
        number,
        _record(number, type_before, state_before),
        _record(number, object_type, state),
    )


def _record(number: int, object_type: str, state: Mapping[str, Any] | None) -> Record | None:
    return None if state is None else Record(number, object_type, completed(object_type, state))


async def wire_ids(conn: AsyncConnection[Any], account: int, numbers: Iterable[int]) -> dict[int, str]:
    """The wire ids of objects by their numbers, also of those that are gone."""
    wanted = set(numbers)
    found: dict[int, str] = {}
    for statement in (_WIRE_IDS, _WIRE_IDS_OF_GONE):
        if missing := wanted - found.keys():
            cursor = await conn.execute(statement, {"account": account, "numbers": list(missing)})
            found.update(await cursor.fetchall())
    return found
