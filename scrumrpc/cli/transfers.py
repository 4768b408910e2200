"""Operators' commands that write an account with its history into a file, and make an account of such a file."""

from __future__ import annotations

import gzip
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

from scrumrpc.cli.command import data_option
from scrumrpc.cli.opening import Store, run_command
from scrumrpc.errors import ApiError
from scrumrpc.model.export.lines import DoesNotFit, Seal, opened, read_lines
from scrumrpc.store import accounts, exporting
from scrumrpc.store.database import ping


@click.command()
@click.argument("account_id", type=int, metavar="ACCOUNT")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@data_option
def export(account_id: int, file: str, data: Path) -> None:
    """Write ACCOUNT with its whole history into FILE, beside a running server or without one.

    FILE is text, one JSON object in each line, and compressed if its name ends with .gz. The server's page /docs/export
    tells what stands in it. A dash stands for standard output. API keys and secrets do not come along.
    """

    async def work(store: Store) -> None:
        seal = Seal()
        with _written(file) as stream:
            async with store.database.begin(ping) as (conn, _):
                try:
                    async for line in exporting.export(conn, account_id, seal):
                        stream.write(line)
                except LookupError:
                    raise click.ClickException(f"There is no account {account_id}.") from None
        click.echo(
            f"Exported account {account_id}: {seal.lines['version']} versions with {seal.lines['change']} changes, "
            f"{seal.lines['name']} named versions, {seal.lines['file']} files, {seal.lines['webhook']} webhooks.",
            err=file == "-",
        )

    run_command(data, work)


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--account", "number", type=click.IntRange(1, 10**12), help="Account number; by default, the old one.")
@click.option("--name", help="Account name; by default, the old one.")
@click.option(
    "--keep-broken-rules", is_flag=True, help="Import data that breaks rules of state, as data from elsewhere may."
)
@data_option
def import_(file: str, number: int | None, name: str | None, keep_broken_rules: bool, data: Path) -> None:
    """Make an account of what `scrumrpc export` wrote into FILE: all of it or nothing.

    The account must be a new one, or one that nothing was done in since it was added. A dash stands for standard input.
    """
    if file == "-" and number is None:
        raise click.ClickException("Say which number the account is to have, with --account.")

    async def work(store: Store) -> None:
        wanted = _number_in(file) if number is None else number
        is_new = await store.run(lambda conn: accounts.add(conn, name or "Being imported", wanted)) is not None
        given = {"file": file, "accountName": name or "", "keepsBrokenRules": str(keep_broken_rules).lower()}
        try:
            answer = await store.call(wanted, "importAccount", given)
        except BaseException as error:
            if is_new:
                await store.run(lambda conn: accounts.remove(conn, wanted))
            if isinstance(error, ApiError):
                raise click.ClickException(error.message) from None
            raise
        click.echo(f"Imported account {wanted}; it is at data version {answer.result}. Its API keys do not work here.")
        click.echo(f"Next: scrumrpc key create NAME --account {wanted}")

    run_command(data, work)


def _number_in(file: str) -> int:
    """The number that the account in an export had."""
    try:
        with opened(file) as stream:
            _, _, account = next(read_lines(stream))
    except DoesNotFit as error:
        raise click.ClickException(str(error)) from None
    if not 0 < account["account"] <= 10**12:
        raise click.ClickException("The account in the file had no number that an account can have: give --account.")
    return int(account["account"])


@contextmanager
def _written(file: str) -> Iterator[BinaryIO]:
    """What is to become a file: that is there under its name once all of it is safe on disk, readable by its owner."""
    if file == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
                    yield cast("BinaryIO", stream)
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Has a folder remember the names of its files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
