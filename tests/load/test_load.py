"""The benchmark itself works: on tiny data it measures every line and draws every curve; no figure is judged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest

from tests.load.__main__ import CURVES, LINES
from tests.load.chart import Curve, svg
from tests.load.pgbench import statements_in
from tests.load.sampling import Bound, Series
from tests.load.table import AT_LEAST, AT_MOST, ratio_line

_SMALL = {"rounds": 1, "seconds": 0.5, "items": 30, "objects": 2_000, "accounts": 40, "clients": 16}


@pytest.mark.slow
def test_one_command_measures_everything(tmp_path: Path) -> None:
    options = [f"--{name}={value}" for name, value in _SMALL.items()]
    results = tmp_path / "results.json"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.load", *options, "--results", str(results)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = orjson.loads(results.read_bytes())
    assert list(found["lines"]) == list(LINES)
    assert all(line["ours"] > 0 for line in found["lines"].values())
    assert len({curve["of"] for curve in found["curves"]}) == len(CURVES)
    assert found["machine"]["packages"]["psycopg"]
    ElementTree.parse(results.with_suffix(".svg"))


@pytest.mark.slow
def test_a_short_soak_and_overload(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    words = ["overload", "soak", "--seconds", "0.4", "--minutes", "0.2", "--results", str(results)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.load", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every answer right" in done.stdout, done.stdout
    titles = {curve["title"] for curve in orjson.loads(results.read_bytes())["curves"]}
    assert {"Overload, polls", "Overload, mix", "Soak: Memory (PSS)", "Soak: Open files"} <= titles
    ElementTree.parse(results.with_suffix(".svg"))


def test_what_grows_steadily_is_not_flat_and_what_only_jitters_is() -> None:
    growing, jittering, falling = (Series("Memory", "MiB", Bound(0.03, 4.0)) for _ in range(3))
    for minute in range(61):
        growing.points.append((minute, 100 + minute / 5))
        jittering.points.append((minute, 100 + minute * 37 % 11))
        falling.points.append((minute, 200 - minute))
    assert growing.growth == pytest.approx(6)
    assert growing.allowed == pytest.approx(4)
    assert [each.is_flat for each in (growing, jittering, falling)] == [False, True, True]


def test_statements_are_taken_from_the_log_with_their_parameters_and_processes() -> None:
    said = (
        "2026-01-01 00:00:00.000 UTC [7] scrumrpc@scrumrpc LOG:  statement: BEGIN\n"
        "2026-01-01 00:00:00.000 UTC [8] scrumrpc@scrumrpc LOG:  execute <unnamed>: SELECT 1\n"
        "2026-01-01 00:00:00.000 UTC [7] scrumrpc@scrumrpc LOG:  execute s_1: SELECT $1,\n"
        "\t    $2\n"
        "2026-01-01 00:00:00.000 UTC [7] scrumrpc@scrumrpc DETAIL:  Parameters: $1 = 'it''s, $2 = ''x''', $2 = NULL\n"
    )
    assert [(each.process, each.text, each.parameters) for each in statements_in(said)] == [
        (7, "BEGIN", ()),
        (8, "SELECT 1", ()),
        (7, "SELECT $1,\n    $2", ("it's, $2 = 'x'", None)),
    ]


def test_a_line_holds_where_the_median_of_its_ratios_reaches_the_goal() -> None:
    rounds = [(1.0, 2.0), (3.0, 4.0), (9.0, 10.0)]
    assert ratio_line("a", "b", "s", rounds, AT_LEAST, 0.75).holds
    assert not ratio_line("a", "b", "s", rounds, AT_LEAST, 0.76).holds
    assert ratio_line("a", "b", "s", rounds, AT_MOST, 0.75).holds
    assert not ratio_line("a", "b", "s", rounds, AT_MOST, 0.74).holds


def test_curves_of_the_same_title_share_a_panel() -> None:
    curves = [
        Curve("Calls", "a < b", "ms", "objects", [(1, 2.0), (10, 4.0)]),
        Curve("Calls", "c", "ms", "objects", [(1, 0.0), (10, 1.0)]),
        Curve("Memory", "d", "MiB", "objects", [(1, 0.5)]),
    ]
    picture = ElementTree.fromstring(svg(curves, "today"))
    groups = [each for each in picture if each.tag.endswith("}g")]
    lines = [[each for each in group if each.tag.endswith("}polyline")] for group in groups]
    assert [len(each) for each in lines] == [2, 1]
    # Ten times as many at the right edge, and twice as much twice as high.
    ends = [tuple(map(float, point.split(","))) for point in lines[0][0].attrib["points"].split()]
    assert [x for x, _ in ends] == [62, 402]
    assert 250 - 40 - ends[1][1] == pytest.approx(2 * (250 - 40 - ends[0][1]))
