"""The first flush of writing calls: lock the account, then read all that must be known before their methods run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from scrumrpc.model.record import Record
from scrumrpc.store import log
from scrumrpc.store.database import Connection
from scrumrpc.store.epochs import restored_meanwhile
from scrumrpc.store.flush import Statement, flush
from scrumrpc.store.group import Reference
from scrumrpc.store.standing import LOCK, Credentials, Standing, parameters_of, standing_from, standing_statement
from scrumrpc.store.statements import STATEMENTS, record_from

First = TypeVar("First")


@dataclass(frozen=True, slots=True)
class Request:
    """The requestID of a call, with what tells another call under the same id by."""

    id: str
    parameters_hash: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known before a call runs: who makes it, under which requestID, and the objects that it names.

    `versions` are data versions and names of them that the call gives.
    """

    credentials: Credentials
    request: Request | None = None
    references: tuple[Reference, ...] = ()
    versions: tuple[int | str, ...] = ()

    @property
    def key_and_request(self) -> tuple[bytes, str] | None:
        """What no two calls can be executed under."""
        if self.request is None or self.credentials.key_hash is None:
            return None
        return self.credentials.key_hash, self.request.id


@dataclass(frozen=True, slots=True)
class Executed:
    """What is kept of the call that was executed under a requestID: what it was, and what it answered."""

    version: int
    parameters_hash: bytes
    result: Any


@dataclass(frozen=True, slots=True)
class Opened:
    """What the first flush of writing calls found, all of it read after the lock was taken.

    Each call's standing, and the call that was executed under its requestID already; and the objects of all.
    """

    standings: list[Standing | None]
    executed: list[Executed | None]
    found: dict[Reference, Record | None]


async def open_calls(conn: Connection, calls: Sequence[Asked]) -> Opened:
    """Begins the transaction of calls of one account, locks that, and reads what the calls ask for, in one flush.

    Each statement runs in READ COMMITTED after the lock was granted, so it sees whatever the calls before committed.
    What several calls ask for is read once.
    """
    account = calls[0].credentials.account
    hashes = {call.credentials.key_hash for call in calls}
    lock = {"account": account, "key_hashes": [each for each in hashes if each], "by_operator": None in hashes}
    callers = list(dict.fromkeys((call.credentials, call.versions) for call in calls))
    requests = _by_first(call.key_and_request for call in calls if call.key_and_request)
    references = _by_first(reference for call in calls for reference in call.references)
    statements: list[Statement] = [
        ("BEGIN", {}),
        (LOCK, lock),
        *((standing_statement(versions), parameters_of(who, versions)) for who, versions in callers),
        *(
            (log.FIND_REQUESTS, {"account": account, "key_hash": key_hash, "request_ids": ids})
            for key_hash, ids in requests.items()
        ),
        *(_load(account, type_name, ids) for type_name, ids in references.items()),
    ]
    _, locked, *rest = await flush(conn, statements)
    answers = iter(rest)
    standings = {caller: standing_from(account, rows[0]) if (rows := next(answers)) else None for caller in callers}
    if not locked and any(_needs_lock(who, standing) for (who, _), standing in standings.items()):
        raise restored_meanwhile()  # the row that the calls waited for is gone, and another one in its place
    executed = {(key_hash, row[0]): Executed(*row[1:]) for key_hash in requests for row in next(answers)}
    found: dict[Reference, Record | None] = {
        (type_name, wire_id): None for type_name, ids in references.items() for wire_id in ids
    }
    for type_name in references:
        records = (record_from(type_name, row) for row in next(answers))
        found.update(((type_name, record.id), record) for record in records)
    return Opened(
        [standings[call.credentials, call.versions] for call in calls],
        [executed.get(call.key_and_request) if call.key_and_request else None for call in calls],
        found,
    )


def _needs_lock(who: Credentials, standing: Standing | None) -> bool:
    """Whether the account would have been locked for the caller, had it been there as it is now."""
    if standing is None or standing.key_is_read_only:
        return False
    return who.key_hash is None or standing.key_id is not None


def _by_first(pairs: Iterable[tuple[First, str]]) -> dict[First, list[str]]:
    """The second values of pairs, each once, by the first ones."""
    found: dict[First, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return {first: list(seconds) for first, seconds in found.items()}


def _load(account: int, type_name: str, ids: list[str]) -> Statement:
    statements, common = STATEMENTS[type_name], {"account": account, "object_type": type_name}
    if len(ids) == 1:
        return statements.load_by_id, {**common, "id": ids[0]}
    return statements.load_by_ids, {**common, "ids": ids}
