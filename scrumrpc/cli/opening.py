"""Opens the store for a command: the database that DATABASE_URL names, or the one in the data folder."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.cli.command import tell_failures
from scrumrpc.settings import Settings
from scrumrpc.store.database import Connection, Database, ping
from scrumrpc.store.embedded import running
from scrumrpc.store.images import Images
from scrumrpc.store.migrations import migrate
from scrumrpc.store.standing import Credentials

T = TypeVar("T")


class Store:
    """A database with the pipeline on top, for operators' calls."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        unlimited = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        images = Images(database, settings.image_memory, settings.public_url)
        self._calls = Calls(database, images, unlimited, largest_file=settings.largest_file)

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The result of one statement about accounts or keys."""

        async with self.database.begin(ping) as (conn, _):
            return await work(conn)

    async def call(self, account: int, name: str, given: dict[str, str], email: str | None = None) -> Answer:
        """An operator's call of a method, on behalf of a person or of nobody."""
        return await self._calls.call(name, given, Credentials(account, None, email), f"cli-{secrets.token_hex(6)}")


@asynccontextmanager
async def open_store(url: str, settings: Settings) -> AsyncIterator[Store]:
    """The store in a database, brought to the present schema."""
    await migrate(url)
    database = Database(url, size=1, prepare=settings.database_prepare, wait=settings.database_wait)
    await database.open()
    try:
        yield Store(database, settings)
    finally:
        await database.close()


@asynccontextmanager
async def database_url(data: Path, settings: Settings) -> AsyncIterator[str]:
    """The URL of the database to work on; the embedded one runs at least as long as the block."""
    if settings.database_url:
        yield settings.database_url
    else:
        async with running(data) as url:
            yield url


def run_command(data: Path, work: Callable[[Store], Awaitable[None]]) -> None:
    """Runs a command's work on the store; what goes wrong is told in one line."""

    async def whole() -> None:
        settings = Settings.from_environment()
        async with database_url(data, settings) as url, open_store(url, settings) as store:
            await work(store)

    tell_failures(whole())
