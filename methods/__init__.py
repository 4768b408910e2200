"""The methods of the API, a file for each noun of its documentation; importing this package registers all of them.

The order here is the order of the documentation.
"""

from methods import (  # noqa: I001
    attachments,
    backlog_items,
    boards,
    checklists,
    comments,
    commits,
    data,
    persons,
    projects,
    releases,
    sprints,
    tags,
    tasks,
    teams,
    time_entries,
    operators,
)

__all__ = [
    "attachments",
    "backlog_items",
    "boards",
    "checklists",
    "comments",
    "commits",
    "data",
    "operators",
    "persons",
    "projects",
    "releases",
    "sprints",
    "tags",
    "tasks",
    "teams",
    "time_entries",
]
