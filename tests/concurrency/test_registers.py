"""Histories of clients on several workers are linearizable, whatever happens to the workers meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.concurrency.history import READ, READ_ALL, READ_VERSION, REFUSED, WRITE
from tests.concurrency.registers import Plan, record
from tests.serving import Server


@pytest.fixture
def lone_server(empty_database: str) -> Iterator[Server]:
    """A server with three workers on a database of its own."""
    server = Server(["--workers", "3"], {"DATABASE_URL": empty_database})
    yield server
    server.stop()


@pytest.mark.slow
@pytest.mark.parametrize("kills", [0, 3])
def test_histories_are_linearizable(lone_server: Server, kills: int) -> None:
    credentials = lone_server.credentials("admin@example.com")
    for seed in range(2):
        recorded = record(lone_server, credentials, Plan(seconds=4, kills=kills, seed=seed))
        assert recorded.problems() == []
        kinds = (WRITE, "compare-and-set", REFUSED, READ, READ_ALL, READ_VERSION, "repeated")
        assert [kind for kind in kinds if not recorded.counts[kind]] == []
        assert len(recorded.operations) > 100
