"""Runs worker processes: starts them, starts again what died, ends them without breaking a call off."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time

import structlog

from scrumrpc.cli.orders import GRACE, Orders

_LOG = structlog.get_logger("scrumrpc.supervisor")
_SOON = 2.0
"""A worker that dies within so many seconds of its start is not started again at once."""


class WorkerFailedError(Exception):
    """A worker ended before it was ready, so the server cannot start."""


class Workers:
    """So many worker processes on the same listening sockets, which stay open while one of them is replaced."""

    def __init__(self, count: int, orders: Orders, sockets: list[socket.socket]) -> None:
        self._count = count
        self._orders = orders
        self._sockets = sockets
        self._processes: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        """Starts all workers and waits until each takes connections."""
        self._processes = list(await asyncio.gather(*(self._start_one() for _ in range(self._count))))

    async def supervise(self) -> None:
        """Replaces workers that end, until cancelled."""
        await asyncio.gather(*(self._keep(position) for position in range(self._count)))

    async def stop(self) -> None:
        """Lets running calls end, then ends the workers."""
        for process in self._processes:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE + 10):
                await asyncio.gather(*(process.wait() for process in self._processes))
        except TimeoutError:
            for process in self._processes:
                if process.returncode is None:
                    process.kill()

    async def _keep(self, position: int) -> None:
        while True:
            started = time.monotonic()
            process = self._processes[position]
            await process.wait()
            _LOG.error("worker ended", pid=process.pid, code=process.returncode)
            while True:
                if time.monotonic() - started < _SOON:
                    await asyncio.sleep(_SOON)
                started = time.monotonic()
                try:
                    self._processes[position] = await self._start_one()
                    break
                except WorkerFailedError:
                    _LOG.error("worker did not start")

    async def _start_one(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scrumrpc.cli.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=[each.fileno() for each in self._sockets],
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends the workers in order
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(self._orders.line())
            await process.stdin.drain()
            line = await process.stdout.readline()
        except ConnectionError:
            line = b""  # it was killed before it had read its orders
        except asyncio.CancelledError:
            if process.returncode is None:
                process.kill()
            raise
        if line != b"ready\n":
            await process.wait()
            raise WorkerFailedError(f"A worker ended with code {process.returncode} before it was ready.")
        return process
