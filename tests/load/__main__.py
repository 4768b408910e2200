"""Measures the whole table, each figure beside its baseline in the same run: python -m tests.load (see README.md)."""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

import orjson

from tests.load import large, small, starts
from tests.load.bench import Bench
from tests.load.prepared import Prepared
from tests.load.table import Line, machine, print_heads, print_line

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


def main() -> None:
    """Measures, prints, writes the results."""
    options = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    options.add_argument("lines", nargs="*", metavar="LINE", help=f"only these: {', '.join(LINES)}")
    options.add_argument("--rounds", type=int, default=5, help="how often ours and the baseline are measured in turn")
    options.add_argument("--seconds", type=float, default=3.0, help="of each measurement of small calls")
    options.add_argument("--items", type=int, default=20_000, help="backlog items of the large account")
    options.add_argument("--objects", type=int, default=1_000_000, help="objects of the largest account")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="prepare the data here, or use what is there")
    options.add_argument("--results", type=Path, metavar="FILE", default=Path("load-results.json"))
    chosen = options.parse_args()
    if unknown := [name for name in chosen.lines if name not in LINES]:
        options.error(f"unknown: {', '.join(unknown)}")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as temporary,
        Prepared(chosen.keep or Path(temporary)) as prepared,
    ):
        bench = Bench(prepared, chosen.seconds, chosen.rounds, chosen.items, chosen.objects)
        measured = run(bench, chosen.lines or list(LINES))
    results = {
        "machine": machine(),
        "options": {name: str(value) for name, value in vars(chosen).items()},
        "lines": {name: line.data() for name, line in measured.items()},
    }
    chosen.results.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    print(f"All figures are in {chosen.results}.")


def run(bench: Bench, names: list[str]) -> dict[str, Line]:
    """Measures the lines of these names and prints each as soon as it is there."""
    print_heads()
    measured: dict[str, Line] = {}
    for name in names:
        measured[name] = LINES[name](bench)
        print_line(measured[name])
    return measured


if __name__ == "__main__":
    main()
