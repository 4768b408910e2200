"""Dumping: what parameters of statements look like on their way to the database.

They go as text without a type, as if written between quotes, so that one prepared statement serves whatever values
come: also null, and numbers of any size. Only bytes go as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.pq import Format

_FORMATS = {True: Format.BINARY, False: Format.TEXT}


class _Dumpers(dict[type, Callable[[Any], bytes | None]]):
    """What dumps values of a type; for types that derive from one of those given, as that one."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes | None]:
        for known in kind.__mro__:
            if known in self:
                self[kind] = self[known]
                return self[kind]
        raise psycopg.ProgrammingError(f"a value of the type {kind.__name__} cannot be sent to the database")


def dumped(values: Sequence[Any]) -> tuple[list[bytes | None], list[Format] | None]:
    """The values as they are sent, and the format of each; None where all are text."""
    sent = [_DUMPERS[type(value)](value) for value in values]
    if bytes not in map(type, values):
        return sent, None
    return sent, [_FORMATS[type(value) is bytes] for value in values]


def _text(value: str) -> bytes:
    encoded = value.encode()
    if b"\0" in encoded:  # libpq would end the text there
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return encoded


def _array(values: list[Any] | tuple[Any, ...]) -> bytes:
    """An array literal: `{"1","2",NULL}`.

    >>> _array([1, None, 'a "b" \\\\'])
    b'{"1",NULL,"a \\\\"b\\\\" \\\\\\\\"}'
    """
    return b"{%b}" % b",".join([_element(value) for value in values])


def _element(value: Any) -> bytes:
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        return b'"\\\\x%b"' % value.hex().encode()
    return b'"%b"' % (_DUMPERS[type(value)](value) or b"").replace(b"\\", b"\\\\").replace(b'"', b'\\"')


_DUMPERS = _Dumpers(
    {
        type(None): lambda value: value,
        str: _text,
        int: lambda value: b"%d" % value,
        bool: lambda value: b"t" if value else b"f",
        float: lambda value: repr(value).encode(),
        bytes: lambda value: value,
        datetime: lambda value: value.isoformat().encode(),
        date: lambda value: value.isoformat().encode(),
        list: _array,
    }
)
