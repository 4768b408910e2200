"""Record: the stored state of one object, as tables, change log and images all hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from scrumrpc.model.types import STORED_TYPES

ROOT = 0
"""Stands for the account itself where a list's container is asked for: projects and persons are listed there."""

NAMES: dict[str, tuple[str, ...]] = {name: tuple(p.name for p in t.stored) for name, t in STORED_TYPES.items()}
"""The stored properties of each type, in stored order: id comes first, rank last."""

_PLACES: dict[str, dict[str, int]] = {
    type_name: {name: place for place, name in enumerate(names)} for type_name, names in NAMES.items()
}
_ROW_OF: dict[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = {
    type_name: itemgetter(*names) for type_name, names in NAMES.items()
}

_FIXED = 340
"""Bytes that any record takes beside its row and its texts, measured: itself, id and rank, numbers, its places in
lists, and what is lost between objects."""


class Record:
    """One object of an account.

    `number` is its integer, unique in the account over all types. `row` holds the value of every stored property,
    hidden ones included, in stored order: an image holds very many records, and this takes a fraction of what a dict
    does. References are the numbers of the objects they point to, dates are ISO strings, times are milliseconds, absent
    numbers are None. Treat all of it as immutable, lists of references as well: records may share them.
    """

    __slots__ = ("number", "row", "type")

    def __init__(self, number: int, type_name: str, values: Mapping[str, Any]) -> None:
        self.number = number
        self.type = type_name
        self.row = _ROW_OF[type_name](values)

    @classmethod
    def of_row(cls, number: int, type_name: str, row: tuple[Any, ...]) -> Record:
        """The record of values in stored order."""
        record = cls.__new__(cls)
        record.number = number
        record.type = type_name
        record.row = row
        return record

    def __getitem__(self, name: str) -> Any:
        return self.row[_PLACES[self.type][name]]

    def get(self, name: str) -> Any:
        """The value of a property; None where the type has no such property, too."""
        place = _PLACES[self.type].get(name)
        return None if place is None else self.row[place]

    @property
    def values(self) -> dict[str, Any]:
        """All stored properties by wire name. Made anew each time: for one property ask the record itself."""
        return dict(zip(NAMES[self.type], self.row, strict=True))

    @property
    def id(self) -> str:
        """The wire id."""
        return str(self.row[0])

    @property
    def rank(self) -> str:
        """What sorts the object in its list."""
        return str(self.row[-1])

    @property
    def project(self) -> int | None:
        """The number of the project that the object belongs to (itself for a project); None for people."""
        project: int | None = self.number if self.type == "Project" else self.get("projectID")
        return project

    def changed(self, **values: Any) -> Record:
        """The same object with some properties changed."""
        return Record(self.number, self.type, {**self.values, **values})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return (self.number, self.type, self.row) == (other.number, other.type, other.row)

    def __repr__(self) -> str:
        return f"Record({self.number}, {self.type!r}, {self.values!r})"


def size_of(record: Record) -> int:
    """Bytes of memory that a record in an image takes, roughly; most of those of large ones are text."""
    return _FIXED + 8 * len(record.row) + _size_of_texts(record.type)(record.row)


@cache
def _size_of_texts(type_name: str) -> Callable[[tuple[Any, ...]], int]:
    """What tells it for a row of the type; compiled, which for a large account takes a fifth of the time of a loop."""
    texts = [p.name for p in STORED_TYPES[type_name].stored if p.kind in ("string", "url") and p.name != "rank"]
    sizes = [f"row[{NAMES[type_name].index(name)}].__sizeof__()" for name in texts]
    compiled: Callable[[tuple[Any, ...]], int] = eval(f"lambda row: {' + '.join(sizes) or '0'}")
    return compiled


def differences(before: Record, after: Record) -> list[str]:
    """Names of the properties whose values differ, in stored order; a changed type shows as objectType."""
    if before.type != after.type:
        return ["objectType", *(name for name, value in after.values.items() if before.get(name) != value)]
    pairs = zip(NAMES[after.type], before.row, after.row, strict=True)
    return [name for name, old, new in pairs if old != new]
