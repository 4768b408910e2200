"""What methods that only read choose from an image: projects and objects, as far as the caller may see them."""

from __future__ import annotations

from scrumrpc.calls.kinds import nearest
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import check_access
from scrumrpc.errors import ObjectNotFound
from scrumrpc.model.image import Image
from scrumrpc.model.record import ROOT, Record
from scrumrpc.store.standing import Standing


def projects_of(image: Image, standing: Standing, wanted: tuple[str, ...] | None) -> list[int]:
    """The numbers of the projects with the wanted ids, in the account's order; all that the caller reaches for None."""
    every = image.members(("Project", ROOT))
    if wanted is None:
        return [number for number in every if standing.projects is None or number in standing.projects]
    by_id = {image[number].id: image[number] for number in every}
    for wire_id in wanted:
        if wire_id not in by_id:
            raise _no_project(wire_id, tuple(image[number].id for number in projects_of(image, standing, None)))
        check_access(standing, by_id[wire_id])
    numbers = {by_id[wire_id].number for wire_id in wanted}
    return [number for number in every if number in numbers]


def _no_project(wire_id: str, accessible: tuple[str, ...]) -> ObjectNotFound:
    """Says which projects there are, as far as the caller may know."""
    some = ", ".join(accessible[:10]) + (", ..." if len(accessible) > 10 else "")
    hint = nearest(wire_id, accessible) or (f" There are: {some}." if accessible else "")
    return ObjectNotFound(not_found("Project", wire_id).message + hint)


def object_of(image: Image, standing: Standing, type_name: str, wire_id: str) -> Record:
    """The object of that type and wire id, which the caller must reach."""
    record = image.find(type_name, wire_id)
    if record is None:
        raise not_found(type_name, wire_id)
    check_access(standing, record)
    return record


def people_of(image: Image, wanted: tuple[str, ...]) -> set[int]:
    """The numbers of the people with the wanted ids, deleted ones among them."""
    people = set()
    for wire_id in wanted:
        person = image.find("Person", wire_id) or image.find("DeletedPerson", wire_id)
        if person is None:
            raise not_found("Person", wire_id)
        people.add(person.number)
    return people
