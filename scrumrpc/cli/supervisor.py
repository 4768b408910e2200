"""Runs worker processes: starts them, starts again what died, ends them without breaking a call off."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import replace

import structlog

from scrumrpc.calls.counters import CountersFile
from scrumrpc.cli.orders import GRACE, READ_CERTIFICATE, Orders

_LOG = structlog.get_logger("scrumrpc.supervisor")
_SOON = 2.0
"""A worker that dies within so many seconds of its start is not started again at once."""


class WorkerFailedError(Exception):
    """A worker ended before it was ready, so the server cannot start."""


class Workers:
    """So many worker processes on the same listening sockets, which stay open while one of them is replaced."""

    def __init__(self, count: int, sockets: list[socket.socket]) -> None:
        self._count = count
        self._sockets = sockets
        self._counters = CountersFile.make(count)
        self._orders: Orders | None = None
        self._processes: list[asyncio.subprocess.Process] = []

    async def launch(self) -> None:
        """Starts all processes, which load the program and wait for their orders."""
        for _ in range(self._count):
            self._processes.append(await self._launch_one())

    async def start(self, orders: Orders) -> None:
        """Has the launched workers begin their work; returns when each takes connections."""
        self._orders = orders
        await asyncio.gather(*(self._begin(process, worker) for worker, process in enumerate(self._processes)))

    async def supervise(self) -> None:
        """Replaces workers that end, until cancelled."""
        await asyncio.gather(*(self._keep(position) for position in range(self._count)))

    def read_certificate(self) -> None:
        """Has the workers read the certificate anew."""
        for process in self._processes:
            if process.returncode is None and process.stdin is not None:
                process.stdin.write(READ_CERTIFICATE)

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
                self._counters.of(self._count, position).clear(position)  # what it had under way is not ongoing now
                if time.monotonic() - started < _SOON:
                    await asyncio.sleep(_SOON)
                started = time.monotonic()
                try:
                    self._processes[position] = await self._start_one(position)
                    break
                except WorkerFailedError:
                    _LOG.error("worker did not start")

    async def _start_one(self, position: int) -> asyncio.subprocess.Process:
        process = await self._launch_one()
        await self._begin(process, position)
        return process

    async def _launch_one(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scrumrpc.cli.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=[self._counters.number, *(each.fileno() for each in self._sockets)],
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends the workers in order
            env={**_without_secrets(os.environ), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip

    async def _begin(self, process: asyncio.subprocess.Process, position: int) -> None:
        assert self._orders is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            orders = replace(self._orders, counters=self._counters.number, workers=self._count, worker=position)
            process.stdin.write(orders.line())
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


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What workers are to find in their environment: of the database they are told by their orders."""
    return {name: value for name, value in environment.items() if name not in ("DATABASE_URL", "DATABASE_URL_FILE")}
