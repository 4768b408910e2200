"""The harness in its short form: each kind of fault once, under load; see __main__.py for the long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.kinds import KINDS


@pytest.mark.slow
def test_no_fault_loses_or_repeats_anything() -> None:
    """In a process of its own, as it mounts a disk."""
    command = [sys.executable, "-m", "tests.faults", "--faults", str(len(KINDS))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
