"""Running state machines, and the methods that they call."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS

WRITING = [name for name, method in METHODS.items() if method.public and method.writes]
PLANNED_WORK = [
    name
    for name in WRITING
    if METHODS[name].noun in ("BacklogItem", "Task", "Sprint", "Release", "Board", "BoardColumn", "TimeEntry")
    and not name.endswith(("Name", "Description", "Link", "ExternalID", "IsArchived", "Color", "DueDate"))
]
"""Methods about what depends on each other most; they are called more often."""


def run(machine: type[RuleBasedStateMachine], examples: int, steps: int, **more: Any) -> None:
    """Runs a machine; its examples share a database but no account."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            **more,
        ),
    )
