"""What the processes of a server take, sampled over time, and whether it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.load.servers import Process, Served


@dataclass(frozen=True, slots=True)
class Bound:
    """By how much a figure may have grown, by its fitted line, over the second half: a part of it, or so much."""

    part: float
    least: float


_MEMORY, _COUNT = Bound(0.03, 4.0), Bound(0.02, 2.0)


@dataclass(slots=True)
class Series:
    """A figure over time, in minutes."""

    name: str
    unit: str
    bound: Bound
    points: list[tuple[float, float]] = field(default_factory=list)

    @property
    def second_half(self) -> Sequence[tuple[float, float]]:
        """The samples of the second half of the time."""
        half = self.points[-1][0] / 2
        return [point for point in self.points if point[0] >= half]

    @property
    def growth(self) -> float:
        """What the fitted line rises by over the second half."""
        points = self.second_half
        return slope(points) * (points[-1][0] - points[0][0])

    @property
    def allowed(self) -> float:
        """What it may rise by."""
        values = [y for _, y in self.second_half]
        return max(self.bound.least, self.bound.part * sum(values) / len(values))

    @property
    def is_flat(self) -> bool:
        """Whether it rises by no more than that."""
        return self.growth <= self.allowed


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the line that is nearest to the points by least squares; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    mean_x, mean_y = (sum(each) / len(points) for each in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


class Samples:
    """What the processes take, over time."""

    def __init__(self, server: Served, admin_url: str) -> None:
        self._server = server
        self._workers = [process.pid for process in server.workers]
        self._admin_url = admin_url
        names = [f"worker {n + 1}" for n in range(len(self._workers))]
        self._of = {
            **{name: Process(pid) for name, pid in zip(names, self._workers, strict=True)},
            "parent": Process(server.server.process.pid),
        }
        self._memory = {name: Series(f"Memory (PSS) of {name}", "MiB", _MEMORY) for name in self._of}
        # Connections fall to the workers as they come: only together do they have the same number each time.
        self._files = Series("Open files of all workers", "files", Bound(0.02, 8.0))
        self._threads = Series("Threads of all workers", "threads", _COUNT)
        self._connections = Series("Connections of the database", "connections", _COUNT)
        self._backends = Series("Memory of PostgreSQL", "MiB", Bound(0.05, 16.0))
        self._spilled = Series("Temporary files of PostgreSQL, ever", "files", _COUNT)

    @property
    def series(self) -> list[Series]:
        """All of them."""
        of_workers = [*self._memory.values(), self._files, self._threads]
        return [*of_workers, self._connections, self._backends, self._spilled]

    def take(self, minute: float) -> None:
        """One sample of everything; a worker that was replaced would be a failure."""
        now = [process.pid for process in Served(self._server.server).workers]
        assert now == self._workers, "a worker ended during the soak"
        for name, process in self._of.items():
            self._memory[name].points.append((minute, process.kilobytes() / 1024))
        files = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in now)
        self._files.points.append((minute, files))
        self._threads.points.append((minute, sum(process.threads() for process in self._server.workers)))
        with psycopg.connect(self._admin_url, autocommit=True) as conn:
            row = conn.execute(
                "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), temp_files, "
                "(SELECT array_agg(pid) FROM pg_stat_activity) FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert row
        self._connections.points.append((minute, row[0]))
        self._spilled.points.append((minute, row[1]))
        self._backends.points.append((minute, sum(_kilobytes(pid) for pid in row[2]) / 1024))


def _kilobytes(pid: int) -> int:
    """What a process of PostgreSQL takes of its own; nothing where it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Dirty:", "Private_Clean:")))
