"""What `deploy/` has for operators: the smoke script against a server, and the secrets that are made for containers."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import Server
from tests.world import World

DEPLOY = Path(__file__).parents[2] / "deploy"


def smoke(*words: str, credentials: str) -> tuple[int, list[str]]:
    """The exit code and the lines of the smoke script."""
    environment = {**os.environ, "SCRUMRPC_CREDENTIALS": credentials}
    done = subprocess.run(
        [sys.executable, DEPLOY / "smoke", *words], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_a_deployment_that_works(server: Server, world: World) -> None:
    project = world.call("addProject", name="P")
    version = world.version
    code, lines = smoke(server.address, "--write", project, credentials=f"{world.admin}:{world.key}")
    assert (code, [line for line in lines if not line.startswith("ok ")]) == (0, [])
    assert len(lines) == 8
    assert world.version == version + 2


def test_a_deployment_that_is_only_read(server: Server, world: World) -> None:
    version = world.version
    code, lines = smoke(server.address, credentials=f"{world.admin}:{world.key}")
    assert (code, len(lines), world.version) == (0, 7, version)


def test_what_is_wrong_is_told(server: Server, world: World) -> None:
    code, lines = smoke(server.address, "--behind-proxy", credentials=f"{world.admin}:no-key")
    failed = [line for line in lines if line.startswith("FAIL ")]
    assert code == 1
    assert len(failed) == 3
    assert "/livez can be seen from outside" in failed[0]
    assert all("InvalidAPIKey" in line for line in failed[1:])


def test_a_deployment_that_is_not_there() -> None:
    code, lines = smoke("http://127.0.0.1:1", credentials="a@example.com:key")
    assert code == 1
    assert all("refused" in line for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="it is a shell script, for where containers run")
def test_secrets_are_made_once(tmp_path: Path) -> None:
    script = shutil.copy(DEPLOY / "make-secrets", tmp_path)
    first = subprocess.run([script, "scrum.example.com"], capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    password = (tmp_path / "secrets/database-password").read_text()
    assert len(password) == 64
    assert (tmp_path / "secrets/database-url").read_text() == f"postgresql://scrumrpc:{password}@database/scrumrpc\n"
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert (tmp_path / ".env").read_text() == "SCRUMRPC_HOST=scrum.example.com\n"
    again = subprocess.run([script, "other.example.com"], capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert (tmp_path / "secrets/database-password").read_text() == password
