"""Retrospective, RetrospectiveColumn and RetrospectiveCard."""

from __future__ import annotations

from scrumrpc.model.enumerations import COLORS
from scrumrpc.model.properties import (
    ATTACHMENTS,
    CHECKLISTS,
    COMMENTS,
    RANK,
    TAG_IDS,
    ObjectType,
    Property,
    color,
    identity,
    integer,
    is_archived,
    object_type,
    project_id,
    ref,
    string,
    time,
)

RETROSPECTIVE = ObjectType(
    "Retrospective",
    "A look back: cards in columns.",
    (
        object_type("Retrospective"),
        *identity("retrospective"),
        project_id("retrospective"),
        string("name", "Name of the retrospective."),
        string("description", "What it looks back at.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who made it.", nullable=True),
        time("creationDate", "When it was made, in milliseconds since 1970-01-01 00:00 UTC."),
        color("Colour of the retrospective."),
        is_archived("retrospective"),
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        Property("columns", "columns", "Its columns, at least two, from left to right.", target="RetrospectiveColumn"),
        Property("columnNames", "strings", "The names of its columns.", hidden=True),
        Property("columnColors", "strings", "The colours of its columns.", hidden=True),
        RANK,
    ),
    listed_in="projectID",
)

RETROSPECTIVE_COLUMN = ObjectType(
    "RetrospectiveColumn",
    "A column of a retrospective; it has no id and is known by its number, counted from 1.",
    (
        object_type("RetrospectiveColumn"),
        Property("name", "any", "Heading of the column.", target="string"),
        Property("color", "any", "Colour of the column.", target="string", values=COLORS),
        Property("cards", "any", "Its cards, in order.", target="array of RetrospectiveCard objects"),
    ),
)

RETROSPECTIVE_CARD = ObjectType(
    "RetrospectiveCard",
    "A card in a column of a retrospective.",
    (
        object_type("RetrospectiveCard"),
        *identity("retrospective card"),
        project_id("retrospective card"),
        ref("retrospectiveID", "Retrospective", "The retrospective that it is part of."),
        integer("columnNum", "The number of the column it stands in, counted from 1."),
        string("name", "What it says, in a line."),
        string("description", "What it says, at length.", nullable=True),
        ref("creatorID", "Person|DeletedPerson", "Who wrote it.", nullable=True),
        time("creationDate", "When it was written, in milliseconds since 1970-01-01 00:00 UTC."),
        color("Colour of the card.", nullable=True),
        TAG_IDS,
        CHECKLISTS,
        COMMENTS,
        ATTACHMENTS,
        RANK,
    ),
    listed_in="retrospectiveID",
)
