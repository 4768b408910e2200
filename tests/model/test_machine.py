"""The state machine: random calls and all that versions offer, each compared with the reference."""

from __future__ import annotations

import pytest

from scrumrpc.calls.registry import METHODS
from tests.model.drivers import Http, Pipeline
from tests.model.machine import MODELLED
from tests.model.reference import Reference
from tests.model.running import run
from tests.model.versions_machine import VersionsMachine
from tests.serving import Server
from tests.world import World


def test_every_writing_method_is_modelled() -> None:
    for name in MODELLED:
        parameters = METHODS[name].parameters
        plain = (name.startswith(("set", "move")) and len(parameters) == 2) or name.startswith("delete")
        assert hasattr(Reference, name) or (plain and parameters[0].reference), name


def test_through_the_pipeline(shared_world: World) -> None:
    class ThroughPipeline(VersionsMachine):
        world = shared_world
        connect = staticmethod(Pipeline)

    run(ThroughPipeline, 2, 45)


def test_through_http(shared_world: World, server: Server) -> None:
    class ThroughHttp(VersionsMachine):
        world = shared_world
        connect = staticmethod(lambda world: Http(world, server.api))

    run(ThroughHttp, 1, 25)


@pytest.mark.slow
def test_through_the_pipeline_for_longer(shared_world: World) -> None:
    class ThroughPipeline(VersionsMachine):
        world = shared_world
        connect = staticmethod(Pipeline)

    run(ThroughPipeline, 12, 60)


@pytest.mark.slow
def test_through_http_for_longer(shared_world: World, server: Server) -> None:
    class ThroughHttp(VersionsMachine):
        world = shared_world
        connect = staticmethod(lambda world: Http(world, server.api))

    run(ThroughHttp, 6, 30)
