"""Versions as they are told: whole ones, in order, in steps of any size, and to nobody more than it may know."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.calls import told as module
from scrumrpc.calls.told import Choice, told
from scrumrpc.model.record import Record
from tests.world import World


def tell(
    world: World,
    since: int,
    most: int = 1_000,
    *,
    reach: frozenset[int] | None = None,
    choice: Choice | None = None,
    largest: int | None = None,
) -> tuple[list[Any], int]:
    """What is told of the versions after `since`, and how far that goes."""
    until = world.version
    versions, reached = world.run(
        told(world.database, world.account, reach, choice or Choice(), since, until, most, origin="", largest=largest)
    )
    read = [orjson.loads(version.json) for version in versions]
    assert [version.version for version in versions] == [version["dataVersion"] for version in read]
    if largest is None:
        assert [version.changes for version in versions] == [len(version["changes"]) for version in read]
    return read, reached


def number(world: World, type_name: str, wire_id: str) -> int:
    record = world.tables().find(type_name, wire_id)
    assert isinstance(record, Record)
    return record.number


def test_a_version_tells_who_and_what(world: World) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    since = world.version
    release = world.call("addRelease", projectID=project, name="R")
    world.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=release)
    world.call("deleteRelease", releaseID=release)
    (made, planned, gone), reached = tell(world, since)
    assert reached == since + 3
    ann = world.data()["persons"][0]["id"]
    assert {name: made[name] for name in ("objectType", "dataVersion", "personID", "method")} == {
        "objectType": "Version", "dataVersion": since + 1, "personID": ann, "method": "addRelease",
    }  # fmt: skip
    assert planned["date"] >= made["date"] > 1_600_000_000_000
    assert len(planned["callID"]) == 8
    [change] = made["changes"]
    assert (change["changeType"], change["objectID"], change["projectID"]) == ("created", release, project)
    assert (change["oldValues"], change["newValues"]["name"]) == (None, "R")
    [change] = planned["changes"]
    assert change["changedProperties"] == ["releaseID"]
    assert (change["oldValues"], change["newValues"]) == ({"releaseID": None}, {"releaseID": release})
    freed, deleted = gone["changes"]
    assert freed["oldValues"] == {"releaseID": release}  # by its id, though it is gone
    assert (deleted["changeType"], deleted["newValues"], deleted["oldValues"]["name"]) == ("deleted", None, "R")


@pytest.mark.parametrize("step", [1, 2, 3, 1_000])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_versions_are_never_split(world: World, monkeypatch: pytest.MonkeyPatch, step: int, most: int) -> None:
    project = world.call("addProject", name="A")
    item = world.call("addBacklogItem", projectID=project, name="x")
    for name in "abcd":
        world.call("addTask", backlogItemID=item, name=name)
    world.call("deleteBacklogItem", backlogItemID=item)
    world.call("setProjectName", projectID=project, name="B")
    whole, reached = tell(world, 0, 10_000)
    assert reached == world.version == len(whole)
    monkeypatch.setattr(module, "_STEP", step)
    assert tell(world, 0, 10_000) == (whole, reached)
    pages, since = [], 0
    while since < world.version:
        page, reached = tell(world, since, most)
        assert reached == (page[-1]["dataVersion"] if reached < world.version else world.version)
        assert sum(len(version["changes"]) for version in page[:-1]) < most
        pages += page
        since = reached
    assert pages == whole
    cut, _ = tell(world, 0, 10_000, largest=3)
    assert cut == [version | {"changes": None} if len(version["changes"]) > 3 else version for version in whole]
    assert [version["method"] for version in cut if version["changes"] is None] == ["deleteBacklogItem"]


def test_nothing_shows_of_what_is_out_of_reach(world: World) -> None:
    since = world.version
    mine = world.call("addProject", name="Mine")
    other = world.call("addProject", name="Secret")
    world.call("addBacklogItem", projectID=other, name="hidden")
    world.person("bob@example.com")
    world.call("addBacklogItem", projectID=mine, name="seen")
    reach = frozenset({number(world, "Project", mine)})
    versions, reached = tell(world, since, reach=reach)
    assert reached == world.version
    assert [version["method"] for version in versions] == ["addProject", "addPersonByOperator", "addBacklogItem"]
    assert {change["projectID"] for version in versions for change in version["changes"]} == {mine, None}
    assert tell(world, since, reach=frozenset())[0] == [versions[1]]
    both = Choice(frozenset({number(world, "Project", other)}), None)
    assert tell(world, since, reach=reach, choice=both)[0] == [versions[1]]
    items = Choice(None, frozenset({"BacklogItem"}))
    [added], reached = tell(world, since, reach=reach, choice=items)
    assert [change["newValues"]["name"] for change in added["changes"]] == ["seen"]
    assert reached == world.version


def test_a_deleted_person_goes_from_one_type_to_the_other(world: World) -> None:
    bob = world.person("bob@example.com")
    since = world.version
    world.call("deletePerson", personID=bob)
    [version], _ = tell(world, since)
    kinds = [(change["changeType"], change["changedObjectType"], change["objectID"]) for change in version["changes"]]
    assert kinds == [("deleted", "Person", bob), ("created", "DeletedPerson", bob)]
    for type_name in ("Person", "DeletedPerson"):
        [version], _ = tell(world, since, choice=Choice(None, frozenset({type_name})))
        assert [change["changedObjectType"] for change in version["changes"]] == [type_name]
