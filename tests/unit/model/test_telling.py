"""What changes are told as, for objects that no call can change in this way and for properties that do not show."""

from __future__ import annotations

from scrumrpc.model.record import Record
from scrumrpc.model.telling import tellings
from scrumrpc.model.types import STORED_TYPES


def record(type_name: str, **values: object) -> Record:
    empty = {p.name: [] if p.kind in ("refs", "strings") else None for p in STORED_TYPES[type_name].stored}
    return Record(7, type_name, {**empty, "id": "1-0-7", "rank": "a", **values})


def json_of(before: Record | None, after: Record | None) -> list[dict[str, object]]:
    return [each.as_json(lambda number: f"1-0-{number}", "http://here") for each in tellings(before, after)]


def test_an_update_tells_the_values_before_and_after_in_the_form_of_answers() -> None:
    before = record("Task", projectID=2, estimate=None, assignedPersonIDs=[3])
    [told] = json_of(before, before.changed(estimate=2.0, assignedPersonIDs=[4, 3], rank="b"))
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
    [told] = json_of(before, before.changed(columnNames=["Keep", "Try"], columnColors=["Red", "Green"]))
    assert told["changedProperties"] == ("columns",)
    assert told["newValues"] == {"columns": [{"name": "Keep", "color": "Red"}, {"name": "Try", "color": "Green"}]}
    file = record("File", projectID=2, content=8, url="/service/files/a")
    [told] = json_of(file, file.changed(content=9))
    assert (told["oldValues"], told["newValues"]) == ({"fileContents": None}, {"fileContents": None})
    [told] = json_of(None, file)
    assert isinstance(told["newValues"], dict)
    assert "fileContents" not in told["newValues"]
    assert told["newValues"]["url"] == "http://here/service/files/a"


def test_what_is_told_of_nobody_is_no_change() -> None:
    person = record("Person", login="ann@example.com")
    assert tellings(person, person.changed(login="Ann@example.com")) == []
    assert tellings(person, person) == []
    [told] = json_of(None, person)
    assert isinstance(told["newValues"], dict)
    assert not {"login", "isDeleted"} & told["newValues"].keys()


def test_another_type_is_a_deletion_and_a_creation() -> None:
    person = record("Person", isAdministrator=True)
    told = json_of(person, Record(7, "DeletedPerson", person.values))
    assert [(each["changeType"], each["changedObjectType"]) for each in told] == [
        ("deleted", "Person"),
        ("created", "DeletedPerson"),
    ]
    assert isinstance(told[1]["newValues"], dict)
    assert "isAdministrator" not in told[1]["newValues"]
