"""Compaction: gives up the history of an account before some version, beside running calls; never anything later.

First the version is written down in the account, in a short transaction: from then on nothing is read that was before
it. Then what only such reads needed is deleted, batch by batch. Each statement finds out by itself what nobody needs,
so a compaction may end between any two of them, and another one goes on.

Example: an object was created in version 3, changed in 5 and 8, and deleted in 12. With the oldest version 10, only the
row of 8 stays of the first three; were 4 a named version, the row of 3 as well. With 12, the row of 12 stays, and with
13 nothing: an object without a row was not there. Were 4 a named version, the rows of 3 and 12: from a version after 12
the one leads back to 4, and the other on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrumrpc.store.database import Connection

_BATCH = 5_000
"""Rows that one statement looks at."""
_FILES = 100
"""Contents of files that one statement deletes; each may have megabytes."""
_ONE_AT_A_TIME = 0x5343524E
"""Two compactions at once do no harm, but the one does the work of the other."""

_ACCOUNTS = "SELECT account_id FROM accounts ORDER BY account_id"

# The version that the account was at so long ago, if it is later than the oldest one that is kept. Clocks may be set
# back: then more is kept. What an enabled webhook has still to send is kept.
_OLDEST_TO_KEEP = """
SELECT a.oldest_version, greatest(a.oldest_version, least(
    coalesce((SELECT v.version - 1 FROM versions v
              WHERE v.account_id = a.account_id AND v.version > a.oldest_version
                AND v.committed_at > now() - make_interval(secs => %(seconds)s)
              ORDER BY v.version LIMIT 1), a.data_version),
    (SELECT min(w.delivered_version) FROM webhooks w WHERE w.account_id = a.account_id AND w.is_enabled)))
FROM accounts a WHERE a.account_id = %(account)s
"""
_LOCK = "SELECT FROM accounts WHERE account_id = %(account)s FOR NO KEY UPDATE"
_RAISE = "UPDATE accounts SET oldest_version = %(oldest)s WHERE account_id = %(account)s"

# Where a batch ends: a place in the order of objects and, in the life of each, of versions.
_END = """
SELECT object_id, version FROM changes
WHERE account_id = %(account)s AND (object_id, version) > (%(object)s, %(version)s)
ORDER BY object_id, version OFFSET %(batch)s LIMIT 1
"""
_IN_BATCH = """c.account_id = %(account)s AND c.version < %(oldest)s
   AND (c.object_id, c.version) > (%(object)s, %(version)s)
   AND (c.object_id, c.version) <= (%(last_object)s, %(last_version)s)"""

# A row tells what an object was from its version on up to the next row of the object. It stays where a version that is
# kept lies in between: the oldest one, or a named one.
_SUPERSEDED = f"""
WITH kept AS (
    SELECT version FROM named_versions WHERE account_id = %(account)s UNION SELECT %(oldest)s::bigint)
DELETE FROM changes c
USING (
    SELECT c.object_id, c.version, coalesce(
        (SELECT n.version FROM changes n
         WHERE n.account_id = c.account_id AND n.object_id = c.object_id AND n.version > c.version
         ORDER BY n.version LIMIT 1), %(last)s) AS next
    FROM changes c WHERE {_IN_BATCH} OFFSET 0
) s
WHERE c.account_id = %(account)s AND c.version = s.version AND c.object_id = s.object_id
  AND NOT EXISTS (SELECT FROM kept k WHERE k.version >= s.version AND k.version < s.next)
"""  # noqa: S608

# That an object is gone need not be said where nothing says that it was there before.
_OF_NOTHING = f"""
DELETE FROM changes c
WHERE {_IN_BATCH} AND c.operation = 'deleted' AND NOT EXISTS (
    SELECT FROM changes b
    WHERE b.account_id = c.account_id AND b.object_id = c.object_id AND b.version < c.version
      AND b.operation <> 'deleted')
"""  # noqa: S608

_END_OF_VERSIONS = """
SELECT version FROM versions WHERE account_id = %(account)s AND version > %(version)s AND version < %(oldest)s
ORDER BY version OFFSET %(batch)s LIMIT 1
"""
_EMPTY_VERSIONS = """
DELETE FROM versions v
WHERE v.account_id = %(account)s AND v.version > %(version)s AND v.version <= %(last)s AND v.version < %(oldest)s
  AND NOT EXISTS (SELECT FROM changes c WHERE c.account_id = v.account_id AND c.version = v.version)
  AND NOT EXISTS (SELECT FROM named_versions n WHERE n.account_id = v.account_id AND n.version = v.version)
"""

# No state that is kept has them. None will: a call gives a file a new content, or the one that it has.
_FILES_OF_NOTHING = """
SELECT f.content FROM file_contents f
WHERE f.account_id = %(account)s AND NOT EXISTS (
    SELECT FROM changes c
    WHERE c.account_id = f.account_id AND c.object_type IN ('Attachment', 'File')
      AND (c.state ->> 'content')::bigint = f.content)
