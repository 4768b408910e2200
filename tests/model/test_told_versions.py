"""What is told of versions is what they did: told from the beginning, it leads to all that getData shows at each."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis.stateful import initialize

from scrumrpc.calls.registry import Method
from scrumrpc.model.types import OBJECT_TYPES
from tests.model.running import run
from tests.model.test_any_method import AnyMethod
from tests.world import World

Key = tuple[str, str]
ORDER_KEYS = {"rank", "boardRank"}


def plain(data: Any) -> dict[Key, dict[str, Any]]:
    """All objects in an answer of getData, each without what nests in it."""
    found: dict[Key, dict[str, Any]] = {}
    waiting = [data]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            if "id" in each:
                kept = {p.name for p in OBJECT_TYPES[each["objectType"]].answered if p.stored}
                values = {name: value for name, value in each.items() if name in kept}
                if each["objectType"] == "Retrospective":
                    values["columns"] = [{"name": one["name"], "color": one["color"]} for one in each["columns"]]
                found[each["objectType"], each["id"]] = values
    return found


class Told(AnyMethod):
    """Random calls in a fresh account; all is told in the end."""

    @initialize()
    def start(self) -> None:
        super().start()
        self.random = Random(0)
        self.shown: dict[int, dict[Key, dict[str, Any]]] = {0: {}}
        self.called: dict[int, str] = {}
        self.keep()

    def call(self, random: Random, method: Method) -> None:
        version = self.image.version
        super().call(random, method)
        if self.image.version != version:
            self.called[self.image.version] = method.name
            self.keep()

    def keep(self) -> None:
        data = self.world.data(self.administrator())
        self.shown[self.image.version] = plain(data)

    def teardown(self) -> None:
        super().teardown()
        if not hasattr(self, "shown"):
            return
        versions = self.versions(self.random.choice([1, 7, 100, 10_000]))
        assert [each["dataVersion"] for each in versions] == list(range(1, self.image.version + 1))
        values: dict[Key, dict[str, Any]] = {}
        for version in versions:
            for change in version["changes"]:
                self.apply(values, change)
            if version["dataVersion"] in self.shown:
                assert without_order(values) == self.shown[version["dataVersion"]]
            assert version["method"] == self.called.get(version["dataVersion"], version["method"])
        self.check_histories(versions)

    def versions(self, limit: int) -> list[Any]:
        versions, since, has_more = [], 0, True
        while has_more:
            given = {"sinceDataVersion": str(since), "limit": str(limit)}
            answer = self.world.call("getChanges", self.administrator(), **given)
            versions += answer["versions"]
            since, has_more = answer["untilDataVersion"], answer["hasMore"]
        return versions

    def apply(self, values: dict[Key, dict[str, Any]], change: Any) -> None:
        """Follows one change, which must begin with what is there."""
        key = change["changedObjectType"], change["objectID"]
        match change["changeType"]:
            case "created":
                assert key not in values
                assert (change["oldValues"], change["changedProperties"]) == (None, [])
                values[key] = dict(change["newValues"])
            case "deleted":
                assert (change["newValues"], change["changedProperties"]) == (None, [])
                assert change["oldValues"] == values.pop(key)
            case _:
                old, new = dict(change["oldValues"]), dict(change["newValues"])
                assert list(old) == list(new) == change["changedProperties"] != []
                if "fileContents" in new:
                    assert (old.pop("fileContents"), new.pop("fileContents")) == (None, None)
                assert all(old[name] == values[key][name] != new[name] for name in new)
                values[key] |= new

    def check_histories(self, versions: list[Any]) -> None:
        """The history of an object is what all versions tell of it."""
        told = [(change["changedObjectType"], change["objectID"]) for each in versions for change in each["changes"]]
        for type_name, wire_id in self.random.sample(sorted(set(told)), 12):
            types = {"Person", "DeletedPerson"} if type_name.endswith("Person") else {type_name}
            expected = []
            for version in versions:
                of_it = [
                    change
                    for change in version["changes"]
                    if change["changedObjectType"] in types and change["objectID"] == wire_id
                ]
                expected += [version | {"changes": of_it}] if of_it else []
            given = {"objectType": type_name, "objectID": wire_id}
            answer = self.world.call("getObjectHistory", self.administrator(), **given)
            if type_name == "TeamSprintParticipation":  # of several under one id, one after the other, the last
                assert answer["versions"] == expected[-len(answer["versions"]) :] != []
            else:
                assert answer["versions"] == expected


def without_order(values: dict[Key, dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    return {
        key: {name: value for name, value in each.items() if name not in ORDER_KEYS} for key, each in values.items()
    }


def test_versions_are_told_as_they_were(shared_world: World) -> None:
    class WithWorld(Told):
        world = shared_world

    run(WithWorld, 2, 25)


@pytest.mark.slow
def test_versions_are_told_as_they_were_for_long(shared_world: World) -> None:
    class WithWorld(Told):
        world = shared_world

    run(WithWorld, 9, 50)
