"""Giving up history in tests: up to a version that is chosen, and broken off at any statement."""

from __future__ import annotations

from typing import Any

from scrumrpc.store import compaction
from scrumrpc.store.compaction import GivenUp
from tests.world import World

_AGE = """
UPDATE versions SET committed_at = now() - CASE WHEN version <= %s THEN interval '10 days' ELSE interval '0' END
WHERE account_id = %s
"""


class BrokenOffError(Exception):
    """A compaction that does not go on."""


class BreakingOff:
    """A connection that executes so many statements and no more."""

    def __init__(self, conn: Any, statements: int) -> None:
        self._conn = conn
        self._left = statements

    async def execute(self, statement: str, *parameters: Any) -> Any:
        if self._left == 0:
            raise BrokenOffError
        self._left -= 1
        return await self._conn.execute(statement, *parameters)

    def transaction(self) -> Any:
        return self._conn.transaction()


async def age(conn: Any, account: int, version: int) -> None:
    """Has the versions up to that one made ten days ago, and the others now."""
    await conn.execute(_AGE, (version, account))


def give_up(world: World, oldest: int, *, statements: int | None = None, tries: bool = False) -> GivenUp | None:
    """Gives up what was before a version; None where it was broken off after so many statements."""

    async def work(conn: Any) -> GivenUp | None:
        await age(conn, world.account, oldest)
        if statements is None:
            return await compaction.compact(conn, world.account, 5, tries=tries)
        try:
            return await compaction.compact(BreakingOff(conn, statements), world.account, 5)  # type: ignore[arg-type]
        except BrokenOffError:
            return None

    done: GivenUp | None = world.store(work)
    return done
