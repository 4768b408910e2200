"""`deploy/check` has no objection to what is in `deploy/`, and has one to each way of making it weaker."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.checking import compose, image, units
from deploy.checking.outcome import FAILED, LEFT_OUT, OK, Failed, LeftOut, Tally, program, run

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text()
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()


def test_what_is_there_is_right() -> None:
    assert compose.problems(compose.read(COMPOSE)) == []
    assert image.problems(CONTAINERFILE) == []
    assert image.seen((DEPLOY.parent / ".dockerignore").read_text()) == []
    services = list(DEPLOY.glob("*.service"))
    assert len(services) == 2
    assert [units.problems(each.read_text()) for each in services] == [[], []]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  read_only: true", "  read_only: false", "server: its file system can be written to"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "database: it keeps capabilities"),
        ("no-new-privileges:true", "no-new-privileges:false", "proxy: it can gain privileges"),
        ('true"]', 'true", "seccomp:unconfined"]', "backup: a filter of the engine is turned off"),
        ("image: postgres:18", "image: postgres:18\n    privileged: true", "database: it has privileged"),
        ("image: caddy:2", "image: caddy:2\n    network_mode: host", "proxy: it has network_mode"),
        ("image: caddy:2", "image: caddy", "proxy: its image caddy is not pinned by a tag"),
        ("image: caddy:2", "image: caddy:latest", "proxy: its image caddy:latest is not pinned by a tag"),
        ("    shm_size: 256m", '    ports: ["5432:5432"]', "database: it has the ports ['5432:5432'] of the host"),
        ('"443:443",', '"443:443", "8080:8080",', "proxy: it has the ports"),
        ("[NET_BIND_SERVICE]", "[NET_BIND_SERVICE, SYS_ADMIN]", "proxy: it has the capabilities"),
        ("  pids_limit: 256", "", "server: pids_limit has no bound"),
        ("    mem_limit: 512m", "", "proxy: mem_limit has no bound"),
        ("restart: unless-stopped", "restart: 'no'", "server: nothing starts it again"),
        ('test: ["CMD-SHELL"', 'no-test: ["CMD-SHELL"', "database: nobody looks whether it is well"),
        ("POSTGRES_PASSWORD_FILE: /run", "POSTGRES_PASSWORD: /run", "database: POSTGRES_PASSWORD holds a secret"),
        ("DATABASE_URL_FILE: /run/secrets/database-url", "URL: postgresql://a:b@c/d", "server: URL holds a password"),
        ('"backups:/backups"', '"/srv/backups:/backups"', "backup: it reaches /srv/backups:/backups of the host"),
        ("Caddyfile:ro", "Caddyfile", "proxy: it reaches ./Caddyfile:/etc/caddy/Caddyfile of the host"),
        ("networks: [front, outside]", "networks: [store, front, outside]", "proxy: it reaches the database"),
        ("store: { internal: true }", "store: {}", "database: the network store leads outside"),
        ("driver: json-file", "driver: local", "server: Podman does not know where it logs to"),
        ("/run:mode=1777", "/run:uid=999,mode=0755", "database: Podman does not know the options of /run"),
        ("PROXIES: 10.0.0.0/8,", "PROXIES:", "server: some engine gives the proxy an address that is not trusted"),
        ("file: ./secrets/database-url", "environment: URL", "the secret database-url is no file"),
    ],
)
def test_a_compose_file_that_is_weaker(old: str, new: str, problem: str) -> None:
    assert old in COMPOSE
    found = compose.problems(compose.read(COMPOSE.replace(old, new)))
    assert any(each.startswith(problem) for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("USER 10001:10001", "USER root", "it runs as root"),
        ("USER 10001:10001", "USER 0:10001", "it runs as root"),
        ("USER 10001:10001", "", "it runs as root"),
        ("FROM python:3.13-slim-trixie\n", "FROM python\n", "the image python is not pinned by a tag"),
        ("trixie AS build", "trixie AS build\nFROM python:latest", "the image python:latest is not pinned by a tag"),
        ("COPY methods methods", "COPY . .", "it copies everything there is"),
        ("COPY methods methods", "ADD https://example.com/methods.tar.gz /", "ADD fetches and unpacks"),
        ("ENV PYTHON", "ENV DATABASE_URL=postgresql://a:b@c/d PYTHON", "ENV DATABASE_URL holds a secret"),
        ("ENV PYTHON", "ARG TOKEN\nENV PYTHON", "ARG TOKEN holds a secret"),
        ("HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \\\n    CMD", "CMD", "nobody looks"),
    ],
)
def test_a_container_file_that_is_weaker(old: str, new: str, problem: str) -> None:
    assert old in CONTAINERFILE
    found = image.problems(CONTAINERFILE.replace(old, new))
    assert any(each.startswith(problem) for each in found), found


@pytest.mark.parametrize("shown", ["!deploy", "!deploy/", "!deploy/secrets", "!deploy/.env", "!*", "!."])
def test_a_build_that_sees_secrets(shown: str) -> None:
    assert image.seen(f"# all\n*\n!methods\n{shown}\n") == [f"{shown} shows secrets"]
    assert image.seen("!methods\n*\n") == ["it does not begin with *"]


@pytest.mark.parametrize("name", ["scrumrpc.service", "scrumrpc-backup.service"])
def test_a_service_that_is_weaker(name: str) -> None:
    text = (DEPLOY / name).read_text()
    without = text.partition("AmbientCapabilities=")[0] + "[Install]\n"
    assert "NoNewPrivileges=yes is missing" in units.problems(without)
    assert "ProtectSystem=strict is missing" in units.problems(
        text.replace("ProtectSystem=strict", "ProtectSystem=yes")
    )
    assert "User=root undoes it" in units.problems(text.replace("UMask=0077", "UMask=0077\nUser=root"))


def test_a_line_for_each_end_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    tally.run(("this", lambda: None))
    tally.run(("that", lambda: _raise(Failed("it is broken"))))
    tally.run(("those", lambda: _raise(LeftOut("there is none"))))
    tally.run(("what cannot be called", lambda: _raise(PermissionError("not for you"))))
    assert capsys.readouterr().out.splitlines() == [
        "ok        this",
        "FAILED    that: it is broken",
        "left out  those: there is none",
        "FAILED    what cannot be called: not for you",
    ]
    assert tally.ended == {OK: 1, FAILED: 2, LEFT_OUT: 1}


def test_programs_that_fail_or_are_not_there() -> None:
    with pytest.raises(Failed, match="sh ended with 3: why"):
        run("sh", "-c", "echo why >&2; exit 3")
    with pytest.raises(LeftOut, match="there is no no-such-program on this machine"):
        program("no-such-program")


def _raise(error: Exception) -> None:
    raise error
