"""Mirrors: the program that the documentation shows has exactly what getData answers, whatever was done meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis.stateful import initialize, rule

from scrumrpc.calls.authentication import credentials_of
from scrumrpc.calls.registry import Method
from scrumrpc.docs.mirror import Mirror
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.record import Record
from scrumrpc.store import accounts
from scrumrpc.wire.endpoint import result_of
from tests.model.running import SEEDS, run
from tests.model.test_any_method import AnyMethod
from tests.world import EVERYTHING, World


@dataclass
class Follower:
    """A mirror, of the guest or else of an administrator."""

    mirror: Mirror
    is_guests: bool


class Mirrored(AnyMethod):
    """Random calls in a fresh account, and mirrors: two that follow each call, and more that follow now and then.

    Some are of a guest who comes to reach projects, and ceases to.
    """

    @initialize()
    def start(self) -> None:
        super().start()
        self.world.store(lambda conn: accounts.switch(conn, "has_access_control", True, self.world.account))
        self.guest_id = self.world.person("guest@example.com")
        self.image = self.newest(self.world.version)
        self.close = [self.follower(EVERYTHING), self.follower("")]
        self.distant = [self.follower(EVERYTHING), self.follower(EVERYTHING, is_guests=True)]

    def follower(self, include: str, *, is_guests: bool = False) -> Follower:
        def call(method: str, **given: object) -> Any:
            guest = self.guest()
            email = str(guest["emailAddress"]) if is_guests and guest else self.administrator()
            text = {name: str(value) for name, value in given.items()}
            answer = self.world.run(self.world.calls.call(method, text, credentials_of(email, self.world.key), "test"))
            return {**orjson.loads(b"".join(result_of(answer))), "epoch": answer.standing.epoch}

        return Follower(Mirror(call, include), is_guests)

    def guest(self) -> Record | None:
        return self.image.find("Person", self.guest_id)

    def call(self, random: Random, method: Method) -> None:
        super().call(random, method)
        for follower in self.close:
            self.follow(follower, 1_000)

    @rule(seed=SEEDS)
    def follow_one(self, seed: bytes) -> None:
        if any(seed):
            random = Random(seed)
            self.follow(random.choice(self.distant), random.choice([1, 3, 10, 1_000]))

    @rule(seed=SEEDS)
    def begin_one(self, seed: bytes) -> None:
        if any(seed) and self.guest():
            random = Random(seed)
            some = ",".join(random.sample(OPTIONAL, random.randrange(len(OPTIONAL))))
            self.distant.append(self.follower(some, is_guests=random.choice([True, False])))

    @rule(seed=SEEDS)
    def let_in_or_shut_out(self, seed: bytes) -> None:
        """Gives the guest access to a project, or takes it away."""
        projects = [record for record in self.image.records() if record.type == "Project"]
        guest = self.guest()
        if any(seed) and projects and guest:
            project = Random(seed).choice(sorted(projects, key=lambda record: record.number))
            method = "removeStakeholder" if guest.number in project["stakeholderIDs"] else "addStakeholder"
            self.world.call(method, self.administrator(), projectID=project.id, personID=self.guest_id)
            self.image = self.newest(self.world.version)

    def follow(self, follower: Follower, limit: int) -> None:
        if follower.is_guests and self.guest() is None:
            return
        mirror = follower.mirror
        mirror.catch_up(limit)
        expected = mirror.call("getData", includeProperties=mirror.include)
        assert mirror.version == expected["dataVersion"]
        # As text, because the order of properties counts.
        assert orjson.dumps(mirror.data) == orjson.dumps(expected["result"])

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "distant"):
            for follower in self.distant:
                self.follow(follower, 5)


def test_mirrors_have_what_get_data_answers(shared_world: World) -> None:
    class WithWorld(Mirrored):
        world = shared_world

    run(WithWorld, 3, 25)


@pytest.mark.slow
def test_mirrors_have_what_get_data_answers_for_long(shared_world: World) -> None:
    class WithWorld(Mirrored):
        world = shared_world

    run(WithWorld, 9, 50)
