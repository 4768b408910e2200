"""Fixtures of the tests of backups: a database with a life, which all may read and none may change, and its backup."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.backup.lives import Copy, backup_of, make_lived
from tests.conftest import at_database, drop, execute


@pytest.fixture(scope="session")
def lived(maintenance_url: str) -> Iterator[Copy]:
    """A database in which the sample account has lived."""
    name = f"scrumrpc_lived_{secrets.token_hex(4)}"
    execute(maintenance_url, f"CREATE DATABASE {name}")
    copy = make_lived(at_database(maintenance_url, name))
    yield copy
    copy.close()
    drop(maintenance_url, name)


@pytest.fixture(scope="session")
def content(lived: Copy) -> bytes:
    """A backup of it."""
    return backup_of(lived.url)


@pytest.fixture(scope="module")
def own_database(maintenance_url: str) -> Iterator[str]:
    """The URL of an empty database for the tests of one module."""
    name = f"scrumrpc_own_{secrets.token_hex(4)}"
    execute(maintenance_url, f"CREATE DATABASE {name}")
    yield at_database(maintenance_url, name)
    drop(maintenance_url, name)
