"""What breaks: workers, the database, connections, the whole server; each by a signal or a command from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from scrumrpc.store.embedded import EmbeddedPostgres
from tests.serving import Server
from tests.wire.surroundings import children, family, is_running, postmaster, until, workers

WORKERS = 3
ENVIRONMENT = {
    "SCRUMRPC_WEBHOOKS": "true",
    "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true",
    "SCRUMRPC_LOG_CALLS": "false",
}


class Deployment:
    """A server with its database in a folder, on a port that stays when it is started anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(["--workers", str(WORKERS), "--data", str(folder)], ENVIRONMENT)
        self.address = self.server.address
        self.api = self.server.api
        self.printed = self.server.printed

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.folder).url

    @property
    def pid(self) -> int:
        return self.server.process.pid

    def start_again(self) -> None:
        """Starts a server whose process has ended."""
        port = self.address.rsplit(":", 1)[1]
        self.server = Server(
            ["--workers", str(WORKERS), "--data", str(self.folder), "--port", port], ENVIRONMENT, patience=120
        )

    # Faults ---------------------------------------------------------------------------------------------------------

    def kill_a_worker(self) -> None:
        _signal(workers(self.pid)[:1], signal.SIGKILL)

    def end_a_worker(self) -> None:
        _signal(workers(self.pid)[-1:], signal.SIGTERM)

    def kill_two_workers(self) -> None:
        _signal(workers(self.pid)[:2], signal.SIGKILL)

    def kill_all_workers(self) -> None:
        _signal(workers(self.pid), signal.SIGKILL)

    def kill_workers_twice(self) -> None:
        """Those that replace the first ones are killed while they start."""
        _signal(workers(self.pid), signal.SIGKILL)
        with suppress(AssertionError):
            until(lambda: workers(self.pid), 10)
        _signal(workers(self.pid), signal.SIGKILL)

    def stop_a_worker_for_a_while(self) -> None:
        """It answers nothing, listens to nothing, and goes on as if no time had passed."""
        stopped = workers(self.pid)[:1]
        _signal(stopped, signal.SIGSTOP)
        time.sleep(0.7)
        _signal(stopped, signal.SIGCONT)

    def kill_the_database(self) -> None:
        _signal([postmaster(self.pid)], signal.SIGKILL)

    def stop_the_database(self) -> None:
        _signal([postmaster(self.pid)], signal.SIGINT)

    def crash_a_backend(self) -> None:
        """PostgreSQL then ends all connections and recovers."""
        backends = [
            pid
            for pid in children(postmaster(self.pid))
            if b"scrumrpc scrumrpc" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        _signal(backends[:1], signal.SIGKILL)

    def cut_connections(self) -> None:
        """All connections to the database, those in the middle of a call among them."""
        self._terminate("pid <> pg_backend_pid()")

    def cut_half_of_the_connections(self) -> None:
        self._terminate("pid <> pg_backend_pid() AND pid % 2 = 0")

    def cut_listeners(self) -> None:
        """Only the connections by which workers hear of each other's commits."""
        self._terminate("application_name = 'scrumrpc signals'")

    def kill_the_parent(self) -> None:
        """Workers are left alone, and go; the database stays, and the server that is started again takes it over."""
        left = workers(self.pid)
        self.server.process.kill()
        self.server.process.wait(60)
        _close(self.server)
        until(lambda: not any(is_running(pid) for pid in left), 120)
        self.start_again()

    def kill_everything(self) -> None:
        left = family(self.pid)
        _signal(left, signal.SIGKILL)
        self.server.process.wait(60)
        _close(self.server)
        self.start_again()

    def restart(self) -> None:
        assert self.server.stop() == 0
        self.start_again()

    def _terminate(self, which: str) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(self.database_url, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # type: ignore[arg-type]
                f"WHERE datname = current_database() AND backend_type = 'client backend' AND {which}"
            )

    def everything(self) -> Sequence[Callable[[], None]]:
        """All faults, those of single connections and processes first."""
        return (
            self.kill_a_worker,
            self.cut_listeners,
            self.cut_connections,
            self.end_a_worker,
            self.crash_a_backend,
            self.kill_two_workers,
            self.cut_half_of_the_connections,
            self.stop_a_worker_for_a_while,
            self.kill_the_database,
            self.kill_all_workers,
            self.stop_the_database,
            self.kill_workers_twice,
            self.restart,
            self.kill_the_parent,
            self.kill_everything,
        )


async def in_thread(fault: Callable[[], None]) -> None:
    """Breaks something without keeping the clients from what they do."""
    await asyncio.to_thread(fault)


def _signal(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _close(server: Server) -> None:
    assert server.process.stdout is not None
    server.process.stdout.close()
    server.log.unlink(missing_ok=True)
