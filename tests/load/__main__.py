"""Measures the whole table, each figure beside its baseline in the same run: python -m tests.load (see README.md)."""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

import orjson

from tests.load import growth, large, limits, overload, small, soak, starts, waiting
from tests.load.bench import Bench
from tests.load.chart import Curve, svg
from tests.load.prepared import Prepared
from tests.load.profiling import profile
from tests.load.table import Line, figure, machine, print_heads, print_line

LINES: dict[str, Callable[[Bench], Line]] = {
    "poll": small.polls,
    "write": small.writes,
    "many": small.writes_of_many,
    "batch": small.batches,
    "warm": large.warm,
    "change": large.after_a_change,
    "cold": large.cold,
    "past": large.past,
    "beside": large.beside_readers,
    "sizes": small.sizes,
    "memory": large.memory,
    "first-start": starts.first_start,
    "later-start": starts.later_start,
}


CURVES: dict[str, Callable[[Bench], list[Curve]]] = {
    "growth-objects": growth.objects,
    "growth-accounts": growth.accounts,
    "growth-waiting": waiting.waiting,
}


LIMITS: dict[str, Callable[[Bench], list[Curve]]] = {
    "overload": overload.overload,
    "limits": limits.limits,
    "soak": soak.soak,
}
"""What a server does where it is pressed: measured only where it is asked for by name."""


def main() -> None:
    """Measures, prints, writes the results."""
    options = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    options.add_argument(
        "lines", nargs="*", metavar="LINE", help=f"only these: {', '.join([*LINES, *CURVES, *LIMITS])}"
    )
    options.add_argument("--rounds", type=int, default=5, help="how often ours and the baseline are measured in turn")
    options.add_argument("--seconds", type=float, default=3.0, help="of each measurement of small calls")
    options.add_argument("--items", type=int, default=20_000, help="backlog items of the large account")
    options.add_argument("--objects", type=int, default=1_000_000, help="objects of the largest account")
    options.add_argument("--accounts", type=int, default=10_000, help="the most accounts of the growth curves")
    options.add_argument("--clients", type=int, default=2_000, help="the most waiting clients of each kind")
    options.add_argument("--minutes", type=float, default=3.0, help="how long the soak takes")
    options.add_argument("--share", type=float, default=0.7, help="of what the server can do, offered by the soak")
    options.add_argument("--workers", type=int, default=2, help="of the server in the soak")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="prepare the data here, or use what is there")
    options.add_argument("--profile", type=Path, metavar="FOLDER", help="measure nothing, but write profiles there")
    options.add_argument("--results", type=Path, metavar="FILE", default=Path("load-results.json"))
    chosen = options.parse_args()
    if unknown := [name for name in chosen.lines if name not in {**LINES, **CURVES, **LIMITS}]:
        options.error(f"unknown: {', '.join(unknown)}")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as temporary,
        Prepared(chosen.keep or Path(temporary)) as prepared,
    ):
        bench = Bench(
            prepared,
            chosen.seconds,
            chosen.rounds,
            chosen.items,
            chosen.objects,
            chosen.accounts,
            chosen.clients,
            chosen.minutes,
            chosen.share,
            chosen.workers,
        )
        if chosen.profile:
            profile(bench, chosen.profile)
            return
        lines = run(bench, [name for name in LINES if name in (chosen.lines or LINES)])
        curves = draw(bench, [name for name in CURVES if name in (chosen.lines or CURVES)])
        for name in LIMITS:
            if name in chosen.lines:
                curves += LIMITS[name](bench)
    facts = machine()
    results = {
        "machine": facts,
        "options": {name: str(value) for name, value in vars(chosen).items()},
        "lines": {name: line.data() for name, line in lines.items()},
        "curves": [curve.data() for curve in curves],
    }
    chosen.results.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    print(f"All figures are in {chosen.results}.")
    if curves:
        picture = chosen.results.with_suffix(".svg")
        facts = results["machine"]
        picture.write_text(
            svg(curves, f"{facts['measured_at']}, {facts['processors']} processors: {facts['processor']}")
        )
        print(f"The growth curves are drawn in {picture}.")


def run(bench: Bench, names: list[str]) -> dict[str, Line]:
    """Measures the lines of these names and prints each as soon as it is there."""
    if names:
        print_heads()
    measured: dict[str, Line] = {}
    for name in names:
        measured[name] = LINES[name](bench)
        print_line(measured[name])
    return measured


def draw(bench: Bench, names: list[str]) -> list[Curve]:
    """Measures the growth curves of these names and prints them."""
    curves: list[Curve] = []
    for name in names:
        for curve in CURVES[name](bench):
            curves.append(curve)
            points = ", ".join(f"{x:,.0f}: {figure(y)}" for x, y in curve.points)
            print(f"{curve.title}, {curve.name} ({curve.unit}), by {curve.of}: {points}", flush=True)
    return curves


if __name__ == "__main__":
    main()
