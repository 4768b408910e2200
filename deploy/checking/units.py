"""The units for systemd: whether it understands them, and whether they are as strict as is promised."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deploy.checking.outcome import Check, expect, none_of, program, run

MOST_EXPOSED = 20
"""A tenth of this is what `systemd-analyze security` may rate a service at, of 10.0 for no hardening at all."""
_NEEDED = (
    "DynamicUser=yes",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "RestrictNamespaces=yes",
    "SystemCallFilter=@system-service",
    "UMask=0077",
)


def checks(top: Path) -> Iterator[Check]:
    """Each service by rules of ours and by systemd's rating, and all units by systemd's reading."""
    services = sorted((top / "deploy").glob("*.service"))
    timers = sorted((top / "deploy").glob("*.timer"))
    for service in services:
        yield f"{service.name} is hardened", partial(_hardened, service)
        yield f"{service.name}: systemd rates its exposure {MOST_EXPOSED / 10} of 10, or less", partial(_rated, service)
    yield "systemd understands all units", lambda: _verified([*services, *timers])


def problems(text: str) -> list[str]:
    """What a service lacks, whatever machine it is for."""
    lines = text.splitlines()
    missing = [f"{line} is missing" for line in _NEEDED if line not in lines]
    return missing + [f"{line} undoes it" for line in lines if line in ("User=root", "DynamicUser=no")]


def _hardened(service: Path) -> None:
    none_of(problems(service.read_text()))


def _rated(service: Path) -> None:
    run(program("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", service)


def _verified(units: list[Path]) -> None:
    """As they are, but for the programs, which are not installed where this runs."""
    analyze = program("systemd-analyze")
    with tempfile.TemporaryDirectory(prefix="scrumrpc-units-") as folder:
        for unit in units:
            (Path(folder) / unit.name).write_text(
                "\n".join(
                    "ExecStart=/bin/true" if line.startswith("ExecStart=/opt/scrumrpc/bin/") else line
                    for line in unit.read_text().splitlines()
                )
            )
        said = run(analyze, "verify", "--man=no", "--recursive-errors=no", *sorted(Path(folder).iterdir()))
        expect(not any(unit.name in said for unit in units), said.strip())
