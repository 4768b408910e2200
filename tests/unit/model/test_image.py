"""Images against a plain reference: however changes come, the lists are sorted and the rendering is right."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.image import Change, Image
from scrumrpc.model.properties import ObjectType
from scrumrpc.model.record import Record
from scrumrpc.model.types import OBJECT_TYPES, STORED_TYPES


def tag(number: int, rank: str, name: str) -> Record:
    values = {"id": f"1-0-{number}", "externalID": None, "projectID": 1, "name": name, "description": None}
    return Record(number, "Tag", {**values, "color": "Red", "rank": rank})


PROJECT = Record(
    1,
    "Project",
    {
        "id": "1-0-1", "externalID": None, "name": "P", "description": None, "link": None, "status": "Active",
        "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours",
        "productOwnerIDs": [], "stakeholderIDs": [], "rank": "a0",
    },
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.integers(2, 9), st.none() | st.tuples(st.text("abc", min_size=1, max_size=3), st.text(max_size=5))),
    max_size=40,
)


@given(CHANGES)
def test_changes_in_any_order_lead_to_sorted_lists(changes: list[Any]) -> None:
    image = Image(1, 0, [PROJECT])
    kept: dict[int, Record] = {}
    for version, (number, state) in enumerate(changes, 1):
        after = tag(number, *state) if state else None
        image = image.moved(version, [Change(number, after)])
        kept.pop(number, None)
        if after:
            kept[number] = after
    parts: list[bytes] = []
    image.write_list(parts, ("Project", 0), frozenset({"Project.tags"}))
    expected = sorted(kept.values(), key=lambda record: (record.rank, record.number))
    assert [t["name"] for t in orjson.loads(b"".join(parts))[0]["tags"]] == [t["name"] for t in expected]
    rebuilt = Image(1, image.version, [PROJECT, *kept.values()])
    assert rebuilt.members(("Tag", 1)) == image.members(("Tag", 1))
    assert (image.version, len(image)) == (len(changes), len(kept) + 1)


@given(CHANGES, CHANGES)
def test_what_was_tried_leaves_no_trace(made: list[Any], tried: list[Any]) -> None:
    image = Image(1, 0, [PROJECT])
    image = image.moved(0, [Change(number, tag(number, *state) if state else None) for number, state in made])
    image.find("Tag", "1-0-2")  # from now on it keeps what objects are found by
    before, size = written(image), image.bytes
    changes = [Change(number, tag(number, *state) if state else None) for number, state in tried]
    moved = image.moved(7, changes)
    assert moved.version == 7
    assert [(each.number in moved) for each in changes[-1:]] == [each.after is not None for each in changes[-1:]]
    written(moved)
    assert (image.version, written(image)) == (0, before)
    assert image.bytes >= size
    for number in range(2, 10):
        for each in (image, moved):
            assert (each.find("Tag", f"1-0-{number}") is not None) == (number in each)


def written(image: Image) -> bytes:
    parts: list[bytes] = []
    image.write_list(parts, ("Project", 0), frozenset({"Project.tags"}))
    return b"".join(parts)


def example(object_type: ObjectType, number: int) -> Record:
    """A record of the type with a value in every property."""
    by_kind: dict[str, Any] = {
        "id": f"1-0-{number}", "string": 'a "quoted"\nline ü', "integer": 7, "number": 2.5, "boolean": True,
        "date": "2013-10-09", "time": 1381000000000, "ref": number, "refs": [number], "strings": ["Red"],
        "url": "/service/files/1",
    }  # fmt: skip
    values = {p.name: p.values[0] if p.kind == "enum" else by_kind[p.kind] for p in object_type.stored}
    if object_type.nested_in:
        values |= {object_type.nested_in: None, str(object_type.listed_in): 1}  # else it would be part of itself
    return Record(number, object_type.name, values)


def test_every_type_is_rendered_with_all_properties_in_order() -> None:
    for object_type in STORED_TYPES.values():
        image = Image(1, 0, [example(object_type, 5), PROJECT], "https://scrum.example.com")
        parts: list[bytes] = []
        image.write(parts, 5, frozenset())
        rendered = orjson.loads(b"".join(parts))
        assert list(rendered) == [p.name for p in OBJECT_TYPES[object_type.name].answered]
        assert rendered["objectType"] == object_type.name
        for p in object_type.answered:
            if p.optional:
                assert rendered[p.name] is None
            if p.kind == "ref" and not object_type.nested_in:
                assert rendered[p.name] == "1-0-5"
            if p.kind == "url":
                assert rendered[p.name] == "https://scrum.example.com/service/files/1"


def test_numbers_are_floats_and_minus_one_where_there_is_none() -> None:
    item = example(STORED_TYPES["BacklogItem"], 5).changed(estimate=None, roughEstimate=3)
    image = Image(1, 0, [item, PROJECT])
    parts: list[bytes] = []
    image.write(parts, 5, frozenset())
    text = b"".join(parts)
    assert b'"estimate":-1.0' in text
    assert b'"roughEstimate":3.0' in text
    assert b'"itemNumber":7,' in text
