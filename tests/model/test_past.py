"""The past: whatever was done since, every version answers what it answered when it was the present, byte for byte."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis.stateful import initialize

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.calls.registry import Method
from scrumrpc.store.images import Images
from scrumrpc.wire.endpoint import result_of
from tests.model.running import run
from tests.model.test_any_method import AnyMethod
from tests.world import EVERYTHING, World

Question = tuple[str, dict[str, str]]


class Past(AnyMethod):
    """Random calls in a fresh account. What is read after each is read again in the end."""

    @initialize()
    def start(self) -> None:
        super().start()
        self.random = Random(0)
        self.kept: list[tuple[int, Question, bytes]] = []
        self.keep()

    def call(self, random: Random, method: Method) -> None:
        version = self.image.version
        super().call(random, method)
        if self.image.version != version:
            self.keep()

    def keep(self) -> None:
        """Remembers some answers of the present."""
        version = self.image.version
        for question in self.questions():
            self.kept.append((version, question, self.answer(self.world.calls, question)))

    def questions(self) -> list[Question]:
        """All data, some objects, and backlog items by some filters."""
        records = sorted(self.image.records(), key=lambda record: record.number)
        objects = [
            {"objectType": record.type, "objectID": record.id, "includeProperties": EVERYTHING}
            for record in self.random.sample(records, 2)
        ]
        filters: list[dict[str, str]] = [
            {},
            {"statuses": "New,To do,In progress", "order": "-priority"},
            {"text": "a", "order": "name", "includeProperties": "BacklogItem.tasks"},
            {"changedSince": str(max(0, self.image.version - self.random.randrange(4)))},
        ]
        for parameter, type_name in (("sprintID", "Sprint"), ("releaseID", "Release"), ("boardID", "Board")):
            filters += [{parameter: record.id} for record in records if record.type == type_name][:1]
        return [
            ("getData", {"includeProperties": EVERYTHING}),
            *(("getObject", given) for given in objects),
            *(("getBacklogItems", given | {"limit": "1000"}) for given in self.random.sample(filters, 2)),
        ]

    def answer(self, calls: Calls, question: Question, version: int | None = None) -> bytes:
        """The whole answer as clients get it."""
        name, given = question
        past = {} if version is None else {"atDataVersion": str(version)}
        credentials = credentials_of(self.administrator(), self.world.key)
        return b"".join(result_of(self.world.run(calls.call(name, given | past, credentials, "test"))))

    def teardown(self) -> None:
        super().teardown()
        if not hasattr(self, "kept"):
            return
        limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        for limit in (1, 10**9):  # the next older image from the present one each time; and from the nearest one
            calls = Calls(self.world.database, Images(self.world.database, limit), limits)
            self.random.shuffle(self.kept)
            for version, question, answer in self.kept:
                assert self.answer(calls, question, version) == answer, (version, question)


def test_every_version_answers_what_it_answered_then(shared_world: World) -> None:
    class WithWorld(Past):
        world = shared_world

    run(WithWorld, 1, 25)


@pytest.mark.slow
def test_the_same_for_longer(shared_world: World) -> None:
    class WithWorld(Past):
        world = shared_world

    run(WithWorld, 6, 60)
