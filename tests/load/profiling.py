"""Where the time goes: py-spy of a worker, and of PostgreSQL's statements EXPLAIN ANALYZE and pg_stat_statements.

py-spy is not among the project's dependencies: it is used where it is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.load.bench import Bench
from tests.load.calls import Streams, add_item, get_data, measure, poll
from tests.load.pgbench import Executed
from tests.load.prepared import TEMPLATE
from tests.load.servers import served

_RATE = 250
_SHOWN = 40
_WAITING_THREAD = "_stop_when_left_alone"
"""Only waits for its parent to end, which py-spy takes for work."""


def profile(bench: Bench, folder: Path) -> None:
    """Writes text files into the folder: a poll, a write and a read by py-spy, a write's statements by PostgreSQL."""
    folder.mkdir(parents=True, exist_ok=True)
    [key] = bench.prepared.copies(TEMPLATE + 1, 1)
    large = bench.prepared.large(bench.items)
    _worker(bench, folder / "poll.txt", [[poll(key)]] * 32)
    _worker(bench, folder / "write.txt", [[add_item(key)]] * 8)
    _worker(bench, folder / "read.txt", [[get_data(large)]])
    _plans(bench, folder / "plans.txt")
    _statements(bench, folder / "statements.txt", [[add_item(key)]] * 8)
    print(f"The profiles are in {folder}.")


def _worker(bench: Bench, file: Path, streams: Streams) -> None:
    """What a worker does under a load, by functions; without py-spy only what a call costs it."""
    spy = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
    seconds = 4 * bench.seconds
    with served(bench.prepared.url) as server:
        measure(server.address, streams, 2)
        [worker] = server.workers
        before, figures = worker.seconds(), measure(server.address, streams, bench.seconds)
        each = (worker.seconds() - before) * 1000 / figures["calls"]
        said = f"{figures['per_second']:.1f} calls/s, {each:.3f} ms of processor time of the worker for each\n"
        if spy:
            raw = file.with_suffix(".raw")
            watching = subprocess.Popen(
                [spy, "record", "-d", str(round(seconds)), "-r", str(_RATE), "-f", "raw", "-o", str(raw), "--pid",
                 str(worker.pid)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            measure(server.address, streams, seconds + 1)
            watching.wait()
            said += _summary(raw) if raw.exists() else "py-spy could not watch the worker.\n"
        else:
            said += "py-spy is not installed.\n"
    file.write_text(said)


def _summary(raw: Path) -> str:
    """The functions that took most, by themselves and with what they called, in percent of all samples."""
    alone: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    total = 0
    for line in raw.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        if _WAITING_THREAD in stack:
            continue
        frames = [frame.rpartition(":")[0] or frame for frame in stack.split(";")]
        total += int(count)
        alone[frames[-1]] += int(count)
        whole.update(dict.fromkeys(frames, int(count)))
    parts = []
    for title, counted in (("by themselves", alone), ("with what they called", whole)):
        parts.append(f"\nFunctions {title}, in percent of {total} samples:")
        parts += [f"{100 * count / total:5.1f} {frame}" for frame, count in counted.most_common(_SHOWN)]
    return "\n".join(parts) + "\n"


def _plans(bench: Bench, file: Path) -> None:
    """EXPLAIN ANALYZE of each statement of one write, as the second of two equal writes would meet them."""
    calls = bench.recorded()
    parts = []
    with psycopg.connect(bench.prepared.url, autocommit=True) as conn:
        pg = conn.pgconn
        for each in calls[-1]:
            text = each.text
            if text.upper() in ("BEGIN", "COMMIT"):
                pg.exec_(b"BEGIN" if text.upper() == "BEGIN" else b"ROLLBACK")
                continue
            parts.append(f"{text}\n{_explained(pg.exec_params, each)}\n")
    file.write_text("\n".join(parts))


def _explained(execute: Callable[..., psycopg.pq.PGresult], each: Executed) -> str:
    """The plan of a statement that was run inside a transaction; one that would break a rule says so."""
    given = [None if value is None else value.encode() for value in each.parameters]
    execute(b"SAVEPOINT one", [])
    result = execute(b"EXPLAIN (ANALYZE, BUFFERS) " + each.text.encode(), given)
    if result.status == psycopg.pq.ExecStatus.TUPLES_OK:
        lines = [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]
    else:
        lines = [result.error_message.decode().strip()]
        execute(b"ROLLBACK TO one", [])
    return "\n".join(f"    {line}" for line in lines)


def _statements(bench: Bench, file: Path, streams: Streams) -> None:
    """What pg_stat_statements counts while items are added."""
    bench.prepared.restart(shared_preload_libraries="pg_stat_statements", pg_stat_statements__track_planning="on")
    with psycopg.connect(bench.prepared.admin_url, autocommit=True) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        with served(bench.prepared.url) as server:
            measure(server.address, streams, 2)
            admin.execute("SELECT pg_stat_statements_reset()")
            figures = measure(server.address, streams, 2 * bench.seconds)
        rows = admin.execute(
            sql.SQL(
                "SELECT calls, total_exec_time, total_plan_time, mean_exec_time, rows, shared_blks_hit, "
                "shared_blks_dirtied, wal_bytes, query FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT {}"
            ).format(_SHOWN)
        ).fetchall()
    heads = (
        f"{'calls':>8}{'total ms':>10}{'plan ms':>10}{'mean us':>9}{'rows':>9}{'hit':>10}{'dirtied':>9}{'wal kB':>9}"
    )
    lines = [f"{figures['calls']} addBacklogItem, {figures['per_second']:.1f}/s", heads]
    for calls, total, plan, mean, count, hit, dirtied, wal, query in rows:
        numbers = f"{calls:8}{total:10.1f}{plan:10.1f}{mean * 1000:9.1f}{count:9}{hit:10}{dirtied:9}{wal / 1024:9.0f}"
        lines.append(f"{numbers}  {' '.join(query.split())}")
    file.write_text("\n".join(lines) + "\n")
