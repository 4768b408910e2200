"""Kinds: all the faults that there are, each a function that breaks something and returns when that is over."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults import breaking, cutting, exhausting
from tests.faults.deployment import Deployment

Fault = Callable[[Deployment], None]

KINDS: tuple[Fault, ...] = (
    breaking.kill_a_worker,
    cutting.cut_listeners,
    cutting.cut_database_connections,
    cutting.cut_requests,
    breaking.end_a_worker,
    cutting.cut_answers,
    breaking.crash_a_backend,
    cutting.cut_before_commits,
    exhausting.move_the_clock_forward,
    breaking.kill_two_workers,
    cutting.cut_at_commits_sent,
    exhausting.move_the_clock_back,
    exhausting.hold_the_account,
    cutting.cut_half_of_the_database_connections,
    breaking.stop_a_worker_for_a_while,
    cutting.cut_after_commits,
    exhausting.fill_the_pool,
    breaking.stop_backends_for_a_while,
    breaking.stop_the_database_for_a_while,
    exhausting.take_file_handles,
    exhausting.fill_the_disk,
    breaking.kill_the_database,
    breaking.kill_all_workers,
    exhausting.fill_the_disk_to_the_log,
    breaking.end_the_database,
    breaking.kill_the_database_and_a_worker,
    exhausting.kill_the_database_on_a_full_disk,
    exhausting.take_all_connections,
    breaking.kill_workers_twice,
    breaking.restart,
    breaking.kill_the_parent,
    breaking.kill_everything,
)
"""Those of single connections and processes first."""

NEEDS: dict[Fault, str] = {
    exhausting.fill_the_disk: "disk",
    exhausting.fill_the_disk_to_the_log: "disk",
    exhausting.kill_the_database_on_a_full_disk: "disk",
    exhausting.move_the_clock_forward: "clock",
    exhausting.move_the_clock_back: "clock",
}
"""What a fault needs that not every machine has."""


def title(fault: Fault) -> str:
    """A fault in words."""
    return fault.__name__.replace("_", " ")
