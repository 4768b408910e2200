"""Reads what commit messages say to this server: which items and tasks a commit is about, and what happened to them.

Example: `Fix the login [Scrumwise item #938, used: 1.5 h, status: Done]`. Text outside such brackets never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES

LONGEST_SUMMARY = 200

# Brackets do not nest, so each character is looked at a few times at most, however many of them there are.
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_META = re.compile(r"scrumwise\b[ :]*", re.IGNORECASE | re.ASCII)
_COMMA = re.compile(r"(?<![0-9]),|,(?![0-9])")  # one between two digits is a decimal comma
_REFERENCE = re.compile(r"((?:backlog )?item|task) ?# ?([0-9]{1,15})", re.IGNORECASE | re.ASCII)
_AMOUNT = re.compile(r"([0-9]{1,12}(?:[.,][0-9]{1,20})?|\.[0-9]{1,20}) ?([a-z]*)", re.IGNORECASE | re.ASCII)
_UNITS = {
    "": None,
    "h": "Hours", "hour": "Hours", "hours": "Hours",
    "d": "Days", "day": "Days", "days": "Days",
    "p": "Points", "point": "Points", "points": "Points",
}  # fmt: skip
_STATUSES = {status.lower(): status for status in BACKLOG_ITEM_STATUSES}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; None where the message gives none."""

    value: float
    unit: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """An item or a task that a message names, with what the message says of it.

    `type_name` is None, and `number` 0, for what stands in brackets before anything is named. `ignored` holds the parts
    that mean nothing, as they were written.
    """

    type_name: str | None
    number: int
    used: Amount | None = None
    remaining: Amount | None = None
    status: str | None = None
    ignored: tuple[str, ...] = ()

    @property
    def reference(self) -> str | None:
        """The name in short.

        >>> Mention("BacklogItem", 938).reference
        'item #938'
        """
        return self.type_name and f"{'task' if self.type_name == 'Task' else 'item'} #{self.number}"


def mentions(message: str) -> list[Mention]:
    """Everything that a message mentions, in its order.

    >>> mentions("Done. [Scrumwise task #12, used: 1,5 h]")[0].used
    Amount(value=1.5, unit='Hours')
    """
    found: list[Mention] = []
    for brackets in _BRACKETS.finditer(message):
        meta = _meta(brackets)
        if meta is not None:
            found += _mentions_in(meta)
    return found


def summary(message: str) -> str | None:
    """The first line of a message that says something to people, shortened where it is long.

    >>> summary("[Scrumwise item #938] Fix the login")
    'Fix the login'
    """
    text = _BRACKETS.sub(lambda brackets: brackets[0] if _meta(brackets) is None else " ", message)
    lines = (" ".join(line.split()) for line in text.splitlines())
    first = next((line for line in lines if line), None)
    if first is None or len(first) <= LONGEST_SUMMARY:
        return first
    return first[: LONGEST_SUMMARY - 3].rstrip() + "..."


def _meta(brackets: re.Match[str]) -> str | None:
    """What follows the word Scrumwise in brackets, with single blanks; None in brackets that do not begin with it."""
    content = " ".join(brackets[1].split())
    start = _META.match(content)
    return content[start.end() :] if start else None


def _mentions_in(meta: str) -> Iterator[Mention]:
    """Each reference opens a mention, to which the parts up to the next one belong."""
    type_name: str | None = None
    number = 0
    parts: list[str] = []
    for part in (each.strip() for each in _COMMA.split(meta)):
        reference = _REFERENCE.fullmatch(part)
        if reference:
            if type_name or parts:
                yield _mention(type_name, number, parts)
            type_name = "Task" if reference[1].lower() == "task" else "BacklogItem"
            number, parts = int(reference[2]), []
        elif part:
            parts.append(part)
    if type_name or parts:
        yield _mention(type_name, number, parts)


def _mention(type_name: str | None, number: int, parts: list[str]) -> Mention:
    """What the parts say of an object; of several that say the same thing the first counts."""
    used = remaining = status = None
    ignored: list[str] = []
    for part in parts:
        key, _, text = part.partition(":")
        value = text.strip()
        match key.strip().lower() if type_name else "":
            case "used" if used is None and (amount := _amount(value)):
                used = amount
            case "remaining" if remaining is None and (amount := _amount(value)):
                remaining = amount
            case "status" if status is None and value.lower() in _STATUSES:
                status = _STATUSES[value.lower()]
            case _:
                ignored.append(part)
    return Mention(type_name, number, used, remaining, status, tuple(ignored))


def _amount(text: str) -> Amount | None:
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2].lower() not in _UNITS:
        return None
    return Amount(float(match[1].replace(",", ".")), _UNITS[match[2].lower()])
