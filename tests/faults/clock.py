"""Clock: the time of day of a server and its database, moved while they run (see clock.c)."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

HOUR = 3600
_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """What processes that are started with `environment` take for the time of day; right until it is moved.

    `missing` says why there is none where it cannot be made: it takes Linux and a C compiler.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.environment: dict[str, str] = {}
        self.missing = self._make(folder / "clock.so")
        if self.missing is None:
            self.seconds = 0
            self._write()
            self.environment = {"LD_PRELOAD": str(folder / "clock.so"), "MOVED_CLOCK": str(self._file)}

    def _make(self, library: Path) -> str | None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if sys.platform != "linux" or compiler is None:
            return "a moved clock needs Linux and a C compiler"
        command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return f"the compiler failed: {done.stderr.strip()[:200]}" if done.returncode else None

    def move(self, seconds: int) -> None:
        """Sets it forward, or back, for all processes at once."""
        self.seconds += seconds
        self._write()

    def _write(self) -> None:
        """Writes in place: running processes have the file in their memory."""
        mode = "r+b" if self._file.exists() else "wb"
        with self._file.open(mode) as file:
            file.write(struct.pack("q", self.seconds))
