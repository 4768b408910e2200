"""An account that was exported and imported is the same: at every version, with all that was ever said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from scrumrpc.calls.authentication import credentials_of, prefix_of
from scrumrpc.errors import DataVersionNoLongerKept, InvalidAPIKey, InvalidParameter, RequirementNotSatisfied
from scrumrpc.model.export.lines import Seal
from scrumrpc.store import exporting, keys
from scrumrpc.wire.endpoint import result_of
from tests.backup.transferring import exported, imported, live, same, told, unused
from tests.store.giving_up import give_up
from tests.world import EVERYTHING, World


def text(world: World, method: str, /, **given: str) -> bytes:
    """What a call answers, as it is sent, but for the account's epoch."""
    return b"".join(result_of(world.answer(method, **given))).replace(world.epoch.encode(), b"EPOCH")


def seen(world: World, versions: range) -> list[bytes]:
    """All that reading calls tell of the account: its data at each version, and how one led to the other."""
    data = [text(world, "getData", includeProperties=EVERYTHING, atDataVersion=str(each)) for each in versions]
    people = told([data[-1]])[0]["result"]["persons"]
    return [
        *data,
        text(world, "getChanges", sinceDataVersion=str(versions[0])),
        text(world, "getChanges", sinceDataVersion=str(versions[0]), collapse="true"),
        text(world, "getVersions"),
        text(world, "getNamedVersions"),
        *(text(world, "getObjectHistory", objectType="Person", objectID=each["id"]) for each in people),
    ]


def contents(world: World) -> dict[str, Any]:
    """What files and attachments hold, by the ids of the objects."""
    image = world.tables()
    return {
        each.id: world.call(f"get{each.type}FileContents".replace("FileFile", "File"), **{name: each.id})
        for each in image.records()
        for name in (f"{each.type[0].lower()}{each.type[1:]}ID",)
        if each.type in ("File", "Attachment") and each["content"] is not None
    }


@pytest.mark.parametrize(
    ("seed", "calls"), [(1, 40), *(pytest.param(seed, 150, marks=pytest.mark.slow) for seed in (2, 3, 4))]
)
def test_nothing_is_lost(world: World, tmp_path: Path, seed: int, calls: int) -> None:
    live(world, seed, calls)
    world.call("addNamedVersion", name="a name", note="Ä ☃")
    item = next(each for each in world.tables().records() if each.type == "BacklogItem")
    attached = {"ownerObjectType": "BacklogItem", "ownerObjectID": item.id, "fileName": "x.bin"}
    world.call("addAttachment", **attached, fileContents="AP8=")
    versions = range(world.version + 1)
    before, files, lines = seen(world, versions), contents(world), exported(world)
    old = world.account
    assert imported(world, lines, tmp_path) != old
    assert seen(world, versions) == before
    assert contents(world) == files != {}
    assert same(exported(world)) == same(lines)
    world.check_log_gives_tables()
    [account], [again] = told(lines, "account"), told(exported(world), "account")
    assert {name for name in account if account[name] != again[name]} == {"account", "epoch", "exportedAt"}


def test_history_that_was_given_up_is_not_missed(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="1")
    gone = world.call("addTag", projectID=project, name="a tag")
    for name in ("2", "3", "4", "5"):
        world.call("setProjectName", projectID=project, name=name)
    world.call("addNamedVersion", name="early", dataVersion="4")
    world.call("deleteTag", tagID=gone)
    world.call("setProjectName", projectID=project, name="6")
    give_up(world, 7)
    kept = [4, *range(7, world.version + 1)]
    before = [text(world, "getData", includeProperties=EVERYTHING, atDataVersion=str(each)) for each in kept]
    lines = exported(world)
    imported(world, lines, tmp_path)
    assert [text(world, "getData", includeProperties=EVERYTHING, atDataVersion=str(each)) for each in kept] == before
    assert [each["name"] for each in world.call("getData", atDataVersion="early")["projects"]] == ["2"]
    with pytest.raises(DataVersionNoLongerKept, match="before data version 7 is no longer kept"):
        world.call("getData", atDataVersion="6")
    assert same(exported(world)) == same(lines)


def test_the_history_goes_on(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="A")
    tag = world.call("addTag", projectID=project, name="red")
    world.call("setTagName", tagID=tag, name="green")
    world.call("deleteTag", tagID=tag)
    imported(world, exported(world), tmp_path)
    world.call("restoreObject", objectType="Tag", objectID=tag)
    world.call("revertVersion", dataVersion="4")
    new = world.call("addTag", projectID=project, name="new")
    names = [each["name"] for each in world.data()["projects"][0]["tags"]]
    assert names == ["red", "new"]
    assert new == f"{world.account}-0-{world.tables().find('Tag', new).number}"  # type: ignore[union-attr]
    assert [each["dataVersion"] for each in world.call("getChanges", sinceDataVersion="5")["versions"]] == [6, 7, 8]
    world.check_log_gives_tables()