"""
_DELETE_FILES = "DELETE FROM file_contents WHERE account_id = %(account)s AND content = ANY(%(contents)s)"

_HISTORY = """
SELECT a.account_id, a.data_version, a.oldest_version,
       (SELECT v.committed_at FROM versions v WHERE v.account_id = a.account_id AND v.version = a.oldest_version),
       (SELECT count(*) FROM versions v WHERE v.account_id = a.account_id),
       (SELECT count(*) FROM changes c WHERE c.account_id = a.account_id),
       (SELECT count(*) FROM named_versions n WHERE n.account_id = a.account_id)
FROM accounts a ORDER BY a.account_id
"""

_LAST = 2**63 - 1


@dataclass(slots=True)
class GivenUp:
    """What a compaction has done to an account: the oldest version that is kept, and how many rows went."""

    account: int
    oldest_before: int
    oldest: int
    changes: int = 0
    versions: int = 0
    files: int = 0

    def __bool__(self) -> bool:
        return self.oldest > self.oldest_before or bool(self.changes or self.versions or self.files)


@dataclass(frozen=True, slots=True)
class History:
    """What is kept of the history of an account."""

    account: int
    data_version: int
    oldest: int
    oldest_since: datetime | None  # when the oldest version was made; None for 0
    versions: int
    changes: int
    names: int


async def history(conn: Connection) -> list[History]:
    """What is kept of the history of each account."""
    cursor = await conn.execute(_HISTORY)
    return [History(*row) for row in await cursor.fetchall()]


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[Connection | None]:
    """A connection for compacting accounts one after the other; None while another one is at it."""
    async with await Connection.connect(url, autocommit=True) as conn:
        cursor = await conn.execute("SELECT pg_try_advisory_lock(%s)", (_ONE_AT_A_TIME,))
        row = await cursor.fetchone()
        yield conn if row and row[0] else None  # the lock goes with the connection


async def accounts(conn: Connection) -> list[int]:
    """The numbers of all accounts."""
    cursor = await conn.execute(_ACCOUNTS)
    return [account for (account,) in await cursor.fetchall()]


async def compact(conn: Connection, account: int, days: float, *, tries: bool = False) -> GivenUp:
    """Gives up what was more than so many days ago, but for named versions; `tries` undoes it and tells what it did.

    The versions that the account was at in these days can all be read afterwards, the one at their beginning included.
    """
    cursor = await conn.execute(_OLDEST_TO_KEEP, {"account": account, "seconds": days * 86_400})
    row = await cursor.fetchone()
    if row is None:
        raise LookupError(account)
    given_up = GivenUp(account, *row)
    if not tries:
        if given_up.oldest > given_up.oldest_before:
            given_up.oldest = await _raise_oldest(conn, account, days)
        await _delete(conn, given_up)
        return given_up
    await conn.execute("BEGIN")
    try:
        await _delete(conn, given_up)
    finally:
        await conn.execute("ROLLBACK")
    return given_up


async def _raise_oldest(conn: Connection, account: int, days: float) -> int:
    """Writes down the oldest version that is kept: between two calls, so that none sees history go that it reads."""
    parameters = {"account": account, "seconds": days * 86_400}
    async with conn.transaction():
        await conn.execute(_LOCK, parameters)
        cursor = await conn.execute(_OLDEST_TO_KEEP, parameters)
        row = await cursor.fetchone()
        assert row is not None
        await conn.execute(_RAISE, {"account": account, "oldest": row[1]})
    return int(row[1])


async def _delete(conn: Connection, given_up: GivenUp) -> None:
    """Deletes what nobody needs, from the beginning: also what an earlier compaction has left, or kept for a name."""
    if given_up.oldest == 0:
        return
    common = {"account": given_up.account, "oldest": given_up.oldest, "last": _LAST, "batch": _BATCH}
    place: tuple[int, int] | None = (0, 0)
    while place is not None:
        number, version = place
        here = {**common, "object": number, "version": version}
        place = await _place(conn, _END, here)
        last_object, last_version = place or (_LAST, _LAST)
        for statement in (_SUPERSEDED, _OF_NOTHING):
            batch = {**here, "last_object": last_object, "last_version": last_version}
            given_up.changes += (await conn.execute(statement, batch)).rowcount
    place = (0, 0)
    while place is not None:
        here = {**common, "version": place[0]}
        place = await _place(conn, _END_OF_VERSIONS, here)
        last_version = place[0] if place else _LAST
        given_up.versions += (await conn.execute(_EMPTY_VERSIONS, {**here, "last": last_version})).rowcount
    cursor = await conn.execute(_FILES_OF_NOTHING, common)
    contents = [content for (content,) in await cursor.fetchall()]
    for first in range(0, len(contents), _FILES):
        some = {**common, "contents": contents[first : first + _FILES]}
        given_up.files += (await conn.execute(_DELETE_FILES, some)).rowcount


async def _place(conn: Connection, statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Where a batch ends; None where it is the last one."""
    return await (await conn.execute(statement, parameters)).fetchone()
