"""Rules about how objects hang together: what they refer to, what they nest in, what they are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scrumrpc.model.enumerations import RELATIONSHIP_INVERSES
from scrumrpc.model.invariants.objects import Objects, every, members, named
from scrumrpc.model.properties import Property
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES


def references_stay_in_the_project(image: Objects) -> Iterator[str]:
    """What an object refers to exists, is of the right type, and belongs to the same project; people belong to none."""
    for record in image.records():
        for p in STORED_TYPES[record.type].stored:
            if p.kind not in ("ref", "refs"):
                continue
            value = record[p.name]
            for number in value if p.kind == "refs" else [value] if value is not None else []:
                yield from _wrong_reference(image, record, p, number)


def _wrong_reference(image: Objects, record: Record, p: Property, number: int) -> Iterator[str]:
    if number not in image:
        yield f"{named(record)} names in {p.name} an object that does not exist"
        return
    referred = image[number]
    typed_by = p.name.removesuffix("ID") + "Type"  # ownerObjectID is of the type ownerObjectType
    types = [record[typed_by]] if typed_by in record.values else p.target.split("|")
    if referred.type not in types:
        yield f"{named(record)} names in {p.name} the {named(referred)}, not a {' or '.join(types)}"
    elif referred.project not in (None, record.project):
        yield f"{named(record)} names in {p.name} the {named(referred)} of another project"


def lists_name_each_object_once(image: Objects) -> Iterator[str]:
    """An object carries a tag once, and names a person in a role once."""
    for record in image.records():
        for p in STORED_TYPES[record.type].stored:
            if p.kind == "refs" and len(set(record[p.name])) < len(record[p.name]):
                yield f"{named(record)} names an object twice in {p.name}"


def objects_nest_in_fitting_ones(image: Objects) -> Iterator[str]:
    """Files stand in folders, replies are on the object that their comment is on, and nothing stands within itself."""
    for record in every(image, "File", "Comment", "BacklogItem"):
        pointer = STORED_TYPES[record.type].nested_in or ""
        if record[pointer] is None:
            continue
        outer = image[record[pointer]]
        if record.type == "File" and not outer["isFolder"]:
            yield f"{named(record)} is in the {named(outer)}, which is no folder"
        if record.type == "Comment" and outer["ownerObjectID"] != record["ownerObjectID"]:
            yield f"{named(record)} replies to the {named(outer)}, which is on another object"
    for type_name in ("File", "Comment", "BacklogItem"):
        pointer = STORED_TYPES[type_name].nested_in or ""
        edges = {record.number: [record[pointer]] for record in every(image, type_name) if record[pointer] is not None}
        for number in _in_circles(edges):
            yield f"{named(image[number])} stands within itself"


def backlogs_and_retrospectives_are_divided(image: Objects) -> Iterator[str]:
    """A backlog has at least one list. A retrospective has at least two columns, and each card stands in one of
    them.
    """
    for record in every(image, "Backlog", "Retrospective", "RetrospectiveCard"):
        if record.type == "Backlog" and not members(image, "BacklogList", record.number):
            yield f"{named(record)} has no list"
        elif record.type == "Retrospective":
            names, colors = len(record["columnNames"]), len(record["columnColors"])
            if names < 2 or names != colors:
                yield f"{named(record)} has {names} column names and {colors} column colors"
        elif record.type == "RetrospectiveCard":
            columns = len(image[record["retrospectiveID"]]["columnNames"])
            if not 1 <= record["columnNum"] <= columns:
                yield f"{named(record)} stands in column {record['columnNum']} of {columns}"


def relationships_make_sense(image: Objects) -> Iterator[str]:
    """A relationship is between two different objects; no two say the same, be it the other way round; and nothing
    must be done before itself, be it by way of others.
    """
    said: dict[Any, Record] = {}
    before: dict[int, list[int]] = defaultdict(list)
    for record in sorted(every(image, "Relationship"), key=lambda each: each.number):
        kind, start, end = record["type"], record["fromObjectID"], record["toObjectID"]
        if start == end:
            yield f"{named(record)} is between an object and itself"
            continue
        meaning = min((kind, start, end), (RELATIONSHIP_INVERSES[kind], end, start))
        if meaning in said:
            yield f"{named(record)} says the same as {named(said[meaning])}"
        said.setdefault(meaning, record)
        if kind == "Must be done before":
            before[start].append(end)
        elif kind == "Must be done after":
            before[end].append(start)
    for number in _in_circles(before):
        yield f"{named(image[number])} can never be begun: it must be done before itself, or after what must"


def _in_circles(edges: dict[int, list[int]]) -> list[int]:
    """The numbers that one comes back to along the edges, and those that lead on from them."""
    incoming: dict[int, int] = defaultdict(int)
    for ends in edges.values():
        for end in ends:
            incoming[end] += 1
    free = [number for number in edges if not incoming[number]]
    left = set(edges)
    while free:
        number = free.pop()
        left.discard(number)
        for end in edges.get(number, ()):
            incoming[end] -= 1
            if not incoming[end]:
                free.append(end)
    return sorted(left)
