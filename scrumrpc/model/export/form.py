"""The form in which an account is exported: one JSON object in a line, what lines there are, and what stands in them.

The documentation's page about exports is made from these tables; `lines` reads and writes.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORMAT = "scrumrpc account"
"""What tells an export from other files, in its first line."""
FORMAT_VERSION = 1
"""Raised when a program that knows the form as it was could no longer read what is written."""


@dataclass(frozen=True, slots=True)
class What:
    """What a value can be: in words, and whether a value is that."""

    words: str
    fits: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """One value in a line: its name, what it is, and what it means."""

    name: str
    what: What
    doc: str


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of line. Lines of one kind stand in the order of what the field `sorted_by` says, each another."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    sorted_by: str = ""


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and b64encode(binascii.a2b_base64(value, strict_mode=True)).decode() == value
    except ValueError:
        return False


def _or_null(what: What) -> What:
    return What(f"{what.words}, or null", lambda value: value is None or what.fits(value))


def _list(what: What, words: str) -> What:
    return What(words, lambda value: isinstance(value, list) and all(map(what.fits, value)))


_NUMBER = What("a whole number from 0 on", _is_number)
_TEXT = What("a text", _is_text)
_MOMENT_IN_TIME = What("a time in UTC such as 2013-10-09T08:00:00.000000Z", _is_moment)
_FLAG = What("true or false", lambda value: isinstance(value, bool))
_OBJECT = What("a JSON object", lambda value: isinstance(value, dict))
_BASE64 = What("bytes, base64-encoded", _is_base64)
_NUMBERS = _list(_NUMBER, "an array of whole numbers")
_TEXTS = _list(_TEXT, "an array of texts")

_EARLIER_CALLER = Field("person", _or_null(_NUMBER), "The number of the person who did; null: an operator.")

KINDS: dict[str, LineKind] = {
    kind.name: kind
    for kind in (
        LineKind(
            "account",
            "The first line: which account this is, and how far its history leads.",
            (
                Field("format", _TEXT, f"Always {FORMAT}."),
                Field("formatVersion", _NUMBER, f"Always {FORMAT_VERSION} so far."),
                Field("program", _TEXT, "What wrote the file."),
                Field("exportedAt", _MOMENT_IN_TIME, "When it did."),
                Field("account", _NUMBER, "The number of the account on the server that it comes from."),
                Field("epoch", _TEXT, "The account's epoch there."),
                Field("name", _TEXT, "The account's name."),
                Field("createdAt", _MOMENT_IN_TIME, "When it was added."),
                Field("dataVersion", _NUMBER, "The data version that was exported, the last one in the file."),
                Field(
                    "oldestVersion",
                    _NUMBER,
                    "The oldest version of those that can all be read; 0 while the whole history is kept.",
                ),
                Field("lastObject", _NUMBER, "The highest number that an object or the content of a file ever had."),
                Field("lastItemNumber", _NUMBER, "The highest itemNumber that a backlog item ever had."),
                Field("lastTaskNumber", _NUMBER, "The highest taskNumber that a task ever had."),
                Field("lastWebhook", _NUMBER, "The highest number that a webhook ever had."),
                Field("isClosed", _FLAG, "Whether the account is closed."),
                Field("hasAPIAccess", _FLAG, "Whether calls may be made."),
                Field("hasAccessControl", _FLAG, "Whether only their people and administrators reach projects."),
            ),
        ),
        LineKind(
            "key",
            "An API key that there is or was: what versions name it by, and not the key itself.",
            (
                Field("key", _NUMBER, "Its number."),
                Field("name", _TEXT, "Its name."),
                Field("prefix", _TEXT, "Its first characters, as lists show them."),
                Field("createdAt", _MOMENT_IN_TIME, "When it was made."),
                Field("expiresAt", _or_null(_MOMENT_IN_TIME), "From when on no call was to be made with it."),
                Field("isReadOnly", _FLAG, "Whether it was only for calls that change nothing."),
                Field("lastUsedAt", _or_null(_MOMENT_IN_TIME), "When it was last used."),
                Field("revokedAt", _or_null(_MOMENT_IN_TIME), "When it was revoked; null: it was in force."),
            ),
            "key",
        ),
        LineKind(
            "name",
            "A name that people gave a version.",
            (
                Field("name", _TEXT, "The name."),
                Field("version", _NUMBER, "The version."),
                Field("note", _or_null(_TEXT), "What was written about it."),
                Field("createdAt", _MOMENT_IN_TIME, "When it was given."),
                _EARLIER_CALLER,
            ),
            "name",
        ),
        LineKind(
            "version",
            "A version; the changes that it consists of follow.",
            (
                Field("version", _NUMBER, "The data version."),
                Field("committedAt", _MOMENT_IN_TIME, "When it was made."),
                _EARLIER_CALLER,
                Field("key", _or_null(_NUMBER), "The number of the API key that the call was made with; null: none."),
                Field("method", _TEXT, "The method that was called."),
                Field("callID", _TEXT, "The id of the call, as in the server's log of that time."),
            ),
            "version",
        ),
        LineKind(
            "change",
            "What the version above did to one object.",
            (
                Field("object", _NUMBER, "The number of the object; references to it give this number."),
                Field("type", _TEXT, "Its type; of one that is gone, the last one that it had."),
                Field("project", _or_null(_NUMBER), "The number of the project that it belongs to; null for people."),
                Field("operation", _TEXT, "created, updated or deleted."),
                Field("changed", _TEXTS, "The names of the properties whose values changed."),
                Field(
                    "state",
                    _or_null(_OBJECT),
                    "All that is kept of the object after the version, by the names that the API has for it; null when "
                    "it was deleted. References are numbers of objects, and so are the values of content those of "
                    "file lines. Times are milliseconds since 1970-01-01 00:00 UTC. rank sorts an object in its list.",
                ),
            ),
            "object",
        ),
        LineKind(
            "file",
            "What a file or an attachment holds, or held in some version.",
            (
                Field("content", _NUMBER, "Its number, which the property content of an object gives."),
                Field("contentType", _TEXT, "Its content type."),
                Field("bytes", _BASE64, "All of it, base64-encoded."),
            ),
            "content",
        ),
        LineKind(
            "webhook",
            "A webhook, without the secrets that it signed with.",
            (
                Field("webhook", _NUMBER, "Its number."),
                Field("url", _TEXT, "Where it sent versions."),
                Field("description", _or_null(_TEXT), "What was written about it."),
                Field("projects", _or_null(_NUMBERS), "The numbers of the projects whose changes it sent; null: all."),
                Field("projectIDs", _or_null(_TEXTS), "Their ids."),
                Field("objectTypes", _or_null(_TEXTS), "The types of objects whose changes it sent; null: all."),
                Field("person", _NUMBER, "The number of the person whose reach limited what it sent."),
                Field("createdAt", _MOMENT_IN_TIME, "When it was added."),
                Field("deliveredVersion", _NUMBER, "The last version that was taken."),
            ),
            "webhook",
        ),
        LineKind(
            "end",
            "The last line: that nothing is missing.",
            (
                Field("lines", _OBJECT, "How many lines there are of each kind before this one."),
                Field("sha256", _TEXT, "The SHA-256 of all bytes before this line, in hexadecimal digits."),
            ),
        ),
    )
}
"""All kinds of lines, in the order in which they come; each version is followed by its changes."""
