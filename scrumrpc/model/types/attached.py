"""What hangs on other objects: Attachment, Checklist, ChecklistItem, Comment, Commit and TimeEntry."""

from __future__ import annotations

from scrumrpc.model.properties import (
    CONTENT,
    CUSTOM_FIELD_VALUES,
    RANK,
    ObjectType,
    boolean,
    date,
    identity,
    number,
    object_type,
    objects,
    owner,
    project_id,
    ref,
    string,
    time,
    url,
)

OWNERS = ("Project", "Message", "Release", "Sprint", "BacklogItem", "Task", "Retrospective", "RetrospectiveCard")
"""What attachments and checklists can be on."""
COMMENT_OWNERS = (*OWNERS, "File")
"""What comments can be on."""
WORK_OWNERS = ("BacklogItem", "Task")
"""What time entries and commits can be on."""

ATTACHMENT = ObjectType(
    "Attachment",
    "A file on another object.",
    (
        object_type("Attachment"),
        *identity("attachment"),
        project_id("attachment"),
        *owner("attachment", OWNERS),
        string("name", "Name of the attachment.", nullable=True),
        string("description", "What the file is.", nullable=True),
        string("fileName", "Name of the file.", nullable=True),
        url("thumbnailURL", "Where a preview picture of the file is.", nullable=True),
        url("url", "Where the file is."),
        CONTENT,
        RANK,
    ),
    listed_in="ownerObjectID",
)

CHECKLIST = ObjectType(
    "Checklist",
    "A list of things to tick off.",
    (
        object_type("Checklist"),
        *identity("checklist"),
        project_id("checklist"),
        *owner("checklist", OWNERS),
        string("name", "Name of the checklist."),
        string("description", "What the checklist is for.", nullable=True),
        objects("checklistItems", "ChecklistItem", "The things to tick off, in order."),
        RANK,
    ),
    listed_in="ownerObjectID",
)

CHECKLIST_ITEM = ObjectType(
    "ChecklistItem",
    "One thing to tick off.",
    (
        object_type("ChecklistItem"),
        *identity("checklist item"),
        project_id("checklist item"),
        ref("checklistID", "Checklist", "The checklist that it stands in."),
        string("name", "What to tick off."),
        string("description", "More about it.", nullable=True),
        boolean("isChecked", "Whether it is ticked off."),
        RANK,
    ),
    listed_in="checklistID",
)

COMMENT = ObjectType(
    "Comment",
    "A remark on another object, or a reply to one.",
    (
        object_type("Comment"),
        *identity("comment"),
        project_id("comment"),
        *owner("comment", COMMENT_OWNERS),
        ref("parentCommentID", "Comment", "The comment that this one replies to; null for a remark.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who wrote it.", nullable=True),
        time("date", "When it was written, in milliseconds since 1970-01-01 00:00 UTC."),
        string("text", "What was written.", nullable=True),
        objects("replies", "Comment", "The replies, oldest first, each with its own replies."),
        RANK,
    ),
    listed_in="ownerObjectID",
    nested_in="parentCommentID",
)

COMMIT = ObjectType(
    "Commit",
    "A commit in a source control tool that names a backlog item or a task.",
    (
        object_type("Commit"),
        *identity("commit"),
        project_id("commit"),
        *owner("commit", WORK_OWNERS),
        time("date", "When the commit was made, in milliseconds since 1970-01-01 00:00 UTC."),
        ref("creatorID", "Person|DeletedPerson", "Who made the commit."),
        string("repositoryName", "Name of the repository.", nullable=True),
        string("repositoryURL", "Where the repository is.", nullable=True),
        string("revision", "The revision that the commit made."),
        string("message", "The commit message, with what it says to this server."),
        string("commitURL", "Where the commit can be seen.", nullable=True),
        RANK,
    ),
    listed_in="ownerObjectID",
)

TIME_ENTRY = ObjectType(
    "TimeEntry",
    "Some time that somebody used on a backlog item or a task.",
    (
        object_type("TimeEntry"),
        *identity("time entry"),
        project_id("time entry"),
        *owner("time entry", WORK_OWNERS),
        date("date", "The day on which the time was used."),
        ref("personID", "Person|DeletedPerson", "Who used the time."),
        string("description", "What the time was used for.", nullable=True),
        number("usedTime", "How much time, in the project's timeTrackingUnit."),
        CUSTOM_FIELD_VALUES,
        RANK,
    ),
    listed_in="ownerObjectID",
)
