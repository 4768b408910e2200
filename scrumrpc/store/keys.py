"""API keys in the database: making, listing and revoking them, and noting when they were last used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from scrumrpc.errors import APIBusy, APINotAvailable
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.signals import CALLERS_CHANGED

_NOTE_USE = """
UPDATE api_keys SET last_used_at = now()
WHERE account_id = %s AND key_id = %s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""

_COLUMNS = "key_id, name, prefix, created_at, expires_at, is_read_only, last_used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of an API key."""

    key_id: int
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    is_read_only: bool
    last_used_at: datetime | None
    revoked_at: datetime | None


async def were_made(url: str) -> bool:
    """Whether any account of the database has ever had an API key."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        cursor = await conn.execute("SELECT FROM api_keys LIMIT 1")
        return await cursor.fetchone() is not None


async def note_use(database: Database, account: int, key_id: int | None) -> None:
    """Notes that a key was used just now, unless that was noted within the last minute."""

    async def work(conn: Connection) -> None:
        await conn.execute(_NOTE_USE, (account, key_id))

    try:
        await database.read(work)  # harmless to repeat
    except (APINotAvailable, APIBusy):
        return  # the next use notes it


async def add(
    conn: Connection,
    account: int,
    name: str,
    prefix: str,
    key_hash: bytes,
    *,
    expires_at: datetime | None = None,
    is_read_only: bool = False,
) -> Key:
    """Adds a key and answers what is kept of it."""
    row = None
    while row is None:  # whoever added another one at the same time, without the account's lock, got the number first
        cursor = await conn.execute(
            f"""
            INSERT INTO api_keys (account_id, key_id, name, prefix, key_hash, expires_at, is_read_only)
            VALUES (%(account)s, (SELECT coalesce(max(key_id), 0) + 1 FROM api_keys WHERE account_id = %(account)s),
                    %(name)s, %(prefix)s, %(key_hash)s, %(expires_at)s, %(is_read_only)s)
            ON CONFLICT (account_id, key_id) DO NOTHING
            RETURNING {_COLUMNS}
            """,  # noqa: S608
            {
                "account": account,
                "name": name,
                "prefix": prefix,
                "key_hash": key_hash,
                "expires_at": expires_at,
                "is_read_only": is_read_only,
            },
        )
        row = await cursor.fetchone()
    return Key(*row)


async def revoke(conn: Connection, account: int, key_id: int) -> bool:
    """Revokes a key from now on, and wakes who waits; False if there is no such key, or it is revoked already."""
    cursor = await conn.execute(
        f"""
        UPDATE api_keys SET revoked_at = now() WHERE account_id = %s AND key_id = %s AND revoked_at IS NULL
        RETURNING {CALLERS_CHANGED}
        """,  # noqa: S608
        (account, key_id),
    )
    return cursor.rowcount == 1


async def keys_of(conn: Connection, account: int) -> list[Key]:
    """All keys of an account, oldest first."""
    cursor = await conn.execute(
        f"SELECT {_COLUMNS} FROM api_keys WHERE account_id = %s ORDER BY key_id",  # noqa: S608
        (account,),
    )
    return [Key(*row) for row in await cursor.fetchall()]
