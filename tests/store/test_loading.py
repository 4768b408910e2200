"""Loading an account: every value as it was written, others have their turns meanwhile, a load may be given up."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc
from typing import Any

import orjson
import psycopg
import pytest

from scrumrpc.calls.kinds import LATEST_MOMENT
from scrumrpc.cli import sample
from scrumrpc.model.record import Record
from scrumrpc.store.images import load_from_tables
from scrumrpc.store.loading import load_records
from tests.load import cold
from tests.world import World

PROJECT = {
    "objectType": "Project", "id": "1-1-1", "name": "P", "status": "Active", "roughEstimateUnit": "Points",
    "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
}  # fmt: skip
TAGS = [
    {"objectType": "Tag", "id": f"1-4-{n}", "projectID": "1-1-1", "name": f"t{n}", "color": "Red"} for n in range(3)
]


def item(n: int, **given: Any) -> dict[str, Any]:
    return {
        "objectType": "BacklogItem", "id": f"1-2-{n}", "projectID": "1-1-1", "name": f"Item {n}", "status": "New",
        **given,
    }  # fmt: skip


def read(world: World) -> dict[str, Record]:
    """The backlog items in the tables, by name."""
    return {record["name"]: record for record in world.tables().records() if record.type == "BacklogItem"}


def test_times_and_days_come_back_to_the_millisecond(world: World) -> None:
    chance = random.Random(5)
    times = [0, 1, 999, 1_381_000_000_001, LATEST_MOMENT - 1, LATEST_MOMENT, None]
    times += [chance.randint(0, chance.choice((10**6, 2 * 10**12, LATEST_MOMENT))) for _ in range(300)]
    days = ["0001-01-01", "0999-12-31", "1999-12-31", "2000-02-29", "9999-12-31", None]
    given = [(time, chance.choice(days)) for time in times]
    world.load(PROJECT, *(item(n, creationDate=time, dueDate=day) for n, (time, day) in enumerate(given)))
    found = read(world)
    assert [(found[f"Item {n}"]["creationDate"], found[f"Item {n}"]["dueDate"]) for n in range(len(given))] == given


def test_lists_of_ids_come_back_in_order(world: World) -> None:
    given = [[], ["1-4-2"], ["1-4-1", "1-4-0", "1-4-2"], ["1-4-0", "1-4-1"], ["1-4-2"], []]
    world.load(PROJECT, *TAGS, *(item(n, tagIDs=tags) for n, tags in enumerate(given)))
    image = world.tables()
    found = read(world)
    assert [[image[tag].id for tag in found[f"Item {n}"]["tagIDs"]] for n in range(len(given))] == given
    assert all(record["assignedPersonIDs"] == [] for record in found.values())


def test_what_many_objects_have_alike_is_in_memory_once(world: World) -> None:
    world.load(PROJECT, *TAGS, *(item(n, estimate=7.25, dueDate="2030-01-01", tagIDs=["1-4-1"]) for n in range(2)))
    first, second = read(world).values()
    for name in ("status", "projectID", "estimate", "dueDate", "tagIDs"):
        assert first[name] is second[name]
    assert first["assignedPersonIDs"] is second["assignedPersonIDs"]
    again = next(iter(read(world).values()))
    assert again["tagIDs"] == first["tagIDs"]
    assert again["tagIDs"] is not first["tagIDs"]  # no two images, of two accounts for example, have a list in common


def test_others_have_their_turns_while_an_account_is_loaded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.load(PROJECT, *(item(n) for n in range(1500)))
    made = 0
    of_row = Record.of_row

    def counted(number: int, type_name: str, row: tuple[Any, ...]) -> Record:
        nonlocal made
        made += 1
        return of_row(number, type_name, row)

    monkeypatch.setattr(Record, "of_row", counted)

    async def most_between_turns() -> int:
        loading = asyncio.create_task(world.database.read(lambda conn: load_records(conn, world.account)))
        seen = most = 0
        while not loading.done():
            await asyncio.sleep(0)
            most, seen = max(most, made - seen), made
        assert len(await loading) == made == 1502  # with the project and the person
        return most

    assert world.run(most_between_turns()) <= 250


def test_loading_may_be_given_up_at_any_time(world: World) -> None:
    world.load(PROJECT, *(item(n) for n in range(600)))

    async def given_up_after(turns: int) -> bool:
        loading = asyncio.create_task(world.database.read(lambda conn: load_from_tables(conn, world.account)))
        for _ in range(turns):
            await asyncio.sleep(0)
        over = loading.done()
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        return over

    turns = 1
    while not world.run(given_up_after(turns)):
        turns += 1 + turns // 2
        assert len(world.tables()) == 602
    assert turns > 10


def test_the_baseline_of_the_benchmark_makes_the_same_answer(world: World) -> None:
    world.load(*sample.objects())
    projects = world.data(include="Project.backlogItems,BacklogItem.tasks")["projects"]
    items = {each["id"]: each for project in projects for each in project["backlogItems"]}
    with psycopg.connect(world.database.url) as conn:
        made = orjson.loads(cold.backlog_items(conn, world.account))
    assert {each["id"]: each for each in made} == items
    assert list(made[0]) == list(items[made[0]["id"]])


@pytest.mark.slow
@pytest.mark.parametrize("text", ["x", "ein längerer Text ✓ " * 400])
def test_the_size_that_an_image_tells_is_the_memory_that_it_takes(world: World, text: str) -> None:
    world.load(PROJECT, *(item(n, description=f"{text}{n}") for n in range(700)))
    world.tables()  # what is made once for all images is there now
    gc.collect()
    tracemalloc.start()
    try:
        image = world.tables()
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.8 < image.bytes / taken < 1.25
