"""Release, Sprint, TeamSprintParticipation, Board and BoardColumn."""

from __future__ import annotations

from scrumrpc.model.enumerations import BOARD_TYPES, RELEASE_STATUSES, SPRINT_STATUSES, TASK_STATUSES
from scrumrpc.model.properties import (
    ATTACHMENTS,
    CHECKLISTS,
    COMMENTS,
    CUSTOM_FIELD_VALUES,
    RANK,
    TAG_IDS,
    ObjectType,
    Property,
    assigned,
    date,
    enum,
    identity,
    is_archived,
    number,
    object_type,
    objects,
    project_id,
    ref,
    string,
)

RELEASE = ObjectType(
    "Release",
    "A set of backlog items that will be given out together.",
    (
        object_type("Release"),
        *identity("release"),
        project_id("release"),
        string("name", "Name of the release."),
        string("description", "What the release is about.", nullable=True),
        string("link", "URL of something that belongs to the release.", nullable=True),
        date("startDate", "First day of work on the release.", nullable=True),
        date("releaseDate", "Day the release is planned for.", nullable=True),
        enum("status", RELEASE_STATUSES, "How far the release is."),
        number("bestCaseVelocityPerWeek", "Velocity per week if all goes well, in the project's roughEstimateUnit."),
        number("expectedVelocityPerWeek", "Velocity per week to expect, in the project's roughEstimateUnit."),
        number("worstCaseVelocityPerWeek", "Velocity per week if all goes badly, in the project's roughEstimateUnit."),
        CUSTOM_FIELD_VALUES,
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        assigned("The backlog items planned for the release, in backlog order."),
        RANK,
    ),
    listed_in="projectID",
)

SPRINT = ObjectType(
    "Sprint",
    "A stretch of time in which teams work off the backlog items they took on.",
    (
        object_type("Sprint"),
        *identity("sprint"),
        project_id("sprint"),
        string("name", "Name of the sprint."),
        string("description", "What the sprint is about.", nullable=True),
        string("link", "URL of something that belongs to the sprint.", nullable=True),
        date("startDate", "First day of the sprint.", nullable=True),
        date("endDate", "Last day of the sprint.", nullable=True),
        ref("boardID", "Board", "The board that the sprint uses.", nullable=True),
        enum("status", SPRINT_STATUSES, "How far the sprint is."),
        is_archived("sprint"),
        CUSTOM_FIELD_VALUES,
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        objects("teamSprintParticipations", "TeamSprintParticipation", "What each team brings to the sprint."),
        RANK,
    ),
    listed_in="projectID",
)

TEAM_SPRINT_PARTICIPATION = ObjectType(
    "TeamSprintParticipation",
    "A team's part in a sprint.",
    (
        object_type("TeamSprintParticipation"),
        Property(
            "id",
            "id",
            "Identifies the participation: the team's id, an underscore, and the sprint's id without its account part.",
        ),
        project_id("participation"),
        ref("teamID", "Team", "The team."),
        ref("sprintID", "Sprint", "The sprint."),
        number("availableTime", "Time the team has for the sprint, in the project's detailedEstimateUnit."),
        assigned("The backlog items that the team has in the sprint, in backlog order."),
        RANK,
    ),
    listed_in="sprintID",
)

BOARD = ObjectType(
    "Board",
    "A task board for sprints, or a Kanban board.",
    (
        object_type("Board"),
        *identity("board"),
        project_id("board"),
        string("name", "Name of the board."),
        string("description", "What the board is for.", nullable=True),
        enum("type", BOARD_TYPES, "Whether sprints use the board or it is a Kanban board."),
        objects("columns", "BoardColumn", "The columns, from left to right."),
        assigned("The backlog items on the board, in the board's own order."),
        RANK,
    ),
    listed_in="projectID",
)

BOARD_COLUMN = ObjectType(
    "BoardColumn",
    "A column of a board; what stands in it has the column's status.",
    (
        object_type("BoardColumn"),
        *identity("board column"),
        project_id("board column"),
        ref("boardID", "Board", "The board that the column is part of."),
        string("name", "Heading of the column."),
        string("description", "What the column is for.", nullable=True),
        enum("status", TASK_STATUSES, "The status of backlog items and tasks in the column."),
        RANK,
    ),
    listed_in="boardID",
)
