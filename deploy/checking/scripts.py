"""The scripts of `deploy/` and `.ci/`: whether their languages take them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from deploy.checking.outcome import Check, expect, program, run


def checks(top: Path) -> Iterator[Check]:
    """All of them; a script says in its first line what it is written in."""
    scripts = [each for folder in ("deploy", ".ci") for each in sorted((top / folder).glob("*")) if _first(each)]
    shell = [each for each in scripts if _first(each).endswith("sh")]
    yield "the scripts can be run", lambda: _executable(scripts)
    yield "the shell takes the scripts that are for it", lambda: _parsed_by_shell(shell)
    yield "shellcheck has nothing to say about them", lambda: _shellchecked(shell)
    yield "Python takes the others", lambda: _parsed_by_python([each for each in scripts if each not in shell])


def _first(file: Path) -> str:
    """The first line of a script; empty for what is none."""
    if not file.is_file():
        return ""
    line = file.read_text("utf-8").partition("\n")[0]
    return line if line.startswith("#!") else ""


def _executable(scripts: list[Path]) -> None:
    for script in scripts:
        expect(script.stat().st_mode & 0o111, f"{script.name} cannot be run")


def _parsed_by_shell(scripts: list[Path]) -> None:
    for script in scripts:
        run(program("bash" if "bash" in _first(script) else "sh"), "-n", script)


def _shellchecked(scripts: list[Path]) -> None:
    # Dollar signs that are meant for another shell, and `A && B || true`, are what we mean.
    run(program("shellcheck"), "--exclude=SC2016,SC2015", *scripts)


def _parsed_by_python(scripts: list[Path]) -> None:
    for script in scripts:
        try:
            ast.parse(script.read_text("utf-8"))
        except SyntaxError as error:
            expect(False, f"{script.name}: {error}")
