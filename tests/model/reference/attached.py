"""What the methods about all that hangs on work and on projects do, by the documentation."""

from __future__ import annotations

import re
from datetime import date as calendar_date
from typing import Any

from scrumrpc.model.enumerations import RELATIONSHIP_INVERSES
from tests.model.reference.account import NONE, Object, Refused, Unknown
from tests.model.reference.people import People

MULTIPLE = ("Checkboxes", "List (multiple selections)")
CHOICES = ("Dropdown", "Radio buttons", "List (single selection)", *MULTIPLE)


class Attached(People):
    """Comments, checklists, time entries and so on."""

    def on(self, owner: Object, owner_type: str) -> Object:
        """What an object has that is on another one."""
        return {"projectID": self.project_of(owner)["id"], "ownerObjectType": owner_type, "ownerObjectID": owner["id"]}

    def addComment(
        self, *, ownerObjectType: str, ownerObjectID: Object, parentCommentID: Object | None, **texts: Any
    ) -> Object:
        """See the documentation."""
        parent = parentCommentID
        self.require(parent is None or parent["ownerObjectID"] == ownerObjectID["id"])
        return self.create(
            "Comment", parentCommentID=parent and parent["id"], creatorID=self.caller, date=self.now,
            **self.on(ownerObjectID, ownerObjectType), **texts,
        )  # fmt: skip

    def addChecklist(self, *, ownerObjectType: str, ownerObjectID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self.create("Checklist", index, **self.on(ownerObjectID, ownerObjectType), **texts)

    def addChecklistItem(self, *, checklistID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        inside = {"projectID": checklistID["projectID"], "checklistID": checklistID["id"]}
        return self.create("ChecklistItem", index, isChecked=False, **inside, **texts)

    # Time and commits

    def addTimeEntry(
        self, *, ownerObjectType: str, ownerObjectID: Object, personID: Object | None, usedTime: float,
        usedTimeUnit: str, **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        owner = ownerObjectID
        self.require(ownerObjectType == "Task" or owner["type"] != "Epic")
        used = self.number(self.project_of(owner), "timeTrackingUnit", usedTime, usedTimeUnit)
        before = self._times(owner)
        new = self.create(
            "TimeEntry", personID=personID["id"] if personID else self.caller, usedTime=used,
            **self.on(owner, ownerObjectType), **texts,
        )  # fmt: skip
        self._follow_time(owner, before)
        return new

    def deleteTimeEntry(self, *, timeEntryID: Object) -> None:
        """See the documentation."""
        owner = self._owner_of(timeEntryID)
        before = self._times(owner)
        self.delete(timeEntryID)
        self._follow_time(owner, before)

    def setTimeEntryUsedTime(self, *, timeEntryID: Object, usedTime: float, usedTimeUnit: str) -> None:
        """See the documentation."""
        owner = self._owner_of(timeEntryID)
        used = self.number(self.project_of(timeEntryID), "timeTrackingUnit", usedTime, usedTimeUnit)
        before = self._times(owner)
        timeEntryID["usedTime"] = used
        self._follow_time(owner, before)

    def setTimeEntryPersonID(self, *, timeEntryID: Object, personID: Object) -> None:
        """See the documentation."""
        timeEntryID["personID"] = personID["id"]

    def _owner_of(self, entry: Object) -> Object:
        return self.get(entry["ownerObjectType"], entry["ownerObjectID"])

    def _item(self, owner: Object) -> Object:
        return owner if owner["objectType"] == "BacklogItem" else self.get("BacklogItem", owner["backlogItemID"])

    def _times(self, owner: Object) -> dict[str, float]:
        """The sums of the item that time is used on, be it on a task of it."""
        return self.sums(self._item(owner))

    def _follow_time(self, owner: Object, before: dict[str, float]) -> None:
        if owner["objectType"] == "Task":
            entries = self.where("TimeEntry", ownerObjectID=owner["id"])
            owner["usedTime"] = sum(entry["usedTime"] for entry in entries) if entries else NONE
        self.follow(self._item(owner), before)

    def addCommit(
        self, *, ownerObjectType: str, ownerObjectID: Object, creatorID: Object | None, **texts: Any
    ) -> Object:
        """See the documentation."""
        creator = creatorID["id"] if creatorID else self.caller
        return self.create("Commit", creatorID=creator, **self.on(ownerObjectID, ownerObjectType), **texts)

    # Relationships

    def addRelationship(
        self, *, type: str, fromObjectType: str, fromObjectID: Object, toObjectType: str, toObjectID: Object,
        **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        start, end = fromObjectID["id"], toObjectID["id"]
        self.require(start != end)
        self.same_project(fromObjectID, toObjectID)
        said = [(each["type"], each["fromObjectID"], each["toObjectID"]) for each in self.every("Relationship")]
        said += [(RELATIONSHIP_INVERSES[kind], second, first) for kind, first, second in said]
        self.require((type, start, end) not in said)
        first, second = (end, start) if type == "Must be done after" else (start, end)
        if type in ("Must be done before", "Must be done after"):
            self.require(first not in self._after(second, said))
        return self.create(
            "Relationship", projectID=fromObjectID["projectID"], type=type, fromObjectType=fromObjectType,
            fromObjectID=start, toObjectType=toObjectType, toObjectID=end, **texts,
        )  # fmt: skip

    def _after(self, wire_id: str, said: list[tuple[str, str, str]]) -> set[str]:
        found = {wire_id}
        while more := {end for kind, start, end in said if kind == "Must be done before" and start in found} - found:
            found |= more
        return found

    # Custom fields

    def addCustomField(
        self, *, projectID: Object, ownerObjectTypes: tuple[str, ...], ownerBacklogItemTypes: tuple[str, ...] | None,
        type: str, unit: str | None, options: tuple[str, ...] | None, index: int, **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        self.require(not ownerBacklogItemTypes or "BacklogItem" in ownerObjectTypes)
        self.require(unit is None or type in ("Integer", "Number"))
        if type in CHOICES and not options:
            raise Refused("MissingParameter")
        self.require(not options or type in CHOICES)
        return self.create(
            "CustomField", index, projectID=projectID["id"], ownerObjectTypes=list(ownerObjectTypes),
            ownerBacklogItemTypes=list(ownerBacklogItemTypes) if ownerBacklogItemTypes else None, type=type, unit=unit,
            options=list(options) if options else None, **texts,
        )  # fmt: skip

    def setCustomFieldName(self, *, customFieldID: Object, name: str) -> None:
        """See the documentation."""
        same = self.where("CustomField", projectID=customFieldID["projectID"], name=name)
        self.require(all(each is customFieldID for each in same))
        customFieldID["name"] = name

    def setCustomFieldUnit(self, *, customFieldID: Object, unit: str | None) -> None:
        """See the documentation."""
        self.require(unit is None or customFieldID["type"] in ("Integer", "Number"))
        customFieldID["unit"] = unit

    def setCustomFieldOptions(self, *, customFieldID: Object, options: tuple[str, ...]) -> None:
        """See the documentation."""
        self.require(customFieldID["type"] in CHOICES)
        for value in self.where("CustomFieldValue", customFieldID=customFieldID["id"]):
            chosen = value["value"].split(",")
            self.require(all(each in options for each in chosen))
            value["value"] = ",".join(each for each in options if each in chosen)
        customFieldID["options"] = list(options)

    def setCustomFieldOwnerBacklogItemTypes(
        self, *, customFieldID: Object, ownerBacklogItemTypes: tuple[str, ...] | None
    ) -> None:
        """See the documentation."""
        types = ownerBacklogItemTypes
        self.require(not types or "BacklogItem" in customFieldID["ownerObjectTypes"])
        for value in self.where("CustomFieldValue", customFieldID=customFieldID["id"], ownerObjectType="BacklogItem"):
            self.require(not types or self.get("BacklogItem", value["ownerObjectID"])["type"] in types)
        customFieldID["ownerBacklogItemTypes"] = list(types) if types else None

    def setCustomFieldValue(
        self, *, customFieldID: Object, ownerObjectType: str, ownerObjectID: Object, value: str | None
    ) -> None:
        """See the documentation."""
        field, owner = customFieldID, ownerObjectID
        self.same_project(field, owner)
        types = field["ownerBacklogItemTypes"]
        self.require(ownerObjectType in field["ownerObjectTypes"])
        self.require(ownerObjectType != "BacklogItem" or types is None or owner["type"] in types)
        present = self.where("CustomFieldValue", customFieldID=field["id"], ownerObjectID=owner["id"])
        if value is None:
            self.require(not field["isRequired"])
            for each in present:
                self.delete(each)
            return
        kept = self._fitting(field, value)
        if present:
            present[0]["value"] = kept
        else:
            self.create("CustomFieldValue", customFieldID=field["id"], value=kept, **self.on(owner, ownerObjectType))

    def _fitting(self, field: Object, value: str) -> str:
        """A value as a field keeps it; those that are drawn are in that form but for the order of options."""
        match field["type"]:
            case "Person" | "Team" | "Release" | "Sprint":
                self.same_project(field, self.get(field["type"], value))
                return value
            case "Checkbox":
                fits = value in ("true", "false")
            case "Integer":
                fits = bool(re.fullmatch("[0-9]+", value))
            case "Number":
                fits = bool(re.fullmatch("[0-9]+(.[0-9]+)?", value))
            case "Date":
                fits = bool(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value)) and bool(
                    calendar_date.fromisoformat(value)
                )
            case "Text (single line)" | "Link":
                fits = "\n" not in value
            case "Text (multiple lines)":
                fits = True
            case several if several in MULTIPLE:
                chosen = value.split(",")
                fits = all(each in field["options"] for each in chosen)
                value = ",".join(each for each in field["options"] if each in chosen)
            case _:
                fits = value in field["options"]
        if not fits:
            raise Refused("InvalidParameter")
        return value

    # Messages, files and attachments

    def addMessage(self, *, projectID: Object, color: str | None, **texts: Any) -> Object:
        """See the documentation."""
        return self.create(
            "Message", projectID=projectID["id"], color=color or "Yellow", creatorID=self.caller, date=self.now, **texts
        )

    def addFolder(self, *, projectID: Object, parentFolderID: Object | None, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self._add_file(projectID, parentFolderID, index, isFolder=True, **texts)

    def addFile(
        self, *, projectID: Object, parentFolderID: Object | None, name: str | None, fileName: str, contentType: Any,
        fileContents: bytes, index: int, **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        return self._add_file(
            projectID, parentFolderID, index, isFolder=False, name=name or fileName, fileName=fileName, url=Unknown(),
            **texts,
        )  # fmt: skip

    def _add_file(self, project: Object, folder: Object | None, index: int, **texts: Any) -> Object:
        self._require_folder(project, folder)
        return self.create(
            "File", index, projectID=project["id"], parentFolderID=folder and folder["id"], creatorID=self.caller,
            date=self.now, **texts,
        )  # fmt: skip

    def _require_folder(self, inside: Object, folder: Object | None) -> None:
        self.same_project(inside, folder)
        self.require(folder is None or folder["isFolder"])

    def moveFile(self, *, fileID: Object, parentFolderID: Object | None, index: int) -> None:
        """See the documentation."""
        self._require_folder(fileID, parentFolderID)
        above = parentFolderID
        while above is not None:
            self.require(above is not fileID)
            above = self.get("File", above["parentFolderID"]) if above["parentFolderID"] else None
        fileID["parentFolderID"] = parentFolderID and parentFolderID["id"]
        self.put(fileID, index)

    def addAttachment(
        self, *, ownerObjectType: str, ownerObjectID: Object, contentType: Any, fileContents: bytes, **texts: Any
    ) -> Object:
        """See the documentation."""
        return self.create("Attachment", url=Unknown(), **self.on(ownerObjectID, ownerObjectType), **texts)
