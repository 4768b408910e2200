"""Rules about how far work is: statuses, dates and sums, whose it is, and how bugs and releases end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, TASK_STATUSES
from scrumrpc.model.invariants.objects import Objects, every, members, named
from scrumrpc.model.record import Record

_DATES = {"To do": "toDoDate", "In progress": "inProgressDate", "To test": "toTestDate", "Done": "doneDate"}
_SOMEBODYS = ("In progress", "To test", "Done")


def items_follow_their_tasks(image: Objects) -> Iterator[str]:
    """A backlog item with tasks is assigned to nobody itself. While it is worked on its status follows from theirs:
    To do or Done if all of them are, To test if each is To test or Done, else In progress.
    """
    for item in every(image, "BacklogItem"):
        statuses = {task["status"] for task in members(image, "Task", item.number)}
        if not statuses:
            continue
        if item["assignedPersonIDs"]:
            yield f"{named(item)} is assigned to somebody although it has tasks"
        if len(statuses) == 1:
            expected = next(iter(statuses))
        else:
            expected = "To test" if statuses <= {"To test", "Done"} else "In progress"
        if item["status"] in TASK_STATUSES and item["status"] != expected:
            yield f"{named(item)} is {item['status']}, but {expected} follows from its tasks"


def sums_are_right(image: Objects) -> Iterator[str]:
    """Where tasks have estimates, or work that remains, those of their backlog item are the sums. The used time of
    a task with time entries is their sum, that of a backlog item the sum of the time entries on it and of its
    tasks.
    """
    for work in every(image, "BacklogItem", "Task"):
        entries = [entry["usedTime"] for entry in members(image, "TimeEntry", work.number)]
        tasks = members(image, "Task", work.number)
        yield from _wrong_sum(work, "usedTime", entries + [task["usedTime"] for task in tasks])
        for name in ("estimate", "remainingWork"):
            yield from _wrong_sum(work, name, [task[name] for task in tasks])


def _wrong_sum(work: Record, name: str, parts: Iterable[float | None]) -> Iterator[str]:
    numbers = [part for part in parts if part is not None]
    if numbers and work[name] != math.fsum(numbers):
        yield f"{named(work)} has the {name} {work[name]}, but the sum is {math.fsum(numbers)}"


def status_dates_fit_the_status(image: Objects) -> Iterator[str]:
    """There is no date of a status that has not been reached, and the dates are in the order of the statuses."""
    for work in every(image, "BacklogItem", "Task"):
        reached = BACKLOG_ITEM_STATUSES.index(work["status"])
        dates = []
        for status, name in _DATES.items():
            if work[name] is not None:
                dates.append(work[name])
                if BACKLOG_ITEM_STATUSES.index(status) > reached:
                    yield f"{named(work)} is {work['status']} but has a {name}"
        if dates != sorted(dates):
            yield f"{named(work)} has status dates that are not in order: {', '.join(map(str, dates))}"


def work_under_way_is_somebodys(image: Objects) -> Iterator[str]:
    """A task, or a backlog item without tasks, that is In progress, To test or Done is assigned to somebody."""
    for work in every(image, "BacklogItem", "Task"):
        if work["status"] in _SOMEBODYS and not work["assignedPersonIDs"] and not members(image, "Task", work.number):
            yield f"{named(work)} is {work['status']} but assigned to nobody"


def only_bugs_are_resolved(image: Objects) -> Iterator[str]:
    """A bug is Closed once it has a resolution, else Open. What is no bug has no bugState, reproducible or
    resolution.
    """
    for item in every(image, "BacklogItem"):
        state, resolution = item["bugState"], item["resolution"]
        if item["type"] != "Bug":
            if (state, item["reproducible"], resolution) != (None, None, None):
                yield f"{named(item)} is of the type {item['type']} but has properties of bugs"
        elif state != ("Closed" if resolution is not None else "Open"):
            yield f"{named(item)} has the bugState {state} with the resolution {resolution}"


def completed_releases_are_released(image: Objects) -> Iterator[str]:
    """The backlog items of a completed release are Released."""
    for release in every(image, "Release"):
        if release["status"] == "Completed":
            for item in members(image, "releaseID", release.number):
                if item["status"] != "Released":
                    yield f"{named(item)} is {item['status']} in the {named(release)}, which is Completed"
