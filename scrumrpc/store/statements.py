"""The statements for objects, built from the tables with SQLAlchemy Core and compiled once to text for psycopg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import Compiled

from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.tables import OBJECT_PERSONS, OBJECT_TAGS, OBJECTS, TABLES, column_name, has_column

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class TypeStatements:
    """The statements for one object type; parameters by name, `account` in all of them, `object_type` in loading ones.

    The loading ones answer rows that `record_from` reads: by `id` (wire id), by `ids`, by `numbers`, by `referred` (for
    each property that refers to something: the numbers that it may hold), or all.
    """

    load_by_id: str
    load_by_ids: str
    load_by_numbers: str
    load_by_reference: dict[str, str]
    load_all: str
    find_unique: str | None
    insert: str
    update: str
    delete: str


def text_of(statement: Executable) -> str:
    """A statement as text with psycopg placeholders."""
    compiled: Compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    return str(compiled)


def _statements_of(type_name: str) -> TypeStatements:
    object_type, table = STORED_TYPES[type_name], TABLES[type_name]
    columns = [column_name(p.name) for p in object_type.stored if has_column(p)]
    in_account = table.c.account_id == bindparam("account")
    this_one = and_(in_account, table.c.id == bindparam("number"))
    load = _load(type_name)
    container = table.c[column_name(object_type.listed_in)] if object_type.listed_in else None
    in_list = and_(in_account, container == bindparam("container")) if container is not None else in_account
    unique = [table.c[column_name(name)] == bindparam("value") for name in object_type.unique]
    return TypeStatements(
        load_by_id=text_of(load.where(OBJECTS.c.wire_id == bindparam("id"))),
        load_by_ids=text_of(load.where(OBJECTS.c.wire_id == any_(bindparam("ids")))),
        load_by_numbers=text_of(load.where(OBJECTS.c.id == any_(bindparam("numbers")))),
        load_by_reference={
            p.name: text_of(load.where(table.c[column_name(p.name)] == any_(bindparam("referred"))))
            for p in object_type.stored
            if p.kind == "ref"
        },
        load_all=text_of(load),
        find_unique=text_of(select(table.c.id).where(in_list, *unique)) if unique else None,
        insert=text_of(
            insert(table).values(
                account_id=bindparam("account"), id=bindparam("number"), **{c: bindparam(c) for c in columns}
            )
        ),
        update=text_of(update(table).where(this_one).values({c: bindparam(c) for c in columns})),
        delete=text_of(delete(table).where(this_one)),
    )


@dataclass(frozen=True, slots=True)
class ListStatements:
    """The statements for the order of a list; parameters: `account`, `container`, `without` (the number of an object to
    leave out, 0 for none), and those named in each."""

    last_rank: str  # of the whole list
    rank_before: str  # of the whole list: the greatest below `rank`
    last_rank_within: str
    ranks_at: str  # within: the ranks at the position `skip` and the one after it
    count: str  # within
    at_ranks: str  # of the whole list: the numbers and ranks of those at `ranks`


@cache
def list_statements(type_name: str, rank: str, listed_in: str | None, within: tuple[str, ...]) -> ListStatements:
    """The statements for the list of a type that the property `rank` sorts among objects of one `listed_in`.

    `within` narrows some of them to those objects that have the values `within_<property>`.
    """
    table = TABLES[type_name]
    sorter = table.c[column_name(rank)]
    whole = and_(table.c.account_id == bindparam("account"), table.c.id != bindparam("without"))
    if listed_in is not None:
        whole = and_(whole, table.c[column_name(listed_in)] == bindparam("container"))
    part = and_(
        whole,
        *(
            table.c[column_name(name)].is_not_distinct_from(bindparam(f"within_{name}", type_=BigInteger))
            for name in within
        ),
    )
    last = select(sorter).order_by(sorter.desc()).limit(literal_column("1"))
    return ListStatements(
        last_rank=text_of(last.where(whole)),
        rank_before=text_of(last.where(whole, sorter < bindparam("rank"))),
        last_rank_within=text_of(last.where(part)),
        ranks_at=text_of(
            select(sorter).where(part).order_by(sorter).offset(bindparam("skip")).limit(literal_column("2"))
        ),
        count=text_of(select(func.count()).select_from(table).where(part)),
        at_ranks=text_of(select(table.c.id, sorter).where(whole, sorter == any_(bindparam("ranks")))),
    )


@cache
def ranks_since(type_name: str, rank: str, listed_in: str | None) -> str:
    """The statement for what sorts the objects of a list now, and did at `version`; parameters as in ListStatements."""
    table = TABLES[type_name]
    in_list = f"AND t.{column_name(listed_in)} = %(container)s" if listed_in is not None else ""
    was_in_list = f"AND (s.state ->> '{listed_in}')::bigint = %(container)s" if listed_in is not None else ""
    return f"""
        SELECT t.id, t.{column_name(rank)}, s.state ->> '{rank}'
        FROM {table.name} t
        LEFT JOIN LATERAL (
            SELECT state FROM changes
            WHERE account_id = %(account)s AND object_id = t.id AND version <= %(version)s
            ORDER BY version DESC LIMIT 1
        ) s ON true {was_in_list}
        WHERE t.account_id = %(account)s {in_list}
        ORDER BY t.id LIMIT %(limit)s
    """  # noqa: S608


@cache
def load_with_value(type_name: str, names: tuple[str, ...]) -> str:
    """The statement that loads the objects of a type in `project` that have a value in one of the properties.

    It loads at most `limit` of them, where that is not null.
    """
    table = TABLES[type_name]
    valued = or_(*(table.c[column_name(name)].is_not(None) for name in names))
    load = _load(type_name).where(table.c.project_id == bindparam("project"), valued)
    return text_of(load.limit(bindparam("limit", type_=BigInteger)))


@dataclass(frozen=True, slots=True)
class NestingStatements:
    """The statements for objects that nest in others of their type; parameters: `account`, `number`."""

    above: str  # the number itself and those of all that it nests in, from the inside out
    height: str  # how many levels it and what nests in it have


@cache
def nesting_statements(type_name: str) -> NestingStatements:
    """The statements for a type whose objects nest in one another."""
    table, name = TABLES[type_name], STORED_TYPES[type_name].nested_in
    assert name is not None
    parent = table.c[column_name(name)]
    in_account = table.c.account_id == bindparam("account")
    start = select(table.c.id, parent.label("parent"), literal_column("1").label("level")).where(
        in_account, table.c.id == bindparam("number")
    )
    next_level: ColumnElement[Any] = literal_column("level + 1")
    up, down = start.cte("up", recursive=True), start.cte("down", recursive=True)
    up = up.union_all(select(table.c.id, parent, next_level).where(in_account, table.c.id == up.c.parent))
    down = down.union_all(select(table.c.id, parent, next_level).where(in_account, parent == down.c.id))
    return NestingStatements(
        above=text_of(select(up.c.id).order_by(up.c.level)), height=text_of(select(func.max(down.c.level)))
    )


def _load(type_name: str) -> Select[Any]:
    """Number, then every stored property in stored order."""
    table = TABLES[type_name]
    columns: list[ColumnElement[Any]] = [OBJECTS.c.id]
    for p in STORED_TYPES[type_name].stored:
        if p.kind == "id":
            columns.append(OBJECTS.c.wire_id)
        elif p.name == "externalID":
            columns.append(OBJECTS.c.external_id)
        elif p.kind == "refs":
            columns.append(_links(p))
        else:
            columns.append(table.c[column_name(p.name)])
    same = and_(table.c.account_id == OBJECTS.c.account_id, table.c.id == OBJECTS.c.id)
    joined = OBJECTS.join(table, same)
    of_type = and_(OBJECTS.c.account_id == bindparam("account"), OBJECTS.c.type == bindparam("object_type"))
    return select(*columns).select_from(joined).where(of_type)


def _links(p: Property) -> ColumnElement[Any]:
    """The numbers that a list of ids holds, as an array in order."""
    table = OBJECT_TAGS if p.target == "Tag" else OBJECT_PERSONS
    rows = select(table.c.tag_id if table is OBJECT_TAGS else table.c.person_id).where(
        table.c.account_id == OBJECTS.c.account_id, table.c.object_id == OBJECTS.c.id
    )
    if table is OBJECT_PERSONS:
        rows = rows.where(table.c.role == literal_column(f"'{p.name}'"))
    return func.array(rows.order_by(table.c.position).correlate(OBJECTS).scalar_subquery())


STATEMENTS: dict[str, TypeStatements] = {name: _statements_of(name) for name in STORED_TYPES}

INSERT_OBJECT = text_of(
    insert(OBJECTS).values(
        account_id=bindparam("account"),
        id=bindparam("number"),
        type=bindparam("object_type"),
        wire_id=bindparam("wire_id"),
        external_id=bindparam("external_id"),
    )
)
_THIS_OBJECT = and_(OBJECTS.c.account_id == bindparam("account"), OBJECTS.c.id == bindparam("number"))
UPDATE_OBJECT = text_of(
    update(OBJECTS).where(_THIS_OBJECT).values(type=bindparam("object_type"), external_id=bindparam("external_id"))
)
DELETE_OBJECT = text_of(delete(OBJECTS).where(_THIS_OBJECT))
FIND_EXTERNAL_ID = text_of(
    select(OBJECTS.c.id).where(
        OBJECTS.c.account_id == bindparam("account"),
        OBJECTS.c.type == bindparam("object_type"),
        OBJECTS.c.external_id == bindparam("external_id"),
    )
)
_PERSONS = TABLES["Person"]
FIND_PERSONS = text_of(
    select(_PERSONS.c.login, _PERSONS.c.id).where(
        _PERSONS.c.account_id == bindparam("account"),
        _PERSONS.c.login == any_(bindparam("logins")),
        _PERSONS.c.is_deleted.is_(False),
    )
)
NUMBERS_FOR_PEOPLE = {"BacklogItem": "itemNumber", "Task": "taskNumber"}
"""The property that holds what people call an object of the type by; unique in the account."""
LOAD_BY_NUMBER_FOR_PEOPLE = {
    type_name: text_of(_load(type_name).where(TABLES[type_name].c[column_name(name)] == any_(bindparam("numbers"))))
    for type_name, name in NUMBERS_FOR_PEOPLE.items()
}
TAGGED = text_of(
    select(OBJECTS.c.type, OBJECTS.c.id)
    .select_from(
        OBJECT_TAGS.join(
            OBJECTS, and_(OBJECTS.c.account_id == OBJECT_TAGS.c.account_id, OBJECTS.c.id == OBJECT_TAGS.c.object_id)
        )
    )
    .where(OBJECT_TAGS.c.account_id == bindparam("account"), OBJECT_TAGS.c.tag_id == bindparam("tag"))
)
_BACKLOGS, _LISTS = TABLES["Backlog"], TABLES["BacklogList"]
FIRST_LIST = text_of(
    select(_LISTS.c.id)
    .select_from(
        _LISTS.join(
            _BACKLOGS, and_(_BACKLOGS.c.account_id == _LISTS.c.account_id, _BACKLOGS.c.id == _LISTS.c.backlog_id)
        )
    )
    .where(
        _LISTS.c.account_id == bindparam("account"),
        _BACKLOGS.c.project_id == bindparam("project"),
        _BACKLOGS.c.is_archived.is_(False),
        _LISTS.c.is_archived.is_(False),
    )
    .order_by(_BACKLOGS.c.rank, _LISTS.c.rank)
    .limit(literal_column("1"))
)
COUNT_ADMINISTRATORS = text_of(
    select(func.count())
    .select_from(_PERSONS)
    .where(
        _PERSONS.c.account_id == bindparam("account"),
        _PERSONS.c.is_administrator.is_(True),
        _PERSONS.c.is_deleted.is_(False),
    )
)
LINKED = text_of(
    select(OBJECTS.c.type, OBJECTS.c.id)
    .distinct()
    .select_from(
        OBJECT_PERSONS.join(
            OBJECTS,
            and_(OBJECTS.c.account_id == OBJECT_PERSONS.c.account_id, OBJECTS.c.id == OBJECT_PERSONS.c.object_id),
        )
    )
    .where(
        OBJECT_PERSONS.c.account_id == bindparam("account"),
        OBJECT_PERSONS.c.person_id == bindparam("person"),
        OBJECT_PERSONS.c.role == any_(bindparam("roles")),
    )
)
INSERT_PERSON_LINK = text_of(
    insert(OBJECT_PERSONS).values(
        account_id=bindparam("account"),
        object_id=bindparam("number"),
        role=bindparam("role"),
        position=bindparam("position"),
        person_id=bindparam("linked"),
    )
)
DELETE_PERSON_LINKS = text_of(
    delete(OBJECT_PERSONS).where(
        OBJECT_PERSONS.c.account_id == bindparam("account"),
        OBJECT_PERSONS.c.object_id == bindparam("number"),
        OBJECT_PERSONS.c.role == bindparam("role"),
    )
)
INSERT_TAG_LINK = text_of(
    insert(OBJECT_TAGS).values(
        account_id=bindparam("account"),
        object_id=bindparam("number"),
        position=bindparam("position"),
        tag_id=bindparam("linked"),
    )
)
DELETE_TAG_LINKS = text_of(
    delete(OBJECT_TAGS).where(
        OBJECT_TAGS.c.account_id == bindparam("account"), OBJECT_TAGS.c.object_id == bindparam("number")
    )
)


def _read_time(value: datetime) -> int:
    return (value - _EPOCH) // _MILLISECOND


def _write_time(value: int) -> datetime:
    return _EPOCH + value * _MILLISECOND


_READERS: dict[str, Callable[[Any], Any]] = {"date": lambda value: value.isoformat(), "time": _read_time}
_WRITERS: dict[str, Callable[[Any], Any]] = {"time": _write_time}
_COLUMNS = {
    name: tuple((p.name, _READERS.get(p.kind)) for p in object_type.stored)
    for name, object_type in STORED_TYPES.items()
}

_OWN_COLUMNS = {
    name: tuple((p.name, column_name(p.name), _WRITERS.get(p.kind)) for p in object_type.stored if has_column(p))
    for name, object_type in STORED_TYPES.items()
}


def record_from(type_name: str, row: Sequence[Any]) -> Record:
    """The record that a loading statement's row holds."""
    values = {
        name: reader(value) if reader and value is not None else value
        for (name, reader), value in zip(_COLUMNS[type_name], row[1:], strict=True)
    }
    return Record(row[0], type_name, values)


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
