"""Files that are damaged anywhere, or were changed by hand: nothing of them is imported, or all of what they say."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter
from scrumrpc.model.export.lines import DoesNotFit, opened, read_lines
from tests.backup.test_import_refused import EXAMPLE, is_empty
from tests.backup.transferring import exported, imported, live, same, sealed, told, unused
from tests.world import EVERYTHING, World

WHOLE = b"".join(EXAMPLE)


def lines_of(content: bytes) -> list[Any]:
    return list(read_lines(BytesIO(content)))


def test_no_byte_can_be_another_one() -> None:
    chance = Random(1)
    for at in range(len(WHOLE) - 1):  # whatever ends the last line, the line is whole
        other = bytearray(WHOLE)
        other[at] ^= chance.randrange(1, 256)
        with pytest.raises(DoesNotFit):
            lines_of(bytes(other))


def test_nothing_can_be_cut_off_or_follow() -> None:
    for length in range(len(WHOLE) - 1):
        with pytest.raises(DoesNotFit):
            lines_of(WHOLE[:length])
    assert lines_of(WHOLE[:-1]) == lines_of(WHOLE)
    with pytest.raises(DoesNotFit, match="Line 12: more follows"):
        lines_of(WHOLE + EXAMPLE[1])


def test_no_line_can_be_elsewhere_or_there_twice_or_missing() -> None:
    for at in range(len(EXAMPLE)):
        for others in ([], [EXAMPLE[at], EXAMPLE[at]]):
            with pytest.raises(DoesNotFit):
                lines_of(b"".join([*EXAMPLE[:at], *others, *EXAMPLE[at + 1 :]]))
        for to in range(at):
            moved = [*EXAMPLE[:to], EXAMPLE[at], *EXAMPLE[to:at], *EXAMPLE[at + 1 :]]
            with pytest.raises(DoesNotFit):
                lines_of(b"".join(moved))


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_compressed_files_are_whole_or_refused(tmp_path: Path, step: int) -> None:
    chance, file = Random(2), tmp_path / "file.gz"
    compressed = gzip.compress(WHOLE, mtime=0)
    for at in range(0, len(compressed), step):
        other = bytearray(compressed)
        other[at] ^= chance.randrange(1, 256)
        for content, may_be_whole in ((bytes(other), at < 10), (compressed[:at], False)):  # its header has no sum
            file.write_bytes(content)
            try:
                with opened(str(file)) as stream:
                    found = list(read_lines(stream))
            except DoesNotFit:
                continue
            assert may_be_whole
            assert found == lines_of(WHOLE)


JUNK = (
    None, True, False, 0, 1, 2, 3, 7, -1, 2**40, 2**63, 2**64 - 1, 0.5, 1e300, "", "a0", "x", "NaN", "2027-01-04",
    "Done", "Task", "Person", "deleted", "\u2028☃", "1-2-3", [], {}, [1], [[]], ["x"], [None], {"a": 1}, "y" * 3000,
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a JSON value where something stands: what holds it, and the name or position there."""
    for at, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, at
        yield from places(inner)


def changed(lines: list[Any], chance: Random) -> None:
    """Changes something as a hand or a bad program may."""
    at = chance.randrange(len(lines))
    match chance.randrange(20):
        case 0:
            del lines[at]
        case 1:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))
        case 2:
            lines.insert(chance.randrange(len(lines)), lines[at])
        case 3:
            lines[at] = chance.choice(JUNK)
        case 4 | 5:
            there, name = chance.choice(list(places(lines[at])))
            other = chance.choice(lines)
            _, there[name] = chance.choice([(at, each[at]) for each, at in places(other)])
        case 6 | 7 | 8 | 9 | 10 | 11 | 12:
            changed_carefully(lines, chance)
        case _:
            there, name = chance.choice(list(places(lines[at])))
            if chance.randrange(6) == 0:
                del there[name]
            else:
                there[name] = chance.choice(JUNK)


def changed_carefully(lines: list[Any], chance: Random) -> None:
    """Gives an object another value of a property, for all of its life: what some object has there, or junk."""
    states = [line["state"] for line in lines if isinstance(line, dict) and line.get("state")]
    name = chance.choice(list(chance.choice(states)))
    values = [*(state[name] for state in states if name in state), chance.choice(JUNK)]
    having = [line for line in lines if isinstance(line, dict) and line.get("state") and name in line["state"]]
    number, value = chance.choice(having)["object"], chance.choice(values)
    for line in having:
        if line["object"] == number:
            line["state"][name] = value
            if line["operation"] == "created":
                line["changed"] = [each for each, value in line["state"].items() if value not in (None, [])]


@pytest.fixture(scope="module")
def history(shared_world: World) -> list[bytes]:
    """The export of an account in which some things have happened."""
    shared_world.new_account()
    live(shared_world, 5, 25)
    shared_world.call("addNamedVersion", name="a name")
    return exported(shared_world)


def check_changed(world: World, history: list[bytes], folder: Path, seed: int) -> str:
    """Changes the export, seals it again and imports it; the message where it is refused."""
    lines = told(history)[:-1]
    chance = Random(seed)
    for _ in range(chance.choice([1, 1, 2])):
        changed(lines, chance)
    lines = sealed(lines)
    account = unused(world)
    try:
        imported(world, lines, folder, account)
    except InvalidParameter as error:
        assert is_empty(world, account)
        return error.message
    assert same(exported(world)) == same(lines)
    world.check_log_gives_tables()
    world.operator("getChanges", sinceDataVersion="0", limit="1000")
    for version in range(world.operator("getDataVersion") + 1):
        world.operator("getData", includeProperties=EVERYTHING, atDataVersion=str(version))
    return ""


def run(world: World, history: list[bytes], folder: Path, examples: int) -> None:
    @settings(max_examples=examples, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def check(seed: int) -> None:
        check_changed(world, history, folder, seed)

    check()


def test_what_was_changed_is_refused_or_can_be(shared_world: World, history: list[bytes], tmp_path: Path) -> None:
    run(shared_world, history, tmp_path, 10)


@pytest.mark.slow
def test_whatever_was_changed_is_refused_or_can_be(shared_world: World, history: list[bytes], tmp_path: Path) -> None:
    run(shared_world, history, tmp_path, 150)
