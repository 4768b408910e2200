"""Makes the sample's objects in wire form: what is not given is null, -1 or empty, and objects stand for their ids."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES, at_most
from scrumrpc.model.properties import Property
from scrumrpc.model.types import STORED_TYPES

Object = dict[str, Any]
NONE = -1.0
"""The number that means none, on the wire."""


def new(object_type: str, id: str, **given: Any) -> Object:
    """An object with all stored properties of its type, in the documented order.

    >>> new("Tag", "729-1-2", projectID="729-1-1", name="urgent", color="Red")["description"] is None
    True
    """
    stored = [p for p in STORED_TYPES[object_type].stored if not p.hidden]
    unknown = given.keys() - {p.name for p in stored}
    if unknown:
        raise TypeError(f"{object_type} {id}: no property {', '.join(sorted(unknown))}")
    values: Object = {"id": id, **given}
    return {"objectType": object_type, **{p.name: _wire(p, values) for p in stored}}


def _wire(p: Property, values: Object) -> Any:
    if p.kind == "number":
        return float(values.get(p.name, NONE))
    if p.kind == "refs":
        return [_id_of(each) for each in values.get(p.name, ())]
    required = not p.nullable and p.default is None
    value = values[p.name] if required else values.get(p.name, p.default)
    return _id_of(value) if p.kind == "ref" else value


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def at(when: str) -> int:
    """A point in time, given in UTC, in milliseconds since 1970.

    >>> at("2013-05-06 17:07:09")
    1367860029000
    """
    return int(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()) * 1000


def project(id: str, name: str, units: tuple[str, str, str] = ("Points", "Days", "Hours"), **more: Any) -> Object:
    """A project; the units are those of rough estimates, of detailed estimates and of time tracking."""
    rough, detailed, time = units
    given = {"status": "Active", "roughEstimateUnit": rough, "detailedEstimateUnit": detailed, "timeTrackingUnit": time}
    return new("Project", id, name=name, **given | more)


def tag(of: Object, id: str, name: str, color: str, **more: Any) -> Object:
    """A tag of a project."""
    return new("Tag", id, projectID=of, name=name, color=color, **more)


def team(of: Object, id: str, name: str, members: list[Object], **more: Any) -> Object:
    """A team of a project."""
    return new("Team", id, projectID=of, name=name, teamMemberIDs=members, **more)


def board(of: Object, id: str, name: str, type: str, **more: Any) -> Object:
    """A board of a project."""
    return new("Board", id, projectID=of, name=name, type=type, **more)


def column(of: Object, id: str, name: str, status: str, **more: Any) -> Object:
    """A column of a board."""
    return new("BoardColumn", id, projectID=of["projectID"], boardID=of, name=name, status=status, **more)


def release(of: Object, id: str, name: str, status: str, **more: Any) -> Object:
    """A release of a project."""
    return new("Release", id, projectID=of, name=name, status=status, **more)


def sprint(of: Object, id: str, name: str, status: str, days: tuple[str, str] | None, **more: Any) -> Object:
    """A sprint of a project, with its first and last day."""
    start, end = days or (None, None)
    return new("Sprint", id, projectID=of, name=name, status=status, startDate=start, endDate=end, **more)


def participation(who: Object, of: Object, available_time: float = NONE) -> Object:
    """A team's part in a sprint."""
    id = f"{who['id']}_{of['id'].partition('-')[2]}"
    return new(
        "TeamSprintParticipation", id, projectID=of["projectID"], teamID=who, sprintID=of, availableTime=available_time
    )


def backlog(of: Object, id: str, name: str, **more: Any) -> Object:
    """A backlog of a project."""
    return new("Backlog", id, projectID=of, name=name, **more)


def backlog_list(of: Object, id: str, name: str, **more: Any) -> Object:
    """A list in a backlog."""
    return new("BacklogList", id, projectID=of["projectID"], backlogID=of, name=name, **more)


def item(
    of: Object, id: str, number: int, name: str, column: Object | None = None, *, created: str | None = None,
    since: str | None = None, **more: Any,
) -> Object:  # fmt: skip
    """A backlog item in a list, or in an epic: New, or else with `status` or standing in a board's `column`.

    Work on it began `since` that day, which in a sprint is the first one.
    """
    given = {"status": "New", "creationDate": at(created) if created else None, **_standing_in(column), **more}
    if of["objectType"] == "BacklogItem":
        given |= {"parentEpicID": of, "backlogListID": of["backlogListID"]}
    else:
        given["backlogListID"] = of
    if column is not None:
        given["boardID"] = column["boardID"]
    if since is None and given.get("sprintID") is not None:
        since = given["sprintID"]["startDate"]
    if given.get("type") == "Bug":
        given["bugState"] = "Closed" if given.get("resolution") else "Open"
    began = at(since) + 7 * _HOUR if since else None
    return new("BacklogItem", id, projectID=of["projectID"], itemNumber=number, name=name, **_reached(began, **given))


def task(
    of: Object, id: str, number: int, name: str, column: Object | None = None, *, since: str | None = None, **more: Any
) -> Object:  # fmt: skip
    """A task of a backlog item: To do, or else with `status` or standing in a board's `column`.

    Work on it began `since` that day, or else when that on the item did.
    """
    given = {"status": "To do", "creationDate": of["creationDate"], **_standing_in(column), **more}
    began = at(since) + 7 * _HOUR if since else of["toDoDate"] or of["creationDate"]
    given = _reached(began, **given)
    return new("Task", id, projectID=of["projectID"], backlogItemID=of, taskNumber=number, name=name, **given)


def _standing_in(column: Object | None) -> Object:
    return {"boardColumnID": column, "status": column["status"]} if column is not None else {}


