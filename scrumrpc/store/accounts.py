"""Accounts in the database: making them, listing them, and what operators turn on and off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from scrumrpc.store.database import Connection
from scrumrpc.store.signals import CALLERS_CHANGED


@dataclass(frozen=True, slots=True)
class Account:
    """An account as operators see it."""

    account_id: int
    name: str
    created_at: datetime
    epoch: str
    data_version: int
    is_closed: bool
    has_api_access: bool
    has_access_control: bool
    in_maintenance: bool


SWITCHES = ("is_closed", "has_api_access", "has_access_control", "in_maintenance")
"""What operators turn on and off; takes effect with the next call."""


async def add(conn: Connection, name: str, account_id: int | None = None) -> int | None:
    """Adds an account under the given number, or under the next free one; None if the given one is taken."""
    while True:
        cursor = await conn.execute(
            """
            INSERT INTO accounts (account_id, name)
            VALUES (coalesce(%(account_id)s, (SELECT coalesce(max(account_id), 0) + 1 FROM accounts)), %(name)s)
            ON CONFLICT DO NOTHING RETURNING account_id
            """,
            {"account_id": account_id, "name": name},
        )
        row = await cursor.fetchone()
        if row is not None:
            return int(row[0])
        if account_id is not None:
            return None
        # Whoever added another one at the same time got the number first.


async def remove(conn: Connection, account_id: int) -> None:
    """Takes back that an account was added, in which nothing was done since."""
    await conn.execute("DELETE FROM accounts WHERE account_id = %s AND data_version = 0", (account_id,))


async def accounts(conn: Connection) -> list[Account]:
    """All accounts, by number."""
    cursor = await conn.execute(
        """
        SELECT account_id, name, created_at, epoch, data_version, is_closed, has_api_access, has_access_control,
               in_maintenance
        FROM accounts ORDER BY account_id
        """
    )
    return [Account(*row) for row in await cursor.fetchall()]


async def switch(conn: Connection, name: str, value: bool, account_id: int | None) -> int:
    """Turns one of SWITCHES on or off for an account, or for all where None is given; answers for how many."""
    if name not in SWITCHES:
        raise KeyError(name)
    cursor = await conn.execute(
        sql.SQL(
            "UPDATE accounts SET {} = %(value)s WHERE %(account_id)s::bigint IS NULL OR account_id = %(account_id)s "
            "RETURNING {}"
        ).format(sql.Identifier(name), sql.SQL(CALLERS_CHANGED)),
        {"value": value, "account_id": account_id},
    )
    return cursor.rowcount


async def new_epoch(conn: Connection, account_id: int | None) -> int:
    """Gives an account, or all where None is given, another epoch than it ever had; answers for how many.

    It is for whoever has brought tables back to what they were: in the same transaction where that can be, else before
    anybody calls. From then on nobody takes the versions of the account for those that had the same numbers before.
    """
    cursor = await conn.execute(
        sql.SQL(
            """
            UPDATE accounts SET epoch = left(replace(gen_random_uuid()::text, '-', ''), 12)
            WHERE %(account_id)s::bigint IS NULL OR account_id = %(account_id)s
            RETURNING {}
            """
        ).format(sql.SQL(CALLERS_CHANGED)),
        {"account_id": account_id},
    )
    return cursor.rowcount


async def people(conn: Connection, account_id: int) -> list[str]:
    """The e-mail addresses of an account's people, administrators first."""
    cursor = await conn.execute(
        """
        SELECT email_address FROM persons WHERE account_id = %s AND NOT is_deleted
        ORDER BY is_administrator DESC, rank
        """,
        (account_id,),
    )
    return [email for (email,) in await cursor.fetchall()]
