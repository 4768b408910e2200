"""One PostgreSQL for the whole run, a database for each process of it, an account for each test.

With DATABASE_URL the databases are made on that server, under names of their own, and dropped at the end; else an
embedded one runs in a temporary folder.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import settings

from scrumrpc.store.embedded import EmbeddedPostgres
from scrumrpc.store.migrations import migrate
from tests.serving import Server
from tests.world import World

pytest.register_assert_rewrite("tests.model")

# Machines are shared: how long an example takes says nothing. Tests that need many examples say so.
settings.register_profile("scrumrpc", deadline=None, max_examples=50)
settings.load_profile("scrumrpc")

_MAINTENANCE_URL = pytest.StashKey[str]()
_TEMPLATE = pytest.StashKey[str]()
_CLEANUP = pytest.StashKey[list[Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Starts the cluster and makes the template database, once for all processes."""
    if hasattr(config, "workerinput"):
        config.stash[_MAINTENANCE_URL] = config.workerinput["maintenance_url"]
        config.stash[_TEMPLATE] = config.workerinput["template"]
        return
    if config.option.collectonly:
        return
    cleanup: list[Any] = []
    url = os.environ.pop("DATABASE_URL", "")
    if not url:
        folder = Path(tempfile.mkdtemp(prefix="scrumrpc-tests-"))
        postgres = EmbeddedPostgres(folder)
        asyncio.run(postgres.start())
        cleanup += [lambda: asyncio.run(postgres.stop()), lambda: shutil.rmtree(folder)]
        url = postgres.url
        # Nothing in this cluster must outlive the run; tests of what survives a crash have clusters of their own.
        execute(url, "ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    template = f"scrumrpc_tests_{secrets.token_hex(4)}"
    execute(url, f"CREATE DATABASE {template}")
    cleanup.insert(0, lambda: drop(url, template))
    asyncio.run(migrate(at_database(url, template)))
    config.stash[_MAINTENANCE_URL], config.stash[_TEMPLATE], config.stash[_CLEANUP] = url, template, cleanup


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The benchmark's tests first, which take minutes: last, one process of the run would wait for the other."""
    items.sort(key=lambda item: item.path.parent.name != "load")


def pytest_configure_node(node: Any) -> None:
    """Tells each process of the run (pytest-xdist) where the cluster is."""
    node.workerinput["maintenance_url"] = node.config.stash[_MAINTENANCE_URL]
    node.workerinput["template"] = node.config.stash[_TEMPLATE]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what pytest_configure started."""
    for step in config.stash.get(_CLEANUP, []):
        step()


def at_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def name_of_database(url: str) -> str:
    """The name of the database that a URL is of."""
    return urlsplit(url).path.removeprefix("/")


def execute(url: str, statement: str) -> None:
    """Runs a statement outside any transaction."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statement)  # type: ignore[arg-type]


def disconnect(url: str, name: str) -> None:
    """Ends the connections of clients to a database; PostgreSQL's own processes, which only it may end, stay."""
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    execute(url, f"{statement} AND datname = '{name}' AND backend_type = 'client backend'")


def drop(url: str, name: str) -> None:
    """Drops a database and ends whoever is connected to it."""
    deadline = time.monotonic() + 60
    force = " WITH (FORCE)"
    while True:
        try:
            return execute(url, f"DROP DATABASE IF EXISTS {name}{force}")
        except psycopg.errors.InsufficientPrivilege:
            force = ""  # an autovacuum worker is there, which only PostgreSQL itself may end, and without the word does
        except psycopg.errors.ObjectInUse:
            force = " WITH (FORCE)"
            if time.monotonic() > deadline:
                raise


@pytest.fixture(scope="session")
def maintenance_url(pytestconfig: pytest.Config) -> str:
    """A database of the server on which others can be created."""
    return pytestconfig.stash[_MAINTENANCE_URL]


@pytest.fixture
def empty_database(maintenance_url: str) -> Iterator[str]:
    """The URL of a database with nothing in it, for one test."""
    name = f"scrumrpc_empty_{secrets.token_hex(4)}"
    execute(maintenance_url, f"CREATE DATABASE {name}")
    yield at_database(maintenance_url, name)
    drop(maintenance_url, name)


@pytest.fixture(scope="session")
def database_url(pytestconfig: pytest.Config, maintenance_url: str) -> Iterator[str]:
    """The database of this process of the run: a copy of the template."""
    template = pytestconfig.stash[_TEMPLATE]
    name = f"{template}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
    execute(maintenance_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield at_database(maintenance_url, name)
    drop(maintenance_url, name)


@pytest.fixture(scope="session")
def shared_world(database_url: str) -> Iterator[World]:
    """The pipeline on that database, without HTTP."""
    world = World(database_url)
    yield world
    world.close()


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The pipeline with a fresh account; afterwards its change log must lead to its tables."""
    shared_world.new_account()
    yield shared_world
    shared_world.check_log_gives_tables()


@pytest.fixture(scope="session")
def server(database_url: str) -> Iterator[Server]:
    """A real server with two workers on that database."""
    server = Server(["--workers", "2"], {"DATABASE_URL": database_url})
    yield server
    server.stop()
