"""Example calls: for each public method, parameters that work on the sample account; and the steps of the guide.

The examples run one after the other, in the order of the documentation, on a fresh sample account
(`scrumrpc serve --sample`) on behalf of its administrator. What pages and OpenAPI show are these values.
"""

from __future__ import annotations

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.examples import account, attached, backlogs, boards, items, planning, projects, retrospectives, tasks
from scrumrpc.docs.examples.guide import ACCOUNT, EMAIL, GUIDE, Step

__all__ = ["ACCOUNT", "EMAIL", "EXAMPLES", "GROUPS", "GUIDE", "Step"]

GROUPS: tuple[dict[str, dict[str, str]], ...] = (
    account.EXAMPLES, attached.EXAMPLES, backlogs.EXAMPLES, items.EXAMPLES, boards.EXAMPLES, planning.EXAMPLES,
    projects.EXAMPLES, retrospectives.EXAMPLES, tasks.EXAMPLES,
)  # fmt: skip

_FOUND = {name: given for group in GROUPS for name, given in group.items()}

EXAMPLES: dict[str, dict[str, str]] = {name: _FOUND[name] for name in METHODS if name in _FOUND}
"""Parameters by method, in the order of the registry."""
