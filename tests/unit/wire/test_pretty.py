"""The layout of pretty=true: the same JSON, one member to a line."""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.wire import pretty as module
from scrumrpc.wire.pretty import laid_out


def pretty(value: Any) -> str:
    """The value as it is printed."""
    return b"".join(module.pretty([orjson.dumps(value)])).decode()


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


@given(JSON, st.lists(st.integers(0, 200)), st.integers(1, 40))
def test_it_makes_no_difference_in_what_pieces_json_comes(value: Any, cuts: list[int], size: int) -> None:
    whole = orjson.dumps([value, {"members": value}])
    places = sorted({min(cut, len(whole)) for cut in cuts} | {0, len(whole)})
    parts = [whole[begin:end] for begin, end in itertools.pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", size)
        printed = list(module.pretty(parts))
    assert b"".join(printed).decode() == pretty(orjson.loads(whole))


def test_long_texts_stay_whole() -> None:
    value = {"a": '\\"},{' * 100_000, "b": ["x" * 300_000, {"c": "\r\n" * 50_000}]}
    printed = pretty(value)
    assert orjson.loads(printed) == value
    assert printed.count("\r\n") == 5


def test_others_have_their_turn_while_much_is_laid_out() -> None:
    parts = [orjson.dumps([{"objectType": "Task", "id": f"1-0-{n}"} for n in range(20_000)])]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def both() -> list[bytes]:
        task = asyncio.create_task(other())
        try:
            return await laid_out(parts)
        finally:
            task.cancel()

    printed = asyncio.run(both())
    assert orjson.loads(b"".join(printed)) == orjson.loads(parts[0])
    assert turns >= len(printed) - 2 > 20
