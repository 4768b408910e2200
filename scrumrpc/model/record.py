"""Record: the stored state of one object, as tables, change log and images all hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROOT = 0
"""Stands for the account itself where a list's container is asked for: projects and persons are listed there."""


@dataclass(frozen=True, slots=True)
class Record:
    """One object of an account.

    `number` is its integer, unique in the account over all types. `values` holds every stored property by wire name,
    hidden ones included; references are the numbers of the objects they point to, dates are ISO strings, times are
    milliseconds, absent numbers are None. Treat `values` as immutable.
    """

    number: int
    type: str
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def id(self) -> str:
        """The wire id."""
        return str(self.values["id"])

    @property
    def rank(self) -> str:
        """What sorts the object in its list."""
        return str(self.values["rank"])

    @property
    def project(self) -> int | None:
        """The number of the project that the object belongs to (itself for a project); None for people."""
        return self.number if self.type == "Project" else self.values.get("projectID")

    def changed(self, **values: Any) -> Record:
        """The same object with some properties changed."""
        return Record(self.number, self.type, {**self.values, **values})


def differences(before: Record, after: Record) -> list[str]:
    """Names of the properties whose values differ, in stored order; a changed type shows as objectType."""
    names = [name for name, value in after.values.items() if before.values.get(name) != value]
    return ["objectType", *names] if before.type != after.type else names
