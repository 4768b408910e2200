"""Records: all values by name, in stored order; equal where everything is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.record import NAMES, Record, differences
from scrumrpc.model.types import STORED_TYPES

VALUES = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("abc") | st.lists(st.integers(1, 2))
STATES = st.sampled_from(sorted(NAMES)).flatmap(
    lambda name: st.tuples(
        st.just(name), *(st.fixed_dictionaries(dict.fromkeys(NAMES[name], VALUES)) for _ in range(2))
    )
)


@given(STATES)
def test_a_record_holds_what_it_was_made_of(state: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    type_name, values, others = state
    record = Record(7, type_name, values)
    assert record.values == values
    assert list(record.values) == [p.name for p in STORED_TYPES[type_name].stored]
    assert {name: record[name] for name in values} == {name: record.get(name) for name in values} == values
    assert (record.id, record.rank) == (str(values["id"]), str(values["rank"]))
    assert Record.of_row(7, type_name, record.row) == record == Record(7, type_name, dict(reversed(values.items())))
    after = record.changed(**others)
    assert after == Record(7, type_name, others)
    assert differences(record, after) == [name for name in NAMES[type_name] if values[name] != others[name]]
    assert (record == after) == (values == others)
    assert record.values == values


def test_what_makes_records_differ() -> None:
    values = dict.fromkeys(NAMES["Person"]) | {"id": "1-0-1", "rank": "a0"}
    person = Record(1, "Person", values)
    assert person != Record(2, "Person", values)
    assert person != Record(1, "DeletedPerson", values)
    assert person != values
    assert differences(person, Record(1, "DeletedPerson", values | {"nickname": "x"})) == ["objectType", "nickname"]


def test_a_record_has_the_properties_of_its_type_and_no_others() -> None:
    values = dict.fromkeys(NAMES["Person"]) | {"id": "1-0-1", "rank": "a0"}
    assert Record(1, "Person", values | {"color": "Red"}).get("color") is None
    assert Record(1, "Person", values).project is None
    with pytest.raises(KeyError):
        Record(1, "Person", values)["projectID"]
    del values["firstName"]
    with pytest.raises(KeyError):
        Record(1, "Person", values)


def test_every_type_begins_with_its_id_and_ends_with_its_rank() -> None:
    assert {(names[0], names[-1]) for names in NAMES.values()} == {("id", "rank")}
