"""The short form of the campaign: some thousand requests of all sorts, and a server that is sound afterwards."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.campaign import ENVIRONMENT, PUBLIC, run, summary
from tests.fuzz.standing import Watch
from tests.serving import Server
from tests.world import World

REQUESTS = int(os.environ.get("SCRUMRPC_TEST_FUZZ_REQUESTS", "5000"))
SEED = int(os.environ.get("SCRUMRPC_TEST_FUZZ_SEED", "1"))


@pytest.mark.slow
def test_requests_of_all_sorts_get_right_answers_and_leave_nothing_behind(empty_database: str) -> None:
    server = Server(["--workers", "2"], {"DATABASE_URL": empty_database, **ENVIRONMENT})
    world = World(empty_database, size=2)
    with Watch(server) as watch:
        tally = run(server.address, world, 1_000, REQUESTS, SEED)
    world.close()
    assert server.stop() == 0
    told = "\n".join(summary(tally, 0))
    assert tally.failures + watch.complaints == [], told
    assert {name for name, _ in tally.pairs} == set(PUBLIC), told
