"""Custom fields: which objects have them, what values they take, and what changes of a field its values allow."""

from __future__ import annotations

from typing import Any

import pytest

from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.custom_values import CHOICE_TYPES, MULTIPLE_CHOICE_TYPES, NUMBER_TYPES
from scrumrpc.model.enumerations import CUSTOM_FIELD_TYPES
from scrumrpc.model.invariants import violations
from scrumrpc.model.types.custom import FIELD_OWNERS
from tests.world import World


class Place:
    """A project with one object of each type that can have custom fields, and another project."""

    def __init__(self, world: World) -> None:
        self.world = world
        a = world.account
        self.project, self.elsewhere = f"{a}-7-1", f"{a}-8-1"
        self.team, self.team_elsewhere, self.gone = f"{a}-7-2", f"{a}-8-2", f"{a}-9-1"
        self.owners = {name: f"{a}-7-{number}" for number, name in enumerate(FIELD_OWNERS, 3)}
        units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
        self.person = world.person("ben@example.com")
        inside = {"projectID": self.project}
        item = self.owners["BacklogItem"]
        world.load(
            {"objectType": "Project", "id": self.project, "name": "P", "status": "Active", **units},
            {"objectType": "Project", "id": self.elsewhere, "name": "Q", "status": "Active", **units},
            {"objectType": "Team", "id": self.team, "name": "T", **inside},
            {"objectType": "Team", "id": self.team_elsewhere, "name": "T", "projectID": self.elsewhere},
            {
                "objectType": "Release", "id": self.owners["Release"], "name": "R", "status": "In planning", **inside,
            },
            {"objectType": "Sprint", "id": self.owners["Sprint"], "name": "S", "status": "In planning", **inside},
            {"objectType": "BacklogItem", "id": item, "name": "x", "status": "New", "type": "Spike", **inside},
            {
                "objectType": "Task", "id": self.owners["Task"], "name": "t", "status": "To do", "backlogItemID": item,
                **inside,
            },
            {"objectType": "Person", "id": f"{a}-9-2", "firstName": "N", "emailAddress": "n@example.com"},
            {"objectType": "DeletedPerson", "id": self.gone, "firstName": "N", "emailAddress": "g@example.com"},
            {
                "objectType": "TimeEntry", "id": self.owners["TimeEntry"], "ownerObjectType": "Task", **inside,
                "ownerObjectID": self.owners["Task"], "date": "2024-01-02", "personID": f"{a}-9-2",
            },
        )  # fmt: skip

    def field(
        self, type: str = "Text (single line)", name: str = "F", owners: str = "BacklogItem", **given: str
    ) -> str:
        """Adds a custom field; one with a choice gets options."""
        options = {"options": "a,b,c"} if type in CHOICE_TYPES else {}
        return str(
            self.world.call(
                "addCustomField",
                projectID=self.project,
                name=name,
                ownerObjectTypes=owners,
                type=type,
                **{**options, **given},
            )
        )

    def set(self, field: str, value: str | None, owner: str = "BacklogItem", id: str | None = None) -> None:
        """Sets a value on the object of a type, or on another one."""
        given = {} if value is None else {"value": value}
        self.world.call(
            "setCustomFieldValue",
            customFieldID=field,
            ownerObjectType=owner,
            ownerObjectID=id or self.owners[owner],
            **given,
        )

    def item(self, type: str | None = None) -> str:
        """Another backlog item."""
        return str(
            self.world.call("addBacklogItem", projectID=self.project, name="y", **({"type": type} if type else {}))
        )

    def fields(self) -> list[dict[str, Any]]:
        """The custom fields of the project as clients see them; the account keeps all rules about them."""
        assert [line for line in violations(self.world.tables()) if "fit" in line and "custom" in line.lower()] == []
        found: list[dict[str, Any]] = self.world.data()["projects"][0]["customFields"]
        return found

    def values(self, owner: str = "BacklogItem", id: str | None = None) -> list[str]:
        """The values on an object."""
        self.fields()
        return [each["value"] for each in self._shown(id or self.owners[owner])["customFieldValues"]]

    def _shown(self, id: str) -> dict[str, Any]:
        project = self.world.data()["projects"][0]
        waiting: list[Any] = [project["backlogItems"], project["releases"], project["sprints"]]
        while waiting:
            present = waiting.pop()
            if isinstance(present, list):
                waiting += present
            elif isinstance(present, dict):
                if present.get("id") == id:
                    return present
                waiting += present.values()
        raise AssertionError(id)


