"""What images answer, from what they keep and share: always exactly what their own objects are, at their version."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from random import Random

import pytest

from scrumrpc.model import lists, rendered, writing
from scrumrpc.model.chunk import Chunk
from scrumrpc.model.image import Change, Image
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.rendered import AllRendered, Parts
from scrumrpc.model.steps import Steps, done
from scrumrpc.model.types import STORED_TYPES
from tests.unit.model.accounts import ORIGIN, Account, Plain, changed, started

EVERYTHING = frozenset(OPTIONAL)
LISTS = (*STORED_TYPES, "releaseID", "sprintID", "boardID", "backlogListID")


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """Runs of few objects, and little JSON that is worth keeping: so that small accounts have many of both."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_MOST", 4), ("_AT_FIRST", 3), ("_FEW", 2)):
            patch.setattr(lists, name, value)
        for module in (rendered, writing):
            patch.setattr(module, "LARGE", 300)
        patch.setattr(writing, "WORTH", 30)
        yield


def changes_between(old: Account, new: Account) -> list[Change]:
    numbers = sorted(old.keys() | new.keys())
    return [Change(number, new.get(number)) for number in numbers if old.get(number) is not new.get(number)]


def some(random: Random) -> frozenset[str]:
    """Some optional properties; often all, or the same ones again."""
    which = random.random()
    if which < 0.4:
        return EVERYTHING
    if which < 0.6:
        return frozenset({"Project.backlogItems", "BacklogItem.tasks", "Project.sprints"})
    return frozenset(random.sample(OPTIONAL, random.randrange(len(OPTIONAL))))


class Reading:
    """An answer that is being put together, and what it has to be."""

    def __init__(self, image: Image, account: Account, random: Random) -> None:
        self.parts: Parts = []
        include = some(random)
        self._expected = Plain(account).projects(include)
        writer = image.writer(self.parts, include)
        numbers = image.members(("Project", 0))
        self.steps: Steps = writer.list_of(("Project", 0)) if random.random() < 0.7 else writer.array(numbers)

    def go_on(self, steps: int) -> bool:
        """Takes that many steps; says whether it is at its end, where it must be what was to be answered."""
        for _ in range(steps):
            if next(self.steps, self) is self:
                assert b"".join(self.parts) == self._expected
                return True
        return False


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 80))])
def test_every_answer_is_of_one_version(seed: int) -> None:
    """Images are made from one another, forwards and backwards, while answers are put together from all of them."""
    others = all_chunks()
    random = Random(seed)
    kept = AllRendered()
    account, last = started(random, 60)
    known: list[tuple[Image, Account]] = [(Image(1, 0, account.values(), ORIGIN, kept), account)]
    under_way: list[Reading] = []
    for version in range(1, 16):
        image, account = random.choice(known[-3:] if random.random() < 0.7 else known)
        other, last = changed(account, random, last, random.choice([1, 1, 2, 12]))
        if random.random() < 0.3:
            other = random.choice(known)[1]
        known.append((image.moved(version, changes_between(account, other)), other))
        under_way += [Reading(*random.choice(known), random) for _ in range(2)]
        under_way = [reading for reading in under_way if not reading.go_on(random.randrange(40))]
        if random.random() < 0.1:
            kept.shrink(random.randrange(max(kept.bytes, 1)))
        if random.random() < 0.1:
            del known[random.randrange(len(known))]
    assert all(reading.go_on(10**9) for reading in under_way)
    for image, account in known:
        check_lists(image, account)
        assert Reading(image, account, random).go_on(10**9)
    assert kept.bytes > 0
    del under_way
    for limit in (kept.bytes // 2, kept.bytes // 4):
        kept.shrink(limit)
        assert really_kept(others) <= kept.bytes <= limit
        assert Reading(image, account, random).go_on(10**9)
    del image, known
    gc.collect()
    assert kept.bytes == 0


def really_kept(others: list[Chunk]) -> int:
    """The bytes of all chunks that are there, but for those that other tests in the process have left."""
    left = {id(each) for each in others}
    return sum(len(each) for each in all_chunks() if id(each) not in left)


def all_chunks() -> list[Chunk]:
    """Every chunk in the process."""
    gc.collect()
    return [each for each in gc.get_objects() if type(each) is Chunk]


def check_lists(image: Image, account: Account) -> None:
    assert len(image) == len(account)
    assert {record.number: record for record in image.records()} == account
    expected = Plain(account).lists
    for (name, container), members in expected.items():
        assert image.members((name, container)) == members
    for record in account.values():
        positions = dict(image.positions(record.number))
        assert all(expected[key][at] == record.number for key, at in positions.items())
        assert sorted(positions) == sorted(key for key, members in expected.items() if record.number in members)
        assert all(image.members((name, record.number)) == expected.get((name, record.number), []) for name in LISTS)
        assert image.find(record.type, record.id) is record


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_serves_until_something_in_it_changes(seed: int) -> None:
    random = Random(seed)
    account, _ = started(random, 200)
    image = Image(1, 0, account.values(), ORIGIN)
    first = written(image, EVERYTHING)
    assert all(one is other for one, other in zip(first, written(image, EVERYTHING), strict=True) if len(one) >= 300)
    assert any(len(part) >= 300 for part in first)
    [number] = random.sample([each.number for each in account.values() if each.type == "Task"], 1)
    task = account[number].changed(name="another name")
    moved = image.moved(1, [Change(number, task)])
    second = written(moved, EVERYTHING)
    same = {id(part) for part in first} & {id(part) for part in second}
    assert sum(len(part) for part in second if id(part) in same) > sum(map(len, second)) / 3
    assert b"".join(second) == Plain(account | {number: task}).projects(EVERYTHING)


def written(image: Image, include: frozenset[str]) -> Parts:
    parts: Parts = []
    done(image.writer(parts, include).list_of(("Project", 0)))
    return parts
