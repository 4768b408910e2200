"""Example calls: one for each public method, with parameters that exist, in the shape in which pages show them."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any

import orjson
import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.parameters import read
from scrumrpc.calls.registry import METHODS, RESERVED
from scrumrpc.docs.examples import EXAMPLES, GROUPS, GUIDE
from scrumrpc.docs.specimens import curl, printed, result, specimen
from scrumrpc.errors import CATALOGUE, InvalidParameter
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import OBJECT_TYPES
from scrumrpc.wire.pretty import pretty
from tests.docs.document import Document

PUBLIC = [method for method in METHODS.values() if method.public]


LEFT_OUT = {
    "addBacklogItem": {"backlogListID"},  # which the original does not have
    "addCustomField": {"unit"},  # a field has either a unit or options
    "getObject": {"externalID"},  # instead of objectID
    "getBacklogItems": {
        "inSprint", "releaseID", "boardID", "boardColumnID", "backlogListID", "epicID", "inEpic", "personID", "tagIDs",
        "text", "changedSince", "cursor",
    },
}  # fmt: skip
"""Parameters that examples do not show, because they do not go with the others."""


def test_there_is_an_example_of_each_public_method_in_the_order_of_the_documentation() -> None:
    named = [name for group in GROUPS for name in group]
    public = [method.name for method in PUBLIC]
    assert set(public) - set(named) == set(), "methods without an example"
    assert set(named) - set(public) == set(), "examples of no method"
    assert len(named) == len(set(named)), "methods with two examples"
    assert list(EXAMPLES) == public


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_fits_its_method(name: str) -> None:
    method, given = METHODS[name], EXAMPLES[name]
    parameters = [p.name for p in method.parameters]
    assert [p for p in parameters if p in given] == list(given)
    assert {p.name for p in method.parameters if p.required} <= set(given)
    assert read(method, given).ignored == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_parameter_is_shown_by_its_example(name: str) -> None:
    assert {p.name for p in METHODS[name].parameters} - set(EXAMPLES[name]) == LEFT_OUT.get(name, set())


@pytest.mark.parametrize("name", GUIDE)
def test_a_step_of_the_guide_fits_its_method(name: str) -> None:
    step = GUIDE[name]
    method = METHODS[step.method]
    if step.error != "InvalidParameter":
        assert set(step.given) <= {p.name for p in method.parameters} | RESERVED
    if step.error == "InvalidParameter":
        with pytest.raises(InvalidParameter):
            read(method, step.given)
        return
    assert read(method, step.given).ignored == ()
    assert step.error in ("", *(error.__name__ for error in CATALOGUE))


@pytest.mark.parametrize("name", EXAMPLES)
def test_pages_show_the_example_and_its_answer(site: dict[str, Document], name: str) -> None:
    page = site[f"/docs/methods/{METHODS[name].noun}"]
    assert curl("http://scrum.example:8080", name, EXAMPLES[name]) in page.codes
    assert result(METHODS[name], EXAMPLES[name]) in page.codes


def test_the_guide_shows_every_step(site: dict[str, Document]) -> None:
    paths = (
        "/docs",
        "/docs/calls",
        "/docs/versions",
        "/docs/changes",
        "/docs/reads",
        "/docs/files",
        "/docs/pushes",
        "/docs/webhooks",
    )
    shown = [code for path in paths for code in site[path].codes]
    for step in GUIDE.values():
        line = curl("http://scrum.example:8080", step.method, step.given)
        assert any(line in code for code in shown)


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "two words",
        "a&b=c",
        "100%",
        "1+1",
        'say "hi"',
        "$HOME `id` \\ !",
        "Grün",
        "x;y",
        "line\nbreak",
        "it's",
        "",
    ],
)
def test_a_shell_hands_curl_what_is_meant(value: str) -> None:
    line = curl("http://localhost", "addTag", {"name": value})
    shell = ["bash", "-c", f"curl() {{ printf '%s\\0' \"$@\"; }}; KEY=secret; {line}"]
    words = subprocess.run(shell, capture_output=True, check=True, text=True).stdout.split("\0")
    assert words[:3] == ["http://localhost/service/api/v1/addTag", "-u", "bob@example.com:secret"]
    assert words[4] == f"name={value}"
    assert words[3] == ("-d" if value.isascii() and not set(value) & set("&%+;\n") else "--data-urlencode")
    assert shlex.split(line)[0] == "curl"


@pytest.mark.parametrize("name", OBJECT_TYPES)
def test_specimens_have_all_properties_in_order(name: str) -> None:
    for include in (frozenset[str](), frozenset(OPTIONAL)):
        value = specimen(name, include)
        assert list(value) == [p.name for p in OBJECT_TYPES[name].answered]
        assert printed(value) == laid_out(value)


def laid_out(value: Any) -> str:
    """A value as a call with pretty=true answers it, but for the line ends."""
    return b"".join(pretty([orjson.dumps(value)])).decode().replace("\r\n", "\n")


def test_the_layout_is_that_of_pretty() -> None:
    values: tuple[Any, ...] = ({}, [], {"a": [1, {"b": []}]}, [[1.5], "ü\n", None, True, {}], -1.0)
    for value in values:
        assert printed(value) == laid_out(value)
