"""The data folder that is measured: its PostgreSQL, and accounts that are made once and may be kept between runs.

Accounts are made as users make them: a person and a project by calls, objects by `importObjects`, each with its place
in the change log. Where many equal accounts are needed, copies of one made so stand in for them: every row of every
table under another account number, log included; only the API key is one of their own.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import orjson
import psycopg
from psycopg import sql

from scrumrpc.calls.authentication import hash_of, new_key, prefix_of
from scrumrpc.cli.first_start import prepare
from scrumrpc.cli.opening import Store, open_store
from scrumrpc.cli.operate import make_key
from scrumrpc.settings import Settings
from scrumrpc.store import accounts
from scrumrpc.store.embedded import ADMIN, NAME, EmbeddedPostgres
from tests.load.calls import EMAIL, PROJECT

T = TypeVar("T")

TEMPLATE = 100
"""An account with a person and a project, of which copies are made."""
PEOPLED = 1_000
LARGE = 1_000_000
SIZED = 1_000_000_000
"""The account of so many people, backlog items or objects has one of these numbers, and theirs added."""
OBJECTS_AT_ONCE = 30_000
TEXT = "A description of about the length that people write into a backlog item, a sentence or two. " * 2


class Prepared:
    """A data folder with its running PostgreSQL; what is asked for is made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._postgres = EmbeddedPostgres(folder)
        self._keys_file = folder / "keys.json"
        self._keys: dict[int, str] = {}

    def __enter__(self) -> Prepared:
        asyncio.run(self._postgres.start())
        if self._keys_file.exists():
            kept = orjson.loads(self._keys_file.read_bytes())
            self._keys = {int(account): key for account, key in kept.items()}
        self._in_store(_first_start)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run(self._postgres.stop())

    @property
    def url(self) -> str:
        """The database's address."""
        return self._postgres.url

    @property
    def admin_url(self) -> str:
        """The same for PostgreSQL's superuser."""
        return self._postgres.files.address(ADMIN, NAME)

    @property
    def log(self) -> Path:
        """What PostgreSQL prints."""
        return self._postgres.files.path / "postgres.log"

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's programs."""
        found = self._postgres._programs
        assert found
        return found.folder

    def restart(self, **settings: str) -> None:
        """Starts PostgreSQL anew, with settings put into its configuration file."""
        asyncio.run(self._postgres.stop())
        with (self._postgres.files.cluster / "postgresql.conf").open("a") as file:
            file.writelines(f"{name.replace('__', '.')} = '{value}'\n" for name, value in settings.items())
        asyncio.run(self._postgres.start())

    # Accounts -------------------------------------------------------------------------------------------------------

    def template(self) -> str:
        """The key of an account with a person and a project."""
        return self._account(TEMPLATE, lambda: self._new_account(TEMPLATE, 0))

    def copies(self, first: int, count: int) -> list[str]:
        """The keys of so many copies of the template, their numbers from `first` on."""
        self.template()
        missing = [number for number in range(first, first + count) if number not in self._keys]
        if missing:
            self._copy(missing)
        return [self._keys[number] for number in range(first, first + count)]

    def large(self, items: int) -> str:
        """The key of the account with so many backlog items and twice as many tasks."""
        number = LARGE + items
        return self._account(number, lambda: self._new_account(number, 3 * items))

    def sized(self, objects: int) -> str:
        """The key of an account with about so many objects, a third of them backlog items and the others tasks.

        Its first project, to which items are added, has at most a few ten thousand of them.
        """
        return self._account(SIZED + objects, lambda: self._new_account(SIZED + objects, objects))

    def peopled(self, people: int) -> str:
        """The key of an account with a project and so many people besides the one of the others."""
        number = PEOPLED + people
        return self._account(number, lambda: self._new_account(number, 0, people))

    def _account(self, number: int, make: Any) -> str:
        if number not in self._keys:
            self._keys[number] = make()
            self._keep_keys()
        return self._keys[number]

    def _new_account(self, number: int, objects: int, people: int = 0) -> str:
        return self._in_store(lambda store: _new_account(store, number, objects, people))

    def _copy(self, numbers: list[int]) -> None:
        keys = {number: new_key(number) for number in numbers}
        with psycopg.connect(self.url) as conn:
            for table, columns in _tables(conn):
                if table == "api_keys":
                    continue
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                others = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(each)) for each in columns[1:])
                conn.execute(
                    sql.SQL(
                        "INSERT INTO {table} ({names}) SELECT n{others} FROM {table}, unnest(%s::bigint[]) n "
                        "WHERE account_id = %s"
                    ).format(table=sql.Identifier(table), names=names, others=others),
                    (numbers, TEMPLATE),
                )
            with conn.cursor().copy(
                "COPY api_keys (account_id, key_id, name, prefix, key_hash) FROM STDIN WITH (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["int8", "int8", "text", "text", "bytea"])
                for number, key in keys.items():
                    copy.write_row((number, 1, "load", prefix_of(key), hash_of(key)))
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute("ANALYZE")
        self._keys.update(keys)
        self._keep_keys()

    def _keep_keys(self) -> None:
        self._keys_file.write_bytes(orjson.dumps({str(account): key for account, key in self._keys.items()}))

    def _in_store(self, work: Any) -> Any:
        async def whole() -> Any:
            settings = Settings.from_environment()
            async with open_store(self.url, settings) as store:
                return await work(store)

        return asyncio.run(whole())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine."""
        return asyncio.run(work)


async def _first_start(store: Store) -> None:
    await prepare(store, Settings.from_environment())


async def _new_account(store: Store, number: int, objects: int, people: int) -> str:
    """An account with somebody in it, a project, and objects, spread over several projects if they are many."""
    await store.run(lambda conn: accounts.add(conn, "Load", number))
    person = {"emailAddress": EMAIL, "firstName": "L", "isAdministrator": "true"}
    await store.call(number, "addPersonByOperator", person)
    for n in range(people):
        await store.call(number, "addPersonByOperator", {**person, "emailAddress": email_of(n)})
    item = itertools.count()
    remaining = objects // 3
    for n in itertools.count(1):
        now = min(remaining, OBJECTS_AT_ONCE // 3) if n > 1 or objects > 100_000 else remaining
        project = PROJECT if n == 1 else f"1-1-{n}"
        given = orjson.dumps([_project(project, n), *_backlog(project, item, now)]).decode()
        await store.call(number, "importObjects", {"objects": given})
        remaining -= now
        if not remaining:
            break
    key = await make_key(store, number, "load")
    if objects:
        await store.run(lambda conn: conn.execute("ANALYZE"))
    return key


def _project(wire_id: str, number: int) -> dict[str, Any]:
    return {
        "objectType": "Project", "id": wire_id, "name": f"P{number}", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip


def _backlog(project: str, numbers: Iterator[int], items: int) -> Iterator[dict[str, Any]]:
    """Items with two tasks each."""
    for n in itertools.islice(numbers, items):
        item = f"1-2-{n}"
        yield {
            "objectType": "BacklogItem", "id": item, "projectID": project, "name": f"Item {n}", "description": TEXT,
            "status": "New", "priority": "High", "type": "Feature", "estimate": 2.5,
        }  # fmt: skip
        for m in range(2):
            yield {
                "objectType": "Task", "id": f"1-3-{2 * n + m}", "projectID": project, "backlogItemID": item,
                "name": f"Task {m} of item {n}", "status": "To do", "estimate": 1.0,
            }  # fmt: skip


def email_of(n: int) -> str:
    """The address of the n-th of many people."""
    return f"p{n}@example.com"


def some_item(items: int, chance: random.Random) -> str:
    """The wire id of one of the imported backlog items."""
    return f"1-2-{chance.randrange(items)}"


def _tables(conn: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[str, list[str]]]:
    """All tables with rows of accounts, each after those that it refers to, with its columns, account_id first."""
    columns = dict(
        conn.execute(
            "SELECT c.oid, array_agg(a.attname::text ORDER BY a.attname <> 'account_id', a.attnum) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
            "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid "
            "HAVING bool_or(a.attname = 'account_id')"
        ).fetchall()
    )
    names = dict(
        conn.execute("SELECT oid, relname::text FROM pg_class WHERE oid = ANY(%s)", (list(columns),)).fetchall()
    )
    refers: dict[int, set[int]] = {table: set() for table in columns}
    for table, to in conn.execute("SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f'").fetchall():
        if table != to:
            refers[table].add(to)
    ordered: list[int] = []
    while len(ordered) < len(columns):
        ready = [table for table in columns if table not in ordered and refers[table] <= set(ordered)]
        assert ready, "tables refer to each other in a circle"
        ordered += ready
    return [(names[table], columns[table]) for table in ordered]
