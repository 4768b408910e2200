"""`deploy/check` as a command: it passes here, and fails where a copy of what it looks at is weaker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def check(top: Path, *parts: str) -> tuple[int, list[str]]:
    """Exit code and lines, without what the tests of a whole know of their database."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, top / "deploy/check", *parts], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """All that is looked at, to be made weaker."""
    for folder in ("deploy", ".ci"):
        shutil.copytree(
            TOP / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "secrets", ".env")
        )
    shutil.copy(TOP / ".dockerignore", tmp_path)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.slow
def test_everything_passes_or_is_said_to_be_left_out() -> None:
    code, lines = check(TOP)
    assert [line for line in lines[:-1] if not line.startswith(("ok ", "left out "))] == []
    assert code == 0, lines[-1]
    assert all(": " in line for line in lines if line.startswith("left out "))
    assert len(lines) > 15


def test_a_copy_passes(copy: Path) -> None:
    code, lines = check(copy, "scripts", "units", "compose")
    assert code == 0, lines
    assert lines[-1].endswith(" left out")


@pytest.mark.parametrize(
    ("part", "file", "old", "new", "told"),
    [
        ("compose", "deploy/compose.yaml", "read_only: true", "privileged: true", "server: it has privileged"),
        ("compose", "deploy/compose.yaml", "services:", "services: [", "it is no YAML"),
        (
            "units",
            "deploy/scrumrpc.service",
            "PrivateDevices=yes",
            "PrivateDevices=no",
            "PrivateDevices=yes is missing",
        ),
        ("scripts", "deploy/make-secrets", "fi\n", "f\n", "sh ended with"),
        ("scripts", "deploy/smoke", "def main(", "def main((", "smoke: "),
    ],
)
def test_what_is_weaker_or_broken_fails(copy: Path, part: str, file: str, old: str, new: str, told: str) -> None:
    change(copy / file, old, new)
    code, lines = check(copy, part)
    assert code == 1
    assert any(line.startswith("FAILED ") and told in line for line in lines), lines


def test_a_script_that_cannot_be_run(copy: Path) -> None:
    (copy / "deploy/backup").chmod(0o644)
    code, lines = check(copy, "scripts")
    assert code == 1
    assert lines[0] == "FAILED    the scripts can be run: backup cannot be run"


def in_proxy(line: str) -> Callable[[str], str]:
    """Adds a line to how the proxy calls the server."""
    return lambda text: text.replace("transport http", f"{line}\n\t\ttransport http")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("caddy") is None, reason="there is no Caddy on this machine")
@pytest.mark.parametrize(
    ("change_it", "told"),
    [
        (lambda text: text.replace("/livez /readyz", "/livez"), "/readyz can be"),
        (lambda text: text.replace("max_size 21MiB", "max_size 1MiB"), "a file of 10 MiB in a form"),
        (lambda text: text.replace("header Strict", "# header Strict"), "browsers are told"),
        (in_proxy("flush_interval -1"), "who hangs up gives the place back"),
        (in_proxy("header_up X-Forwarded-For 192.0.2.1"), "clients are told apart"),
    ],
    ids=["health", "body", "https", "streams", "addresses"],
)
def test_a_proxy_that_is_weaker(copy: Path, change_it: Callable[[str], str], told: str) -> None:
    """The server is this checkout's; the copy has links to it."""
    for each in (".venv", "scrumrpc", "methods", "schema.sql"):
        (copy / each).symlink_to(TOP / each)
    file = copy / "deploy/Caddyfile"
    before = file.read_text()
    file.write_text(change_it(before))
    assert file.read_text() != before
    code, lines = check(copy, "proxy")
    if any(line.startswith("left out") and "behind the proxy" in line for line in lines):
        pytest.skip(lines[-2])
    assert code == 1
    assert any(line.startswith("FAILED ") and told in line for line in lines), lines
