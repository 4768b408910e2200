"""Sends bodies in pieces: as fast as the client takes them, and without holding up anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from starlette.datastructures import Headers
from starlette.types import Scope, Send

from scrumrpc.wire.compressing import WORTH, Compressor, accepts_gzip
from scrumrpc.wire.conditional import CACHING, etag

# Bytes of a body that are sent at once. The next ones wait until the client has taken most of them: a slow client holds
# little more than that in buffers of its own, and a TLS connection that still has much to send when its answer is
# complete would be broken off after a while, and cut the answer short.
_PIECE = 256 * 1024

_VARIES = (b"vary", b"accept-encoding")
"""Tells caches that the same request gets another body from other clients."""


async def send_large(
    scope: Scope,
    send: Send,
    status: int,
    headers: list[tuple[bytes, bytes]],
    parts: Sequence[bytes],
    compressor: Compressor,
    tag: str | None = None,
    *,
    laid_out: bool = False,
) -> None:
    """Sends a JSON answer that is large or has a tag, compressed where that pays and the client accepts it."""
    compressed = sum(map(len, parts)) >= WORTH and _accepts_gzip(scope)
    whole = [*headers, _VARIES]
    if tag:
        whole.append(etag(tag, laid_out=laid_out, compressed=compressed))
    if compressed:
        whole.append((b"content-encoding", b"gzip"))
        parts = await compressor.gzip(parts)
    await send_parts(scope, send, status, whole, parts)


async def send_unchanged(
    scope: Scope, send: Send, headers: list[tuple[bytes, bytes]], tag: str, *, laid_out: bool
) -> None:
    """Tells a client that the answer which it has is still right."""
    name = etag(tag, laid_out=laid_out, compressed=_accepts_gzip(scope))
    await send({"type": "http.response.start", "status": 304, "headers": [*headers, *CACHING, _VARIES, name]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _accepts_gzip(scope: Scope) -> bool:
    return accepts_gzip(",".join(Headers(scope=scope).getlist("accept-encoding")))


async def send_parts(
    scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], parts: Sequence[bytes]
) -> None:
    """Sends an answer whose body is the parts one behind the other; to HEAD it tells the length all the same.

    Of parts that others use as well nothing is copied but what is on its way.
    """
    told = [*headers, (b"content-length", b"%d" % sum(map(len, parts)))]
    await send({"type": "http.response.start", "status": status, "headers": told})
    following = pieces(() if scope["method"] == "HEAD" else parts, _PIECE)
    piece: bytes | None = next(following, b"")
    while piece is not None:
        after = next(following, None)
        await send({"type": "http.response.body", "body": piece, "more_body": after is not None})
        if after is not None:
            await asyncio.sleep(0)  # where the client is fast, sending waits for nothing
        piece = after


def pieces(parts: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The parts as pieces of at most that size: small ones joined, large ones cut.

    >>> list(pieces([b"a", b"b", b"cdefghijk", b"l"], 4))
    [b'ab', b'cdef', b'ghij', b'k', b'l']
    """
    joined: list[bytes] = []
    length = 0
    for part in parts:
        if length + len(part) > size and joined:
            yield b"".join(joined)
            joined, length = [], 0
        if len(part) <= size:
            joined.append(part)
            length += len(part)
        else:
            yield from (part[begin : begin + size] for begin in range(0, len(part), size))
    if joined:
        yield b"".join(joined)
