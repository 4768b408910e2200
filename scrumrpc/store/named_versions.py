"""Named versions in the database: what people call data versions by, and what the account still has of versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush

_FIND = """
SELECT name, version FROM named_versions
WHERE account_id = %(account)s AND (name = ANY(%(names)s) OR version = ANY(%(versions)s))
"""

_LIST = """
SELECT n.name, n.version, n.note, p.wire_id, (extract(epoch FROM n.created_at) * 1000)::bigint, n.person_id
FROM named_versions n LEFT JOIN objects p ON p.account_id = n.account_id AND p.id = n.person_id
WHERE n.account_id = %(account)s AND (%(name)s::text IS NULL OR n.name = %(name)s)
ORDER BY n.version, n.created_at, n.name
"""

_MADE_BY = """
SELECT v.call_id || ' ' || (extract(epoch FROM v.committed_at) * 1000000)::bigint
FROM versions v WHERE v.account_id = %(account)s AND v.version = %(version)s
"""

_ADD = """
INSERT INTO named_versions (account_id, name, version, note, person_id)
VALUES (%(account)s, %(name)s, %(version)s, %(note)s, %(person)s)
"""

_DELETE = "DELETE FROM named_versions WHERE account_id = %(account)s AND name = %(name)s"

SET_VERSION = "UPDATE named_versions SET version = %(version)s WHERE account_id = %(account)s AND name = ANY(%(names)s)"
"""For names of the version that a call is going to make."""

# What a caller may know of: versions that changed people, or something in a project that is reached. Not more than
# so many versions are looked at in one go, however few of them pass.
_VERSIONS = """
SELECT a.oldest_version, v.version, (extract(epoch FROM v.committed_at) * 1000)::bigint, p.wire_id, v.method, v.call_id
FROM accounts a
LEFT JOIN LATERAL (
    SELECT * FROM versions v
    WHERE v.account_id = a.account_id AND v.version >= a.oldest_version
      AND v.version <= %(until)s AND v.version > %(until)s - %(most_seen)s
      AND (%(projects)s::bigint[] IS NULL OR EXISTS (
          SELECT FROM changes c WHERE c.account_id = v.account_id AND c.version = v.version
             AND (c.project_id IS NULL OR c.project_id = ANY(%(projects)s::bigint[]))))
    ORDER BY v.version DESC LIMIT %(most)s
) v ON true
LEFT JOIN objects p ON p.account_id = v.account_id AND p.id = v.person_id
WHERE a.account_id = %(account)s
ORDER BY v.version DESC
"""
MOST_SEEN = 10_000


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """A name of a version; `date` in milliseconds, `person` by wire id, None where an operator gave it."""

    name: str
    version: int
    note: str | None
    person: str | None
    date: int
    person_number: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version without its changes; `date` in milliseconds, `person` by wire id, None where an operator made it."""

    version: int
    date: int
    person: str | None
    method: str
    call_id: str


async def made_by(conn: Connection, account: int, version: int) -> str | None:
    """What tells the version from others that had its number, in a database that was brought back since to before it.

    None for one that nothing is known of: there was nothing yet at version 0.
    """
    [rows] = await flush(conn, [(_MADE_BY, {"account": account, "version": version})])
    return rows[0][0] if rows else None


async def versions_of(conn: Connection, account: int, versions: Sequence[int | str]) -> dict[str, int]:
    """The named ones among versions that are given by name or by number."""
    parameters = {
        "account": account,
        "names": [each for each in versions if isinstance(each, str)],
        "versions": [each for each in versions if isinstance(each, int)],
    }
    [rows] = await flush(conn, [(_FIND, parameters)])
    return dict(rows)


async def names_of(conn: Connection, account: int, name: str | None = None) -> list[NamedVersion]:
    """All named versions, or the one of that name: older versions first, and older names of one version."""
    [rows] = await flush(conn, [(_LIST, {"account": account, "name": name})])
    return [NamedVersion(*row) for row in rows]


async def add(conn: Connection, account: int, name: str, version: int, note: str | None, person: int | None) -> None:
    """Gives a version a name that none has."""
    parameters = {"account": account, "name": name, "version": version, "note": note, "person": person}
    await flush(conn, [(_ADD, parameters)])


async def delete(conn: Connection, account: int, name: str) -> None:
    """Takes a name away."""
    await flush(conn, [(_DELETE, {"account": account, "name": name})])


async def versions(
    conn: Connection, account: int, projects: Collection[int] | None, until: int, most: int
) -> tuple[int, list[Version]]:
    """The oldest version that is kept, and the newest versions up to `until`, newest first.

    Of these, with `projects`, those that changed something in one of them, or people. At most `most`, of the newest
    MOST_SEEN up to `until`.
    """
    parameters = {
        "account": account,
        "projects": None if projects is None else list(projects),
        "until": until,
        "most": most,
        "most_seen": MOST_SEEN,
    }
    [rows] = await flush(conn, [(_VERSIONS, parameters)])
    return rows[0][0], [Version(*row[1:]) for row in rows if row[1] is not None]
