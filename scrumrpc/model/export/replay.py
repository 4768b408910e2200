"""Replay: leads an account through the history that an export tells, and refuses what cannot have happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrumrpc.model.export.lines import DoesNotFit, Line, at_line
from scrumrpc.model.export.states import record_in
from scrumrpc.model.ownership import MOST_LEVELS
from scrumrpc.model.properties import Property
from scrumrpc.model.record import NAMES, Record, differences
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.model.unshared import Key, unshared, unshared_for_good

_HIGHEST = {"itemNumber": "lastItemNumber", "taskNumber": "lastTaskNumber", "content": "lastObject"}
"""The field of the first line that is at least as high as a property of any object."""


class Replay:
    """The objects of an account, version by version; `records` has them as they are at `version`.

    Whatever can be read of the account must be in order: after each version that is kept, references lead to objects of
    the right type, and nothing stands within itself. Below the oldest of these versions a file has only what leads to
    it, and to those of `named`, so that nothing is said there of how an object was before. What no two objects may have
    matters at the end, where the database must take them. `named` has the lines that give versions a name.
    """

    def __init__(self, account: Line, named: Mapping[int, int]) -> None:
        self.version = 0
        self.records: dict[int, Record] = {}
        self.contents: set[int] = set()  # that any state has named
        self._account = account
        self._oldest = int(account["oldestVersion"])
        self._named = named
        self._unseen = {version for version in named if version}  # of the named versions
        self._lines: dict[int, int] = {}  # the last line about each object
        self._people: set[int] = set()  # whoever has been there
        self._referring: dict[int, set[int]] = {}  # the numbers of the objects that name one
        self._changes: list[tuple[int, Record | None, Record | None]] = []  # of the version
        self._version_line = 0

    # What lines tell ------------------------------------------------------------------------------------------------

    def begin(self, line: int, version: int) -> None:
        """A version follows; the one before is complete."""
        self.end_version()
        if version <= self.version or (version > self._oldest and version != self.version + 1):
            raise DoesNotFit(f"the version {version} cannot follow the version {self.version}.")
        self.version, self._version_line = version, line
        self._unseen.discard(version)

    def change(self, line: int, told: Line) -> Record | None:
        """A change of the version; answers the object as it is afterwards."""
        number, operation, state = told["object"], told["operation"], told["state"]
        if not 0 < number <= self._account["lastObject"]:
            raise DoesNotFit(f"the object {number} has a number above the lastObject of the account.")
        if operation not in ("created", "updated", "deleted"):
            raise DoesNotFit(f"the operation cannot be {operation[:40]!r}.")
        if (state is None) != (operation == "deleted"):
            raise DoesNotFit(f"an object that was {operation} has {'a' if state is None else 'no'} state.")
        before = self.records.get(number)
        after = None if state is None else record_in(number, told["type"], state)
        if self.version > self._oldest:
            _check_told(told, before, after)
        self._check_project(told, after or before)
        if after is not None:
            self._check_numbers(after)
        self._put(number, before, after)
        self._lines[number] = line
        self._changes.append((number, before, after))
        return after

    def end_version(self) -> None:
        """Looks at what the changes of a version have made, once they are all known."""
        with at_line(self._version_line):
            if not self._changes and self.version >= self._oldest and self.version:
                raise DoesNotFit(f"the version {self.version} has no changes.")
        if self.version > self._oldest:
            self._check_changed()
        elif self.version == self._oldest or self.version in self._named:
            for number in self.records:
                self._check(number)
        self._changes.clear()

    def finish(self) -> None:
        """All versions are told."""
        self.end_version()
        if self.version != self._account["dataVersion"]:
            raise DoesNotFit(
                f"The versions end with {self.version}, but the first line gives the dataVersion "
                f"{self._account['dataVersion']}."
            )
        if self._unseen:
            version = min(self._unseen)
            with at_line(self._named[version]):
                raise DoesNotFit(f"the version {version}, to which it gives a name, is not there.")
        self._check_unshared()

    def knew(self, person: int) -> bool:
        """Whether a person of that number has been there; all pass where history was given up."""
        return person in self._people or self._oldest > 0

    def line_of(self, number: int) -> int:
        """The last line that tells of an object."""
        return self._lines.get(number, 1)

    # What is kept of it ---------------------------------------------------------------------------------------------

    def _put(self, number: int, before: Record | None, after: Record | None) -> None:
        for _, referred in _references(before):
            self._referring[referred].discard(number)
        for _, referred in _references(after):
            self._referring.setdefault(referred, set()).add(number)
        if after is None:
            self.records.pop(number, None)
        else:
            self.records[number] = after
            if after.type == "Person":
                self._people.add(number)
            if after.get("content") is not None:
                self.contents.add(after["content"])

    # What must be so ------------------------------------------------------------------------------------------------

    def _check_project(self, told: Line, known: Record | None) -> None:
        if known is not None and told["project"] != known.project:
            raise DoesNotFit(f"the object belongs to the project {known.project}, not to {told['project']}.")

    def _check_numbers(self, record: Record) -> None:
        for name, highest in _HIGHEST.items():
            if (value := record.get(name)) is not None and value > self._account[highest]:
                raise DoesNotFit(f"the {name} {value} is above the {highest} of the account.")

    def _check_changed(self) -> None:
        for number, before, after in self._changes:
            self._check(number)
            if before is not None and (after is None or after.type != before.type):
                for referring in sorted(self._referring.get(number, ())):
                    self._check(referring, because_of=number)

    def _check(self, number: int, because_of: int | None = None) -> None:
        """Whether all that an object refers to is there, and it does not stand within itself, or too deep."""
        record = self.records.get(number)
        with at_line(self.line_of(because_of or number)):
            for p, referred in _references(record):
                assert record is not None
                types, found = _types(record, p), self.records.get(referred)
                if found is None or found.type not in types:
                    raise DoesNotFit(
                        f"after the version {self.version} the {record.type} {record.id} names the object {referred} "
                        f"in {p.name}, which is {'no ' + ' or '.join(types) if found else 'not there'}."
                    )
            if record is not None and (pointer := STORED_TYPES[record.type].nested_in) and record[pointer]:
                self._check_depth(record, pointer)

    def _check_depth(self, record: Record, pointer: str) -> None:
        levels, outer = 0, record[pointer]
        while outer is not None and levels <= MOST_LEVELS:
            levels += 1
            outer = self.records[outer][pointer] if outer in self.records else None
        inner = [record.number]
        while inner and levels <= MOST_LEVELS:
            levels += 1
            inner = [
                each
                for number in inner
                for each in self._referring.get(number, ())
                if (found := self.records[each]).type == record.type and found[pointer] == number
            ]
        if levels > MOST_LEVELS:
            raise DoesNotFit(
                f"after the version {self.version} the {record.type} {record.id} stands within itself, or is one of "
                f"more than {MOST_LEVELS} that are inside one another."
            )

    def _check_unshared(self) -> None:
        having: dict[Key, int] = {}
        for number in sorted(self.records, key=self.line_of):
            record = self.records[number]
            for name, key in (*unshared(record), *unshared_for_good(record)):
                other = having.setdefault(key, number)
                if other != number:
                    with at_line(self.line_of(number)):
                        raise DoesNotFit(
                            f"the {record.type} {record.id} has the same {name} as the {self.records[other].type} "
                            f"{self.records[other].id} (line {self.line_of(other)})."
                        )


def _check_told(told: Line, before: Record | None, after: Record | None) -> None:
    """Whether a change is told as it must be of an object that was `before` and is `after`."""
    operation, changed = told["operation"], told["changed"]
    if (before is None) != (operation == "created"):
        raise DoesNotFit(f"the object {told['object']} was {operation}, but it was {'not ' * (not before)}there.")
    if after is None:
        expected: set[str] = set()
        if before is not None and before.type != told["type"]:
            raise DoesNotFit(f"the object {told['object']} is a {before.type}, not a {told['type']}.")
    elif before is None:
        expected = {name for name, value in told["state"].items() if value not in (None, [])}
    else:
        # What a type got later is not told of states that were written down before.
        told_of = {*told["state"], "objectType"}
        expected = {name for name in differences(before, after) if name in told_of}
        if before.id != after.id:
            raise DoesNotFit(f"the id of the {before.type} {before.id} cannot change.")
    if set(changed) != expected or len(changed) != len(expected):
        wrong = sorted(set(changed) ^ expected) or changed
        raise DoesNotFit(f"what changed is told wrongly: {', '.join(wrong)[:200]}.")


def _references(record: Record | None) -> Iterator[tuple[Property, int]]:
    """The numbers of the objects that one refers to, each with the property that does."""
    if record is None:
        return
    for p, place in _REFERRING[record.type]:
        value = record.row[place]
        if value is None:
            continue
        if p.kind == "ref":
            yield p, value
        else:
            for number in value:
                yield p, number


_REFERRING = {
    name: [(p, NAMES[name].index(p.name)) for p in t.stored if p.kind in ("ref", "refs")]
    for name, t in STORED_TYPES.items()
}


def _types(record: Record, p: Property) -> list[Any]:
    """The types that an object may refer to by a property."""
    typed_by = p.name.removesuffix("ID") + "Type"  # ownerObjectID is of the type ownerObjectType
    typed = record.get(typed_by)
    return [typed] if typed is not None else p.target.split("|")
