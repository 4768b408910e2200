"""Lines about one large account: reading all of it, warm, cold, in the past, beside writes; the memory it takes."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

import orjson

from tests.load.bench import Bench
from tests.load.calls import Client, add_item, get_data, measure, poll, request
from tests.load.prepared import some_item
from tests.load.servers import Served, bare, bare_post, served
from tests.load.table import AT_MOST, Line, ratio_line

_READERS = 4
_VERSIONS_BACK = 1_000
_WARM_CALLS = 15


def warm(bench: Bench) -> Line:
    """getData of all items and tasks again and again, as a client sees it, against joining the same fragments."""
    key = bench.prepared.large(bench.items)
    rounds, flat, sent = [], [], []
    with served(bench.prepared.url) as server, bare() as (address, _), tempfile.TemporaryDirectory() as folder:
        body = answer_of(server, key)
        (Path(folder) / "answer.json").write_bytes(body)
        measure(server.address, [[get_data(key)]], calls=5)
        for _ in range(bench.rounds):
            ours = measure(server.address, [[get_data(key)]], calls=_WARM_CALLS)
            joined = script("tests.load.fragments", folder)
            rounds.append((ours["median_ms"], joined["seconds"] * 1000))
            flat.append(joined["flat_seconds"] * 1000)
            sent.append(measure(address, [[bare_post(len(body))]], calls=_WARM_CALLS)["median_ms"])
    return ratio_line(
        f"getData, {bench.items:,} items, {2 * bench.items:,} tasks, warm", "joining the fragments", "ms", rounds,
        AT_MOST, 2, bytes=len(body), joining_a_flat_list_ms=statistics.median(flat),
        bare_starlette_sending_as_many_bytes_ms=statistics.median(sent),
    )  # fmt: skip


def after_a_change(bench: Bench) -> Line:
    """The first getData after one item was changed, and right after it the same again, which is warm.

    All on one connection that has read the account before, so that nothing but the change lies between them.
    """
    key = bench.prepared.large(bench.items)
    chance = random.Random(1)
    differences, first, again = [], [], []
    read = get_data(key)
    with served(bench.prepared.url) as server:
        for n in range(max(15, 4 * bench.rounds)):
            change = request("setBacklogItemName", key, backlogItemID=some_item(bench.items, chance), name=f"Name {n}")
            requests = [read, read, change, read, read, read, read]
            each = measure(server.address, [requests], calls=len(requests))["each_ms"]
            warm = statistics.median(each[4:])
            differences.append(each[3] - warm)
            first.append(each[3])
            again.append(warm)
    return Line(
        "the same after one change", "warm", "ms", statistics.median(first), statistics.median(again),
        statistics.median(differences), " ms more", AT_MOST, 5, {"differences": differences},
    )  # fmt: skip


def cold(bench: Bench) -> Line:
    """The first getData of a worker that has just started, against rows to dicts to orjson in a bare script."""
    key = bench.prepared.large(bench.items)
    rounds, polled = [], []
    for _ in range(bench.rounds):
        with served(bench.prepared.url) as server:
            polled.append(measure(server.address, [[poll(key)]], calls=1)["median_ms"])  # connections are there
            ours = measure(server.address, [[get_data(key)]], calls=1)["median_ms"]
        base = script("tests.load.cold", bench.prepared.url, str(account_of(key)))["seconds"] * 1000
        rounds.append((ours, base))
    return ratio_line(
        "the same, cold worker", "rows to dicts to orjson", "ms", rounds, AT_MOST, 1.5,
        first_getDataVersion_of_the_worker_ms=statistics.median(polled),
    )  # fmt: skip


def past(bench: Bench) -> Line:
    """getData 1,000 versions back by a worker that has just started, against getData now by another such worker."""
    key = bench.prepared.large(bench.items)
    with served(bench.prepared.url) as server:
        newest = make_versions(server, key, bench.items, _VERSIONS_BACK)
    rounds = []
    for _ in range(bench.rounds):
        with served(bench.prepared.url) as server:
            measure(server.address, [[poll(key)]], calls=1)
            then = get_data(key, atDataVersion=str(newest - _VERSIONS_BACK))
            back = measure(server.address, [[then]], calls=1)["median_ms"]
        with served(bench.prepared.url) as server:
            measure(server.address, [[poll(key)]], calls=1)
            now = measure(server.address, [[get_data(key)]], calls=1)["median_ms"]
        rounds.append((back, now))
    return ratio_line(f"getData {_VERSIONS_BACK:,} versions back, cold", "getData now, cold", "ms", rounds, AT_MOST, 2)


def beside_readers(bench: Bench) -> Line:
    """addBacklogItem on one connection while four clients read the whole account in a loop, against it alone."""
    key = bench.prepared.large(bench.items)
    rounds, medians, reads, longest = [], [], [], []
    with served(bench.prepared.url) as server:
        measure(server.address, [[get_data(key)]], calls=3)
        for _ in range(bench.rounds):
            alone = measure(server.address, [[add_item(key)]], bench.seconds)
            readers = Client(server.address, [[get_data(key)]] * _READERS, 2 * bench.seconds + 4)
            time.sleep(2)
            beside = measure(server.address, [[add_item(key)]], 2 * bench.seconds)
            reads.append(readers.figures()["per_second"])
            rounds.append((beside["p99_ms"], alone["p99_ms"]))
            medians.append((beside["median_ms"], alone["median_ms"]))
            longest.append(beside["longest_ms"])
    return ratio_line(
        f"a write while {_READERS} clients read all of it, p99", "the write alone, p99", "ms", rounds, AT_MOST, 20,
        median_ms=statistics.median(a for a, _ in medians), alone_median_ms=statistics.median(b for _, b in medians),
        longest_ms=max(longest), reads_per_second=statistics.median(reads),
    )  # fmt: skip


def memory(bench: Bench) -> Line:
    """What a worker takes that has answered getData of the large account, against the bytes of the answer."""
    key = bench.prepared.large(bench.items)
    rounds, empty, most = [], [], []
    for _ in range(min(3, bench.rounds)):
        with served(bench.prepared.url) as server:
            [worker] = server.workers
            measure(server.address, [[poll(key)]], calls=100)
            empty.append(worker.kilobytes() / 1024)
            size = measure(server.address, [[get_data(key)]], calls=5)["bytes"]
            rounds.append((worker.kilobytes() / 1024, size / 2**20))
            most.append(worker.most_kilobytes() / 1024)
    return ratio_line(
        "memory of a worker with that account (PSS)", "the JSON itself", "MiB", rounds, AT_MOST, 8,
        before_it_was_read_MiB=statistics.median(empty), most_it_ever_had_resident_MiB=statistics.median(most),
    )  # fmt: skip


def make_versions(server: Served, key: str, items: int, count: int) -> int:
    """Makes so many versions, of names, estimates and new items in turn; answers the newest one's number."""
    chance = random.Random(2)
    changes = [
        (
            request("setBacklogItemName", key, backlogItemID=some_item(items, chance), name=f"Renamed {n}"),
            request("setBacklogItemDescription", key, backlogItemID=some_item(items, chance), description=f"D {n}"),
            add_item(key),
        )[n % 3]
        for n in range(count)
    ]
    measure(server.address, [changes], calls=count)
    return version_of(server, key)


def version_of(server: Served, key: str) -> int:
    """The account's data version."""
    return int(call(server, poll(key))["dataVersion"])


def answer_of(server: Served, key: str) -> bytes:
    """The body of getData."""
    return _body(server, get_data(key))


def call(server: Served, sent: bytes) -> dict[str, object]:
    """The answer to a request."""
    answer: dict[str, object] = orjson.loads(_body(server, sent))
    return answer


def _body(server: Served, sent: bytes) -> bytes:
    head, _, body = sent.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    asked = Request(server.address + first.split()[1], data=body, headers=headers, method="POST")
    with urlopen(asked) as answer:
        got: bytes = answer.read()
    return got


def account_of(key: str) -> int:
    """The account that a key belongs to."""
    return int(key.partition("-")[0])


def script(module: str, *arguments: str) -> dict[str, float]:
    """The figures that a bare script prints."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found
