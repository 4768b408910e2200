"""Operators' commands about the history of accounts, and giving it up while the server runs."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import click
import psycopg
import structlog

from scrumrpc.cli.command import data_option
from scrumrpc.cli.opening import Store, run_command
from scrumrpc.cli.operate import moment, need_account, table
from scrumrpc.settings import MOST_DAYS
from scrumrpc.store import compaction

_LOG = structlog.get_logger("scrumrpc.history")
_PAUSE = 6 * 3600.0
"""Seconds from one compaction of a running server to the next."""
_WHILE_AWAY = 60.0
"""The same, where the database could not be reached, or another process was at it."""


class _Days(click.ParamType[float]):
    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            days = float(str(value))
        except ValueError:
            days = math.nan
        if not 0 < days <= MOST_DAYS:
            self.fail(f"{value} is not a number of days above 0, and up to {MOST_DAYS:,}.", param, ctx)
        return days


@click.group()
def history() -> None:
    """The history of accounts: show what is kept, give up what is old."""


@history.command("show")
@data_option
def show_history(data: Path) -> None:
    """Show what is kept of the history of each account."""

    async def work(store: Store) -> None:
        rows = [
            (
                str(each.account), str(each.data_version), str(each.oldest),
                moment(each.oldest_since) if each.oldest_since else "everything" if each.oldest == 0 else "",
                str(each.versions), str(each.changes), str(each.names),
            )
            for each in await store.run(compaction.history)
        ]  # fmt: skip
        table(("account", "version", "oldest", "made", "versions", "changes", "names"), rows)

    run_command(data, work)


@history.command("compact")
@click.option("--days", type=_Days(), required=True, help="How many days of history to keep.")
@click.option("--account", "account_id", type=int, help="Only this account; all accounts by default.")
@click.option("--dry-run", is_flag=True, help="Tell what would be given up, and keep it.")
@data_option
def compact_history(days: float, account_id: int | None, dry_run: bool, data: Path) -> None:
    """Give up the history of before some days, for good. The present stays, and so do versions that have a name.

    It works beside a running server, and can be broken off at any time: the next one goes on.
    """

    async def work(store: Store) -> None:
        if account_id is not None:
            await need_account(store, account_id)
        async with compaction.connection(store.database.url) as conn:
            if conn is None:
                raise click.ClickException("Another process is giving up history just now; try again later.")
            for account in await compaction.accounts(conn) if account_id is None else [account_id]:
                click.echo(_said(await compaction.compact(conn, account, days, tries=dry_run), dry_run))

    run_command(data, work)


def _said(done: compaction.GivenUp, dry_run: bool) -> str:
    rows = f"{done.changes} changes, {done.versions} versions and {done.files} files"
    would = "would go" if dry_run else "given up"
    return f"Account {done.account}: the oldest version is {done.oldest} (was {done.oldest_before}); {rows} {would}."


async def keep_days(url: str, days: float) -> None:
    """Gives up what is older than so many days, again and again until cancelled; problems are logged only."""
    while True:
        try:
            done = await _compact_all(url, days)
        except psycopg.Error as error:
            _LOG.warning("history not given up", error=str(error).strip())
            done = False
        await asyncio.sleep(_PAUSE if done else _WHILE_AWAY)


async def _compact_all(url: str, days: float) -> bool:
    """Compacts all accounts, one after the other; False where another process is at it."""
    async with compaction.connection(url) as conn:
        if conn is None:
            return False
        for account in await compaction.accounts(conn):
            if done := await compaction.compact(conn, account, days):
                _LOG.info(
                    "history given up", account=account, oldest=done.oldest, changes=done.changes,
                    versions=done.versions, files=done.files,
                )  # fmt: skip
    return True
