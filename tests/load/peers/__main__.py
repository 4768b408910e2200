"""Measures another tracker at the same work next to ours: python -m tests.load.peers kanboard|redmine (README.md)."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg

from tests.load.calls import add_item, measure, poll
from tests.load.peers.kanboard import kanboard
from tests.load.peers.peer import Missing, Peer, Setup
from tests.load.peers.redmine import redmine
from tests.load.prepared import TEMPLATE, Prepared
from tests.load.servers import served
from tests.load.table import figure, machine

_CONNECTIONS = 8
PEERS: dict[str, Callable[[Path, str, Path], Setup]] = {"kanboard": kanboard, "redmine": redmine}


def main() -> None:
    """Sets the peer up, measures both in turn, prints and writes the figures."""
    options = argparse.ArgumentParser(prog="python -m tests.load.peers", description=__doc__)
    options.add_argument("peer", choices=PEERS)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--root", type=Path, default=Path("/"), help="where its packages were unpacked, if not here")
    options.add_argument("--results", type=Path, metavar="FILE", default=Path("load-peers.json"))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as folder, Prepared(Path(folder) / "data") as prepared:
        with psycopg.connect(prepared.url, autocommit=True) as conn:
            conn.execute("CREATE DATABASE peer")
        try:
            with PEERS[chosen.peer](Path(folder), prepared.url, chosen.root) as peer:
                figures = run(prepared, peer, chosen.rounds, chosen.seconds)
        except Missing as missing:
            raise SystemExit(str(missing)) from None
    results = {"machine": machine(), "peer": peer.about, "figures": figures}
    chosen.results.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    print(f"All figures are in {chosen.results}.")


def run(prepared: Prepared, peer: Peer, rounds: int, seconds: float) -> dict[str, dict[str, list[float]]]:
    """Calls per second of creates and polls, ours and theirs, round by round."""
    [key] = prepared.copies(TEMPLATE + 1, 1)
    print(peer.about)
    print(f"{_CONNECTIONS} connections; ours with one worker. calls/s (medians of {rounds} rounds), times as many")
    measured: dict[str, dict[str, list[float]]] = {}
    with served(prepared.url) as server:
        for name, ours, theirs in (("creates", add_item(key), peer.create), ("polls", poll(key), peer.poll)):
            calls: dict[str, list[float]] = {"ours": [], "theirs": []}
            for address, sent in ((server.address, ours), (peer.address, theirs)):
                measure(address, [[sent]] * _CONNECTIONS, 2)
            for _ in range(rounds):
                for whose, address, sent in (("ours", server.address, ours), ("theirs", peer.address, theirs)):
                    calls[whose].append(measure(address, [[sent]] * _CONNECTIONS, seconds)["per_second"])
            measured[name] = calls
            middle = {whose: statistics.median(each) for whose, each in calls.items()}
            times = statistics.median(a / b for a, b in zip(calls["ours"], calls["theirs"], strict=True))
            print(f"{name:10}  ours {figure(middle['ours']):>8}  theirs {figure(middle['theirs']):>8}  {times:.1f}")
    return measured


if __name__ == "__main__":
    main()
