"""Which table and which column holds what of the model."""

from __future__ import annotations

import re

from scrumrpc.model.properties import Property

TABLE_NAMES = {
    "Attachment": "attachments",
    "Backlog": "backlogs",
    "BacklogItem": "backlog_items",
    "BacklogList": "backlog_lists",
    "Board": "boards",
    "BoardColumn": "board_columns",
    "Checklist": "checklists",
    "ChecklistItem": "checklist_items",
    "Comment": "comments",
    "Commit": "commits",
    "CustomField": "custom_fields",
    "CustomFieldValue": "custom_field_values",
    "DeletedPerson": "persons",
    "File": "files",
    "Message": "messages",
    "Person": "persons",
    "Project": "projects",
    "Relationship": "relationships",
    "Release": "releases",
    "Retrospective": "retrospectives",
    "RetrospectiveCard": "retrospective_cards",
    "Sprint": "sprints",
    "Tag": "tags",
    "Task": "tasks",
    "Team": "teams",
    "TeamSprintParticipation": "team_sprint_participations",
    "TimeEntry": "time_entries",
}


def column_name(wire_name: str) -> str:
    """The column of a property.

    >>> column_name("ownerObjectID"), column_name("photoURL")
    ('owner_object_id', 'photo_url')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", wire_name).lower()


def has_column(p: Property) -> bool:
    """Whether a property is a column of its type's own table (identity and lists of ids are elsewhere)."""
    return p.stored and p.kind not in ("id", "refs") and p.name != "externalID"
