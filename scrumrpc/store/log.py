"""The change log and the requestIDs: what is written at the end of a call, and reading changes back.

Example: version 7 in which addTask put the first task (object 31) into a backlog item (object 12) that stood in a board
column leaves one row in versions and two in changes: 31 created with its whole state, 12 updated with
changed = {boardColumnID} and its whole state afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc.errors import DataVersionNoLongerKept
from scrumrpc.model.defaults import completed
from scrumrpc.model.image import Change
from scrumrpc.model.record import Record, differences
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import flush

INSERT_VERSION = """
INSERT INTO versions (account_id, version, person_id, key_id, method, call_id)
VALUES (%(account)s, %(version)s, %(person)s, %(key)s, %(method)s, %(call_id)s)
"""

INSERT_CHANGE = """
INSERT INTO changes (account_id, version, object_id, object_type, project_id, operation, changed, state)
VALUES (%(account)s, %(version)s, %(number)s, %(object_type)s, %(project)s, %(operation)s, %(changed)s,
        %(state)s::jsonb)
"""

UPDATE_ACCOUNT = """
UPDATE accounts SET data_version = %(version)s, last_object = %(last_object)s,
       last_item_number = %(last_item_number)s, last_task_number = %(last_task_number)s
WHERE account_id = %(account)s
"""

FIND_REQUESTS = """
SELECT request_id, version, parameters_hash, result FROM requests
WHERE account_id = %(account)s AND request_id = ANY(%(request_ids)s::text[])
  AND key_id = (SELECT key_id FROM api_keys WHERE account_id = %(account)s AND key_hash = %(key_hash)s)
"""

INSERT_REQUEST = """
INSERT INTO requests (account_id, key_id, request_id, version, method, parameters_hash, result)
VALUES (%(account)s, %(key)s, %(request_id)s, %(version)s, %(method)s, %(parameters_hash)s, %(result)s::jsonb)
"""

# All three tell, as of the same moment, which history is kept: it may be given up (compaction.py) at any time between
# two statements, but before rows go, the version below which they do is written down in the account.
_CHANGES_SINCE = """
SELECT version, object_id, object_type, state,
       (SELECT oldest_version FROM accounts WHERE account_id = %(account)s),
       (SELECT epoch FROM accounts WHERE account_id = %(account)s)
FROM changes
WHERE account_id = %(account)s AND version > %(version)s AND version <= %(until)s
ORDER BY version, object_id
"""

# Whether the version `at` can still be read, where it is not null.
_IS_KEPT = """coalesce(%(at)s::bigint >= a.oldest_version OR EXISTS (
           SELECT FROM named_versions n WHERE n.account_id = a.account_id AND n.version = %(at)s::bigint), true)"""

_FIRST_CHANGES = f"""
SELECT a.data_version, a.oldest_version, {_IS_KEPT}, c.object_id, min(c.version) FROM accounts a
LEFT JOIN changes c
       ON c.account_id = a.account_id AND c.version > %(version)s AND c.object_type = %(object_type)s
