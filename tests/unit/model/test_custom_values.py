"""Values of custom fields: what fits a field, and the one way in which each value is kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.custom_values import CHOICE_TYPES, MULTIPLE_CHOICE_TYPES, canonical, chosen, covers, in_order
from scrumrpc.model.enumerations import BACKLOG_ITEM_TYPES, CUSTOM_FIELD_TYPES
from scrumrpc.model.types.custom import FIELD_OWNERS

SINGLE_CHOICE_TYPES = tuple(name for name in CHOICE_TYPES if name not in MULTIPLE_CHOICE_TYPES)


def field(type: str, *options: str) -> dict[str, Any]:
    return {"type": type, "options": list(options) or None}


KEPT = [
    ("Text (single line)", " a ", " a "),
    ("Text (single line)", "x" * 4000, "x" * 4000),
    ("Text (multiple lines)", "a\nb\n", "a\nb\n"),
    ("Text (multiple lines)", "x" * 5000, "x" * 5000),
    ("Checkbox", "true", "true"),
    ("Checkbox", "false", "false"),
    ("Integer", "-0012", "-12"),
    ("Integer", "+7", "7"),
    ("Integer", "-0", "0"),
    ("Integer", "9" * 18, "9" * 18),
    ("Number", "1.50", "1.5"),
    ("Number", "2", "2"),
    ("Number", "2.0", "2"),
    ("Number", "-0.0", "0"),
    ("Number", ".5", "0.5"),
    ("Number", "1e3", "1000"),
    ("Number", "-1", "-1"),
    ("Number", "1e-7", "0.0000001"),
    ("Number", "1e21", "1" + "0" * 21),
    ("Number", "0.1", "0.1"),
    ("Date", "2024-02-29", "2024-02-29"),
    ("Link", "http://www.example.com/a,b?c=1", "http://www.example.com/a,b?c=1"),
    ("Person", "729-1-1", "729-1-1"),
    ("Sprint", "x", "x"),
]


@pytest.mark.parametrize(("type", "text", "kept"), KEPT)
def test_values_are_kept_in_one_way(type: str, text: str, kept: str) -> None:
    assert canonical(field(type), text) == kept


REFUSED = [
    ("Text (single line)", "a\nb", "single line"),
    ("Text (single line)", "a\n", "single line"),
    ("Text (single line)", "a\u2028b", "single line"),
    ("Text (single line)", "x" * 4001, "4000 characters, not 4001"),
    ("Checkbox", "True", "true or false"),
    ("Checkbox", "1", "true or false"),
    ("Integer", "1.0", "whole number"),
    ("Integer", "1" * 19, "18 digits"),
    ("Integer", "-", "whole number"),
    ("Integer", "\u0661", "whole number"),
    ("Integer", "1\n", "whole number"),
    ("Number", "1,5", "decimal point"),
    ("Number", "inf", "decimal point"),
    ("Number", "nan", "decimal point"),
    ("Number", "1e999", "decimal point"),
    ("Number", "1" * 401, "decimal point"),
    ("Number", ".", "decimal point"),
    ("Number", "1_0", "decimal point"),
    ("Date", "2023-02-29", "day that exists"),
    ("Date", "20230201", "day that exists"),
    ("Date", "2023-W01-1", "day that exists"),
    ("Date", "0000-01-01", "day that exists"),
    ("Link", "http://a\nb", "single line"),
    ("Link", "x" * 4001, "4000 characters"),
]


@pytest.mark.parametrize(("type", "text", "reason"), REFUSED)
def test_what_does_not_fit_is_refused_with_what_would(type: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        canonical(field(type), text)


@pytest.mark.parametrize("type", SINGLE_CHOICE_TYPES)
def test_one_option_is_chosen(type: str) -> None:
    assert canonical(field(type, "a", "b"), "b") == "b"
    for wrong in ("c", "a,b", "A", " a"):
        with pytest.raises(ValueError, match="must be one of its options: a, b"):
            canonical(field(type, "a", "b"), wrong)


@pytest.mark.parametrize("type", MULTIPLE_CHOICE_TYPES)
def test_several_options_are_chosen(type: str) -> None:
    assert canonical(field(type, "a", "b", "c"), " c, a,c,") == "a,c"
    for wrong in ("d", "a,d", ",", " "):
        with pytest.raises(ValueError, match="must be out of its options, with commas between them: a, b, c"):
            canonical(field(type, "a", "b", "c"), wrong)


def test_long_lists_of_options_are_cut_short() -> None:
    with pytest.raises(ValueError, match=r"o18, o19, \.\.\.$"):
        canonical(field("Dropdown", *(f"o{n}" for n in range(30))), "x")


OPTIONS = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=6, unique=True)


@given(st.sampled_from(CUSTOM_FIELD_TYPES), OPTIONS, st.text("abc,-+.0e9 \n", min_size=1, max_size=8))
def test_what_is_kept_is_kept_as_it_is(type: str, options: list[str], text: str) -> None:
    try:
        kept = canonical(field(type, *options), text)
    except ValueError:
        return
    assert canonical(field(type, *options), kept) == kept


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_the_same_as_they_were(value: float) -> None:
    kept = canonical(field("Number"), repr(value))
    assert float(kept) == value
    assert "e" not in kept.lower()


@given(st.lists(st.sampled_from("abcd"), min_size=1), st.permutations("abcd"))
def test_choices_stand_in_the_order_of_the_options(entries: list[str], options: list[str]) -> None:
    kept = canonical(field("Checkboxes", *options), ",".join(entries))
    assert kept.split(",") == [option for option in options if option in entries]
    assert in_order(options, chosen(field("Checkboxes", *options), ",".join(entries))) == kept


@pytest.mark.parametrize("owner_type", FIELD_OWNERS)
def test_a_field_covers_the_types_that_it_names(owner_type: str) -> None:
    for types in (["BacklogItem"], ["Task", "Sprint"], list(FIELD_OWNERS)):
        of_types = {"ownerObjectTypes": types, "ownerBacklogItemTypes": None}
        assert covers(of_types, owner_type, None) == (owner_type in types)


@pytest.mark.parametrize("item_type", [None, *BACKLOG_ITEM_TYPES])
def test_a_field_covers_the_types_of_backlog_items_that_it_names(item_type: str | None) -> None:
    bugs = {"ownerObjectTypes": ["BacklogItem", "Task"], "ownerBacklogItemTypes": ["Bug", "Spike"]}
    assert covers(bugs, "BacklogItem", item_type) == (item_type in ("Bug", "Spike"))
    assert covers(bugs, "Task", item_type)
    assert covers({**bugs, "ownerBacklogItemTypes": None}, "BacklogItem", item_type)
