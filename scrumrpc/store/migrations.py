"""Brings a database to the present schema: schema.sql for an empty one, the numbered steps for an older one."""

from __future__ import annotations

from pathlib import Path

from scrumrpc.store.database import Connection

_HERE = Path(__file__).parent
_STEPS = _HERE / "steps"
_LOCK = 0x5343524D  # "SCRM": keeps two starting servers from migrating at once
_OLDEST_POSTGRES = 150_000


class MigrationError(Exception):
    """A database that this program cannot use; the message is for the operator."""


def schema_text() -> str:
    """schema.sql: beside the packages in a checkout, inside this package once installed."""
    for path in (_HERE / "schema.sql", _HERE.parent.parent / "schema.sql"):
        if path.is_file():
            return path.read_text("utf-8")
    raise MigrationError("schema.sql is missing from this installation.")


def steps() -> dict[int, Path]:
    """The migration steps, by number; a file is called 0001_what_it_does.sql."""
    return {int(path.name.split("_")[0]): path for path in sorted(_STEPS.glob("[0-9]*_*.sql"))}


async def migrate(url: str) -> None:
    """Makes or updates the tables, in one transaction, while no other server does."""
    async with await Connection.connect(url, autocommit=True) as conn:
        if conn.info.server_version < _OLDEST_POSTGRES:
            raise MigrationError(f"PostgreSQL 15 or newer is needed; this is {conn.info.server_version // 10000}.")
        async with conn.transaction():
            await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            await _bring_up_to_date(conn)


async def _bring_up_to_date(conn: Connection) -> None:
    available = steps()
    newest = max(available, default=0)
    cursor = await conn.execute("SELECT to_regclass('schema_steps') IS NOT NULL")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        await _run(conn, schema_text())
        await conn.execute("INSERT INTO schema_steps (step) VALUES (%s)", (newest,))
        return
    cursor = await conn.execute("SELECT max(step) FROM schema_steps")
    row = await cursor.fetchone()
    present = row[0] if row and row[0] is not None else 0
    if present > newest:
        raise MigrationError(
            f"The database is at schema step {present}, this program knows steps up to {newest}: it was last used by a "
            "newer scrumrpc. Install that version or a later one."
        )
    for number, path in available.items():
        if number > present:
            await _run(conn, path.read_text("utf-8"))
            await conn.execute("INSERT INTO schema_steps (step) VALUES (%s)", (number,))


async def _run(conn: Connection, text: str) -> None:
    await conn.execute(text.encode())
