"""Changes of an account that somebody else has locked: they do not wait in turn for what none of them gets."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer, Calls
from scrumrpc.errors import APIBusy
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from tests.wire.surroundings import held_up
from tests.world import World

CALLS = 100


def test_all_that_wait_for_a_locked_account_are_refused_together(
    world: World, project: str, sizes: list[int], database_url: str
) -> None:
    before, credentials = world.version, credentials_of(world.admin, world.key)
    sizes.clear()

    async def whole() -> tuple[list[Any], list[Any]]:
        database = Database(database_url, size=4, longest_lock=0.5)
        await database.open()
        calls = Calls(database, Images(database, 10**9), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))

        async def add(n: int) -> Answer:
            return await calls.call(
                "addTag", {"projectID": project, "name": f"{n}", "requestID": f"{n}"}, credentials, "t"
            )

        async def add_all() -> list[Any]:
            return await asyncio.gather(*(add(n) for n in range(CALLS)), return_exceptions=True)

        with held_up(database_url, world.account):
            refused = await add_all()
        attempts.extend(sizes)
        done = await add_all()
        await calls.close()
        await database.close()
        return refused, done

    attempts: list[int] = []
    refused, done = world.run(whole())
    assert Counter(type(each) for each in refused) == {APIBusy: CALLS}
    assert len(attempts) <= 2  # while the key is not known to be valid, calls queue apart
    assert all(isinstance(each, Answer) for each in done)
    assert world.version == before + CALLS
