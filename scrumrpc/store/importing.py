"""Importing: fills an empty account with what an export tells, as part of a writing call, and reads it back."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
import psycopg

from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.export.lines import DoesNotFit, Line, write_line
from scrumrpc.model.record import Record
from scrumrpc.store import accounts, log
from scrumrpc.store.columns import TABLE_NAMES
from scrumrpc.store.contents import INSERT_CONTENT
from scrumrpc.store.database import Connection
from scrumrpc.store.exporting import WITHOUT_LIMITS, history
from scrumrpc.store.flush import Statement, flush
from scrumrpc.store.loading import load_records
from scrumrpc.store.writes import writes_of

_AT_ONCE = 1_000
"""Rows, or objects, that are sent in one go."""
_BYTES_AT_ONCE = 4 * 1024 * 1024
"""A row that is larger is sent by itself."""

_WHAT_THERE_IS = """
SELECT (SELECT data_version > 0 OR last_object > 0 FROM accounts WHERE account_id = %(account)s),
       EXISTS (SELECT FROM api_keys WHERE account_id = %(account)s),
       EXISTS (SELECT FROM named_versions WHERE account_id = %(account)s),
       EXISTS (SELECT FROM webhooks WHERE account_id = %(account)s)
"""
_NAMED = ("data", "API keys", "named versions", "webhooks")

# While the database takes a large account for an empty one, it joins each row of one table with each of another: to
# load 60,000 objects takes two minutes then, here and in the workers, rather than two seconds.
_ANALYZE = "ANALYZE " + ", ".join(
    ["objects", "object_persons", "object_tags", "versions", "changes", *sorted(set(TABLE_NAMES.values()))]
)

# The numbers of objects and so on are written with COMMIT, as in any writing call.
_SET_ACCOUNT = """
UPDATE accounts SET name = %(name)s, created_at = %(createdAt)s, oldest_version = %(oldestVersion)s,
       last_webhook = %(lastWebhook)s, is_closed = %(isClosed)s, has_api_access = %(hasAPIAccess)s,
       has_access_control = %(hasAccessControl)s
WHERE account_id = %(account)s
"""

# No key has a hash that is so short: nobody can call with one that was imported.
_INSERT_KEY = """
INSERT INTO api_keys (account_id, key_id, name, prefix, key_hash, created_at, expires_at, is_read_only, last_used_at,
    revoked_at)
VALUES (%(account)s, %(key)s, %(name)s, %(prefix)s, int8send(%(key)s), %(createdAt)s, %(expiresAt)s, %(isReadOnly)s,
    %(lastUsedAt)s, coalesce(%(revokedAt)s::timestamptz, now()))
"""
_INSERT_NAME = """
INSERT INTO named_versions (account_id, name, version, note, created_at, person_id)
VALUES (%(account)s, %(name)s, %(version)s, %(note)s, %(createdAt)s, %(person)s)
"""
_INSERT_VERSION = """
INSERT INTO versions (account_id, version, committed_at, person_id, key_id, method, call_id)
VALUES (%(account)s, %(version)s, %(committedAt)s, %(person)s, %(key)s, %(method)s, %(callID)s)
"""
_INSERT_WEBHOOK = """
INSERT INTO webhooks (account_id, webhook_id, url, description, projects, project_ids, object_types, person_id,
    created_at, secret, is_enabled, disabled_reason, delivered_version)
VALUES (%(account)s, %(webhook)s, %(url)s, %(description)s, %(projects)s, %(projectIDs)s, %(objectTypes)s, %(person)s,
    %(createdAt)s, %(secret)s, false, %(reason)s, %(deliveredVersion)s)
