"""Image: one account's objects in memory at one version, kept in their lists and ready to be answered."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.rendering import Fragment, fragment_of, plan_of
from scrumrpc.model.types import OBJECT_TYPES

ListKey = tuple[str, int]
"""A list: what it is of (an object type, or a property that puts objects into it) and the number it belongs to."""

Name = tuple[str, str, str]
"""What an object is found by: the property that says it (id or externalID), the object type, the value."""

_RECORD_OVERHEAD = 800
"""Bytes that a record takes beside its fragment, roughly: its values, its places in lists, its names."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one version did to one object: its state afterwards, or None when it is gone."""

    number: int
    after: Record | None


class Image:
    """All objects of an account as they were at `version`.

    Lists are kept sorted by rank, so an answer walks them without sorting. `bytes` estimates the memory used.
    """

    def __init__(self, account: int, version: int, records: Iterable[Record] = (), origin: str = "") -> None:
        self.account = account
        self.origin = origin
        self.version = version
        self.bytes = 0
        self._records: dict[int, Record] = {}
        self._lists: dict[ListKey, list[tuple[str, int]]] = {}
        self._fragments: dict[int, Fragment] = {}
        self._named: dict[Name, int] | None = None  # made when first asked for
        for record in records:
            self._records[record.number] = record
            for key, rank in lists_of(record):
                self._lists.setdefault(key, []).append((rank, record.number))
        for members in self._lists.values():
            members.sort()
        self.bytes = len(self._records) * _RECORD_OVERHEAD

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, number: int) -> bool:
        return number in self._records

    def __getitem__(self, number: int) -> Record:
        return self._records[number]

    def get(self, number: int) -> Record | None:
        """The object of that number, if there is one."""
        return self._records.get(number)

    def find(self, type_name: str, wire_id: str) -> Record | None:
        """The object of that type and wire id, if there is one."""
        return self._find(("id", type_name, wire_id))

    def find_external(self, type_name: str, external_id: str) -> Record | None:
        """The object of that type and external id, if there is one; deleted persons are not found by theirs."""
        return self._find(("externalID", type_name, external_id))

    def _find(self, name: Name) -> Record | None:
        if self._named is None:
            self._named = {each: record.number for record in self._records.values() for each in names_of(record)}
        number = self._named.get(name)
        return None if number is None else self._records[number]

    def records(self) -> Iterator[Record]:
        """All objects, in no particular order."""
        return iter(self._records.values())

    def fork(self) -> Image:
        """Another image of the same version, to be moved elsewhere by itself; both share what stays the same.

        What they share counts in the `bytes` of both, because either may outlive the other.
        """
        fork = Image(self.account, self.version, (), self.origin)
        fork.bytes = self.bytes
        fork._records = self._records.copy()
        fork._lists = {key: members.copy() for key, members in self._lists.items()}
        fork._fragments = self._fragments.copy()
        fork._named = None if self._named is None else self._named.copy()
        return fork

    def apply(self, version: int, changes: Iterable[Change]) -> None:
        """Moves on to `version` by the changes that it, and those before it, made; oldest first.

        Or back to `version`, by what all objects were then that have changed since.
        """
        for change in changes:
            before = self._records.pop(change.number, None)
            old_keys = lists_of(before) if before else ()
            new_keys = lists_of(change.after) if change.after else ()
            if before:
                for key, rank in old_keys:
                    self._leave(key, (rank, before.number))
                dropped = self._fragments.pop(change.number, ())
                self.bytes -= _RECORD_OVERHEAD + sum(map(len, dropped))
            if change.after:
                self._records[change.number] = change.after
                for key, rank in new_keys:
                    insort(self._lists.setdefault(key, []), (rank, change.number))
                self.bytes += _RECORD_OVERHEAD
            if self._named is not None:
                self._rename(self._named, change.number, before, change.after)
        self.version = version

    @contextmanager
    def tried(self, version: int, changes: Sequence[Change]) -> Iterator[None]:
        """Moves on by changes for as long as somebody looks, who must not wait for anything meanwhile; then back."""
        then, before = self.version, {each.number: self._records.get(each.number) for each in changes}
        self.apply(version, changes)
        try:
            yield
        finally:
            self.apply(then, [Change(number, record) for number, record in before.items()])

    @staticmethod
    def _rename(named: dict[Name, int], number: int, before: Record | None, after: Record | None) -> None:
        """Forgets the names of an object, but none that another object has taken over, and learns its new ones."""
        for name in names_of(before) if before else ():
            if named.get(name) == number:
                del named[name]
        for name in names_of(after) if after else ():
            named[name] = number

    def _leave(self, key: ListKey, place: tuple[str, int]) -> None:
        members = self._lists[key]
        del members[bisect_left(members, place)]
        if not members:
            del self._lists[key]

    def members(self, key: ListKey) -> list[int]:
        """The numbers of a list's objects, in order; empty if there are none."""
        return [number for _, number in self._lists.get(key, ())]

    def inside(self, number: int) -> Iterator[int]:
        """The numbers of all objects that nest in one, at whatever depth."""
        for gap in plan_of(self._records[number].type).gaps:
            if gap.kind == "assigned":
                continue
            of_type = "RetrospectiveCard" if gap.kind == "columns" else gap.via or gap.target
            for nested in self.members((of_type, number)):
                yield nested
                yield from self.inside(nested)

    def positions(self, number: int) -> Iterator[tuple[ListKey, int]]:
        """The lists that an object stands in, each with its index there."""
        for key, rank in lists_of(self._records[number]):
            yield key, bisect_left(self._lists[key], (rank, number))

    def write(self, parts: list[bytes], number: int, include: frozenset[str]) -> None:
        """Appends the JSON of an object with the optional properties in `include`, and of all that nests in it."""
        record = self._records[number]
        plan = plan_of(record.type)
        fragment = self._fragments.get(number) or self._make_fragment(record)
        for segment, gap, token in zip(fragment, plan.gaps, plan.tokens, strict=False):
            parts.append(segment)
            if token and token not in include:
                parts.append(b"null")
            elif gap.kind == "assigned":
                self._write_assigned(parts, record)
            elif gap.kind == "columns":
                self._write_columns(parts, record, include)
            else:
                self.write_list(parts, (gap.via or gap.target, number), include)
        parts.append(fragment[-1])

    def write_alone(self, parts: list[bytes], number: int, include: frozenset[str]) -> None:
        """Appends the JSON of an object as `write` does, but with nothing in its lists."""
        record = self._records[number]
        plan = plan_of(record.type)
        fragment = self._fragments.get(number) or self._make_fragment(record)
        for segment, gap, token in zip(fragment, plan.gaps, plan.tokens, strict=False):
            parts.append(segment)
            if token and token not in include:
                parts.append(b"null")
            elif gap.kind == "columns":
                columns = zip(record["columnNames"], record["columnColors"], strict=True)
                parts.append(orjson.dumps([_column(*column) | {"cards": []} for column in columns]))
            else:
                parts.append(b"[]")
        parts.append(fragment[-1])

    def write_list(self, parts: list[bytes], key: ListKey, include: frozenset[str]) -> None:
        """Appends a JSON array of the objects of a list."""
        self.write_array(parts, self.members(key), include)

    def write_array(self, parts: list[bytes], numbers: Iterable[int], include: frozenset[str]) -> None:
        """Appends a JSON array of objects."""
        separator = b"["
        for number in numbers:
            parts.append(separator)
            self.write(parts, number, include)
            separator = b","
        parts.append(b"[]" if separator == b"[" else b"]")

    def _write_assigned(self, parts: list[bytes], record: Record) -> None:
        if record.type == "TeamSprintParticipation":
            in_sprint = self.members(("sprintID", record["sprintID"]))
            numbers = [n for n in in_sprint if self._records[n]["teamID"] == record["teamID"]]
        else:
            numbers = self.members((ASSIGNED_BY[record.type], record.number))
        parts.append(b"[" + b",".join(b'"' + self._records[n].id.encode() + b'"' for n in numbers) + b"]")

    def _write_columns(self, parts: list[bytes], record: Record, include: frozenset[str]) -> None:
        """The columns of a retrospective, each with the cards that have its number."""
        cards = self.members(("RetrospectiveCard", record.number))
        separator = b"["
        for number, (name, color) in enumerate(zip(record["columnNames"], record["columnColors"], strict=True), 1):
            heading = orjson.dumps(_column(name, color))
            parts.append(separator + heading[:-1] + b',"cards":')
            self.write_array(parts, [card for card in cards if self._records[card]["columnNum"] == number], include)
            parts.append(b"}")
            separator = b","
        parts.append(b"]")

    def _make_fragment(self, record: Record) -> Fragment:
        fragment = fragment_of(record, lambda number: self._records[number].id, self.origin)
        self._fragments[record.number] = fragment
        self.bytes += sum(map(len, fragment))
        return fragment


