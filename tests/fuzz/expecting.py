"""What a request may be answered: by what is wrong with it, and by which error is documented to come first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

RESULT = "Result"
"""Stands for an answer that is no error."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is wrong with a request, or may be.

    `place` is where its error stands in the order of the page /docs/errors: the step, and within step 5 the place of
    the parameter. One that is not `certain` may go unnoticed.
    """

    place: tuple[int, int]
    error: str
    certain: bool = True


REQUEST, HEADER, CALLER, PARAMETER, VERSION, OBJECT = 1, 2, 4, 5, 7, 8
"""The steps of the order; step 6 is the permission of keys that only read, and 3 the limits, which are wide here."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as bytes, and what must be true of its answer.

    The bytes are in pieces where a client pauses. `allowed` are the ids of errors that may come, and RESULT. A request
    that is `last` ends its connection; one that is `cut` ends before it is complete. `sort` says what its answer is
    made of. A Result `raises` the version by so much at most; one of the `past` may be at any version. `words` are what
    an error may quote, as far as the bytes do not show it.
    """

    pieces: tuple[bytes, ...]
    allowed: frozenset[str]
    method: str = ""
    verb: str = "POST"
    sort: str = "api"
    last: bool = False
    cut: bool = False
    raises: int = 0
    past: bool = False
    request_id: str = ""
    words: str = field(default="", compare=False)

    @property
    def data(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)


def allowed(flaws: Iterable[Flaw], otherwise: Iterable[str]) -> frozenset[str]:
    """The errors that may come first; what the method itself may answer where nothing is wrong for certain.

    >>> sorted(allowed([Flaw((5, 1), "MissingParameter"), Flaw((2, 0), "AuthenticationRequired", certain=False)], []))
    ['AuthenticationRequired', 'MissingParameter']
    """
    found: set[str] = set()
    ordered = sorted(flaws, key=lambda flaw: flaw.place)
    for place in sorted({flaw.place for flaw in ordered}):
        here = [flaw for flaw in ordered if flaw.place == place]
        found.update(flaw.error for flaw in here)
        if any(flaw.certain for flaw in here):
            return frozenset(found)
    return frozenset(found | set(otherwise))
