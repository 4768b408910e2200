"""Keeps what the embedded PostgreSQL has in a data folder: its place, password, address, locks; starts no process.

What lies there::

    postgres/            the cluster; in it scrumrpc.secret (the password) and scrumrpc.conf (our settings)
    postgres.log         what PostgreSQL prints; moved to postgres.log.1 at a start when it has passed 10 MB
    postgres.lock        locked by the one process that supervises the cluster
    postgres.users       locked (shared) by commands that use a cluster which another process supervises
    socket/              where clients connect; instead of it, when its path is too long for a socket:
    postgres.socket      the name of a private folder elsewhere
    postgres.new-*       a first start under way, or interrupted: the next start removes it
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from scrumrpc.store.embedded_process import EmbeddedPostgresError

PORT = 5432  # part of the socket's file name; nothing listens on TCP
SOCKET_BYTES = 103 if sys.platform == "darwin" else 107  # the longest path of a socket
LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class DataFolder:
    """The files of one embedded PostgreSQL; ``path`` is absolute and free of symbolic links."""

    path: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.path / "postgres"

    def address(self, user: str, database: str) -> str:
        """Returns an address with everything given that libpq would else take from its surroundings."""
        where = urlencode({"host": os.fsencode(self.socket_folder()), "port": PORT}, quote_via=quote)
        return f"postgresql://{user}:{self.secret()}@/{database}?{where}"

    def secret(self) -> str:
        """Returns the password of the cluster's roles."""
        file = self.cluster / "scrumrpc.secret"
        try:
            return file.read_text()
        except OSError as error:
            raise EmbeddedPostgresError(f"{file}, the password of the database, cannot be read: {error}") from error

    def made_by(self) -> int | None:
        """Returns the PostgreSQL version that made the cluster, None without one; raises what keeps it from use."""
        if not self.cluster.exists() or not os.listdir(self.cluster):
            return None
        owner = self.cluster.stat().st_uid
        if owner != os.geteuid():
            raise EmbeddedPostgresError(f"{self.cluster} belongs to user id {owner}: run scrumrpc as that user.")
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except (FileNotFoundError, ValueError):
            raise EmbeddedPostgresError(f"{self.cluster} is not empty, but no PostgreSQL database either.") from None

    def new_staging(self) -> Path:
        """Returns a fresh private folder for making the cluster in."""
        return Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.path))

    def without_staging(self) -> bool:
        """Removes what interrupted first starts left; returns whether all is gone."""
        for leftover in self.path.glob("postgres.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        return not any(self.path.glob("postgres.new-*"))

    def adopt(self, staging: Path) -> None:
        """Moves ``staging/cluster`` with its ``staging/secret`` to its final place, in one step, and to stay there."""
        os.replace(staging / "secret", staging / "cluster" / "scrumrpc.secret")
        _sync(staging / "cluster")
        os.replace(staging / "cluster", self.cluster)
        _sync(self.path)
        staging.rmdir()

    def noted_process(self) -> int:
        """Returns the process id in postmaster.pid, else our parent's: what PG_GRANDPARENT_PID must be.

        A starting postmaster refuses when that id is alive, and in a container it often is: after a restart it can
        belong to our parent, or anyone. As we hold the lock, and real leftovers have been ended, it is stale for
        sure, and this is how to say so; removing the file would also remove PostgreSQL's own check of shared memory.
        """
        file = self.cluster / "postmaster.pid"
        try:
            first_line = file.read_bytes().partition(b"\n")[0].strip()
        except FileNotFoundError:
            return os.getppid()
        if first_line.isdigit() and int(first_line) > 0:
            return int(first_line)
        file.unlink()  # cut short by a power failure: PostgreSQL would refuse it
        return os.getppid()

    def open_log(self) -> int:
        """Opens the log for appending, after putting a large one aside; returns the file descriptor."""
        file = self.path / "postgres.log"
        if file.exists() and file.stat().st_size > LOG_BYTES:
            os.replace(file, self.path / "postgres.log.1")
        return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def read_log(self, begin: int) -> str:
        """Returns what was printed after position ``begin``."""
        with (self.path / "postgres.log").open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")

    def lock(self, name: str, *, exclusive: bool) -> int | None:
        """Takes a lock that ends with this process at the latest; returns its file, None when somebody else has it.

        The file is not inherited by programs that are started, so a worker that outlives us does not hold the lock.
        """
        if sys.platform == "win32":
            raise EmbeddedPostgresError("There is no embedded PostgreSQL on Windows: set DATABASE_URL.")
        import fcntl  # here, not above: Windows has none, and must still import this module

        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path / f"postgres.{name}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return None
        except OSError as error:
            raise EmbeddedPostgresError(f"The data folder {self.path} cannot be used: {error}") from error
        return file

    def socket_folder(self) -> Path:
        """Returns where clients connect: in the data folder, or else where the record says, if that is really ours."""
        near = self.path / "socket"
        if _fits(near):
            return near
        with suppress(FileNotFoundError):
            far = Path((self.path / "postgres.socket").read_text())
            found = far.lstat()
            private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
            if private and found.st_uid == os.geteuid() and far.name.startswith(self._far_prefix()):
                return far
        raise EmbeddedPostgresError(f"PostgreSQL in {self.cluster} is not running.")

    def prepare_socket_folder(self) -> None:
        """Makes the socket's folder, or keeps the one there is, so that a restart does not change the address."""
        near = self.path / "socket"
        if _fits(near):
            near.mkdir(mode=0o700, exist_ok=True)
            near.chmod(0o700)
        else:
            try:
                self.socket_folder()
            except EmbeddedPostgresError:
                write_private(self.path / "postgres.socket", self._new_far_folder())
        for stale in self.socket_folder().glob(".s.PGSQL.*"):
            stale.unlink()

    def _new_far_folder(self) -> str:
        for parent in (tempfile.gettempdir(), "/tmp"):
            if _fits(Path(parent, f"{self._far_prefix()}12345678")):
                return tempfile.mkdtemp(prefix=self._far_prefix(), dir=parent)
        raise EmbeddedPostgresError(f"The path {self.path} is too long for a socket, and no shorter place was found.")

    def _far_prefix(self) -> str:
        # Names the data folder it was made for: a copy of that folder, with the record in it, must not share it.
        return f"scrumrpc-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:8]}-"

    def forget_far_socket(self) -> None:
        """Removes the private folder elsewhere, if there is one."""
        record = self.path / "postgres.socket"
        if record.exists():
            with suppress(EmbeddedPostgresError):
                shutil.rmtree(self.socket_folder(), ignore_errors=True)
            record.unlink()


def unlock(lock: int | None) -> None:
    """Gives a lock back."""
    if lock is not None:
        os.close(lock)


def write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner may read: after a power failure it is there as a whole or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(fresh, file)


def _fits(folder: Path) -> bool:
    """Tells whether a socket can lie there; libpq takes a comma for the end of a host."""
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_BYTES and "," not in str(folder)


def _sync(folder: Path) -> None:
    """Makes sure that the names in a folder survive a power failure."""
    file = os.open(folder, os.O_RDONLY)
    os.fsync(file)
    os.close(file)
