"""Soak: the server at a steady share of what it can do, for as long as is asked for; does anything of it grow?

    python -m tests.load soak --minutes 60 --share 0.7

Every kind of call is among what is offered, and the actors of soaking.py work beside. Nothing that they leave makes an
account larger, so that whatever grows is the server's.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.load.bench import Bench
from tests.load.calls import PROJECT, Streams, add_items, get_data, measure, poll, request
from tests.load.chart import Curve
from tests.load.large import call, version_of
from tests.load.offering import Kind, Offer
from tests.load.prepared import TEMPLATE
from tests.load.sampling import Samples, Series
from tests.load.servers import Served, served
from tests.load.soaking import ACTORS, Actors
from tests.load.table import figure
from tests.webhooks.receiving import Receiver

ACCOUNTS = 8
_FIRST = TEMPLATE + 30_001
_ITEMS = 60
"""Backlog items of each account that are renamed again and again."""
_CONNECTIONS = 64
_SETTINGS = {"SCRUMRPC_WEBHOOKS": "true", "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"}
_PAUSE = 0.5
"""Seconds between two acts of an actor."""


def soak(bench: Bench) -> list[Curve]:
    """Measures what the server can do of the mix, offers the asked share of it, prints samples and the verdict."""
    prepared = bench.prepared
    keys = prepared.copies(_FIRST, ACCOUNTS)
    with receiver() as hooks, served(prepared.url, bench.workers, _SETTINGS) as server:
        kinds = mix(server, keys)
        streams = mixed(kinds, 32)
        seconds = bench.minutes * 60
        actors = Actors(server.address, keys, hooks.url(), _PAUSE)  # which take of what the server can do
        try:
            measure(server.address, streams, 2)
            able = measure(server.address, streams, 10)["per_second"]
            rate = bench.share * able
            print(
                f"Soak: {len(server.workers)} workers do {figure(able)}/s of the mix beside {len(ACTORS)} actors, and "
                f"{figure(rate)} calls/s ({bench.share:.0%}) are offered for {bench.minutes:g} minutes.",
                flush=True,
            )
            series, totals = offered_and_sampled(server, prepared.admin_url, kinds, rate, seconds, hooks)
        finally:
            actors.stop()
        told(series, totals, actors, server)
    names = dict.fromkeys((each.name.partition(" of ")[0], each.unit) for each in series)
    return [
        Curve(f"Soak: {of}", each.name.partition(" of ")[2] or "all", unit, "minutes", each.points, is_linear=True)
        for of, unit in names
        for each in series
        if each.name.partition(" of ")[0] == of
    ]


def mix(server: Served, keys: Sequence[str]) -> list[Kind]:
    """What is offered, with shares; every account has items to rename."""
    renames, batches, reads, changes = [], [], [], []
    for key in keys:
        items = items_of(server, key)
        renames += [
            request("setBacklogItemName", key, backlogItemID=item, name=f"Renamed {n}")
            for n in range(4)
            for item in items
        ]
        for n in range(3):
            calls = [_rename(item, n) for item in items[:20]]
            batches.append(request("executeBatch", key, calls=json.dumps(calls)))
        reads += [request("getObject", key, objectType="BacklogItem", objectID=item) for item in items[:20]]
        reads += [request("getBacklogItems", key, projectIDs=PROJECT, limit="20")]
        since = str(max(0, version_of(server, key) - 5))
        changes.append(request("getChanges", key, sinceDataVersion=since, limit="5"))
    return [
        Kind("poll", 0.5, [poll(key) for key in keys]),
        Kind("read", 0.15, reads),
        Kind("getData", 0.05, [get_data(key) for key in keys]),
        Kind("changes", 0.05, changes),
        Kind("write", 0.22, renames),
        Kind("batch", 0.03, batches),
    ]


def _rename(item: str, n: int) -> dict[str, Any]:
    return {"method": "setBacklogItemName", "parameters": {"backlogItemID": item, "name": f"Of a batch {n}"}}


def items_of(server: Served, key: str) -> list[str]:
    """The ids of so many items of an account, made if they are missing."""
    asked = request("getBacklogItems", key, projectIDs=PROJECT, limit=str(_ITEMS))
    for _ in range(2):
        page: Any = call(server, asked)["result"]
        found = [each["id"] for each in page["backlogItems"]]
        if len(found) == _ITEMS:
            return found
        call(server, add_items(key, _ITEMS - len(found)))
    raise AssertionError("the items were not made")


def mixed(kinds: Sequence[Kind], connections: int) -> Streams:
    """Requests of all kinds by their shares, in an order of its own on each connection."""
    chance = random.Random(1)
    shares = [kind.share for kind in kinds]
    return [[chance.choice(kind.requests) for kind in chance.choices(kinds, shares, k=300)] for _ in range(connections)]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Where webhooks lead."""
    hooks = Receiver()
    try:
        yield hooks
    finally:
        hooks.close()


