"""Flush: several statements on their way to the database together, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection

Statement = tuple[str, Mapping[str, Any]]
"""A text with placeholders of the form %(name)s, and the parameters; those that it does not name are left out."""
Rows = list[tuple[Any, ...]]


async def flush(conn: AsyncConnection[Any], statements: Sequence[Statement]) -> list[Rows]:
    """The rows of each statement, none where it answers none. All travel together and run in order.

    Where one fails, those after it do not run, and its error is raised.
    """
    if len(statements) == 1:
        [(text, parameters)] = statements
        cursors = [await conn.execute(text, parameters or None)]
    else:
        async with conn.pipeline():
            cursors = [await conn.execute(text, parameters or None) for text, parameters in statements]
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
