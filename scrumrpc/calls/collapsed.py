"""Collapsed changes: what each object has become in a stretch of versions, and where it stands now; for mirrors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from scrumrpc.calls.told import Sight
from scrumrpc.model.image import Image
from scrumrpc.model.places import Places
from scrumrpc.model.record import Record
from scrumrpc.store.changes import Stretch, changed_objects, wire_ids
from scrumrpc.store.database import Connection

Sides = tuple[Record | None, Record | None]
"""An object before and after."""


@dataclass(frozen=True, slots=True)
class Collapse:
    """Objects that changed in versions up to `reached`, with what each was before; and the ids of the projects then."""

    reached: int
    before: Mapping[int, Record | None]
    projects: Mapping[int, str]

    def write(
        self, parts: list[bytes], image: Image, sight: Sight, projects: Sequence[int], include: frozenset[str]
    ) -> None:
        """Appends the objects as a JSON array of ObjectChange objects; `image` is at the end of the stretch.

        What is gone comes first: something new may have its id.
        """
        seen = [sides for number, before in self.before.items() for sides in sight.of_object(before, image.get(number))]
        also = set(_come_into_lists(image, seen, include)) - self.before.keys()
        seen += [(record, record) for record in map(image.__getitem__, sorted(also)) if sight.has(record)]
        places = Places(image, projects, include)
        separator = b"["
        for before, after in sorted(seen, key=lambda sides: sides[1] is not None):
            parts.append(separator)
            self._write_one(parts, image, places, before, after, include)
            separator = b","
        parts.append(b"[]" if separator == b"[" else b"]")

    def _write_one(
        self,
        parts: list[bytes],
        image: Image,
        places: Places,
        before: Record | None,
        after: Record | None,
        include: frozenset[str],
    ) -> None:
        record = after or before
        assert record is not None
        project = record.project
        head = {
            "objectType": "ObjectChange",
            "changeType": "created" if before is None else "deleted" if after is None else "updated",
            "changedObjectType": record.type,
            "objectID": record.id,
            "projectID": None if project is None else image[project].id if project in image else self.projects[project],
        }
        parts.append(orjson.dumps(head)[:-1] + b',"object":')
        if after is None:
            parts.append(b'null,"lists":[],"places":[]}')
            return
        image.write_alone(parts, after.number, include)
        tail = {
            "lists": places.lists(after.type),
            "places": [
                {
                    "objectType": "Place",
                    "containerObjectType": place.container and place.container.type,
                    "containerObjectID": place.container and place.container.id,
                    "property": place.property,
                    "column": place.column,
                    "index": place.index,
                }
                for place in places.of(after)
            ],
        }
        parts.append(b"," + orjson.dumps(tail)[1:])


async def collapse_of(conn: Connection, stretch: Stretch, most: int) -> Collapse:
    """The objects that changed in a stretch, up to about `most`."""
    reached, before = await changed_objects(conn, stretch, most)
    projects = {record.project for record in before.values() if record} - {None}
    ids = await wire_ids(conn, stretch.account, (number for number in projects if number is not None))
    return Collapse(reached, before, ids)


def _come_into_lists(image: Image, seen: Sequence[Sides], include: frozenset[str]) -> Iterator[int]:
    """The numbers of objects that are shown now and were not, though they have not changed themselves.

    Where the backlog items of a project are not shown as such but those in lists are, that is what nests in an item
    which came into a list and stood in none before.
    """
    if "Project.backlogItems" in include:
        return
    for before, after in seen:
        if before and after and after.type == "BacklogItem":
            was_nowhere, is_nowhere = before["backlogListID"] is None, after["backlogListID"] is None
            yield from image.inside(after.number) if was_nowhere and not is_nowhere else ()
