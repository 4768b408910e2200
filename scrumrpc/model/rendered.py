"""Rendered JSON that is kept: pieces of answers that serve again until an object in them changes."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakSet

from scrumrpc.model.chunk import Chunk

Parts = list[bytes]
"""JSON in pieces, to which others are appended."""

LARGE = 16 * 1024
"""Bytes of JSON from which on it is worth keeping."""
WORTH = 256
"""Bytes from which on it is worth keeping what is mostly kept in pieces already: only these have to be rendered."""
_COMPRESSED = 8
"""For so many bytes one more is counted, since what is kept may be kept compressed as well."""


class Rendered:
    """The JSON of some objects that follow one another, in pieces.

    Whatever holds it is never changed, only replaced: so it stays right for as long as it is there. `inner` is what was
    kept before of objects that nest in these, and of which the pieces are used here as well: so it was `used` by the
    same answer or a later one.
    """

    __slots__ = ("__weakref__", "_all", "_inner", "length", "order", "parts", "size", "used")

    def __init__(
        self,
        parts: tuple[bytes, ...],
        inner: tuple[Rendered, ...],
        length: int,
        size: int,
        used: int,
        of: AllRendered,
    ) -> None:
        self.parts = parts
        self._inner = inner
        self.length = length  # bytes of the pieces
        self.size = size  # what they take, but for those that are kept of what nests in the objects
        self.used = used
        of.made += 1
        self.order = of.made
        self._all = of
        of.bytes += size

    def __del__(self) -> None:
        self._all.bytes -= self.size

    def use(self, answer: int) -> None:
        """Notes that an answer has the pieces."""
        if self.used < answer:
            self.used = answer
            for inner in self._inner:
                inner.use(answer)

    def drop(self) -> None:
        """Forgets the pieces; there are none in what is kept otherwise."""
        self._all.bytes -= self.size
        self.parts, self._inner, self.size = (), (), 0


class AllRendered:
    """All rendered JSON that a worker keeps, for whatever accounts, versions and combinations of includeProperties.

    `bytes` is how much there is. The answers that keep and use it are counted: the last one is number `answers`.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self.answers = 0
        self.made = 0
        self._kept: WeakSet[Rendered] = WeakSet()

    def keep(self, parts: Sequence[bytes], inner: Sequence[Rendered], length: int, answer: int) -> Rendered:
        """Keeps pieces of so many bytes, of which some are kept already, for as long as there is what they are of."""
        still = tuple([each for each in inner if each.parts])
        size = length - sum([each.length for each in still])
        rendered = Rendered(tuple(parts), still, length, size + size // _COMPRESSED, answer, self)
        self._kept.add(rendered)
        return rendered

    def shrink(self, limit: int) -> None:
        """Drops what was not used for longest, until there are at most so many bytes.

        Of what the same answer used, what has others in it goes first: else their pieces would stay.
        """
        if self.bytes <= limit:
            return
        for rendered in sorted(self._kept, key=lambda each: (each.used, -each.order)):
            rendered.drop()
            if self.bytes <= limit:
                return


def put_together(parts: Sequence[bytes]) -> Parts:
    """The same JSON in fewer pieces: small ones that follow one another become one; large ones become chunks.

    >>> put_together([b"[", b"1", b",", b"2" * LARGE, b"]"]) == [b"[1,", b"2" * LARGE, b"]"]
    True
    """
    whole: Parts = []
    small: Parts = []
    for part in [*parts, None]:
        if part is not None and len(part) < LARGE:
            small.append(part)
            continue
        if small:
            joined = b"".join(small)
            whole.append(joined if len(joined) < LARGE else Chunk(joined))
            small.clear()
        if part is not None:
            whole.append(part if isinstance(part, Chunk) else Chunk(part))
    return whole
