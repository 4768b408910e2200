"""`scrumrpc backup` and `scrumrpc restore`: everything into one file, and a database out of it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from scrumrpc.cli.command import data_option, tell_failures
from scrumrpc.cli.opening import database_url
from scrumrpc.cli.operate import table
from scrumrpc.settings import Settings
from scrumrpc.store import restore as restoring
from scrumrpc.store.backup import check_content, write_backup
from scrumrpc.store.backup_file import BackupError, BackupReader, Manifest
from scrumrpc.store.embedded import EmbeddedPostgres, running

_PIPE = Path("-")
_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("file", type=_FILE)
@data_option
def backup(file: Path, data: Path) -> None:
    """Write everything that there is into FILE, as it is at one moment; beside a running server or without one.

    FILE must not be there yet, and is there only when all of it was written and read back. It holds what the database
    holds, also who may call, so only you can read it. With - it goes to standard output, and is not read back.
    """

    tell_failures(_backup(file, data))


async def _backup(file: Path, data: Path) -> None:
    settings = Settings.from_environment()
    if not settings.database_url and EmbeddedPostgres(data).is_new:
        raise click.ClickException(f"There is no database in {data}: name its folder with --data.")
    if file == _PIPE and sys.stdout.isatty():
        raise click.ClickException("Standard output is a terminal: send it to a file or a program.")
    async with database_url(data, settings) as url:
        if file == _PIPE:
            manifest = await write_backup(url, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            click.echo(f"Backed up {_amount(manifest)}; not read back: see `scrumrpc restore --check`.", err=True)
            return
        with _new_file(file) as stream:
            manifest = await write_backup(url, stream)
            stream.flush()
            os.fsync(stream.fileno())
            check_content(BackupReader(stream))
            size = stream.seek(0, os.SEEK_END)
    click.echo(f"Backed up {_amount(manifest)} into {file} ({size:,} bytes), and read it back.")
    _show_accounts(manifest, {})


@click.command()
@click.argument("file", type=_FILE)
@click.option("--check", is_flag=True, help="Restore into a database that is thrown away, and compare.")
@data_option
def restore(file: Path, check: bool, data: Path) -> None:
    """Make a database of the backup FILE, where there is none yet: in the folder --data, or where DATABASE_URL leads.

    All of it is made, or nothing. Each account gets a new epoch, so that clients notice that it went back, and webhooks
    are paused. Keys stay valid. A FILE that is damaged is refused before anything is done, and so is one of a newer
    scrumrpc; what an older one made is brought up to date. With - the backup comes from standard input.

    Restore backups that you made, and no others: the statements that make their tables are in them.
    """

    tell_failures(_restore(file, data, check=check))


async def _restore(file: Path, data: Path, *, check: bool) -> None:
    settings = Settings.from_environment()
    with _opened(file) as stream:
        reader = BackupReader(stream)
        restoring.check_step(reader)
        check_content(reader)
        if check:
            await _check(reader)
            return
        async with database_url(data, settings) as url:
            restored = await restoring.restore(url, reader)
    made = f"the backup of {reader.head.made_at} (scrumrpc {reader.head.program}, schema step {reader.head.step})"
    click.echo(f"Restored {_amount(reader.manifest)} from {made}.")
    _show_accounts(reader.manifest, restored.epochs)
    if restored.webhooks:
        click.echo(f"Paused webhooks: {', '.join(restored.webhooks)}. enableWebhook has them go on.")
    click.echo("API keys are valid as they were. Clients that know later versions are told that the epoch is new.")
    click.echo("Next: start the server with `scrumrpc serve`, on the same database.")


async def _check(backup: BackupReader) -> None:
    """Restores into a database of its own in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="scrumrpc-check-"))
    try:
        async with running(folder) as url:
            await restoring.restore(url, backup)
            objects = await restoring.check_images(url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo(
        f"Restored {_amount(backup.manifest)} into a database that is gone again: every row is as it was backed up, "
        f"and the change logs lead to all {objects:,} objects."
    )
    _show_accounts(backup.manifest, {})


@contextmanager
def _new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that gets its name only when the block has ended well; what a killed one leaves ends in .part."""
    if file.exists():
        raise click.ClickException(f"{file} is there already: backups do not replace each other.")
    try:
        handle, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
        os.rename(name, file)
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise BackupError(f"{file} was not written, and is not there: {error.strerror}.") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """A file to read and to go back in; what comes through a pipe is kept in one meanwhile."""
    try:
        if file != _PIPE:
            with file.open("rb") as stream:
                yield stream
            return
        with tempfile.TemporaryFile(prefix="scrumrpc-restore-") as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from error


def _amount(manifest: Manifest) -> str:
    rows = sum(each.rows for each in manifest.tables.values())
    accounts = len(manifest.accounts)
    return f"{accounts} account{'' if accounts == 1 else 's'} with {rows:,} rows"


def _show_accounts(manifest: Manifest, epochs: dict[int, str]) -> None:
    rows = [
        (str(a.account), a.name, str(a.version), a.epoch, f"{a.rows:,}", epochs.get(a.account, ""))
        for a in manifest.accounts
    ]
    table(("account", "name", "version", "epoch", "rows", "new epoch" if epochs else ""), rows)
