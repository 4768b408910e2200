"""Compressing answers: who wants it, that nothing of the answer is lost, and that nobody waits for it."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.chunk import Chunk
from scrumrpc.wire import compressing
from scrumrpc.wire.compressing import Compressor, accepts_gzip, deflated


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("GZip", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        (" gzip ; q=0.001 ", True),
        ("gzip;Q=0.3", True),
        ("*", True),
        ("*;q=0.5", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0, *", False),
        ("x-gzip;q=0, *;q=1", False),
        ("*;q=0", False),
        ("*;q=0, gzip", True),
        ("identity;q=0", False),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.4, gzip;q=0.5", True),
        ("gzip;q=2", False),
        ("gzip;q=-1", False),
        ("gzip;q=0.1234", False),
        ("gzip;q=yes", False),
        ("gzip;q=", False),
        ("gzip;level=9", False),
        ("gzipped", False),
        ("deflate, br, zstd", False),
        (",,gzip,", True),
        (";;;,=,q=1", False),
    ],
)
def test_whether_a_client_accepts_gzip(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


@given(st.text(max_size=60))
def test_whatever_is_accepted_is_read(header: str) -> None:
    accepts_gzip(header)


def packed(compressor: Compressor, parts: list[bytes]) -> bytes:
    """The parts as a gzip file."""
    return b"".join(asyncio.run(compressor.gzip(parts)))


PARTS = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(Chunk),
        st.builds(lambda piece, times: Chunk(piece * times), st.binary(max_size=99), st.integers(0, 3_000)),
        st.builds(lambda piece, times: piece * times, st.binary(max_size=99), st.integers(0, 3_000)),
    ),
    max_size=8,
)


@given(PARTS)
def test_what_comes_out_is_what_went_in(parts: list[bytes]) -> None:
    compressor = Compressor()
    first = packed(compressor, parts)
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert reader.decompress(first) + reader.flush() == b"".join(parts)
    assert reader.eof  # after the first member, behind which some clients do not look
    assert reader.unused_data == b""
    assert packed(compressor, parts) == first
    assert all(part.deflated == deflated(part) for part in parts if isinstance(part, Chunk))


def test_a_chunk_is_compressed_once_and_serves_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[bytes] = []

    def counted(data: bytes) -> compressing.Deflated:
        compressed.append(data)
        return deflated(data)

    monkeypatch.setattr(compressing, "deflated", counted)
    chunks = [Chunk(b"%d," % n * 30_000) for n in range(20)]
    compressor = Compressor()
    for answer in ([b"[", *chunks, b"]"], [b"[", *chunks[3:9], b"]"], [*reversed(chunks)], chunks * 2):
        assert gzip.decompress(packed(compressor, answer)) == b"".join(answer)
    assert sorted(piece for piece in compressed if len(piece) > 1) == sorted(chunks)


def test_many_small_parts_are_compressed_together() -> None:
    parts = [b'{"objectType":"Task","id":"1-0-%d","status":"New"},' % number for number in range(100_000)]
    body = packed(Compressor(), parts)
    assert gzip.decompress(body) == b"".join(parts)
    assert len(body) < len(b"".join(parts)) / 10


def test_others_go_on_while_a_large_answer_is_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compressing waits here for what only goes on when nobody waits for the compressing."""
    went_on = threading.Event()

    def waiting(data: bytes) -> compressing.Deflated:
        assert went_on.wait(60)
        return deflated(data)

    monkeypatch.setattr(compressing, "deflated", waiting)

    async def both() -> list[bytes]:
        answer = asyncio.create_task(Compressor().gzip([b"x" * 1_000_000]))
        await asyncio.sleep(0)
        went_on.set()
        return await answer

    assert gzip.decompress(b"".join(asyncio.run(both()))) == b"x" * 1_000_000


def test_large_answers_take_turns_in_being_compressed() -> None:
    """A moderate one is not kept waiting until a huge one is done."""
    ended: list[str] = []

    async def compress(compressor: Compressor, name: str, parts: list[bytes]) -> None:
        await compressor.gzip(parts)
        ended.append(name)

    async def both() -> None:
        compressor = Compressor()
        huge = asyncio.create_task(compress(compressor, "huge", [b"0123456789" * 10_000] * 300))
        await asyncio.sleep(0)
        await compress(compressor, "moderate", [b"0123456789" * 10_000])
        await huge

    asyncio.run(both())
    assert ended == ["moderate", "huge"]
