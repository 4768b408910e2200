"""Rules about custom fields and their values."""

from __future__ import annotations

from collections.abc import Iterator

from scrumrpc.model.custom_values import CHOICE_TYPES, NUMBER_TYPES, REFERENCE_TYPES, canonical, covers
from scrumrpc.model.invariants.objects import Objects, every, named
from scrumrpc.model.record import Record


def fields_fit_their_type(image: Objects) -> Iterator[str]:
    """A custom field has options if its type offers a choice, and only then; a unit only for numbers; and types of
    backlog items only if backlog items have it.
    """
    for field in every(image, "CustomField"):
        if bool(field["options"]) != (field["type"] in CHOICE_TYPES):
            yield f"{named(field)} of the type {field['type']} has the options {field['options']}"
        if field["unit"] is not None and field["type"] not in NUMBER_TYPES:
            yield f"{named(field)} of the type {field['type']} has a unit"
        if not field["ownerObjectTypes"]:
            yield f"{named(field)} is for no type of objects"
        elif field["ownerBacklogItemTypes"] is not None and "BacklogItem" not in field["ownerObjectTypes"]:
            yield f"{named(field)} is for types of backlog items but not for backlog items"


def values_fit_their_field(image: Objects) -> Iterator[str]:
    """An object has at most one value in a custom field. The field is one for objects of its type, and the value is
    what the type of the field says: one of its options, a number, an object of the project, and so on.
    """
    taken: dict[tuple[int, int], Record] = {}
    for value in every(image, "CustomFieldValue"):
        field, owner = image[value["customFieldID"]], image[value["ownerObjectID"]]
        place = (field.number, owner.number)
        if place in taken:
            yield f"{named(value)} is a second value beside {taken[place].id} of the {named(owner)} in {named(field)}"
        taken.setdefault(place, value)
        item_type = owner["type"] if owner.type == "BacklogItem" else None
        if not covers(field.values, owner.type, item_type):
            of_type = f"of the type {item_type}, " if item_type else ""
            yield f"{named(value)} is on the {named(owner)}, {of_type}which {named(field)} is not for"
        if not _fits(image, field, value["value"]):
            yield f"{named(value)} is {value['value']!r}, but {named(field)} is of the type {field['type']}"


def _fits(image: Objects, field: Record, value: str) -> bool:
    if field["type"] in REFERENCE_TYPES:
        types = ("Person", "DeletedPerson") if field["type"] == "Person" else (field["type"],)
        chosen = next(filter(None, (image.find(each, value) for each in types)), None)
        return chosen is not None and chosen.project in (None, field["projectID"])
    try:
        return value != "" and canonical(field.values, value) == value
    except ValueError:
        return False
