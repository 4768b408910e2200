"""The compose file: rules of ours, which hold for each of its services, and what a container engine makes of it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.checking.outcome import Check, Failed, LeftOut, none_of, program, run

_CAPABILITIES = {"proxy": {"NET_BIND_SERVICE"}}
_PORTS = {"proxy": {"80:80", "443:443", "443:443/udp"}}
_WITH_DATABASE = {"server", "backup", "database"}
_OPEN = ("privileged", "network_mode", "pid", "ipc", "userns_mode", "devices", "cgroup_parent", "extra_hosts")
_OF_CONTAINERS = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}
"""Networks from which engines take addresses: Podman the first, Docker the others."""
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL")


def checks(top: Path) -> Iterator[Check]:
    """By our rules, and by an engine's own."""
    file = top / "deploy/compose.yaml"
    yield "compose.yaml: each service is hardened", lambda: none_of(problems(read(file.read_text())))
    yield "docker compose, or podman-compose, understands compose.yaml", lambda: _understood(file)


def read(text: str) -> dict[str, Any]:
    """The content of a compose file."""
    try:
        import yaml
    except ImportError:
        raise LeftOut("there is no PyYAML; it comes with `pip install '.[test]'`") from None
    try:
        content: dict[str, Any] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Failed(f"it is no YAML: {error}") from None
    return content


def problems(compose: dict[str, Any]) -> list[str]:
    """What breaks a rule, each with the service that does."""
    found = [
        f"{name}: {problem}"
        for name, service in compose["services"].items()
        for problem in [*_of_service(name, service), *_of_secrets(service), *_of_engines(service)]
    ]
    return found + _of_networks(compose) + _of_secret_files(compose)


def _of_service(name: str, service: dict[str, Any]) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "its file system can be written to"
    if service.get("cap_drop") != ["ALL"]:
        yield "it keeps capabilities"
    if not set(service.get("cap_add", [])) <= _CAPABILITIES.get(name, set()):
        yield f"it has the capabilities {service['cap_add']}"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "it can gain privileges"
    if any("unconfined" in option for option in service.get("security_opt", [])):
        yield "a filter of the engine is turned off"
    if not set(service.get("ports", [])) <= _PORTS.get(name, set()):
        yield f"it has the ports {service['ports']} of the host"
    if not re.fullmatch(r"[\w./-]+:(?!latest$)[\w.-]+", str(service.get("image", ""))):
        yield f"its image {service.get('image')} is not pinned by a tag"
    if not service.get("healthcheck", {}).get("test"):
        yield "nobody looks whether it is well"
    yield from (f"{word} has no bound" for word in ("mem_limit", "pids_limit") if word not in service)
    if service.get("restart") != "unless-stopped":
        yield "nothing starts it again"
    yield from (f"it has {word}" for word in _OPEN if word in service)
    for volume in service.get("volumes", []):
        if str(volume).startswith(("/", ".", "~")) and not re.fullmatch(r"\./[\w.]+:[\w./]+:ro", str(volume)):
            yield f"it reaches {volume} of the host"


def _of_secrets(service: dict[str, Any]) -> Iterator[str]:
    """Environments are seen by whoever may look at a container, and by all that it starts."""
    environment = service.get("environment", {})
    given = environment if isinstance(environment, dict) else dict(each.partition("=")[::2] for each in environment)
    for variable, value in given.items():
        if _SECRET.search(variable) and not variable.endswith("_FILE"):
            yield f"{variable} holds a secret in its environment"
        if re.search(r"://[^/\s]*:[^/\s]*@", str(value)):
            yield f"{variable} holds a password in its environment"


def _of_engines(service: dict[str, Any]) -> Iterator[str]:
    """What one engine knows and another refuses, or does otherwise."""
    if service.get("logging", {}).get("driver") not in (None, "json-file"):
        yield "Podman does not know where it logs to"
    for mount in service.get("tmpfs", []):
        if re.search(r"\b[ug]id=", str(mount)):
            yield f"Podman does not know the options of {mount}"
    trusted = service.get("environment", {}).get("SCRUMRPC_TRUSTED_PROXIES")
    if trusted is not None and not set(re.split(r"[,\s]+", trusted)) >= _OF_CONTAINERS:
        yield "some engine gives the proxy an address that is not trusted, so that all clients are taken for one"


def _of_networks(compose: dict[str, Any]) -> list[str]:
    """The database is reached by those that work with it, and from no network that leads anywhere."""
    services = compose["services"]
    reached = set(services.get("database", {}).get("networks", ["default"]))
    found = [
        f"database: the network {name} leads outside"
        for name in sorted(reached)
        if not (compose.get("networks", {}).get(name) or {}).get("internal")
    ]
    return found + [
        f"{name}: it reaches the database"
        for name, service in services.items()
        if name not in _WITH_DATABASE and reached & set(service.get("networks", ["default"]))
    ]


def _of_secret_files(compose: dict[str, Any]) -> list[str]:
    return [f"the secret {name} is no file" for name, each in compose.get("secrets", {}).items() if "file" not in each]


def _understood(file: Path) -> None:
    """`config` needs no engine, only the program."""
    environment = {**os.environ, "SCRUMRPC_HOST": "localhost"}
    # A docker without the plugin has help for everything, an old podman-compose has no config.
    for words, known_by in ((("docker", "compose"), ("version",)), (("podman-compose",), ("config", "--help"))):
        with contextlib.suppress(LeftOut, Failed):
            run(program(words[0]), *words[1:], *known_by)
            break
    else:
        raise LeftOut("there is neither docker compose nor a podman-compose that can on this machine")
    run(*words, "--file", file, "config", environment=environment)
