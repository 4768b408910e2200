"""The commands as operators run them: what they refuse, and what is there when they are killed or the disk is full."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from scrumrpc.store.restore import restore
from tests.backup.lives import Copy, reader_of, rows
from tests.wire.surroundings import command, operate, until

pytestmark = pytest.mark.slow  # each command is a process of its own

MEGABYTE = 1 << 20
_LARGE = 40
"""Files of 2 MB in the large database; each takes 4 MB as text."""
_MEMORY = 150 * MEGABYTE
"""What a command may take at most: the program and some such files, and far less than all of them."""


@pytest.fixture(scope="module")
def large(own_database: str, content: bytes) -> str:
    """A database with much more in it than a command may have in memory."""
    asyncio.run(restore(own_database, reader_of(content)))
    with psycopg.connect(own_database) as conn:
        for number in range(_LARGE):
            conn.execute(
                "INSERT INTO file_contents (account_id, content, content_type, bytes) VALUES (729, %s, 'x/y', %s)",
                (10_000_000 + number, random.Random(number).randbytes(MEGABYTE // 4) * 8),
            )
    return own_database


def started(url: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrumrpc", *words],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def tables(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as conn:
        [(count,)] = conn.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return int(count)


def test_into_a_file_and_back(lived: Copy, empty_database: str, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    printed = operate(lived.url, "backup", str(file))
    assert printed.startswith("Backed up 2 accounts with ")
    assert f"into {file} ({file.stat().st_size:,} bytes), and read it back.\n" in printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a.tar"]
    lines = {line.split()[0]: line.split() for line in printed.splitlines()}
    assert lines["729"][1:3] == ["Sample", str(lived.version)]
    again = command(lived.url, "backup", str(file))
    assert (again.returncode, again.stderr) == (
        1, f"Error: {file} is there already: backups do not replace each other.\n",
    )  # fmt: skip
    restored = operate(empty_database, "restore", str(file))
    assert "Paused webhooks: 729-0-1." in restored
    assert "Next: start the server" in restored
    assert lived.key not in printed + restored


def test_through_pipes(lived: Copy, tmp_path: Path) -> None:
    """Where a backup is encrypted on its way, say. The data folder is made by the restore."""
    words = [sys.executable, "-m", "scrumrpc"]
    environment = {**os.environ, "DATABASE_URL": lived.url}
    first = subprocess.run([*words, "backup", "-"], env=environment, capture_output=True, check=True)
    assert b"not read back: see `scrumrpc restore --check`" in first.stderr
    checked = subprocess.run([*words, "restore", "--check", "-"], input=first.stdout, capture_output=True, check=True)
    assert b"into a database that is gone again: every row is as it was backed up" in checked.stdout
    folder = tmp_path / "data"
    subprocess.run([*words, "restore", "-", "--data", str(folder)], input=first.stdout, capture_output=True, check=True)
    listed = subprocess.run(
        [*words, "account", "list", "--data", str(folder)], capture_output=True, text=True, check=True
    )
    assert f"729      Sample      {lived.version} " in listed.stdout


def test_what_is_refused_touches_nothing(lived: Copy, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "scrumrpc"]

    def refused(*given: str) -> str:
        done = subprocess.run([*words, *given], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
        return done.stderr

    good = tmp_path / "good.tar"
    operate(lived.url, "backup", str(good))
    content = good.read_bytes()
    (tmp_path / "damaged.tar").write_bytes(content[:50_000] + b"?" + content[50_001:])
    (tmp_path / "cut.tar").write_bytes(content[: len(content) // 2])
    (tmp_path / "other.tar").write_bytes(b"PGDMP" * 5000)
    assert "damaged or cut short" in refused("restore", "damaged.tar", "--data", "new")
    assert "damaged or cut short" in refused("restore", "cut.tar", "--data", "new")
    assert "no backup of scrumrpc" in refused("restore", "other.tar", "--data", "new")
    assert "nowhere.tar cannot be read: No such file" in refused("restore", "nowhere.tar", "--data", "new")
    assert "There is no database in new" in refused("backup", "b.tar", "--data", "new")
    done = command(lived.url, "backup", str(tmp_path / "nowhere/b.tar"))
    assert done.stderr == f"Error: {tmp_path}/nowhere/b.tar cannot be written: No such file or directory.\n"
    assert {each.name for each in tmp_path.iterdir()} == {"good.tar", "damaged.tar", "cut.tar", "other.tar"}
    before = rows(lived.url, {})
    done = command(lived.url, "restore", str(good))
    assert done.stderr.startswith("Error: The database is not empty: it has a table ")
    assert rows(lived.url, {}) == before


# Killed, and without space -------------------------------------------------------------------------------------------


def test_a_backup_that_is_killed(large: str, tmp_path: Path) -> None:
    """There is no file that looks like a backup; the next one is made as if nothing had been."""
    for size in (1, 10_000_000):
        _kill_when(started(large, "backup", str(tmp_path / "a.tar")), lambda size=size: _bytes_in(tmp_path) >= size)
        [left] = tmp_path.iterdir()
        assert left.suffix == ".part"
        assert "damaged" in command(large, "restore", "--check", str(left)).stderr
        left.unlink()
    operate(large, "backup", str(tmp_path / "a.tar"))


def test_a_large_backup_in_little_memory_and_a_restore_that_is_killed(
    large: str, empty_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.tar"
    assert _memory(large, "backup", str(file)) < _MEMORY
    for kilobytes in (1, 20_000):
        _kill_when(started(empty_database, "restore", str(file)), lambda k=kilobytes: _restored(empty_database) >= k)
        until(lambda: _restored(empty_database) < 0)
        assert tables(empty_database) == 0
    assert _memory(empty_database, "restore", str(file)) < _MEMORY
    with psycopg.connect(empty_database) as conn:
        [(count,)] = conn.execute("SELECT count(*) FROM file_contents WHERE length(bytes) = %s", (2 * MEGABYTE,))
    assert count == _LARGE


def _memory(url: str, *words: str) -> int:
    """The most that a command had in memory, which must end well.

    Something small starts it, because a process is also said to have had what the one that started it had.
    """
    program = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, sys.executable, "-m", "scrumrpc", *words],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done
    return int(done.stdout) * 1024


def _kill_when(process: subprocess.Popen[str], condition: Callable[[], object]) -> None:
    """Kills a command in the middle of what it does."""
    until(condition)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def _bytes_in(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.iterdir())


def _restored(url: str) -> int:
    """How many kilobytes somebody copies into the database just now; -1 where nobody restores."""
    with psycopg.connect(url, autocommit=True) as conn:
        [(busy, copied)] = conn.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'), "
            "(SELECT sum(bytes_processed) / 1000 FROM pg_stat_progress_copy WHERE datname = current_database())"
        )
        return int(copied or 0) if busy else -1


def test_a_disk_that_is_full(large: str, tmp_path: Path) -> None:
    """What was written goes away, so that there is room again."""
    script = f"ulimit -f 5000; exec '{sys.executable}' -m scrumrpc backup '{tmp_path}/a.tar'"
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "DATABASE_URL": large}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"Error: {tmp_path}/a.tar was not written, and is not there: File too large.\n"
    assert list(tmp_path.iterdir()) == []


_ON_A_SMALL_DISK = """
mount -t tmpfs -o size=5m tmpfs "$1" || exit 99
"$2" -m scrumrpc backup "$1/a.tar"; code=$?
[ -z "$(ls "$1")" ] || exit 98
exit $code
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no disk can be mounted without the program unshare")
def test_a_small_disk(large: str, tmp_path: Path) -> None:
    words = ["unshare", "-U", "-r", "-m", "bash", "-c", _ON_A_SMALL_DISK, "bash", str(tmp_path), sys.executable]
    done = subprocess.run(words, env={**os.environ, "DATABASE_URL": large}, capture_output=True, text=True, check=False)
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip(f"no disk can be mounted here: {done.stderr}")
    assert (done.returncode, done.stderr) == (
        1, f"Error: {tmp_path}/a.tar was not written, and is not there: No space left on device.\n",
    )  # fmt: skip
