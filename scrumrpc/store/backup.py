"""Backups: everything that a database has, as it was at one moment, written into a file beside running calls.

Rows go out by COPY in one REPEATABLE READ transaction, and not by pg_dump: that must be at least as new as the server,
so that not every machine has one that does; and a restore by COPY is one transaction, from the tables on to the new
epochs, of which nothing is there unless all of it is right. Digests of what each account has are made on the way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, BinaryIO

import psycopg
from psycopg import sql

from scrumrpc import __version__
from scrumrpc.store import copying
from scrumrpc.store.backup_file import (
    AccountContent,
    BackupError,
    BackupReader,
    BackupWriter,
    Head,
    Manifest,
    TableContent,
)
from scrumrpc.store.copying import Counted, Digests
from scrumrpc.store.database import Connection
from scrumrpc.store.migrations import newest_step, present_step, schema_text

_ACCOUNTS = "SELECT account_id, name, data_version, oldest_version, epoch FROM accounts ORDER BY account_id"


async def write_backup(url: str, stream: BinaryIO) -> Manifest:
    """Writes a backup of the database to a stream; answers what is in it."""
    async with await copying.connect(url) as conn:
        return await write(conn, stream, schema_text(), newest_step())


async def write(conn: Connection, stream: BinaryIO, schema: str, step: int, accounts: str = _ACCOUNTS) -> Manifest:
    """The same of a database at some step of the schema, of which `schema` makes the tables."""
    tables = await copying.tables(conn)
    await conn.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        await _keep_tables(conn, list(tables))  # before the first look, so that none changes its form after it
        await _check_step(conn, step)
        writer = BackupWriter(stream, await _head(conn, step), schema)
        digests = Digests()
        for table, columns in tables.items():
            async for piece in copying.copy_out(conn, table, columns):
                digests.take(table, piece)
                writer.rows(table, piece)
        manifest = _manifest(tables, digests, await (await conn.execute(accounts.encode())).fetchall())
        await _check_counts(conn, manifest)
        writer.finish(manifest)
    finally:
        if not conn.closed:
            await conn.execute("ROLLBACK")
    return manifest


def check_content(backup: BackupReader) -> None:
    """Sees that the rows in a backup are those which its manifest tells of."""
    digests = Digests()
    for table in backup.manifest.tables:
        for piece in backup.rows(table):
            digests.take(table, piece)
    check_digests(backup.manifest, digests, "The backup does not hold what was read from the database")


def check_digests(manifest: Manifest, digests: Digests, otherwise: str) -> None:
    """Sees that rows are those which a manifest tells of; `otherwise` is said where they are not."""
    for name, found in digests.tables(manifest.tables).items():
        expected = manifest.tables[name]
        if found != Counted(expected.rows, expected.digest):
            raise BackupError(f"{otherwise}: the table {name} has {found.rows} rows, expected were {expected.rows}.")
    of_accounts = {each.account: Counted(each.rows, each.digest) for each in manifest.accounts}
    if digests.accounts() != of_accounts:
        raise BackupError(f"{otherwise}: it has not the same accounts.")


async def _keep_tables(conn: Connection, tables: list[str]) -> None:
    if not tables:
        raise BackupError("There is nothing to back up: the database has no tables.")
    names = sql.SQL(", ").join(map(sql.Identifier, ["schema_steps", *tables]))
    try:
        await conn.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
    except psycopg.errors.UndefinedTable:
        raise BackupError("The database is not one of scrumrpc, or is just being updated.") from None


async def _check_step(conn: Connection, step: int) -> None:
    found = await present_step(conn)
    if found != step:
        raise BackupError(
            f"The database is at schema step {found}, and this scrumrpc at {step}. A backup is made by the version "
            "that serves the database; a newer one updates the tables when it starts to serve."
        )


async def _head(conn: Connection, step: int) -> Head:
    server = conn.info.server_version
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Head(__version__, step, f"{server // 10000}.{server % 10000}", now)


def _manifest(tables: dict[str, list[str]], digests: Digests, accounts: list[tuple[Any, ...]]) -> Manifest:
    of_tables, of_accounts = digests.tables(tables), digests.accounts()
    contents = [TableContent(columns, of_tables[name].rows, of_tables[name].digest) for name, columns in tables.items()]
    return Manifest(
        dict(zip(tables, contents, strict=True)),
        [
            AccountContent(number, name, version, oldest, epoch, of_accounts[number].rows, of_accounts[number].digest)
            for number, name, version, oldest, epoch in accounts
        ],
    )


async def _check_counts(conn: Connection, manifest: Manifest) -> None:
    """Sees that as many rows were read as the database itself counts at the same moment."""
    for name, content in manifest.tables.items():
        cursor = await conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
        row = await cursor.fetchone()
        if row is None or row[0] != content.rows:
            raise BackupError(f"The table {name} was not read to its end.")