WHERE a.account_id = %(account)s
GROUP BY a.account_id, c.object_id
"""  # noqa: S608

# One look into the life of each object that has changed since; those without a state were not there.
_STATES_AT = f"""
SELECT a.oldest_version, {_IS_KEPT}, a.epoch, c.object_id, s.object_type, s.state
FROM accounts a
LEFT JOIN (
    SELECT DISTINCT object_id FROM changes
    WHERE account_id = %(account)s AND version > %(at)s AND version <= %(until)s
) c ON true
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = %(account)s AND object_id = c.object_id AND version <= %(at)s
    ORDER BY version DESC LIMIT 1
) s ON true
WHERE a.account_id = %(account)s
"""  # noqa: S608

_NEWEST = 2**63 - 1


def change_row(account: int, version: int, before: Record | None, after: Record | None) -> dict[str, Any]:
    """The row that tells what a version did to one object; one of the two states may be missing."""
    known = after or before
    assert known is not None
    if after is None:
        operation, changed = "deleted", []
    elif before is None:
        operation, changed = "created", [name for name, value in after.values.items() if value not in (None, [])]
    else:
        operation, changed = "updated", differences(before, after)
    return {
        "account": account,
        "version": version,
        "number": known.number,
        "object_type": known.type,
        "project": known.project,
        "operation": operation,
        "changed": changed,
        "state": None if after is None else orjson.dumps(after.values).decode(),
    }


@dataclass(frozen=True, slots=True)
class Onward:
    """What leads from a version on to `reached`: its changes, oldest first.

    They are all that there were if the version is not below `oldest`. The epoch is known where there are any.
    """

    oldest: int
    reached: int
    changes: list[Change]
    epoch: str | None


@dataclass(frozen=True, slots=True)
class Backward:
    """What leads from a newer version back to another one, if `is_kept` says that this one is: objects as they were.

    They are all that there were if the newer version is not below `oldest`.
    """

    oldest: int
    is_kept: bool
    changes: list[Change]
    epoch: str


@dataclass(frozen=True, slots=True)
class FirstChanges:
    """The objects that changed after some version, gone ones included, by the first version that changed them.

    `reached` is the version that the account is at.
    """

    reached: int
    oldest: int
    is_kept: bool
    first: dict[int, int]


async def changes_since(conn: Connection, account: int, version: int, until: int = _NEWEST) -> Onward:
    """The changes after `version`, oldest first, up to the newest committed one or `until`.

    One statement sees whole versions only, and every version changes something: so the last row tells how far it goes.
    Of the oldest version that is kept all changes are there, so it is known wherever there are changes to be applied.
    """
    [rows] = await flush(conn, [(_CHANGES_SINCE, {"account": account, "version": version, "until": until})])
    changes = [Change(number, record_of(number, object_type, state)) for _, number, object_type, state, *_ in rows]
    return Onward(rows[-1][4], rows[-1][0], changes, rows[-1][5]) if rows else Onward(0, version, [], None)


async def changes_back(conn: Connection, account: int, version: int, until: int) -> Backward:
    """What leads from the version `until` back to `version`: the objects changed in between as they were then.

    Where the one is not below the oldest version that is kept, and the other not either or has a name, each of these
    objects still has a change in between, and its newest one up to `version`, unless it was not there at that time.
    """
    [rows] = await flush(conn, [(_STATES_AT, {"account": account, "at": version, "until": until})])
    oldest, is_kept, epoch = rows[0][:3]
    changes = [
        Change(number, record_of(number, object_type, state))
        for *_, number, object_type, state in rows
        if number is not None
    ]
    return Backward(oldest, is_kept, changes, epoch)


def given_up(version: int, oldest: int) -> DataVersionNoLongerKept:
    """The error for a version that was kept when the call began, and is no longer now that it is read."""
    return DataVersionNoLongerKept(
        f"The data version {version} was given up while the call was running: what was before {oldest} is no longer "
        "kept."
    )


def record_of(number: int, object_type: str, state: Mapping[str, Any] | None) -> Record | None:
    """The object as it was logged; None where it was gone."""
    return None if state is None else Record(number, object_type, completed(object_type, state))


async def first_changes(conn: Connection, account: int, type_name: str, version: int, at: int | None) -> FirstChanges:
    """The objects of a type that changed after `version`, which need not be kept; `at` is the version that is read.

    An object that is there at a version that is kept, and changed between the two, still has a change in between: the
    newest one up to the version that is kept.
    """
    parameters = {"account": account, "object_type": type_name, "version": version, "at": at}
    [rows] = await flush(conn, [(_FIRST_CHANGES, parameters)])
    first = {number: version for *_, number, version in rows if number is not None}
    reached, oldest, is_kept = rows[0][:3]
    return FirstChanges(reached, oldest, is_kept, first)
