"""Lines about small calls: polls and writes, against a bare application and against pgbench."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

from tests.load.bench import Bench
from tests.load.calls import Streams, add_item, add_items, dealt, measure, poll
from tests.load.pgbench import Pgbench
from tests.load.prepared import TEMPLATE
from tests.load.servers import Served, bare, bare_post, served
from tests.load.table import AT_LEAST, AT_MOST, Line, ratio_line

ACCOUNTS = 64
_OURS = TEMPLATE + 1
"""The first of the accounts that our server writes to."""
_MANY = 500
"""Calls in a batch."""


def polls(bench: Bench) -> Line:
    """getDataVersion with 32 connections and one worker, against a bare application's answer of as many bytes."""
    [key] = bench.prepared.copies(_OURS, 1)
    streams = [[poll(key)]] * 32
    rounds, cpu, busy = [], [], []
    with served(bench.prepared.url) as server, bare() as (address, process):
        size = int(measure(server.address, [[poll(key)]], calls=1)["bytes"])
        baseline = [[bare_post(size)]] * 32
        warm_up(server, streams)
        measure(address, baseline, seconds=0.5)
        for _ in range(bench.rounds):
            ours, ours_cpu = with_cpu(server.seconds, lambda: measure(server.address, streams, bench.seconds))
            base, base_cpu = with_cpu(process.seconds, lambda: measure(address, baseline, bench.seconds))
            rounds.append((ours["per_second"], base["per_second"]))
            cpu.append((ours_cpu, base_cpu))
            busy.append(max(ours["client_busy"], base["client_busy"]))
    with served(bench.prepared.url, 1, {"SCRUMRPC_LOG_CALLS": "false"}) as server:
        warm_up(server, streams)
        silent, silent_cpu = with_cpu(server.seconds, lambda: measure(server.address, streams, bench.seconds))
    return ratio_line(
        "getDataVersion, 32 connections", "bare Starlette POST", "calls/s", rounds, AT_LEAST, 0.5,
        worker_ms_of_processor_per_call=statistics.median(a for a, _ in cpu),
        bare_ms_of_processor_per_call=statistics.median(b for _, b in cpu),
        ratio_of_processor_time=statistics.median(b / a for a, b in cpu),
        client_busy=max(busy),
        without_log_lines_calls_per_second=silent["per_second"],
        without_log_lines_worker_ms_of_processor_per_call=silent_cpu,
    )  # fmt: skip


def writes(bench: Bench) -> Line:
    """addBacklogItem with 8 connections on one account and one worker, against pgbench with as many clients."""
    [key] = bench.prepared.copies(_OURS, 1)
    return _against_pgbench(
        bench, "addBacklogItem, 8 connections, one account", [[add_item(key)]] * 8, workers=1, accounts=1, goal=0.6
    )


def writes_of_many(bench: Bench) -> Line:
    """addBacklogItem with 32 connections on 64 accounts and two workers, against pgbench on as many accounts."""
    keys = bench.prepared.copies(_OURS, ACCOUNTS)
    streams = dealt([add_item(key) for key in keys], 32)
    name = f"addBacklogItem, 32 connections, {ACCOUNTS} accounts"
    return _against_pgbench(bench, name, streams, workers=2, accounts=ACCOUNTS, goal=0.35)


def _against_pgbench(bench: Bench, name: str, streams: Streams, *, workers: int, accounts: int, goal: float) -> Line:
    baseline = Pgbench(bench.prepared, bench.recorded(), accounts)
    rounds, cpu, figures = [], [], []
    with served(bench.prepared.url, workers) as server:
        warm_up(server, streams)
        baseline.per_second(len(streams), 1)
        for _ in range(bench.rounds):
            ours, ours_cpu = with_cpu(server.seconds, lambda: measure(server.address, streams, bench.seconds))
            rounds.append((ours["per_second"], baseline.per_second(len(streams), bench.seconds)))
            cpu.append(ours_cpu)
            figures.append(ours)
    return ratio_line(
        name, f"pgbench, {len(baseline.statements)} statements", "calls/s", rounds, AT_LEAST, goal,
        worker_ms_of_processor_per_call=statistics.median(cpu),
        median_ms=statistics.median(each["median_ms"] for each in figures),
        p99_ms=statistics.median(each["p99_ms"] for each in figures),
        workers=workers,
        client_busy=max(each["client_busy"] for each in figures),
        pgbench_script=baseline.script.lines,
    )  # fmt: skip


def batches(bench: Bench) -> Line:
    """executeBatch of 500 addBacklogItem, one connection, against single calls on one connection."""
    [key] = bench.prepared.copies(_OURS, 1)
    rounds, beside = [], []
    with served(bench.prepared.url) as server:
        warm_up(server, [[add_item(key)]])
        measure(server.address, [[add_items(key, _MANY)]], calls=1)
        for _ in range(bench.rounds):
            batch = measure(server.address, [[add_items(key, _MANY)]], bench.seconds)
            single = measure(server.address, [[add_item(key)]], bench.seconds)
            rounds.append((batch["per_second"] * _MANY, single["per_second"]))
            beside.append(measure(server.address, [[add_item(key)]] * 8, bench.seconds)["per_second"])
    return ratio_line(
        f"executeBatch of {_MANY} addBacklogItem", "single calls, one connection", "items/s", rounds, AT_LEAST, 10,
        single_calls_of_8_connections_per_second=statistics.median(beside),
        times_single_calls_of_8_connections=statistics.median(
            ours / eight for (ours, _), eight in zip(rounds, beside, strict=True)
        ),
    )  # fmt: skip


def sizes(bench: Bench) -> Line:
    """addBacklogItem, one connection, in an account of many objects, against one of 1,000 in the same database."""
    few, many = bench.prepared.sized(1_000), bench.prepared.sized(bench.objects)
    rounds, tails = [], []
    with served(bench.prepared.url) as server:
        for key in (few, many):
            measure(server.address, [[add_item(key)]], calls=200)
        for _ in range(max(5, bench.rounds)):
            in_many = measure(server.address, [[add_item(many)]], bench.seconds)
            in_few = measure(server.address, [[add_item(few)]], bench.seconds)
            rounds.append((in_many["median_ms"], in_few["median_ms"]))
            tails.append((in_many["p99_ms"], in_few["p99_ms"]))
    return ratio_line(
        f"addBacklogItem among {bench.objects:,} objects", "among 1,000", "ms", rounds, AT_MOST, 1.2,
        p99_ms=statistics.median(a for a, _ in tails), p99_ms_among_few=statistics.median(b for _, b in tails),
    )  # fmt: skip


def warm_up(server: Served, streams: Streams) -> None:
    """Lets every worker prepare its statements, and the processor its caches."""
    measure(server.address, streams, seconds=math.sqrt(len(server.workers)))


def with_cpu(seconds: Callable[[], float], work: Callable[[], dict[str, float]]) -> tuple[dict[str, float], float]:
    """What `work` measured, and the milliseconds of processor time that each of its calls cost."""
    before = seconds()
    figures = work()
    return figures, (seconds() - before) * 1000 / figures["calls"]
