"""Company: an account with whatever backlog, and what getBacklogItems must answer about it, found out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, BACKLOG_ITEM_TYPES, PRIORITIES
from tests.world import World

ORDERS = ("backlog", "itemNumber", "name", "priority", "status", "type", "creationDate", "dueDate", "estimate")
WORDS = ("Straße", "STRASSE", "sign in", "Sign-in 12", "ÉCRAN", "écran", "#3", "zeta")


def ask(world: World, email: str | None = None, /, **given: str) -> list[str]:
    """The ids of all backlog items that pass, page by page."""
    found: list[str] = []
    for page in pages(world, email, **given):
        found += [item["id"] for item in page]
    return found


def pages(world: World, email: str | None = None, /, **given: str) -> Iterator[list[dict[str, Any]]]:
    cursor = ""
    while True:
        page = world.call("getBacklogItems", email, **given, cursor=cursor)
        assert list(page) == ["objectType", "backlogItems", "nextCursor"]
        assert page["objectType"] == "BacklogItemPage"
        assert len(page["backlogItems"]) <= int(given.get("limit", 100))
        yield page["backlogItems"]
        cursor = page["nextCursor"]
        if cursor is None:
            return
        assert len(page["backlogItems"]) == int(given.get("limit", 100))


def everything(data: Any) -> list[dict[str, Any]]:
    """All backlog items in backlog order."""

    def branch(item: dict[str, Any]) -> list[dict[str, Any]]:
        return [item, *(each for child in item["childBacklogItems"] for each in branch(child))]

    return [each for project in data["projects"] for item in project["backlogItems"] for each in branch(item)]


# By hand -------------------------------------------------------------------------------------------------------------


def passes(item: dict[str, Any], asked: dict[str, str], by_id: dict[str, Any]) -> bool:
    """Whether an item passes the filters, but for changedSince."""
    both = [item, *item["tasks"]]
    parents = []
    parent = item["parentEpicID"]
    while parent:
        parents.append(parent)
        parent = by_id[parent]["parentEpicID"]
    tests: dict[str, Callable[[str], bool]] = {
        "projectIDs": lambda value: item["projectID"] in value.split(","),
        "sprintID": lambda value: item["sprintID"] == value,
        "inSprint": lambda value: (item["sprintID"] is not None) == (value == "true"),
        "releaseID": lambda value: item["releaseID"] == value,
        "boardID": lambda value: item["boardID"] == value,
        "boardColumnID": lambda value: any(each["boardColumnID"] == value for each in both),
        "backlogListID": lambda value: item["backlogListID"] == value,
        "epicID": lambda value: value in parents,
        "inEpic": lambda value: bool(parents) == (value == "true"),
        "statuses": lambda value: item["status"] in value.split(","),
        "types": lambda value: item["type"] in value.split(","),
        "priorities": lambda value: item["priority"] in value.split(","),
        "personID": lambda value: any(value in each["assignedPersonIDs"] for each in both),
        "tagIDs": lambda value: any(tag in item["tagIDs"] for tag in value.split(",")),
        "text": lambda value: (
            value.casefold() in item["name"].casefold()
            or value.casefold() in (item["description"] or "").casefold()
            or value in (str(item["itemNumber"]), f"#{item['itemNumber']}")
        ),
    }
    return all(tests[name](value) for name, value in asked.items() if name in tests)


def in_order(items: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Items that are in backlog order, in another one."""
    name, descending = order.removeprefix("-"), order.startswith("-")
    if name == "backlog":
        return items[::-1] if descending else items
    words = {"priority": PRIORITIES, "status": BACKLOG_ITEM_STATUSES, "type": BACKLOG_ITEM_TYPES}

    def key(item: dict[str, Any]) -> Any:
        value = item[name]
        if value is None or value == -1:
            return None
        return words[name].index(value) if name in words else value.casefold() if name == "name" else value

    keys = sorted({key(item) for item in items} - {None}, reverse=descending)
    return [item for value in [*keys, None] for item in items if key(item) == value]


# A company with whatever backlog -------------------------------------------------------------------------------------


def some(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


PICK = st.integers(0, 3)
ITEM = st.fixed_dictionaries(
    {
        "project": st.integers(0, 1),
        "epic": st.none() | PICK,
        "sprint": st.none() | PICK,
        "release": st.none() | PICK,
        "board": st.none() | PICK,
        "list": st.none() | PICK,
        "tags": st.lists(PICK, max_size=2),
        "people": st.lists(PICK, max_size=2),
        "tasks": st.lists(st.lists(PICK, max_size=2), max_size=2),
        "name": st.sampled_from(WORDS),
        "description": some(WORDS),
        "status": st.sampled_from(BACKLOG_ITEM_STATUSES),
        "type": st.sampled_from(("Epic", "Epic", None, "Bug", "Feature")),
        "priority": some(PRIORITIES),
        "creationDate": some((1, 2)),
        "dueDate": some(("2026-01-01", "2026-01-02")),
        "estimate": some((0.0, 0.5, 3.0, 1e12)),
    }
)
FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "projectIDs": st.sampled_from(([0], [1], [0, 1])),
    "sprintID": PICK,
    "inSprint": st.sampled_from(("true", "false")),
    "releaseID": PICK,
    "boardID": PICK,
    "boardColumnID": PICK,
    "backlogListID": PICK,
    "epicID": PICK,
    "inEpic": st.sampled_from(("true", "false")),
    "statuses": st.lists(st.sampled_from(BACKLOG_ITEM_STATUSES), min_size=1, max_size=5, unique=True).map(",".join),
    "types": st.lists(st.sampled_from(BACKLOG_ITEM_TYPES), min_size=1, max_size=3, unique=True).map(",".join),
    "priorities": st.lists(st.sampled_from(PRIORITIES), min_size=1, max_size=3, unique=True).map(",".join),
    "personID": PICK,
    "tagIDs": st.lists(PICK, min_size=1, max_size=2, unique=True),
    "text": st.sampled_from((*WORDS, "ss", "in", "3", "#2", "1")),
    "changedSince": PICK,
}
QUESTION = st.tuples(
    st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: FILTERS[name] for name in names})
    ),
    st.sampled_from([*ORDERS, *(f"-{order}" for order in ORDERS)]),
    st.integers(1, 5),
)


