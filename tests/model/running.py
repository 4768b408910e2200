"""Running state machines, and the methods that they call."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS

WRITING = [
    name
    for name, method in METHODS.items()
    if method.public and method.writes and name != "executeBatch" and method.noun != "Webhook"
]
"""What changes data; batches of these are in test_batches.py.

Webhooks are no data, and what their methods do shows nowhere but in them: tests/calls/test_webhooks.py is about them.
"""
SIMPLE = ("Name", "Description", "Link", "ExternalID", "IsArchived", "Color", "DueDate")
PLANNED_WORK = [
    name
    for name in WRITING
    if METHODS[name].noun in ("BacklogItem", "Task", "Sprint", "Release", "Board", "BoardColumn", "TimeEntry")
    and not name.endswith(SIMPLE)
]
"""Methods about what depends on each other most."""
CHANGING_PLACE_OR_STATUS = [
    name
    for name in PLANNED_WORK
    if name.startswith(("assign", "unassign", "moveTask", "moveBacklogItemTo", "start", "complete", "abort", "addTask"))
    or name.endswith(("Status", "Type", "AssignedPersonID", "Estimate", "RemainingWork", "UsedTime"))
    or METHODS[name].noun == "TimeEntry"
]
"""Those of them after which other objects change as well."""


class Seeded:
    """Draws the methods that a machine calls: those more often where more depends on the state of the account."""

    def __init__(self, seed: bytes, names: Iterable[str]) -> None:
        self.random = Random(seed)
        self._names = list(names)

    def method(self) -> str:
        """The wire name of a method."""
        among = self.random.choice([self._names, PLANNED_WORK, CHANGING_PLACE_OR_STATUS, CHANGING_PLACE_OR_STATUS])
        return self.random.choice([name for name in among if name in self._names])


SEEDS = st.binary(min_size=8, max_size=8)
"""All that a step draws: a run then shrinks by leaving out steps, and by steps that do nothing."""


def run(machine: type[RuleBasedStateMachine], examples: int, steps: int, **more: Any) -> None:
    """Runs a machine; its examples share a database but no account.

    Each three examples are a run of their own, because later ones of a run mostly repeat parts of the first. It begins
    with two that are as simple as can be; steps whose seed is all zeros do nothing, so that these cost nothing.
    """
    for _ in range(0, examples, 3):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=5,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                **more,
            ),
        )
