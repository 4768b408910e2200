"""The file of ready statements against what SQLAlchemy builds from the tables."""

from __future__ import annotations

import subprocess
import sys

import orjson

from scrumrpc.store.building import build
from scrumrpc.store.texts import TEXTS


def test_the_ready_statements_are_those_that_the_tables_make() -> None:
    assert orjson.loads(TEXTS.read_bytes()) == build(), "Run: python -m scrumrpc.store.building"


def test_a_server_starts_without_building_statements() -> None:
    """Nor with what makes documentation, or sends to webhooks, before somebody asks for it: all of it takes time."""
    program = "import sys, scrumrpc.cli.worker; print(*sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "jinja2", "httpcore2", "standardwebhooks", "limits"}.isdisjoint(told.stdout.split())
