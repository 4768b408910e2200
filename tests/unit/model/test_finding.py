"""Finding objects in images by their ids: right however changes come, whenever which image is first asked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.image import Change, Image
from scrumrpc.model.record import NAMES, Record

TYPES = ("Tag", "Team")
STATES = st.none() | st.tuples(st.sampled_from(TYPES), st.sampled_from("abc"), st.none() | st.sampled_from("xy"))
VERSIONS = st.lists(st.lists(st.tuples(st.integers(1, 5), STATES), max_size=4), max_size=12)


def record(number: int, type_name: str, wire_id: str, external_id: str | None) -> Record:
    values = {"id": wire_id, "externalID": external_id, "projectID": 99, "rank": f"a{number}"}
    return Record(number, type_name, dict.fromkeys(NAMES[type_name]) | values)


def names(each: Record) -> set[tuple[str, str, str]]:
    external_id = each["externalID"]
    return {("id", each.type, each.id)} | ({("externalID", each.type, external_id)} if external_id else set())


@given(VERSIONS, st.integers(0, 12))
def test_what_is_found_is_what_has_the_name(versions: list[list[Any]], asked_at: int) -> None:
    image = Image(1, 0)
    kept: dict[int, Record] = {}
    past = [(image, kept)]
    for version, states in enumerate(versions, 1):
        after = dict(kept)
        for number, state in states:
            after[number] = record(number, *state) if state else None  # type: ignore[assignment]
        there = [each for each in after.values() if each]
        if sum(len(names(each)) for each in there) != len(set().union(*map(names, there))):
            continue  # the database keeps names unique at the end of each version
        changes = [Change(number, after[number]) for number in sorted({number for number, _ in states})]
        image = image.moved(version, changes)
        kept = {each.number: each for each in there}
        if version >= asked_at:
            check(image, kept)
        past.append((image, kept))
    for image, kept in past:
        check(image, kept)


def check(image: Image, kept: dict[int, Record]) -> None:
    by_name = {name: each for each in kept.values() for name in names(each)}
    for type_name in TYPES:
        for wire_id in "abc":
            assert image.find(type_name, wire_id) == by_name.get(("id", type_name, wire_id))
        for external_id in "xy":
            assert image.find_external(type_name, external_id) == by_name.get(("externalID", type_name, external_id))


def test_a_person_that_is_deleted_is_found_as_a_deleted_person() -> None:
    person = record(1, "Person", "1-0-1", "x")
    image = Image(1, 1, [person])
    assert image.find("Person", "1-0-1") is image.find_external("Person", "x") is person
    deleted = Record(1, "DeletedPerson", person.values)
    successor = record(2, "Person", "1-0-2", "x")
    past, image = image, image.moved(2, [Change(1, deleted), Change(2, successor)])
    assert past.find("Person", "1-0-1") is past.find_external("Person", "x") is person
    assert image.find("Person", "1-0-1") is None
    assert image.find("DeletedPerson", "1-0-1") is deleted
    assert image.find_external("Person", "x") is successor
    assert image.find_external("DeletedPerson", "x") is None
    assert Image(1, 2, [successor, deleted]).find_external("Person", "x") is successor


def test_names_are_of_a_type() -> None:
    image = Image(1, 1, [record(1, "Tag", "1-0-1", "x")])
    assert image.find("Team", "1-0-1") is None
    assert image.find_external("Team", "x") is None
    assert image.find("Tag", "x") is None
    assert image.find("", "") is None