EPIC = {
    "epic": None, "sprint": 0, "release": 0, "board": 0, "list": 0, "tags": [0], "people": [0], "tasks": [],
    "name": "x", "status": "To do", "type": "Epic",
}  # fmt: skip
"""An item as ITEM draws them, but for its project, that points to the first of everything."""


class Company:
    """Two projects with two of everything, people, and the items drawn."""

    def __init__(self, world: World, drawn: list[dict[str, Any]]) -> None:
        self.world = world
        self.account = world.account
        self.objects: list[dict[str, Any]] = []
        self.by_type: dict[str, list[list[str]]] = {}
        units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
        self.projects = [self.add("Project", n, name=f"P{n}", status="Active", **units) for n in (0, 1)]
        self.people = [
            self.add(of_type, 0, firstName="N", emailAddress=f"n{n}@example.com")
            for n, of_type in enumerate(("Person", "Person", "DeletedPerson"))
        ]
        for n, project in enumerate(self.projects):
            backlog = self.add("Backlog", n, projectID=project, name="B")
            for each in (0, 1):
                common = {"projectID": project, "name": str(each)}
                self.add("BacklogList", n, backlogID=backlog, **common)
                self.add("Release", n, status="In planning", **common)
                self.add("Sprint", n, status="In planning", **common)
                self.add("Tag", n, color="Red", **common)
                board = self.add("Board", n, type="Kanban", **common)
                self.add("BoardColumn", n, boardID=board, status="To do", **common)
        for item in drawn:
            self.add_item(**item)
        world.load(*self.objects)

    def add(self, type_name: str, n: int, /, **values: Any) -> str:
        """Adds an object of the project of that position."""
        wire_id = f"{self.account}-6-{len(self.objects)}"
        self.objects.append({"objectType": type_name, "id": wire_id, **values})
        self.by_type.setdefault(type_name, [[], []])[n].append(wire_id)
        return wire_id

    def add_item(
        self, *, project: int, epic: Any, sprint: Any, release: Any, board: Any, list: Any, tags: Any, people: Any,
        tasks: Any, **plain: Any,
    ) -> None:  # fmt: skip
        """Adds a backlog item with tasks; what is drawn points to what the project has."""
        own = {name: ids[project] for name, ids in self.by_type.items()}
        epics = own.get("Epic") or []
        common = {"projectID": self.projects[project]}
        item = self.add(
            "BacklogItem", project, **common, **plain,
            parentEpicID=chosen(epics, epic), sprintID=chosen(own["Sprint"], sprint),
            releaseID=chosen(own["Release"], release), boardID=chosen(own["Board"], board),
            boardColumnID=None if tasks else chosen(own["BoardColumn"], board),
            backlogListID=chosen(own["BacklogList"], list),
            tagIDs=several(own["Tag"], tags), assignedPersonIDs=several(self.people, people),
        )  # fmt: skip
        if plain["type"] == "Epic":
            self.by_type.setdefault("Epic", [[], []])[project].append(item)
        for each in tasks:
            column = chosen(own["BoardColumn"], board)
            self.add(
                "Task", project, **common, backlogItemID=item, name="t", status="To do", boardColumnID=column,
                assignedPersonIDs=several(self.people, each),
            )  # fmt: skip

    def wire(self, name: str, value: Any) -> str | None:
        """A filter's value as it is sent; None if there is nothing that it could name."""
        if name == "projectIDs":
            return ",".join(self.projects[n] for n in value)
        if name == "personID":
            return str(self.people[value % 3])
        types = {"epicID": "Epic", "tagIDs": "Tag"}
        known = self.by_type.get(types.get(name, name[0].upper() + name[1:].removesuffix("ID")), [[], []])
        every = [*known[0], *known[1]]
        if name == "tagIDs":
            return ",".join(every[n] for n in value)
        return chosen(every, value) if name.endswith("ID") else str(value)


def chosen(known: list[str], pick: int | None) -> str | None:
    return known[pick % len(known)] if known and pick is not None else None


def several(known: list[str], picks: list[int]) -> list[str]:
    return list(dict.fromkeys(known[pick % len(known)] for pick in picks))
