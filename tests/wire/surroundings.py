"""What stands around a server in these tests: the operator's command line, locks in the database, its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def command(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs an operator's command on the database."""
    return subprocess.run(
        [sys.executable, "-m", "scrumrpc", *words],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def operate(url: str, *words: str) -> str:
    """What an operator's command prints; it must succeed, and print no error."""
    done = command(url, *words)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def until(condition: Callable[[], object], patience: float = 60) -> None:
    """Waits for a condition, by looking again and again."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "What was waited for did not come."
        time.sleep(0.01)


@contextmanager
def held_up(url: str, account: int) -> Iterator[Callable[[int], None]]:
    """Holds the lock of an account, so that its writing calls wait; yields what waits until so many of them do."""
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
        holder.execute("SELECT FROM accounts WHERE account_id = %s FOR UPDATE", (account,))

        def wait_for(count: int) -> None:
            until(lambda: _waiting(watcher) >= count)

        yield wait_for


def _waiting(conn: psycopg.Connection) -> int:
    row = conn.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    assert row
    return int(row[0])


def children(pid: int) -> list[int]:
    """The process ids of the processes that a process has started."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def workers(pid: int) -> list[int]:
    """The process ids of a server's workers."""
    return [child for child in children(pid) if "scrumrpc.cli.worker" in _command_line(child)]


def postmaster(pid: int) -> int:
    """The process id of a server's PostgreSQL."""
    [found] = [child for child in children(pid) if "/postgres -D " in _command_line(child)]
    return found


def family(pid: int) -> list[int]:
    """A process and all that it has started, and what these have started."""
    return [pid, *(each for child in children(pid) for each in family(child))]


@contextmanager
def paused(*pids: int) -> Iterator[None]:
    """Stops processes for a while: connections made meanwhile are taken by the others."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def is_running(pid: int) -> bool:
    """Whether a process lives; one that ended and was not waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""