@pytest.fixture
def place(world: World) -> Place:
    return Place(world)


# Fields --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", CUSTOM_FIELD_TYPES)
def test_fields_of_all_types(place: Place, type: str) -> None:
    field = place.field(type, "Size", "Task, BacklogItem,Task", description="d", ownerBacklogItemTypes="Bug,Feature")
    assert place.fields() == [
        {
            "objectType": "CustomField", "id": field, "projectID": place.project, "name": "Size", "description": "d",
            "ownerObjectTypes": ["BacklogItem", "Task"], "ownerBacklogItemTypes": ["Feature", "Bug"], "type": type,
            "unit": None, "options": ["a", "b", "c"] if type in CHOICE_TYPES else None, "isRequired": False,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("type", CUSTOM_FIELD_TYPES)
def test_only_numbers_have_a_unit(place: Place, type: str) -> None:
    if type in NUMBER_TYPES:
        field = place.field(type, unit="kg")
        assert place.fields()[0]["unit"] == "kg"
        place.world.call("setCustomFieldUnit", customFieldID=field, unit="t")
        assert place.fields()[0]["unit"] == "t"
        place.world.call("setCustomFieldUnit", customFieldID=field)
    else:
        with pytest.raises(RequirementNotSatisfied, match=f"F has the type .*{type[:4]}.*only Integer and Number"):
            place.field(type, unit="kg")
        field = place.field(type)
        with pytest.raises(RequirementNotSatisfied, match=f"{field} has the type"):
            place.world.call("setCustomFieldUnit", customFieldID=field, unit="kg")
        place.world.call("setCustomFieldUnit", customFieldID=field)
    assert place.fields()[0]["unit"] is None


@pytest.mark.parametrize("type", CUSTOM_FIELD_TYPES)
def test_only_choices_have_options(place: Place, type: str) -> None:
    if type in CHOICE_TYPES:
        with pytest.raises(MissingParameter, match="options"):
            place.field(type, options="")
        assert place.field(type)
    else:
        with pytest.raises(RequirementNotSatisfied, match="options"):
            place.field(type, options="a,b")
        field = place.field(type)
        with pytest.raises(RequirementNotSatisfied, match=f"{field} has the type"):
            place.world.call("setCustomFieldOptions", customFieldID=field, options="a")


@pytest.mark.parametrize("options", [",", " , ", "x" * 201, "a,null", ",".join(map(str, range(201)))])
def test_options_that_cannot_be(place: Place, options: str) -> None:
    with pytest.raises(InvalidParameter, match="options"):
        place.field("Dropdown", options=options)
    field = place.field("Dropdown")
    with pytest.raises(InvalidParameter, match="options"):
        place.world.call("setCustomFieldOptions", customFieldID=field, options=options)


def test_options_keep_their_order(place: Place) -> None:
    field = place.field("Dropdown", options=f" b ,a,,b,{'x' * 200}")
    assert place.fields()[0]["options"] == ["b", "a", "x" * 200]
    many = ",".join(str(number) for number in range(200))
    place.world.call("setCustomFieldOptions", customFieldID=field, options=many)
    assert place.fields()[0]["options"] == many.split(",")
    with pytest.raises(MissingParameter, match="options"):
        place.world.call("setCustomFieldOptions", customFieldID=field)


def test_fields_name_types_that_can_have_them(place: Place) -> None:
    with pytest.raises(MissingParameter, match="ownerObjectTypes"):
        place.field(owners="")
    with pytest.raises(InvalidParameter, match=r"ownerObjectTypes names none.*BacklogItem.*TimeEntry"):
        place.field(owners=" , ")
    with pytest.raises(InvalidParameter, match=r"ownerObjectTypes.*Project"):
        place.field(owners="BacklogItem,Project")
    with pytest.raises(InvalidParameter, match="ownerBacklogItemTypes"):
        place.field(ownerBacklogItemTypes="Story")
    with pytest.raises(RequirementNotSatisfied, match=r"F is for Task, Release.*ownerBacklogItemTypes"):
        place.field(owners="Task,Release", ownerBacklogItemTypes="Bug")
    with pytest.raises(InvalidParameter, match="type"):
        place.field("Text")
    assert place.fields() == []


def test_names_of_fields_are_unique_in_their_project(place: Place) -> None:
    place.field(name="A")
    other = place.field(name="B")
    with pytest.raises(RequirementNotSatisfied, match="A"):
        place.field(name="A")
    with pytest.raises(RequirementNotSatisfied, match="A"):
        place.world.call("setCustomFieldName", customFieldID=other, name="A")
    place.world.call("setCustomFieldName", customFieldID=other, name="C")
    assert [each["name"] for each in place.fields()] == ["A", "C"]
    place.project = place.elsewhere
    place.field(name="A")


def test_properties_of_fields_are_set(place: Place) -> None:
    field = place.field(isRequired="true", description="d")
    assert place.fields()[0]["isRequired"] is True
    place.world.call("setCustomFieldIsRequired", customFieldID=field, isRequired="false")
    place.world.call("setCustomFieldDescription", customFieldID=field)
    assert (place.fields()[0]["isRequired"], place.fields()[0]["description"]) == (False, None)


def test_fields_stand_where_they_are_put(place: Place) -> None:
    a = place.field(name="a")
    place.field(name="b", index="0")
    place.field(name="c")
    assert [each["name"] for each in place.fields()] == ["b", "a", "c"]
    place.world.call("moveCustomField", customFieldID=a, index="0")
    assert [each["name"] for each in place.fields()] == ["a", "b", "c"]
    place.world.call("moveCustomField", customFieldID=a)
    assert [each["name"] for each in place.fields()] == ["b", "c", "a"]
    with pytest.raises(InvalidParameter, match="index is 3"):
        place.world.call("moveCustomField", customFieldID=a, index="3")


def test_values_go_with_their_field_and_with_their_object(place: Place) -> None:
    every = ",".join(FIELD_OWNERS)
    one, two = place.field(name="a", owners=every), place.field(name="b", owners=every)
    for owner in FIELD_OWNERS:
        place.set(one, "1", owner)
        place.set(two, "2", owner)
        assert place.values(owner) == ["1", "2"]
    place.world.call("deleteCustomField", customFieldID=one)
    assert all(place.values(owner) == ["2"] for owner in FIELD_OWNERS)
    place.world.call("deleteTask", taskID=place.owners["Task"])
    place.world.call("deleteBacklogItem", backlogItemID=place.owners["BacklogItem"])
    kept = [each for each in place.world.tables().records() if each.type == "CustomFieldValue"]
    assert sorted(each["ownerObjectType"] for each in kept) == ["Release", "Sprint"]


# Values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", FIELD_OWNERS)
def test_objects_of_the_types_that_a_field_names_have_values(place: Place, owner: str) -> None:
    field = place.field(owners=owner)
    for other in FIELD_OWNERS:
        if other == owner:
            place.set(field, "v", other)
            assert place.values(other) == ["v"]
        else:
            with pytest.raises(RequirementNotSatisfied, match=f"is for {owner}, not for {other}"):
                place.set(field, "v", other)


def test_a_value_is_an_object_while_there_is_one(place: Place) -> None:
    field = place.field("Integer")
    place.set(field, None)
    assert place.values() == []
    place.set(field, "007")
    [value] = [each for each in place.world.tables().records() if each.type == "CustomFieldValue"]
    version = place.world.version
    place.set(field, "7")
    assert place.world.version == version
    place.set(field, "8")
    [changed] = [each for each in place.world.tables().records() if each.type == "CustomFieldValue"]
    assert (changed.id, changed["value"], value["value"]) == (value.id, "8", "7")
    place.set(field, "null")
    assert place.values() == []


def test_a_required_value_can_only_be_replaced(place: Place) -> None:
    field = place.field(isRequired="true")
    place.set(field, "a")
    place.set(field, "b")
    for nothing in (None, "", "null"):
        with pytest.raises(RequirementNotSatisfied, match=rf"F \({field}\) is required"):
            place.set(field, nothing)
    assert place.values() == ["b"]
    place.world.call("setCustomFieldIsRequired", customFieldID=field, isRequired="false")
    place.set(field, None)
    assert place.values() == []


def test_field_and_object_are_in_one_project(place: Place) -> None:
    field = place.field()
    item = place.world.call("addBacklogItem", projectID=place.elsewhere, name="z")
    with pytest.raises(RequirementNotSatisfied, match=f"{item} belongs to another project"):
        place.set(field, "v", id=item)


@pytest.mark.parametrize(
    ("type", "value", "kept"),
    [
        ("Text (single line)", "Ä ☃", "Ä ☃"),
        ("Text (multiple lines)", "a\r\nb", "a\nb"),
        ("Checkbox", "false", "false"),
        ("Integer", "-0012", "-12"),
        ("Number", "1.50", "1.5"),
        ("Number", "-1", "-1"),
        ("Date", "2024-02-29", "2024-02-29"),
        ("Link", "http://www.example.com", "http://www.example.com"),
        ("Dropdown", "b", "b"),
        ("Radio buttons", "b", "b"),
        ("List (single selection)", "b", "b"),
        ("Checkboxes", "c, a,c", "a,c"),
        ("List (multiple selections)", "c,b,a", "a,b,c"),
    ],
)
def test_values_are_kept_in_one_way(place: Place, type: str, value: str, kept: str) -> None:
    field = place.field(type)
    place.set(field, value)
    assert place.values() == [kept]


@pytest.mark.parametrize(
    ("type", "value", "reason"),
    [
        ("Text (single line)", "a\nb", "must be a single line"),
        ("Text (single line)", "x" * 4001, "at most 4000"),
        ("Text (multiple lines)", "x" * 1_000_001, "at most 1000000"),
        ("Checkbox", "yes", "must be true or false"),
        ("Integer", "1.5", "whole number"),
        ("Number", "many", "must be a number"),
        ("Date", "2023-02-29", "day that exists"),
        ("Link", "x" * 4001, "at most 4000"),
        ("Dropdown", "a,b", "one of its options: a, b, c"),
        ("Radio buttons", "x", "one of its options: a, b, c"),
        ("List (single selection)", "A", "one of its options: a, b, c"),
        ("Checkboxes", "a,x", "out of its options.*: a, b, c"),
        ("List (multiple selections)", ",", "out of its options.*: a, b, c"),
    ],
)
def test_values_that_do_not_fit_are_refused(place: Place, type: str, value: str, reason: str) -> None:
    field = place.field(type)
    with pytest.raises(InvalidParameter, match=reason) as refused:
        place.set(field, value)
    assert "parameter value" in refused.value.message
    assert field in refused.value.message or type == "Text (multiple lines)"
    assert len(refused.value.message) < 400
    assert place.values() == []


def test_values_that_name_objects(place: Place) -> None:
    named = {
        "Person": place.person, "Team": place.team, "Release": place.owners["Release"],
        "Sprint": place.owners["Sprint"],
    }  # fmt: skip
    for type, id in named.items():
        field = place.field(type, name=type)
        for wrong in ("x", place.project, f"{id}9"):
            with pytest.raises(ObjectNotFound, match=rf"no {type.lower()} with the id .*{type} \({field}\)"):
                place.set(field, wrong)
        place.set(field, id)
    assert place.values() == list(named.values())


def test_values_name_objects_of_the_project(place: Place) -> None:
    field = place.field("Team")
    with pytest.raises(RequirementNotSatisfied, match=f"{place.team_elsewhere} belongs to another project"):
        place.set(field, place.team_elsewhere)
    person = place.field("Person", name="G")
    with pytest.raises(ObjectNotFound, match="no person"):
        place.set(person, place.gone)


# Types of backlog items ----------------------------------------------------------------------------------------------


def test_fields_for_types_of_backlog_items(place: Place) -> None:
    field = place.field(owners="BacklogItem,Task", ownerBacklogItemTypes="Bug,Epic")
    spike, plain, bug = place.owners["BacklogItem"], place.item(), place.item("Bug")
    with pytest.raises(RequirementNotSatisfied, match=rf"of the types Bug, Epic; .*{spike} has the type Spike"):
        place.set(field, "v")
    with pytest.raises(RequirementNotSatisfied, match=rf"{plain} has no type"):
        place.set(field, "v", id=plain)
    place.set(field, "v", id=bug)
    place.set(field, "v", "Task")
    assert (place.values(id=bug), place.values("Task")) == (["v"], ["v"])


def test_types_of_backlog_items_are_narrowed_around_values(place: Place) -> None:
    field = place.field(owners="BacklogItem,Task")
    bug, plain = place.item("Bug"), place.item()
    for id in (bug, plain):
        place.set(field, "v", id=id)
    place.set(field, "v", "Task")

    def narrow(types: str) -> None:
        place.world.call("setCustomFieldOwnerBacklogItemTypes", customFieldID=field, ownerBacklogItemTypes=types)

    with pytest.raises(RequirementNotSatisfied, match=rf"{field} \(1\): {plain}\."):
        narrow("Bug,Spike")
    place.set(field, None, id=plain)
    narrow("Bug,Spike")
    assert place.fields()[0]["ownerBacklogItemTypes"] == ["Bug", "Spike"]
    with pytest.raises(RequirementNotSatisfied, match=bug):
        narrow("Epic")
    narrow("")
    assert place.fields()[0]["ownerBacklogItemTypes"] is None
    place.set(field, "v", id=plain)


def test_only_fields_for_backlog_items_know_their_types(place: Place) -> None:
    field = place.field(owners="Task")
    with pytest.raises(RequirementNotSatisfied, match=rf"{field} is for Task: only one for BacklogItem"):
        place.world.call("setCustomFieldOwnerBacklogItemTypes", customFieldID=field, ownerBacklogItemTypes="Bug")
    place.world.call("setCustomFieldOwnerBacklogItemTypes", customFieldID=field)


def test_values_that_fit_no_more_are_dropped(place: Place) -> None:
    every, bugs, spikes = (
        place.field(name=name, **({"ownerBacklogItemTypes": types} if types else {}))
        for name, types in (("every", ""), ("bugs", "Bug"), ("spikes and bugs", "Spike,Bug"))
    )
    bug = place.item("Bug")
    for field in (every, bugs, spikes):
        place.set(field, field, id=bug)
    place.world.call("setBacklogItemType", backlogItemID=bug, type="Spike")
    assert place.values(id=bug) == [every, spikes]
    place.world.call("setBacklogItemType", backlogItemID=bug)
    assert place.values(id=bug) == [every]


def test_values_that_name_what_goes_are_dropped(place: Place) -> None:
    for type in ("Sprint", "Release", "Team"):
        named = place.team if type == "Team" else place.owners[type]
        field, text = place.field(type, type, "BacklogItem,Task"), place.field(name=f"t {type}")
        place.set(field, named)
        place.set(field, named, "Task")
        place.set(text, named)
        place.world.call(f"delete{type}", **{f"{type.lower()}ID": named})
        assert place.values("Task") == []
        assert place.values()[-1] == named
    assert len(place.values()) == 3


# Options -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", CHOICE_TYPES)
def test_options_that_objects_have_stay(place: Place, type: str) -> None:
    field = place.field(type, owners="BacklogItem,Task")
    place.set(field, "b")
    place.set(field, "b", "Task")
    if type in MULTIPLE_CHOICE_TYPES:
        place.set(field, "b,c", "Task")
    used = r"b \(2\), c \(1\)\." if type in MULTIPLE_CHOICE_TYPES else r"b \(2\)\."
    with pytest.raises(RequirementNotSatisfied, match=rf"{field}: {used}"):
        place.world.call("setCustomFieldOptions", customFieldID=field, options="a,d")
    assert place.fields()[0]["options"] == ["a", "b", "c"]
    place.world.call("setCustomFieldOptions", customFieldID=field, options="d,c,b")
    assert place.fields()[0]["options"] == ["d", "c", "b"]


@pytest.mark.parametrize("type", MULTIPLE_CHOICE_TYPES)
def test_several_choices_follow_the_order_of_the_options(place: Place, type: str) -> None:
    field = place.field(type, owners="BacklogItem,Task")
    place.set(field, "a,b,c")
    place.set(field, "b", "Task")
    before = place.world.version
    place.world.call("setCustomFieldOptions", customFieldID=field, options="c,x,a,b")
    assert place.world.version == before + 1
    assert (place.values(), place.values("Task")) == (["c,a,b"], ["b"])
    place.world.call("setCustomFieldOptions", customFieldID=field, options="c,x,a,b")
    assert place.world.version == before + 1
