"""What all commands share: the option for the data folder, and how they tell what went wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
import psycopg

from scrumrpc.errors import ApiError
from scrumrpc.settings import SettingsError
from scrumrpc.store.embedded import EmbeddedPostgresError
from scrumrpc.store.migrations import MigrationError

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
    except (EmbeddedPostgresError, MigrationError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    except ApiError as error:
        raise click.ClickException(f"{error.error_id}: {error.message}") from None
    except psycopg.OperationalError as error:
        reason = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
        raise click.ClickException(f"The database cannot be reached: {reason}") from None
    except psycopg.ProgrammingError as error:
        if error.sqlstate:
            raise  # a statement of ours; without a state it is libpq that cannot read the address
        raise click.ClickException("DATABASE_URL is not the address of a PostgreSQL database.") from None
