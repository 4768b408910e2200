"""Records histories of many clients and checks that they are linearizable, then hammers an account for the lock test.

Prints what was done and found; ends with status 1 where something is wrong. Every second history has workers killed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scrumrpc.store.embedded import EmbeddedPostgres
from tests.concurrency.crowd import CROWD
from tests.concurrency.history import READ, READ_ALL, READ_VERSION, REFUSED, WRITE
from tests.concurrency.locks import OTHERS, deadlocks, hammer
from tests.concurrency.registers import Plan, record
from tests.serving import Server

_PRIVATE = {"SCRUMRPC_WEBHOOK_PRIVATE_TARGETS": "true"}


def main() -> None:
    """Runs it on a server and a database of its own."""
    options = argparse.ArgumentParser(prog="python -m tests.concurrency", description=__doc__)
    options.add_argument("--histories", type=int, default=10, help="how many histories are recorded")
    options.add_argument("--seconds", type=float, default=5, help="how long clients are at each of them")
    options.add_argument("--workers", type=int, default=3, help="worker processes of the server")
    options.add_argument("--seed", type=int, default=1, help="decides what clients do, though not when")
    chosen = options.parse_args()
    with _database() as url:
        server = Server(["--workers", f"{chosen.workers}"], {"DATABASE_URL": url, **_PRIVATE})
        try:
            problems = _histories(server, chosen) + _locks(server, url)
        finally:
            server.stop()
        count = deadlocks(url)
    print(f"  deadlocks counted by PostgreSQL: {count}")
    if count:
        problems.append(f"PostgreSQL counted {count} deadlocks.")
    print(f"\n{len(problems)} things are wrong:" if problems else "\nNothing is wrong.", *problems[:40], sep="\n  ")
    sys.exit(bool(problems))


@contextmanager
def _database() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="concurrency-", dir="/tmp" if Path("/tmp").is_dir() else None) as folder:
        postgres = EmbeddedPostgres(Path(folder))
        asyncio.run(postgres.start())
        try:
            yield postgres.url
        finally:
            asyncio.run(postgres.stop())


def _histories(server: Server, chosen: argparse.Namespace) -> list[str]:
    problems: list[str] = []
    total: Counter[str] = Counter()
    seconds = 0.0
    for number in range(chosen.histories):
        kills = round(chosen.seconds) if number % 2 else 0
        plan = Plan(seconds=chosen.seconds, kills=kills, seed=chosen.seed + number)
        recorded = record(server, server.credentials("admin@example.com"), plan)
        began = time.monotonic()
        found = recorded.problems()
        seconds += time.monotonic() - began
        problems += [f"history {number}: {each}" for each in found]
        total += recorded.counts
        verdict = "NOT linearizable" if found else "linearizable"
        print(f"history {number}: {len(recorded.operations)} operations, {kills} workers killed: {verdict}", flush=True)
    plan = Plan()
    print(
        f"\n{chosen.histories} histories of {plan.processes * plan.clients} clients in {plan.processes} processes, "
        f"on {plan.registers} registers and {chosen.workers} workers",
        f"operations: {sum(total[kind] for kind in (WRITE, REFUSED, READ, READ_ALL, READ_VERSION))}",
        f"writes {total[WRITE]}, of which {total['compare-and-set']} compared and set; refused {total[REFUSED]}",
        f"reads of one register {total[READ]}, of all {total[READ_ALL]}, of the version {total[READ_VERSION]}",
        f"attempts without an answer that were repeated {total['repeated']}; outcomes unknown {total['unknown']}",
        f"workers killed {total['killed']}; checked in {seconds:.1f} s, by a search and by the change log",
        sep="\n  ",
    )
    return problems


def _locks(server: Server, url: str) -> list[str]:
    lived = hammer(server, url)
    print(f"\nOne account on {len(lived.members)} connections, {lived.commands} operators' commands, by connection:")
    for what in CROWD:
        counts = lived.per_connection(what)
        print(f"  {what}: {len(counts)} connections, {sum(counts)} times, from {counts[0]} to {counts[-1]} each")
    print(
        f"  {sum(lived.ground.added.values())} tasks acknowledged, all there and in the sums"
        if not lived.problems
        else "  something was lost, or unfair",
        f"{OTHERS} other accounts made their calls in {lived.seconds_alone:.1f} s alone, "
        f"in {lived.seconds_beside:.1f} s beside it, while it did {lived.beside} things",
        sep="\n  ",
    )
    return lived.problems


if __name__ == "__main__":
    main()
