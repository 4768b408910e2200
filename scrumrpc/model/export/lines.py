"""Writes and reads the lines of an export, and finds out whether the file is whole; not what they say of an account."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import orjson

from scrumrpc.model.export.form import FORMAT, FORMAT_VERSION, KINDS
from scrumrpc.model.record import NAMES

LONGEST_LINE = 512 * 1024 * 1024
"""Bytes; a line is in memory as a whole, several times."""

Line = dict[str, Any]
"""The fields of a line by name."""

_GZIP = b"\x1f\x8b"
"""What compressed files begin with."""
_PLACES = {"account": 0, "key": 1, "name": 2, "version": 3, "change": 3, "file": 4, "webhook": 5, "end": 6}


class DoesNotFit(Exception):
    """Something that an export cannot say, or not in this place; the message is for whoever reads the file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def write_line(kind: str, values: Mapping[str, Any]) -> bytes:
    """A line of a kind, with its fields in their order, and the properties of an object in that of its type."""
    fields = {field.name: values[field.name] for field in KINDS[kind].fields}
    if kind == "change" and fields["state"] is not None:
        state = fields["state"]
        fields["state"] = {name: state[name] for name in NAMES[fields["type"]] if name in state} | state
    return orjson.dumps({"line": kind, **fields}) + b"\n"


class Seal:
    """Counts what is written or read, for the last line."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.lines = {kind: 0 for kind in KINDS if kind != "end"}

    def take(self, kind: str, line: bytes) -> bytes:
        """Counts a line of a kind, and answers it."""
        self._hash.update(line)
        self.lines[kind] += 1
        return line

    @property
    def values(self) -> Line:
        """What the last line says of those before it."""
        return {"lines": self.lines, "sha256": self._hash.hexdigest()}


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """What an export holds, decompressed where it is compressed; a dash stands for standard input.

    DoesNotFit where it cannot be read, also later in the block.
    """
    try:
        with open(0 if path == "-" else path, "rb", closefd=path != "-") as raw:
            if raw.peek(len(_GZIP))[: len(_GZIP)] != _GZIP:
                yield raw
                return
            with gzip.open(raw) as stream:
                yield cast("BinaryIO", stream)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DoesNotFit("The file is cut off or damaged: it cannot be decompressed to its end.") from None
    except OSError as error:
        raise DoesNotFit(f"The file {path} cannot be read: {error.strerror or error}.") from None


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, str, Line]]:
    """The lines of an export, but for the last one: the number, the kind and the fields of each.

    DoesNotFit where one is not what it must be, or the file is not whole. That shows at the end at the latest, so until
    then nothing of it may count.
    """
    seal, before, last = Seal(), "", None
    for number, raw in enumerate(_raw_lines(stream), start=1):
        with at_line(number):
            kind, values = _parsed(raw, is_first=number == 1)
            _check_place(before, last, kind, values)
            if kind == "end":
                _check_end(values, seal, stream)
                return
            before, last = kind, values
            seal.take(kind, raw)
        yield number, kind, values
    raise DoesNotFit("The file is cut off: it lacks the line that says that it ends.")


@contextmanager
def at_line(number: int) -> Iterator[None]:
    """Has what does not fit say in which line it stands, unless it does."""
    try:
        yield
    except DoesNotFit as error:
        if error.line is not None:
            raise
        raise DoesNotFit(f"Line {number}: {error}", number) from None


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    while raw := stream.readline(LONGEST_LINE + 1):
        yield raw


def _parsed(raw: bytes, *, is_first: bool) -> tuple[str, Line]:
    if len(raw) > LONGEST_LINE:
        raise DoesNotFit(f"it is longer than {LONGEST_LINE} bytes.")
    try:
        values = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = "this is no export of an account" if is_first else "the file is damaged or cut off"
        raise DoesNotFit(f"{what}, for it is not JSON: {error}.") from None
    if not isinstance(values, dict) or (is_first and values.get("format") != FORMAT):
        raise DoesNotFit("this is no export of an account." if is_first else "it is not a JSON object.")
    if is_first and values.get("formatVersion") != FORMAT_VERSION:
        raise DoesNotFit(
            f"the export has the form {str(values.get('formatVersion'))[:20]}; this program reads the form "
            f"{FORMAT_VERSION}."
        )
    kind = values.pop("line", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise DoesNotFit(f"there is no kind of line called {str(kind)[:40]}.")
    _check_fields(kind, values)
    return kind, values


def _check_fields(kind: str, values: Line) -> None:
    for field in KINDS[kind].fields:
        if field.name not in values:
            raise DoesNotFit(f"the {kind} lacks {field.name}.")
        if not field.what.fits(values[field.name]):
            raise DoesNotFit(f"the {field.name} of the {kind} must be {field.what.words}.")
    if len(values) > len(KINDS[kind].fields):
        known = {field.name for field in KINDS[kind].fields}
        unknown = next(name for name in values if name not in known)
        raise DoesNotFit(f"the {kind} has {unknown[:40]}, which is not known here.")


def _check_place(before: str, last: Line | None, kind: str, values: Line) -> None:
    """Whether a line can follow the one before it."""
    if last is None:
        if kind != "account":
            raise DoesNotFit("an export begins with the line about the account.")
        return
    is_behind = _PLACES[kind] >= _PLACES[before] and kind != "account"
    if not is_behind or (kind == "change" and before not in ("version", "change")):
        raise DoesNotFit(f"a line about {_named(kind)} cannot follow one about {_named(before)}.")
    by = KINDS[kind].sorted_by
    if kind == before and not last[by] < values[by]:
        raise DoesNotFit(f"the {kind} {str(values[by])[:40]} must come before the {kind} {str(last[by])[:40]}, once.")


def _named(kind: str) -> str:
    return "the " + kind if kind in ("account", "end") else "a " + kind


def _check_end(values: Line, seal: Seal, stream: BinaryIO) -> None:
    if values != seal.values:
        raise DoesNotFit("the file is damaged: what stands before is not what was written when it was exported.")
    if stream.read(1):
        raise DoesNotFit("more follows, although it says that the file ends.")
