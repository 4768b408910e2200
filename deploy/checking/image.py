"""The container file: rules of ours, hadolint's, and where there is an engine an image that is built, run and asked."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deploy.checking.outcome import Check, Failed, LeftOut, expect, none_of, program, run

_IMAGE = "scrumrpc:check"
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL=", re.IGNORECASE)


def checks(top: Path) -> Iterator[Check]:
    """What can be said of the file, and then what the image does.

    CHECK_BUILD_OPTIONS and CHECK_RUN_OPTIONS are for machines where an engine needs more words, as inside of others.
    """
    file, ignored = top / "deploy/Containerfile", top / ".dockerignore"
    yield "Containerfile: an ordinary user, pinned images, no secrets", lambda: none_of(problems(file.read_text()))
    yield ".dockerignore: a build sees what it copies, and no more", lambda: none_of(seen(ignored.read_text()))
    yield "hadolint has nothing to say about the Containerfile", lambda: _linted(file)
    yield "the image is built, and serves read-only, without capabilities and network", partial(_built_and_run, top)


def problems(text: str) -> list[str]:
    """What breaks a rule in a container file."""
    instructions = [line.split(maxsplit=1) for line in text.replace("\\\n", " ").splitlines() if _says_something(line)]
    found, stages, user = [], set[str](), "root"
    for word, rest in ((each[0].upper(), each[1]) for each in instructions):
        if word == "FROM":
            user, image = "root", rest.split()[0]
            if image not in stages and not re.fullmatch(r"[\w./-]+:(?!latest$)[\w.-]+", image):
                found.append(f"the image {image} is not pinned by a tag")
            stages.update(re.findall(r"\s[Aa][Ss]\s+(\S+)", rest))
        elif word == "USER":
            user = rest
        elif word == "ADD":
            found.append("ADD fetches and unpacks what it is given; COPY does not")
        elif word == "COPY" and re.match(r"(--\S+\s+)*\.\s", rest):
            found.append("it copies everything there is")
        elif word in ("ENV", "ARG") and _SECRET.search(rest):
            found.append(f"{word} {rest.split('=')[0]} holds a secret in each layer")
    if user.partition(":")[0] in ("root", "0"):
        found.append("it runs as root")
    if not any(each[0].upper() == "HEALTHCHECK" and each[1].strip() != "NONE" for each in instructions):
        found.append("nobody looks whether it is well")
    return found


def seen(text: str) -> list[str]:
    """What is wrong with a list of what builds do not see: all is hidden first, and nothing shown that has secrets."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    shown = [line for line in lines if re.match(r"!(\*|\.|deploy/?$|deploy/secrets|deploy/\.env)", line)]
    return ([] if lines[:1] == ["*"] else ["it does not begin with *"]) + [f"{line} shows secrets" for line in shown]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _linted(file: Path) -> None:
    run(program("hadolint"), file)


def _built_and_run(top: Path) -> None:
    engine = _engine()
    base = re.findall(r"^FROM (\S+)", (top / "deploy/Containerfile").read_text(), re.MULTILINE)[0]
    _have(engine, base)
    docker_form = ["--format", "docker"] if engine.endswith("podman") else []
    more = shlex.split(os.environ.get("CHECK_BUILD_OPTIONS", ""))
    run(engine, "build", *docker_form, *more, "-f", top / "deploy/Containerfile", "-t", _IMAGE, top, patience=1200)
    name = f"scrumrpc-check-{secrets.token_hex(4)}"
    hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none"]
    try:
        run(
            engine, "run", "--detach", "--name", name, *hardened, "--tmpfs", "/tmp",
            "--env", "SCRUMRPC_WEBHOOKS=false", *shlex.split(os.environ.get("CHECK_RUN_OPTIONS", "")), _IMAGE,
        )  # fmt: skip
        credentials = _first_key(engine, name)
        smoke = (top / "deploy/smoke").read_text()
        run(
            engine, "exec", "--interactive", "--env", f"SCRUMRPC_CREDENTIALS={credentials}", name,
            "/opt/scrumrpc/bin/python", "-", "http://127.0.0.1:8080", given=smoke,
        )  # fmt: skip
        expect(run(engine, "exec", name, "id", "-u").strip() == "10001", "it runs as another user")
        python = "/opt/scrumrpc/bin/python"
        run(engine, "exec", name, python, "/opt/scrumrpc/bin/scrumrpc-backup", "/data", "--data", "/data")
        run(engine, "stop", "--time", "30", name)
        code = run(engine, "inspect", "--format", "{{.State.ExitCode}}", name).strip()
        expect(code == "0", f"it ended with {code}")
    finally:
        run(engine, "rm", "--force", "--volumes", name)
        run(engine, "rmi", "--force", _IMAGE)


def _engine() -> str:
    """podman, or docker where its engine answers."""
    for name in ("podman", "docker"):
        try:
            found = program(name)
            run(found, "info")
            return found
        except (LeftOut, Failed):
            continue
    raise LeftOut("there is no container engine on this machine")


def _have(engine: str, base: str) -> None:
    """Sees to it that the image is there which ours begins with."""
    try:
        run(engine, "image", "inspect", base)
    except Failed:
        try:
            run(engine, "pull", base)
        except Failed:
            raise LeftOut(f"the image {base} cannot be had on this machine") from None


def _first_key(engine: str, name: str) -> str:
    """What the first start prints."""
    giving_up = time.monotonic() + 60
    while time.monotonic() < giving_up:
        printed = run(engine, "logs", name)
        found = re.search(r"-u (\S+:\S+)", printed)
        if found:
            return found[1]
        time.sleep(0.5)
    raise Failed(f"it does not serve: {printed[-1000:]}")
