"""Whole tables as text, the way PostgreSQL's COPY writes them, and digests of them; for backups."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from psycopg import sql

from scrumrpc.store.database import Connection

AT_ONCE = 4_000_000
"""Bytes of rows that are handed on together, at least; one row with a file in it may be longer by itself."""

_SETTINGS = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET bytea_output = 'hex'; SET extra_float_digits = 1;
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET enable_sort = off
"""
# What text looks like that two databases can be compared by. It may take as long as it takes. Rows are read in the
# order of their primary keys, and not sorted, which would take the space of the table once more.

_TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> 'schema_steps'
GROUP BY c.relname ORDER BY c.relname COLLATE "C"
"""

# Texts are compared by their bytes: the order of another server's language may be another one.
_ORDER = """
SELECT a.attname::text, a.atttypid = 'text'::regtype
FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indisprimary AND i.indrelid = to_regclass(quote_ident(%s)) ORDER BY k.position
"""


async def connect(url: str) -> Connection:
    """A connection whose texts are the same for the same values, and which nothing cuts off for being long at it."""
    conn = await Connection.connect(url, autocommit=True, client_encoding="utf8")
    await conn.execute(_SETTINGS)
    return conn


async def tables(conn: Connection) -> dict[str, list[str]]:
    """All tables with the data of accounts, by name, each with its columns."""
    return dict(await (await conn.execute(_TABLES)).fetchall())


async def copy_out(conn: Connection, table: str, columns: list[str]) -> AsyncIterator[bytes]:
    """The rows of a table, by account, in pieces of whole lines."""
    keys = await (await conn.execute(_ORDER, [table])).fetchall()
    order = [sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(name)) for name, is_text in keys]
    rows = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table), sql.SQL(", ").join(order)
    )
    gathered, size = [], 0
    async with conn.cursor().copy(rows) as copy:
        async for row in copy:
            gathered.append(bytes(row))
            size += len(row)
            if size >= AT_ONCE and gathered[-1].endswith(b"\n"):
                yield b"".join(gathered)
                gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


async def copy_in(conn: Connection, table: str, columns: list[str], pieces: Iterable[bytes]) -> None:
    """Adds rows to a table."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    async with conn.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
        for piece in pieces:
            await copy.write(piece)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many rows, and the digest of them."""

    rows: int
    digest: str


_NOTHING = Counted(0, hashlib.sha256().hexdigest())


class Digests:
    """Digests of tables, and of what each account has in all of them.

    Every column is a part of it, also of what no call shows: hashes of keys, answers under requestIDs, webhooks. All
    rows of a table come one after the other, those of an account as well, and tables in the order of their names.
    """

    def __init__(self) -> None:
        self._table, self._account = "", b""
        self._of_table, self._of_account = hashlib.sha256(), hashlib.sha256()
        self._rows = self._rows_of_account = 0
        self._tables: dict[str, Counted] = {}
        self._accounts: dict[int, tuple[int, hashlib._Hash]] = {}

    def take(self, table: str, piece: bytes) -> None:
        """Takes in some rows, as whole lines that begin with the number of their account."""
        if table != self._table:
            self._end_table()
            self._table = table
        self._of_table.update(piece)
        for line in piece.splitlines(keepends=True):
            account = line[: line.index(b"\t")]
            if account != self._account:
                self._end_account()
                self._account = account
            self._of_account.update(line)
            self._rows_of_account += 1
            self._rows += 1

    def tables(self, names: Iterable[str]) -> dict[str, Counted]:
        """What was in each of these tables, after all of it was taken in."""
        self._end_table()
        return {name: self._tables.get(name, _NOTHING) for name in names}

    def accounts(self) -> dict[int, Counted]:
        """What each account has, by its number."""
        self._end_table()
        return {number: Counted(rows, digest.hexdigest()) for number, (rows, digest) in self._accounts.items()}

    def _end_account(self) -> None:
        if self._rows_of_account:
            number = int(self._account)
            rows, digest = self._accounts.get(number) or (0, hashlib.sha256())
            digest.update(f"{self._table} {self._rows_of_account} {self._of_account.hexdigest()}\n".encode())
            self._accounts[number] = (rows + self._rows_of_account, digest)
        self._account, self._of_account, self._rows_of_account = b"", hashlib.sha256(), 0

    def _end_table(self) -> None:
        self._end_account()
        if self._rows:
            self._tables[self._table] = Counted(self._rows, self._of_table.hexdigest())
        self._table, self._of_table, self._rows = "", hashlib.sha256(), 0
