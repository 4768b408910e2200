"""The sample account's objects have the form in which they are imported."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import Counter
from datetime import date
from typing import Any

import pytest

from scrumrpc.cli import sample
from scrumrpc.model.enumerations import COLORS
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES
from tests.unit.sample.account import ACCOUNT, BY_TYPE, NONE, named, properties, references


def test_it_is_always_the_same_and_json() -> None:
    assert sample.objects() == ACCOUNT
    assert json.loads(json.dumps(ACCOUNT)) == ACCOUNT
    sample.objects()[0]["firstName"] = "Somebody else"
    sample.objects()[30]["productOwnerIDs"] = ["changed"]
    assert sample.objects() == ACCOUNT


@pytest.mark.parametrize("type_name", STORED_TYPES)
def test_objects_have_the_properties_of_their_type(type_name: str) -> None:
    names = ["objectType", *(p.name for p in STORED_TYPES[type_name].stored if not p.hidden)]
    for o in BY_TYPE[type_name]:
        assert [name for name in o if name not in ("columns", "fileContents")] == names
        for p in STORED_TYPES[type_name].stored:
            if not p.hidden:
                assert _is_well_formed(p, o[p.name]), f"{o['id']}.{p.name} is {o[p.name]!r}"


def _is_well_formed(p: Property, value: Any) -> bool:
    if value is None:
        return p.nullable and p.kind != "number"
    if p.kind == "enum":
        return value in p.values
    if p.kind == "strings":
        return type(value) is list and all(type(word) is str and word for word in value)
    if p.kind == "refs":
        return len(set(value)) == len(value)
    if p.kind == "date":
        return str(date.fromisoformat(value)) == str(value)
    if p.kind in ("integer", "time"):
        return type(value) is int and value > 0
    if p.kind == "number":
        return type(value) is float and (value >= 0 or value == NONE)
    if p.kind == "boolean":
        return type(value) is bool
    return type(value) is str and value != "" and (p.name != "externalID" or len(value) <= 255)


def test_ids_are_well_formed() -> None:
    for o in ACCOUNT:
        joined = o["objectType"] == "TeamSprintParticipation"
        assert re.fullmatch(r"\d+-\d+-\d+" + (r"_\d+-\d+" if joined else ""), o["id"])
    of_the_account = [o for o in ACCOUNT if o["id"].startswith(f"{sample.ACCOUNT}-")]
    assert len(ACCOUNT) - 3 < len(of_the_account) < len(ACCOUNT), "nearly all; imported people may keep other ids"


@pytest.mark.parametrize(("type_name", "p"), properties("id"))
def test_ids_are_unique_in_their_type(type_name: str, p: Property) -> None:
    assert max(Counter(o[p.name] for o in BY_TYPE[type_name]).values()) == 1


def test_only_the_id_that_the_documentation_uses_twice_is_used_twice() -> None:
    assert [id for id, count in Counter(o["id"] for o in ACCOUNT).items() if count > 1] == ["729-11304-39"]


@pytest.mark.parametrize(
    ("type_name", "name"),
    [("BacklogItem", "itemNumber"), ("Task", "taskNumber"), ("Project", "name"), ("Person", "emailAddress")]
    + [(name, "externalID") for name, t in STORED_TYPES.items() if t.has("externalID")],
)
def test_what_must_be_unique_in_the_account_is(type_name: str, name: str) -> None:
    counts = Counter(o[name] for o in BY_TYPE[type_name] if o[name] is not None)
    assert max(counts.values()) == 1


@pytest.mark.parametrize("type_name", ["Tag", "CustomField"])
def test_names_are_unique_in_their_project(type_name: str) -> None:
    assert max(Counter((o["projectID"], o["name"]) for o in BY_TYPE[type_name]).values()) == 1


def test_retrospectives_have_columns_and_nothing_else_has() -> None:
    for o in ACCOUNT:
        assert ("columns" in o) == (o["objectType"] == "Retrospective")
        for column in o.get("columns", ()):
            assert list(column) == ["name", "color"]
            assert column["name"]
            assert column["color"] in COLORS


def test_contents_are_base64_and_come_with_a_file_name() -> None:
    for o in ACCOUNT:
        if "fileContents" in o:
            assert o["objectType"] in ("Attachment", "File")
            assert o["fileName"]
            assert b64decode(o["fileContents"], validate=True)


def test_references_name_earlier_objects_of_the_right_type() -> None:
    seen: set[tuple[str, str] | None] = set()
    for o in ACCOUNT:
        for p in references(o):
            assert set(named(o, p)) <= seen, f"{o['id']}.{p.name}"
        seen.add((o["objectType"], o["id"]))
