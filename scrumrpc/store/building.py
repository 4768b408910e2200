"""Builds the statements for objects from the tables with SQLAlchemy Core, ahead of time: a server only reads them.

Run `python -m scrumrpc.store.building` after a change to the tables or to this module: it writes `statements.json`. A
test tells when that was forgotten. Building them at every start would take longer than all else that a start does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, psycopg
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import Compiled

from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.columns import column_name, has_column
from scrumrpc.store.tables import OBJECT_PERSONS, OBJECT_TAGS, OBJECTS, TABLES
from scrumrpc.store.texts import (
    NUMBERS_FOR_PEOPLE,
    TEXTS,
    ListStatements,
    NestingStatements,
    TypeStatements,
    key_of_list,
)

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]


def build() -> dict[str, Any]:
    """All statements, as `statements.json` holds them."""
    return {
        "types": {name: asdict(_statements_of(name)) for name in STORED_TYPES},
        "lists": {key_of_list(*each): asdict(_list_statements(*each)) for each in _lists()},
        "nesting": {name: asdict(_nesting_statements(name)) for name in STORED_TYPES if STORED_TYPES[name].nested_in},
        "with_value": {
            f"{name} {p.name}": _load_with_value(name, p.name)
            for name, object_type in STORED_TYPES.items()
            for p in object_type.stored
            if p.kind == "number" and "project_id" in TABLES[name].c
        },
        "by_number_for_people": {
            name: text_of(_load(name).where(TABLES[name].c[column_name(number)] == any_(bindparam("numbers"))))
            for name, number in NUMBERS_FOR_PEOPLE.items()
        },
        "others": {name: text_of(statement) for name, statement in _OTHERS.items()},
    }


def _lists() -> Iterator[tuple[str, str, str | None, tuple[str, ...]]]:
    """The lists that objects are put into, and the parts of them in which an index may count."""
    for name, object_type in STORED_TYPES.items():
        parts = {(), (object_type.nested_in,) if object_type.nested_in else ()}
        if name in _PARTS:
            nested = (object_type.nested_in,) if object_type.nested_in else ()
            parts.add((_PARTS[name], *nested))
        for part in sorted(parts):
            yield name, "rank", object_type.listed_in, part
    yield "BacklogItem", "boardRank", "boardID", ()


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
        load_all_without_lists=text_of(_load(type_name, lists=False)),
        find_unique=text_of(select(table.c.id).where(in_list, *unique)) if unique else None,
        insert=text_of(
            insert(table).values(
                account_id=bindparam("account"), id=bindparam("number"), **{c: bindparam(c) for c in columns}
            )
        ),
        update=text_of(update(table).where(this_one).values({c: bindparam(c) for c in columns})),
        delete=text_of(delete(table).where(this_one)),
    )


def _list_statements(type_name: str, rank: str, listed_in: str | None, within: tuple[str, ...]) -> ListStatements:
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


def _load_with_value(type_name: str, name: str) -> str:
    table = TABLES[type_name]
    valued = table.c[column_name(name)].is_not(None)
    load = _load(type_name).where(table.c.project_id == bindparam("project"), valued)
    return text_of(load.limit(bindparam("limit", type_=BigInteger)))


def _nesting_statements(type_name: str) -> NestingStatements:
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


def _load(type_name: str, *, lists: bool = True) -> Select[Any]:
    """Number, then every stored property in stored order."""
    table = TABLES[type_name]
    columns: list[ColumnElement[Any]] = [OBJECTS.c.id]
    for p in STORED_TYPES[type_name].stored:
        if p.kind == "id":
            columns.append(OBJECTS.c.wire_id)
        elif p.name == "externalID":
            columns.append(OBJECTS.c.external_id)
        elif p.kind == "refs":
            columns.append(_links(p) if lists else literal_column("NULL"))
        else:
            columns.append(_value(p, table.c[column_name(p.name)]))
    same = and_(table.c.account_id == OBJECTS.c.account_id, table.c.id == OBJECTS.c.id)
    joined = OBJECTS.join(table, same)
    of_type = and_(OBJECTS.c.account_id == bindparam("account"), OBJECTS.c.type == bindparam("object_type"))
    return select(*columns).select_from(joined).where(of_type)


def _value(p: Property, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a column holds, as records have it; the database turns it into that in less time than Python would take.

    Seconds are floats, which tell milliseconds exactly in the years that there are.
    """
    match p.kind:
        case "time":
            seconds = func.date_part(literal_column("'epoch'"), column, type_=Double)
            return cast(seconds * literal_column("1000"), BigInteger)
        case "date":
            return func.to_char(column, literal_column("'YYYY-MM-DD'"))
        case _:
            return column


def _links(p: Property) -> ColumnElement[Any]:
    """The numbers that a list of ids holds, as an array in order."""
    table = OBJECT_TAGS if p.target == "Tag" else OBJECT_PERSONS
    rows = select(table.c.tag_id if table is OBJECT_TAGS else table.c.person_id).where(
        table.c.account_id == OBJECTS.c.account_id, table.c.object_id == OBJECTS.c.id
    )
    if table is OBJECT_PERSONS:
        rows = rows.where(table.c.role == literal_column(f"'{p.name}'"))
    return func.array(rows.order_by(table.c.position).correlate(OBJECTS).scalar_subquery())


