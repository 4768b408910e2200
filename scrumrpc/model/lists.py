"""Lists: in which order objects stand where, kept in runs that copies of an account share until something changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from scrumrpc.model.pages import Pages
from scrumrpc.model.record import NAMES, ROOT, Record
from scrumrpc.model.rendered import Rendered
from scrumrpc.model.steps import Steps
from scrumrpc.model.types import STORED_TYPES

ListKey = tuple[str, int]
"""A list: what it is of (an object type, or a property that puts objects into it) and the number it belongs to."""

Place = tuple[str, int]
"""What objects of a list are sorted by: a rank, and the number where several have the same."""

Changed = tuple[int, Record | None, Record | None]
"""The number of an object, and what it was and is; None where it is not there."""

KeptBy = tuple[frozenset[str], bytes]
"""By what JSON is kept of objects: the optional properties that it shows, and what stands before it."""

OF_IDS = frozenset({"releaseID", "sprintID", "boardID"})
"""Lists that are answered as ids only, so that it does not matter what changes of their objects but their places."""

_MOST = 48
"""Objects in a run: after a change of one of them, all are rendered again."""
_AT_FIRST = 32
"""Objects in a run of a list that is filled at once, so that it has room for more."""
_FEW = 12
"""Objects in a run that goes together with the one beside it, if they have room."""


@dataclass(slots=True, eq=False)
class Run:
    """Objects that stand one after another in a list, and what is kept of their JSON.

    That has in it whatever nests in them, and is kept by the optional properties that it shows and by what it begins
    with: a bracket or a comma. A run is never changed: where its objects are others, or one of them or something inside
    it is, another run stands instead.
    """

    numbers: tuple[int, ...]
    kept: dict[KeptBy, Rendered] | None = None


@dataclass(slots=True, eq=False)
class Held:
    """The lists of one object, and what is kept of its own JSON; never changed but replaced, like a run."""

    names: tuple[str, ...]
    lists: tuple[tuple[Run, ...], ...]
    kept: dict[KeptBy, Rendered] | None = None

    def runs(self, name: str) -> tuple[Run, ...]:
        """The runs of one of the lists; none where it is empty."""
        return self.lists[self.names.index(name)] if name in self.names else ()

    def with_list(self, name: str, runs: tuple[Run, ...]) -> Held | None:
        """The same with another list; None when nothing is left."""
        lists = dict(zip(self.names, self.lists, strict=True)) | {name: runs}
        if not runs:
            del lists[name]
        return Held(_shared(tuple(lists)), tuple(lists.values())) if lists else None


@cache
def _shared(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names, in memory once: nearly all objects of a type have lists of the same names."""
    return names


