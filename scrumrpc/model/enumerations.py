"""The enumerations of the API, each in its documented order; the order of statuses is what "below" means."""

from __future__ import annotations

PRIORITIES = ("Low", "Medium", "High", "Urgent")
BACKLOG_ITEM_TYPES = ("Feature", "Bug", "Spike", "Other", "Epic")
BUG_STATES = ("Open", "Closed")
REPRODUCIBLE = ("No", "Sometimes", "Always")
RESOLUTIONS = (
    "Not enough information",
    "Cannot reproduce",
    "Not a bug",
    "Duplicate",
    "Postponed",
    "Won't fix",
    "Fixed",
)
BACKLOG_ITEM_STATUSES = (
    "New",
    "Ready for estimation",
    "Ready for sprint",
    "Assigned to sprint",
    "To do",
    "In progress",
    "To test",
    "Done",
    "Sprint completed",
    "Released",
)
TASK_STATUSES = ("To do", "In progress", "To test", "Done")
PROJECT_STATUSES = ("Active", "Archived")
RELEASE_STATUSES = ("In planning", "In progress", "Completed")
SPRINT_STATUSES = ("In planning", "In progress", "Completed", "Aborted")
BOARD_TYPES = ("Scrum", "Kanban")
MESSAGE_TYPES = ("Announcement", "Information", "Question", "Idea", "To do", "Other")
UNITS = ("Points", "Days", "Hours")
COLORS = (
    "Red",
    "Light red",
    "Dark orange",
    "Orange",
    "Yellow",
    "Light green",
    "Green",
    "Dark green",
    "Light blue",
    "Blue",
    "Dark blue",
    "Purple",
    "Pink",
    "Light brown",
    "Dark brown",
    "Light gray",
    "Dark gray",
)

RELATIONSHIP_INVERSES = {
    "Must be done after": "Must be done before",
    "Must be done before": "Must be done after",
    "Is dependent on": "Is dependency for",
    "Is dependency for": "Is dependent on",
    "Is blocked by": "Is blocking",
    "Is blocking": "Is blocked by",
    "Is bug on": "Has bug",
    "Has bug": "Is bug on",
    "Is duplicate of": "Has duplicate",
    "Has duplicate": "Is duplicate of",
    "Is related to": "Is related to",
}
"""What a relationship says, read from its other end."""
RELATIONSHIP_TYPES = tuple(RELATIONSHIP_INVERSES)
CUSTOM_FIELD_TYPES = (
    "Text (single line)",
    "Text (multiple lines)",
    "Checkbox",
    "Integer",
    "Number",
    "Date",
    "Link",
    "Person",
    "Team",
    "Release",
    "Sprint",
    "Dropdown",
    "Radio buttons",
    "Checkboxes",
    "List (single selection)",
    "List (multiple selections)",
)

DEFAULT_TAG_COLOR = "Blue"
DEFAULT_MESSAGE_COLOR = "Yellow"
DEFAULT_RETROSPECTIVE_COLOR = "Light blue"
DEFAULT_RETROSPECTIVE_COLUMNS = (("Went well", "Green"), ("Could be better", "Orange"))
DEFAULT_COLUMN_COLOR = "Light gray"
DEFAULT_UNITS = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}


def at_most(order: tuple[str, ...], status: str, limit: str) -> bool:
    """Whether `status` stands at or before `limit` in its enumeration.

    >>> at_most(BACKLOG_ITEM_STATUSES, "To do", "Done")
    True
    """
    return order.index(status) <= order.index(limit)
