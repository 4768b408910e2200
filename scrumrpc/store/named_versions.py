"""Named versions in the database: what people call data versions by."""

from __future__ import annotations

from collections.abc import Sequence

from scrumrpc.store.database import Connection

FIND_NAMES = "SELECT name, version FROM named_versions WHERE account_id = %(account)s AND name = ANY(%(names)s)"


async def versions_of(conn: Connection, account: int, names: Sequence[str]) -> dict[str, int]:
    """The versions that have the names, by name."""
    cursor = await conn.execute(FIND_NAMES, {"account": account, "names": list(names)})
    return dict(await cursor.fetchall())
