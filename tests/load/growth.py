"""Growth curves: what polls, writes and reads cost as objects, accounts and waiting clients become more."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.load.bench import Bench
from tests.load.calls import add_item, dealt, get_data, measure, poll
from tests.load.chart import Curve
from tests.load.servers import served

_READABLE = 100_000
"""Accounts of up to so many objects are read as a whole."""
_MANY_ACCOUNTS = 20_000
"""The number of the first of many accounts."""


def objects(bench: Bench) -> list[Curve]:
    """One worker, one connection; accounts of 1,000 objects and more in the same database."""
    writes, polls, reads, warm, taken = [], [], [], [], []
    for size in _tens(1_000, bench.objects):
        key = bench.prepared.sized(size)
        with served(bench.prepared.url) as server:
            for points, sent in ((writes, add_item(key)), (polls, poll(key))):
                measure(server.address, [[sent]], calls=200)
                points.append((size, measure(server.address, [[sent]], bench.seconds)["median_ms"]))
        if size <= _READABLE:
            with served(bench.prepared.url) as server:
                measure(server.address, [[poll(key)]], calls=1)
                reads.append((size, measure(server.address, [[get_data(key)]], calls=1)["median_ms"] / 1000))
                warm.append((size, measure(server.address, [[get_data(key)]], calls=5)["median_ms"] / 1000))
                taken.append((size, server.workers[0].kilobytes() / 1024))
    of = "objects in the account"
    return [
        Curve("One call", "addBacklogItem", "ms", of, writes),
        Curve("One call", "getDataVersion", "ms", of, polls),
        Curve("Everything by getData", "cold worker", "s", of, reads),
        Curve("Everything by getData", "warm", "s", of, warm),
        Curve("Memory of the worker", "PSS", "MiB", of, taken),
    ]


def accounts(bench: Bench) -> list[Curve]:
    """One worker, 32 connections whose calls go round all the accounts."""
    polls, writes, taken = [], [], []
    for count in _tens(1, bench.accounts):
        keys = bench.prepared.copies(_MANY_ACCOUNTS, count)
        with served(bench.prepared.url) as server:
            for points, send in ((polls, poll), (writes, add_item)):
                streams = dealt([send(key) for key in keys] * math.ceil(32 / count), 32)
                measure(server.address, streams, 1)
                points.append((count, measure(server.address, streams, bench.seconds)["per_second"]))
            taken.append((count, server.workers[0].kilobytes() / 1024))
    of = "accounts"
    return [
        Curve("Polls", "getDataVersion", "calls/s", of, polls),
        Curve("Writes", "addBacklogItem", "calls/s", of, writes),
        Curve("Memory of the worker, small accounts", "PSS", "MiB", of, taken),
    ]


def _tens(first: int, last: int) -> Iterator[int]:
    """Ten times as many each time, and the last."""
    while first < last:
        yield first
        first *= 10
    yield last
