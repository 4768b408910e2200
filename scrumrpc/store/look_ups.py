"""Looking up many callers who ask at about the same time, in few statements."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import chain

from scrumrpc.errors import ApiError
from scrumrpc.store.database import Connection, Database
from scrumrpc.store.flush import flush
from scrumrpc.store.standing import Credentials, Standing, look_up, parameters_of, standing_from, standing_statement

_MOST = 500
"""Callers in one statement, so that what it answers does not hold up other work of the worker for long."""

_FEWEST = 16
"""With fewer the server takes the statement for cheaper than it is on average, and plans it anew each time: that costs
many times what running it does. What is missing is made up with nobody."""
_NOBODY = Credentials(0, None, None)

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
        self._asked: dict[Credentials, list[asyncio.Future[Standing | None]]] = {}
        self._running: asyncio.Task[None] | None = None

    async def look_up(self, credentials: Credentials, versions: Sequence[int | str] = ()) -> Standing | None:
        """The standing of the credentials now; None if there is no such account.

        Only a call that gives data versions, which few do, has a statement of its own.
        """
        if versions:
            return await self._database.read(partial(look_up, credentials=credentials, versions=versions))
        future: asyncio.Future[Standing | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(credentials, []).append(future)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._asked:
                callers = list(self._asked)[:_MOST]
                waiting = [self._asked.pop(each) for each in callers]
                try:
                    found = await self._database.read(partial(look_up_all, callers=callers))
                except Exception as error:  # whatever it is, those who wait are to be told
                    _fail(waiting, error)
                    continue
                for futures, standing in zip(waiting, found, strict=True):
                    for future in futures:
                        if not future.done():  # as it is where the caller has been cancelled
                            future.set_result(standing)
        finally:
            self._running = None


def _fail(waiting: list[list[asyncio.Future[Standing | None]]], error: Exception) -> None:
    """Tells all the error; of those for clients each gets one of its own, in which is written whose call it was."""
    for future in chain.from_iterable(waiting):
        if not future.done():
            future.set_exception(error.again() if isinstance(error, ApiError) else error)


async def look_up_all(conn: Connection, callers: Sequence[Credentials]) -> list[Standing | None]:
    """The standings of credentials now, in one statement; for a single caller in the simple one, which costs less."""
    if len(callers) == 1:
        return [await look_up(conn, callers[0])]
    parameters = [parameters_of(credentials) for credentials in callers]
    parameters += (_FEWEST - len(callers)) * [parameters_of(_NOBODY)]
    arrays = {
        "accounts": [each["account"] for each in parameters],
        "key_hashes": [each["key_hash"] for each in parameters],
        "logins": [each["login"] for each in parameters],
    }
    [found] = await flush(conn, [(_STANDINGS, arrays)])
    rows = {row[0]: row[1:] for row in found}
    return [
        standing_from(credentials.account, rows[place]) if place in rows else None
        for place, credentials in enumerate(callers, start=1)
    ]
