"""The sample account: the company of the documentation's examples, so that each of them works against it as written.

Its present is Wednesday, 9 October 2013. Nothing here looks at a clock or at chance: it is the same every time.

    people      everybody
    shop        a web shop with two teams, worked on in sprints; shop_backlog holds its backlog
    mobile      a mobile app that is just being planned
    support     a support desk with a Kanban board
    warehouse   a warehouse with two teams in one sprint
    pages       small projects with what the documentation's page Objects shows, and an archived one
"""

from __future__ import annotations

from copy import deepcopy

from scrumrpc.cli.sample import mobile, pages, people, shop, shop_backlog, support, warehouse
from scrumrpc.cli.sample.constructors import NONE, Object

__all__ = ["ACCOUNT", "ADMINISTRATOR", "Object", "objects"]

ACCOUNT = 729
ADMINISTRATOR = "bob@example.com"


def objects() -> list[Object]:
    """All objects of the account as the operators' method importObjects takes them, each after those it refers to."""
    parts = (
        people.OBJECTS, shop.OBJECTS, shop_backlog.OBJECTS, mobile.OBJECTS, support.OBJECTS, warehouse.OBJECTS,
        pages.OBJECTS,
    )  # fmt: skip
    account = deepcopy([each for part in parts for each in part])
    _sum_up(account)
    return account


def _sum_up(account: list[Object]) -> None:
    """Fills in what follows from other objects, so that the data need not say it twice.

    The used time of a task is the sum of its time entries. A backlog item with tasks sums up their estimates, used
    times and remaining work, and adds the time entries on itself.
    """
    work = {(each["objectType"], each["id"]): each for each in account if each["objectType"] in ("BacklogItem", "Task")}
    entries = [each for each in account if each["objectType"] == "TimeEntry"]
    tasks = [each for each in account if each["objectType"] == "Task"]
    for entry in entries:
        _add(work[entry["ownerObjectType"], entry["ownerObjectID"]], "usedTime", entry["usedTime"])
    for task in tasks:
        for name in ("estimate", "usedTime", "remainingWork"):
            _add(work["BacklogItem", task["backlogItemID"]], name, task[name])


def _add(to: Object, name: str, number: float) -> None:
    if number != NONE:
        to[name] = number if to[name] == NONE else to[name] + number
