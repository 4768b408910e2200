"""Fuzzes a real server over its socket: python -m tests.fuzz [--requests 100000] [--seed N] [--seconds S]."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from scrumrpc.store.embedded import EmbeddedPostgres
from tests.fuzz.campaign import ENVIRONMENT, Tally, share, summary
from tests.fuzz.standing import Watch
from tests.serving import Server


def main() -> None:
    """Starts a server, sends requests by several processes, prints what came of it; ends with 1 where it is wrong."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--requests", type=int, default=100_000)
    options.add_argument("--seconds", type=float, default=1e9, help="end after so long, however many were sent")
    options.add_argument("--seed", type=int, default=None, help="of what is drawn; printed, so that it can be repeated")
    options.add_argument("--processes", type=int, default=2, help="clients that send at the same time")
    options.add_argument("--workers", type=int, default=2, help="of the server")
    chosen = options.parse_args()
    first = random.randrange(10**6) if chosen.seed is None else chosen.seed
    with tempfile.TemporaryDirectory(prefix="scrumrpc-fuzz-") as folder:
        server = Server(["--workers", str(chosen.workers), "--data", folder], ENVIRONMENT)
        try:
            print(f"seed {first}, {chosen.workers} workers, {chosen.processes} clients", flush=True)
            url = EmbeddedPostgres(Path(folder)).url
            began = time.monotonic()
            with Watch(server) as watch, ProcessPoolExecutor(chosen.processes, get_context("spawn")) as pool:
                each = -(-chosen.requests // chosen.processes)
                parts = [
                    pool.submit(
                        share, server.address, url, 1_000 + 100_000 * n, each, first + 10**7 * n, chosen.seconds
                    )
                    for n in range(chosen.processes)
                ]
                tally = Tally()
                for part in parts:
                    tally.add(part.result())
                seconds = time.monotonic() - began
            tally.failures += watch.complaints
        finally:
            server.stop()
    print("\n".join(summary(tally, seconds)))
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    main()
