"""Who a call is made for, as the database has it: the account, the key, the person, and what the person may reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from psycopg import AsyncConnection

from scrumrpc.model.types.people import login_of


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a call presents. Without `key_hash` it is an operator's call, made at the command line.

    `email` is the address of the person that the call is made for; an operator's call may be for nobody.
    """

    account: int
    key_hash: bytes | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of the credentials, read in one statement.

    `person` is None where no person of the account has the address. `projects` holds the numbers of the projects that
    the person reaches, or None where there is no limit.
    """

    account: int
    data_version: int
    is_closed: bool
    has_api_access: bool
    has_access_control: bool
    in_maintenance: bool
    key_id: int | None
    key_name: str | None
    key_use_is_stale: bool
    person: int | None
    is_administrator: bool
    projects: frozenset[int] | None
    last_object: int
    last_item_number: int
    last_task_number: int

    @property
    def oldest_version(self) -> int:
        """The oldest data version that can still be read: 0, at which there was nothing, while all history is kept."""
        return 0


# The projects that a person p of an account a reaches; null where there is no limit.
_PROJECTS = """CASE WHEN a.has_access_control AND NOT p.is_administrator THEN ARRAY(
           SELECT l.object_id FROM object_persons l
           WHERE l.account_id = a.account_id AND l.person_id = p.id AND l.role IN ('productOwnerIDs', 'stakeholderIDs')
           UNION
           SELECT t.project_id FROM object_persons l JOIN teams t ON t.account_id = l.account_id AND t.id = l.object_id
           WHERE l.account_id = a.account_id AND l.person_id = p.id AND l.role = 'teamMemberIDs'
       ) END"""

# Both joins cost the same whether or not they find a row, so an unknown address and an unknown key take equally long.
_STANDING = f"""
SELECT a.data_version, a.is_closed, a.has_api_access, a.has_access_control, a.in_maintenance,
       k.key_id, k.name, coalesce(k.last_used_at < now() - interval '1 minute', k.key_id IS NOT NULL),
       p.id, coalesce(p.is_administrator, false),
       {_PROJECTS},
       a.last_object, a.last_item_number, a.last_task_number
FROM accounts a
LEFT JOIN api_keys k ON k.account_id = a.account_id AND k.key_hash = %(key_hash)s::bytea AND k.revoked_at IS NULL
LEFT JOIN persons p
       ON p.account_id = a.account_id AND p.login = %(login)s AND NOT p.is_deleted
WHERE a.account_id = %(account)s
"""  # noqa: S608

_REACH = f"""
SELECT p.is_administrator, {_PROJECTS}
FROM accounts a JOIN persons p ON p.account_id = a.account_id AND p.id = %(person)s AND NOT p.is_deleted
WHERE a.account_id = %(account)s
"""  # noqa: S608

# The condition keeps people without a key from making the account's callers wait.
_LOCK = """
SELECT FROM accounts a
WHERE a.account_id = %(account)s AND (%(key_hash)s::bytea IS NULL OR EXISTS (
    SELECT FROM api_keys k
    WHERE k.account_id = a.account_id AND k.key_hash = %(key_hash)s::bytea AND k.revoked_at IS NULL))
FOR NO KEY UPDATE
"""


def parameters_of(credentials: Credentials) -> dict[str, Any]:
    """The parameters of both statements."""
    return {
        "account": credentials.account,
        "key_hash": credentials.key_hash,
        "login": None if credentials.email is None else login_of(credentials.email),
    }


def standing_from(account: int, row: tuple[Any, ...]) -> Standing:
    """The standing that a row of the statement holds."""
    return Standing(
        account=account,
        data_version=row[0],
        is_closed=row[1],
        has_api_access=row[2],
        has_access_control=row[3],
        in_maintenance=row[4],
        key_id=row[5],
        key_name=row[6],
        key_use_is_stale=row[7],
        person=row[8],
        is_administrator=row[9],
        projects=None if row[10] is None else frozenset(row[10]),
        last_object=row[11],
        last_item_number=row[12],
        last_task_number=row[13],
    )


async def look_up(conn: AsyncConnection[Any], credentials: Credentials) -> Standing | None:
    """The standing of the credentials now; None if there is no such account."""
    cursor = await conn.execute(_STANDING, parameters_of(credentials))
    row = await cursor.fetchone()
    return standing_from(credentials.account, row) if row else None


def renewed(standing: Standing, row: tuple[Any, ...]) -> Standing:
    """The standing with what a row of REACH holds."""
    return replace(standing, is_administrator=row[0], projects=None if row[1] is None else frozenset(row[1]))


LOCK, STANDING = _LOCK, _STANDING
"""For a writing call, which sends both, in this order, in its first flush."""
REACH = _REACH
"""What a person may do, for a call that may have changed it; no row once the person is deleted."""
