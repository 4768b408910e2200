"""Images: loads accounts into memory, keeps them current by the change log, drops the least recently used."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from scrumrpc.model.image import Image
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.log import changes_since
from scrumrpc.store.statements import STATEMENTS, record_from


class Images:
    """The images of a worker, together at most about `limit` bytes; the one in use stays, however large it is.

    `origin` is where this server is reached, which stands in front of the URLs of files that it keeps.
    """

    def __init__(self, database: Database, limit: int, origin: str = "") -> None:
        self._database = database
        self._limit = limit
        self._origin = origin
        self._images: OrderedDict[int, Image] = OrderedDict()
        self._loading: dict[int, asyncio.Lock] = {}

    async def at_least(self, account: int, version: int) -> Image:
        """The account's image at `version` or a newer committed one.

        Whoever uses it must not wait for anything in between, because the next call may move it on.
        """
        image = self._images.get(account)
        if image is None or image.version < version:
            async with self._loading.setdefault(account, asyncio.Lock()):
                image = self._images.get(account)
                if image is None:
                    image = await self._database.read(lambda conn: load_from_tables(conn, account, self._origin))
                elif image.version < version:
                    since = image.version
                    reached, changes = await self._database.read(lambda conn: changes_since(conn, account, since))
                    image.apply(reached, changes)
                self._images[account] = image
        self._images.move_to_end(account)
        self._drop_old()
        return image

    def _drop_old(self) -> None:
        while len(self._images) > 1 and sum(image.bytes for image in self._images.values()) > self._limit:
            account, _ = self._images.popitem(last=False)
            lock = self._loading.get(account)
            if lock and not lock.locked():
                del self._loading[account]


async def load_from_tables(conn: Connection, account: int, origin: str = "") -> Image:
    """The account as its tables have it now: one snapshot, with the version read inside it."""
    await conn.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        cursor = await conn.execute("SELECT data_version FROM accounts WHERE account_id = %s", (account,))
        row = await cursor.fetchone()
        version = row[0] if row else 0
        records: list[Record] = []
        for type_name in STORED_TYPES:
            rows = await _load_all(conn, account, type_name)
            records += [record_from(type_name, row) for row in rows]
    finally:
        await conn.execute("ROLLBACK")
    return Image(account, version, records, origin)


async def load_from_log(conn: Connection, account: int, version: int | None = None) -> Image:
    """The account replayed from nothing by its change log, up to `version` or to the newest one."""
    image = Image(account, 0)
    reached, changes = (
        await changes_since(conn, account, 0) if version is None else await changes_since(conn, account, 0, version)
    )
    image.apply(reached, changes)
    return image


async def _load_all(conn: Connection, account: int, type_name: str) -> Sequence[tuple[Any, ...]]:
    cursor = await conn.execute(STATEMENTS[type_name].load_all, {"account": account, "object_type": type_name})
    return await cursor.fetchall()
