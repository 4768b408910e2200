"""The first flush of a writing call: lock the account, then read all that must be known before the method runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scrumrpc.model.record import Record
from scrumrpc.store import log
from scrumrpc.store.database import Connection
from scrumrpc.store.flush import Statement, flush
from scrumrpc.store.reading import Reference
from scrumrpc.store.standing import LOCK, Credentials, Standing, parameters_of, standing_from, standing_statement
from scrumrpc.store.statements import STATEMENTS, record_from


@dataclass(frozen=True, slots=True)
class Request:
    """The requestID of a call, with what tells another call under the same id by."""

    id: str
    parameters_hash: bytes


@dataclass(frozen=True, slots=True)
class Executed:
    """What is kept of the call that was executed under a requestID: what it was, and what it answered."""

    version: int
    parameters_hash: bytes
    result: Any


@dataclass(frozen=True, slots=True)
class Opened:
    """What the first flush of a writing call found, all of it read after the lock was taken."""

    standing: Standing | None
    executed: Executed | None  # the call that was executed under the requestID already
    found: dict[Reference, Record | None]


async def open_call(
    conn: Connection,
    credentials: Credentials,
    request: Request | None,
    references: Iterable[Reference],
    versions: Sequence[int | str] = (),
) -> Opened:
    """Begins the transaction, locks the account, reads the standing, the requestID and the objects, in one flush.

    Each statement runs in READ COMMITTED after the lock was granted, so it sees whatever the calls before committed.
    """
    who = parameters_of(credentials, versions)
    wanted = list(dict.fromkeys(references))
    statements: list[Statement] = [("BEGIN", {}), (LOCK, who), (standing_statement(versions), who)]
    if request:
        statements.append((log.FIND_REQUEST, {**who, "request_id": request.id}))
    statements += (
        (
            STATEMENTS[type_name].load_by_id,
            {"account": credentials.account, "object_type": type_name, "id": wire_id},
        )
        for type_name, wire_id in wanted
    )
    _, _, standings, *rest = await flush(conn, statements)
    executed = rest.pop(0) if request else []
    found = {
        reference: record_from(reference[0], rows[0]) if rows else None
        for reference, rows in zip(wanted, rest, strict=True)
    }
    standing = standing_from(credentials.account, standings[0]) if standings else None
    return Opened(standing, Executed(*executed[0]) if executed else None, found)
