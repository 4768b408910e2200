"""The README's lines about versions and backups run as they stand, but for the port and where the programs are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.serving import Server

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README[README.index("## What versions give you") : README.index("## Run the tests")]
BLOCKS = re.findall(r"^```\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Server]:
    """A server at its first start, with the sample."""
    server = Server(["--sample", "--data", str(tmp_path / "data")], {"SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"})
    yield server
    server.stop()


@pytest.mark.slow
def test_the_lines_run(sample: Server, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    provide(programs / "curl", f"{Path(__file__).parent / 'curl.py'}")
    provide(programs / "scrumrpc", "-m scrumrpc")
    script = "".join(BLOCKS).replace("http://127.0.0.1:8080", sample.address)
    data = f"--data '{tmp_path / 'data'}'"
    script = re.sub(r"\.venv/bin/scrumrpc (?!.* --data )(.*)", rf"scrumrpc \1 {data}", script)
    script = script.replace(".venv/bin/scrumrpc", "scrumrpc")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "KEY": sample.credentials("bob@example.com")[1],
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    answers = [orjson.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [answer for answer in answers if answer["objectType"] != "Result"] == []
    calls = [line for line in script.splitlines() if line.startswith("call ")]
    assert len(answers) == len(calls) > 15
    assert re.search(r'^id: 1-[0-9a-f]{12}\ndata: {"objectType":"Version","dataVersion":1,', done.stdout, re.MULTILINE)
    assert "read it back" in done.stdout
    assert "the change logs lead to all" in done.stdout
    assert (tmp_path / "scrumrpc-restored/postgres").is_dir()
    batches = [answer for line, answer in zip(calls, answers, strict=True) if "executeBatch" in line]
    assert batches[0] == batches[1]
    assert batches[0]["result"][0] != batches[0]["result"][1]


def provide(program: Path, what: str) -> None:
    """Makes a program that runs Python."""
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {what} "$@"\n')
    program.chmod(0o755)
