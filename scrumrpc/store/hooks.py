"""The commit hook of an account: the secret that pushes are signed with, and on whose behalf they are recorded."""

from __future__ import annotations

from scrumrpc.store.database import Connection


async def set_secret(conn: Connection, account: int, secret: str | None, person: int | None) -> None:
    """Sets or, with None, removes both."""
    await conn.execute(
        "UPDATE accounts SET commit_hook_secret = %s, commit_hook_person = %s WHERE account_id = %s",
        (secret, person, account),
    )


async def hook_of(conn: Connection, account: int) -> tuple[str, str] | None:
    """The secret, and the e-mail address of the person; None where there is no secret or the person is gone."""
    cursor = await conn.execute(
        """
        SELECT a.commit_hook_secret, p.email_address
        FROM accounts a JOIN persons p ON p.account_id = a.account_id AND p.id = a.commit_hook_person
        WHERE a.account_id = %s AND a.commit_hook_secret IS NOT NULL AND NOT p.is_deleted
        """,
        (account,),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None
