"""Restoring: makes a database of a backup, in one transaction: all of it is right, or nothing is there."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from scrumrpc.store import accounts, copying
from scrumrpc.store.backup import check_digests
from scrumrpc.store.backup_file import BackupError, BackupReader
from scrumrpc.store.copying import Digests
from scrumrpc.store.database import Connection
from scrumrpc.store.images import load_from_log, load_from_tables
from scrumrpc.store.migrations import bring_up_to_date, keep_others_away, newest_step, note_step, run_script

_SOME_TABLE = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace LIMIT 1
"""

# What is made anew after the rows are there, which is faster, and needs no memory of each row that refers to another.
_MADE_LAST = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
UNION ALL
SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisprimary
"""

# What a receiver has taken since the backup is not known here. A restored copy may also be for looking at only.
_PAUSE_WEBHOOKS = """
UPDATE webhooks SET is_enabled = false, disabled_reason = %(reason)s WHERE is_enabled
RETURNING account_id, webhook_id
"""
_FORGET_SENDERS = "UPDATE webhooks SET test_id = NULL, claim = NULL, claimed_until = NULL"
_EPOCHS = "SELECT account_id, epoch FROM accounts"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has made: the new epoch of each account, and the webhooks that it paused."""

    epochs: dict[int, str]
    webhooks: list[str]


def check_step(backup: BackupReader) -> None:
    """Sees that a backup is of no newer program."""
    if backup.head.step > newest_step():
        raise BackupError(
            f"The backup is at schema step {backup.head.step}, this program knows steps up to {newest_step()}: it was "
            f"made by scrumrpc {backup.head.program}. Install that version or a later one."
        )


async def restore(url: str, backup: BackupReader) -> Restored:
    """Makes a database of a backup, where there are no tables yet."""
    check_step(backup)
    async with await copying.connect(url) as conn:
        try:
            async with conn.transaction():
                await keep_others_away(conn)
                await _need_empty(conn)
                await fill(conn, backup)
                await bring_up_to_date(conn)
                restored = await _set_apart(conn, backup)
                await conn.execute("ANALYZE")
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise BackupError(f"The backup was not restored, and nothing of it is there: {reason}") from error
    return restored


async def fill(conn: Connection, backup: BackupReader) -> None:
    """Makes the tables of a backup as they were, with their rows, and reads them back."""
    await run_script(conn, backup.schema)
    await note_step(conn, backup.head.step)
    made_last = await (await conn.execute(_MADE_LAST)).fetchall()
    for drop, _ in made_last:
        await conn.execute(drop)
    for table, content in backup.manifest.tables.items():
        await copying.copy_in(conn, table, content.columns, backup.rows(table))
    for _, make in reversed(made_last):
        await conn.execute(make)
    digests = Digests()
    for table, content in backup.manifest.tables.items():
        async for piece in copying.copy_out(conn, table, content.columns):
            digests.take(table, piece)
    check_digests(backup.manifest, digests, "What was restored is not what the backup tells of")


async def check_images(url: str) -> int:
    """Sees that the change log of each account leads to what its tables have; answers how many objects that are."""
    objects = 0
    async with await Connection.connect(url, autocommit=True) as conn:
        for account in [each.account_id for each in await accounts.accounts(conn)]:
            tables, log = await load_from_tables(conn, account), await load_from_log(conn, account)
            in_log = {record.number: record for record in log.records()}
            objects += len(tables)
            if log.version != tables.version or in_log != {record.number: record for record in tables.records()}:
                raise BackupError(f"The change log of account {account} does not lead to what its tables have.")
    return objects


async def _need_empty(conn: Connection) -> None:
    if row := await (await conn.execute(_SOME_TABLE)).fetchone():
        raise BackupError(
            f"The database is not empty: it has a table {row[0]}. A backup is restored into an empty database only: "
            "choose another folder with --data, or another database with DATABASE_URL."
        )


async def _set_apart(conn: Connection, backup: BackupReader) -> Restored:
    """Tells the restored accounts from those that went on after the backup: by their epochs, and by their silence."""
    await accounts.new_epoch(conn, None)
    reason = f"The account was restored from a backup of {backup.head.made_at}; enableWebhook goes on from there."
    paused = await (await conn.execute(_PAUSE_WEBHOOKS, {"reason": reason})).fetchall()
    await conn.execute(_FORGET_SENDERS)
    epochs = await (await conn.execute(_EPOCHS)).fetchall()
    return Restored(dict(epochs), [f"{account}-0-{number}" for account, number in sorted(paused)])
