"""All object types of the API, by name; the documentation's page Objects lists the same 21."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType
from scrumrpc.model.types.answers import DATA, ERROR, RESULT
from scrumrpc.model.types.attached import ATTACHMENT, CHECKLIST, CHECKLIST_ITEM, COMMENT, COMMIT, TIME_ENTRY
from scrumrpc.model.types.backlog import BACKLOG_ITEM, TASK
from scrumrpc.model.types.people import DELETED_PERSON, PERSON, TEAM
from scrumrpc.model.types.planning import BOARD, BOARD_COLUMN, RELEASE, SPRINT, TEAM_SPRINT_PARTICIPATION
from scrumrpc.model.types.projects import PROJECT, TAG

OBJECT_TYPES: dict[str, ObjectType] = {
    t.name: t
    for t in (
        ATTACHMENT,
        BACKLOG_ITEM,
        BOARD,
        BOARD_COLUMN,
        CHECKLIST,
        CHECKLIST_ITEM,
        COMMENT,
        COMMIT,
        DATA,
        DELETED_PERSON,
        ERROR,
        PERSON,
        PROJECT,
        RELEASE,
        RESULT,
        SPRINT,
        TAG,
        TASK,
        TEAM,
        TEAM_SPRINT_PARTICIPATION,
        TIME_ENTRY,
    )
}

STORED_TYPES: dict[str, ObjectType] = {name: t for name, t in OBJECT_TYPES.items() if t.stored}
"""The types whose objects live in an account; Data, Error and Result only wrap answers."""