"""
_DISABLED = "The account was imported. Its secret is a new one: reset it, and enable the webhook when it is to send."


class Importing:
    """The writing of an import, within a writing call, which commits or undoes all of it.

    Rows are sent in batches. What is written is read back at the end, in the form of an export, and compared with what
    was to be written.
    """

    def __init__(self, conn: Connection, account: int) -> None:
        self._conn = conn
        self._account = account
        self._pending: dict[str, list[Statement]] = {}
        self._count = 0
        self._bytes = 0
        self._told = hashlib.sha256()
        self._version = 0

    async def begin(self) -> None:
        """RequirementNotSatisfied unless the account is as it was when it was added."""
        await self._conn.execute(WITHOUT_LIMITS)
        cursor = await self._conn.execute(_WHAT_THERE_IS, {"account": self._account})
        row = await cursor.fetchone()
        assert row is not None
        if found := [name for name, is_there in zip(_NAMED, row, strict=True) if is_there]:
            raise RequirementNotSatisfied(
                f"An account is imported into an empty one, but the account {self._account} has {' and '.join(found)}."
            )

    # Lines ----------------------------------------------------------------------------------------------------------

    async def add_key(self, key: Line) -> None:
        """An API key of the exported account: it is known here, but not in force."""
        await self._write(_INSERT_KEY, key)

    async def add_name(self, name: Line) -> None:
        """A named version."""
        self._tell("name", name)
        await self._write(_INSERT_NAME, name)

    async def add_version(self, version: Line) -> None:
        """A version, whose changes follow."""
        self._tell("version", version)
        self._version = version["version"]
        await self._write(_INSERT_VERSION, version)

    async def add_change(self, change: Line) -> None:
        """A change of that version."""
        self._tell("change", change)
        state = None if change["state"] is None else orjson.dumps(change["state"]).decode()
        await self._write(log.INSERT_CHANGE, {
            "version": self._version, "number": change["object"], "object_type": change["type"],
            "project": change["project"], "operation": change["operation"], "changed": change["changed"],
            "state": state,
        }, len(state or ""))  # fmt: skip

    async def add_file(self, file: Line) -> None:
        """The content of a file."""
        self._tell("file", file)
        data = b64decode(file["bytes"])
        await self._write(
            INSERT_CONTENT, {"content": file["content"], "content_type": file["contentType"], "data": data}, len(data)
        )

    async def add_webhook(self, webhook: Line, secret: str) -> None:
        """A webhook, disabled, which is to sign with a new secret."""
        self._tell("webhook", webhook)
        await self._write(_INSERT_WEBHOOK, {**webhook, "secret": secret, "reason": _DISABLED})

    # The end --------------------------------------------------------------------------------------------------------

    async def finish(self, account: Line, records: Collection[Record]) -> None:
        """Writes the objects as they are now, and the account; then looks at what the database has made of it."""
        await self._send()
        await self._run([(_SET_ACCOUNT, {**account, "account": self._account})])
        await accounts.new_epoch(self._conn, self._account)
        changes: list[tuple[Record | None, Record | None]] = [(None, record) for record in records]
        for start in range(0, len(changes), _AT_ONCE):
            written = writes_of(self._account, changes[start : start + _AT_ONCE])
            await self._run((text, row) for text, rows in written for row in rows)
        await self._run([("SET CONSTRAINTS ALL IMMEDIATE", {})])
        if len(changes) >= _AT_ONCE:
            await self._conn.execute(_ANALYZE)
        await self._read_back({record.number: record for record in records})

    async def _read_back(self, records: Mapping[int, Record]) -> None:
        found = hashlib.sha256()
        async for _, line in history(self._conn, self._account):
            found.update(line)
        objects = await load_records(self._conn, self._account)
        if found.digest() != self._told.digest() or {record.number: record for record in objects} != records:
            raise DoesNotFit("What the database reads back is not what the file says; nothing was imported.")

    # Sending --------------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, values: Line) -> None:
        """Takes down what is to be read back."""
        self._told.update(write_line(kind, values))

    async def _write(self, statement: str, values: Mapping[str, Any], size: int = 0) -> None:
        self._pending.setdefault(statement, []).append((statement, {**values, "account": self._account}))
        self._count += 1
        self._bytes += size
        if self._count >= _AT_ONCE or self._bytes >= _BYTES_AT_ONCE:
            await self._send()

    async def _send(self) -> None:
        """Sends what has gathered, each table's rows together; references are checked at the end."""
        await self._run(statement for statements in self._pending.values() for statement in statements)
        self._pending, self._count, self._bytes = {}, 0, 0

    async def _run(self, statements: Iterable[Statement]) -> None:
        try:
            await flush(self._conn, list(statements))
        except psycopg.Error as error:
            if error.sqlstate is None or error.sqlstate[:2] not in _REFUSED:
                raise
            raise DoesNotFit(f"The database does not take it: {error.diag.message_primary}.") from None


_REFUSED = ("22", "23", "54")
"""Classes of errors that say that data is not what it must be, or beyond a limit."""
