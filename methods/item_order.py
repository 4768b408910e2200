"""The orders in which getBacklogItems answers: in each of them, every item has a place of its own.

Example: in the order priority, a place is the priority and then the place in the backlog, which is the rank of the
project, the rank of the item's outermost epic, and so on down to the item's own rank.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, BACKLOG_ITEM_TYPES, PRIORITIES
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record

Place = tuple[tuple[str, ...], int]
"""A place in the backlogs of all projects: the ranks on the way down to an item, and its number."""


@dataclass(frozen=True, slots=True)
class Order:
    """What items are sorted by: a key, which is None for items without a value; the backlog alone if there is none."""

    key: Callable[[Record], Any] | None
    key_type: type
    descending: bool


def order_of(name: str) -> Order:
    """The order of that wire name."""
    descending = name.startswith("-")
    return Order(*_KEYS[name.removeprefix("-")], descending)


def _position_in(words: tuple[str, ...], name: str) -> Callable[[Record], int | None]:
    positions = {word: position for position, word in enumerate(words)}
    return lambda item: positions.get(item[name])


_KEYS: dict[str, tuple[Callable[[Record], Any] | None, type]] = {
    "backlog": (None, int),
    "itemNumber": (lambda item: item["itemNumber"], int),
    "name": (lambda item: item["name"].casefold(), str),
    "priority": (_position_in(PRIORITIES, "priority"), int),
    "status": (_position_in(BACKLOG_ITEM_STATUSES, "status"), int),
    "type": (_position_in(BACKLOG_ITEM_TYPES, "type"), int),
    "creationDate": (lambda item: item["creationDate"], int),
    "dueDate": (lambda item: item["dueDate"], str),
    "estimate": (lambda item: None if item["estimate"] is None else float(item["estimate"]), float),
}


def branch(image: Image, number: int, descending: bool = False) -> Iterator[Record]:
    """An item and all that is part of it, in backlog order."""
    children = image.members(("BacklogItem", number))
    if not descending:
        yield image[number]
    for child in reversed(children) if descending else children:
        yield from branch(image, child, descending)
    if descending:
        yield image[number]


def items_of(image: Image, projects: list[int], *, descending: bool, after: Place | None) -> Iterator[Record]:
    """The items of projects in backlog order, from somewhere before the place `after` on."""
    for project in reversed(projects) if descending else projects:
        numbers = image.members(("BacklogItem", project))
        if after is not None:
            project_rank, rank = image[project].rank, after[0][1]
            if project_rank != after[0][0]:
                if (project_rank < after[0][0]) != descending:
                    continue
            elif descending:
                numbers = numbers[: bisect_right(numbers, rank, key=lambda number: image[number].rank)]
            else:
                numbers = numbers[bisect_left(numbers, rank, key=lambda number: image[number].rank) :]
        for number in reversed(numbers) if descending else numbers:
            if image.members(("BacklogItem", number)):
                yield from branch(image, number, descending)
            else:
                yield image[number]


def place_of(image: Image, item: Record) -> Place:
    """The place of an item in the backlogs of all projects."""
    path, outermost = [item.rank], item
    while outermost["parentEpicID"] is not None:
        outermost = image[outermost["parentEpicID"]]
        path.append(outermost.rank)
    path.append(image[outermost["projectID"]].rank)
    return tuple(reversed(path)), item.number
