"""The embedded PostgreSQL: starts, crashes of every kind, and what it must never do to its surroundings."""

# ruff: noqa: ASYNC240 - tests may look at files while nothing else runs

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from scrumrpc.store.embedded import EmbeddedPostgres, EmbeddedPostgresError, FolderInUseError, running

ROOT = Path(__file__).parents[2]
SUPERVISOR = """
import asyncio, pathlib, signal, sys
from scrumrpc.store.embedded import EmbeddedPostgres

signal.signal(signal.SIGINT, signal.default_int_handler)  # which the tests may have been started to ignore

async def main():
    server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
    await server.start()
    print("ready", flush=True)
    await server.supervise()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped data folder with one committed row: tests move it to where they need it, faster than initdb."""
    folder = tmp_path_factory.mktemp("made") / "data"

    async def make() -> None:
        async with started(folder) as server:
            await execute(server.url, "CREATE TABLE kept (n int)")
            await execute(server.url, "INSERT INTO kept VALUES (1)")

    asyncio.run(make())
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """For tests which leave the database as it was."""
    with moved(made, tmp_path / "data") as folder:
        yield folder


@pytest.fixture
def own_folder(made: Path, tmp_path: Path) -> Path:
    """For tests which change the database."""
    return shutil.copytree(made, tmp_path / "data")


@pytest.fixture(autouse=True)
def nothing_left_running(made: Path, tmp_path: Path) -> Iterator[None]:
    yield
    left = postgres_under(tmp_path) + postgres_under(made)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert left == []


@contextmanager
def moved(made: Path, folder: Path) -> Iterator[Path]:
    made.rename(folder)
    try:
        yield folder
    finally:
        folder.rename(made)


