"""What all commands share: the option for the data folder, and how they tell what went wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("scrumrpc-data"),
    show_default=True,
    help="Folder of the embedded database; not used where DATABASE_URL is set.",
)


def tell_failures(work: Any) -> None:
    """Runs to the end, turning errors that a person can act on into one line on standard error."""
    try:
        asyncio.run(work)
    except click.ClickException:
        raise
    except Exception as error:
        said = _said_of(error)
        if said is None:
            raise
        raise click.ClickException(said) from None


def _said_of(error: Exception) -> str | None:
    """What a person is told of an error; None where it is a mistake of ours."""
    # Loaded only now: `serve` starts its workers before it loads anything of the database.
    import psycopg

    from scrumrpc.errors import ApiError
    from scrumrpc.settings import SettingsError
    from scrumrpc.store.backup_file import BackupError
    from scrumrpc.store.embedded import EmbeddedPostgresError
    from scrumrpc.store.migrations import MigrationError

    match error:
        case BackupError() | EmbeddedPostgresError() | MigrationError() | SettingsError():
            return str(error)
        case ApiError():
            return f"{error.error_id}: {error.message}"
        case psycopg.OperationalError():
            reason = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
            return f"The database cannot be reached: {reason}"
        case psycopg.ProgrammingError() if not error.sqlstate:
            # A statement of ours would have a state; without one it is libpq that cannot read the address.
            return "DATABASE_URL is not the address of a PostgreSQL database."
        case _:
            return None
