"""Settings from the environment: defaults, what they may be, and that an error names the variable only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scrumrpc.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SCRUMRPC_")]:
        monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = Settings.from_environment()
    assert settings.largest_file == 10 * 1024 * 1024
    assert settings.public_url == ""


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("https://scrum.example.com", "https://scrum.example.com"),
        ("https://scrum.example.com/", "https://scrum.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://example.com/scrum/", "https://example.com/scrum"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_a_public_url(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("SCRUMRPC_PUBLIC_URL", given)
    assert Settings.from_environment().public_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRUMRPC_PUBLIC_URL", "scrum.example.com"),
        ("SCRUMRPC_PUBLIC_URL", "ftp://scrum.example.com"),
        ("SCRUMRPC_PUBLIC_URL", "https://"),
        ("SCRUMRPC_PUBLIC_URL", "https://scrum.example.com/?x=1"),
        ("SCRUMRPC_PUBLIC_URL", "https://scrum.example.com/#x"),
        ("SCRUMRPC_PUBLIC_URL", "https://["),
        ("SCRUMRPC_PUBLIC_URL", "https://scrum.example.com:port"),
        ("SCRUMRPC_LARGEST_FILE", "0"),
        ("SCRUMRPC_LARGEST_FILE", "-1"),
        ("SCRUMRPC_LARGEST_FILE", "10 MB"),
    ],
)
def test_what_cannot_be(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"The environment variable {name} ") as refused:
        Settings.from_environment()
    assert value not in str(refused.value)


def test_the_address_of_the_database_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "database-url"
    file.write_text("postgresql://somewhere/db\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(file))
    assert Settings.from_environment().database_url == "postgresql://somewhere/db"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert Settings.from_environment().database_url == "postgresql://elsewhere/db"


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"", "is empty"), (b"\xff", "no text")])
def test_a_file_that_tells_no_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "database-url"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(file))
    with pytest.raises(SettingsError, match=f"that DATABASE_URL_FILE names .*{why}"):
        Settings.from_environment()
