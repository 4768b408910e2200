"""The layout of `pretty=true`: as the documentation prints JSON, with CR LF between lines."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator

from scrumrpc.wire.sending import pieces

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_PLAIN = rb"[-+.0-9a-zA-Z]+"
_VALUE = re.compile(rb"%b|%b" % (_STRING, _PLAIN))
# Compact JSON in pieces of which each is some lines or a part of one: members whose values hold no others, with commas
# behind them; the name of another member; what is empty; a mark; another value.
_TOKEN = re.compile(
    rb"((?:%(string)b:(?:%(string)b|%(plain)b),)+)|(%(string)b:)|(\{\}|\[\])|([\[\]{},])|(?:%(string)b|%(plain)b)"
    % {b"string": _STRING, b"plain": _PLAIN}
)
_PIECE = 16 * 1024
_EMPTY = {b"{}": b"{ }", b"[]": b"[ ]"}


def pretty(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Compact JSON with one member to a line, blanks around colons, and arrays that run on; piece by piece.

    >>> print(b"".join(pretty([b'{"a":[1,', b'{"b":[]}]}'])).decode().replace(chr(13), ""))
    {
      "a" : [ 1, {
        "b" : [ ]
      } ]
    }
    """
    layout = _Layout()
    waiting: list[bytes] = []
    size, enough = 0, _PIECE
    for piece in pieces(parts, _PIECE):
        waiting.append(piece)
        size += len(piece)
        if size >= enough:
            done, rest = layout.laid_out(b"".join(waiting), is_all=False)
            yield done
            waiting, size = [rest], 0
            enough = max(_PIECE, len(rest))  # lest a long text be looked through again and again
    yield layout.laid_out(b"".join(waiting), is_all=True)[0]


async def laid_out(parts: Iterable[bytes]) -> list[bytes]:
    """The same as a whole; it may take seconds, during which others have their turn."""
    whole = []
    for piece in pretty(parts):
        whole.append(piece)
        await asyncio.sleep(0)
    return whole


class _Layout:
    """What was begun so far: the marks that close it, and the line break in front of the next member."""

    def __init__(self) -> None:
        self._open: list[bytes] = []
        self._break = b"\r\n"

    def laid_out(self, text: bytes, *, is_all: bool) -> tuple[bytes, bytes]:
        """The text as it is printed, and its end where that cannot be told before more of it is there."""
        out: list[bytes] = []
        scanned = 0
        for token in _TOKEN.finditer(text):
            if token.start() != scanned or (token.end() == len(text) and not is_all):
                break  # it may go on in what follows
            scanned = token.end()
            members, name, empty, mark = token.groups()
            if members:
                words = _VALUE.findall(members)
                between = b"," + self._break
                out += (between.join(map(b" : ".join, zip(words[::2], words[1::2], strict=True))), between)
            elif name:
                out += (name[:-1], b" : ")
            elif empty:
                out.append(_EMPTY[empty])
            elif mark:
                out.append(self._marked(mark))
            else:
                out.append(token[0])
        return b"".join(out), text[scanned:]

    def _marked(self, mark: bytes) -> bytes:
        match mark:
            case b",":
                return b", " if self._open[-1] == b"]" else b"," + self._break
            case b"[":
                self._open.append(b"]")
                return b"[ "
            case b"{":
                self._open.append(b"}")
                self._break += b"  "
                return b"{" + self._break
            case b"]":
                self._open.pop()
                return b" ]"
            case _:
                self._open.pop()
                self._break = self._break[:-2]
                return self._break + b"}"
