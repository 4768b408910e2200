"""How an object type is described: its properties, their kinds, and which of them are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from scrumrpc.model.enumerations import COLORS

Kind = Literal[
    "objectType",  # the constant name of the type
    "id",  # the wire id
    "string",
    "enum",  # a string out of `values`
    "integer",
    "number",  # answered as a float; none is stored as null and answered as -1.0
    "boolean",
    "date",  # YYYY-MM-DD
    "time",  # milliseconds since 1970 UTC
    "ref",  # the id of one object; stored as its number
    "refs",  # the ids of several objects, in order; stored as their numbers
    "strings",  # several texts, in order
    "url",  # where something is; a path where this server keeps it, which is answered as a whole URL
    "objects",  # nested objects that point back to their container; never stored here
    "assigned",  # ids of the backlog items that point here; never stored here
    "columns",  # the columns of a retrospective with their cards; put together from hidden properties and cards
    "any",  # part of an answer's wrapper; `target` is its wire type, empty where that depends on the method
]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object type: its wire name, kind and meaning.

    `optional` properties are null unless includeProperties names them; `nullable` ones may be null by themselves.
    `target` names the object type that a reference or a nested list is about, or several separated by a bar. `via`
    names the property of the nested objects that puts them here, where it is not the one that they are listed in.
    `default` is what objects have that were made before the property existed, or without a word about it.
    """

    name: str
    kind: Kind
    doc: str
    nullable: bool = False
    optional: bool = False
    values: tuple[str, ...] = ()
    target: str = ""
    hidden: bool = False
    via: str = ""
    default: Any = None

    @property
    def stored(self) -> bool:
        """Whether the store keeps a value for it (else it is a constant or derived from other objects)."""
        return self.kind not in ("objectType", "objects", "assigned", "columns", "any")

    @property
    def wire_type(self) -> str:
        """The type as the documentation of the API words it."""
        match self.kind:
            case "integer" | "time":
                return "integer"
            case "number" | "boolean":
                return self.kind
            case "refs" | "assigned" | "strings":
                return "array of strings"
            case "objects" | "columns":
                return f"array of {self.target} objects"
            case "any":
                return self.target or "any"
            case _:
                return "string"


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type: properties in the order in which they are answered, and where its objects live.

    `listed_in` is the property that points to the object whose ordered list this one stands in: the rank of an
    object counts among all objects of its type with the same value there. None means the account itself.
    `nested_in` is the property that, where it is not null, says which object of the same type this one nests in.
    `unique` names properties that no two objects of the type within that list may share. `ends_with` names further
    properties that point to objects without which this one cannot be: it is deleted with any of them.
    """

    name: str
    doc: str
    properties: tuple[Property, ...]
    listed_in: str | None = None
    nested_in: str | None = None
    unique: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    stored: tuple[Property, ...] = field(init=False)
    """The properties that the store keeps, hidden ones included; asked for often enough to be worked out once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored", tuple(p for p in self.properties if p.stored))

    @property
    def answered(self) -> tuple[Property, ...]:
        """The properties that clients see, in order."""
        return tuple(p for p in self.properties if not p.hidden)

    def property(self, name: str) -> Property:
        """The property of that wire name; KeyError if there is none."""
        for candidate in self.properties:
            if candidate.name == name:
                return candidate
        raise KeyError(f"{self.name}.{name}")

    def has(self, name: str) -> bool:
        """Whether the type has a property of that wire name."""
        return any(p.name == name for p in self.properties)


def object_type(name: str) -> Property:
    """The leading objectType property of the type `name`."""
    return Property("objectType", "objectType", f"The type of the object, always {name}.", values=(name,))


def identity(noun: str) -> tuple[Property, Property]:
    """id and externalID, which nearly every type starts with."""
    return (
        Property("id", "id", f"Identifies the {noun}; digits-digits-digits, never reused."),
        string(
            "externalID",
            f"Whatever another tool calls the {noun}; at most 255 characters, unique among objects of this type in the "
            "account.",
            nullable=True,
        ),
    )


