"""How rules come by the objects of an image, and how they name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from scrumrpc.model.lists import ListKey
from scrumrpc.model.record import Record


class Objects(Protocol):
    """What rules look at: `records` are those that they find wrong or right; the rest is there to compare with."""

    def records(self) -> Iterator[Record]:
        """The objects to look at, in no particular order."""
        ...

    def __contains__(self, number: int) -> bool:
        """Whether there is an object of that number."""
        ...

    def __getitem__(self, number: int) -> Record:
        """The object of that number."""
        ...

    def members(self, key: ListKey) -> list[int]:
        """The numbers of a list's objects, in order."""
        ...

    def find(self, type_name: str, wire_id: str) -> Record | None:
        """The object of that type and wire id, if there is one."""
        ...


def every(image: Objects, *types: str) -> Iterator[Record]:
    """All objects of the types."""
    return (record for record in image.records() if record.type in types)


def members(image: Objects, list_of: str, number: int) -> list[Record]:
    """The objects in a list of another object, in order; what a list is of says ListKey."""
    return [image[member] for member in image.members((list_of, number))]


def named(record: Record) -> str:
    """An object as lines name it.

    >>> named(Record(1, "Task", {"id": "729-0-1"}))
    'Task 729-0-1'
    """
    return f"{record.type} {record.id}"
