"""The enumerations of the API, each in its documented order; the order of statuses is what "below" means."""

from __future__ import annotations

PRIORITIES = ("Low", "Medium", "High", "Urgent")
BACKLOG_ITEM_TYPES = ("Feature", "Bug", "Spike", "Other")
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

DEFAULT_TAG_COLOR = "Blue"
DEFAULT_UNITS = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}


def at_most(order: tuple[str, ...], status: str, limit: str) -> bool:
    """Whether `status` stands at or before `limit` in its enumeration.

    >>> at_most(BACKLOG_ITEM_STATUSES, "To do", "Done")
    True
    """
    return order.index(status) <= order.index(limit)
