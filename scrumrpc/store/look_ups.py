"""Looking up many callers who ask at about the same time, in few statements."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from scrumrpc.errors import ApiError
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.standing import Credentials, Standing, parameters_of, standing_from, standing_statement

_MOST = 500
"""Callers in one statement, so that what it answers does not hold up other work of the worker for long."""

# The statement for one caller, for many at once; each row begins with the caller's place.
_STANDINGS = f"""
SELECT w.place, s.*
FROM unnest(%(accounts)s::bigint[], %(key_hashes)s::bytea[], %(logins)s::text[])
     WITH ORDINALITY AS w (account_id, key_hash, login, place),
LATERAL ({
    standing_statement()
    .replace("%(account)s", "w.account_id")
    .replace("%(key_hash)s::bytea", "w.key_hash")
    .replace("%(login)s", "w.login")
}) AS s
"""  # noqa: S608


class LookUps:
    """Whoever asks while a statement runs shares the next one: each gets the standing of a time after it asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: dict[Credentials, asyncio.Future[Standing | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def look_up(self, credentials: Credentials) -> Standing | None:
        """The standing of the credentials now; None if there is no such account."""
        future = self._asked.get(credentials)
        if future is None:
            future = self._asked[credentials] = asyncio.get_running_loop().create_future()
            if self._running is None or self._running.done():
                self._running = asyncio.create_task(self._run())
        try:
            return await asyncio.shield(future)
        except ApiError as error:  # all get one of their own, because the pipeline writes into it whose call it was
            raise error.again() from error

    async def _run(self) -> None:
        while self._asked:
            callers = list(self._asked)[:_MOST]
            futures = [self._asked.pop(each) for each in callers]
            try:
                found = await self._database.read(partial(look_up_all, callers=callers))
            except ApiError as error:
                for future in futures:
                    future.set_exception(error)
                    future.exception()  # also where nobody waits for it any more
                continue
            for future, standing in zip(futures, found, strict=True):
                future.set_result(standing)


async def look_up_all(conn: Connection, callers: Sequence[Credentials]) -> list[Standing | None]:
    """The standings of many credentials now, in one statement."""
    parameters = [parameters_of(credentials) for credentials in callers]
    arrays = {
        "accounts": [each["account"] for each in parameters],
        "key_hashes": [each["key_hash"] for each in parameters],
        "logins": [each["login"] for each in parameters],
    }
    cursor = await conn.execute(_STANDINGS, arrays)
    rows = {row[0]: row[1:] for row in await cursor.fetchall()}
    return [
        standing_from(credentials.account, rows[place]) if place in rows else None
        for place, credentials in enumerate(callers, start=1)
    ]
