"""Kinds of the parameters that name data versions, by number or by name, and of how long to wait for one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from scrumrpc.calls.kinds import Kind, parse_integer, shown
from scrumrpc.errors import InvalidParameter

LONGEST_VERSION_NAME = 100
LONGEST_WAIT = 60
USUAL_WAIT = 30
_LIKE_A_NUMBER = re.compile(r"[+-]?[.,_]*[0-9][0-9.,_]*([eE][+-]?[0-9]*)?")
"""What is taken for a number, also where it is a wrong one: so that a slip of the pen never names another version."""


@dataclass(frozen=True, slots=True)
class VersionName:
    """An argument that gives a data version by its name: to be looked up before the method runs."""

    parameter: str
    name: str


def parse_version(parameter: str, text: str) -> int | VersionName:
    """A data version by its number, or by the name that somebody gave it."""
    if len(text) > LONGEST_VERSION_NAME:
        raise no_version(parameter, text)
    if not _LIKE_A_NUMBER.fullmatch(text):
        return VersionName(parameter, text)
    value = parse_integer(parameter, text)
    if value < 0:
        raise InvalidParameter(f"The parameter {parameter} is {value}; it must be a data version, 0 or more.")
    return value


def no_version(parameter: str, text: str) -> InvalidParameter:
    """The error for a text that is neither a number nor the name of a version."""
    return InvalidParameter(
        f"The parameter {parameter} is {shown(text)}, but no data version has that name; it must be a data version, "
        "a whole number from 0 on, or the name of one."
    )


def parse_version_name(parameter: str, text: str) -> str:
    """A name that a version can be given."""
    if len(text) > LONGEST_VERSION_NAME:
        raise InvalidParameter(
            f"The parameter {parameter} has {len(text)} characters; at most {LONGEST_VERSION_NAME} are accepted."
        )
    if _LIKE_A_NUMBER.fullmatch(text):
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; the name of a data version must not look like a number, "
            f"because it stands where numbers of versions do. It can be {shown('v' + text)}, say."
        )
    if text != text.strip() or not text.isprintable():
        raise InvalidParameter(
            f"The parameter {parameter} must be one line, without spaces at its ends and without control characters."
        )
    return text


VERSION_SCHEMA: dict[str, Any] = {
    "type": ["integer", "string"], "minimum": 0, "minLength": 1, "maxLength": LONGEST_VERSION_NAME,
}  # fmt: skip


def _parse_wait(parameter: str, text: str) -> int:
    seconds = parse_integer(parameter, text)
    if not 0 <= seconds <= LONGEST_WAIT:
        raise InvalidParameter(
            f"The parameter {parameter} is {seconds}; it must be a number of seconds from 0 to {LONGEST_WAIT}."
        )
    return seconds


def _version(rule: str) -> Kind:
    return Kind("data version", "integer", parse_version, f"{rule} By its number or its name.", "17", VERSION_SCHEMA)


ChangedSince = Annotated[
    int | None,
    _version(
        "A data version: only those with properties of their own, their place in the backlog included, that changed in "
        "a later one."
    ),
]
AtDataVersion = Annotated[
    int | None,
    _version(
        "A data version, up to the present one: the answer is what the call would have answered then, as far as the "
        "caller reaches the projects today. Without a value, the present one."
    ),
]
SinceDataVersion = Annotated[int, _version("A data version: only what changed in later ones.")]
StartDataVersion = Annotated[
    int | None, _version("A data version: what changes in later ones is sent. Without a value, the present one.")
]
ResumeDataVersion = Annotated[
    int | None,
    _version("A data version: what changed in later ones is sent. Without a value, what was not taken yet."),
]
FromDataVersion = Annotated[
    int | None,
    _version("A data version: only what changed in later ones. Without a value, from the oldest one that is kept."),
]
UntilDataVersion = Annotated[
    int | None, _version("A data version: only what changed up to it. Without a value, up to the present one.")
]
Wait = Annotated[
    int,
    Kind(
        "seconds",
        "integer",
        _parse_wait,
        f"How long to wait at most, in seconds, from 0 to {LONGEST_WAIT}. Without a value, {USUAL_WAIT}.",
        "30",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT},
        none=USUAL_WAIT,
    ),
]
NewerThanDataVersion = Annotated[int, _version("A data version: the call waits for a later one.")]
GivenDataVersion = Annotated[int, _version("A data version.")]
DataVersionToName = Annotated[int | None, _version("A data version; without a value, the present one.")]
_NAME_SCHEMA = {"type": "string", "minLength": 1, "maxLength": LONGEST_VERSION_NAME}
VersionNameToGive = Annotated[
    str,
    Kind(
        "version name",
        "string",
        parse_version_name,
        f"One line of at most {LONGEST_VERSION_NAME} characters that does not look like a number. Upper and lower case "
        "count.",
        "Sprint 12 planned",
        _NAME_SCHEMA,
    ),
]
VersionNameToFind = Annotated[
    str,
    Kind(
        "NamedVersion", "string", lambda _parameter, text: text, "The name, exactly as it was given.",
        "Sprint 12 planned", _NAME_SCHEMA,
    ),
]  # fmt: skip
