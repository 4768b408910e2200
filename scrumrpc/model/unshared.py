"""What an object has that no other object of the account may have at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from scrumrpc.model.record import ROOT, Record
from scrumrpc.model.types import STORED_TYPES

Key = tuple[object, ...]
"""A place in a list, a name, an external id, an address, and so on, with where it counts."""


def unshared(record: Record) -> Iterator[tuple[str, Key]]:
    """What may change hands: the property, and its value with where it counts."""
    object_type = STORED_TYPES[record.type]
    listed = "Person" if record.type == "DeletedPerson" else record.type
    container = record[object_type.listed_in] if object_type.listed_in else ROOT
    yield "rank", ("rank", listed, container, record.rank)
    if record.get("boardRank") is not None:
        yield "boardRank", ("boardRank", record["boardID"], record["boardRank"])
    for name in object_type.unique:
        yield name, (name, record.type, container, record[name])
    if record.type != "DeletedPerson" and record.get("externalID") is not None:
        yield "externalID", ("externalID", record.type, record["externalID"])
    if record.type == "Person":
        yield "login", ("login", record["login"])


def unshared_for_good(record: Record) -> Iterator[tuple[str, Key]]:
    """What an object has from beginning to end: its id and numbers, and of two others between which it stands."""
    yield "id", ("id", record.type, record.id)
    for name in ("itemNumber", "taskNumber"):
        if record.get(name) is not None:
            yield name, (name, record[name])
    if record.type == "TeamSprintParticipation":
        yield "teamID", ("teamID", record["sprintID"], record["teamID"])
    if record.type == "CustomFieldValue":
        yield "customFieldID", ("customFieldID", record["ownerObjectID"], record["customFieldID"])
