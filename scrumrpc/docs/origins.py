"""Where methods come from, in words, and which come from where."""

from __future__ import annotations

from dataclasses import dataclass

from scrumrpc.calls.registry import Method
from scrumrpc.calls.upstream import Origin
from scrumrpc.docs.nouns import public_methods


@dataclass(frozen=True, slots=True)
class Source:
    """A place that methods come from.

    `mark` stands beside a method in lists, `says` on the method's own page, `title` above all methods of the kind.
    """

    origin: Origin
    mark: str
    title: str
    says: str
    meaning: str

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods from there, in the order of registration."""
        return tuple(method for method in public_methods() if method.origin == self.origin)


SOURCES: dict[Origin, Source] = {
    source.origin: source
    for source in (
        Source(
            "documented",
            "1.4",
            "Documented methods",
            "Documented by the original (API 1.4).",
            "The original documents them in full, and here they do the same.",
        ),
        Source(
            "named",
            "1.11",
            "Named methods",
            "Named by the original (up to API 1.11); its parameters are this server's.",
            "The original has methods of these names. What they take and require was decided here.",
        ),
        Source(
            "ours",
            "own",
            "Methods of this server",
            "This server's own.",
            "The original leaves these things to its screens, and its clients do not know them.",
        ),
    )
}
"""By what methods say of themselves."""
