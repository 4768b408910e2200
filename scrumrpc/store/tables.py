"""The tables of schema.sql as SQLAlchemy Core tables, derived from the model; a test compares both with a database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Double, Integer, MetaData, Table, Text

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.columns import TABLE_NAMES, column_name, has_column

METADATA = MetaData()

_COLUMN_TYPES: dict[str, Any] = {
    "string": Text,
    "enum": Text,
    "integer": BigInteger,
    "number": Double,
    "boolean": Boolean,
    "date": Date,
    "time": DateTime(timezone=True),
    "ref": BigInteger,
    "strings": ARRAY(Text),
    "url": Text,
}


def _table_of(type_name: str) -> Table:
    own: list[Column[Any]] = [
        Column(column_name(p.name), _COLUMN_TYPES[p.kind], nullable=p.nullable)
        for p in STORED_TYPES[type_name].stored
        if has_column(p)
    ]
    return Table(
        TABLE_NAMES[type_name],
        METADATA,
        Column("account_id", BigInteger, primary_key=True),
        Column("id", BigInteger, primary_key=True),
        *own,
    )


TABLES: dict[str, Table] = {}
"""The table of each stored object type."""
for _name in STORED_TYPES:
    TABLES[_name] = METADATA.tables[TABLE_NAMES[_name]] if TABLE_NAMES[_name] in METADATA.tables else _table_of(_name)

OBJECTS = Table(
    "objects",
    METADATA,
    Column("account_id", BigInteger, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("type", Text, nullable=False),
    Column("wire_id", Text, nullable=False),
    Column("external_id", Text),
)

OBJECT_PERSONS = Table(
    "object_persons",
    METADATA,
    Column("account_id", BigInteger, primary_key=True),
    Column("object_id", BigInteger, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
)

OBJECT_TAGS = Table(
    "object_tags",
    METADATA,
    Column("account_id", BigInteger, primary_key=True),
    Column("object_id", BigInteger, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("tag_id", BigInteger, nullable=False),
)
