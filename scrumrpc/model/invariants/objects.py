"""How rules come by the objects of an image, and how they name them."""

from __future__ import annotations

from collections.abc import Iterator

from scrumrpc.model.image import Image
from scrumrpc.model.record import Record


def every(image: Image, *types: str) -> Iterator[Record]:
    """All objects of the types."""
    return (record for record in image.records() if record.type in types)


def members(image: Image, list_of: str, number: int) -> list[Record]:
    """The objects in a list of another object, in order; what a list is of says ListKey."""
    return [image[member] for member in image.members((list_of, number))]


def named(record: Record) -> str:
    """An object as lines name it.

    >>> named(Record(1, "Task", {"id": "729-0-1"}))
    'Task 729-0-1'
    """
    return f"{record.type} {record.id}"
