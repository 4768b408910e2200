"""Loading: reads all objects of an account from its tables, for an image."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.database import Connection
from scrumrpc.store.statements import STATEMENTS

_AT_ONCE = 200
"""Rows that are read before others have their turn: a millisecond or so."""

_LINKS = """
SELECT object_id, role, array_agg(person_id ORDER BY position) FROM object_persons
WHERE account_id = %(account)s GROUP BY object_id, role
UNION ALL
SELECT object_id, 'tagIDs', array_agg(tag_id ORDER BY position) FROM object_tags
WHERE account_id = %(account)s GROUP BY object_id
"""

_OFTEN_EQUAL = ("enum", "date", "ref", "number")
"""Kinds of properties of which many objects have the same value."""

Same = defaultdict[str, dict[Any, Any]]
"""By the kind of property, each value that was read before, by itself; lists by tuples that are equal to them."""

# Most accounts have objects of a few types, and a statement for each of the others would take most of the time.
_PRESENT = """
SELECT t.name FROM unnest(%(types)s::text[]) WITH ORDINALITY t (name, place)
WHERE EXISTS (SELECT FROM objects WHERE account_id = %(account)s AND type = t.name)
ORDER BY t.place
"""

Links = dict[str, dict[int, list[int]]]
"""The lists of ids in an account, by the property and the number of the object; empty ones are left out."""


async def load_records(conn: Connection, account: int) -> list[Record]:
    """All objects of the account, as the transaction on the connection sees them. Others have their turns meanwhile."""
    same: Same = defaultdict(dict)
    links: Links = defaultdict(dict)
    async for rows in _rows(conn, _LINKS, {"account": account}):
        for number, name, linked in rows:
            links[name][number] = same["refs"].setdefault(tuple(linked), linked)
    records: list[Record] = []
    cursor = await conn.execute(_PRESENT, {"account": account, "types": list(STORED_TYPES)})
    for (type_name,) in await cursor.fetchall():
        reader = _Reader(type_name, links, same)
        parameters = {"account": account, "object_type": type_name}
        async for rows in _rows(conn, STATEMENTS[type_name].load_all_without_lists, parameters):
            records += map(reader.record, rows)
    return records


async def _rows(conn: Connection, text: str, parameters: dict[str, Any]) -> AsyncIterator[list[tuple[Any, ...]]]:
    """What a statement answers, in pieces, which come while the database still looks for more."""
    rows: list[tuple[Any, ...]] = []
    stream = conn.cursor().stream(text, parameters, binary=True, size=_AT_ONCE)
    async with aclosing(cast("AsyncGenerator[tuple[Any, ...]]", stream)):  # else the rest would come at some later time
        async for row in stream:
            rows.append(row)
            if len(rows) == _AT_ONCE:
                yield rows
                rows = []
                await asyncio.sleep(0)
    yield rows


class _Reader:
    """Makes records of a type from rows. Values that are often equal are in memory once in the account: see `same`."""

    def __init__(self, type_name: str, links: Links, same: Same) -> None:
        stored = STORED_TYPES[type_name].stored
        self._type = type_name
        self._alike = [(at, same[p.kind].setdefault) for at, p in enumerate(stored) if p.kind in _OFTEN_EQUAL]
        self._linked = [(at, links[p.name]) for at, p in enumerate(stored) if p.kind == "refs"]
        self._nothing = same["refs"].setdefault((), [])

    def record(self, row: tuple[Any, ...]) -> Record:
        """The record that a row holds."""
        number, *values = row
        for at, once in self._alike:
            value = values[at]
            if value is not None:
                values[at] = once(value, value)
        for at, linked in self._linked:
            values[at] = linked.get(number, self._nothing)
        return Record.of_row(number, self._type, tuple(values))