class Lists:
    """All lists of an account, each sorted by what the records of its objects say.

    What changes a list is only for a copy that nobody else has yet.
    """

    __slots__ = ("_held", "_records")

    def __init__(self, records: Pages[Record]) -> None:
        self._records = records
        self._held: Pages[Held] = Pages()

    def copy(self) -> Lists:
        """The same lists, to be changed."""
        copy = Lists(self._records)
        copy._held = self._held.copy()
        return copy

    def held(self, number: int) -> Held | None:
        """What is in the lists of an object, if anything is."""
        return self._held.get(number)

    def are_held(self, numbers: tuple[int, ...]) -> list[Held | None]:
        """What is in the lists of several objects."""
        return self._held.several(numbers)

    def runs(self, key: ListKey) -> tuple[Run, ...]:
        """A list in its runs."""
        held = self._held.get(key[1])
        return () if held is None else held.runs(key[0])

    def members(self, key: ListKey) -> list[int]:
        """The numbers of a list's objects, in order; empty if there are none."""
        return list(chain.from_iterable([run.numbers for run in self.runs(key)]))

    def index(self, key: ListKey, number: int) -> int:
        """Where an object stands in a list."""
        runs = self.runs(key)
        at, within = self._find(key[0], runs, number)
        return sum(len(run.numbers) for run in runs[:at]) + within

    def fill(self, lists: Iterable[tuple[ListKey, list[Place]]]) -> Steps:
        """Takes in lists that are not there yet, whose members are in no order; in small steps."""
        for key, places in lists:
            places.sort()
            numbers = [number for _, number in places]
            starts = range(0, len(numbers), _AT_FIRST)
            self._put(key, tuple(Run(tuple(numbers[start : start + _AT_FIRST])) for start in starts))
            yield

    def follow(self, records: Pages[Record], changes: Sequence[Changed]) -> Steps:
        """Puts objects where they stand after changes, by records that have these changes; in small steps.

        And replaces whatever keeps JSON that has something in it which has changed. For example a task that gets
        another name stands in a run of its item's tasks, the item in runs of its project and of a backlog list, and so
        on up to the run that the project stands in: all of these are replaced.
        """
        touched: set[int] = set()
        places = []
        for number, before, after in changes:
            old, new = set(_lists_of(before)), set(_lists_of(after))
            places.append((number, new - old))
            for key, _ in old - new:
                self._leave(key, number)
                touched.add(key[1])
            touched.add(number)
            touched.update(_shown_by_team(before, after))
            yield
        self._records = records  # up to here the lists are sorted by the former ones
        for number, come in places:
            for key, _ in come:
                self._join(key, number)
                touched.add(key[1])
            yield
        yield from self._renew(touched)

    def _leave(self, key: ListKey, number: int) -> None:
        runs = self.runs(key)
        at, within = self._find(key[0], runs, number)
        left = runs[at].numbers[:within] + runs[at].numbers[within + 1 :]
        first, last = at, at + 1
        if at and len(left) + len(runs[at - 1].numbers) <= _FEW:
            left, first = runs[at - 1].numbers + left, at - 1
        self._put(key, runs[:first] + ((Run(left),) if left else ()) + runs[last:])

    def _join(self, key: ListKey, number: int) -> None:
        runs = self.runs(key)
        if not runs:
            self._put(key, (Run((number,)),))
            return
        at, within = self._find(key[0], runs, number)
        numbers = (*runs[at].numbers[:within], number, *runs[at].numbers[within:])
        middle = len(numbers) if len(numbers) <= _MOST else len(numbers) // 2
        if middle < within == len(numbers) - 1 and at == len(runs) - 1:
            middle = within  # where objects are added one by one at the end, the runs before stay full
        both = tuple(Run(part) for part in (numbers[:middle], numbers[middle:]) if part)
        self._put(key, runs[:at] + both + runs[at + 1 :])

    def _renew(self, touched: set[int]) -> Steps:
        """Replaces what keeps the JSON of objects, or of what they are in."""
        waiting = list(touched)
        done = {ROOT}
        while waiting:
            number = waiting.pop()
            record = self._records.get(number)
            if number in done or record is None:
                continue
            done.add(number)
            held = self._held.get(number)
            if held is not None:
                if record.type == "Sprint":  # its backlog items are answered by the teams in it
                    of_teams = "TeamSprintParticipation"
                    held = held.with_list(of_teams, tuple(Run(run.numbers) for run in held.runs(of_teams)))
                self._held.put(number, held and Held(held.names, held.lists))
            for key, _ in lists_of(record):
                if key[0] not in OF_IDS:
                    runs = self.runs(key)
                    at, _ = self._find(key[0], runs, number)
                    self._put(key, (*runs[:at], Run(runs[at].numbers), *runs[at + 1 :]))
                    waiting.append(key[1])
            yield

    def _find(self, name: str, runs: tuple[Run, ...], number: int) -> tuple[int, int]:
        """Which of the runs an object stands in, or has to, and where there."""
        place_of = self._place_in(name)
        place = place_of(number)
        at = max(bisect_right(runs, place, key=lambda run: place_of(run.numbers[0])) - 1, 0)
        return at, bisect_left(runs[at].numbers, place, key=place_of)

    def _place_in(self, name: str) -> Callable[[int], Place]:
        """What sorts objects in lists of that name."""
        records, rank = self._records, "boardRank" if name == "boardID" else "rank"

        def place_of(number: int) -> Place:
            record = records.get(number)
            assert record is not None
            return record[rank], number

        return place_of

    def _put(self, key: ListKey, runs: tuple[Run, ...]) -> None:
        name, container = key
        held = self._held.get(container)
        if held is not None:
            self._held.put(container, held.with_list(name, runs))
        elif runs:
            self._held.put(container, Held(_shared((name,)), (runs,)))


def lists_of(record: Record) -> list[tuple[ListKey, str]]:
    """The lists that an object stands in, each with what sorts it there."""
    row, (nested_in, listed_in) = record.row, _CONTAINERS[record.type]
    container = (row[nested_in] if nested_in else None) or (row[listed_in] if listed_in else ROOT)
    lists: list[tuple[ListKey, str]] = [((record.type, container), row[-1])]
    if record.type == "BacklogItem":
        for name, place, rank in _OF_ITEMS:
            if row[place] is not None:
                lists.append(((name, row[place]), row[rank]))
        if record["backlogListID"] is not None and record["parentEpicID"] is None:
            lists.append((("backlogListID", record["backlogListID"]), row[-1]))
    return lists


def _place(type_name: str, name: str | None) -> int:
    """Where a row has a property; 0, which is its id, for none."""
    return NAMES[type_name].index(name) if name else 0


_CONTAINERS = {name: (_place(name, t.nested_in), _place(name, t.listed_in)) for name, t in STORED_TYPES.items()}
_OF_ITEMS = [
    (name, _place("BacklogItem", name), _place("BacklogItem", rank))
    for name, rank in (("releaseID", "rank"), ("sprintID", "rank"), ("boardID", "boardRank"))
]


def _lists_of(record: Record | None) -> list[tuple[ListKey, str]]:
    return [] if record is None else lists_of(record)


def _shown_by_team(before: Record | None, after: Record | None) -> set[int]:
    """The sprint of a backlog item that another team has now; its places in lists are the same."""
    if before is None or after is None or before.type != "BacklogItem" or after.type != "BacklogItem":
        return set()
    return set() if before["teamID"] == after["teamID"] else {after["sprintID"]} - {None}
