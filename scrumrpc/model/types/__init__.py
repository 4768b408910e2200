"""All object types of the API, by name."""

from __future__ import annotations

from scrumrpc.model.properties import ObjectType
from scrumrpc.model.types.answers import API_KEY, BACKLOG_ITEM_PAGE, DATA, ERROR, RESULT
from scrumrpc.model.types.attached import ATTACHMENT, CHECKLIST, CHECKLIST_ITEM, COMMENT, COMMIT, TIME_ENTRY
from scrumrpc.model.types.backlog import BACKLOG, BACKLOG_ITEM, BACKLOG_LIST, TASK
from scrumrpc.model.types.changes import CHANGE, CHANGES, OBJECT_CHANGE, PLACE
from scrumrpc.model.types.custom import CUSTOM_FIELD, CUSTOM_FIELD_VALUE
from scrumrpc.model.types.history import NAMED_VERSION, VERSION, VERSION_PAGE
from scrumrpc.model.types.people import DELETED_PERSON, PERSON, TEAM
from scrumrpc.model.types.planning import BOARD, BOARD_COLUMN, RELEASE, SPRINT, TEAM_SPRINT_PARTICIPATION
from scrumrpc.model.types.projects import PROJECT, TAG
from scrumrpc.model.types.retrospectives import RETROSPECTIVE, RETROSPECTIVE_CARD, RETROSPECTIVE_COLUMN
from scrumrpc.model.types.shared import FILE, MESSAGE, RELATIONSHIP
from scrumrpc.model.types.webhooks import WEBHOOK, WEBHOOK_DELIVERY

OBJECT_TYPES: dict[str, ObjectType] = {
    t.name: t
    for t in (
        API_KEY,
        ATTACHMENT,
        BACKLOG,
        BACKLOG_ITEM,
        BACKLOG_ITEM_PAGE,
        BACKLOG_LIST,
        BOARD,
        BOARD_COLUMN,
        CHANGE,
        CHANGES,
        CHECKLIST,
        CHECKLIST_ITEM,
        COMMENT,
        COMMIT,
        CUSTOM_FIELD,
        CUSTOM_FIELD_VALUE,
        DATA,
        DELETED_PERSON,
        ERROR,
        FILE,
        MESSAGE,
        NAMED_VERSION,
        OBJECT_CHANGE,
        PERSON,
        PLACE,
        PROJECT,
        RELATIONSHIP,
        RELEASE,
        RESULT,
        RETROSPECTIVE,
        RETROSPECTIVE_CARD,
        RETROSPECTIVE_COLUMN,
        SPRINT,
        TAG,
        TASK,
        TEAM,
        TEAM_SPRINT_PARTICIPATION,
        TIME_ENTRY,
        VERSION,
        VERSION_PAGE,
        WEBHOOK,
        WEBHOOK_DELIVERY,
    )
}

STORED_TYPES: dict[str, ObjectType] = {name: t for name, t in OBJECT_TYPES.items() if t.stored}
"""The types whose objects live in an account; the others only wrap or shape answers."""