def _column(name: str, color: str) -> dict[str, Any]:
    return {"objectType": "RetrospectiveColumn", "name": name, "color": color}


ASSIGNED_BY = {"Release": "releaseID", "Board": "boardID"}
"""The property of backlog items that assigns them to an object of the type."""


def lists_of(record: Record) -> list[tuple[ListKey, str]]:
    """The lists that an object stands in, each with what sorts it there."""
    object_type = OBJECT_TYPES[record.type]
    container = (object_type.nested_in and record[object_type.nested_in]) or (
        record[object_type.listed_in] if object_type.listed_in else ROOT
    )
    lists: list[tuple[ListKey, str]] = [((record.type, container), record.rank)]
    if record.type == "BacklogItem":
        lists += [((p, record[p]), record.rank) for p in ("releaseID", "sprintID") if record[p] is not None]
        if record["boardID"] is not None:
            lists.append((("boardID", record["boardID"]), record["boardRank"]))
        if record["backlogListID"] is not None and record["parentEpicID"] is None:
            lists.append((("backlogListID", record["backlogListID"]), record.rank))
    return lists


def names_of(record: Record) -> list[Name]:
    """What an object is found by. Deleted persons keep external ids that others may have now."""
    names = [("id", record.type, record.id)]
    external_id = record.get("externalID")
    if external_id is not None and record.type != "DeletedPerson":
        names.append(("externalID", record.type, external_id))
    return names
