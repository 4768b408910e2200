"""Giving up history: which rows stay, what can be read afterwards, and that nothing later is touched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.errors import DataVersionNoLongerKept, ObjectNotFound
from scrumrpc.store import compaction
from scrumrpc.store.database import Connection, Database, ping
from scrumrpc.store.images import Images
from tests.calls.company import ask
from tests.store.giving_up import age, give_up
from tests.world import World

T = TypeVar("T")


def rows(world: World) -> dict[str, list[tuple[int, str]]]:
    """The changes that are kept of each backlog item, by the wire id: versions and operations."""

    async def read(conn: Any) -> Any:
        cursor = await conn.execute(
            """
            SELECT object_id, version, operation FROM changes WHERE account_id = %s AND object_type = 'BacklogItem'
            ORDER BY object_id, version
            """,
            (world.account,),
        )
        return await cursor.fetchall()

    kept: dict[str, list[tuple[int, str]]] = {}
    for number, version, operation in world.store(read):
        kept.setdefault(f"{world.account}-0-{number}", []).append((version, operation))
    return kept


def versions(world: World) -> list[int]:
    """The versions of which something is kept."""

    async def read(conn: Any) -> Any:
        query = "SELECT version FROM versions WHERE account_id = %s ORDER BY version"
        return await (await conn.execute(query, (world.account,))).fetchall()

    return [version for (version,) in world.store(read)]


def fresh(world: World, limit: int = 10**9) -> Calls:
    """What answers calls as a worker does that was started just now."""
    limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
    return Calls(world.database, Images(world.database, limit), limits)


def reads(world: World, calls: Calls, version: int | str) -> list[str]:
    """The names of the backlog items at a version."""
    given = {"atDataVersion": str(version)}
    answer = world.run(calls.call("getBacklogItems", given, credentials_of(world.admin, world.key), "test"))
    return [each["name"] for each in world.read(answer)["backlogItems"]]


@pytest.fixture
def life(world: World) -> str:
    """An item that is added in version 3, changed in 5 and 8, and deleted in 12; others come in between."""
    project = world.call("addProject", name="A")
    item = str(world.call("addBacklogItem", projectID=project, name="3"))
    for version in range(4, 14):
        if version in (5, 8):
            world.call("setBacklogItemName", backlogItemID=item, name=str(version))
        elif version == 12:
            world.call("deleteBacklogItem", backlogItemID=item)
        else:
            world.call("setProjectName", projectID=project, name=str(version))
    assert world.version == 13
    return item


WITHOUT_NAMES = {2: [3, 5, 8, 12], 3: [3, 5, 8, 12], 7: [5, 8, 12], 10: [8, 12], 12: [12], 13: []}
"""By the oldest version: the rows that stay of the item where no version has a name."""


@pytest.mark.parametrize(
    ("oldest", "named", "kept"),
    [
        *((oldest, None, kept) for oldest, kept in WITHOUT_NAMES.items()),
        (10, 4, [3, 8, 12]),
        (12, 4, [3, 12]),
        (13, 4, [3, 12]),
        (13, 1, []),
        (13, 12, []),
        (13, 8, [8, 12]),
    ],
)
def test_what_stays_of_an_object(world: World, life: str, oldest: int, named: int | None, kept: list[int]) -> None:
    if named is not None:
        world.call("addNamedVersion", name="n", dataVersion=str(named))
    done = give_up(world, oldest)
    assert done is not None
    assert (done.oldest_before, done.oldest) == (0, oldest)
    assert [version for version, _ in rows(world).get(life, [])] == kept
    names = {3: ["3"], 4: ["3"], 5: ["5"], 6: ["5"], 7: ["5"], 8: ["8"], 9: ["8"], 10: ["8"], 11: ["8"]}
    for calls in (fresh(world), fresh(world, limit=1)):
        for version in range(14):
            if version >= oldest or version == named:
                assert reads(world, calls, version) == names.get(version, [])
            else:
                with pytest.raises(DataVersionNoLongerKept, match=rf"is {version}, .* from {oldest} to 13\.$"):
                    reads(world, calls, version)
    if named is not None:
        assert reads(world, fresh(world), "n") == names.get(named, [])
        world.call("deleteNamedVersion", name="n")
        give_up(world, oldest)
        assert [version for version, _ in rows(world).get(life, [])] == WITHOUT_NAMES[oldest]
    page = world.call("getVersions")
    assert page["oldestDataVersion"] == oldest
    assert [each["dataVersion"] for each in page["versions"]] == list(range(13, oldest - 1, -1))
    assert set(versions(world)) >= set(range(oldest, 14))
    world.check_log_gives_tables()


def test_versions_without_a_change_go(world: World, life: str) -> None:
    world.call("addNamedVersion", name="n", dataVersion="6")
    give_up(world, 13)
    # The person; the project's backlog; of the item what leads back to 6; the named version; the oldest one.
    assert versions(world) == [1, 2, 5, 6, 12, 13]
    again = give_up(world, 13)
    assert not again


def test_a_try_keeps_everything(world: World, life: str) -> None:
    world.call("addNamedVersion", name="n", dataVersion="6")
    before = rows(world), versions(world)
    tried = give_up(world, 11, tries=True)
    assert tried
    assert (rows(world), versions(world)) == before
    assert world.call("getVersions")["oldestDataVersion"] == 0
    assert give_up(world, 11) == tried


def test_the_oldest_version_never_goes_back(world: World, life: str) -> None:
    give_up(world, 11)
    done = give_up(world, 5)
    assert not done
    assert done is not None
    assert done.oldest == done.oldest_before == 11


def test_a_clock_that_was_set_back_gives_up_less(world: World, life: str) -> None:
    async def work(conn: Any) -> int:
        await age(conn, world.account, 13)
        update = "UPDATE versions SET committed_at = now() WHERE account_id = %s AND version = 4"
        await conn.execute(update, (world.account,))
        return (await compaction.compact(conn, world.account, 5)).oldest

    assert world.store(work) == 3


def test_other_accounts_keep_theirs(world: World, life: str) -> None:
    first, key = world.account, world.key
    world.new_account()
    world.call("addProject", name="A")
    give_up(world, 2)
    world.account, world.key = first, key
    assert len(versions(world)) == 13
    assert world.call("getVersions")["oldestDataVersion"] == 0


def test_what_changed_since_a_version_that_is_given_up(world: World) -> None:
    """It is known as before: what changed since then still has a change since then."""
    project = world.call("addProject", name="A")
    items = [str(world.call("addBacklogItem", projectID=project, name=str(n))) for n in range(4)]
    for n in (0, 1, 0, 2, 0, 3):
        world.call("setBacklogItemName", backlogItemID=items[n], name="x")
        world.call("setBacklogItemName", backlogItemID=items[n], name="y")
    world.call("deleteBacklogItem", backlogItemID=items[2])
    present = world.version
    world.call("addNamedVersion", name="n", dataVersion=str(present - 6))

    def changed() -> dict[tuple[int, int], list[str]]:
        ends = [present - 6, *range(present - 3, present + 1)]
        return {
            (since, until): ask(world, changedSince=str(since), atDataVersion=str(until))
            for until in ends
            for since in range(until + 1)
        }

    before = changed()
    give_up(world, present - 3)
    assert changed() == before
    since = {since: ask(world, changedSince=str(since)) for since in range(present + 1)}
    assert since == {since: before[since, present] for since in range(present + 1)}


def test_an_image_that_was_left_behind(world: World, life: str) -> None:
    """What leads it on to the present is given up: it must not be led on by what is left of that."""
    behind = fresh(world)
    project = world.data()["projects"][0]["id"]
    gone = world.call("addBacklogItem", projectID=project, name="gone")
    world.run(behind.call("getData", {}, credentials_of(world.admin, world.key), "test"))
    world.call("deleteBacklogItem", backlogItemID=gone)
    world.call("addBacklogItem", projectID=project, name="new")
    give_up(world, world.version)
    assert reads(world, behind, world.version) == ["new"]


def test_a_past_image_from_before_the_oldest_version(world: World, life: str) -> None:
    """It may be kept in memory, but does not lead to others any more."""
    calls = fresh(world)
    world.call("addNamedVersion", name="n", dataVersion="4")
    assert reads(world, calls, 6) == ["5"]
    give_up(world, 11)
    assert reads(world, calls, "n") == ["3"]
    with pytest.raises(DataVersionNoLongerKept):
        reads(world, calls, 6)


@pytest.mark.parametrize("oldest", [11, 12, 13])
def test_what_was_deleted_before_the_oldest_version_stays_deleted(world: World, life: str, oldest: int) -> None:
    """Though a named version keeps an earlier state of it: that is not what it was when it went."""
    world.call("addNamedVersion", name="n", dataVersion="4")
    give_up(world, oldest)
    if oldest < 12:
        world.call("restoreObject", objectType="BacklogItem", objectID=life)
        assert reads(world, world.calls, world.version) == ["8"]
    else:
        with pytest.raises(ObjectNotFound, match=f"What was deleted up to data version {oldest} is no longer kept"):
            world.call("restoreObject", objectType="BacklogItem", objectID=life)
        with pytest.raises(DataVersionNoLongerKept):
            world.call("revertVersion", dataVersion="12")


class Racing(Database):
    """A database in which something happens between the first reading of a call, of who calls, and the second."""

    then: Callable[[], Awaitable[None]]
    readings: int | None = None  # None: not counted

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        if self.readings is not None:
            self.readings += 1
            if self.readings == 2:
                await self.then()
        return await super().read(work)


@pytest.mark.parametrize(
    ("given", "oldest", "gone"),
    [
        ({"atDataVersion": "10"}, 11, 10),
        ({"atDataVersion": "6", "changedSince": "4"}, 9, 6),
        ({"atDataVersion": "6", "changedSince": "4"}, 6, None),
        ({"changedSince": "11"}, 13, None),
    ],
)
def test_history_that_goes_while_a_call_runs(
    world: World, life: str, given: dict[str, str], oldest: int, gone: int | None
) -> None:
    """A call that was let in before, and reads afterwards, is refused rather than told something wrong."""
    database = Racing(world.database.url, size=2)
    calls = Calls(database, Images(database, 10**9), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))

    async def call(given: dict[str, str]) -> Any:
        return await calls.call("getBacklogItems", given, credentials_of(world.admin, world.key), "test")

    async def then() -> None:
        async with world.database.begin(ping) as (conn, _):
            await age(conn, world.account, oldest)
            await compaction.compact(conn, world.account, 5)

    async def race() -> Any:
        await database.open()
        try:
            await call({"atDataVersion": "6"})  # whose image is kept
            await calls.close()
            database.readings, database.then = 0, then
            return await call(given)
        finally:
            await database.close()

    if gone is None:
        names = [each["name"] for each in world.read(world.run(race()))["backlogItems"]]
        assert names == (["5"] if "atDataVersion" in given else [])
    else:
        with pytest.raises(DataVersionNoLongerKept, match=f"data version {gone} was given up while the call was"):
            world.run(race())


def test_what_changed_since_while_the_present_becomes_the_oldest_version(world: World) -> None:
    """An image of what was the present is kept: the rows that tell what had changed by then are gone."""
    project = world.call("addProject", name="A")
    item = str(world.call("addBacklogItem", projectID=project, name="a"))
    since = str(world.version)
    world.call("setBacklogItemName", backlogItemID=item, name="b")
    database = Racing(world.database.url, size=2)
    calls = Calls(database, Images(database, 10**9), Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0))
    credentials = credentials_of(world.admin, world.key)

    async def then() -> None:
        answer = await world.send("setBacklogItemName", backlogItemID=item, name="c")
        async with world.database.begin(ping) as (conn, _):
            await age(conn, world.account, answer.version)
            assert (await compaction.compact(conn, world.account, 5)).oldest == answer.version

    async def race() -> Any:
        await database.open()
        try:
            await calls.call("getData", {}, credentials, "test")  # whose image is kept
            await calls.close()
            database.readings, database.then = 0, then
            return await calls.call("getBacklogItems", {"changedSince": since}, credentials, "test")
        finally:
            await database.close()

    answer = world.run(race())
    assert answer.version == world.version
    assert [each["name"] for each in world.read(answer)["backlogItems"]] == ["c"]


def test_files_of_which_nothing_tells_any_more(world: World) -> None:
    project = world.call("addProject", name="A")
    given = {"projectID": project, "name": "a", "fileName": "a.txt", "fileContents": "YQ=="}
    kept, replaced, deleted = (str(world.call("addFile", **given)) for _ in range(3))
    world.call("setFileContents", fileID=replaced, fileContents="Yg==")
    world.call("deleteFile", fileID=deleted)
    before = world.version

    def contents() -> int:
        query = "SELECT count(*) FROM file_contents WHERE account_id = %s"

        async def count(conn: Any) -> int:
            row = await (await conn.execute(query, (world.account,))).fetchone()
            return int(row[0])

        return int(world.store(count))

    world.call("addNamedVersion", name="with all three", dataVersion=str(before - 1))
    world.call("setProjectName", projectID=project, name="B")
    done = give_up(world, world.version)
    assert done is not None
    assert (done.files, contents()) == (1, 3)
    world.call("deleteNamedVersion", name="with all three")
    done = give_up(world, world.version)
    assert done is not None
    assert (done.files, contents()) == (1, 2)
    assert [world.call("getFileContents", fileID=each) for each in (kept, replaced)] == ["YQ==", "Yg=="]


def test_what_a_webhook_has_still_to_send_is_kept(world: World, life: str) -> None:
    add = """
        INSERT INTO webhooks (account_id, webhook_id, url, person_id, secret, delivered_version, is_enabled,
            disabled_reason) VALUES (%s, %s, 'https://127.0.0.1', 1, 'whsec_c2VjcmV0', %s, %s, %s)
    """
    for number, (delivered, reason) in enumerate([(7, None), (9, None), (2, "turned off")]):
        values = (world.account, number, delivered, reason is None, reason)
        world.store(lambda conn, values=values: conn.execute(add, values))
    give_up(world, 12)
    assert world.call("getVersions")["oldestDataVersion"] == 7
    delete = "DELETE FROM webhooks WHERE account_id = %s AND delivered_version = 7"
    world.store(lambda conn: conn.execute(delete, (world.account,)))
    give_up(world, 12)
    assert world.call("getVersions")["oldestDataVersion"] == 9
