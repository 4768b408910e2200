"""A database out of a backup: equal to the one before in all but its epochs and its silence, or not there at all."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from scrumrpc.errors import RequestAlreadyExecuted, RequiredEpochNotMatching
from scrumrpc.store import accounts, copying
from scrumrpc.store.backup_file import BackupError
from scrumrpc.store.migrations import MigrationError, migrate, newest_step
from scrumrpc.store.restore import check_images, restore
from tests.backup.lives import FIRST_TAG, PROJECT, Copy, answers, backup_of, epoch_of, reader_of, rows
from tests.store.test_steps import facts

MADE_ANEW = {
    "accounts": "epoch",
    "webhooks": "is_enabled,disabled_reason,test_id",
    "schema_steps": "applied_at",
    "api_keys": "last_used_at",
}
"""What is not the same in a restored database."""


def tables(url: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as conn:
        return conn.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()


@pytest.fixture(scope="module")
def restored(own_database: str, lived: Copy, content: bytes) -> Iterator[Copy]:
    """A restored database that nothing is changed in."""
    asyncio.run(restore(own_database, reader_of(content)))
    copy = Copy(own_database, lived.key)
    yield copy
    copy.close()


def test_everything_is_as_it_was(lived: Copy, restored: Copy) -> None:
    before, after = rows(lived.url, MADE_ANEW), rows(restored.url, MADE_ANEW)
    empty = {name for name, found in before.items() if not found}
    assert empty == set(), "a table without a row shows nothing"
    for name in before:
        assert before[name] == after[name], name
    assert facts(lived.url) == facts(restored.url)
    assert answers(lived) == answers(restored)
    assert epoch_of(lived) != epoch_of(restored)
    restored.check_log_gives_tables()
    assert asyncio.run(check_images(restored.url)) > 400


def test_it_works_on_and_webhooks_are_paused(empty_database: str, lived: Copy, content: bytes) -> None:
    done = asyncio.run(restore(empty_database, reader_of(content)))
    assert done.webhooks == ["729-0-1"]
    copy = Copy(empty_database, lived.key)
    try:
        _retries_are_answered_as_before(lived, copy)
        _webhooks_go_on_where_they_were(lived, copy)
        copy.check_log_gives_tables()
    finally:
        copy.close()


def _retries_are_answered_as_before(lived: Copy, copy: Copy) -> None:
    version = copy.version
    with pytest.raises(RequestAlreadyExecuted):
        copy.call("setProjectName", projectID=PROJECT, name="again", requestID="last")
    added = lived.call("addTag", **FIRST_TAG, onRepeat="result")
    assert copy.call("addTag", **FIRST_TAG, onRepeat="result") == added
    assert copy.version == version
    copy.call("addTag", projectID=PROJECT, name="after the restore", requestID="a new one")
    assert copy.version == version + 1


def _webhooks_go_on_where_they_were(lived: Copy, copy: Copy) -> None:
    [one, other] = copy.call("getWebhooks")
    [was, _] = lived.call("getWebhooks")
    assert (one["isEnabled"], one["deliveredDataVersion"]) == (False, was["deliveredDataVersion"])
    assert "was restored from a backup" in one["disabledReason"]
    assert other["disabledReason"] == "disableWebhook was called."
    with psycopg.connect(copy.url) as conn:
        assert conn.execute("SELECT DISTINCT test_id, claim FROM webhooks").fetchall() == [(None, None)]
    copy.call("enableWebhook", webhookID="729-0-1")
    [one, _] = copy.call("getWebhooks")
    assert (one["isEnabled"], one["deliveredDataVersion"]) == (True, was["deliveredDataVersion"])


def test_clients_are_told_by_the_epoch(lived: Copy, restored: Copy) -> None:
    before, after = (copy.answer("getDataVersion").standing.epoch for copy in (lived, restored))
    assert before != after
    lived.call("getDataVersion", requiredEpoch=before)
    restored.call("getDataVersion", requiredEpoch=after)
    with pytest.raises(RequiredEpochNotMatching):
        restored.call("getDataVersion", requiredEpoch=before)
    with psycopg.connect(restored.url) as conn:
        epochs = [epoch for (epoch,) in conn.execute("SELECT epoch FROM accounts")]
    assert len(set(epochs)) == len(epochs) == 2


def test_a_backup_of_what_was_restored_is_the_same(content: bytes, restored: Copy) -> None:
    again = reader_of(backup_of(restored.url))
    before = reader_of(content).manifest.tables
    for name, found in again.manifest.tables.items():
        if name not in MADE_ANEW:
            assert found == before[name], name


# What is not restored -------------------------------------------------------------------------------------------------


def test_a_database_with_tables_is_left_alone(lived: Copy, content: bytes) -> None:
    before = rows(lived.url, {})
    with pytest.raises(BackupError, match=r"The database is not empty: it has a table \w+\. .* --data, or another"):
        asyncio.run(restore(lived.url, reader_of(content)))
    assert rows(lived.url, {}) == before


def test_what_a_newer_program_made_is_refused(empty_database: str, content: bytes) -> None:
    backup = reader_of(content)
    backup.head = dataclasses.replace(backup.head, step=newest_step() + 1, program="9.9")
    with pytest.raises(BackupError, match=r"made by scrumrpc 9\.9\. Install that version or a later one"):
        asyncio.run(restore(empty_database, backup))
    assert tables(empty_database) == []


@pytest.mark.parametrize(
    "broken_at",
    ["epochs", *(pytest.param(each, marks=pytest.mark.slow) for each in ("changes", "the rows are read back"))],
)
def test_one_that_fails_leaves_nothing(
    empty_database: str, content: bytes, monkeypatch: pytest.MonkeyPatch, broken_at: str
) -> None:
    copy_in, copy_out = copying.copy_in, copying.copy_out

    async def in_until(conn: Any, table: str, columns: Any, pieces: Any) -> None:
        await copy_in(conn, table, columns, pieces)
        if table == broken_at:
            await conn.execute("SELECT 1 / 0")

    async def out_otherwise(conn: Any, table: str, columns: Any) -> Any:
        async for piece in copy_out(conn, table, columns):
            yield piece.replace(b"A name at last", b"Another name")

    async def no_epoch(_conn: Any, _account: int | None) -> int:
        raise psycopg.OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr(copying, "copy_in", in_until)
        if broken_at == "the rows are read back":
            patched.setattr(copying, "copy_out", out_otherwise)
        if broken_at == "epochs":
            patched.setattr(accounts, "new_epoch", no_epoch)
        with pytest.raises(BackupError, match=r"nothing of it is there|is not what the backup tells of"):
            asyncio.run(restore(empty_database, reader_of(content)))
    assert tables(empty_database) == []
    asyncio.run(restore(empty_database, reader_of(content)))


def test_only_one_of_several_at_once(empty_database: str, content: bytes) -> None:
    async def together() -> list[Any]:
        several = (restore(empty_database, reader_of(content)) for _ in range(2))
        return await asyncio.gather(*several, return_exceptions=True)

    done = asyncio.run(together())
    refused = [each for each in done if isinstance(each, BackupError)]
    assert len(refused) == 1, done
    assert all("is not empty" in str(each) for each in refused)
    assert asyncio.run(check_images(empty_database)) > 400


def test_beside_a_server_that_starts(empty_database: str, content: bytes) -> None:
    """Either the restore comes first, and the server finds it, or it is refused: never do both make tables."""

    async def together() -> list[Any]:
        return await asyncio.gather(
            restore(empty_database, reader_of(content)), migrate(empty_database), return_exceptions=True
        )

    done, started = asyncio.run(together())
    assert started is None
    with psycopg.connect(empty_database) as conn:
        [(count,)] = conn.execute("SELECT count(*) FROM accounts").fetchall()
    if isinstance(done, BaseException):
        assert isinstance(done, BackupError)
        assert ("is not empty" in str(done), count) == (True, 0)
    else:
        assert count == 2


# What is not backed up ------------------------------------------------------------------------------------------------


def test_only_the_present_schema_of_this_program_is_backed_up(empty_database: str) -> None:
    with pytest.raises(BackupError, match="the database has no tables"):
        backup_of(empty_database)
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("CREATE TABLE something (account_id bigint)")
        with pytest.raises(BackupError, match=r"is not one of scrumrpc"):
            backup_of(empty_database)
        conn.execute("DROP TABLE something")
    asyncio.run(migrate(empty_database))
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("INSERT INTO schema_steps (step) VALUES (9999)")
        with pytest.raises(BackupError, match=r"at schema step 9999, and this scrumrpc at \d+"):
            backup_of(empty_database)
        with pytest.raises(MigrationError):
            asyncio.run(migrate(empty_database))
