"""Project and Tag."""

from __future__ import annotations

from scrumrpc.model.enumerations import PROJECT_STATUSES, UNITS
from scrumrpc.model.properties import (
    ATTACHMENTS,
    CHECKLISTS,
    COMMENTS,
    RANK,
    ObjectType,
    color,
    enum,
    identity,
    object_type,
    objects,
    project_id,
    refs,
    string,
)

PROJECT = ObjectType(
    "Project",
    "A project: a backlog with the teams, sprints, releases and boards that work it off.",
    (
        object_type("Project"),
        *identity("project"),
        string("name", "Name of the project; unique in the account."),
        string("description", "What the project is about.", nullable=True),
        string("link", "URL of something that belongs to the project.", nullable=True),
        enum("status", PROJECT_STATUSES, "Whether the project is worked on or archived."),
        enum("roughEstimateUnit", UNITS, "Unit of rough estimates and of release velocities."),
        enum("detailedEstimateUnit", UNITS, "Unit of estimates and of remaining work."),
        enum("timeTrackingUnit", UNITS, "Unit of the times in time entries."),
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        objects(
            "customFields", "CustomField", "The custom fields that objects of the project can have.", optional=True
        ),
        objects("tags", "Tag", "The tags that objects of the project can carry.", optional=True),
        refs("productOwnerIDs", "Person", "The product owners."),
        refs("stakeholderIDs", "Person", "The stakeholders."),
        objects("teams", "Team", "The teams.", optional=True),
        objects("messages", "Message", "The messages on the project's board of messages.", optional=True),
        objects("backlogs", "Backlog", "The backlogs, each with its lists and what stands in them.", optional=True),
        objects(
            "backlogItems",
            "BacklogItem",
            "All backlog items, in backlog order; those of an epic stand in the epic.",
            optional=True,
        ),
        objects("releases", "Release", "The releases.", optional=True),
        objects("sprints", "Sprint", "The sprints.", optional=True),
        objects("boards", "Board", "The task boards and Kanban boards.", optional=True),
        objects("retrospectives", "Retrospective", "The retrospectives.", optional=True),
        objects("files", "File", "The files and folders.", optional=True),
        objects("relationships", "Relationship", "How its backlog items and tasks relate.", optional=True),
        RANK,
    ),
    unique=("name",),
)

TAG = ObjectType(
    "Tag",
    "A coloured word that can be put on backlog items, tasks, sprints and releases of its project.",
    (
        object_type("Tag"),
        *identity("tag"),
        project_id("tag"),
        string("name", "The word; unique among the tags of the project."),
        string("description", "What the tag is for.", nullable=True),
        color("Colour of the tag."),
        RANK,
    ),
    listed_in="projectID",
    unique=("name",),
)
