"""Ways in which a database goes back to what it was, below a server that runs on."""

from __future__ import annotations

import asyncio
import io

import psycopg
from psycopg import sql

from scrumrpc.store import accounts
from scrumrpc.store.backup_file import BackupReader
from scrumrpc.store.restore import restore
from tests.backup.lives import backup_of
from tests.conftest import at_database, disconnect, drop, execute, name_of_database
from tests.wire.surroundings import until

_TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid
"""
"""All tables, each after those that it refers to, as they were made in that order."""


class OneTransaction:
    """Puts back what all tables held, by means of one's own, in a transaction that breaks no connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._contents: dict[str, bytes] = {}
        with psycopg.connect(url) as conn:
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for (table,) in conn.execute(_TABLES).fetchall():
                with conn.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                    self._contents[table] = b"".join(bytes(each) for each in copy)

    def put_back(self) -> None:
        asyncio.run(self._put_back())

    async def _put_back(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url) as conn:
            await conn.execute("SELECT FROM accounts FOR UPDATE")  # after the calls that are under way
            for table in reversed(self._contents):
                await conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, content in self._contents.items():
                statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                async with conn.cursor().copy(statement) as copy:
                    await copy.write(content)
            await accounts.new_epoch(conn, None)


class AnotherDatabase:
    """Restores a backup into a new database, which takes the name of the old one: all connections break."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._content = backup_of(url)

    def put_back(self) -> None:
        name = name_of_database(self._url)
        maintenance = at_database(self._url, "postgres")
        execute(maintenance, f"CREATE DATABASE {name}_back")
        asyncio.run(restore(at_database(self._url, f"{name}_back"), BackupReader(io.BytesIO(self._content))))
        execute(maintenance, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")

        def renamed() -> bool:
            disconnect(maintenance, name)
            try:
                execute(maintenance, f"ALTER DATABASE {name} RENAME TO {name}_gone")
            except psycopg.errors.ObjectInUse:
                return False
            return True

        until(renamed)
        execute(maintenance, f"ALTER DATABASE {name}_back RENAME TO {name}")
        drop(maintenance, f"{name}_gone")
