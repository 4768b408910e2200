"""Places: where an object stands in the answer of getData: in which lists of which objects, and at which index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from scrumrpc.model.image import Image
from scrumrpc.model.lists import ListKey
from scrumrpc.model.properties import Property
from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.rendering import list_in, plan_of
from scrumrpc.model.types import OBJECT_TYPES

_TOP = "Data"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: a property of the container, which is None for the answer itself.

    The cards of a retrospective stand in its columns, counted from 1; elsewhere there is no `column`.
    """

    container: Record | None
    property: str
    column: int | None
    index: int


class Places:
    """Finds the places of objects in an image, as an answer with these projects and optional properties shows it."""

    def __init__(self, image: Image, projects: Sequence[int], include: frozenset[str]) -> None:
        self._image = image
        self._include = include
        self._shown: dict[int, bool] = {}
        self._indexes: dict[tuple[str, int, int], dict[int, int]] = {
            ("Project", ROOT, 0): {number: index for index, number in enumerate(projects)}
        }

    def of(self, record: Record) -> list[Place]:
        """The places of an object; none where nothing that is shown has it in a list."""
        found: list[Place] = []
        for key, position in self._image.positions(record.number):
            container, column, index = self._image[key[1]] if key[1] != ROOT else None, None, position
            if record.type == "Project":
                index = self._indexes["Project", ROOT, 0][record.number]
            elif record.type == "RetrospectiveCard":
                column = record["columnNum"]
                index = self._index_among(key, "columnNum", record)
            elif key[0] == "sprintID":
                container = self._participation(record)
                index = self._index_among(key, "teamID", record)
                if container is None:
                    continue
            shown = self._list_in(container, key[0])
            if shown is not None:
                found.append(Place(container, "cards" if column else shown.name, column, index))
        return found

    def _list_in(self, container: Record | None, key: str) -> Property | None:
        """The property in which the container shows a list of the image; None where neither it nor the list shows."""
        type_name = container.type if container else _TOP
        p = _list_in(type_name, key)
        is_left_out = p.optional and f"{type_name}.{p.name}" not in self._include
        return None if is_left_out or (container and not self._is_shown(container)) else p

    def _is_shown(self, record: Record) -> bool:
        """Whether the object itself, not only its id, is in the answer."""
        if record.number not in self._shown:
            self._shown[record.number] = any(place.property != "assignedBacklogItemIDs" for place in self.of(record))
        return self._shown[record.number]

    def lists(self, type_name: str) -> list[str]:
        """The properties of objects of a type that are lists of objects, or of ids of those assigned to it."""
        plan = plan_of(type_name)
        return [
            gap.name
            for gap, token in zip(plan.gaps, plan.tokens, strict=True)
            if gap.kind != "columns" and (not token or token in self._include)
        ]

    def _participation(self, item: Record) -> Record | None:
        """What shows an item of a sprint: the participation of its team."""
        of_sprint = [self._image[each] for each in self._image.members(("TeamSprintParticipation", item["sprintID"]))]
        return next((each for each in of_sprint if each["teamID"] == item["teamID"]), None)

    def _index_among(self, key: ListKey, name: str, record: Record) -> int:
        """The index among those in a list that have the same value of a property."""
        part = (*key, record[name])
        if part not in self._indexes:
            alike = [each for each in self._image.members(key) if self._image[each][name] == record[name]]
            self._indexes[part] = {number: index for index, number in enumerate(alike)}
        return self._indexes[part][record.number]


@cache
def _list_in(container: str, key: str) -> Property:
    """The property of a container's type that shows a list of an image."""
    for gap in plan_of(container).gaps:
        if list_in(container, gap) == key:
            return gap
    raise KeyError(f"{key} in {container}")


@lru_cache(maxsize=64)
def shown_types(include: frozenset[str]) -> frozenset[str]:
    """The object types of which an answer with these optional properties can show something.

    >>> sorted(shown_types(frozenset({"Project.tags"})))
    ['Data', 'Project', 'Tag']
    """
    shown, added = {_TOP}, [_TOP]
    while added:
        container = added.pop()
        for p in OBJECT_TYPES[container].answered:
            if p.optional and f"{container}.{p.name}" not in include:
                continue
            held = {"objects": p.target, "assigned": p.target, "columns": "RetrospectiveCard"}.get(p.kind)
            if held is not None and held not in shown:
                shown.add(held)
                added.append(held)
    return frozenset(shown)
