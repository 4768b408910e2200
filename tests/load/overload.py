"""Overload: up to five times as many calls as the server can do, offered on schedule, whatever becomes of earlier ones.

    python -m tests.load overload

What is to be seen: how many are answered well (goodput), how many are refused, and how long both take.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.load.bench import Bench
from tests.load.calls import add_item, dealt, get_data, measure, poll
from tests.load.chart import Curve
from tests.load.offering import Kind, Offer, Offered
from tests.load.prepared import TEMPLATE
from tests.load.servers import Served, served
from tests.load.table import figure

FACTORS = (0.5, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)
_FIRST = TEMPLATE + 31_001
_ACCOUNTS = 16
_CLIENTS = 1.5
"""Seconds from one call of a client to its next: there are as many clients as then offer what is to be offered."""
_MOST_CLIENTS = 6_000
_IN_A_HURRY = 1_500
"""Clients that call again right after a refusal."""
_RUDE = "polls again right after a refusal"
_HEADS = (
    "offered",
    "times",
    "good",
    "of able",
    "refused",
    "p50 ms",
    "p99 ms",
    "refusal p50",
    "p99",
    "unsent",
    "worker",
)


def overload(bench: Bench) -> list[Curve]:
    """Polls, writes, reads of everything, and a mix of them, each by a worker of its own; and polls of a rude crowd."""
    keys = bench.prepared.copies(_FIRST, _ACCOUNTS)
    polls, writes, reads = ([send(key) for key in keys] for send in (poll, add_item, get_data))
    offers = {
        "polls": [Kind("poll", 1.0, polls)],
        "writes": [Kind("write", 1.0, writes)],
        "reads": [Kind("getData", 1.0, reads)],
        "mix": [Kind("poll", 0.7, polls), Kind("write", 0.2, writes), Kind("getData", 0.1, reads)],
        _RUDE: [Kind("poll", 1.0, polls)],
    }
    curves: list[Curve] = []
    for name, kinds in offers.items():
        with served(bench.prepared.url) as server:
            curves += _curves(name, *measured(server, name, kinds, bench.seconds))
    return curves


def measured(server: Served, name: str, kinds: Sequence[Kind], seconds: float) -> tuple[float, list[Offered]]:
    """What the worker can do, by as many connections as keep it busy, and what it does of each offer."""
    requests = [request for kind in kinds for request in kind.requests * round(10 * kind.share)]
    streams = dealt(requests, min(32, len(requests)))
    measure(server.address, streams, 1)
    able = measure(server.address, streams, seconds)["per_second"]
    print(f"Overload by {name}: one worker is able to do {figure(able)} calls/s.")
    print("  ".join(head.rjust(11) for head in _HEADS), flush=True)
    found = []
    for factor in FACTORS:
        rate = factor * able
        clients = _IN_A_HURRY if name == _RUDE else min(_MOST_CLIENTS, round(_CLIENTS * rate))
        offer = Offer(
            server.address, kinds, rate, 2 * seconds, connections=clients,
            processes=1 + (rate > 4_000), shared=False, hurries=name == _RUDE,
        )  # fmt: skip
        before = server.seconds()
        found.append(offer.found())
        _print(factor, able, found[-1], (server.seconds() - before) / found[-1].seconds)
        if found[-1].others or found[-1].unanswered:
            print(f"  {found[-1].unanswered} unanswered; {dict(found[-1].others.most_common(3))}", file=sys.stderr)
    return able, found


def _print(factor: float, able: float, found: Offered, busy: float) -> None:
    good = len(found.times) / found.seconds
    cells = (
        f"{found.offered / found.seconds:,.0f}/s", f"{factor:g}", f"{good:,.0f}/s", f"{good / able:.0%}",
        f"{len(found.refused) / found.offered:.1%}", f"{part(found.times, 0.5):.1f}", f"{part(found.times, 0.99):.1f}",
        f"{part(found.refused, 0.5):.1f}", f"{part(found.refused, 0.99):.1f}", f"{found.unsent / found.offered:.1%}",
        f"{busy:.0%}",
    )  # fmt: skip
    print("  ".join(cell.rjust(11) for cell in cells), flush=True)


def _curves(name: str, able: float, found: Sequence[Offered]) -> list[Curve]:
    of = "times what it is able to do"

    def curve(title: str, what: str, unit: str, values: Sequence[float]) -> Curve:
        points = list(zip(FACTORS, values, strict=True))
        return Curve(f"{title}, {name}", what, unit, of, points, is_linear=True)

    return [
        curve("Overload", "answered well", "calls/s", [len(each.times) / each.seconds for each in found]),
        curve("Overload", "refused", "calls/s", [len(each.refused) / each.seconds for each in found]),
        curve("Time of an answer", "good, median", "ms", [part(each.times, 0.5) for each in found]),
        curve("Time of an answer", "good, p99", "ms", [part(each.times, 0.99) for each in found]),
        curve("Time of an answer", "refusal, p99", "ms", [part(each.refused, 0.99) for each in found]),
    ]


def part(times: Sequence[float], share: float) -> float:
    """The time in ms within which that share was answered."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0
