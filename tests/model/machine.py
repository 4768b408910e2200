"""The state machine's calls: random ones, each compared with the reference, and after each the whole account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from scrumrpc.calls.batch import BATCH
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import ApiError
from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.model.record import Record
from scrumrpc.store.images import Images
from tests.model.arguments import Drawing
from tests.model.drivers import Driver, Failed, everything
from tests.model.reference import Reference, Refused, Unknown
from tests.model.reference.account import known
from tests.model.running import SEEDS, WRITING, Seeded
from tests.model.start import objects
from tests.world import World

LEFT_OUT = [
    "addAPIKey", "addNamedVersion", "deleteAPIKey", "deleteCommitHookSecret", "deleteNamedVersion",
    "resetCommitHookSecret", "setFileContents", "restoreObject", "revertVersion",
]  # fmt: skip
"""Methods whose effect getData does not show, which test_any_method calls; and those that bring back what was, which
the machine's other steps call, see versions_machine.
"""
RANKS = {"rank", "boardRank"}
MODELLED = sorted(set(WRITING) - set(LEFT_OUT))


@dataclass(frozen=True)
class Moment:
    """The account at a data version: what getData answered, all that is stored, and the reference."""

    data: bytes
    records: dict[int, Record]
    reference: Reference


class Machine(RuleBasedStateMachine):
    """Random calls in a fresh account. `connect` is set by the test that runs it."""

    connect: Any
    world: World

    @initialize()
    def start(self) -> None:
        self.world.new_account()
        self.world.load(*objects(self.world.account))
        self.images = Images(self.world.database, 10**9)
        self.driver: Driver = self.connect(self.world)
        self.version, data = everything(self.driver)
        self.caller = next(each["id"] for each in data["persons"] if each["emailAddress"] == self.world.admin)
        self.reference = Reference(data, self.caller)
        self.requests: set[str] = set()
        assert self.reference.shown() == data
        self.past: dict[int, Moment] = {}
        self.check_rules()

    @rule(seed=SEEDS)
    def call(self, seed: bytes) -> None:
        if any(seed):
            seeded = Seeded(seed, MODELLED)
            self.compare(seeded.random, seeded.method())

    def draw(self, random: Random, method: str) -> dict[str, str]:
        """Arguments of a call that leaves the caller an administrator of the known address."""
        given = Drawing(random, self.image).arguments(METHODS[method])
        if method in ("deletePerson", "setPersonEmailAddress", "setPersonIsAdministrator"):
            given["personID"] = given["personID"].replace(self.caller, f"{self.world.account}-7-8")
        return given

    def compare(self, random: Random, name: str) -> None:
        """Makes a call and its effect on the reference; both must end the same way."""
        method, given = METHODS[name], self.draw(random, name)
        self.expect(random, name, spelled(method, given), lambda: [self.effect(method, read(method, given))])

    def expect(self, random: Random, name: str, given: dict[str, str], effects: Callable[[], list[Any]]) -> bool:
        """Makes a call that has these effects on the reference, which answer new objects; whether it succeeded."""
        guards, refusal = self.draw_guards(random)
        note(f"{name} {given} {guards}")
        before, undo = self.reference.state(), self.reference.saved()
        try:
            if refusal:
                raise Refused(refusal)
            new = effects()
        except Refused as refused:
            undo()
            self.check_refusal(f"^{refused}$", name, given | guards)
            return False
        called = time.time()
        version, result = self.driver.call(name, given | guards)
        changed = self.reference.state() != before
        # What goes behind something that the same batch deletes again stands where it stood, by another rank.
        only_ranks = name == BATCH and not changed and version == self.version + 1
        self.version += changed or only_ranks
        self.requests |= {guards["requestID"]} if guards else set()
        self.learn(new, result if name == BATCH else [result], called)
        assert version == self.version
        self.check_rules()
        if only_ranks:
            assert unranked(self.past[version - 1].records) == unranked(self.past[version].records)
        return True

    def check_refusal(self, error: str, name: str, given: dict[str, str]) -> None:
        """Makes a call that fails with an error, and changes nothing."""
        with pytest.raises(Failed, match=error):
            self.driver.call(name, given)
        assert everything(self.driver) == (self.version, self.reference.shown())

    def draw_guards(self, random: Random) -> tuple[dict[str, str], str]:
        """Now and then a requestID and a required version, which may be an old one, and what they lead to."""
        if random.randrange(25):
            return {}, ""
        request, stale = random.choice(["r1", "r2", "r3", "r4"]), random.randrange(2)
        guards = {"requestID": request, "requiredDataVersion": str(self.version - stale)}
        if request in self.requests:
            return guards, "RequestAlreadyExecuted"
        return guards, "RequiredDataVersionNotMatching" if stale else ""

    def effect(self, method: Method, arguments: dict[str, Any]) -> Any:
        """What the call does to the reference; the new object, if it makes one."""
        resolved = dict(arguments)
        for parameter in method.parameters:
            if parameter.reference and arguments[parameter.name] is not None:
                typed_by = parameter.reference.type_parameter
                type_name = arguments[typed_by] if typed_by else parameter.reference.types[0]
                resolved[parameter.name] = self.reference.get(type_name, arguments[parameter.name])
        modelled = getattr(self.reference, method.name, None)
        return modelled(**resolved) if modelled else self.reference.plain(method.name, **resolved)

    def learn(self, new: list[Any], results: list[Any], called: float) -> None:
        """Takes what the reference cannot know from the server: ids of new objects, and the present time.

        All else the server must have in the same way.
        """
        for each, result in zip(new, results, strict=True):
            if each is None:
                assert result is None
            elif isinstance(each["id"], Unknown):
                each["id"].value = result
        version, data = everything(self.driver)
        tell(self.reference.shown(), data)
        if self.reference.now.value is not None:
            assert called * 1000 - 1 <= self.reference.now.value <= time.time() * 1000
        self.reference.learn()
        assert [each and known(each["id"]) for each in new] == results
        assert list(differences(self.reference.shown(), data)) == []
        assert version == self.version

    def check_rules(self) -> None:
        self.image: Image = self.world.run(self.images.at_least(self.world.account, self.world.epoch, self.version))
        assert self.image.version == self.version
        assert violations(self.image) == []
        records = {record.number: record for record in self.image.records()}
        data = orjson.dumps(self.reference.shown())
        self.past.setdefault(self.version, Moment(data, records, deepcopy(self.reference)))

    def teardown(self) -> None:
        if hasattr(self, "driver"):
            self.driver.close()
        if hasattr(self, "reference"):
            self.world.check_log_gives_tables()
            assert violations(self.world.tables()) == []


def read(method: Method, given: dict[str, str]) -> dict[str, Any]:
    """The values that texts stand for."""
    values: dict[str, Any] = {}
    for parameter in method.parameters:
        text = given.get(parameter.name, "").replace("\r\n", "\n")
        try:
            values[parameter.name] = parameter.kind.parse(parameter.name, text) if text else parameter.kind.none
        except ApiError as error:
            raise Refused(error.error_id) from None
    return values


def spelled(method: Method, given: dict[str, str]) -> dict[str, str]:
    """Parameters as they travel; some of those without a value are left out, some are empty, some say null."""
    without = [each.name for each in method.parameters if each.name not in given]
    return given | {name: ("", "null")[at % 3 - 1] for at, name in enumerate(without) if at % 3}


def unranked(records: dict[int, Record]) -> dict[int, Any]:
    """Objects without what sorts them."""
    return {
        number: (record.type, {name: value for name, value in record.values.items() if name not in RANKS})
        for number, record in records.items()
    }


def tell(expected: Any, actual: Any) -> None:
    """Gives unknown values in what is expected the values that stand in their place."""
    if isinstance(expected, Unknown):
        assert actual is not None, "a time or an id is missing"
        if expected.value is None:
            expected.value = actual
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            tell(value, actual.get(name))
    elif isinstance(expected, list) and isinstance(actual, list):
        for value, other in zip(expected, actual, strict=False):
            tell(value, other)


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Where the server's data differs from the reference's."""
    if isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        path = f"{expected['objectType']} {expected.get('id', '')}"
        for name in expected:
            yield from differences(expected[name], actual[name], f"{path} {name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for one, other in zip(expected, actual, strict=True):
            yield from differences(one, other, path)
    elif expected != actual:
        yield f"{path}: expected {expected}, not {actual}"
