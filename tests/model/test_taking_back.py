"""Taking back: taken back at once, whatever a call did leaves no trace; and taken back again it is there again."""

from __future__ import annotations

from random import Random

from hypothesis import note

from scrumrpc.calls.registry import Method
from scrumrpc.model.invariants import violations
from scrumrpc.model.record import Record
from tests.model.running import run
from tests.model.test_any_method import AnyMethod
from tests.world import World


class TakenBack(AnyMethod):
    """Random calls in a fresh account. Each that changed something is taken back, and that mostly is as well."""

    def call(self, random: Random, method: Method) -> None:
        before, data, version = self.state(), self.world.data(self.administrator()), self.image.version
        super().call(random, method)
        if self.image.version == version:
            return
        after, data_after = self.state(), self.world.data(self.administrator())
        self.take_back(self.image.version)
        assert self.state() == before
        assert self.world.data(self.administrator()) == data
        self.take_back(self.image.version)
        assert self.state() == after
        assert self.world.data(self.administrator()) == data_after
        if random.random() < 0.3:
            self.take_back(self.image.version)

    def take_back(self, version: int) -> None:
        note(f"take back {version}")
        answer = self.world.answer("revertVersion", self.administrator(), dataVersion=str(version))
        assert answer.version == version + 1
        self.image = self.newest(answer.version)
        assert violations(self.image) == []

    def state(self) -> dict[int, Record]:
        """Everything that is kept of all objects, hidden properties included."""
        return {record.number: record for record in self.image.records()}


def test_what_any_call_did_can_be_taken_back_at_once(shared_world: World) -> None:
    class WithWorld(TakenBack):
        world = shared_world

    run(WithWorld, 3, 25)
