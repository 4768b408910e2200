"""Runs a real PostgreSQL inside the data folder, for servers, commands and tests that were given no DATABASE_URL."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import secrets
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from scrumrpc.store.embedded_folder import PORT, DataFolder, unlock, write_private
from scrumrpc.store.embedded_process import (
    EmbeddedPostgresError,
    Programs,
    drop_libpq_variables,
    end_leftovers,
    environment,
    find_programs,
    last_lines,
    make_cluster,
    until,
)

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "FolderInUseError", "running"]

ADMIN = "postgres"  # the cluster's superuser: used here only
NAME = "scrumrpc"  # the database, and the ordinary role that owns it
SILENCE = 60.0  # seconds a starting server may give no sign of life

SETTINGS = """\
# Written by scrumrpc at every start. Put your own settings below the include in postgresql.conf: the last one wins.
max_connections = 100
fsync = on
full_page_writes = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_parameter_max_length = 0
"""
INCLUDE = "\n# The settings of scrumrpc; your own go below this line.\ninclude_if_exists = 'scrumrpc.conf'\n"

_log = logging.getLogger(__name__)


class FolderInUseError(EmbeddedPostgresError):
    """Another process supervises the PostgreSQL of this data folder."""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[str]:
    """Yields the address of the folder's database: that of a server already running, else of one for this block only.

    Whoever started the database for its own block stops it when all others who found it running are done as well.
    """
    server = EmbeddedPostgres(folder)
    using = await _start_or_join(server)
    try:
        yield server.url
    finally:
        if using is None:
            await server.stop_when_unused()
        else:
            unlock(using)


async def _start_or_join(server: EmbeddedPostgres) -> int | None:
    """Starts the server, or finds it running: then returns the lock which shows that somebody uses it."""
    giving_up = time.monotonic() + SILENCE
    while True:
        try:
            await server.start()
            return None
        except FolderInUseError:
            if time.monotonic() >= giving_up:
                raise
        with ExitStack() as undo:
            # The lock first, the look afterwards: from the lock on, one who runs it for its own block waits for us.
            using = server.files.lock("users", exclusive=False)
            undo.callback(unlock, using)
            if using is not None and await server.answers():
                undo.pop_all()
                return using
        await asyncio.sleep(0.05)


class EmbeddedPostgres:
    """One PostgreSQL in one data folder, supervised by this process.

    Not bound to an event loop: ``start`` and ``stop`` may run in different calls of ``asyncio.run``. From ``start`` on,
    libpq's PG* variables are gone from this process's environment.
    """

    def __init__(self, folder: Path) -> None:
        self.files = DataFolder(folder.resolve())
        self._lock: int | None = None
        self._users_lock: int | None = None
        self._programs: Programs | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database's address for psycopg, with host, port, user, password and database all given."""
        return self.files.address(NAME, NAME)

    @property
    def is_new(self) -> bool:
        """Whether there is no cluster yet. Where that cannot be seen, ``start`` tells what is wrong."""
        try:
            return self.files.made_by() is None
        except (OSError, EmbeddedPostgresError):
            return False

    async def start(self) -> None:
        """Starts PostgreSQL, making the cluster when there is none; returns when a connection has succeeded.

        Raises FolderInUseError when another process supervises this folder, EmbeddedPostgresError for anything else.
        """
        lock = self.files.lock("lock", exclusive=True)
        if lock is None:
            raise FolderInUseError(f"The data folder {self.files.path} is in use by another scrumrpc process.")
        self._lock = lock
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            drop_libpq_variables()
            try:
                await self._make_cluster()
                await self._launch()
            except OSError as error:
                message = f"The data folder {self.files.path} cannot be used: {error}"
                raise EmbeddedPostgresError(message) from error
            undo.pop_all()

    async def stop(self) -> None:
        """Shuts PostgreSQL down, rolling open transactions back; by force if that takes longer than 30 seconds."""
        if self._process is not None:
            for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                self._process.send_signal(number)
                if await until(self._is_down, patience):
                    break
                _log.warning("PostgreSQL in %s did not stop on %s", self.files.cluster, number.name)
            self._process = None
        if self._lock is not None:
            self.files.forget_far_socket()
            unlock(self._lock)
            unlock(self._users_lock)
            self._lock = self._users_lock = None

    async def stop_when_unused(self) -> None:
        """Shuts PostgreSQL down as soon as no other command uses it; at once when cancelled."""
        try:
            await until(self._is_unused, math.inf, every=0.05)
        finally:
            await self.stop()

    async def supervise(self) -> None:
        """Starts PostgreSQL again whenever it has died; runs until cancelled, which comes before ``stop``."""
        pause = 0.1
        while self._process is not None:
            since = time.monotonic()
            await until(self._is_down, math.inf, every=0.1)
            if self._process is None:
                return
            # A server that dies at once every time must not keep the machine busy: 0.1 s, 0.2 s, ... 5 s.
            pause = 0.1 if time.monotonic() - since > 1 else min(pause * 2, 5)
            cluster, status = self.files.cluster, self._process.returncode
            _log.error("PostgreSQL in %s ended with status %s: starting it again", cluster, status)
            await asyncio.sleep(pause)
            try:
                await self._launch()
                _log.warning("PostgreSQL in %s is back", cluster)
            except (EmbeddedPostgresError, OSError) as error:
                _log.error("PostgreSQL in %s did not come back: %s", cluster, error)

    async def answers(self) -> bool:
        """Tells whether the database, whoever supervises it, accepts a connection now."""
        drop_libpq_variables()
        try:
            connection = await psycopg.AsyncConnection.connect(self.url, connect_timeout=5)
        except (psycopg.OperationalError, EmbeddedPostgresError):
            return False
        await connection.close()
        return True

    async def _make_cluster(self) -> None:
        """Finds the programs; at the first start makes the cluster beside its place, then moves it there."""
        # The initdb of a killed supervisor may still be writing: it fails soon, and then its folder stays away.
        await until(self.files.without_staging, 10)
        made_by = self.files.made_by()
        self._programs = await find_programs(made_by)
        if made_by is not None:
            return
        staging = self.files.new_staging()
        write_private(staging / "secret", secrets.token_hex(32))
        await make_cluster(self._programs, staging / "cluster", ADMIN, staging / "secret")
        settings = staging / "cluster" / "postgresql.conf"
        write_private(settings, settings.read_text() + INCLUDE)
        self.files.adopt(staging)

    async def _launch(self) -> None:
        """Starts the postmaster and waits until it accepts connections."""
        noted = self.files.noted_process()
        await end_leftovers(self.files.cluster, noted)
        self.files.prepare_socket_folder()
        write_private(self.files.cluster / "scrumrpc.conf", SETTINGS)
        giving_up = time.monotonic() + 10
        while True:
            log_begin = self._spawn(noted)
            try:
                await self._become_ready(log_begin)
                return
            except EmbeddedPostgresError as error:
                # Backends of a killed postmaster that end_leftovers could not see (no /proc) hold it for a moment.
                if "shared memory block" not in str(error) or time.monotonic() >= giving_up:
                    raise
            await asyncio.sleep(0.2)

    def _spawn(self, noted: int) -> int:
        """Starts the postmaster process; returns where its part of the log begins."""
        if self._programs is None or self._lock is None:
            raise EmbeddedPostgresError(f"PostgreSQL in {self.files.cluster} has been stopped.")
        # On the command line, where no edited file changes it: what the rest of this module relies on. A folder's name
        # is quoted, else a comma would end it. (The password is not here: everybody sees command lines.)
        folder = str(self.files.socket_folder()).replace('"', '""')
        fixed = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{folder}"',
            "unix_socket_permissions": "0700",
        }
        arguments = [word for name, value in fixed.items() for word in ("-c", f"{name}={value}")]
        with os.fdopen(self.files.open_log(), "ab") as log:
            log_begin = log.seek(0, os.SEEK_END)
            self._process = subprocess.Popen(
                self._programs.command("postgres", "-D", str(self.files.cluster), *arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(noted),
                cwd="/",
                start_new_session=True,  # Ctrl-C must not reach the database before the workers have finished
            )
        return log_begin

    async def _become_ready(self, log_begin: int) -> None:
        """Waits for the first successful connection, through crash recovery, and sees that role and database exist."""
        deadline = time.monotonic() + SILENCE
        address = self.files.address(ADMIN, "postgres")
        while not self._is_down():
            try:
                connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5)
                async with connection:
                    await self._make_database(connection)
                return
            except psycopg.Error as error:
                hopeless = not isinstance(error, psycopg.OperationalError) or "authentication failed" in str(error)
                if "the database system is" in str(error):  # ... starting up, in recovery: alive, so go on waiting
                    deadline = time.monotonic() + SILENCE
                elif hopeless or time.monotonic() >= deadline:
                    raise EmbeddedPostgresError(f"{self.files.cluster} cannot be used: {error}") from error
            await asyncio.sleep(0.01)
        printed = last_lines(self.files.read_log(log_begin))
        raise EmbeddedPostgresError(f"PostgreSQL in {self.files.cluster} did not start:\n{printed}")

    async def _make_database(self, connection: psycopg.AsyncConnection) -> None:
        """Makes the role and its database, each unless it is there: an earlier start may have ended in between."""
        if await _is_missing(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s"):
            secret = self.files.secret().encode()
            hashed = connection.pgconn.encrypt_password(secret, NAME.encode(), b"scram-sha-256").decode()
            statement = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            await connection.execute(statement.format(sql.Identifier(NAME), sql.Literal(hashed)))
        if await _is_missing(connection, "SELECT 1 FROM pg_database WHERE datname = %s"):
            await connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))

    def _is_unused(self) -> bool:
        self._users_lock = self.files.lock("users", exclusive=True)
        return self._users_lock is not None

    def _is_down(self) -> bool:
        return self._process is None or self._process.poll() is not None


async def _is_missing(connection: psycopg.AsyncConnection, query: LiteralString) -> bool:
    cursor = await connection.execute(query, [NAME])
    return await cursor.fetchone() is None
