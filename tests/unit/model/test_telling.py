"""What changes are told as, for objects that no call can change in this way and for properties that do not show."""

from __future__ import annotations

from scrumrpc.calls.told import Choice, Sight
from scrumrpc.model.record import Record
from scrumrpc.model.telling import telling_of
from scrumrpc.model.types import STORED_TYPES


def record(type_name: str, **values: object) -> Record:
    empty = {p.name: [] if p.kind in ("refs", "strings") else None for p in STORED_TYPES[type_name].stored}
    return Record(7, type_name, {**empty, "id": "1-0-7", "rank": "a", **values})


def json_of(before: Record | None, after: Record | None) -> dict[str, object]:
    telling = telling_of(before, after)
    assert telling
    return telling.as_json(lambda number: f"1-0-{number}", "http://here")


def test_an_update_tells_the_values_before_and_after_in_the_form_of_answers() -> None:
    before = record("Task", projectID=2, estimate=None, assignedPersonIDs=[3])
    told = json_of(before, before.changed(estimate=2.0, assignedPersonIDs=[4, 3], rank="b"))
    assert told == {
        "objectType": "Change",
        "changeType": "updated",
        "changedObjectType": "Task",
        "objectID": "1-0-7",
        "projectID": "1-0-2",
        "changedProperties": ("estimate", "assignedPersonIDs", "rank"),
        "oldValues": {"estimate": -1.0, "assignedPersonIDs": ["1-0-3"], "rank": "a"},
        "newValues": {"estimate": 2.0, "assignedPersonIDs": ["1-0-4", "1-0-3"], "rank": "b"},
    }


def test_columns_are_told_as_columns_and_a_new_content_without_itself() -> None:
    before = record("Retrospective", projectID=2, columnNames=["Keep", "Drop"], columnColors=["Red", "Blue"])
    told = json_of(before, before.changed(columnNames=["Keep", "Try"], columnColors=["Red", "Green"]))
    assert told["changedProperties"] == ("columns",)
    assert told["newValues"] == {"columns": [{"name": "Keep", "color": "Red"}, {"name": "Try", "color": "Green"}]}
    file = record("File", projectID=2, content=8, url="/service/files/a")
    told = json_of(file, file.changed(content=9))
    assert (told["oldValues"], told["newValues"]) == ({"fileContents": None}, {"fileContents": None})
    told = json_of(None, file)
    assert isinstance(told["newValues"], dict)
    assert "fileContents" not in told["newValues"]
    assert told["newValues"]["url"] == "http://here/service/files/a"


def test_what_is_told_of_nobody_is_no_change() -> None:
    person = record("Person", login="ann@example.com")
    assert telling_of(person, person.changed(login="Ann@example.com")) is None
    assert telling_of(person, person) is None
    told = json_of(None, person)
    assert isinstance(told["newValues"], dict)
    assert not {"login", "isDeleted"} & told["newValues"].keys()


def test_an_object_is_told_of_as_far_as_it_is_seen() -> None:
    here, there = record("Task", projectID=2), record("Task", projectID=3)
    person, gone = record("Person"), record("DeletedPerson")
    near = Sight.of(frozenset({2, 9}), Choice(frozenset({2, 3})))
    assert near.of_object(here, there) == [(here, None)]
    assert near.of_object(there, here) == [(None, here)]
    assert near.of_object(there, None) == near.of_object(None, there) == near.of_object(None, None) == []
    assert near.of_object(person, gone) == [(person, None), (None, gone)]
    assert Sight.of(None, Choice(types=frozenset({"DeletedPerson"}))).of_object(person, gone) == [(None, gone)]
    assert Sight.of(None, Choice()).of_object(here, there) == [(here, there)]
