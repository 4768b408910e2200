"""The state machine: random calls, each compared with the reference; after each the whole account is compared."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import ApiError
from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.store.images import Images
from tests.model.arguments import Drawing
from tests.model.drivers import Driver, Failed, Http, Pipeline, everything
from tests.model.reference import Reference, Refused, Unknown
from tests.model.running import PLANNED_WORK, WRITING, run
from tests.model.start import objects
from tests.serving import Server
from tests.world import World

LEFT_OUT = ["addAPIKey", "deleteAPIKey", "deleteCommitHookSecret", "resetCommitHookSecret", "setFileContents"]
"""Methods whose effect getData does not show; test_any_method calls them."""
MODELLED = sorted(set(WRITING) - set(LEFT_OUT))
FREQUENT = sorted(set(PLANNED_WORK) - {name for name in MODELLED if name.startswith("delete")})


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
        self.check_rules()

    @rule(method=st.sampled_from(MODELLED), data=st.data())
    def call_any(self, method: str, data: st.DataObject) -> None:
        self.compare(METHODS[method], self.draw(method, data))

    @rule(method=st.sampled_from(FREQUENT), data=st.data())
    def call_about_planned_work(self, method: str, data: st.DataObject) -> None:
        self.compare(METHODS[method], self.draw(method, data))

    @rule(request=st.sampled_from(["r1", "r2"]), stale=st.booleans(), name=st.sampled_from("ab"))
    def guarded(self, request: str, stale: bool, name: str) -> None:
        """A call with a requestID and a required version, which may be an old one."""
        guards = {"requestID": request, "requiredDataVersion": str(self.version - stale)}
        given = {"projectID": f"{self.world.account}-7-1", "name": name}
        known = {p.id for p in self.image.records() if p.type == "Project"}
        refusal = ""
        if request in self.requests:
            refusal = "RequestAlreadyExecuted"
        elif stale:
            refusal = "RequiredDataVersionNotMatching"
        elif given["projectID"] in known:
            self.requests.add(request)
        self.compare(METHODS["addTeam"], given, guards, refusal)

    def draw(self, method: str, data: st.DataObject) -> dict[str, str]:
        """Arguments of a call that leaves the caller an administrator of the known address."""
        given = Drawing(data.draw, self.image, ()).arguments(METHODS[method])
        if method in ("deletePerson", "setPersonEmailAddress", "setPersonIsAdministrator"):
            given["personID"] = given["personID"].replace(self.caller, f"{self.world.account}-7-8")
        return given

    def compare(
        self, method: Method, given: dict[str, str], guards: dict[str, str] | None = None, refusal: str = ""
    ) -> None:
        """Makes a call and its effect on the reference; both must end the same way."""
        note(f"{method.name} {given}")
        before, saved, new = self.reference.state(), copy.deepcopy(vars(self.reference)), None
        if not refusal:
            try:
                new = self.effect(method, given)
            except Refused as refused:
                refusal = str(refused)
        texts = {**spelled(method, given), **(guards or {})}
        if refusal:
            vars(self.reference).update(saved)
            with pytest.raises(Failed, match=f"^{refusal}$"):
                self.driver.call(method.name, texts)
        else:
            called = time.time()
            version, result = self.driver.call(method.name, texts)
            self.version += self.reference.state() != before
            assert version == self.version
            self.learn(new, result, called)
        self.check_account()

    def effect(self, method: Method, given: dict[str, str]) -> Any:
        """What the call does to the reference; the new object, if it makes one."""
        arguments: dict[str, Any] = {}
        for parameter in method.parameters:
            text = given.get(parameter.name, "").replace("\r\n", "\n")
            try:
                arguments[parameter.name] = parameter.kind.parse(parameter.name, text) if text else parameter.kind.none
            except ApiError as error:
                raise Refused(error.error_id) from None
        for parameter in method.parameters:
            if parameter.reference and arguments[parameter.name] is not None:
                typed_by = parameter.reference.type_parameter
                type_name = arguments[typed_by] if typed_by else parameter.reference.types[0]
                arguments[parameter.name] = self.reference.get(type_name, arguments[parameter.name])
        modelled = getattr(self.reference, method.name, None)
        return modelled(**arguments) if modelled else self.reference.plain(method.name, **arguments)

    def learn(self, new: Any, result: Any, called: float) -> None:
        """Takes what the reference cannot know from the server: ids of new objects, and the present time."""
        if new is None:
            assert result is None
        elif isinstance(new["id"], Unknown):
            new["id"].value = result
        _, data = everything(self.driver)
        tell(self.reference.shown(), data)
        if self.reference.now.value is not None:
            assert called * 1000 - 1 <= self.reference.now.value <= time.time() * 1000
        self.reference.learn()
        assert new is None or new["id"] == result

    def check_account(self) -> None:
        """The whole account is as the reference has it, and keeps all rules."""
        version, data = everything(self.driver)
        assert data == self.reference.shown()
        assert version == self.version
        self.check_rules()

    def check_rules(self) -> None:
        self.image: Image = self.world.run(self.images.at_least(self.world.account, self.version))
        assert self.image.version == self.version
        assert violations(self.image) == []

    def teardown(self) -> None:
        if hasattr(self, "driver"):
            self.driver.close()
        if hasattr(self, "reference"):
            self.world.check_log_gives_tables()
            assert violations(self.world.tables()) == []


def spelled(method: Method, given: dict[str, str]) -> dict[str, str]:
    """Parameters as they travel; some of those without a value are left out, some are empty, some say null."""
    without = [each.name for each in method.parameters if each.name not in given]
    return given | {name: ("", "null")[at % 3 - 1] for at, name in enumerate(without) if at % 3}


def tell(expected: Any, actual: Any) -> None:
    """Gives unknown values in what is expected the values that stand in their place."""
    if isinstance(expected, Unknown):
        expected.value = actual
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            tell(value, actual.get(name))
    elif isinstance(expected, list) and isinstance(actual, list):
        for value, other in zip(expected, actual, strict=False):
            tell(value, other)


def test_every_writing_method_is_modelled() -> None:
    for name in MODELLED:
        parameters = METHODS[name].parameters
        plain = name.startswith(("set", "move")) and len(parameters) == 2 or name.startswith("delete")
        assert hasattr(Reference, name) or (plain and parameters[0].reference), name


def test_through_the_pipeline(shared_world: World) -> None:
    class ThroughPipeline(Machine):
        world = shared_world
        connect = staticmethod(Pipeline)

    run(ThroughPipeline, 12, 50)


def test_through_http(shared_world: World, server: Server) -> None:
    class ThroughHttp(Machine):
        world = shared_world
        connect = staticmethod(lambda world: Http(world, server.api))

    run(ThroughHttp, 3, 30)
