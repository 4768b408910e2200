"""Server: a real `scrumrpc serve` in a process of its own, on a free port of the loopback address."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OFF = {"SCRUMRPC_WEBHOOKS": "false", "SCRUMRPC_FAILED_LOGINS_PER_MINUTE": "0"}
"""A server must not send what tests have left in its database to where the examples' webhooks lead.

And all tests present their wrong credentials from the same address.
"""

_NO_CACHE = "PYTHONDONTWRITEBYTECODE"


class Server:
    """Starts when made; `address` and the printed keys are known when it serves."""

    def __init__(self, options: list[str], environment: dict[str, str], *, patience: float = 60) -> None:
        self.log = Path(tempfile.mkstemp(prefix="scrumrpc-server-", suffix=".log")[1])
        # Where Python is told to keep nothing that it compiles, each server of a test would compile all of itself anew.
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", _NO_CACHE)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scrumrpc", "serve", "--port", "0", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**kept, **OFF, **environment},
            )
        self.printed = ""
        deadline = time.monotonic() + patience
        while not self._serves():
            if time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"The server did not start: {self.printed}\n{self.log.read_text()}")

    def _serves(self) -> bool:
        """Reads on; whether all was printed that a starting server prints."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], 0.1)
        if readable:
            said = os.read(self.process.stdout.fileno(), 65536)
            assert said, f"The server ended: {self.printed}\n{self.log.read_text()}"
            self.printed += said.decode()
        return "scrumrpc serves at" in self.printed and not readable

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        match = re.search(r"serves at (\S+)", self.printed)
        assert match
        return match[1]

    @property
    def api(self) -> str:
        """What method names follow."""
        return f"{self.address}/service/api/v1"

    def credentials(self, email: str) -> tuple[str, str]:
        """The printed credentials of a person."""
        match = re.search(rf"-u ({re.escape(email)}):(\S+)", self.printed)
        assert match, self.printed
        return match[1], match[2]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends the server and answers its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.unlink(missing_ok=True)
        return code
