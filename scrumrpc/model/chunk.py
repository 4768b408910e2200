"""Chunks: pieces of JSON that stay as they are and are answered again and again, with what was made of them."""

from __future__ import annotations

from typing import NamedTuple


class Deflated(NamedTuple):
    """A piece as a run of whole deflate blocks that refers to nothing before it, so that it fits behind any other.

    `crc32` is that of the piece as it was; `shift` is what moves the checksum of what stands before the piece over it.
    """

    data: bytes
    crc32: int
    shift: int


class Chunk(bytes):
    """A piece of JSON that an image keeps and many answers contain. It is compressed once, when first asked for."""

    deflated: Deflated | None = None