def project_id(noun: str) -> Property:
    """The project that everything inside a project carries."""
    return ref("projectID", "Project", f"The project that the {noun} belongs to.")


def owner(noun: str, types: tuple[str, ...]) -> tuple[Property, Property]:
    """ownerObjectType and ownerObjectID of something that hangs on objects of several types."""
    return (
        Property("ownerObjectType", "enum", f"The type of the object that the {noun} is on.", values=types),
        ref("ownerObjectID", "|".join(types), f"The object that the {noun} is on."),
    )


def string(name: str, doc: str, *, nullable: bool = False) -> Property:
    """Free text."""
    return Property(name, "string", doc, nullable=nullable)


def enum(name: str, values: tuple[str, ...], doc: str, *, nullable: bool = False) -> Property:
    """One word out of an enumeration."""
    return Property(name, "enum", doc, nullable=nullable, values=values)


def integer(name: str, doc: str) -> Property:
    """A whole number."""
    return Property(name, "integer", doc)


def number(name: str, doc: str) -> Property:
    """A number that is answered as -1.0 where there is none."""
    return Property(name, "number", doc, nullable=True)


def boolean(name: str, doc: str, *, default: bool | None = None) -> Property:
    """True or false."""
    return Property(name, "boolean", doc, default=default)


def is_archived(noun: str) -> Property:
    """Whether something is put away; it stays where it is and can be taken out again."""
    return boolean("isArchived", f"Whether the {noun} is archived.", default=False)


def date(name: str, doc: str, *, nullable: bool = False) -> Property:
    """A day, YYYY-MM-DD."""
    return Property(name, "date", doc, nullable=nullable)


def time(name: str, doc: str, *, nullable: bool = False) -> Property:
    """A point in time, milliseconds since 1970-01-01 00:00 UTC."""
    return Property(name, "time", doc, nullable=nullable)


def url(name: str, doc: str, *, nullable: bool = False) -> Property:
    """Where something can be fetched."""
    return Property(name, "url", doc, nullable=nullable)


def strings(name: str, doc: str, *, values: tuple[str, ...] = (), nullable: bool = False) -> Property:
    """Several texts."""
    return Property(name, "strings", doc, nullable=nullable, values=values)


def color(doc: str, *, nullable: bool = False) -> Property:
    """A colour."""
    return enum("color", COLORS, doc, nullable=nullable)


def ref(name: str, target: str, doc: str, *, nullable: bool = False) -> Property:
    """The id of another object."""
    return Property(name, "ref", doc, nullable=nullable, target=target)


def refs(name: str, target: str, doc: str) -> Property:
    """The ids of other objects."""
    return Property(name, "refs", doc, target=target)


def objects(name: str, target: str, doc: str, *, optional: bool = False, via: str = "") -> Property:
    """Nested objects."""
    return Property(name, "objects", doc, target=target, optional=optional, via=via)


def assigned(doc: str) -> Property:
    """assignedBacklogItemIDs: the backlog items that point to this object, in order."""
    return Property("assignedBacklogItemIDs", "assigned", doc, target="BacklogItem")


RANK = Property("rank", "string", "Sorts the object in its list; compares bytewise.", hidden=True)
"""Every stored type ends with it."""
CONTENT = Property("content", "integer", "The number of the content that is kept of it.", nullable=True, hidden=True)
"""Of files that this server keeps."""

CHECKLISTS = objects("checklists", "Checklist", "The checklists on it.", optional=True)
COMMENTS = objects("comments", "Comment", "The comments on it, each with its replies.", optional=True)
ATTACHMENTS = objects("attachments", "Attachment", "The files attached to it.", optional=True)
TIME_ENTRIES = objects("timeEntries", "TimeEntry", "The entries of time used on it.", optional=True)
COMMITS = objects("commits", "Commit", "The source control commits that mention it.", optional=True)
CUSTOM_FIELD_VALUES = objects(
    "customFieldValues", "CustomFieldValue", "The values of custom fields on it; a field without one is left out.",
    optional=True,
)  # fmt: skip
TAG_IDS = refs("tagIDs", "Tag", "The tags on it, in the order in which they were put on.")
