"""How many pushes the commit hook of an account takes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from scrumrpc.calls.hooks import NO_PUSH, CommitHook
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Answer
from scrumrpc.errors import APIBusy, InvalidAuthenticationInfo, TooManyOngoingRequests
from tests.wire.surroundings import held_up
from tests.world import World


def test_a_full_queue(world: World) -> None:
    full = Limits(queue=-1, ongoing_per_key=0, calls_per_minute_per_key=0)
    hook = CommitHook(world.database, world.calls, full)
    with pytest.raises(APIBusy):
        world.run(hook.take(str(world.account), lambda _secret: True, lambda: NO_PUSH, "t"))


def test_the_hook_of_an_account_has_so_many_pushes_at_once(world: World) -> None:
    world.call("resetCommitHookSecret")
    narrow = Limits(queue=0, ongoing_per_key=2, calls_per_minute_per_key=0)
    hook = CommitHook(world.database, world.calls, narrow)

    async def at_once(*signed: bool, refused: int) -> list[Any]:
        """Who is not let in does not wait for the account; the others do until all of those were refused."""
        takes = (hook.take(str(world.account), lambda _, ok=ok: ok, lambda: NO_PUSH, "t") for ok in signed)
        tasks = [asyncio.ensure_future(take) for take in takes]
        with held_up(world.database.url, world.account):
            while sum(task.done() for task in tasks) < refused:
                await asyncio.wait([task for task in tasks if not task.done()], return_when=asyncio.FIRST_COMPLETED)
        return [type(each) for each in await asyncio.gather(*tasks, return_exceptions=True)]

    assert world.run(at_once(False, False, False, refused=3)) == [InvalidAuthenticationInfo] * 3
    answers = world.run(at_once(True, True, True, True, refused=2))
    assert Counter(answers) == {Answer: 2, TooManyOngoingRequests: 2}