def offered_and_sampled(
    server: Served, admin_url: str, kinds: Sequence[Kind], rate: float, seconds: float, hooks: Receiver
) -> tuple[list[Series], Totals]:
    """Offers in slices, about sixty in all, each on connections of its own, and samples in the middle of each."""
    slices = max(8, min(60, round(seconds / 5)))
    samples = Samples(server, admin_url)
    totals = Totals()
    began = time.monotonic()
    for n in range(slices):
        left = began + seconds * (n + 1) / slices - time.monotonic()
        offer = Offer(server.address, kinds, rate, left, connections=_CONNECTIONS)
        time.sleep(left / 2)
        samples.take((time.monotonic() - began) / 60)
        found = offer.found()
        totals.offered += found.offered
        totals.refused += len(found.refused)
        totals.unanswered += found.unanswered
        totals.others.update(found.others)
        totals.slow.append(_part(found.times, 0.99) * 1000)
        totals.median.append(_part(found.times, 0.5) * 1000)
        totals.told += len(hooks.got)
        hooks.got.clear()
    return samples.series, totals


@dataclass(slots=True)
class Totals:
    """What became of what was offered."""

    offered: int = 0
    refused: int = 0
    unanswered: int = 0
    told: int = 0
    others: Counter[str] = field(default_factory=Counter)
    median: list[float] = field(default_factory=list)  # of each slice, in ms
    slow: list[float] = field(default_factory=list)  # p99 of each slice, in ms


def told(series: Sequence[Series], totals: Totals, actors: Actors, server: Served) -> None:
    """Prints what was found, and whether all of it is flat."""
    print(f"{'over the second half':<46}{'mean':>10}{'lowest':>10}{'highest':>10}{'grows by':>10}{'may by':>10}  flat")
    for each in series:
        values = [y for _, y in each.second_half]
        cells = (sum(values) / len(values), min(values), max(values), each.growth, each.allowed)
        row = "".join(f"{value:>10.2f}" for value in cells)
        print(f"{f'{each.name}, {each.unit}':<46}{row}  {'yes' if each.is_flat else 'NO'}")
    half = len(totals.slow) // 2
    print(
        f"{totals.offered:,} calls offered, {totals.refused:,} refused with APIBusy, {totals.unanswered} unanswered, "
        f"{totals.others.total()} others; median {_part(totals.median[half:], 0.5):.1f} ms and p99 "
        f"{_part(totals.slow[half:], 0.5):.1f} ms, in the middle slice of the second half "
        f"({_part(totals.median[:half], 0.5):.1f} and {_part(totals.slow[:half], 0.5):.1f} ms in the first)."
    )
    acts = ", ".join(f"{name} {count:,}" for name, count in sorted(actors.done.items()))
    print(f"Acts: {acts}; {totals.told:,} deliveries to webhooks. {len(actors.failures)} acts failed.")
    for said, count in [*totals.others.most_common(5), *((each, 1) for each in actors.failures[:5])]:
        print(f"  {count} x {said}")
    tracebacks = server.server.log.read_text().count("Traceback")
    fine = not (totals.others or totals.unanswered or actors.failures or tracebacks)
    flat = all(each.is_flat for each in series)
    print(f"The server's log has {tracebacks} tracebacks.")
    print(f"Verdict: {'flat' if flat else 'NOT FLAT'}, {'every answer right' if fine else 'NOT every answer right'}.")


def _part(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
