"""Answers of images, compressed: what they share is compressed once, and each is what it is uncompressed."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from random import Random

import pytest

from scrumrpc.model import lists, rendered, writing
from scrumrpc.model.image import Change, Image
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.rendered import Parts
from scrumrpc.model.steps import done
from scrumrpc.wire import compressing
from scrumrpc.wire.compressing import Compressor, deflated
from tests.unit.model.accounts import ORIGIN, Plain, changed, started

EVERYTHING = frozenset(OPTIONAL)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Runs of few objects, and little JSON that is worth keeping, so that a small account has much of both."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_MOST", 4), ("_AT_FIRST", 3), ("_FEW", 2)):
            patch.setattr(lists, name, value)
        for module in (rendered, writing):
            patch.setattr(module, "LARGE", 300)
        yield


def written(image: Image, include: frozenset[str] = EVERYTHING) -> Parts:
    """The JSON of all projects."""
    parts: Parts = []
    done(image.writer(parts, include).list_of(("Project", 0)))
    return parts


def unpacked(compressor: Compressor, parts: Parts) -> bytes:
    """The parts after a journey."""
    return gzip.decompress(b"".join(asyncio.run(compressor.gzip(parts))))


@pytest.mark.parametrize("seed", range(4))
def test_every_compressed_answer_is_of_its_version(seed: int) -> None:
    random = Random(seed)
    compressor = Compressor()
    account, last = started(random, 60)
    known = [(Image(1, 0, account.values(), ORIGIN), account)]
    for version in range(1, 8):
        image, account = random.choice(known)
        other, last = changed(account, random, last, random.choice([1, 3]))
        numbers = sorted(account.keys() | other.keys())
        changes = [Change(n, other.get(n)) for n in numbers if account.get(n) is not other.get(n)]
        known.append((image.moved(version, changes), other))
        for image, account in random.sample(known, min(len(known), 3)):
            include = random.choice([EVERYTHING, frozenset({"Project.backlogItems"})])
            assert unpacked(compressor, written(image, include)) == Plain(account).projects(include)


def test_after_a_change_only_what_it_touches_is_compressed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[int] = []

    def counted(data: bytes) -> compressing.Deflated:
        compressed.append(len(data))
        return deflated(data)

    monkeypatch.setattr(compressing, "deflated", counted)
    random = Random(1)
    compressor = Compressor()
    account, _ = started(random, 200)
    image = Image(1, 0, account.values(), ORIGIN)
    unpacked(compressor, written(image))
    first = sum(compressed)
    assert first == sum(map(len, written(image)))
    compressed.clear()
    unpacked(compressor, written(image))
    between = sum(compressed)  # commas and the like, which nothing keeps
    assert between < first / 10
    task = random.choice([each for each in account.values() if each.type == "Task"])
    moved = image.moved(1, [Change(task.number, task.changed(name="another name"))])
    compressed.clear()
    unpacked(compressor, written(moved))
    assert between < sum(compressed) < first * 2 / 3
