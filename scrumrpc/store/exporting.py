"""Exporting: reads an account with its history as the lines of an export, one point in time, however long it takes.

API keys and the secrets of webhooks and pushes stay here. So do the requestIDs: each counts for one key, and the keys
do not come along. What was sent to webhooks is not told either.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

from scrumrpc import __version__
from scrumrpc.model.export.form import FORMAT, FORMAT_VERSION, KINDS
from scrumrpc.model.export.lines import Line, Seal, write_line
from scrumrpc.store.database import Connection

_AT_ONCE = 200
"""Rows that are in memory at the same time; of the contents of files one."""


def _moment(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_ACCOUNT = f"""
SELECT account_id, epoch, name, {_moment("created_at")}, data_version, oldest_version, last_object, last_item_number,
       last_task_number, last_webhook, is_closed, has_api_access, has_access_control
FROM accounts WHERE account_id = %(account)s
"""  # noqa: S608

_KEYS = f"""
SELECT key_id, name, prefix, {_moment("created_at")}, {_moment("expires_at")}, is_read_only, {_moment("last_used_at")},
       {_moment("revoked_at")}
FROM api_keys WHERE account_id = %(account)s ORDER BY key_id
"""  # noqa: S608

_NAMES = f"""
SELECT name, version, note, {_moment("created_at")}, person_id
FROM named_versions WHERE account_id = %(account)s ORDER BY name
"""  # noqa: S608

_HISTORY = f"""
SELECT v.version, {_moment("v.committed_at")}, v.person_id, v.key_id, v.method, v.call_id,
       c.object_id, c.object_type, c.project_id, c.operation, c.changed, c.state
FROM versions v LEFT JOIN changes c ON c.account_id = v.account_id AND c.version = v.version
WHERE v.account_id = %(account)s ORDER BY v.version, c.object_id
"""  # noqa: S608

_FILES = "SELECT content, content_type, bytes FROM file_contents WHERE account_id = %(account)s ORDER BY content"

_WEBHOOKS = f"""
SELECT webhook_id, url, description, projects, project_ids, object_types, person_id, {_moment("created_at")},
       delivered_version
FROM webhooks WHERE account_id = %(account)s ORDER BY webhook_id
"""  # noqa: S608

WITHOUT_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
"""For a transaction in which an account of whatever size is read, or written, as fast as a file takes or gives it."""
_OF_VERSION = len(KINDS["version"].fields)


async def export(conn: Connection, account: int, seal: Seal) -> AsyncIterator[bytes]:
    """The lines of the whole export; `seal` counts them. LookupError if there is no such account."""
    await conn.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        await conn.execute(WITHOUT_LIMITS)
        cursor = await conn.execute(_ACCOUNT, {"account": account})
        row = await cursor.fetchone()
        if row is None:
            raise LookupError(account)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        about = (FORMAT, FORMAT_VERSION, f"scrumrpc {__version__}", now, *row)
        yield seal.take("account", write_line("account", _fields("account", about)))
        async for row in _rows(conn, _KEYS, account):
            yield seal.take("key", write_line("key", _fields("key", row)))
        async for kind, line in history(conn, account):
            yield seal.take(kind, line)
        yield write_line("end", seal.values)
    finally:
        await conn.execute("ROLLBACK")


async def history(conn: Connection, account: int) -> AsyncIterator[tuple[str, bytes]]:
    """The lines about all that an import brings back as it was, each with its kind, as the transaction sees them."""
    async for row in _rows(conn, _NAMES, account):
        yield "name", write_line("name", _fields("name", row))
    version = -1
    async for row in _rows(conn, _HISTORY, account):
        if row[0] != version:
            version = row[0]
            yield "version", write_line("version", _fields("version", row[:_OF_VERSION]))
        if row[_OF_VERSION] is not None:
            yield "change", write_line("change", _fields("change", row[_OF_VERSION:]))
    async for number, content_type, data in _rows(conn, _FILES, account, at_once=1):
        yield "file", write_line("file", _fields("file", (number, content_type, b64encode(data).decode())))
    async for row in _rows(conn, _WEBHOOKS, account):
        yield "webhook", write_line("webhook", _fields("webhook", row))


def _fields(kind: str, row: tuple[Any, ...]) -> Line:
    return {field.name: value for field, value in zip(KINDS[kind].fields, row, strict=True)}


async def _rows(
    conn: Connection, text: str, account: int, at_once: int = _AT_ONCE
) -> AsyncGenerator[tuple[Any, ...], None]:
    stream = conn.cursor().stream(text, {"account": account}, size=at_once)
    async with aclosing(cast("AsyncGenerator[tuple[Any, ...]]", stream)):  # else the rest would come at some later time
        async for row in stream:
            yield row