def test_new_ids_never_meet_imported_ones(world: World, tmp_path: Path) -> None:
    home = unused(world)
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    ids = [f"{home}-0-4000", f"{home}-0-12"]
    for wire_id in ids:
        project = {"objectType": "Project", "id": wire_id, "name": wire_id, "status": "Active", **units}
        world.load(project)
    world.call("deleteProject", projectID=ids[0])  # nobody else is ever called so
    imported(world, exported(world), tmp_path, home)
    assert world.call("addProject", name="new") == f"{home}-0-4001"


def test_no_key_works_and_no_webhook_sends(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="A", requestID="once")
    secret = world.call("addWebhook", url="https://1.1.1.1/x", description="to CI", projectIDs=project)["secret"]
    world.call("resetCommitHookSecret")
    old_key = world.key
    lines = exported(world)
    assert not [line for line in lines if old_key.encode() in line or secret.encode() in line]
    imported(world, lines, tmp_path)
    own = old_key.partition("-")[2]
    with pytest.raises(InvalidAPIKey):
        world.run(world.calls.call("getData", {}, credentials_of(world.admin, f"{world.account}-{own}"), "x"))
    old, _ = world.store(lambda conn: keys.keys_of(conn, world.account))
    assert (old.name, old.prefix, old.revoked_at is None) == ("test key", prefix_of(old_key), False)
    [webhook] = world.call("getWebhooks")
    assert (webhook["isEnabled"], webhook["projectIDs"], webhook["description"]) == (False, [project], "to CI")
    assert "imported" in webhook["disabledReason"]
    with pytest.raises(RequirementNotSatisfied):  # it is executed, and not taken for the repeat that it would be there
        world.call("addProject", name="A", requestID="once", onRepeat="result")


def test_only_an_empty_account_takes_it(world: World, tmp_path: Path) -> None:
    lines = exported(world)
    with pytest.raises(RequirementNotSatisfied, match=f"the account {world.account} has data and API keys"):
        imported(world, lines, tmp_path, world.account)
    with_webhook = unused(world)
    imported(world, lines, tmp_path, with_webhook)
    with pytest.raises(RequirementNotSatisfied, match="has data and API keys"):
        imported(world, lines, tmp_path, with_webhook)


def test_an_export_is_one_point_in_time(world: World, tmp_path: Path) -> None:
    project = world.call("addProject", name="A")
    for name in "BCD":
        world.call("setProjectName", projectID=project, name=name)
    version, data = world.version, text(world, "getData")

    async def read(conn: Any) -> list[bytes]:
        lines: list[bytes] = []
        async for line in exporting.export(conn, world.account, Seal()):
            lines.append(line)
            if orjson.loads(line)["line"] == "account":  # from now on the account is another one
                await world.send("addTag", projectID=project, name="late")
                await world.send("deleteProject", projectID=project)
                await world.send("addNamedVersion", name="late")
        return lines

    lines = world.store(read)
    assert world.version == version + 2
    imported(world, lines, tmp_path)
    assert (world.version, text(world, "getData")) == (version, data)


@pytest.mark.slow
def test_the_database_knows_how_large_an_imported_account_is(world: World, tmp_path: Path) -> None:
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    project = {"objectType": "Project", "id": "1-2-0", "name": "A", "status": "Active", **units}
    tags = [
        {"objectType": "Tag", "id": f"1-2-{n}", "projectID": "1-2-0", "name": f"{n}", "color": "Red"}
        for n in range(1, 1500)
    ]
    world.load(project, *tags)
    imported(world, exported(world), tmp_path)

    async def estimate(conn: Any) -> Any:
        query = f"EXPLAIN (FORMAT JSON) SELECT FROM tags WHERE account_id = {world.account}"
        return await (await conn.execute(query)).fetchone()

    ([explained],) = world.store(estimate)  # else it would expect one
    assert explained["Plan"]["Plan Rows"] > 500


def test_an_account_without_anything_is_one_as_well(world: World, tmp_path: Path) -> None:
    world.account = unused(world)
    lines = exported(world)
    assert [each["line"] for each in told(lines)] == ["account", "end"]
    imported(world, lines, tmp_path)
    assert world.operator("getDataVersion") == 0


def test_broken_rules_come_along_where_they_may(world: World, tmp_path: Path) -> None:
    project = {
        "objectType": "Project", "id": "1-2-1", "name": "A", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    world.load(project, {"objectType": "Backlog", "id": "1-2-2", "projectID": "1-2-1", "name": "without a list"})
    lines = exported(world)
    with pytest.raises(InvalidParameter, match=r"in 1 places: .*Backlog 1-2-2 has no list"):
        imported(world, lines, tmp_path)
    imported(world, lines, tmp_path, keepsBrokenRules="true", accountName="Mine")
    assert same(exported(world)) == same(lines)
    assert told(exported(world), "account")[0]["name"] == "Mine"
