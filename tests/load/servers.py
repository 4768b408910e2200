"""What is measured: our server, the bare one, and what their processes take of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.serving import Server
from tests.wire.surroundings import workers


class Process:
    """A process, and what it takes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kilobytes(self) -> int:
        """Proportional set size: its own memory, and its part of what it shares."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])

    def most_kilobytes(self) -> int:
        """The largest resident size that it ever had."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])

    def seconds(self) -> float:
        """Processor time that it used up."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self) -> int:
        """How many threads it has."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))


class Served:
    """A running server: where it is and its worker processes."""

    def __init__(self, server: Server) -> None:
        self.address = server.address
        self.server = server
        self.workers = [Process(pid) for pid in workers(server.process.pid)]

    def seconds(self) -> float:
        """Processor time that the workers used up."""
        return sum(each.seconds() for each in self.workers)


@contextmanager
def served(url: str, count: int = 1, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Our server on a database that runs already, with settings as they are by default."""
    server = Server(["--workers", str(count)], {"DATABASE_URL": url, **(settings or {})})
    try:
        yield Served(server)
    finally:
        server.stop()


@contextmanager
def bare() -> Iterator[tuple[str, Process]]:
    """The bare application (bare.py), behind uvicorn with the same loop and parser."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "uvicorn", "tests.load.bare:app", "--port", str(port), "--loop", "uvloop", "--http",
        "httptools", "--no-access-log", "--log-level", "warning", "--no-server-header",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def bare_post(size: int) -> bytes:
    """A POST to the bare application that answers so many bytes."""
    return f"POST /bytes/{size} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()
