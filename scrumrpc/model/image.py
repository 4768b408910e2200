"""Image: one account's objects in memory at one version, kept in their lists and ready to be answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scrumrpc.model.lists import ListKey, Lists, Place, lists_of
from scrumrpc.model.names import Names
from scrumrpc.model.pages import Pages
from scrumrpc.model.record import Record, size_of
from scrumrpc.model.rendered import AllRendered, Parts
from scrumrpc.model.rendering import list_in, plan_of
from scrumrpc.model.steps import Steps, Work, done
from scrumrpc.model.writing import Writer, alone

_NAME_OVERHEAD = 150
"""Bytes that a name takes by which objects are found."""
_AT_ONCE = 200
"""Objects that are taken in before others may have their turn."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one version did to one object: its state afterwards, or None when it is gone."""

    number: int
    after: Record | None


class Image:
    """All objects of an account as they were at `version`.

    An image does not change. One of another version is made from it, and shares with it whatever is the same, JSON that
    was rendered included. So whoever has an image may take as long as he likes.

    Lists are kept sorted by rank, so an answer walks them without sorting. `bytes` estimates the memory used, also by
    what is shared with other images, because any may outlive the others; `rendered` knows that of the JSON.
    """

    def __init__(
        self,
        account: int,
        version: int,
        records: Iterable[Record] = (),
        origin: str = "",
        rendered: AllRendered | None = None,
    ) -> None:
        self.account = account
        self.origin = origin
        self.version = version
        self._rendered = rendered or AllRendered()
        self._count = 0
        self._bytes = 0  # of the records
        self._records: Pages[Record] = Pages()
        self._lists = Lists(self._records)
        self._names: dict[tuple[str, str], Names] = {}  # by type and property; made when first asked for
        done(self.filling(records))

    def filling(self, records: Iterable[Record]) -> Steps:
        """Takes in the objects of an account, in small steps; only for who has just made the image, without any."""
        lists: dict[ListKey, list[Place]] = {}
        for record in records:
            self._records.put(record.number, record)
            for key, rank in lists_of(record):
                lists.setdefault(key, []).append((rank, record.number))
            self._bytes += size_of(record)
            self._count += 1
            if self._count % _AT_ONCE == 0:
                yield
        yield from self._lists.fill(lists.items())

    @property
    def bytes(self) -> int:
        """The memory that it takes, roughly."""
        return self._bytes + sum(map(len, self._names.values())) * _NAME_OVERHEAD

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int | None) -> bool:
        return number is not None and self._records.get(number) is not None

    def __getitem__(self, number: int) -> Record:
        record = self._records.get(number)
        if record is None:
            raise KeyError(number)
        return record

    def get(self, number: int) -> Record | None:
        """The object of that number, if there is one."""
        return self._records.get(number)

    def find(self, type_name: str, wire_id: str) -> Record | None:
        """The object of that type and wire id, if there is one."""
        return self._find(type_name, "id", wire_id)

    def find_external(self, type_name: str, external_id: str) -> Record | None:
        """The object of that type and external id, if there is one; deleted persons are not found by theirs."""
        return None if type_name == "DeletedPerson" else self._find(type_name, "externalID", external_id)

    def _find(self, type_name: str, name: str, value: str) -> Record | None:
        if (type_name, name) not in self._names:
            self._names[type_name, name] = Names(type_name, name, self.records())
        names = self._names[type_name, name]
        records = map(self._records.get, names.numbers(value))
        return next((record for record in records if names.fits(record, value)), None)

    def records(self) -> Iterator[Record]:
        """All objects, in no particular order."""
        return self._records.values()

    def moved(self, version: int, changes: Iterable[Change]) -> Image:
        """The image of another version: of a later one by the changes that lead there, oldest first.

        Or of an earlier one, by what all objects were then that have changed since.
        """
        return done(self.moving(version, changes))

    def moving(self, version: int, changes: Iterable[Change]) -> Work[Image]:
        """See `moved`; in small steps."""
        moved = Image(self.account, version, (), self.origin, self._rendered)
        last = {change.number: change.after for change in changes}
        changed = [(number, self._records.get(number), after) for number, after in last.items()]
        moved._records = records = self._records.copy()
        moved._lists = self._lists.copy()
        moved._names = {of: names for of, names in self._names.items() if len(names) <= _too_many_names(self._count)}
        moved._count = self._count + sum((after is not None) - (before is not None) for _, before, after in changed)
        moved._bytes = self._bytes + sum(_size(after) - _size(before) for _, before, after in changed)
        for number, _, after in changed:
            records.put(number, after)
            if after is not None:
                for names in moved._names.values():
                    names.add(after)
        yield from moved._lists.follow(records, changed)
        return moved

    def members(self, key: ListKey) -> list[int]:
        """The numbers of a list's objects, in order; empty if there are none."""
        return self._lists.members(key)

    def inside(self, number: int) -> Iterator[int]:
        """The numbers of all objects that nest in one, at whatever depth."""
        type_name = self[number].type
        for gap in plan_of(type_name).gaps:
            if gap.kind == "assigned":
                continue
            for nested in self.members((list_in(type_name, gap), number)):
                yield nested
                yield from self.inside(nested)

    def positions(self, number: int) -> Iterator[tuple[ListKey, int]]:
        """The lists that an object stands in, each with its index there."""
        for key, _ in lists_of(self[number]):
            yield key, self._lists.index(key, number)

    def writer(self, parts: Parts, include: frozenset[str]) -> Writer:
        """What appends JSON with the optional properties in `include` to some parts, in steps."""
        return Writer(parts, self._records, self._lists, include, self.origin, self._rendered)

    def write(self, parts: Parts, number: int, include: frozenset[str]) -> None:
        """Appends the JSON of an object with the optional properties in `include`, and of all that nests in it."""
        done(self.writer(parts, include).object(number))

    def write_alone(self, parts: Parts, number: int, include: frozenset[str]) -> None:
        """Appends the JSON of an object as `write` does, but with nothing in its lists."""
        parts.append(alone(self[number], include, self.origin, lambda other: self[other].id))

    def write_list(self, parts: Parts, key: ListKey, include: frozenset[str]) -> None:
        """Appends a JSON array of the objects of a list."""
        done(self.writer(parts, include).list_of(key))

    def write_array(self, parts: Parts, numbers: Iterable[int], include: frozenset[str]) -> None:
        """Appends a JSON array of objects."""
        done(self.writer(parts, include).array(numbers))


def _too_many_names(objects: int) -> int:
    """As many names as show that most of them are those of objects which are gone."""
    return 2 * objects + 1000


def _size(record: Record | None) -> int:
    return 0 if record is None else size_of(record)
