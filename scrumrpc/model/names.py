"""Names: by what objects of an account are found, as long as they have it: their ids and external ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scrumrpc.model.record import Record


class Names:
    """The numbers of all objects of a type that have, or had, some value in a property.

    Images that are made from one another share it: whoever looks something up sees for himself whether the object has
    that name in his image. The newest comes first.
    """

    def __init__(self, type_name: str, name: str, records: Iterable[Record]) -> None:
        self._type = type_name
        self._property = name
        of_type = [record for record in records if record.type == type_name]
        self._numbers: dict[str, tuple[int, ...]] = {
            value: (record.number,) for record in of_type if (value := record.get(name)) is not None
        }
        if len(self._numbers) < len(of_type):  # some have no name, or the same one
            for record in of_type:
                self.add(record)

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, record: Record) -> None:
        """Takes in an object, if it is of the type and has a name."""
        value = record.get(self._property) if record.type == self._type else None
        if value is not None:
            others = self._numbers.get(value, ())
            if others[:1] != (record.number,):
                self._numbers[value] = (record.number, *(each for each in others if each != record.number))

    def numbers(self, value: str) -> Iterator[int]:
        """The objects that may have that name."""
        return iter(self._numbers.get(value, ()))

    def fits(self, record: Record | None, value: str) -> bool:
        """Whether an object does have it."""
        return record is not None and record.type == self._type and record.get(self._property) == value
