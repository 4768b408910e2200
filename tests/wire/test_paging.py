"""Pages of getBacklogItems from a server with two workers, while the backlog changes between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter
from scrumrpc.store import ranks
from tests.calls.company import ORDERS
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.world import World

ANEW = {"Connection": "close"}  # so that each request is on a connection of its own, with either worker


def page(client: httpx2.Client, **given: str) -> dict[str, Any]:
    """A page, from either worker."""
    answer: dict[str, Any] = result_of(client.post("getBacklogItems", data=given, headers=ANEW))
    return answer


def load_backlog(world: World, count: int) -> list[str]:
    """A project with items, each third of which is an epic that the two after it are part of."""
    project = {
        "objectType": "Project", "id": f"{world.account}-7-1", "name": "A", "status": "Active",
        "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    items = [
        {
            "objectType": "BacklogItem", "id": f"{world.account}-7-{n + 2}", "projectID": project["id"],
            "name": "xyz"[n % 2], "status": "New", "priority": ("Low", "High", None)[n % 3],
            "type": "Epic" if n % 3 == 0 else "Feature",
            "parentEpicID": f"{world.account}-7-{n - n % 3 + 2}" if n % 3 else None,
        }
        for n in range(count)
    ]  # fmt: skip
    world.load(project, *items)
    return [str(item["id"]) for item in items]


def test_pages_from_both_workers(client: httpx2.Client, world: World) -> None:
    items = load_backlog(world, 10)
    world.call("addTask", backlogItemID=items[1], name="t")
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        answer = page(client, limit="3", cursor=cursor, includeProperties="BacklogItem.tasks")
        found += answer["backlogItems"]
        cursor = answer["nextCursor"]
    assert [item["id"] for item in found] == items
    assert [task["name"] for task in found[1]["tasks"]] == ["t"]
    assert found[0]["childBacklogItems"] == found[1:3]
    by_get = result_of(client.get("getBacklogItems", params={"limit": "10"}))
    assert [item["id"] for item in by_get["backlogItems"]] == items
    assert by_get["nextCursor"] is None


def test_one_object(client: httpx2.Client, world: World) -> None:
    items = load_backlog(world, 3)
    asked = {"objectType": "BacklogItem", "objectID": items[0]}
    found = result_of(client.post("getObject", data=asked, headers=ANEW))
    assert found == page(client, limit="1")["backlogItems"][0]
    message_of(client.post("getObject", data=asked | {"externalID": "E"}), InvalidParameter)


PICK = st.integers(0, 11)
CHANGES: dict[str, Callable[[World, str, int], Any]] = {
    "rename": lambda world, item, n: world.call("setBacklogItemName", backlogItemID=item, name=f"y{n}"),
    "rate": lambda world, item, n: world.call(
        "setBacklogItemPriority", backlogItemID=item, priority=("Low", "Medium", "Urgent", "")[n % 4]
    ),
    "move": lambda world, item, n: world.call("moveBacklogItem", backlogItemID=item, index=str(-(n % 2))),
    "delete": lambda world, item, _: world.call("deleteBacklogItem", backlogItemID=item),
    "insert": lambda world, _, n: world.call(
        "addBacklogItem", projectID=f"{world.account}-7-1", name="x", priority="Low", index=str(n % 2)
    ),
}
CHANGE = st.tuples(st.sampled_from([*CHANGES, "insert"]), PICK, PICK)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([*ORDERS, *(f"-{order}" for order in ORDERS)]),
    st.integers(1, 4),
    st.lists(st.lists(CHANGE, max_size=4), max_size=8),
)
def test_what_nothing_happens_to_is_answered_once(
    server: Server, shared_world: World, short_ranks: None, order: str, limit: int, changes: list[list[Any]]
) -> None:
    world = shared_world
    world.new_account()
    left = load_backlog(world, 12)
    untouched, touched = set(left), set()
    answered: Counter[str] = Counter()
    with client_of(server.api, (world.admin, world.key)) as client:
        cursor = ""
        last = ""
        for between in [*changes, *[[]] * 40]:
            given = {"order": order, "limit": str(limit), "cursor": cursor}
            response = client.post("getBacklogItems", data=given, headers=ANEW)
            if response.status_code != 200:
                assert "out of date" in message_of(response, InvalidParameter)
                assert last not in left
                return
            answer = result_of(response)
            answered.update(item["id"] for item in answer["backlogItems"])
            cursor = answer["nextCursor"]
            if cursor is None:
                break
            last = answer["backlogItems"][-1]["id"]
            for name, pick, n in between:
                if not left:
                    continue
                item = left[pick % len(left)]
                new = CHANGES[name](world, item, n)
                if new:
                    left.append(new)
                    continue
                hit = {item, *children_of(item, world.account)}  # which go where their epic goes
                untouched -= hit
                touched |= hit
                if name == "delete":
                    left.remove(item)
    assert cursor is None
    assert {item: answered[item] for item in untouched} == dict.fromkeys(untouched, 1)
    assert all(count == 1 for item, count in answered.items() if item not in touched)


def children_of(item: str, account: int) -> set[str]:
    """What is part of an item of the loaded backlog."""
    n = int(item.rpartition("-")[2]) - 2
    return {f"{account}-7-{n + 3}", f"{account}-7-{n + 4}"} if f"{account}-7-" in item and n % 3 == 0 else set()


@pytest.fixture(scope="module")
def short_ranks() -> Any:
    """Makes a backlog get new ranks after few inserts at one place instead of a thousand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "_LONGEST", 6)
        yield


def test_changes_are_those_of_the_version(client: httpx2.Client, world: World) -> None:
    items = load_backlog(world, 12)
    then = world.version
    changed_at: dict[str, int] = {}

    def write() -> None:
        for item in items:
            response = client.post("setBacklogItemName", data={"backlogItemID": item, "name": "new"}, headers=ANEW)
            changed_at[item] = response.json()["dataVersion"]

    def read() -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        while not answers or answers[-1]["dataVersion"] < then + len(items):
            response = client.post("getBacklogItems", data={"changedSince": str(then)}, headers=ANEW)
            result_of(response)
            answers.append(response.json())
        return answers

    with ThreadPoolExecutor(5) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        threads.submit(write).result()
        answers = [answer for reader in readers for answer in reader.result()]
    for answer in answers:
        found = answer["result"]["backlogItems"]
        assert [item["id"] for item in found] == [each for each in items if changed_at[each] <= answer["dataVersion"]]
        assert {item["name"] for item in found} <= {"new"}
