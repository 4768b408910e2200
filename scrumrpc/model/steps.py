"""Steps: long work cut into pieces of about a millisecond, so that whoever does it may do other things in between."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")

Work = Generator[None, None, T]
"""Work that comes to some result; each time it is resumed it takes a step."""
Steps = Work[None]


def done(work: Generator[Any, None, T]) -> T:
    """The result of work whose steps are all taken one right after the other."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
