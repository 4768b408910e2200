"""The change log and the requestIDs: what is written at the end of a call, and reading changes back.

Example: version 7 in which addTask put the first task (object 31) into a backlog item (object 12) that stood in a board
column leaves one row in versions and two in changes: 31 created with its whole state, 12 updated with
changed = {boardColumnID} and its whole state afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from psycopg import AsyncConnection

from scrumrpc.model.defaults import completed
from scrumrpc.model.image import Change
from scrumrpc.model.record import Record, differences

INSERT_VERSION = """
INSERT INTO versions (account_id, version, person_id, key_id, method, call_id)
VALUES (%(account)s, %(version)s, %(person)s, %(key)s, %(method)s, %(call_id)s)
"""

INSERT_CHANGE = """
INSERT INTO changes (account_id, version, object_id, object_type, project_id, operation, changed, state)
VALUES (%(account)s, %(version)s, %(number)s, %(object_type)s, %(project)s, %(operation)s, %(changed)s, %(state)s)
"""

UPDATE_ACCOUNT = """
UPDATE accounts SET data_version = %(version)s, last_object = %(last_object)s,
       last_item_number = %(last_item_number)s, last_task_number = %(last_task_number)s
WHERE account_id = %(account)s
"""

FIND_REQUEST = """
SELECT version, parameters_hash, result FROM requests WHERE account_id = %(account)s AND request_id = %(request_id)s
   AND key_id = (SELECT key_id FROM api_keys WHERE account_id = %(account)s AND key_hash = %(key_hash)s)
"""

INSERT_REQUEST = """
INSERT INTO requests (account_id, key_id, request_id, version, method, parameters_hash, result)
VALUES (%(account)s, %(key)s, %(request_id)s, %(version)s, %(method)s, %(parameters_hash)s, %(result)s)
"""

_CHANGES_SINCE = """
SELECT version, object_id, object_type, state FROM changes
WHERE account_id = %(account)s AND version > %(version)s AND version <= %(until)s
ORDER BY version, object_id
"""

_FIRST_CHANGES = """
SELECT a.data_version, c.object_id, min(c.version) FROM accounts a
LEFT JOIN changes c
       ON c.account_id = a.account_id AND c.version > %(version)s AND c.object_type = %(object_type)s
WHERE a.account_id = %(account)s
GROUP BY a.data_version, c.object_id
"""

# One look into the life of each object that has changed since; those without a state were not there.
_STATES_AT = """
SELECT c.object_id, s.object_type, s.state
FROM (
    SELECT DISTINCT object_id FROM changes
    WHERE account_id = %(account)s AND version > %(version)s AND version <= %(until)s
) c
LEFT JOIN LATERAL (
    SELECT object_type, state FROM changes
    WHERE account_id = %(account)s AND object_id = c.object_id AND version <= %(version)s
    ORDER BY version DESC LIMIT 1
) s ON true
"""

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


async def changes_since(
    conn: AsyncConnection[Any], account: int, version: int, until: int = _NEWEST
) -> tuple[int, list[Change]]:
    """The changes after `version`, oldest first, up to the newest committed one or `until`, and the version reached.

    One statement sees whole versions only, and every version changes something: so the last row tells how far it goes.
    """
    cursor = await conn.execute(_CHANGES_SINCE, {"account": account, "version": version, "until": until})
    rows = await cursor.fetchall()
    changes = [Change(number, _record(number, object_type, state)) for _, number, object_type, state in rows]
    return (rows[-1][0] if rows else version), changes


async def changes_back(conn: AsyncConnection[Any], account: int, version: int, until: int) -> list[Change]:
    """What leads from the version `until` back to `version`: the objects changed in between as they were then."""
    cursor = await conn.execute(_STATES_AT, {"account": account, "version": version, "until": until})
    return [
        Change(number, _record(number, object_type, state)) for number, object_type, state in await cursor.fetchall()
    ]


def _record(number: int, object_type: str, state: Mapping[str, Any] | None) -> Record | None:
    """The object as it was logged; None where it was gone."""
    return None if state is None else Record(number, object_type, completed(object_type, state))


async def first_changes(
    conn: AsyncConnection[Any], account: int, type_name: str, version: int
) -> tuple[int, dict[int, int]]:
    """The version that the account is at, and the objects of a type that changed after `version`, gone ones included.

    Each comes with the first version after `version` that changed it.
    """
    parameters = {"account": account, "object_type": type_name, "version": version}
    cursor = await conn.execute(_FIRST_CHANGES, parameters)
    rows = await cursor.fetchall()
    return rows[0][0], {number: first for _, number, first in rows if number is not None}
