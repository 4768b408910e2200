"""Lines about starting: from the command to the first answered call, with an embedded database of its own."""

from __future__ import annotations

import base64
import compileall
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.load.bench import Bench
from tests.load.table import AT_MOST, Line

_METHOD = "getDataVersion"


def first_start(bench: Bench) -> Line:
    """`scrumrpc serve` in an empty folder, until a call with the printed key is answered."""
    times = []
    compile_once()
    for _ in range(bench.rounds):
        with tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as folder:
            times.append(start(Path(folder) / "data", "")[0])
    return _line("first start to first answer", times, 3)


def later_start(bench: Bench) -> Line:
    """The same in a folder that was used before."""
    times = []
    compile_once()
    with tempfile.TemporaryDirectory(prefix="scrumrpc-load-") as folder:
        _, key = start(Path(folder) / "data", "")
        for _ in range(bench.rounds):
            times.append(start(Path(folder) / "data", key)[0])
    return _line("later start to first answer", times, 1)


def compile_once() -> None:
    """Has Python compile the program ahead, as an installation by pip does, whatever the environment says of that."""
    top = Path(__file__).parents[2]
    for package in ("scrumrpc", "methods"):
        compileall.compile_dir(top / package, quiet=1)


def start(folder: Path, credentials: str) -> tuple[float, str]:
    """Seconds from the command to the first answer, and the credentials that were printed or given."""
    began = time.perf_counter()
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrumrpc", "serve", "--port", "0", "--data", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**kept, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        said = b""
        while b"serves at" not in said or not (credentials or re.search(rb"-u \S+:\S+\n", said)):
            more = os.read(process.stdout.fileno(), 65536)
            assert more, f"The server ended: {said.decode()}"
            said += more
        where = re.search(rb"serves at http://([\d.]+):(\d+)", said)
        assert where
        if not credentials:
            printed = re.search(rb"-u (\S+:\S+)\n", said)
            assert printed
            credentials = printed[1].decode()
        answered(where[1].decode(), int(where[2]), credentials)
        return time.perf_counter() - began, credentials
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def answered(host: str, port: int, credentials: str) -> None:
    """Makes a call and reads its answer."""
    basic = base64.b64encode(credentials.encode()).decode()
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            f"GET /service/api/v1/{_METHOD} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: Basic {basic}\r\n\r\n".encode()
        )
        got = b""
        while more := connection.recv(65536):
            got += more
    assert got.startswith(b"HTTP/1.1 200"), got


def _line(name: str, times: list[float], goal: float) -> Line:
    middle = statistics.median(times)
    return Line(name, "", "s", middle, None, middle, " s", AT_MOST, goal, {"starts": times})
