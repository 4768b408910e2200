"""Fixtures of the tests over a socket: clients of the shared server, with the account of the test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import httpx2
import pytest

from tests.conftest import at_database, drop, execute
from tests.serving import Server
from tests.wire.expecting import client_of
from tests.world import World


@pytest.fixture
def client(server: Server, world: World) -> Iterator[httpx2.Client]:
    """A client of the shared server that calls as the administrator of the test's account."""
    with client_of(server.api, (world.admin, world.key)) as client:
        yield client


@pytest.fixture(scope="module")
def own_database(maintenance_url: str) -> Iterator[str]:
    """The URL of an empty database for the tests of one module, which may break it."""
    name = f"scrumrpc_own_{secrets.token_hex(4)}"
    execute(maintenance_url, f"CREATE DATABASE {name}")
    yield at_database(maintenance_url, name)
    drop(maintenance_url, name)
