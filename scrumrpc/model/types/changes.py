"""The object types that tell what changed: Changes, Change, ObjectChange and Place; nothing of them is stored."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType, Property, object_type

CHANGE_TYPES = ("created", "updated", "deleted")


def _about(what: str) -> tuple[Property, ...]:
    return (
        Property("changeType", "any", what, target="string", values=CHANGE_TYPES),
        Property("changedObjectType", "any", "The type of the object.", target="string"),
        Property("objectID", "any", "The id of the object.", target="string"),
        Property(
            "projectID", "any", "The project that the object belongs to; null for people.", nullable=True,
            target="string",
        ),
    )  # fmt: skip


CHANGES = ObjectType(
    "Changes",
    "What changed after one data version and up to another.",
    (
        object_type("Changes"),
        Property("sinceDataVersion", "any", "The version after which this begins.", target="integer"),
        Property(
            "untilDataVersion", "any",
            "The version up to which this tells all; the sinceDataVersion to go on from.", target="integer",
        ),
        Property("hasMore", "any", "Whether there is more to be told after that.", target="boolean"),
        Property(
            "epoch", "any",
            "The epoch of the account: its versions are not those that had the same numbers in another one.",
            target="string",
        ),
        Property(
            "versions", "any", "The versions, oldest first; null where changes are collapsed.", nullable=True,
            target="array of Version objects",
        ),
        Property(
            "objects", "any", "What became of each object; null where changes are told version by version.",
            nullable=True, target="array of ObjectChange objects",
        ),
        Property(
            "projectIDs", "any",
            "The projects that getData answers at untilDataVersion, in order; null where changes are told version by "
            "version.",
            nullable=True, target="array of strings",
        ),
    ),
)  # fmt: skip

CHANGE = ObjectType(
    "Change",
    "What a version did to one object.",
    (
        object_type("Change"),
        *_about("Whether the version created, updated or deleted the object."),
        Property(
            "changedProperties", "any",
            "Of an object that was updated, the names of the properties whose values changed.",
            target="array of strings",
        ),
        Property(
            "oldValues", "any",
            "The values before: of those properties or, of an object that was deleted, of all; null for one that was "
            "created.",
            nullable=True, target="object",
        ),
        Property(
            "newValues", "any",
            "The values after: of those properties or, of an object that was created, of all; null for one that was "
            "deleted.",
            nullable=True, target="object",
        ),
    ),
)  # fmt: skip

OBJECT_CHANGE = ObjectType(
    "ObjectChange",
    "What became of one object in the course of several versions.",
    (
        object_type("ObjectChange"),
        *_about(
            "created where it was not there at sinceDataVersion, deleted where it is not there at untilDataVersion, "
            "else updated."
        ),
        Property(
            "object", "any", "The object as getData answers it at untilDataVersion, but with nothing in its lists; "
            "null where it is gone.", nullable=True, target="object",
        ),
        Property(
            "lists", "any", "The names of these lists: what stands in them says so itself, in its places.",
            target="array of strings",
        ),
        Property("places", "any", "The lists in which the object stands.", target="array of Place objects"),
    ),
)  # fmt: skip

PLACE = ObjectType(
    "Place",
    "A place in a list of an object, or of the answer of getData.",
    (
        object_type("Place"),
        Property(
            "containerObjectType", "any", "The type of the object that has the list; null for the answer itself.",
            nullable=True, target="string",
        ),
        Property(
            "containerObjectID", "any", "The id of that object; null for the answer itself.", nullable=True,
            target="string",
        ),
        Property("property", "any", "The property that is the list.", target="string"),
        Property(
            "column", "any",
            "Of a card, the number of the column of the retrospective that has it, counted from 1; else null.",
            nullable=True, target="integer",
        ),
        Property("index", "any", "The index of the object in the list, counted from 0.", target="integer"),
    ),
)  # fmt: skip
