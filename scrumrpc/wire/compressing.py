"""Compresses large answers with gzip for clients that accept it; pieces that many answers share are compressed once."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from scrumrpc.model.chunk import Chunk, Deflated

WORTH = 1_500
"""Bytes from which on an answer is compressed: a smaller one travels in one packet anyway."""

_RUN = 128 * 1024
_AT_ONCE = 1024 * 1024
"""Bytes that are compressed at a time, so that a large answer keeps no other one waiting for long."""
_ON_THE_LOOP = 32 * 1024
"""Bytes that are compressed sooner than another thread would take them over."""
_STORED = 100
"""Bytes of a piece that would not become smaller."""
_LEVEL = 1
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x04\xff"
_LAST_BLOCK = b"\x03\0"
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def accepts_gzip(accepted: str) -> bool:
    """Whether the header Accept-Encoding asks for gzip, and not for what is not compressed sooner than that.

    >>> [accepts_gzip(header) for header in ("br, gzip;q=0.8", "gzip;q=0, *", "gzip;q=0.5, identity", "")]
    [True, False, False, False]
    """
    weights = dict(filter(None, map(_weight, accepted.split(","))))
    weight = next((weights[coding] for coding in ("gzip", "x-gzip", "*") if coding in weights), 0.0)
    return weight > 0 and weight >= weights.get("identity", 0.0)


def _weight(element: str) -> tuple[str, float] | None:
    """A coding and how gladly it is taken; None for what is no element of the header."""
    coding, *parameters = (each.strip().lower() for each in element.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() != "q" or not _WEIGHT.fullmatch(value.strip()):
            return None
        weight = float(value)
    return coding, weight


class Compressor:
    """Compresses answers, the large ones one after the other in a thread of their own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "compressing")

    async def gzip(self, parts: Sequence[bytes]) -> list[bytes]:
        """The parts as the pieces of one gzip file.

        One, and not one for each part: there are clients that read no further than to the end of the first.
        """
        packed = [_HEADER]
        crc = size = 0
        for batch in _batches(parts):
            for data, deflated in zip(batch, await self._deflated(batch), strict=True):
                packed.append(deflated.data)
                crc = _multiplied(deflated.shift, crc) ^ deflated.crc32
                size += len(data)
            if size >= _AT_ONCE:
                await asyncio.sleep(0)  # where all was compressed before, nothing is waited for
        return [*packed, _LAST_BLOCK, crc.to_bytes(4, "little"), (size & 0xFFFFFFFF).to_bytes(4, "little")]

    async def _deflated(self, batch: Sequence[bytes]) -> list[Deflated]:
        if sum(len(data) for data in batch if not (isinstance(data, Chunk) and data.deflated)) <= _ON_THE_LOOP:
            return _deflate_all(batch)
        return await asyncio.get_running_loop().run_in_executor(self._thread, _deflate_all, batch)


def _batches(parts: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The parts as pieces that are worth compressing by themselves, some at a time; chunks stay what they are."""
    batch: list[bytes] = []
    size = 0
    for run in _runs(parts):
        batch.append(run)
        size += len(run)
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    yield batch


def _runs(parts: Iterable[bytes]) -> Iterator[bytes]:
    joined: list[bytes] = []
    size = 0
    for part in parts:
        if isinstance(part, Chunk):
            if joined:
                yield b"".join(joined)
                joined, size = [], 0
            yield part
            continue
        joined.append(part)
        size += len(part)
        if size >= _RUN:
            yield b"".join(joined)
            joined, size = [], 0
    if joined:
        yield b"".join(joined)


def _deflate_all(batch: Iterable[bytes]) -> list[Deflated]:
    return [_kept(data) if isinstance(data, Chunk) else deflated(data) for data in batch]


def _kept(chunk: Chunk) -> Deflated:
    if chunk.deflated is None:
        chunk.deflated = deflated(chunk)
    return chunk.deflated


def deflated(data: bytes) -> Deflated:
    """A piece as a run of deflate blocks."""
    if len(data) <= _STORED:
        length = len(data)
        run = b"\0" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + data
    else:
        deflating = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        run = deflating.compress(data) + deflating.flush(zlib.Z_FULL_FLUSH)
    return Deflated(run, zlib.crc32(data), _shift(len(data)))


# The checksum of two pieces, one behind the other, follows from theirs: that of the first is moved over the bytes of
# the second, which is a multiplication of polynomials, and added to that of the second. zlib does the same in
# crc32_combine, which Python does not offer.
_CRC_POLYNOMIAL = 0xEDB88320


def _multiplied(a: int, b: int) -> int:
    """The product of two polynomials modulo that of the checksum; bit 31 is the coefficient of x to the power of 0."""
    product, bit = 0, 1 << 31
    while a:
        if a & bit:
            product ^= b
            a ^= bit
        bit >>= 1
        b = b >> 1 ^ _CRC_POLYNOMIAL if b & 1 else b >> 1
    return product


@lru_cache(maxsize=1024)
def _shift(length: int) -> int:
    """What a checksum is multiplied with when so many bytes follow: x to the power of the number of their bits."""
    power, square = 1 << 31, 1 << 23  # x to the power of 0, and of 8
    while length:
        if length & 1:
            power = _multiplied(square, power)
        square = _multiplied(square, square)
        length >>= 1
    return power
