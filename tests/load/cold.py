"""The baseline of getData by a cold worker: a bare script that makes the same answer from rows, dicts and orjson.

    python -m tests.load.cold DATABASE_URL ACCOUNT

Both tables are read, each object has all properties that getData answers with the optional lists `backlogItems` and
`tasks`, references are wire ids, tasks stand in their items and items in their epics. It prints a JSON object: the
seconds from the first statement until the bytes are there, and how many they are.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store.tables import TABLE_NAMES, column_name

NAMED = "SELECT id, wire_id FROM objects WHERE account_id = %s AND type NOT IN ('BacklogItem', 'Task')"
ASSIGNED = (
    "SELECT object_id, person_id FROM object_persons WHERE account_id = %s AND role = 'assignedPersonIDs' "
    "ORDER BY object_id, position"
)
TAGGED = "SELECT object_id, tag_id FROM object_tags WHERE account_id = %s ORDER BY object_id, position"


def main() -> None:
    """Makes the answer once, on a new connection."""
    with psycopg.connect(sys.argv[1]) as conn:
        start = time.perf_counter()
        answer = backlog_items(conn, int(sys.argv[2]))
        seconds = time.perf_counter() - start
    print(orjson.dumps({"seconds": seconds, "bytes": len(answer)}).decode())


def backlog_items(conn: psycopg.Connection[Any], account: int) -> bytes:
    """The JSON array of the account's backlog items, with their tasks; those of an epic nest in it."""
    ids: dict[int | None, str | None] = {None: None, **dict(conn.execute(NAMED, (account,)).fetchall())}
    people, tags, tasks, children = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
    for number, person in conn.execute(ASSIGNED, (account,)):
        people[number].append(ids[person])
    for number, tag in conn.execute(TAGGED, (account,)):
        tags[number].append(ids[tag])
    items = rows_of(conn, "BacklogItem", account)
    ids |= {number: item["id"] for number, item in items}
    for number, task in rows_of(conn, "Task", account):
        tasks[task["backlogItemID"]].append(finished(number, task, ids, people, tags))
    for number, item in items:
        children[item["parentEpicID"]].append(item)
        item["tasks"] = tasks[number]
        item["childBacklogItems"] = children[number]
        finished(number, item, ids, people, tags)
    return orjson.dumps(children[None])


def rows_of(conn: psycopg.Connection[Any], type_name: str, account: int) -> list[tuple[int, dict[str, Any]]]:
    """Number and properties of all objects of a type, in the order of their list."""
    answered = ", ".join(f'{column} AS "{name}"' for name, column in columns(type_name))
    statement = (
        f"SELECT t.id AS number, {answered} FROM objects o JOIN {TABLE_NAMES[type_name]} t USING (account_id, id) "
        f"WHERE account_id = %s AND o.type = '{type_name}' ORDER BY t.rank"
    )
    cursor = conn.cursor(row_factory=dict_row)
    cursor.execute(statement, (account,))  # type: ignore[arg-type]
    return [(row.pop("number"), row) for row in cursor]


def columns(type_name: str) -> Iterator[tuple[str, str]]:
    """The properties of a type in the order in which they are answered, each with what it is read from."""
    for p in STORED_TYPES[type_name].answered:
        if p.kind == "objectType":
            yield p.name, f"'{type_name}'"
        elif p.kind == "id":
            yield p.name, "o.wire_id"
        elif p.name == "externalID":
            yield p.name, "o.external_id"
        elif not p.stored or p.kind == "refs":
            yield p.name, "NULL"
        else:
            yield p.name, f"t.{column_name(p.name)}"


def of_kind(type_name: str, kind: str) -> list[str]:
    """The names of a type's properties of a kind."""
    return [p.name for p in STORED_TYPES[type_name].answered if p.kind == kind]


REFERENCES = {name: of_kind(name, "ref") for name in ("BacklogItem", "Task")}
NUMBERS = {name: of_kind(name, "number") for name in ("BacklogItem", "Task")}
TIMES = {name: of_kind(name, "time") for name in ("BacklogItem", "Task")}


def finished(number: int, row: dict[str, Any], ids: dict[int | None, str | None], people: Any, tags: Any) -> Any:
    """The object as it is answered."""
    type_name = row["objectType"]
    for name in REFERENCES[type_name]:
        row[name] = ids[row[name]]
    for name in NUMBERS[type_name]:
        if row[name] is None:
            row[name] = -1.0
    for name in TIMES[type_name]:
        if row[name] is not None:
            row[name] = int(row[name].timestamp() * 1000)
    row["assignedPersonIDs"] = people.get(number, ())
    row["tagIDs"] = tags.get(number, ())
    return row


if __name__ == "__main__":
    main()
