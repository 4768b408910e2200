"""The script for backups by timer: which backups stay, and what it does beside a server and without one."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "deploy" / "backup"
kept: Callable[[set[str], int, int], set[str]] = runpy.run_path(str(SCRIPT))["kept"]

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31))


def name(moment: datetime) -> str:
    return moment.strftime("scrumrpc-%Y%m%dT%H%M%SZ.tar")


def test_nightly_backups_of_two_years() -> None:
    nights = [datetime(2025, 1, 1, 2) + timedelta(days=day) for day in range(730)]
    stay = sorted(kept({name(night) for night in nights}, 14, 12))
    assert stay[-14:] == [name(night) for night in nights[-14:]]
    ends = [night for night in nights if (night + timedelta(days=1)).month != night.month]
    assert stay[:-14] == [name(night) for night in ends[-12:-1]]
    assert len(stay) == 25


def test_a_month_without_backups_is_none_of_the_twelve() -> None:
    moments = [datetime(2025, 1, 31), datetime(2026, 1, 15), datetime(2026, 1, 31)]
    assert kept({name(each) for each in moments}, 1, 2) == {name(moments[0]), name(moments[2])}
    assert kept({name(each) for each in moments}, 1, 0) == {name(moments[2])}


@given(st.sets(MOMENTS, max_size=60), st.integers(1, 20), st.integers(0, 15))
def test_the_newest_stay_and_one_of_each_month(moments: set[datetime], newest: int, months: int) -> None:
    names = {name(each) for each in moments}
    stay = kept(names, newest, months)
    assert stay <= names
    assert set(sorted(names)[-newest:]) <= stay
    assert len(stay) <= newest + months
    latest = sorted({each[:15] for each in names})[-months:] if months else []
    assert all(max(each for each in names if each.startswith(month)) in stay for month in latest)
    assert kept(stay, newest, months) == stay  # as when the next one fails


def back_up(folder: Path, *words: str, program: str = "") -> subprocess.CompletedProcess[str]:
    """The script's end, where `scrumrpc` is what the words of a shell do."""
    if not program:
        return subprocess.run([sys.executable, SCRIPT, folder, *words], capture_output=True, text=True, check=False)
    there = folder.with_name("bin")
    there.mkdir(exist_ok=True)
    if not (there / "python").exists():
        (there / "python").symlink_to(sys.executable)
    (there / "scrumrpc").write_text(f"#!/bin/sh\n{program}\n")
    (there / "scrumrpc").chmod(0o755)
    return subprocess.run([there / "python", SCRIPT, folder, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    for day in range(1, 29):
        (made / name(datetime(2026, 1, day))).touch()
    for other in ("scrumrpc-before-the-move.tar", "scrumrpc-20260101T000000Z.tar.gz", "notes"):
        (made / other).touch()
    return made


def test_old_ones_go_when_a_new_one_is_there(folder: Path) -> None:
    left, busy = folder / f"{name(datetime(2026, 1, 3))}.abc.part", folder / f"{name(datetime(2026, 1, 4))}.abc.part"
    left.touch()
    busy.touch()
    os.utime(left, (time.time() - 90_000,) * 2)
    done = back_up(folder, "--newest", "3", "--data", "elsewhere", program='echo "$@" && touch "$2"')
    assert done.returncode == 0, done.stderr
    made = max(each.name for each in folder.glob("*.tar") if each.name[9:10] == "2")
    assert done.stdout.startswith(f"backup {folder / made} --data elsewhere\nRemoved ")
    assert {each.name for each in folder.iterdir()} == {
        made, name(datetime(2026, 1, 28)), name(datetime(2026, 1, 27)), busy.name,
        "scrumrpc-before-the-move.tar", "scrumrpc-20260101T000000Z.tar.gz", "notes",
    }  # fmt: skip


def test_no_new_one_no_old_one_goes(folder: Path) -> None:
    before = set(folder.iterdir())
    done = back_up(folder, "--newest", "1", program="exit 3")
    assert (done.returncode, done.stderr) == (3, "No backup was made, so no old one is removed.\n")
    assert set(folder.iterdir()) == before


def test_none_at_all_cannot_be_kept(folder: Path) -> None:
    done = back_up(folder, "--newest", "0", program="exit 0")
    assert done.returncode == 2
    assert "the backup that was just made stays" in done.stderr


def test_whether_there_is_a_young_one(folder: Path) -> None:
    assert back_up(folder, "--younger-than", "26").returncode == 1
    (folder / name(datetime.now(UTC) - timedelta(hours=25))).touch()
    assert back_up(folder, "--younger-than", "26").returncode == 0
    assert back_up(folder, "--younger-than", "24").returncode == 1
    assert len(list(folder.iterdir())) == 32
