"""Which objects a change can make break a rule, so that rules need not look at all of a large account."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from scrumrpc.model.custom_values import REFERENCE_TYPES
from scrumrpc.model.image import Change, Image
from scrumrpc.model.invariants import violations
from scrumrpc.model.lists import ListKey
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES

Changed = tuple[Record | None, Record | None]
"""An object as it was before and as it is afterwards; None where there is none."""

_LEANING_ON: dict[str, tuple[str, ...]] = {
    "BacklogItem": ("BacklogItem", "CustomFieldValue"),  # what is part of an epic, and what depends on the item's type
    "Board": ("boardID",),
    "Comment": ("Comment",),
    "File": ("File",),
    "Retrospective": ("RetrospectiveCard",),
    "Sprint": ("sprintID",),
}
"""The lists of an object whose members a rule may find wrong because of a change of the object itself."""
_BESIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "BoardColumn": (("boardID", "boardID"),),
    "CustomFieldValue": (("CustomFieldValue", "ownerObjectID"),),
    "Relationship": (("Relationship", "projectID"),),
    "TeamSprintParticipation": (("sprintID", "sprintID"),),
}
"""Lists that stand beside an object of a type, likewise: what each is of, and the property that says whose it is."""


class Around:
    """An image of which rules look at those objects only that some changes can have made break a rule.

    Example: after a change of a board column these are the column, its board, and the backlog items on that board; the
    rule about columns then looks at the tasks of these items by itself.
    """

    def __init__(self, image: Image, looked_at: Collection[int]) -> None:
        self._image = image
        self._looked_at = looked_at

    def records(self) -> Iterator[Record]:
        """See Objects."""
        return (self._image[number] for number in sorted(self._looked_at) if number in self._image)

    def __contains__(self, number: int) -> bool:
        return number in self._image

    def __getitem__(self, number: int) -> Record:
        return self._image[number]

    def members(self, key: ListKey) -> list[int]:
        """See Objects."""
        return self._image.members(key)

    def find(self, type_name: str, wire_id: str) -> Record | None:
        """See Objects."""
        return self._image.find(type_name, wire_id)


def broken_by(image: Image, changes: list[Changed]) -> list[str]:
    """The lines of `violations` that changes of the image bring about.

    What broke a rule before does not count: imported data may.
    """
    changed = image.moved(image.version, [Change(_number(each), each[1]) for each in changes])
    looked_at = _looked_at(changed, changes)
    broken = violations(Around(changed, looked_at))
    before = set(violations(Around(image, looked_at))) if broken else ()
    return [line for line in broken if line not in before]


def _number(changed: Changed) -> int:
    known = changed[0] or changed[1]
    assert known is not None
    return known.number


def _looked_at(image: Image, changes: list[Changed]) -> set[int]:
    found: set[int] = set()
    for record in (record for changed in changes for record in changed if record is not None):
        found.add(record.number)
        found.update(_referred(record))
        for list_of in _LEANING_ON.get(record.type, ()):
            found.update(image.members((list_of, record.number)))
        for list_of, whose in _BESIDE.get(record.type, ()):
            found.update(image.members((list_of, record[whose])))
        found.update(_outside(image, record))
    found.update(_values_in_doubt(image, changes))
    return found


def _referred(record: Record) -> Iterator[int]:
    return (
        record[p.name]
        for p in STORED_TYPES[record.type].stored
        if p.kind == "ref" and record[p.name] is not None and p.name != "projectID"
    )


def _outside(image: Image, record: Record) -> Iterator[int]:
    """What an object nests in, from the inside out: it may have come to stand within itself."""
    pointer = STORED_TYPES[record.type].nested_in
    passed = {record.number}
    while pointer and record[pointer] in image and record[pointer] not in passed:
        record = image[record[pointer]]
        passed.add(record.number)
        yield record.number


def _values_in_doubt(image: Image, changes: list[Changed]) -> Iterator[int]:
    """The values of custom fields that changed, or that name an object which is no longer there."""
    fields = {each.number for changed in changes for each in changed if each and each.type == "CustomField"}
    gone = {
        before.id
        for before, after in changes
        if before and not after and before.type in (*REFERENCE_TYPES, "DeletedPerson")
    }
    if fields or gone:
        for record in image.records():
            if record.type == "CustomFieldValue" and (record["customFieldID"] in fields or record["value"] in gone):
                yield record.number
