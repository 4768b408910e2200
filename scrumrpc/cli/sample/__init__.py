"""The sample account: the company of the documentation's examples, so that each of them works against it as written.

Its present is Wednesday, 9 October 2013. Nothing here looks at a clock or at chance: it is the same every time.

    people      everybody
    shop        a web shop with two teams, worked on in sprints; shop_backlog and shop_plans hold its backlog,
                shop_fields custom fields and relationships, shop_shared messages, files and retrospectives
    mobile      a mobile app that is just being planned
    support     a support desk with a Kanban board
    warehouse   a warehouse with two teams in one sprint
    pages       small projects with what the documentation's page Objects shows, and an archived one
"""

from __future__ import annotations

import math
from collections import defaultdict
from copy import deepcopy

from scrumrpc.cli.sample import (
    mobile,
    pages,
    people,
    shop,
    shop_backlog,
    shop_fields,
    shop_plans,
    shop_shared,
    support,
    warehouse,
)
from scrumrpc.cli.sample.constructors import NONE, Object

__all__ = ["ACCOUNT", "ADMINISTRATOR", "Object", "objects"]

ACCOUNT = 729
ADMINISTRATOR = "bob@example.com"


def objects() -> list[Object]:
    """All objects of the account as the operators' method importObjects takes them, each after those it refers to."""
    parts = (
        people.OBJECTS, shop.OBJECTS, shop_backlog.OBJECTS, shop_plans.OBJECTS, shop_fields.OBJECTS,
        shop_shared.OBJECTS, mobile.OBJECTS, support.OBJECTS, warehouse.OBJECTS, pages.OBJECTS,
    )  # fmt: skip
    account = deepcopy([each for part in parts for each in part])
    _sum_up(account)
    return account


def _sum_up(account: list[Object]) -> None:
    """Fills in what follows from other objects, so that the data need not say it twice.

    The used time of a task is the sum of its time entries. A backlog item with tasks sums up their estimates, used
    times and remaining work, and adds the time entries on itself.
    """
    parts: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    tasks = [each for each in account if each["objectType"] == "Task"]
    for entry in account:
        if entry["objectType"] == "TimeEntry":
            parts[entry["ownerObjectType"], entry["ownerObjectID"], "usedTime"].append(entry["usedTime"])
    for task in tasks:
        _take_sums(task, parts)
        for name in _SUMS:
            if task[name] != NONE:
                parts["BacklogItem", task["backlogItemID"], name].append(task[name])
    for item in account:
        if item["objectType"] == "BacklogItem":
            _take_sums(item, parts)


_SUMS = ("estimate", "usedTime", "remainingWork")


def _take_sums(work: Object, parts: dict[tuple[str, str, str], list[float]]) -> None:
    for name in _SUMS:
        numbers = parts.get((work["objectType"], work["id"], name))
        if numbers:
            work[name] = math.fsum(numbers)
