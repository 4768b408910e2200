"""What the tests of calls that share transactions begin with, and what they look at."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.calls import groups
from scrumrpc.calls.groups import Groups
from scrumrpc.store import group, reading
from tests.world import World


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="P"))


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls each transaction was begun with, in order."""
    begun: list[int] = []
    together = Groups._run_together

    async def run_together(self: Groups, calls: Any, queue: Any) -> Any:
        begun.append(len(calls))
        return await together(self, calls, queue)

    monkeypatch.setattr(Groups, "_run_together", run_together)
    monkeypatch.setattr(groups, "_SECONDS", 60)  # however slow the machine is
    return begun


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that calls sent once they ran."""
    texts: list[str] = []

    def noting(flush: Any) -> Any:
        async def noted(conn: Any, statements: Any) -> Any:
            texts.extend(text for text, _ in statements)
            return await flush(conn, statements)

        return noted

    for module in (reading, group):
        monkeypatch.setattr(module, "flush", noting(module.flush))
    return texts
