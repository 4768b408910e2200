"""Any writing method with any arguments: it ends as documented, and leaves an account in which all rules hold."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import ApiError
from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.model.record import Record
from scrumrpc.store.images import Images
from tests.model.arguments import Drawing
from tests.model.running import SEEDS, WRITING, Seeded, run
from tests.model.start import objects
from tests.world import World

BESIDE_DATA = (
    "addAPIKey", "deleteAPIKey", "resetCommitHookSecret", "deleteCommitHookSecret", "addNamedVersion",
    "deleteNamedVersion",
)  # fmt: skip
"""Methods whose effect is no data of the account."""
BY_ANOTHER_NAME = ("deleteAPIKey", "setCustomFieldValue", "deleteNamedVersion", "restoreObject")
"""Methods that name by a text what need not exist."""


def documented_errors(method: Method) -> set[str]:
    """The errors that a caller with all rights must expect."""
    errors = {"InvalidParameter", "MissingParameter"}
    if method.requires:
        errors.add("RequirementNotSatisfied")
    if any(p.reference for p in method.parameters) or method.name in BY_ANOTHER_NAME:
        errors.add("ObjectNotFound")
    if any(p.name == "dataVersion" for p in method.parameters):
        errors.add("DataVersionNotReachedYet")
    if any(p.name == "externalID" for p in method.parameters):
        errors.add("ObjectWithExternalIDAlreadyExists")
    if method.name == "revertVersion":
        errors.add("DataVersionNoLongerKept")
    return errors


class AnyMethod(RuleBasedStateMachine):
    """Random calls in a fresh account."""

    world: World

    @initialize()
    def start(self) -> None:
        self.world.new_account()
        self.world.load(*objects(self.world.account))
        self.images = Images(self.world.database, 10**9)
        self.keys: list[str] = []
        self.gone: list[Record] = []
        self.image = self.newest(self.world.version)

    def newest(self, version: int) -> Image:
        """The account as the change log has it."""
        image: Image = self.world.run(self.images.at_least(self.world.account, self.world.epoch, version))
        return image

    @rule(seed=SEEDS)
    def call_any(self, seed: bytes) -> None:
        if any(seed):
            seeded = Seeded(seed, WRITING)
            self.call(seeded.random, METHODS[seeded.method()])

    def call(self, random: Random, method: Method) -> None:
        """A call with drawn arguments, and everything that must be true of its end."""
        before, version = {record.number: record for record in self.image.records()}, self.image.version
        given = Drawing(random, self.image, self.keys, self.gone[-20:]).arguments(method)
        caller = self.administrator()
        note(f"{method.name} {given}")
        refusal: ApiError | None = None
        try:
            answer = self.world.answer(method.name, caller, **given)
        except ApiError as error:
            refusal = error
        if refusal is not None:
            assert refusal.error_id in documented_errors(method), f"{method.name} {given}: {refusal.message}"
            assert refusal.data_version == version
            return
        self.image = self.newest(answer.version)
        after = {record.number: record for record in self.image.records()}
        assert answer.version == self.image.version == version + (before != after), f"{method.name} {given}"
        assert violations(self.image) == [], f"{method.name} {given}"
        self.gone += [record for number, record in before.items() if number not in after]
        self.check_result(method, answer.result, set(after) - set(before))

    def check_result(self, method: Method, result: Any, added: set[int]) -> None:
        """A method that adds something answers the id of what it added."""
        if method.name in BESIDE_DATA:
            assert not added
            if method.name == "addAPIKey":
                self.keys.append(result["id"])
        elif method.name.startswith("add") and method.result != "null":
            assert (method.noun, result) in {(self.image[number].type, self.image[number].id) for number in added}
        else:
            assert result is None

    def administrator(self) -> str:
        """Somebody who may do everything."""
        people = [each for each in self.image.records() if each.type == "Person" and each["isAdministrator"]]
        return str(min(people, key=lambda each: each.number)["emailAddress"])

    def teardown(self) -> None:
        if hasattr(self, "image"):
            self.world.check_log_gives_tables()
            assert violations(self.world.tables()) == []


def test_any_method(shared_world: World) -> None:
    class WithWorld(AnyMethod):
        world = shared_world

    run(WithWorld, 3, 50)


@pytest.mark.slow
def test_any_method_for_longer(shared_world: World) -> None:
    class WithWorld(AnyMethod):
        world = shared_world

    run(WithWorld, 12, 60)
