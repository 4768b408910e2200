"""BacklogItem and Task."""

from __future__ import annotations

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, BACKLOG_ITEM_TYPES, COLORS, PRIORITIES, TASK_STATUSES
from scrumrpc.model.properties import (
    ATTACHMENTS,
    CHECKLISTS,
    COMMENTS,
    COMMITS,
    RANK,
    TAG_IDS,
    TIME_ENTRIES,
    ObjectType,
    enum,
    identity,
    integer,
    number,
    object_type,
    objects,
    project_id,
    ref,
    refs,
    string,
)

_ESTIMATE = number("estimate", "Estimate in the project's detailedEstimateUnit.")
_USED_TIME = number(
    "usedTime",
    "Time used so far, in the project's timeTrackingUnit where time entries are kept, else in its "
    "detailedEstimateUnit.",
)
_REMAINING_WORK = number("remainingWork", "Work still to do, in the project's detailedEstimateUnit.")

BACKLOG_ITEM = ObjectType(
    "BacklogItem",
    "Something to be built, mended or found out.",
    (
        object_type("BacklogItem"),
        *identity("backlog item"),
        integer("itemNumber", "Short number for people, counted from 1 over the whole account."),
        project_id("backlog item"),
        string("name", "What it is, in a line."),
        string("description", "What it is, at length.", nullable=True),
        string("link", "URL of something that belongs to it.", nullable=True),
        enum("priority", PRIORITIES, "How urgent it is.", nullable=True),
        enum("type", BACKLOG_ITEM_TYPES, "What sort of work it is.", nullable=True),
        enum("color", COLORS, "Colour of its card.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who wrote it.", nullable=True),
        ref("releaseID", "Release", "The release it is planned for.", nullable=True),
        enum("status", BACKLOG_ITEM_STATUSES, "How far it is; the statuses are ordered."),
        number("roughEstimate", "Rough estimate in the project's roughEstimateUnit."),
        _ESTIMATE,
        _USED_TIME,
        _REMAINING_WORK,
        ref("sprintID", "Sprint", "The sprint it is assigned to.", nullable=True),
        ref("teamID", "Team", "The team that has it in that sprint; null outside sprints.", nullable=True),
        ref("boardID", "Board", "The board it is on.", nullable=True),
        ref(
            "boardColumnID",
            "BoardColumn",
            "The column of that board it stands in; null while it has tasks, as they stand in columns instead.",
            nullable=True,
        ),
        refs("assignedPersonIDs", "Person|DeletedPerson", "Who works on it."),
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        TIME_ENTRIES,
        COMMITS,
        objects("tasks", "Task", "Its tasks, in order.", optional=True),
        RANK,
    ),
    listed_in="projectID",
)

TASK = ObjectType(
    "Task",
    "A piece of the work on a backlog item.",
    (
        object_type("Task"),
        *identity("task"),
        integer("taskNumber", "Short number for people, counted from 1 over the whole account."),
        project_id("task"),
        ref("backlogItemID", "BacklogItem", "The backlog item that the task is part of."),
        string("name", "What is to be done, in a line."),
        string("description", "What is to be done, at length.", nullable=True),
        string("link", "URL of something that belongs to it.", nullable=True),
        enum("color", COLORS, "Colour of its card.", nullable=True),
        enum("status", TASK_STATUSES, "How far it is; the statuses are ordered."),
        ref("boardColumnID", "BoardColumn", "The column it stands in, on the board of its item.", nullable=True),
        _ESTIMATE,
        _USED_TIME,
        _REMAINING_WORK,
        refs("assignedPersonIDs", "Person|DeletedPerson", "Who works on it."),
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        TIME_ENTRIES,
        COMMITS,
        RANK,
    ),
    listed_in="backlogItemID",
)
