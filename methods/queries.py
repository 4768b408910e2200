"""Methods that read single objects, and backlog items by filters."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from methods.item_filters import choice_of
from methods.item_order import order_of
from methods.item_pages import page_of
from scrumrpc.calls.cursors import cursor_from, question_of, text_of
from scrumrpc.calls.kinds import (
    BacklogItemTypes,
    FlagOrNone,
    IncludeProperties,
    Priorities,
    ProjectIDs,
    Statuses,
    shown,
)
from scrumrpc.calls.permissions import ANYBODY, check_access
from scrumrpc.calls.query_kinds import (
    DEFAULT_PAGE,
    CursorText,
    ExternalIDToFind,
    InColumnRef,
    InEpicRef,
    InListRef,
    InReleaseRef,
    InSprintRef,
    Limit,
    ObjectOrNoneRef,
    OnBoardRef,
    Order,
    PersonIDToFind,
    SearchText,
    StoredType,
    TagIDs,
)
from scrumrpc.calls.registry import method
from scrumrpc.calls.version_kinds import AtDataVersion, ChangedSince
from scrumrpc.calls.view import Json, View
from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound
from scrumrpc.model.record import Record
from scrumrpc.model.types import STORED_TYPES


@method(noun="Data", writes=False, answers="object", permission=ANYBODY)
async def getObject(
    view: View,
    *,
    objectType: StoredType,
    objectID: ObjectOrNoneRef = None,
    externalID: ExternalIDToFind = None,
    includeProperties: IncludeProperties = frozenset(),
    atDataVersion: AtDataVersion = None,
) -> Json:
    """Answers one object, found by its id or by its external id, with all that nests in it.

    As in getData, properties that can grow large are null unless includeProperties names them.
    """
    if (objectID is None) == (externalID is None):
        if objectID is None:
            raise MissingParameter("getObject needs either objectID or externalID to find the object by.")
        raise InvalidParameter("The parameters objectID and externalID are both given; getObject takes one of them.")
    image = await view.image()
    found = objectID
    if externalID is not None:
        if objectType == "DeletedPerson" or not STORED_TYPES[objectType].has("externalID"):
            raise InvalidParameter(
                f"Objects of the type {objectType} are not found by the parameter externalID; give objectID instead."
            )
        found = image.find_external(objectType, externalID)
        if found is None:
            raise ObjectNotFound(f"There is no {objectType} with the external id {shown(externalID)}.")
        check_access(view.standing, found)
    assert found is not None
    parts: list[bytes] = []
    image.write(parts, found.number, includeProperties)
    return Json(parts)


@method(noun="BacklogItem", writes=False, answers="page", permission=ANYBODY)
async def getBacklogItems(
    view: View,
    *,
    projectIDs: ProjectIDs = None,
    sprintID: InSprintRef = None,
    inSprint: FlagOrNone = None,
    releaseID: InReleaseRef = None,
    boardID: OnBoardRef = None,
    boardColumnID: InColumnRef = None,
    backlogListID: InListRef = None,
    epicID: InEpicRef = None,
    inEpic: FlagOrNone = None,
    statuses: Statuses = None,
    types: BacklogItemTypes = None,
    priorities: Priorities = None,
    personID: PersonIDToFind = None,
    tagIDs: TagIDs = None,
    text: SearchText = None,
    changedSince: ChangedSince = None,
    order: Order = "backlog",
    limit: Limit = DEFAULT_PAGE,
    cursor: CursorText = None,
    includeProperties: IncludeProperties = frozenset(),
    atDataVersion: AtDataVersion = None,
) -> Json:
    """Answers the backlog items that pass all the filters given, page by page.

    Epics and what is part of them each count, and come, on their own; an epic has its childBacklogItems in it besides,
    whether or not they pass. In backlog order these come right after their epic.

    While nextCursor is not null, the same call with that as cursor answers the next page. What is added, changed or
    deleted in the meantime does not disturb the others: each item that passes throughout, and keeps its place in the
    order, is answered exactly once.
    """
    filters = {
        "projectIDs": projectIDs, "sprintID": sprintID, "inSprint": inSprint, "releaseID": releaseID,
        "boardID": boardID, "boardColumnID": boardColumnID, "backlogListID": backlogListID, "epicID": epicID,
        "inEpic": inEpic, "statuses": statuses, "types": types, "priorities": priorities, "personID": personID,
        "tagIDs": tagIDs, "text": text, "changedSince": changedSince,
    }  # fmt: skip
    bound = {"account": view.standing.account, "order": order, "atDataVersion": atDataVersion}
    question = question_of(bound | _plain(filters))
    sorting = order_of(order)
    after = cursor_from(cursor, question, view.standing, sorting.key_type) if cursor else None
    changed = None
    if changedSince is None:
        image = await view.image()
    else:
        if changedSince > view.version:
            until = (
                f"the account is at data version {view.version}"
                if atDataVersion is None
                else (f"the parameter atDataVersion is {atDataVersion}")
            )
            raise InvalidParameter(f"The parameter changedSince is {changedSince}, but {until}.")
        image, changed = await view.changed_since("BacklogItem", changedSince)
    choice = choice_of(image, view.standing, filters, changed)
    items, following = page_of(image, choice, sorting, after, limit)
    parts = [b'{"objectType":"BacklogItemPage","backlogItems":']
    image.write_array(parts, (item.number for item in items), includeProperties)
    parts += [b',"nextCursor":', orjson.dumps(following and text_of(following, question, view.standing.epoch)), b"}"]
    return Json(parts)


def _plain(filters: Mapping[str, object]) -> dict[str, object]:
    """The filters as values that can be compared with those of another call."""
    return {
        name: value.number if isinstance(value, Record) else sorted(value) if isinstance(value, tuple) else value
        for name, value in filters.items()
    }
