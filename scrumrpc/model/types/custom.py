"""CustomField and CustomFieldValue."""

from __future__ import annotations

from scrumrpc.model.enumerations import BACKLOG_ITEM_TYPES, CUSTOM_FIELD_TYPES
from scrumrpc.model.properties import (
    RANK,
    ObjectType,
    Property,
    boolean,
    enum,
    object_type,
    owner,
    project_id,
    ref,
    string,
    strings,
)

FIELD_OWNERS = ("BacklogItem", "Task", "Release", "Sprint", "TimeEntry")
"""What can have values of custom fields."""

CUSTOM_FIELD = ObjectType(
    "CustomField",
    "A property that a project gives to objects of some types.",
    (
        object_type("CustomField"),
        Property("id", "id", "Identifies the custom field; digits-digits-digits, never reused."),
        project_id("custom field"),
        string("name", "Name of the field; unique among the custom fields of the project."),
        string("description", "What the field is for.", nullable=True),
        strings("ownerObjectTypes", "The object types that have the field.", values=FIELD_OWNERS),
        strings(
            "ownerBacklogItemTypes", "Of backlog items, the types that have the field; null for all of them.",
            values=BACKLOG_ITEM_TYPES, nullable=True,
        ),
        enum("type", CUSTOM_FIELD_TYPES, "What values the field takes."),
        string("unit", "Unit of the numbers in the field.", nullable=True),
        strings("options", "What can be chosen, in order; null where the type knows no choice.", nullable=True),
        boolean("isRequired", "Whether a value, once set, can only be replaced."),
        RANK,
    ),
    listed_in="projectID",
    unique=("name",),
)  # fmt: skip

CUSTOM_FIELD_VALUE = ObjectType(
    "CustomFieldValue",
    "What an object has in a custom field; without a value there is no such object.",
    (
        object_type("CustomFieldValue"),
        Property("id", "id", "Identifies the value; digits-digits-digits, never reused."),
        project_id("value"),
        ref("customFieldID", "CustomField", "The custom field."),
        *owner("value", FIELD_OWNERS),
        string("value", "The value as text; several choices have commas between them."),
        RANK,
    ),
    listed_in="ownerObjectID",
    ends_with=("customFieldID",),
)
