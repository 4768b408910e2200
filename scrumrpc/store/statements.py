"""The statements for objects, as texts for psycopg that were built ahead of time, and what their rows hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson

from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.columns import TABLE_NAMES, column_name, has_column
from scrumrpc.store.texts import (
    TEXTS,
    ListStatements,
    NestingStatements,
    TypeStatements,
    key_of_list,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


_BUILT: dict[str, dict[str, Any]] = orjson.loads(TEXTS.read_bytes())
STATEMENTS = {name: TypeStatements(**texts) for name, texts in _BUILT["types"].items()}
LOAD_BY_NUMBER_FOR_PEOPLE: dict[str, str] = _BUILT["by_number_for_people"]
LOAD_WITH_VALUE: dict[str, str] = _BUILT["with_value"]
"""By type and property, as in `Task usedTime`: loads the objects in `project` that have a value, at most `limit`."""
_OTHERS: dict[str, str] = _BUILT["others"]
INSERT_OBJECT = _OTHERS["INSERT_OBJECT"]
UPDATE_OBJECT = _OTHERS["UPDATE_OBJECT"]
DELETE_OBJECT = _OTHERS["DELETE_OBJECT"]
FIND_EXTERNAL_ID = _OTHERS["FIND_EXTERNAL_ID"]
FIND_PERSONS = _OTHERS["FIND_PERSONS"]
TAGGED = _OTHERS["TAGGED"]
FIRST_LIST = _OTHERS["FIRST_LIST"]
COUNT_ADMINISTRATORS = _OTHERS["COUNT_ADMINISTRATORS"]
LINKED = _OTHERS["LINKED"]
INSERT_PERSON_LINK = _OTHERS["INSERT_PERSON_LINK"]
DELETE_PERSON_LINKS = _OTHERS["DELETE_PERSON_LINKS"]
INSERT_TAG_LINK = _OTHERS["INSERT_TAG_LINK"]
DELETE_TAG_LINKS = _OTHERS["DELETE_TAG_LINKS"]
TYPES = _OTHERS["TYPES"]
BY_WIRE_IDS = _OTHERS["BY_WIRE_IDS"]
LISTING = _OTHERS["LISTING"]


@cache
def list_statements(type_name: str, rank: str, listed_in: str | None, within: tuple[str, ...]) -> ListStatements:
    """The statements for the list of a type that the property `rank` sorts among objects of one `listed_in`.

    `within` narrows some of them to those objects that have the values `within_<property>`.
    """
    return ListStatements(**_BUILT["lists"][key_of_list(type_name, rank, listed_in, within)])


@cache
def nesting_statements(type_name: str) -> NestingStatements:
    """The statements for a type whose objects nest in one another."""
    return NestingStatements(**_BUILT["nesting"][type_name])


@cache
def ranks_since(type_name: str, rank: str, listed_in: str | None) -> str:
    """The statement for what sorts the objects of a list now, and did at `version`; parameters as in ListStatements."""
    in_list = f"AND t.{column_name(listed_in)} = %(container)s" if listed_in is not None else ""
    was_in_list = f"AND (s.state ->> '{listed_in}')::bigint = %(container)s" if listed_in is not None else ""
    return f"""
        SELECT t.id, t.{column_name(rank)}, s.state ->> '{rank}'
        FROM {TABLE_NAMES[type_name]} t
        LEFT JOIN LATERAL (
            SELECT state FROM changes
            WHERE account_id = %(account)s AND object_id = t.id AND version <= %(version)s
            ORDER BY version DESC LIMIT 1
        ) s ON true {was_in_list}
        WHERE t.account_id = %(account)s {in_list}
        ORDER BY t.id LIMIT %(limit)s
    """  # noqa: S608


def _write_time(value: int) -> datetime:
    return _EPOCH + value * _MILLISECOND


_WRITERS: dict[str, Callable[[Any], Any]] = {"time": _write_time}
_OWN_COLUMNS = {
    name: tuple((p.name, column_name(p.name), _WRITERS.get(p.kind)) for p in object_type.stored if has_column(p))
    for name, object_type in STORED_TYPES.items()
}


def record_from(type_name: str, row: tuple[Any, ...]) -> Record:
    """The record that a loading statement's row holds."""
    return Record.of_row(row[0], type_name, row[1:])


def parameters_of(account: int, record: Record) -> dict[str, Any]:
    """What the inserting and updating statements of a record's type, and those for objects, take."""
    parameters: dict[str, Any] = {
        "account": account,
        "number": record.number,
        "object_type": record.type,
        "wire_id": record.id,
        "external_id": record.get("externalID"),
    }
    for name, column, writer in _OWN_COLUMNS[record.type]:
        value = record[name]
        parameters[column] = writer(value) if writer and value is not None else value
    return parameters
