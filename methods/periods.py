"""The rule about periods: they do not end before they start."""

from __future__ import annotations

from scrumrpc.errors import RequirementNotSatisfied


def check_period(first: str, start: str | None, last: str, end: str | None) -> None:
    """Refuses an end before the start; `first` and `last` are the parameters that say them. Either may be missing."""
    if start is not None and end is not None and end < start:
        raise RequirementNotSatisfied(
            f"The parameter {last} is {end}, which is before the {first} {start}; it must be that day or a later one."
        )
