"""The supervisor, where a worker dies at a moment that a test with real processes cannot choose."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scrumrpc.cli.orders import Orders
from scrumrpc.cli.supervisor import WorkerFailedError, Workers


class Pipe:
    """A pipe to or from a process that is gone."""

    def write(self, _line: bytes) -> None:
        pass

    async def drain(self) -> None:
        raise ConnectionResetError("Connection lost")

    async def readline(self) -> bytes:
        return b""


class Stillborn:
    """A process that was killed before it read what it was told."""

    pid, returncode = 4711, -9

    def __init__(self) -> None:
        self.stdin = self.stdout = Pipe()

    async def wait(self) -> int:
        return self.returncode


def test_a_worker_killed_before_it_read_its_orders_is_one_that_did_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(*_words: str, **_options: Any) -> Stillborn:
        return Stillborn()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)

    async def begin() -> None:
        workers = Workers(1, [])
        await workers.launch()
        await workers.start(Orders("postgresql://", "http://127.0.0.1", [], None, None))

    with pytest.raises(WorkerFailedError, match="code -9"):
        asyncio.run(begin())
