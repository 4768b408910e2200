"""The program that keeps a copy: pages show it as it is, and it runs as it stands beside a server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from scrumrpc.docs import mirror
from tests.docs.document import Document
from tests.serving import Server
from tests.world import World

SOURCE = Path(mirror.__file__)


def test_the_page_shows_it(site: dict[str, Document]) -> None:
    assert SOURCE.read_text("utf-8").strip() in [code.strip() for code in site["/docs/changes"].codes]


def test_it_needs_nothing_but_python() -> None:
    imported = re.findall(r"^(?:import|from) (\w+)", SOURCE.read_text("utf-8"), re.MULTILINE)
    assert imported
    assert set(imported) <= sys.stdlib_module_names


@pytest.mark.slow
def test_it_follows_a_server(server: Server, world: World, tmp_path: Path) -> None:
    program = tmp_path / "mirror.py"
    program.write_bytes(SOURCE.read_bytes())
    project = world.call("addProject", name="A")
    command = [sys.executable, "-I", str(program), server.address, world.admin, world.key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            assert running.stdout
            assert running.stdout.readline() == f"At version {world.version} there are 0 backlog items.\n"
            with httpx2.Client(base_url=server.api + "/", auth=(world.admin, world.key)) as client:
                assert client.post("addBacklogItem", data={"projectID": project, "name": "x"}).status_code == 200
            for line in running.stdout:
                if line != f"At version {world.version - 1} there are 0 backlog items.\n":
                    break
            assert line == f"At version {world.version} there are 1 backlog items.\n"
        finally:
            running.kill()
