"""Bench: what all lines of a run share: the prepared data and how long and how often things are measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.load.pgbench import Executed, recorded
from tests.load.prepared import Prepared


@dataclass(slots=True)
class Bench:
    """One run. `rounds` times, ours and the baseline are measured in turn, each for `seconds`."""

    prepared: Prepared
    seconds: float
    rounds: int
    items: int
    objects: int
    accounts: int = 10_000
    clients: int = 2_000
    minutes: float = 3.0
    share: float = 0.7
    workers: int = 2
    _recorded: list[list[Executed]] = field(default_factory=list)

    def recorded(self) -> list[list[Executed]]:
        """The statements of one addBacklogItem, of several calls."""
        if not self._recorded:
            self._recorded = recorded(self.prepared)
        return self._recorded
