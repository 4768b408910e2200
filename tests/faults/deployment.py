"""Deployment: a real server with several workers and its database, on a disk of its own, with a clock of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from scrumrpc.store.embedded import EmbeddedPostgres
from scrumrpc.store.embedded_folder import PORT
from tests.faults.clock import Clock
from tests.faults.front import Front
from tests.serving import Server
from tests.wire.surroundings import children, postmaster

ENVIRONMENT = {
    "SCRUMRPC_WEBHOOKS": "true",
    "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true",
    "SCRUMRPC_LOG_CALLS": "false",
    "SCRUMRPC_DATABASE_CONNECTIONS": "4",
    "SCRUMRPC_DATABASE_WAIT": "3",
}
DISK = 320 * 2**20
"""Bytes of the disk: a cluster takes 60 MB of it, and its log up to 96 MB."""
_MORE_SETTINGS = "max_wal_size = '96MB'\nmax_connections = 40\n"
"""The second one holds from when PostgreSQL is started again."""
MAY_MOUNT = "SCRUMRPC_FAULTS_MAY_MOUNT"
"""Set in the environment of a process that is in a mount namespace of its own."""


class Deployment:
    """A server in a folder, on a port that stays when it is started anew.

    `lacks` tells which faults cannot be made on this machine, and why. `front` is where clients connect whose
    connections are cut.
    """

    def __init__(self, folder: Path, workers: int) -> None:
        self.lacks: dict[str, str] = {}
        self.workers = workers
        self.disk = folder / "disk"
        self.disk.mkdir()
        if missing := _mount(self.disk):
            self.lacks["disk"] = missing
        self.clock = Clock(folder)
        if self.clock.missing:
            self.lacks["clock"] = self.clock.missing
        self.folder = self.disk / "data"
        self.environment = {**ENVIRONMENT, **self.clock.environment}
        self.logs: list[str] = []
        self.server = Server(self._options, self.environment)
        self.address = self.server.address
        self.api = self.server.api
        self.admin = self.server.credentials("admin@example.com")
        self.front = Front(self.port)
        with (self.folder / "postgres" / "postgresql.conf").open("a") as settings:
            settings.write(_MORE_SETTINGS)
        os.kill(postmaster(self.pid), signal.SIGHUP)

    @property
    def _options(self) -> list[str]:
        return ["--workers", str(self.workers), "--data", str(self.folder)]

    @property
    def port(self) -> int:
        """The server's own port."""
        return int(self.address.rsplit(":", 1)[1])

    @property
    def database_url(self) -> str:
        """The address of the database."""
        return EmbeddedPostgres(self.folder).url

    @property
    def socket(self) -> Path:
        """Where PostgreSQL listens."""
        return EmbeddedPostgres(self.folder).files.socket_folder() / f".s.PGSQL.{PORT}"

    @property
    def pid(self) -> int:
        """The server's parent process."""
        return self.server.process.pid

    def backends(self) -> list[int]:
        """The processes of PostgreSQL that serve connections of scrumrpc."""
        found = []
        for pid in children(postmaster(self.pid)):
            with suppress(OSError):
                if b"scrumrpc scrumrpc" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def disconnect(self, which: str = "true") -> None:
        """Cuts connections to the database, those that fulfil a condition on pg_stat_activity."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.database_url, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
                f"AND {which}"
            )

    def start_again(self) -> None:
        """Starts a server whose process has ended."""
        self.keep_log()
        options = [*self._options, "--port", str(self.port)]
        self.server = Server(options, self.environment, patience=120)

    def keep_log(self) -> None:
        """Reads what the server of now has said, which goes with it."""
        with suppress(FileNotFoundError):
            self.logs.append(self.server.log.read_text(errors="replace"))
        self.server.log.unlink(missing_ok=True)

    def complaints(self) -> list[str]:
        """Lines that a server should not print, whatever breaks: those of errors that it did not expect."""
        return [line[:300] for log in self.logs for line in log.splitlines() if "Traceback" in line]

    def stop(self) -> None:
        """Ends all of it."""
        self.logs.append(self.server.log.read_text(errors="replace"))
        self.server.stop()

    def unmount(self) -> None:
        """Takes the disk away, with all that is on it."""
        if "disk" not in self.lacks:
            subprocess.run(["umount", str(self.disk)], check=True)


def signal_all(pids: Sequence[int], number: int) -> None:
    """Sends a signal to processes, some of which may be gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _mount(folder: Path) -> str | None:
    """Puts a small file system there; answers why not, where that cannot be done."""
    if MAY_MOUNT not in os.environ:
        return "no file system can be mounted here: unshare -U -r -m does not work"
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "none", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"no file system can be mounted here: {done.stderr.strip()}" if done.returncode else None
