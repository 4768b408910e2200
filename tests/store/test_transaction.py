"""Transactions that read between their changes: what they see, and that the log keeps only what came of it."""

from __future__ import annotations

from typing import Any

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.store.group import Group
from scrumrpc.store.opening import Asked, open_calls
from scrumrpc.store.transaction import Transaction
from tests.world import World


def within(world: World, work: Any) -> int:
    """Runs work in a transaction of the account and answers the version that it led to."""
    credentials = credentials_of(world.admin, world.key)

    async def whole() -> int:
        first = world.database.begin(lambda conn: open_calls(conn, [Asked(credentials)]))
        async with first as (conn, opened):
            [standing] = opened.standings
            assert standing is not None
            group = Group(conn, world.account, standing)
            tx = Transaction(group, standing)
            await work(tx)
            tx.hand_over("test", "test", None, None)
            await group.commit()
            return tx.version

    return world.run(whole())


async def make_project(tx: Transaction, name: str) -> Any:
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    return await tx.create("Project", name=name, status="Active", **units)


def log_of(world: World, version: int) -> list[Any]:
    async def read(conn: Any) -> list[Any]:
        cursor = await conn.execute(
            """
            SELECT object_type, operation, changed FROM changes WHERE account_id = %s AND version = %s
            ORDER BY object_id
            """,
            (world.account, version),
        )
        return list(await cursor.fetchall())

    found: list[Any] = world.store(read)
    return found


def test_later_reads_see_what_was_done(world: World) -> None:
    async def work(tx: Transaction) -> None:
        project = await make_project(tx, "A")
        items = [await tx.create("BacklogItem", projectID=project.number, name=str(n), status="New") for n in range(3)]
        first = await tx.create("BacklogItem", 0, projectID=project.number, name="first", status="New")
        assert await tx.count("BacklogItem", project) == 4
        await tx.change(first, name="renamed")
        await tx.delete(items[1])
        assert [item["name"] for item in await tx.members("BacklogItem", project)] == ["renamed", "0", "2"]
        assert (await tx.get("BacklogItem", first.number))["name"] == "renamed"

    version = within(world, work)
    assert [row[:2] for row in log_of(world, version)] == [
        ("Project", "created"), ("BacklogItem", "created"), ("BacklogItem", "created"), ("BacklogItem", "created"),
    ]  # fmt: skip


def test_what_came_and_went_leaves_no_version(world: World) -> None:
    before = world.version

    async def work(tx: Transaction) -> None:
        project = await make_project(tx, "A")
        assert await tx.members("BacklogItem", project) == []  # flushes
        await tx.delete(project)

    assert within(world, work) == before == world.version


def test_there_and_back_is_no_change(world: World) -> None:
    project_id = world.call("addProject", name="A")
    before = world.version

    async def work(tx: Transaction) -> None:
        number = int(project_id.split("-")[2])
        project = await tx.get("Project", number)
        renamed = await tx.change(project, name="B")
        assert (await tx.get("Project", number))["name"] == "B"
        await tx.change(renamed, name="A")

    assert within(world, work) == before


def test_a_name_can_be_taken_over_within_a_call(world: World) -> None:
    made: list[Any] = []

    async def make(tx: Transaction) -> None:
        made.append(await make_project(tx, "A"))

    within(world, make)

    async def work(tx: Transaction) -> None:
        await tx.delete(await tx.get("Project", made[0].number))
        await make_project(tx, "A")

    version = within(world, work)
    assert [row[:2] for row in log_of(world, version)] == [("Project", "deleted"), ("Project", "created")]


def test_many_changes_of_one_object_are_one_change(world: World) -> None:
    project_id = world.call("addProject", name="A")

    async def work(tx: Transaction) -> None:
        project = await tx.get("Project", int(project_id.split("-")[2]))
        for n in range(3):
            project = await tx.change(project, name=f"A{n}", description="d")
            await tx.count("Tag", project)

    version = within(world, work)
    assert log_of(world, version) == [("Project", "updated", ["name", "description"])]


def test_imported_ids_are_kept_clear_of(world: World) -> None:
    a = world.account
    project = {
        "objectType": "Project", "id": f"{a}-0-500", "name": "A", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    world.load(project)
    assert world.call("addBacklogItem", projectID=f"{a}-0-500", name="x") == f"{a}-0-501"
