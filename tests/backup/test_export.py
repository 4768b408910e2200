"""An account that was exported and imported is the same: at every version, with all that was ever said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scrumrpc.wire.endpoint import result_of
from tests.backup.transferring import exported, imported, live, same, told
from tests.world import EVERYTHING, World


def text(world: World, method: str, /, **given: str) -> bytes:
    """What a call answers, as it is sent."""
    return b"".join(result_of(world.answer(method, **given)))


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
    "seed", [1, 2, pytest.param(3, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)]
)
def test_nothing_is_lost(world: World, tmp_path: Path, seed: int) -> None:
    live(world, seed, 120)
    world.call("addNamedVersion", name="a name", note="Ä ☃")
    item = next(each for each in world.tables().records() if each.type == "BacklogItem")
    world.call(
        "addAttachment", ownerObjectType="BacklogItem", ownerObjectID=item.id, fileName="x.bin", fileContents="AP8="
    )
    versions = range(world.version + 1)
    before, files, lines = seen(world, versions), contents(world), exported(world)
    old = world.account
    assert imported(world, lines, tmp_path) != old
    assert seen(world, versions) == before
    assert contents(world) == files != {}
    assert same(exported(world)) == same(lines)
    world.check_log_gives_tables()
    [account], [again] = told(lines, "account"), told(exported(world), "account")
    differ = {name for name in account if account[name] != again[name]}
    assert differ == {"account", "epoch", "exportedAt"}
