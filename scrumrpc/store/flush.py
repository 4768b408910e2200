"""Flush: several statements on their way to the database together, in one round trip, at the least cost.

It speaks to libpq through `psycopg.pq` itself: the cursors of psycopg cost many times as much for each statement.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from scrumrpc.store.connection import Connection, Prepared, Rows
from scrumrpc.store.dumping import dumped
from scrumrpc.store.gathering import Statement, gathered

__all__ = ["Statement", "flush"]

_AT_ONCE = 200
"""After so many statements other tasks are given a turn."""


async def flush(conn: Connection, statements: Sequence[Statement]) -> list[Rows]:
    """The rows of each statement, none where it answers none. All travel together and run in order.

    Where one fails, those after it do not run, and its error is raised. A task that is cancelled meanwhile leaves a
    connection that can be used, or is closed; what it sent may have been done.
    """
    outgoing, counts = [], []
    for at, ((text, parameters), count) in enumerate(gathered(statements), start=1):
        query = _query_of(text)
        outgoing.append(_Outgoing(text, query.text, *dumped(query.pick(parameters))))
        counts.append(count)
        if at % _AT_ONCE == 0 or count > 1:
            await asyncio.sleep(0)
    async with conn.lock:
        answered = await conn.exchange(_exchange(conn, outgoing))
    return answered if len(answered) == len(statements) else _spread(answered, counts)


def _spread(answered: list[Rows], counts: list[int]) -> list[Rows]:
    """What each of the statements answered: nothing where one took the place of several."""
    return [rows if n == 0 else [] for rows, count in zip(answered, counts, strict=True) for n in range(count)]


@dataclass(frozen=True, slots=True)
class _Query:
    """A statement as the server takes it, with $1 and so on, and what picks the values of these."""

    text: bytes
    pick: Callable[[Mapping[str, Any]], Sequence[Any]]


@cache
def _query_of(text: str) -> _Query:
    places: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        return places.setdefault(found[1], f"${len(places) + 1}") if found[1] else "%"

    query = re.sub(r"%(?:%|\((\w+)\)s)", place, text).encode()
    names = tuple(places)
    if len(names) > 1:
        return _Query(query, itemgetter(*names))
    return _Query(query, lambda parameters: [parameters[name] for name in names])


@dataclass(slots=True)
class _Outgoing:
    text: str
    query: bytes
    values: list[bytes | None]
    formats: list[Format] | None


def _exchange(conn: Connection, outgoing: Sequence[_Outgoing]) -> PQGen[list[Rows]]:
    """Sends, waits and reads. Whatever interrupts it in between leaves the connection closed."""
    pgconn = conn.pgconn
    try:
        pgconn.enter_pipeline_mode()
        sent = yield from _send(conn, outgoing)
        results = yield from _receive(pgconn)
    except BaseException:
        pgconn.finish()
        raise
    if pgconn.status == ConnStatus.OK:
        pgconn.exit_pipeline_mode()
    answered = []
    for (text, prepared, is_preparing), result in zip(sent, results, strict=False):
        if result.status == ExecStatus.TUPLES_OK:
            answered.append((prepared or Prepared(conn, b"")).rows(result))
        elif result.status != ExecStatus.COMMAND_OK:
            raise _error(pgconn, result)
        elif is_preparing and prepared:
            conn.prepared[text] = prepared
        else:
            answered.append([])
    if len(results) < len(sent):
        raise psycopg.OperationalError("the connection is lost")
    return answered


def _send(conn: Connection, outgoing: Sequence[_Outgoing]) -> PQGen[list[tuple[str, Prepared | None, bool]]]:
    """Answers what was sent, statement by statement, and whether it was sent to be prepared or to be run."""
    pgconn = conn.pgconn
    sent: list[tuple[str, Prepared | None, bool]] = []
    to_come: dict[str, Prepared] = {}
    for at, each in enumerate(outgoing, start=1):
        text = each.text
        prepared = conn.prepared.get(text) or to_come.get(text)
        if prepared is None and (prepared := conn.to_prepare(text)):
            pgconn.send_prepare(prepared.name, each.query)
            sent.append((text, prepared, True))
            to_come[text] = prepared
        if prepared:
            pgconn.send_query_prepared(prepared.name, each.values, each.formats)
        else:
            pgconn.send_query_params(each.query, each.values, None, each.formats)
        sent.append((text, prepared, False))
        if at % _AT_ONCE == 0:
            yield from _push(pgconn)
    pgconn.pipeline_sync()
    if pgconn.flush():
        yield from _push(pgconn)
    return sent


def _push(pgconn: PGconn) -> PQGen[None]:
    """Writes what has been sent; reads meanwhile, since the server waits as well until somebody reads its answers."""
    while True:
        ready = yield Wait.RW
        if ready and ready & Ready.R:
            pgconn.consume_input()
        if not pgconn.flush():
            return


def _receive(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """The results up to the end of the pipeline, or to the error after which the server hung up."""
    results: list[PGresult] = []
    while True:
        try:
            while pgconn.is_busy():
                if (yield Wait.R):
                    pgconn.consume_input()
        except psycopg.OperationalError:
            if results and results[-1].status == ExecStatus.FATAL_ERROR:
                return results
            raise
        result = pgconn.get_result()
        if result is not None:
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)
        elif pgconn.status == ConnStatus.BAD:
            return results


def _error(pgconn: PGconn, result: PGresult) -> psycopg.Error:
    error = error_from_result(result)
    if pgconn.status == ConnStatus.BAD and not isinstance(error, psycopg.OperationalError):
        return psycopg.OperationalError(str(error))
    return error