_HOUR = 3_600_000
_AFTER = {
    "To do": ("toDoDate", 0),
    "In progress": ("inProgressDate", 2 * _HOUR),
    "To test": ("toTestDate", 29 * _HOUR),
    "Done": ("doneDate", 50 * _HOUR),
}
"""The date that each status leaves behind, and how long after work began it is reached."""


def _reached(began: int | None, **given: Any) -> Object:
    """What is given, with the dates of the statuses that have been reached."""
    if began is not None:
        for status, (name, later) in _AFTER.items():
            if at_most(BACKLOG_ITEM_STATUSES, status, given["status"]):
                given[name] = began + later
    return given


def comment(on: Object, id: str, by: Object | None, when: str, text: str | None, **more: Any) -> Object:
    """A remark on another object."""
    return new("Comment", id, **_on(on), creatorID=by, date=at(when), text=text, **more)


def reply(to: Object, id: str, by: Object | None, when: str, text: str | None, **more: Any) -> Object:
    """A reply to a comment, on the same object."""
    same = {name: to[name] for name in ("projectID", "ownerObjectType", "ownerObjectID")}
    return new("Comment", id, **same, parentCommentID=to, creatorID=by, date=at(when), text=text, **more)


def checklist(on: Object, id: str, name: str, **more: Any) -> Object:
    """A checklist on another object."""
    return new("Checklist", id, **_on(on), name=name, **more)


def check(of: Object, id: str, name: str, is_checked: bool = False, **more: Any) -> Object:
    """An item of a checklist."""
    return new("ChecklistItem", id, projectID=of["projectID"], checklistID=of, name=name, isChecked=is_checked, **more)


def attachment(
    on: Object, id: str, file_name: str | None, *, contents: bytes | None = None, **more: Any
) -> Object:  # fmt: skip
    """A file on another object; with `contents` it is kept, else it is somewhere else."""
    given = {"fileName": file_name, "url": _elsewhere(id, file_name)}
    return new("Attachment", id, **_on(on), **given | more) | _kept(contents)


def folder(of: Object, id: str, name: str, **more: Any) -> Object:
    """A folder of a project, or in another folder."""
    return new("File", id, **_in_folder(of), isFolder=True, name=name, **more)


def file(
    of: Object, id: str, file_name: str | None, when: str | None, *, contents: bytes | None = None, **more: Any
) -> Object:
    """A file of a project, or in a folder; with `contents` it is kept, else it is somewhere else."""
    given = {"fileName": file_name, "date": at(when) if when else None, "url": _elsewhere(id, file_name)}
    return new("File", id, **_in_folder(of), isFolder=False, **given | more) | _kept(contents)


def _in_folder(of: Object) -> Object:
    return {"projectID": of} if of["objectType"] == "Project" else {"projectID": of["projectID"], "parentFolderID": of}


def _elsewhere(id: str, file_name: str | None) -> str:
    return f"https://files.example.com/{id}/{quote(file_name or '')}"


def _kept(contents: bytes | None) -> Object:
    return {"fileContents": b64encode(contents).decode()} if contents is not None else {}


def time_entry(on: Object, id: str, date: str, who: Object, used_time: float, **more: Any) -> Object:
    """Time used on a backlog item or a task."""
    return new("TimeEntry", id, **_on(on), date=date, personID=who, usedTime=used_time, **more)


def commit(on: Object, id: str, when: str, by: Object, revision: str, message: str, **more: Any) -> Object:
    """A commit in a source control tool that names a backlog item or a task."""
    return new("Commit", id, **_on(on), date=at(when), creatorID=by, revision=revision, message=message, **more)


def message(of: Object, id: str, by: Object | None, when: str, title: str, **more: Any) -> Object:
    """A message on a project's board of messages."""
    return new("Message", id, projectID=of, creatorID=by, date=at(when), title=title, **{"color": "Yellow"} | more)


def retrospective(
    of: Object, id: str, by: Object | None, when: str, name: str, columns: dict[str, str], **more: Any
) -> Object:  # fmt: skip
    """A retrospective of a project, with the names and colours of its columns."""
    given = {"projectID": of, "creatorID": by, "creationDate": at(when), "name": name, "color": "Light blue"} | more
    shown = [{"name": heading, "color": color} for heading, color in columns.items()]
    return new("Retrospective", id, **given) | {"columns": shown}


def card(of: Object, id: str, column: int, by: Object | None, when: str, name: str, **more: Any) -> Object:
    """A card in a column of a retrospective; columns count from 1."""
    given = {"retrospectiveID": of, "columnNum": column, "creatorID": by, "creationDate": at(when), "name": name}
    return new("RetrospectiveCard", id, projectID=of["projectID"], **given, **more)


def relationship(id: str, start: Object, type: str, end: Object, **more: Any) -> Object:
    """How one backlog item or task relates to another."""
    ends = {
        "fromObjectType": start["objectType"], "fromObjectID": start, "toObjectType": end["objectType"],
        "toObjectID": end,
    }  # fmt: skip
    return new("Relationship", id, projectID=start["projectID"], type=type, **ends, **more)


def custom_field(of: Object, id: str, name: str, type: str, owners: list[str], **more: Any) -> Object:
    """A property that a project gives to objects of some types."""
    given = {"ownerObjectTypes": owners, "isRequired": False} | more
    return new("CustomField", id, projectID=of, name=name, type=type, **given)


def value(of: Object, id: str, on: Object, value: str) -> Object:
    """What an object has in a custom field."""
    return new("CustomFieldValue", id, **_on(on), customFieldID=of, value=value)


def _on(owner: Object) -> Object:
    project = owner["id"] if owner["objectType"] == "Project" else owner["projectID"]
    return {"projectID": project, "ownerObjectType": owner["objectType"], "ownerObjectID": owner}