def text_of(statement: Executable) -> str:
    """A statement as text with psycopg placeholders."""
    compiled: Compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    return str(compiled)


_PARTS = {"BacklogItem": "backlogListID", "RetrospectiveCard": "columnNum"}
"""The property whose values divide a list beside what its objects nest in, where a method counts so."""
_THIS_OBJECT = and_(OBJECTS.c.account_id == bindparam("account"), OBJECTS.c.id == bindparam("number"))
_PERSONS = TABLES["Person"]
_BACKLOGS, _LISTS = TABLES["Backlog"], TABLES["BacklogList"]
_IN_ACCOUNT = OBJECTS.c.account_id == bindparam("account")
_NUMBERS = any_(bindparam("numbers", type_=ARRAY(BigInteger)))
_OTHERS: dict[str, Executable] = {
    "INSERT_OBJECT": insert(OBJECTS).values(
        account_id=bindparam("account"),
        id=bindparam("number"),
        type=bindparam("object_type"),
        wire_id=bindparam("wire_id"),
        external_id=bindparam("external_id"),
    ),
    "UPDATE_OBJECT": update(OBJECTS)
    .where(_THIS_OBJECT)
    .values(type=bindparam("object_type"), external_id=bindparam("external_id")),
    "DELETE_OBJECT": delete(OBJECTS).where(_THIS_OBJECT),
    "FIND_EXTERNAL_ID": select(OBJECTS.c.id).where(
        OBJECTS.c.account_id == bindparam("account"),
        OBJECTS.c.type == bindparam("object_type"),
        OBJECTS.c.external_id == bindparam("external_id"),
    ),
    "FIND_PERSONS": select(_PERSONS.c.login, _PERSONS.c.id).where(
        _PERSONS.c.account_id == bindparam("account"),
        _PERSONS.c.login == any_(bindparam("logins")),
        _PERSONS.c.is_deleted.is_(False),
    ),
    "TAGGED": select(OBJECTS.c.type, OBJECTS.c.id)
    .select_from(
        OBJECT_TAGS.join(
            OBJECTS, and_(OBJECTS.c.account_id == OBJECT_TAGS.c.account_id, OBJECTS.c.id == OBJECT_TAGS.c.object_id)
        )
    )
    .where(OBJECT_TAGS.c.account_id == bindparam("account"), OBJECT_TAGS.c.tag_id == bindparam("tag")),
    "FIRST_LIST": select(_LISTS.c.id)
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
    .limit(literal_column("1")),
    "COUNT_ADMINISTRATORS": select(func.count())
    .select_from(_PERSONS)
    .where(
        _PERSONS.c.account_id == bindparam("account"),
        _PERSONS.c.is_administrator.is_(True),
        _PERSONS.c.is_deleted.is_(False),
    ),
    "LINKED": select(OBJECTS.c.type, OBJECTS.c.id)
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
    ),
    "INSERT_PERSON_LINK": insert(OBJECT_PERSONS).values(
        account_id=bindparam("account"),
        object_id=bindparam("number"),
        role=bindparam("role"),
        position=bindparam("position"),
        person_id=bindparam("linked"),
    ),
    "DELETE_PERSON_LINKS": delete(OBJECT_PERSONS).where(
        OBJECT_PERSONS.c.account_id == bindparam("account"),
        OBJECT_PERSONS.c.object_id == bindparam("number"),
        OBJECT_PERSONS.c.role == bindparam("role"),
    ),
    "INSERT_TAG_LINK": insert(OBJECT_TAGS).values(
        account_id=bindparam("account"),
        object_id=bindparam("number"),
        position=bindparam("position"),
        tag_id=bindparam("linked"),
    ),
    "DELETE_TAG_LINKS": delete(OBJECT_TAGS).where(
        OBJECT_TAGS.c.account_id == bindparam("account"), OBJECT_TAGS.c.object_id == bindparam("number")
    ),
    "TYPES": select(OBJECTS.c.type, OBJECTS.c.id).where(_IN_ACCOUNT, OBJECTS.c.id == _NUMBERS),
    "BY_WIRE_IDS": select(OBJECTS.c.id, OBJECTS.c.wire_id).where(
        _IN_ACCOUNT,
        OBJECTS.c.type == bindparam("object_type"),
        OBJECTS.c.wire_id == any_(bindparam("ids", type_=ARRAY(Text))),
    ),
    "LISTING": select(OBJECT_PERSONS.c.object_id)
    .where(OBJECT_PERSONS.c.account_id == bindparam("account"), OBJECT_PERSONS.c.person_id == _NUMBERS)
    .union(
        select(OBJECT_TAGS.c.object_id).where(
            OBJECT_TAGS.c.account_id == bindparam("account"), OBJECT_TAGS.c.tag_id == _NUMBERS
        )
    ),
}


if __name__ == "__main__":
    TEXTS.write_bytes(orjson.dumps(build(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