def postgres_under(place: Path) -> list[int]:
    """The PostgreSQL processes that this test has started: they work in a folder under its own."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "comm").read_text() == "postgres\n" and (process / "cwd").readlink().is_relative_to(place):
                found.append(int(process.name))
    return found


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def supervised(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    async with started(folder) as server:
        watch = asyncio.create_task(server.supervise())
        try:
            yield server
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch


@contextmanager
def supervisor_process(folder: Path, wait: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", SUPERVISOR, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            if wait:
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


async def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else []


async def execute_patiently(url: str, statement: str, seconds: float = 20) -> list[tuple[object, ...]]:
    giving_up = time.monotonic() + seconds
    while True:
        try:
            return await execute(url, statement)
        except psycopg.OperationalError:
            if time.monotonic() > giving_up:
                raise
        await asyncio.sleep(0.02)


async def kept(folder: Path) -> list[tuple[object, ...]]:
    """Starts the database, reads the table, stops it again."""
    async with started(folder) as server:
        return await execute(server.url, "SELECT n FROM kept ORDER BY n")


def test_first_start_makes_a_safe_cluster_and_later_starts_keep_it(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    parent.chmod(0o711)
    folder = parent / "data"

    async def scenario() -> None:
        async with started(folder) as server:
            rows = await execute(
                server.url,
                "SELECT current_user::text, current_database()::text, current_setting('fsync'),"
                " current_setting('data_checksums'), current_setting('server_encoding'), current_setting('timezone'),"
                " current_setting('listen_addresses'), (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
            )
            assert rows == [("scrumrpc", "scrumrpc", "on", "on", "UTF8", "UTC", "", False)]
            await execute(server.url, "CREATE TABLE kept (n int)")
            await execute(server.url, "INSERT INTO kept VALUES (7)")
            first_url = server.url
        configured = (folder / "postgres" / "postgresql.conf").read_text()
        assert "include_if_exists = 'scrumrpc.conf'" in configured
        (folder / "postgres" / "postgresql.conf").write_text(configured + "work_mem = '5MB'\nmax_connections = 40\n")
        async with started(folder) as server:
            assert server.url == first_url
            assert await execute(server.url, "SELECT n FROM kept") == [(7,)]
            assert await execute(server.url, "SHOW work_mem") == [("5MB",)]
            assert await execute(server.url, "SHOW max_connections") == [("40",)]

    asyncio.run(scenario())
    assert mode(parent) == 0o711
    for place in (folder, folder / "postgres", folder / "socket"):
        assert mode(place) == 0o700
    for file in ("postgres/scrumrpc.secret", "postgres/scrumrpc.conf", "postgres/postgresql.conf", "postgres.log"):
        assert mode(folder / file) == 0o600
    assert sorted(entry.name for entry in folder.iterdir()) == ["postgres", "postgres.lock", "postgres.log", "socket"]


def test_start_and_stop_may_use_different_event_loops(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    asyncio.run(server.start())
    assert asyncio.run(execute(server.url, "SELECT n FROM kept")) == [(1,)]
    assert os.getsid(postmaster(folder)) != os.getsid(0)  # so Ctrl-C in the terminal does not reach it
    asyncio.run(server.stop())
    asyncio.run(server.stop())


def test_stop_does_not_wait_for_clients(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        server = EmbeddedPostgres(folder)
        await server.start()
        async with await psycopg.AsyncConnection.connect(server.url) as connection:
            await connection.execute("INSERT INTO kept VALUES (2)")
            await server.stop()
            assert "did not stop" not in caplog.text  # on the first signal
            with suppress(psycopg.OperationalError):
                await connection.commit()
        assert await kept(folder) == [(1,)]

    asyncio.run(scenario())


def test_nothing_listens_on_tcp(folder: Path) -> None:
    async def scenario() -> None:
        async with started(folder):
            inodes = {
                line.split()[9]
                for table in ("/proc/net/tcp", "/proc/net/tcp6")
                if Path(table).exists()
                for line in Path(table).read_text().splitlines()[1:]
            }
            held = [os.readlink(file) for file in Path("/proc", str(postmaster(folder)), "fd").iterdir()]
            assert any(name.startswith("socket:") for name in held)
            assert not any(f"socket:[{inode}]" in held for inode in inodes)

    asyncio.run(scenario())


def test_a_password_is_required_and_stays_off_command_lines(folder: Path) -> None:
    async def scenario() -> None:
        async with started(folder) as server:
            secret = (folder / "postgres" / "scrumrpc.secret").read_text()
            assert len(secret) == 64
            assert secret in server.url
            for user in ("scrumrpc", "postgres"):
                for bad in (server.url.replace(f":{secret}", ""), server.url.replace(secret, "wrong")):
                    with pytest.raises(psycopg.OperationalError, match="password"):
                        await execute(bad.replace("//scrumrpc", f"//{user}"), "SELECT 1")
            shown = Path("/proc", str(postmaster(folder)), "cmdline").read_text()
            assert secret not in shown

    asyncio.run(scenario())


def test_a_killed_database_comes_back_with_what_was_committed(own_folder: Path) -> None:
    async def scenario() -> None:
        async with supervised(own_folder) as server:
            url = server.url
            for n in (2, 3):
                async with await psycopg.AsyncConnection.connect(url) as idle:
                    await execute(url, f"INSERT INTO kept VALUES ({n})")
                    killed = postmaster(own_folder)
                    os.kill(killed, signal.SIGKILL)
                    rows = await execute_patiently(url, "SELECT n FROM kept ORDER BY n")
                    assert rows == [(1,), *((i,) for i in range(2, n + 1))]
                    assert postmaster(own_folder) != killed
                    with pytest.raises(psycopg.OperationalError):
                        await idle.execute("SELECT 1")
            assert server.url == url

    asyncio.run(scenario())


@pytest.mark.slow
def test_a_busy_backend_of_a_killed_database_is_ended(folder: Path) -> None:
    async def scenario() -> None:
        async with supervised(folder) as server:
            busy = await psycopg.AsyncConnection.connect(server.url, autocommit=True)
            loop = asyncio.create_task(busy.execute("DO $$ BEGIN LOOP END LOOP; END $$"))
            await asyncio.sleep(0.2)
            os.kill(postmaster(folder), signal.SIGKILL)
            assert await execute_patiently(server.url, "SELECT n FROM kept") == [(1,)]
            with pytest.raises(psycopg.OperationalError):
                await loop
            await busy.close()

    asyncio.run(scenario())


def test_supervision_outlasts_a_start_that_fails(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = folder / "postgres" / "postgresql.conf"

    async def scenario() -> None:
        async with supervised(folder) as server:
            right = settings.read_text()
            settings.write_text(right + "no_such_setting = 1\n")
            os.kill(postmaster(folder), signal.SIGKILL)
            giving_up = time.monotonic() + 10
            while "no_such_setting" not in caplog.text:
                assert time.monotonic() < giving_up
                await asyncio.sleep(0.02)
            settings.write_text(right)
            assert await execute_patiently(server.url, "SELECT n FROM kept") == [(1,)]

    asyncio.run(scenario())
    assert "did not come back" in caplog.text


def test_start_works_after_database_and_supervisor_were_killed(own_folder: Path) -> None:
    with supervisor_process(own_folder) as process:
        pid = postmaster(own_folder)
        asyncio.run(execute(EmbeddedPostgres(own_folder).url, "INSERT INTO kept VALUES (2)"))
        process.kill()
        os.kill(pid, signal.SIGKILL)
    assert asyncio.run(kept(own_folder)) == [(1,), (2,)]


def test_start_takes_over_from_a_killed_supervisor(own_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with supervisor_process(own_folder) as process:
        pid = postmaster(own_folder)
        asyncio.run(execute(EmbeddedPostgres(own_folder).url, "INSERT INTO kept VALUES (2)"))
        process.kill()
    os.kill(pid, 0)
    assert asyncio.run(kept(own_folder)) == [(1,), (2,)]
    assert f"process {pid}" in caplog.text
    assert pid not in postgres_under(own_folder)


@pytest.mark.parametrize("content", ["unrelated", "ourselves", "parent", "init", "", "rubbish\n", "0\n"])
def test_a_stale_pid_file_is_no_obstacle(folder: Path, content: str) -> None:
    with subprocess.Popen(["sleep", "60"]) as unrelated:
        owners = {"unrelated": unrelated.pid, "ourselves": os.getpid(), "parent": os.getppid(), "init": 1}
        file = folder / "postgres" / "postmaster.pid"
        if content in owners:
            file.write_text(f"{owners[content]}\n{folder}/postgres\n1700000000\n5432\n{folder}/socket\n\n")
            # The socket's own lock file, with another living process in it, must not stand in the way either.
            (folder / "socket" / ".s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n{folder}/postgres\n")
        else:
            file.write_text(content)
        file.chmod(0o600)
        assert asyncio.run(kept(folder)) == [(1,)]
        assert unrelated.poll() is None
        unrelated.kill()


def test_an_interrupted_first_start_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with supervisor_process(folder, wait=False) as process:
        giving_up = time.monotonic() + 10
        while not list(folder.glob("postgres.new-*/cluster/base/1/*")):
            assert time.monotonic() < giving_up
            time.sleep(0.001)
        process.kill()
    assert not (folder / "postgres").exists()

    async def scenario() -> None:
        async with started(folder) as server:
            await execute(server.url, "SELECT 1")

    asyncio.run(scenario())
    giving_up = time.monotonic() + 10
    while postgres_under(tmp_path):  # the orphaned initdb's last process
        assert time.monotonic() < giving_up
        time.sleep(0.02)
    assert not list(folder.glob("postgres.new-*"))


def test_a_start_that_ended_before_the_database_was_made_is_completed(own_folder: Path) -> None:
    async def scenario() -> None:
        async with started(own_folder) as server:
            admin = server.url.replace("//scrumrpc", "//postgres").replace("/scrumrpc?", "/postgres?")
            await execute(admin, "DROP DATABASE scrumrpc")
            await execute(admin, "DROP ROLE scrumrpc")
        async with started(own_folder) as server:
            assert await execute(server.url, "SELECT 1") == [(1,)]

    asyncio.run(scenario())


def test_a_second_supervisor_is_refused(folder: Path) -> None:
    async def scenario() -> None:
        async with started(folder) as server:
            with pytest.raises(FolderInUseError, match=str(folder)):
                await EmbeddedPostgres(folder).start()
            with pytest.raises(FolderInUseError):
                await server.start()
            assert await execute(server.url, "SELECT n FROM kept") == [(1,)]

    asyncio.run(scenario())
    with supervisor_process(folder) as process:
        with pytest.raises(FolderInUseError, match=str(folder)):
            asyncio.run(EmbeddedPostgres(folder).start())
        process.send_signal(signal.SIGINT)  # Ctrl-C ends that program without stopping its database ...
        process.wait()
    assert asyncio.run(kept(folder)) == [(1,)]  # ... which the next one takes over


def test_running_uses_a_server_that_is_there(folder: Path) -> None:
    async def scenario() -> None:
        async with started(folder) as server:
            pid = postmaster(folder)
            async with running(folder) as url:
                assert url == server.url
                assert await execute(url, "SELECT n FROM kept") == [(1,)]
            assert postmaster(folder) == pid
            assert await execute(server.url, "SELECT n FROM kept") == [(1,)]

    asyncio.run(scenario())


def test_running_starts_its_own_and_stops_it_after_the_last_user(folder: Path) -> None:
    async def scenario() -> None:
        first_is_up = asyncio.Event()
        order: list[str] = []

        async def first() -> None:
            async with running(folder) as url:
                assert await execute(url, "SELECT n FROM kept") == [(1,)]
                first_is_up.set()
                await asyncio.sleep(0.1)
                order.append("first leaves")
            order.append("stopped")

        async def second() -> None:
            await first_is_up.wait()
            async with running(folder) as url:
                await asyncio.sleep(0.3)
                assert await execute(url, "SELECT n FROM kept") == [(1,)]
                order.append("second leaves")

        await asyncio.gather(first(), second())
        assert order == ["first leaves", "second leaves", "stopped"]
        assert not (folder / "postgres" / "postmaster.pid").exists()
        async with running(folder) as url:
            assert await execute(url, "SELECT n FROM kept") == [(1,)]

    asyncio.run(scenario())


def test_running_at_the_same_time_on_a_new_folder(tmp_path: Path) -> None:
    async def one() -> list[tuple[object, ...]]:
        async with running(tmp_path / "data") as url:
            return await execute(url, "SELECT 1")

    async def scenario() -> None:
        assert await asyncio.gather(*(one() for _ in range(4))) == [[(1,)]] * 4

    asyncio.run(scenario())


@pytest.mark.slow
def test_a_long_path_gets_a_private_socket_folder_elsewhere(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / ("long" * 25))
    record = folder / "postgres.socket"

    async def scenario() -> None:
        async with supervised(folder) as server:
            far = Path(record.read_text())
            assert mode(far) == 0o700
            assert len(str(far / ".s.PGSQL.5432")) <= 107
            assert not far.is_relative_to(folder)
            assert await execute(server.url, "SELECT n FROM kept") == [(1,)]
            async with running(folder) as url:
                assert url == server.url
            os.kill(postmaster(folder), signal.SIGKILL)
            await execute_patiently(server.url, "SELECT 1")
        assert not far.exists()
        assert not record.exists()

        # What a crash left is used again only if it is still private, ours, and made for this very folder.
        far.mkdir(mode=0o755)
        record.write_text(str(far))
        with pytest.raises(EmbeddedPostgresError, match="not running"):
            _ = EmbeddedPostgres(folder).url
        async with started(folder):
            assert record.read_text() != str(far)
        far.chmod(0o700)
        record.write_text(str(far))
        async with started(folder):
            assert record.read_text() == str(far)
        other = shutil.copytree(made, tmp_path / ("other" * 20))
        far.mkdir(mode=0o700)
        (other / "postgres.socket").write_text(str(far))
        async with started(other):
            assert (other / "postgres.socket").read_text() != str(far)
        far.rmdir()

    asyncio.run(scenario())


@pytest.mark.parametrize("name", ["a comma, a space", "per%cent & quote\"s'", "grüße"])
def test_odd_names_of_folders(made: Path, tmp_path: Path, name: str) -> None:
    with moved(made, tmp_path / name) as folder:
        assert asyncio.run(kept(folder)) == [(1,)]


def test_relative_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert asyncio.run(kept(Path("data"))) == [(1,)]
