"""History that is given up: what is kept answers as before, byte for byte, and the rest says that it is gone."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis.stateful import initialize, rule

from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import DataVersionNoLongerKept
from scrumrpc.store.images import Images
from tests.model.running import SEEDS, WRITING, Seeded, run
from tests.model.test_any_method import AnyMethod
from tests.model.test_past import Past
from tests.store.giving_up import give_up
from tests.world import World

DATA = [name for name in WRITING if METHODS[name].noun not in ("NamedVersion", "Webhook", "APIKey")]


class GivenUpNowAndThen(Past):
    """Random calls, names, and compactions that may be broken off; two workers, one of which reads now and then only.

    In the end everything that was read is read once more, by these and by new ones.
    """

    @initialize()
    def start(self) -> None:
        super().start()
        self.oldest = 0
        self.names: dict[str, int] = {}
        self.behind = self.worker(10**9)

    def worker(self, limit: int) -> Calls:
        limits = Limits(queue=0, ongoing_per_key=0, calls_per_minute_per_key=0)
        return Calls(self.world.database, Images(self.world.database, limit), limits)

    @rule(seed=SEEDS)
    def call_any(self, seed: bytes) -> None:
        if any(seed):
            seeded = Seeded(seed, DATA)
            self.call(seeded.random, METHODS[seeded.method()])

    def call(self, random: Random, method: Method) -> None:
        super().call(random, method)
        step = random.randrange(6)
        if step == 0:
            self.name(random)
        elif step == 1:
            self.give_up(random)
        elif step == 2:
            self.read(self.behind, random, 1)

    def name(self, random: Random) -> None:
        """Gives a version a name, or takes one away."""
        name, version = random.choice("abcd"), random.randint(0, self.image.version)
        if name in self.names:
            self.world.call("deleteNamedVersion", self.administrator(), name=name)
            del self.names[name]
            return
        may = version >= self.oldest or version in self.names.values()
        try:
            self.world.call("addNamedVersion", self.administrator(), name=name, dataVersion=str(version))
            assert may
            self.names[name] = version
        except DataVersionNoLongerKept:
            assert not may

    def give_up(self, random: Random) -> None:
        """A compaction up to some version, which is broken off at some statement or is not."""
        oldest = random.randint(self.oldest, self.image.version)
        statements = random.choice([None, random.randrange(12)])
        if statements is None:
            tried = give_up(self.world, oldest, tries=True)
            assert give_up(self.world, oldest) == tried
        else:
            give_up(self.world, oldest, statements=statements)
        self.oldest = int(self.world.call("getVersions", self.administrator(), limit="1")["oldestDataVersion"])
        self.world.check_log_gives_tables()
        for calls in (self.world.calls, self.behind):
            self.read(calls, random, 3)

    def read(self, calls: Calls, random: Random, most: int) -> None:
        for version, question, answer in random.sample(self.kept, min(most, len(self.kept))):
            try:
                assert self.answer(calls, question, version) == answer, (version, question)
                assert self.is_kept(version)
            except DataVersionNoLongerKept:
                assert not self.is_kept(version), (version, question)

    def is_kept(self, version: int) -> bool:
        return version >= self.oldest or version in self.names.values()

    def teardown(self) -> None:
        if not hasattr(self, "behind"):
            return
        AnyMethod.teardown(self)
        for calls in (self.behind, self.world.calls, self.worker(1), self.worker(10**9)):
            self.read(calls, self.random, len(self.kept))


def test_what_is_kept_answers_as_before_and_the_rest_is_gone(shared_world: World) -> None:
    class WithWorld(GivenUpNowAndThen):
        world = shared_world

    run(WithWorld, 1, 25)


@pytest.mark.slow
def test_the_same_for_longer(shared_world: World) -> None:
    class WithWorld(GivenUpNowAndThen):
        world = shared_world

    run(WithWorld, 9, 60)
