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


def newest_step() -> int:
    """The step that schema.sql is at."""
    return max(steps(), default=0)


def steps() -> dict[int, Path]:
    """The migration steps, by number; a file is called 0001_what_it_does.sql."""
    return {int(path.name.split("_")[0]): path for path in sorted(_STEPS.glob("[0-9]*_*.sql"))}


async def migrate(url: str) -> None:
    """Makes or updates the tables, in one transaction, while no other server does."""
    async with await Connection.connect(url, autocommit=True) as conn, conn.transaction():
        await keep_others_away(conn)
        await bring_up_to_date(conn)


async def keep_others_away(conn: Connection) -> None:
    """Waits until no other transaction makes or updates the tables of this database, and keeps others waiting."""
    if conn.info.server_version < _OLDEST_POSTGRES:
        raise MigrationError(f"PostgreSQL 15 or newer is needed; this is {conn.info.server_version // 10000}.")
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


async def bring_up_to_date(conn: Connection) -> None:
    """Makes the tables in an empty database; brings older ones to the present schema."""
    newest = newest_step()
    present = await present_step(conn)
    if present is None:
        await run_script(conn, schema_text())
        await note_step(conn, newest)
        return
    if present > newest:
        raise MigrationError(
            f"The database is at schema step {present}, this program knows steps up to {newest}: it was last used by a "
            "newer scrumrpc. Install that version or a later one."
        )
    for number, path in steps().items():
        if number > present:
            await run_script(conn, path.read_text("utf-8"))
            await note_step(conn, number)


async def present_step(conn: Connection) -> int | None:
    """The step that the tables are at; None where there are none of ours."""
    cursor = await conn.execute("SELECT to_regclass('schema_steps') IS NOT NULL")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return None
    cursor = await conn.execute("SELECT coalesce(max(step), 0) FROM schema_steps")
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def note_step(conn: Connection, step: int) -> None:
    """Writes down that the tables are at a step."""
    await conn.execute("INSERT INTO schema_steps (step) VALUES (%s)", (step,))


async def run_script(conn: Connection, text: str) -> None:
    """Runs the statements of a file such as schema.sql."""
    await conn.execute(text.encode())
