"""How a change of an object is told: which properties changed, and their values in the form that clients know.

Example: a card that moves to the second column of its retrospective is told as updated, with changedProperties
["columnNum"], oldValues {"columnNum": 1} and newValues {"columnNum": 2}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record, differences
from scrumrpc.model.rendering import answered
from scrumrpc.model.types import STORED_TYPES

HIDDEN_AS = {
    "rank": "rank",
    "boardRank": "boardRank",
    "columnNames": "columns",
    "columnColors": "columns",
    "content": "fileContents",
}
"""The hidden properties that are told, and their names there; of the others nobody is told."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One change as it is told: an object that was made (no `before`), deleted (no `after`) or updated.

    `names` are the properties whose values are told, in documented order.
    """

    before: Record | None
    after: Record | None
    names: tuple[str, ...]

    @property
    def record(self) -> Record:
        """The object, as it is or, where it is gone, was."""
        known = self.after or self.before
        assert known is not None
        return known

    def numbers(self) -> Iterator[int]:
        """The numbers of all objects whose wire ids are needed to tell it."""
        if self.record.project is not None:
            yield self.record.project
        for record in (self.before, self.after):
            if record is None:
                continue
            for p in _properties(record.type, self.names):
                value = record[p.name]
                if p.kind == "refs":
                    yield from value
                elif p.kind == "ref" and value is not None:
                    yield value

    def as_json(self, wire_id: Callable[[int], str], origin: str) -> dict[str, Any]:
        """The Change object, ready to be put into JSON."""
        kind = "created" if self.before is None else "deleted" if self.after is None else "updated"
        project = self.record.project
        return {
            "objectType": "Change",
            "changeType": kind,
            "changedObjectType": self.record.type,
            "objectID": self.record.id,
            "projectID": None if project is None else wire_id(project),
            "changedProperties": self.names if kind == "updated" else (),
            "oldValues": self.before and self._values(self.before, wire_id, origin),
            "newValues": self.after and self._values(self.after, wire_id, origin),
        }

    def _values(self, record: Record, wire_id: Callable[[int], str], origin: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for p in _properties(record.type, self.names):
            name = _name_of(p)
            if name == "columns":
                columns = zip(record["columnNames"], record["columnColors"], strict=True)
                values[name] = [{"name": heading, "color": color} for heading, color in columns]
            else:
                values[name] = None if name == "fileContents" else answered(p, record, wire_id, origin)
        return values


def telling_of(before: Record | None, after: Record | None) -> Telling | None:
    """What the change of an object, of the same type before and after, is told as.

    None where only what is not told has changed, and where there is no object.
    """
    known = after or before
    if known is None:
        return None
    if before is None or after is None:
        return Telling(before, after, _all(known.type))
    changed = set(differences(before, after))
    names = tuple(dict.fromkeys(_name_of(p) for p in _told(after.type) if p.name in changed))
    return Telling(before, after, names) if names else None


@cache
def _told(type_name: str) -> tuple[Property, ...]:
    return tuple(p for p in STORED_TYPES[type_name].stored if not p.hidden or p.name in HIDDEN_AS)


@cache
def _all(type_name: str) -> tuple[str, ...]:
    """The names of what is told of a whole object; what a file holds is not, but that it has changed is."""
    return tuple(dict.fromkeys(name for p in _told(type_name) if (name := _name_of(p)) != "fileContents"))


def _properties(type_name: str, names: tuple[str, ...]) -> Iterator[Property]:
    """The stored properties that are told under the names."""
    return (p for p in _told(type_name) if _name_of(p) in names)


def _name_of(p: Property) -> str:
    return HIDDEN_AS[p.name] if p.hidden else p.name
