"""The file of a backup: it reads as it was written, and not a single byte of it can be another one."""

from __future__ import annotations

import io
import tarfile

import pytest

from scrumrpc.store.backup import check_content
from scrumrpc.store.backup_file import (
    AccountContent,
    BackupError,
    BackupReader,
    BackupWriter,
    Head,
    Manifest,
    TableContent,
)
from scrumrpc.store.copying import Counted, Digests

HEAD = Head("1.2.3", 4, "18.1", "2026-11-29T02:30:00+00:00")
PIECES = {
    "accounts": [b"1\tA company\n7\tAnother\\none\n"],
    "changes": [b"1\t1\t\\N\n1\t2\t{}\n", b"1\t3\tx\n7\t1\ty\n"],
    "webhooks": [],
}


def manifest_of(pieces: dict[str, list[bytes]]) -> Manifest:
    digests = Digests()
    for table, some in pieces.items():
        for piece in some:
            digests.take(table, piece)
    accounts = digests.accounts()
    return Manifest(
        {name: TableContent(["account_id", "x"], c.rows, c.digest) for name, c in digests.tables(pieces).items()},
        [AccountContent(n, f"N{n}", 3, 0, "a" * 12, accounts[n].rows, accounts[n].digest) for n in accounts],
    )


def written(pieces: dict[str, list[bytes]], manifest: Manifest, head: Head = HEAD) -> bytes:
    stream = io.BytesIO()
    writer = BackupWriter(stream, head, "CREATE TABLE accounts ();")
    for table, some in pieces.items():
        for piece in some:
            writer.rows(table, piece)
    writer.finish(manifest)
    return stream.getvalue()


WHOLE = written(PIECES, manifest_of(PIECES))


def test_it_reads_as_it_was_written() -> None:
    backup = BackupReader(io.BytesIO(WHOLE))
    assert (backup.head, backup.schema) == (HEAD, "CREATE TABLE accounts ();")
    assert backup.manifest == manifest_of(PIECES)
    assert {name: list(backup.rows(name)) for name in PIECES} == PIECES
    check_content(backup)


def test_any_program_for_archives_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as archive:
        names = archive.getnames()
    assert names == [
        "scrumrpc-backup.json", "README", "schema.sql", "tables/accounts/000001.gz", "tables/changes/000001.gz",
        "tables/changes/000002.gz", "manifest.json", "SHA256",
    ]  # fmt: skip


def test_every_byte_counts() -> None:
    for position in range(len(WHOLE)):
        damaged = bytearray(WHOLE)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(BackupError):
            BackupReader(io.BytesIO(damaged))


def test_it_is_cut_nowhere_and_nothing_follows() -> None:
    for length in {*range(0, len(WHOLE), 13), *range(0, len(WHOLE), 512), *range(len(WHOLE) - 20, len(WHOLE))}:
        with pytest.raises(BackupError):
            BackupReader(io.BytesIO(WHOLE[:length]))
    for more in (b"\0", bytes(512), WHOLE):
        with pytest.raises(BackupError):
            BackupReader(io.BytesIO(WHOLE + more))
    block = WHOLE[2048:4096]
    with pytest.raises(BackupError):
        BackupReader(io.BytesIO(WHOLE[:2048] + block + WHOLE[2048:]))


def test_other_files_are_no_backups() -> None:
    other = io.BytesIO()
    with tarfile.open(fileobj=other, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("something"))
    for content in (b"", b"PGDMP" + bytes(5000), other.getvalue(), bytes(10_240), b"{}" * 5000):
        with pytest.raises(BackupError, match="no backup of scrumrpc"):
            BackupReader(io.BytesIO(content))


def test_a_later_format_is_told_from_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrumrpc.store.backup_file.FORMAT", 2)
    later = written(PIECES, manifest_of(PIECES))
    monkeypatch.undo()
    with pytest.raises(BackupError, match="has the format 2; this scrumrpc reads 1"):
        BackupReader(io.BytesIO(later))


@pytest.mark.parametrize(
    "other",
    [
        {**PIECES, "changes": [b"1\t1\t\\N\n1\t2\t{}\n", b"1\t3\tx\n7\t1\tz\n"]},  # another value
        {**PIECES, "changes": [b"1\t1\t\\N\n1\t2\t{}\n", b"1\t3\tx\n"]},  # a row less
        {**PIECES, "changes": [b"1\t1\t\\N\n1\t2\t{}\n1\t3\tx\n7\t1\ty\n7\t1\ty\n"]},  # a row twice
        {**PIECES, "changes": [b"1\t2\t{}\n1\t1\t\\N\n", b"1\t3\tx\n7\t1\ty\n"]},  # in another order
        {**PIECES, "accounts": []},
        {**PIECES, "webhooks": [b"1\t1\n"]},
        {"accounts": PIECES["accounts"], "webhooks": PIECES["changes"]},
    ],
)
def test_rows_that_the_manifest_does_not_tell_of(other: dict[str, list[bytes]]) -> None:
    backup = BackupReader(io.BytesIO(written(other, manifest_of(PIECES))))
    with pytest.raises(BackupError, match="does not hold what was read from the database"):
        check_content(backup)


def test_digests_do_not_depend_on_how_rows_arrive() -> None:
    at_once, one_by_one = Digests(), Digests()
    for table, some in PIECES.items():
        at_once.take(table, b"".join(some))
        for line in b"".join(some).splitlines(keepends=True):
            one_by_one.take(table, line)
    assert at_once.accounts() == one_by_one.accounts()
    assert at_once.tables(PIECES) == one_by_one.tables(PIECES)
    assert {n: each.rows for n, each in at_once.accounts().items()} == {1: 4, 7: 2}
    assert at_once.tables(PIECES)["webhooks"] == Counted(
        0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
