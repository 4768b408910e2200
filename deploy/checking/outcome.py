"""A check, how it can end, and the programs that checks call."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Check = tuple[str, Callable[[], None]]
"""What is checked, in words, and how: it returns where all is well, and raises one of these where it is not."""


class Failed(Exception):
    """Something is not as it must be; the message says what."""


class LeftOut(Exception):
    """Something cannot be checked on this machine; the message says why."""


OK, FAILED, LEFT_OUT = "ok", "FAILED", "left out"


@dataclass
class Tally:
    """Runs checks, prints a line for each, and counts how they ended."""

    ended: Counter[str] = field(default_factory=Counter)

    def run(self, check: Check) -> None:
        """Runs one."""
        name, look = check
        try:
            look()
        except LeftOut as why:
            self.count(f"{LEFT_OUT:<9} {name}: {why}")
        except (Failed, OSError, subprocess.SubprocessError, http.client.HTTPException) as why:
            self.count(f"{FAILED:<9} {name}: {why or type(why).__name__}")
        else:
            self.count(f"{OK:<9} {name}")

    def count(self, line: str) -> None:
        """Prints and counts the line of a check, maybe one that another process ran."""
        self.ended[line[:9].strip()] += 1
        print(line, flush=True)


def expect(holds: object, otherwise: str) -> None:
    """Ends a check where something does not hold."""
    if not holds:
        raise Failed(otherwise)


def none_of(problems: list[str]) -> None:
    """Ends a check that found problems."""
    expect(not problems, "; ".join(problems))


def program(name: str) -> str:
    """Where a program is, maybe beside Python; leaves the check out where there is none."""
    found = shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)
    if found is None:
        raise LeftOut(f"there is no {name} on this machine")
    return found


def run(
    *words: str | Path, environment: Mapping[str, str] | None = None, given: str = "", patience: float = 120
) -> str:
    """What a program prints; the check fails where the program does."""
    done = subprocess.run(
        words,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        timeout=patience,
        check=False,
    )
    expect(done.returncode == 0, f"{Path(words[0]).name} ended with {done.returncode}: {done.stdout.strip()[-2000:]}")
    return done.stdout
