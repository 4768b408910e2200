"""The sample account is complete: everything that there can be is there somewhere."""

from __future__ import annotations

import pytest

from scrumrpc.model.enumerations import COLORS, CUSTOM_FIELD_TYPES
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES
from tests.unit.sample.account import ACCOUNT, BY_TYPE, NONE, get, properties, refer_to

NEVER_EMPTY = [("TimeEntry", "usedTime"), ("BacklogItem", "backlogListID")]
"""Properties that may be empty, but not in what methods make."""


@pytest.mark.parametrize(
    ("type_name", "p"), properties("id string strings enum integer number boolean date time url ref refs")
)
def test_every_property_is_filled_somewhere(type_name: str, p: Property) -> None:
    values = [o[p.name] for o in BY_TYPE[type_name]]
    assert any(value not in (None, "", [], NONE) for value in values)


@pytest.mark.parametrize(("type_name", "p"), properties("string strings enum number date time url ref refs"))
def test_every_property_that_may_be_empty_is_empty_somewhere(type_name: str, p: Property) -> None:
    if p.kind == "refs" or (p.nullable and (type_name, p.name) not in NEVER_EMPTY):
        assert any(o[p.name] in (None, [], NONE) for o in BY_TYPE[type_name])


@pytest.mark.parametrize(("type_name", "p"), properties("objects", stored=False))
def test_every_nested_list_is_filled_somewhere(type_name: str, p: Property) -> None:
    nested = STORED_TYPES[p.target]
    pointer = p.via or (nested.nested_in if p.target == type_name else nested.listed_in)
    assert pointer
    assert {o[pointer] for o in BY_TYPE[p.target]} & {o["id"] for o in BY_TYPE[type_name]}


@pytest.mark.parametrize(("type_name", "p"), properties("enum"))
def test_every_value_of_every_enumeration_is_used(type_name: str, p: Property) -> None:
    if p.values != COLORS:
        assert {o[p.name] for o in BY_TYPE[type_name]} - {None} == set(p.values)


@pytest.mark.parametrize(("type_name", "p"), properties("strings"))
def test_every_word_of_lists_of_words_is_used(type_name: str, p: Property) -> None:
    assert {word for o in BY_TYPE[type_name] for word in o[p.name] or ()} >= set(p.values)


def test_every_color_is_used() -> None:
    assert {tag["color"] for tag in BY_TYPE["Tag"]} == set(COLORS)
    assert len({item["color"] for item in BY_TYPE["BacklogItem"]}) > 10


@pytest.mark.parametrize(("type_name", "p"), properties("boolean"))
def test_both_truth_values_are_used(type_name: str, p: Property) -> None:
    assert {o[p.name] for o in BY_TYPE[type_name]} == {True, False}


@pytest.mark.parametrize("type_name", STORED_TYPES["Comment"].property("ownerObjectType").values)
def test_replies_nest_two_levels_deep_on_every_type(type_name: str) -> None:
    comments = {c["id"]: c for c in BY_TYPE["Comment"] if c["ownerObjectType"] == type_name}
    parents = {c["parentCommentID"] for c in comments.values()} - {None}
    assert any(comments[parent]["parentCommentID"] for parent in parents)


@pytest.mark.parametrize("piece", ["é", "日本", "🎉", "\n", "\t", '"', "'", "\\", "<script>", "&", "%", "\u2028", "ة"])
def test_texts_hold_what_is_easily_got_wrong(piece: str) -> None:
    assert any(piece in value for o in ACCOUNT for value in o.values() if isinstance(value, str))


def test_people_differ_in_what_they_may() -> None:
    owners = {id for p in BY_TYPE["Project"] for id in p["productOwnerIDs"]}
    stakeholders = {id for p in BY_TYPE["Project"] for id in p["stakeholderIDs"]}
    members = {id for team in BY_TYPE["Team"] for id in team["teamMemberIDs"]}
    ordinary = {p["id"] for p in BY_TYPE["Person"] if p["isActivated"] and not p["isAdministrator"]}
    for role in (owners, stakeholders, members):
        assert ordinary & role
    assert ordinary - owners - stakeholders - members, "somebody reaches no project"


def test_deleted_persons_are_still_referred_to() -> None:
    deleted = {p["id"] for p in BY_TYPE["DeletedPerson"]}
    assert len(deleted) >= 2
    assert deleted & {c["creatorID"] for c in BY_TYPE["Comment"]}
    assert deleted & {c["creatorID"] for c in BY_TYPE["Commit"]}
    assert deleted & {e["personID"] for e in BY_TYPE["TimeEntry"]}
    assert deleted & {i["creatorID"] for i in BY_TYPE["BacklogItem"]}
    for work in ("BacklogItem", "Task"):
        assert deleted & {id for o in BY_TYPE[work] for id in o["assignedPersonIDs"]}


def test_epics_nest() -> None:
    assert any(
        item["parentEpicID"] and get("BacklogItem", item["parentEpicID"])["parentEpicID"]
        for item in BY_TYPE["BacklogItem"]
    )


@pytest.mark.parametrize("field_type", CUSTOM_FIELD_TYPES)
def test_there_are_values_of_every_type_of_custom_field(field_type: str) -> None:
    fields = {field["id"] for field in refer_to("CustomField", "type", field_type)}
    assert any(value["customFieldID"] in fields for value in BY_TYPE["CustomFieldValue"])


def test_a_retrospective_has_columns_with_and_without_cards() -> None:
    for retrospective in BY_TYPE["Retrospective"]:
        cards = refer_to("RetrospectiveCard", "retrospectiveID", retrospective["id"])
        assert {card["columnNum"] for card in cards} <= set(range(1, len(retrospective["columns"]) + 1))
    shown = get("Retrospective", "729-11406-1")
    cards = refer_to("RetrospectiveCard", "retrospectiveID", shown["id"])
    assert len(shown["columns"]) > 2
    assert len({card["columnNum"] for card in cards}) == len(shown["columns"]) - 1


def test_the_contents_of_some_files_are_kept_and_of_some_are_not() -> None:
    for type_name in ("Attachment", "File"):
        assert {"fileContents" in o for o in BY_TYPE[type_name]} == {True, False}
