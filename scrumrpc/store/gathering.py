"""Gathering: rows that go into the same table one after the other, as one statement: the server takes them at once.

Example: `INSERT INTO tags (id, name) VALUES (%(number)s, %(name)s)`, three times in a row or more, becomes
`INSERT INTO tags (id, name) SELECT id, name FROM json_populate_recordset(NULL::tags, %(rows)s)`, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

Statement = tuple[str, Mapping[str, Any]]
"""A text with placeholders of the form %(name)s, and the parameters; those that it does not name are left out.

The server infers the type of a parameter from where it stands, whatever the type of its value: in `id = %(id)s` it is
that of the column. Where nothing tells it a cast must: `unnest(%(numbers)s::bigint[])`.
"""

_FEWEST = 3
_MOST = 500
"""Rows in one statement: each is in memory several times, here and in the server."""
_INSERT = re.compile(r"\s*INSERT INTO (\w+) \(([\w\s,]+)\)\s*VALUES \((.+)\)\s*", re.DOTALL)
_VALUE = re.compile(r"\s*%\((\w+)\)s(?:::([\w ]+(?:\[\])?))?\s*")


def gathered(statements: Sequence[Statement]) -> Iterator[tuple[Statement, int]]:
    """What does the same as the statements, in fewer, and of how many of them each takes the place."""
    start = 0
    while start < len(statements):
        text, end = statements[start][0], start + 1
        while end < len(statements) and statements[end][0] == text:
            end += 1
        insert = _insert_of(text) if end - start >= _FEWEST else None
        step = _MOST if insert else 1
        for at in range(start, end, step):
            some = statements[at : min(at + step, end)]
            if insert and (one := insert.of_many(some)):
                yield one, len(some)
            else:
                yield from ((each, 1) for each in some)
        start = end


@dataclass(frozen=True, slots=True)
class _Insert:
    """A statement that inserts many rows; `columns` with the names of their parameters, `json` those of JSON texts."""

    table: str
    columns: tuple[tuple[str, str], ...]
    json: tuple[str, ...]

    def of_many(self, statements: Sequence[Statement]) -> Statement | None:
        """The statement that inserts what these insert one by one.

        The server takes a null of JSON for no value at all: there is no such statement for rows that have the one, and
        others that have the other.
        """
        rows = [{column: given[name] for column, name in self.columns} for _, given in statements]
        selected = [column for column, _ in self.columns]
        for column in self.json:
            values = [row[column] for row in rows]
            if "null" in values:
                if None in values:
                    return None
                selected[selected.index(column)] = f"coalesce({column}, 'null')"
            for row in rows:
                if row[column] is not None:
                    row[column] = orjson.Fragment(row[column])
        text = (
            f"INSERT INTO {self.table} ({', '.join(rows[0])}) SELECT {', '.join(selected)} "  # noqa: S608
            f"FROM json_populate_recordset(NULL::{self.table}, %(rows)s)"
        )
        return text, {"rows": orjson.dumps(rows, default=_bytes).decode()}


@cache
def _insert_of(text: str) -> _Insert | None:
    """None where the statement does more than put parameters into columns."""
    found = _INSERT.fullmatch(text)
    values = [_VALUE.fullmatch(value) for value in found[3].split(",")] if found else [None]
    if found is None or None in values:
        return None
    columns = [column.strip() for column in found[2].split(",")]
    named = [(column, value[1], value[2]) for column, value in zip(columns, values, strict=True) if value]
    return _Insert(
        found[1],
        tuple((column, name) for column, name, _ in named),
        tuple(column for column, _, kind in named if kind == "jsonb"),
    )


def _bytes(value: Any) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"a value of the type {type(value).__name__} cannot be sent to the database")
