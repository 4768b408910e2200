"""Breaks a server and its database in every way, under load, and checks what clients recorded: python -m tests.faults.

Prints what happened by kind of fault; ends with status 1 where something does not fit.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.faults.deployment import MAY_MOUNT, Deployment
from tests.faults.harness import Company, Scenario
from tests.faults.kinds import KINDS, NEEDS, Fault, title
from tests.faults.summary import summary

_ALONE = ("unshare", "--user", "--map-root-user", "--mount")


def main() -> None:
    """Runs it, in a mount namespace of its own where the machine allows that."""
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("--faults", type=int, default=200, help="how many faults, each kind as often as another")
    options.add_argument("--workers", type=int, default=3, help="worker processes of the server")
    options.add_argument("--seed", type=int, default=1, help="decides the order of faults, and what clients do")
    options.add_argument(
        "--only", nargs="*", default=[], metavar="KIND", help="only kinds with these words in the name"
    )
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the logs there")
    chosen = options.parse_args()
    if MAY_MOUNT not in os.environ and _can_be_alone():
        os.environ[MAY_MOUNT] = "yes"
        os.execvp(_ALONE[0], [*_ALONE, sys.executable, "-m", "tests.faults", *sys.argv[1:]])
    kinds = [kind for kind in KINDS if all(word in title(kind) for word in chosen.only)]
    if not kinds:
        options.error("no kind of fault has these words in its name")
    # Short, as the socket of the database is in it.
    with tempfile.TemporaryDirectory(prefix="faults-", dir="/tmp" if Path("/tmp").is_dir() else None) as folder:
        problems = _run(Path(folder), kinds, chosen)
    if problems:
        print(f"\n{len(problems)} things do not fit:", *problems[:40], sep="\n  ")
        sys.exit(1)


def _can_be_alone() -> bool:
    if shutil.which(_ALONE[0]) is None:
        return False
    return subprocess.run([*_ALONE, "true"], capture_output=True, check=False).returncode == 0


def _run(folder: Path, kinds: list[Fault], chosen: argparse.Namespace) -> list[str]:
    began = time.monotonic()
    random.seed(chosen.seed)
    deployment = Deployment(folder, chosen.workers)
    try:
        able = [kind for kind in kinds if NEEDS.get(kind) not in deployment.lacks]
        faults = list(islice(_in_rounds(able), chosen.faults))
        scenario = Scenario(Company(deployment), chosen.seed)
        asyncio.run(scenario.run(faults))
        problems = asyncio.run(scenario.check())
    finally:
        deployment.stop()
        if chosen.keep:
            _keep(deployment, chosen.keep)
        deployment.unmount()
    problems += [f"the server said: {line}" for line in deployment.complaints()]
    print(summary(scenario, problems, time.monotonic() - began))
    return problems


def _in_rounds(kinds: list[Fault]) -> Iterator[Fault]:
    """Each kind once, in order, and then each once again and again, in any order."""
    order = list(kinds)
    while True:
        yield from order
        random.shuffle(order)


def _keep(deployment: Deployment, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.log").write_text("\n--- started again ---\n".join(deployment.logs))
    for log in deployment.folder.glob("postgres.log*"):
        shutil.copy(log, folder)


if __name__ == "__main__":
    main()
