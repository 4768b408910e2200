"""The layout of pretty=true: the same JSON, one member to a line."""

from __future__ import annotations

import re
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.wire.pretty import pretty

TEXT = st.text(st.characters(codec="utf-8"), max_size=10)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_it_parses_back_to_the_same(value: Any) -> None:
    printed = pretty(value)
    assert orjson.loads(printed) == value
    assert orjson.dumps(orjson.loads(printed)) == orjson.dumps(value)  # numbers keep their points, members their order


@given(JSON)
def test_lines_end_in_cr_lf_and_hold_one_member_each(value: Any) -> None:
    printed = pretty(value)
    assert not re.search(r"[\r\n]", printed.replace("\r\n", ""))
    assert not re.search(r"[ \t]\r\n", printed)
    assert len(re.findall(r'\r\n *"', printed)) == _members(value)


@given(JSON)
def test_indentation_counts_the_objects_around(value: Any) -> None:
    depth = 0
    for line in pretty(value).split("\r\n"):
        words = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line).replace("{ }", "")  # braces in strings are none
        blanks = len(line) - len(line.lstrip(" "))
        assert blanks == 2 * (depth - words.lstrip().startswith("}"))
        depth += words.count("{") - words.count("}")
    assert depth == 0


def _members(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    return sum(map(_members, value)) if isinstance(value, list) else 0


def test_the_layout_of_the_documentation() -> None:
    value = {
        "objectType": "Result",
        "dataVersion": 50759,
        "result": {
            "persons": None,
            "projects": [
                {"id": "729-11230-1", "ownerIDs": ["729-4151-1", "729-8107-6"], "roughEstimate": -1.0, "tags": []},
                {"id": "729-11230-2", "items": [{"tasks": [{"name": "a"}]}], "nothing": {}},
            ],
        },
    }
    assert pretty(value) == "\r\n".join(
        [
            "{",
            '  "objectType" : "Result",',
            '  "dataVersion" : 50759,',
            '  "result" : {',
            '    "persons" : null,',
            '    "projects" : [ {',
            '      "id" : "729-11230-1",',
            '      "ownerIDs" : [ "729-4151-1", "729-8107-6" ],',
            '      "roughEstimate" : -1.0,',
            '      "tags" : [ ]',
            "    }, {",
            '      "id" : "729-11230-2",',
            '      "items" : [ {',
            '        "tasks" : [ {',
            '          "name" : "a"',
            "        } ]",
            "      } ],",
            '      "nothing" : { }',
            "    } ]",
            "  }",
            "}",
        ]
    )
