"""What is said at the end of a run of these tests: how much of the API they go through."""

from __future__ import annotations

from typing import Any

from scrumrpc.calls.batch import may_be_in_a_batch
from scrumrpc.calls.registry import METHODS
from tests.security.naming import namings


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the numbers of generated cases."""
    cases = namings()
    methods = {each.method.name for each in cases}
    in_batches = [each for each in cases if may_be_in_a_batch(each.method)]
    public = [method for method in METHODS.values() if method.public]
    terminalreporter.section("security")
    terminalreporter.write_line(f"methods called between two accounts with the same ids: {len(public)}")
    terminalreporter.write_line(
        f"parameters tried with what belongs to another account: {len(cases)} of {len(methods)} methods, by type; "
        f"{len(in_batches)} of them in batches as well"
    )
    terminalreporter.write_line(f"methods called in six roles, with and without access control: {len(public)}")
