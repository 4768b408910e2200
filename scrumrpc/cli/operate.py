"""Operators' commands about accounts, people, API keys and maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from scrumrpc.calls.authentication import hash_of, new_key, prefix_of
from scrumrpc.cli.command import data_option
from scrumrpc.cli.opening import Store, run_command
from scrumrpc.model.record import ROOT
from scrumrpc.settings import MOST_DAYS
from scrumrpc.store import accounts, images, keys

account_option = click.option("--account", "account_id", type=int, default=1, show_default=True, help="Account number.")
_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
_ON_OFF = click.Choice(["on", "off"])


@click.group()
def account() -> None:
    """Accounts: add, list, close, reopen, API access, access control, epochs."""


@account.command("add")
@click.argument("name")
@click.option("--number", type=click.IntRange(1, 10**12), help="Account number; the next free one by default.")
@data_option
def add_account(name: str, number: int | None, data: Path) -> None:
    """Add an account called NAME."""

    async def work(store: Store) -> None:
        added = await store.run(lambda conn: accounts.add(conn, name, number))
        if added is None:
            raise click.ClickException(f"There is already an account {number}.")
        click.echo(f"Added account {added}.")
        click.echo(f"Next: scrumrpc person add EMAIL FIRST_NAME --administrator --account {added}")

    run_command(data, work)


@account.command("list")
@data_option
def list_accounts(data: Path) -> None:
    """List all accounts."""

    async def work(store: Store) -> None:
        rows = [
            (
                str(a.account_id), a.name, str(a.data_version), "closed" if a.is_closed else "open",
                "on" if a.has_api_access else "off", "on" if a.has_access_control else "off",
                "on" if a.in_maintenance else "off",
            )
            for a in await store.run(accounts.accounts)
        ]  # fmt: skip
        table(("account", "name", "version", "state", "API access", "access control", "maintenance"), rows)

    run_command(data, work)


@account.command("close")
@click.argument("account_id", type=int)
@data_option
def close_account(account_id: int, data: Path) -> None:
    """Close an account: its calls answer CompanyAccountClosed; its data stays."""
    switch(data, account_id, "is_closed", True, "is closed")


@account.command("reopen")
@click.argument("account_id", type=int)
@data_option
def reopen_account(account_id: int, data: Path) -> None:
    """Reopen a closed account."""
    switch(data, account_id, "is_closed", False, "is open")


@account.command("api-access")
@click.argument("account_id", type=int)
@click.argument("state", type=_ON_OFF)
@data_option
def api_access(account_id: int, state: str, data: Path) -> None:
    """Turn API access of an account on or off."""
    switch(data, account_id, "has_api_access", state == "on", f"has API access {state}")


@account.command("access-control")
@click.argument("account_id", type=int)
@click.argument("state", type=_ON_OFF)
@data_option
def access_control(account_id: int, state: str, data: Path) -> None:
    """Turn access control on projects of an account on or off."""
    switch(data, account_id, "has_access_control", state == "on", f"has access control {state}")


@account.command("new-epoch")
@click.argument("account_id", type=int, required=False)
@data_option
def new_epoch(account_id: int | None, data: Path) -> None:
    """Give an account, or all, a new epoch, after the database was restored by means of your own.

    Its clients then learn that data versions went back, rather than take new ones for those that they know. Do it
    before the server serves the restored database.
    """

    async def work(store: Store) -> None:
        count = await store.run(lambda conn: accounts.new_epoch(conn, account_id))
        _tell_changed(account_id, count, "has a new epoch")

    run_command(data, work)


@click.group()
def maintenance() -> None:
    """Maintenance: while it is on, calls answer DuringMaintenance."""


@maintenance.command("on")
@click.option("--account", "account_id", type=int, help="Only this account; all accounts by default.")
@data_option
def maintenance_on(account_id: int | None, data: Path) -> None:
    """Turn maintenance on."""
    switch(data, account_id, "in_maintenance", True, "is under maintenance")


@maintenance.command("off")
@click.option("--account", "account_id", type=int, help="Only this account; all accounts by default.")
@data_option
def maintenance_off(account_id: int | None, data: Path) -> None:
    """Turn maintenance off."""
    switch(data, account_id, "in_maintenance", False, "is in service")


def switch(data: Path, account_id: int | None, name: str, value: bool, said: str) -> None:
    """Turns something on or off for an account or for all."""

    async def work(store: Store) -> None:
        count = await store.run(lambda conn: accounts.switch(conn, name, value, account_id))
        _tell_changed(account_id, count, said)

    run_command(data, work)


def _tell_changed(account_id: int | None, count: int, said: str) -> None:
    """Says what has changed, for one account or for all; ends the command where there is no such account."""
    if account_id is not None and not count:
        raise click.ClickException(f"There is no account {account_id}.")
    click.echo(f"Account {account_id} {said}." if account_id is not None else f"Every account ({count}) {said}.")


@click.group()
def person() -> None:
    """People of an account: add, list."""


@person.command("add")
@click.argument("email")
@click.argument("first_name")
@click.argument("last_name", default="")
@click.option("--administrator", is_flag=True, help="Make the person an administrator.")
@account_option
@data_option
def add_person(email: str, first_name: str, last_name: str, administrator: bool, account_id: int, data: Path) -> None:
    """Add a person, on whose behalf calls can then be made."""

    async def work(store: Store) -> None:
        await need_account(store, account_id)
        given = {
            "emailAddress": email,
            "firstName": first_name,
            "lastName": last_name,
            "isAdministrator": "true" if administrator else "false",
        }
        answer = await store.call(account_id, "addPersonByOperator", given)
        click.echo(f"Added person {answer.result} to account {account_id}.")

    run_command(data, work)


@person.command("list")
@account_option
@data_option
def list_persons(account_id: int, data: Path) -> None:
    """List the people of an account."""

    async def work(store: Store) -> None:
        await need_account(store, account_id)
        image = await store.database.read(lambda conn: images.load_from_tables(conn, account_id))
        people = [image[number] for number in image.members(("Person", ROOT))]
        rows = [
            (p.id, p["emailAddress"], " ".join(filter(None, (p["firstName"], p["lastName"]))),
             "administrator" if p["isAdministrator"] else "")
            for p in people
        ]  # fmt: skip
        table(("id", "e-mail address", "name", ""), rows)

    run_command(data, work)


@click.group()
def key() -> None:
    """API keys of an account: create, list, revoke."""


@key.command("create")
@click.argument("name", default="unnamed")
@click.option("--expires-in-days", "days", type=click.FloatRange(0, MOST_DAYS, min_open=True), help="Days it works.")
@click.option("--expires", type=click.DateTime(_MOMENTS), help="From when on (UTC) it works no longer.")
@click.option("--read-only", is_flag=True, help="Only for calls that change nothing.")
@account_option
@data_option
def create_key(
    name: str, days: float | None, expires: datetime | None, read_only: bool, account_id: int, data: Path
) -> None:
    """Create an API key and show it, this once."""
    if days is not None and expires is not None:
        raise click.UsageError("--expires-in-days and --expires say the same: give one of them.")
    until = expires.replace(tzinfo=UTC) if expires else None
    if days is not None:
        until = datetime.now(UTC) + timedelta(days=days)
    if until is not None and until <= datetime.now(UTC):
        raise click.UsageError(f"--expires is {moment(until)}, which is over.")

    async def work(store: Store) -> None:
        await need_account(store, account_id)
        secret = await make_key(store, account_id, name, expires_at=until, is_read_only=read_only)
        click.echo(f"API key of account {account_id}, shown only now:\n{secret}")

    run_command(data, work)


@key.command("list")
@account_option
@data_option
def list_keys(account_id: int, data: Path) -> None:
    """List the API keys of an account, with what each is for and when it was last used."""

    async def work(store: Store) -> None:
        await need_account(store, account_id)
        rows = [
            (str(k.key_id), k.name, f"{k.prefix}...", "read" if k.is_read_only else "read, write", moment(k.created_at),
             moment(k.expires_at), moment(k.last_used_at), f"revoked {moment(k.revoked_at)}" if k.revoked_at else "")
            for k in await store.run(lambda conn: keys.keys_of(conn, account_id))
        ]  # fmt: skip
        table(("key", "name", "starts with", "may", "created", "expires", "last used", ""), rows)

    run_command(data, work)


@key.command("revoke")
@click.argument("key_id", type=int)
@account_option
@data_option
def revoke_key(key_id: int, account_id: int, data: Path) -> None:
    """Revoke the API key number KEY_ID: it is refused from the next call on."""

    async def work(store: Store) -> None:
        if not await store.run(lambda conn: keys.revoke(conn, account_id, key_id)):
            raise click.ClickException(f"Account {account_id} has no key {key_id} that is not revoked yet.")
        click.echo(f"Revoked key {key_id} of account {account_id}.")

    run_command(data, work)


async def make_key(
    store: Store, account_id: int, name: str, *, expires_at: datetime | None = None, is_read_only: bool = False
) -> str:
    """Adds a new API key to an account and answers it."""
    secret = new_key(account_id)
    await store.run(
        lambda conn: keys.add(
            conn, account_id, name, prefix_of(secret), hash_of(secret), expires_at=expires_at, is_read_only=is_read_only
        )
    )
    return secret


async def need_account(store: Store, account_id: int) -> None:
    """Ends the command where there is no such account."""
    known = [a.account_id for a in await store.run(accounts.accounts)]
    if account_id not in known:
        numbers = ", ".join(map(str, known)) or "none"
        raise click.ClickException(f"There is no account {account_id}; there are: {numbers}.")


def moment(value: datetime | None) -> str:
    """A point in time to the minute, or never."""
    return value.strftime("%Y-%m-%d %H:%M UTC") if value else "never"


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints rows under heads, in columns."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
