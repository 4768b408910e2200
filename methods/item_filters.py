"""Which backlog items getBacklogItems answers: its filters, looked up in an image and made into tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from methods.item_order import branch
from methods.selection import object_of, people_of, projects_of
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record
from scrumrpc.store.standing import Standing

Test = Callable[[Record], bool]

_LISTED = ("sprintID", "releaseID", "boardID")
"""The references of backlog items that images keep lists of."""
_CHOICES = {"statuses": "status", "types": "type", "priorities": "priority"}
"""Filters that name several values, and the property that must have one of them."""
_PRESENT = {"inSprint": "sprintID", "inEpic": "parentEpicID"}
"""Filters that ask whether a property has a value."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Backlog items of these projects that pass all the tests; `within` is some list that holds all of them, if any."""

    projects: list[int]
    within: Collection[int] | None
    tests: list[Test]

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """Those of the records that are chosen."""
        for test in self.tests:
            records = filter(test, records)
        return iter(records)


def choice_of(
    image: Image, standing: Standing, asked: Mapping[str, Any], changed: frozenset[int] | None = None
) -> Choice:
    """The choice that the filters make; ObjectNotFound or UserCannotAccessProject for what they cannot name.

    `asked` holds the values of the filters by the names of their parameters; `changed` are the numbers of the backlog
    items that changed since the version asked for, if one is.
    """
    named = {
        name: object_of(image, standing, value.type, value.id)
        for name, value in asked.items()
        if isinstance(value, Record)
    }
    projects = projects_of(image, standing, asked["projectIDs"])
    tests = [_in_projects(frozenset(projects))]
    lists: list[Collection[int]] = []
    for name in _LISTED:
        if name in named:
            lists.append(image.members((name, named[name].number)))
            tests.append(_refers(name, named[name].number))
    if "boardColumnID" in named:
        lists.append(image.members(("boardID", named["boardColumnID"]["boardID"])))
    if "backlogListID" in named:
        projects = [number for number in projects if number == named["backlogListID"].project]
        tests.append(_refers("backlogListID", named["backlogListID"].number))
    if "epicID" in named:
        inside = frozenset(record.number for record in branch(image, named["epicID"].number)) - {named["epicID"].number}
        lists.append(inside)
        tests.append(_one_of(inside))
    if changed is not None:
        lists.append([number for number in changed if number in image])
        tests.append(_one_of(changed))
    tests += [_has(name, asked[given]) for given, name in _CHOICES.items() if asked[given]]
    tests += [_is_present(name, asked[given]) for given, name in _PRESENT.items() if asked[given] is not None]
    if asked["tagIDs"]:
        tests.append(_tagged({object_of(image, standing, "Tag", each).number for each in asked["tagIDs"]}))
    if "boardColumnID" in named:
        tests.append(_with_tasks(image, "boardColumnID", {named["boardColumnID"].number}))
    if asked["personID"]:
        tests.append(_with_tasks(image, "assignedPersonIDs", people_of(image, (asked["personID"],))))
    if asked["text"]:
        tests.append(_holds(asked["text"]))
    return Choice(projects, min(lists, key=len) if lists else None, tests)


def _in_projects(projects: frozenset[int]) -> Test:
    return lambda item: item["projectID"] in projects


def _refers(name: str, number: int) -> Test:
    return lambda item: bool(item[name] == number)


def _one_of(numbers: frozenset[int]) -> Test:
    return lambda item: item.number in numbers


def _has(name: str, values: tuple[str, ...]) -> Test:
    return lambda item: item[name] in values


def _is_present(name: str, present: bool) -> Test:
    return lambda item: (item[name] is not None) == present


def _tagged(tags: set[int]) -> Test:
    return lambda item: not tags.isdisjoint(item["tagIDs"])


def _with_tasks(image: Image, name: str, numbers: set[int]) -> Test:
    """Whether an item, or one of its tasks, refers to one of the objects."""

    def refers(record: Record) -> bool:
        value = record[name]
        return not numbers.isdisjoint(value) if isinstance(value, list) else value in numbers

    def test(item: Record) -> bool:
        return refers(item) or any(refers(image[task]) for task in image.members(("Task", item.number)))

    return test


def _holds(text: str) -> Test:
    folded = text.casefold()
    item_number = int(text.removeprefix("#")) if re.fullmatch(r"#?[0-9]{1,18}", text) else None

    def test(item: Record) -> bool:
        if item["itemNumber"] == item_number or folded in item["name"].casefold():
            return True
        description = item["description"]
        return description is not None and folded in description.casefold()

    return test
