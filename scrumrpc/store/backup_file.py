"""The file of a backup: a tar archive that ends with a digest of all that stands before; knows nothing of a database.

What lies in it, in this order::

    scrumrpc-backup.json      what made it and when, and the schema step
    README                    how to read it without this program
    schema.sql                the tables as they were at that step
    tables/tags/000001.gz     rows of a table as PostgreSQL's COPY writes them, a few megabytes in each file
    manifest.json             how many rows, and what digest, each table and each account has
    SHA256                    the digest of every byte before
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import orjson

FORMAT = 1
_HEAD, _README, _SCHEMA, _MANIFEST, _DIGEST = (
    "scrumrpc-backup.json", "README", "schema.sql", "manifest.json", "SHA256",
)  # fmt: skip
_BLOCK = tarfile.BLOCKSIZE
_TAIL = 4 * _BLOCK
"""The last bytes: header and content of the digest, and the two empty blocks that end an archive."""
_AT_ONCE = 1 << 20

_EXPLANATION = """\
A backup of scrumrpc. `scrumrpc restore FILE` makes a database of it, and `scrumrpc restore --check FILE` tries that and
compares. Without scrumrpc, in an empty database of PostgreSQL 15 or newer and without its foreign keys until all is in:
run schema.sql; then, for each folder in tables/, `zcat tables/NAME/*.gz` gives what `COPY NAME (columns) FROM STDIN`
takes; the columns are in manifest.json. SHA256 is the digest of everything that stands before it in this archive.
"""


class BackupError(Exception):
    """A backup that cannot be made or used; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself before anything else."""

    program: str  # the version of scrumrpc
    step: int  # of the schema
    postgres: str
    made_at: str  # the moment of its data, in ISO 8601


@dataclass(frozen=True, slots=True)
class TableContent:
    """A table of a backup: its columns, how many rows, and the digest of them."""

    columns: list[str]
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class AccountContent:
    """An account of a backup: where it was, how many rows are its own, and the digest of them."""

    account: int
    name: str
    version: int
    oldest_version: int
    epoch: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What must be in a backup, for those who read it and for those who made a database of it."""

    tables: dict[str, TableContent]
    accounts: list[AccountContent]


class BackupWriter:
    """Writes a backup to a stream, from its beginning to its end; nothing is ever gone back to."""

    def __init__(self, stream: BinaryIO, head: Head, schema: str) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._numbers: dict[str, int] = {}
        self._add(_HEAD, orjson.dumps({"format": FORMAT, **asdict(head)}))
        self._add(_README, _EXPLANATION.encode())
        self._add(_SCHEMA, schema.encode())

    def rows(self, table: str, text: bytes) -> None:
        """Adds rows of a table, as whole lines."""
        number = self._numbers[table] = self._numbers.get(table, 0) + 1
        self._add(f"tables/{table}/{number:06}.gz", gzip.compress(text, 1, mtime=0))

    def finish(self, manifest: Manifest) -> None:
        """Ends the archive."""
        self._add(_MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        self._stream.write(_tail(self._digest))

    def _add(self, name: str, content: bytes) -> None:
        member = _member(name, content)
        self._digest.update(member)
        self._stream.write(member)


class BackupReader:
    """Reads a backup from a file, which is checked from its first byte to its last before anything of it is used."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self.head = _head_of(file)
        _check_digest(file)
        self._archive = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115  it is the caller who closes the file
        self._members = {member.name: member for member in self._archive}
        self.schema = self._content(_SCHEMA).decode()
        found = orjson.loads(self._content(_MANIFEST))
        self.manifest = Manifest(
            {name: TableContent(**table) for name, table in found["tables"].items()},
            [AccountContent(**account) for account in found["accounts"]],
        )

    def rows(self, table: str) -> Iterator[bytes]:
        """The rows of a table in pieces of whole lines, a few megabytes each."""
        for name in self._members:
            if name.startswith(f"tables/{table}/"):
                yield gzip.decompress(self._content(name))

    def _content(self, name: str) -> bytes:
        found = self._archive.extractfile(self._members[name])
        assert found is not None
        return found.read()


def _member(name: str, content: bytes) -> bytes:
    """A file of the archive: its header, and its content up to a whole number of blocks."""
    header = tarfile.TarInfo(name)
    header.size, header.mode = len(content), 0o600
    return header.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % _BLOCK)


def _tail(digest: Any) -> bytes:
    """What follows after all that the digest is of."""
    return _member(_DIGEST, digest.hexdigest().encode() + b"\n") + bytes(2 * _BLOCK)


def _head_of(file: BinaryIO) -> Head:
    """What a file says of itself, if it is a backup, and one that this program knows how to read."""
    try:
        header = tarfile.TarInfo.frombuf(file.read(_BLOCK), "utf-8", "strict")
        found: dict[str, Any] = orjson.loads(file.read(header.size) if header.name == _HEAD else b"")
        number = found.pop("format")
        if number == FORMAT:
            return Head(**found)
    except (tarfile.HeaderError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("The file is no backup of scrumrpc, or damaged at its very beginning.") from None
    raise BackupError(f"The backup has the format {number}; this scrumrpc reads {FORMAT}. Use the one that made it.")


def _check_digest(file: BinaryIO) -> None:
    """Sees that no byte of the file is another one, missing, or too many; leaves the file at its beginning."""
    left = file.seek(0, io.SEEK_END) - _TAIL
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, _AT_ONCE))):
        digest.update(block)
        left -= len(block)
    if file.read() != _tail(digest):
        raise BackupError("The backup is damaged or cut short: its digest is not that of its content. Use another one.")
    file.seek(0)
