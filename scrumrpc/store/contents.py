"""The contents of files that are kept in the database: written once under a number, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from scrumrpc.store.database import Connection


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and what it is."""

    content_type: str
    data: bytes


LARGEST_FILE = 10 * 1024 * 1024
"""Bytes that a file may have, unless the settings say otherwise."""

INSERT_CONTENT = """
INSERT INTO file_contents (account_id, content, content_type, bytes)
VALUES (%(account)s, %(content)s, %(content_type)s, %(data)s)
"""

FIND_CONTENT = """
SELECT content FROM file_contents
WHERE account_id = %(account)s AND content = %(present)s AND content_type = %(content_type)s AND bytes = %(data)s
"""


async def content(conn: Connection, account: int, number: int) -> Content | None:
    """The content of that number, if the account has it."""
    cursor = await conn.execute(
        "SELECT content_type, bytes FROM file_contents WHERE account_id = %s AND content = %s",
        (account, number),
        binary=True,
    )
    row = await cursor.fetchone()
    return Content(row[0], bytes(row[1])) if row else None
