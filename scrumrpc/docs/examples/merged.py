"""The examples of all groups, brought into the order of the registry."""

from __future__ import annotations

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.examples import (
    account,
    attached,
    backlogs,
    boards,
    items,
    planning,
    projects,
    retrospectives,
    tasks,
    webhooks,
)

GROUPS: tuple[dict[str, dict[str, str]], ...] = (
    account.EXAMPLES, attached.EXAMPLES, backlogs.EXAMPLES, items.EXAMPLES, boards.EXAMPLES, planning.EXAMPLES,
    projects.EXAMPLES, retrospectives.EXAMPLES, tasks.EXAMPLES, webhooks.EXAMPLES,
)  # fmt: skip

_FOUND = {name: given for group in GROUPS for name, given in group.items()}

EXAMPLES: dict[str, dict[str, str]] = {name: _FOUND[name] for name in METHODS if name in _FOUND}
"""Parameters by method, in the order of the registry."""
