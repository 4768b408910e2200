"""The Caddyfile: what Caddy says of it, and a server of this checkout behind it, asked from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.checking.outcome import Check, LeftOut, Tally, expect, program, run


def checks(top: Path) -> Iterator[Check]:
    """What can be said of the file."""
    file = top / "deploy/Caddyfile"
    yield "Caddy understands the Caddyfile", lambda: _valid(file)
    yield "the Caddyfile is laid out as Caddy lays it out", lambda: _formatted(file)


def behind(top: Path, tally: Tally) -> None:
    """Runs `behind.py` in a network of its own, where ports 80 and 443 are free, and counts what it prints.

    Raises LeftOut or Failed where it could not begin, or did not end.
    """
    program("caddy")
    program("openssl")
    alone = [program("unshare"), "--net", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        raise LeftOut("no network of its own can be made on this machine")
    with subprocess.Popen(
        [*alone, sys.executable, "-m", "deploy.checking.behind"], cwd=top, stdout=subprocess.PIPE, text=True
    ) as inside:
        assert inside.stdout is not None
        for line in inside.stdout:
            tally.count(line.rstrip("\n"))
    expect(inside.returncode == 0, f"it ended with {inside.returncode}")


def _valid(file: Path) -> None:
    caddy = program("caddy")
    for tls in ("", "tls internal"):
        environment = {**os.environ, "SCRUMRPC_HOST": "scrum.example.com", "SCRUMRPC_TLS": tls}
        run(caddy, "validate", "--adapter", "caddyfile", "--config", file, environment=environment)


def _formatted(file: Path) -> None:
    laid_out = subprocess.run([program("caddy"), "fmt", file], capture_output=True, text=True, check=False).stdout
    expect(laid_out.strip() == file.read_text().strip(), "run `caddy fmt --overwrite`")
