"""What the README says of files, settings, options and commands is so."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click

from scrumrpc.cli.main import main
from scrumrpc.docs.origins import SOURCES
from scrumrpc.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


CONTEXT = click.Context(main)
COMMANDS = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}


FOLDERS = ("", "scrumrpc", "scrumrpc/wire", "scrumrpc/calls", "scrumrpc/model")


def test_files_that_it_names_exist() -> None:
    named = set(re.findall(r"`([a-z_/]+(?:\.py|\.sql|/))`", README))
    assert len(named) > 15
    missing = [
        name
        for name in named
        if not any((ROOT / folder / name).exists() for folder in FOLDERS) and name != "scrumrpc-data/"
    ]
    assert missing == []


def test_settings_are_all_there() -> None:
    source = (ROOT / "scrumrpc/settings.py").read_text("utf-8")
    known = set(re.findall(r'config\(\s*"(\w+)"', source))
    assert len(known - {"DATABASE_URL_FILE"}) == len(fields(Settings))  # which is the same setting as DATABASE_URL
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)) == known


def test_the_options_of_serve_are_all_there() -> None:
    options = {o for p in COMMANDS["serve"].params for o in p.opts if o != "--help"}
    table = README[README.index("| option |") : README.index("`SIGTERM`")]
    assert set(re.findall(r"--[a-z][a-z-]+", table)) == options


def test_operators_commands_are_all_there() -> None:
    listed = {
        (group, command)
        for group, commands in re.findall(r"^scrumrpc (\w+) ([a-z|-]+)$", README, re.MULTILINE)
        for command in commands.split("|")
    }
    known = {(name, inner) for name, group in COMMANDS.items() for inner in getattr(group, "commands", ())}
    assert listed == known


def test_methods_are_counted_right() -> None:
    numbers = [int(number) for number in re.findall(r"\b\d+\b", README[: README.index("## Run it")])]
    counts = [len(source.methods) for source in SOURCES.values()]
    assert [number for number in numbers if number > 11] == [sum(counts), *counts]
