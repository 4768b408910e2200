"""What a project shares beside its work: Message, File and Relationship."""

from __future__ import annotations

from scrumrpc.model.enumerations import MESSAGE_TYPES, RELATIONSHIP_TYPES
from scrumrpc.model.properties import (
    ATTACHMENTS,
    CHECKLISTS,
    COMMENTS,
    CONTENT,
    RANK,
    TAG_IDS,
    ObjectType,
    Property,
    boolean,
    color,
    enum,
    identity,
    is_archived,
    object_type,
    objects,
    project_id,
    ref,
    string,
    time,
    url,
)

RELATED = ("BacklogItem", "Task")
"""What relationships are between."""

MESSAGE = ObjectType(
    "Message",
    "A note on the project's board of messages.",
    (
        object_type("Message"),
        *identity("message"),
        project_id("message"),
        string("title", "What it is about, in a line."),
        string("text", "What it says.", nullable=True),
        string("link", "URL of something that belongs to it.", nullable=True),
        enum("type", MESSAGE_TYPES, "What sort of message it is.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who wrote it.", nullable=True),
        time("date", "When it was written, in milliseconds since 1970-01-01 00:00 UTC."),
        color("Colour of the note."),
        is_archived("message"),
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        RANK,
    ),
    listed_in="projectID",
)

FILE = ObjectType(
    "File",
    "A file of a project, or a folder of files.",
    (
        object_type("File"),
        *identity("file"),
        project_id("file"),
        ref("parentFolderID", "File", "The folder that it is in.", nullable=True),
        boolean("isFolder", "Whether it is a folder."),
        string("name", "Name of the file or folder.", nullable=True),
        string("description", "What it holds.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who put it there.", nullable=True),
        time("date", "When it was put there, in milliseconds since 1970-01-01 00:00 UTC.", nullable=True),
        is_archived("file"),
        string("fileName", "Name that the file has where it is saved; null for folders.", nullable=True),
        url("thumbnailURL", "Where a preview picture of the file is.", nullable=True),
        url("url", "Where the file is; null for folders.", nullable=True),
        TAG_IDS,
        COMMENTS,
        objects("files", "File", "Of a folder: what is in it, in order."),
        CONTENT,
        RANK,
    ),
    listed_in="projectID",
    nested_in="parentFolderID",
)

RELATIONSHIP = ObjectType(
    "Relationship",
    "How one object relates to another; it says the same, the other way round, about the other.",
    (
        object_type("Relationship"),
        *identity("relationship"),
        project_id("relationship"),
        enum("type", RELATIONSHIP_TYPES, "What the first object is to the second."),
        Property("fromObjectType", "enum", "The type of the first object.", values=RELATED),
        ref("fromObjectID", "|".join(RELATED), "The first object."),
        Property("toObjectType", "enum", "The type of the second object.", values=RELATED),
        ref("toObjectID", "|".join(RELATED), "The second object."),
        string("description", "More about it.", nullable=True),
        RANK,
    ),
    listed_in="projectID",
    ends_with=("fromObjectID", "toObjectID"),
)
