"""Limits: exact over workers, what they cost, and what other accounts feel of one that takes all it can get.

python -m tests.load limits
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from tests.load.bench import Bench
from tests.load.calls import Streams, add_item, add_items, dealt, get_data, measure, poll, request
from tests.load.chart import Curve
from tests.load.large import version_of
from tests.load.offering import Kind, Offer
from tests.load.overload import part
from tests.load.prepared import TEMPLATE
from tests.load.servers import served

_FIRST = TEMPLATE + 32_001
_MOST = 500
"""Calls in a minute, where they are limited."""
_WORKERS = 4
_NOISY_ITEMS = 2_000
"""Backlog items of the account that makes the noise."""
_HIGH = 1_000_000_000
"""A limit that nobody reaches: what it costs to count."""


def limits(bench: Bench) -> list[Curve]:
    """Prints all of it; there is nothing to draw."""
    exact(bench)
    cost(bench)
    noise(bench)
    return []


def exact(bench: Bench) -> None:
    """How many calls get through within a minute where a key, or all keys of an account, may make so many."""
    for of, setting in (("key", "PER_KEY"), ("account", "PER_ACCOUNT")):
        [key] = bench.prepared.copies(_FIRST, 1)
        with served(bench.prepared.url, _WORKERS, {f"SCRUMRPC_CALLS_PER_MINUTE_{setting}": str(_MOST)}) as server:
            offer = Offer(server.address, [Kind("poll", 1.0, [poll(key)])], 2 * _MOST, 2.0, connections=64).found()
        others = {said.partition('"errorID":"')[2].partition('"')[0]: n for said, n in offer.others.items()}
        print(
            f"{offer.offered:,} calls of one {of} to {_WORKERS} workers, which may make {_MOST:,} in a minute: "
            f"{len(offer.times):,} answered, {sum(others.values()):,} refused ({', '.join(sorted(set(others)))}).",
            flush=True,
        )


def cost(bench: Bench) -> None:
    """Polls of two workers without any limit, and with all of them counted; in turn, for the machine is shared."""
    [key] = bench.prepared.copies(_FIRST, 1)
    without = {"SCRUMRPC_ONGOING_PER_KEY": "0"}
    all_counted = {
        f"SCRUMRPC_{what}_{of}": str(_HIGH)
        for what in ("ONGOING", "CALLS_PER_MINUTE")
        for of in ("PER_KEY", "PER_ACCOUNT")
    }
    found: dict[str, list[float]] = {"none": [], "default": [], "all": []}
    settings: Mapping[str, Mapping[str, str]] = {"none": without, "default": {}, "all": all_counted}
    for _ in range(bench.rounds):
        for name, chosen in settings.items():
            with served(bench.prepared.url, 2, chosen) as server:
                measure(server.address, [[poll(key)]] * 32, 1)
                before = server.seconds()
                figures = measure(server.address, [[poll(key)]] * 32, bench.seconds)
                found[name].append((server.seconds() - before) * 1e6 / figures["calls"])
    told = ", ".join(f"{name} {statistics.median(each):.0f}" for name, each in found.items())
    print(f"Processor time of a poll in µs, two workers, by the limits that are counted: {told}.", flush=True)


def noise(bench: Bench) -> None:
    """Calls of quiet accounts alone, and beside an account that does something as hard as it can, with one worker."""
    quiet = bench.prepared.copies(_FIRST + 1, 4)
    noisy = bench.prepared.large(_NOISY_ITEMS)
    streams: Streams = dealt([send(key) for key in quiet for send in (poll, add_item, get_data)], 4)
    with served(bench.prepared.url, 1) as server:
        measure(server.address, streams, 1)
        newest = version_of(server, noisy)
        calls = len(streams)
        print(f"{calls} connections of quiet accounts, polls, writes and reads in turn, with one worker:")
        print(f"{'beside':<44}{'calls/s':>9}{'p50 ms':>9}{'p99 ms':>9}   the noisy account", flush=True)
        _quiet("nobody", measure(server.address, streams, bench.seconds), "")
        pasts = [get_data(noisy, atDataVersion=str(max(1, newest - n))) for n in range(40)]
        waits = [request("waitForDataVersion", noisy, newerThanDataVersion=str(newest + 10**6), timeout="1")]
        for name, kind, rate, connections in (
            ("64 connections of writes", Kind("write", 1.0, [add_item(noisy)]), 3_000, 64),
            ("400 connections of polls", Kind("poll", 1.0, [poll(noisy)]), 8_000, 400),
            ("4 connections of batches of 500", Kind("batch", 1.0, [add_items(noisy, 500)]), 100, 4),
            ("8 connections of reads of everything", Kind("getData", 1.0, [get_data(noisy)]), 1_000, 8),
            ("8 connections of reads of 40 past versions", Kind("past", 1.0, pasts), 1_000, 8),
            ("400 connections that wait", Kind("wait", 1.0, waits), 2_000, 400),
        ):
            offer = Offer(server.address, [kind], rate, bench.seconds + 1.5, connections=connections)
            figures = measure(server.address, streams, bench.seconds + 0.5)
            found = offer.found()
            refused = len(found.refused) + found.others.total()
            _quiet(
                name, figures,
                f"{len(found.times) / found.seconds:,.0f}/s in {part(found.times, 0.5):,.0f} ms, {refused:,} refused",
            )  # fmt: skip


def _quiet(beside: str, figures: Mapping[str, float], noisy: str) -> None:
    row = f"{figures['per_second']:>9,.0f}{figures['median_ms']:>9.1f}{figures['p99_ms']:>9.1f}"
    print(f"{beside:<44}{row}   {noisy}", flush=True)
