"""API 1.11 as data, as far as it is known: all its methods, object types, properties and enumerations are served."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.registry import METHODS
from scrumrpc.calls.upstream import DOCUMENTED, NAMED
from scrumrpc.model.include import OPTIONAL
from scrumrpc.model.types import OBJECT_TYPES

HERE = Path(__file__).parent
CONTRACT = json.loads((HERE / "api-1.11.json").read_text("utf-8"))
BEFORE = json.loads((HERE / "api-1.4.json").read_text("utf-8"))
OURS = json.loads((HERE / "ours.json").read_text("utf-8"))


def test_the_contract_is_whole() -> None:
    sizes = [len(CONTRACT[part]) for part in ("methods", "known", "objects", "added", "optional", "enumerations")]
    assert sizes == [48, 2, 12, 4, 21, 10]


def test_every_named_method_is_served() -> None:
    assert set(CONTRACT["methods"]) == NAMED
    assert set(BEFORE["methods"]) == DOCUMENTED
    assert {m.name for m in METHODS.values() if m.origin == "named"} == NAMED
    assert {m.name for m in METHODS.values() if m.origin == "documented"} == DOCUMENTED


@pytest.mark.parametrize("name", CONTRACT["known"])
def test_known_parameters(name: str) -> None:
    assert [p.name for p in METHODS[name].parameters] == CONTRACT["known"][name]


def test_add_backlog_item_gained_a_list() -> None:
    assert "backlogListID" in [p.name for p in METHODS["addBacklogItem"].parameters]


@pytest.mark.parametrize("name", CONTRACT["objects"])
def test_properties_in_order(name: str) -> None:
    assert [p.name for p in OBJECT_TYPES[name].answered] == CONTRACT["objects"][name]


@pytest.mark.parametrize("name", CONTRACT["added"])
def test_older_types_gained_properties(name: str) -> None:
    before, added = list(BEFORE["objects"][name]), CONTRACT["added"][name]
    served = [p.name for p in OBJECT_TYPES[name].answered]
    assert [each for each in served if each not in added] == before
    assert [each for each in served if each not in before] == added


def test_optional_properties() -> None:
    assert sorted(OPTIONAL) == sorted([*BEFORE["optional"], *CONTRACT["optional"]])


@pytest.mark.parametrize("name", CONTRACT["enumerations"])
def test_enumerations(name: str) -> None:
    type_name, _, property_name = name.partition(".")
    assert sorted(OBJECT_TYPES[type_name].property(property_name).values) == sorted(CONTRACT["enumerations"][name])


def test_what_this_server_added_stays() -> None:
    """Every public method with its parameters, in order, as it was when it was first released."""
    served = {m.name: {p.name: p.kind.wire_type for p in m.parameters} for m in METHODS.values() if m.public}
    assert served.keys() >= OURS.keys()
    for name, parameters in OURS.items():
        assert [each for each in served[name].items() if each[0] in parameters] == list(parameters.items()), name
    missing = served.keys() - OURS.keys() - DOCUMENTED
    assert missing == set(), "new methods: write them into ours.json"
