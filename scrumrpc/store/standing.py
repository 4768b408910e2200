"""Who a call is made for, as the database has it: the account, the key, the person, and what the person may reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scrumrpc.model.types.people import login_of
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush


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
    the person reaches, or None where there is no limit. `oldest_version` is the oldest data version of those that can
    all be read, 0 while the whole history is kept; `named` has those of the named versions that were asked for.
    `epoch` tells versions of the account from those that had the same numbers before it was restored or imported.
    """

    account: int
    data_version: int
    oldest_version: int
    is_closed: bool
    has_api_access: bool
    has_access_control: bool
    in_maintenance: bool
    key_id: int | None
    key_name: str | None
    key_use_is_stale: bool
    key_is_read_only: bool
    key_seconds_left: float | None  # until the key expires; None if it does not
    person: int | None
    is_administrator: bool
    projects: frozenset[int] | None
    last_object: int
    last_item_number: int
    last_task_number: int
    epoch: str
    named: Mapping[str, int] = field(default_factory=dict)

    def keeps(self, version: int) -> bool:
        """Whether a version that was asked for can still be read: named ones stay when others of their time do not."""
        return version >= self.oldest_version or version in self.named.values()


# The projects that a person p of an account a reaches; null where there is no limit.
_PROJECTS = """CASE WHEN a.has_access_control AND NOT p.is_administrator THEN ARRAY(
           SELECT l.object_id FROM object_persons l
           WHERE l.account_id = a.account_id AND l.person_id = p.id AND l.role IN ('productOwnerIDs', 'stakeholderIDs')
           UNION
           SELECT t.project_id FROM object_persons l JOIN teams t ON t.account_id = l.account_id AND t.id = l.object_id
           WHERE l.account_id = a.account_id AND l.person_id = p.id AND l.role = 'teamMemberIDs'
       ) END"""

# Whether a key k is valid. now() stands still while a call waits for its account, so the time of the statement counts;
# but what has expired for the lock must not be valid afterwards, also where the clock was set back in between.
_IS_VALID = """k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > greatest(now(), statement_timestamp()))"""

_COLUMNS = f"""
SELECT a.data_version, a.oldest_version, a.is_closed, a.has_api_access, a.has_access_control, a.in_maintenance,
       k.key_id, k.name, coalesce(k.last_used_at < now() - interval '1 minute', k.key_id IS NOT NULL),
       coalesce(k.is_read_only, false), date_part('epoch', k.expires_at - statement_timestamp()),
       p.id, coalesce(p.is_administrator, false),
       CASE WHEN k.key_id IS NOT NULL OR %(key_hash)s::bytea IS NULL THEN {_PROJECTS} END,
       a.last_object, a.last_item_number, a.last_task_number, a.epoch
"""
# Of the names of versions, those that are asked for, and those of the versions that are: this shows that they are kept.
_NAMED = """     , (SELECT jsonb_object_agg(n.name, n.version) FROM named_versions n
          WHERE n.account_id = a.account_id
            AND (n.name = ANY(%(version_names)s) OR n.version = ANY(%(versions)s)))
"""
# Both joins cost the same whether or not they find a row, so an unknown address and an unknown key take equally long;
# and what a person reaches is not looked up without a valid key, so that its time does not tell whom there is.
_FROM = f"""
FROM accounts a
LEFT JOIN api_keys k ON k.account_id = a.account_id AND k.key_hash = %(key_hash)s::bytea AND {_IS_VALID}
LEFT JOIN persons p
       ON p.account_id = a.account_id AND p.login = %(login)s AND NOT p.is_deleted
WHERE a.account_id = %(account)s
"""
_STANDING, _STANDING_WITH_NAMES = _COLUMNS + _FROM, _COLUMNS + _NAMED + _FROM

_REACH = f"""
SELECT p.is_administrator, {_PROJECTS}
FROM accounts a JOIN persons p ON p.account_id = a.account_id AND p.id = %(person)s AND NOT p.is_deleted
WHERE a.account_id = %(account)s
"""  # noqa: S608

# The condition keeps people without a key that may write from making the account's callers wait.
_LOCK = """
SELECT a.account_id FROM accounts a
WHERE a.account_id = %(account)s AND (%(by_operator)s::boolean OR EXISTS (
    SELECT FROM api_keys k
    WHERE k.account_id = a.account_id AND k.key_hash = ANY(%(key_hashes)s::bytea[]) AND NOT k.is_read_only
      AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())))
FOR NO KEY UPDATE
"""


def parameters_of(credentials: Credentials, versions: Sequence[int | str] = ()) -> dict[str, Any]:
    """The parameters of both statements; `versions` are data versions, and names of them, that the call gives."""
    return {
        "account": credentials.account,
        "key_hash": credentials.key_hash,
        "login": None if credentials.email is None else login_of(credentials.email),
        "version_names": [each for each in versions if isinstance(each, str)],
        "versions": [each for each in versions if isinstance(each, int)],
    }


def standing_statement(versions: Sequence[int | str] = ()) -> str:
    """The statement that reads the standing, and the names of versions only for a call that gives some."""
    return _STANDING_WITH_NAMES if versions else _STANDING


def standing_from(account: int, row: tuple[Any, ...]) -> Standing:
    """The standing that a row of the statement holds."""
    return Standing(
        account=account,
        data_version=row[0],
        oldest_version=row[1],
        is_closed=row[2],
        has_api_access=row[3],
        has_access_control=row[4],
        in_maintenance=row[5],
        key_id=row[6],
        key_name=row[7],
        key_use_is_stale=row[8],
        key_is_read_only=row[9],
        key_seconds_left=row[10],
        person=row[11],
        is_administrator=row[12],
        projects=None if row[13] is None else frozenset(row[13]),
        last_object=row[14],
        last_item_number=row[15],
        last_task_number=row[16],
        epoch=row[17],
        named=(row[18] if len(row) > 18 else None) or {},
    )


async def look_up(conn: Connection, credentials: Credentials, versions: Sequence[int | str] = ()) -> Standing | None:
    """The standing of the credentials now; None if there is no such account."""
    [rows] = await flush(conn, [(standing_statement(versions), parameters_of(credentials, versions))])
    return standing_from(credentials.account, rows[0]) if rows else None


def renewed(standing: Standing, row: tuple[Any, ...]) -> Standing:
    """The standing with what a row of REACH holds."""
    return replace(standing, is_administrator=row[0], projects=None if row[1] is None else frozenset(row[1]))


LOCK = _LOCK
"""For writing calls, which send it in their first flush, before the statements that read their standings.

Parameters: `account`, `key_hashes`, and `by_operator` where one of the calls is an operator's.
"""
REACH = _REACH
"""What a person may do, for a call that may have changed it; no row once the person is deleted."""
PROJECTS = _PROJECTS
"""For statements that look up what a person p of an account a reaches. Where p is nobody it is null as well."""
