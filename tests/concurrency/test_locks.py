"""Many writers at one account, beside operators and other accounts: no deadlock, nothing lost, everybody gets on."""

from __future__ import annotations

import pytest

from tests.concurrency.locks import deadlocks, hammer
from tests.serving import Server


@pytest.mark.slow
def test_a_hammered_account(empty_database: str) -> None:
    server = Server(["--workers", "3"], {"DATABASE_URL": empty_database, "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"})
    try:
        lived = hammer(server, empty_database)
    finally:
        server.stop()
    assert lived.problems == []
    assert deadlocks(empty_database) == 0
