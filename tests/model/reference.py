"""Reference: what the documentation says the writing methods do, in plain dictionaries; compared with the server."""

from __future__ import annotations

from typing import Any

ITEM_STATUSES = [
    "New", "Ready for estimation", "Ready for sprint", "Assigned to sprint", "To do", "In progress", "To test", "Done",
    "Sprint completed", "Released",
]  # fmt: skip
LISTS = {
    "Project": (
        "checklists", "comments", "attachments", "tags", "teams", "backlogItems", "releases", "sprints", "boards",
    ),
    "BacklogItem": ("checklists", "comments", "attachments", "timeEntries", "commits", "tasks"),
    "Task": ("checklists", "comments", "attachments", "timeEntries", "commits"),
    "Release": ("checklists", "comments", "attachments"),
    "Sprint": ("checklists", "comments", "attachments", "teamSprintParticipations"),
    "Board": ("columns",),
    "Comment": ("replies",),
    "Checklist": ("checklistItems",),
}  # fmt: skip


class Refused(Exception):
    """The call fails with this error id."""


class Reference:
    """An account as getData with everything shows it, and how each method changes it."""

    def __init__(self, data: dict[str, Any], version: int) -> None:
        self.data = data
        self.version = version
        self.requests: set[str] = set()
        self.last_item = max((i["itemNumber"] for i in self.every("BacklogItem")), default=0)
        self.last_task = max((t["taskNumber"] for t in self.every("Task")), default=0)

    # Finding

    def every(self, object_type: str) -> list[dict[str, Any]]:
        """All objects of a type, in order."""
        found: list[dict[str, Any]] = []

        def walk(each: dict[str, Any]) -> None:
            if each["objectType"] == object_type:
                found.append(each)
            for name in LISTS.get(each["objectType"], ()):
                for inner in each[name]:
                    walk(inner)

        for top in [*self.data["persons"], *self.data["projects"]]:
            walk(top)
        return found

    def get(self, object_type: str, wire_id: str) -> dict[str, Any]:
        """The object, which the call needs."""
        for each in self.every(object_type):
            if each["id"] == wire_id:
                return each
        raise Refused("ObjectNotFound")

    def place(self, objects: list[Any], new: dict[str, Any], index: int) -> None:
        """Puts an object into its list."""
        if index > len(objects):
            raise Refused("InvalidParameter")
        objects.insert(len(objects) if index == -1 else index, new)

    def check_external_id(self, object_type: str, wire_id: str | None, external_id: str | None) -> None:
        """No two objects of a type share one."""
        taken = [e for e in self.every(object_type) if e["externalID"] == external_id and e["id"] != wire_id]
        if external_id is not None and taken:
            raise Refused("ObjectWithExternalIDAlreadyExists")

    def check_unit(self, used: str, value: float | None, unit: str | None) -> None:
        """A number comes in the project's unit."""
        if value is not None and unit is None:
            raise Refused("MissingParameter")
        if value is not None and unit != used:
            raise Refused("RequirementNotSatisfied")

    # Methods; each answers the function that completes the result once the server has said the new object's id

    def addProject(self, name: str, externalID: str | None, index: int) -> Any:
        """See the documentation."""
        self.check_external_id("Project", None, externalID)
        if any(p["name"] == name for p in self.data["projects"]):
            raise Refused("RequirementNotSatisfied")
        new = {
            "objectType": "Project", "id": "", "externalID": externalID, "name": name, "description": None,
            "link": None, "status": "Active", "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days",
            "timeTrackingUnit": "Hours", "checklists": [], "comments": [], "attachments": [], "tags": [],
            "productOwnerIDs": [], "stakeholderIDs": [], "teams": [], "backlogItems": [], "releases": [], "sprints": [],
            "boards": [],
        }  # fmt: skip
        self.place(self.data["projects"], new, index)
        return new

    def addBacklogItem(
        self, projectID: str, name: str, externalID: str | None, estimate: float | None, unit: str | None, index: int,
        creator: str,
    ) -> Any:  # fmt: skip
        """See the documentation."""
        project = self.get("Project", projectID)
        self.check_unit(project["detailedEstimateUnit"], estimate, unit)
        self.check_external_id("BacklogItem", None, externalID)
        new = {
            "objectType": "BacklogItem", "id": "", "externalID": externalID, "itemNumber": self.last_item + 1,
            "projectID": projectID, "name": name, "description": None, "link": None, "priority": None, "type": None,
            "color": None, "creatorID": creator, "releaseID": None, "status": "New", "roughEstimate": -1.0,
            "estimate": -1.0 if estimate is None else estimate, "usedTime": -1.0, "remainingWork": -1.0,
            "sprintID": None, "teamID": None, "boardID": None, "boardColumnID": None, "assignedPersonIDs": [],
            "tagIDs": [], "checklists": [], "comments": [], "attachments": [], "timeEntries": [], "commits": [],
            "tasks": [],
        }  # fmt: skip
        self.place(project["backlogItems"], new, index)
        self.last_item += 1
        return new

    def addTask(
        self,
        backlogItemID: str,
        name: str,
        externalID: str | None,
        estimate: float | None,
        unit: str | None,
        index: int,
    ) -> Any:
        """See the documentation."""
        item = self.get("BacklogItem", backlogItemID)
        if ITEM_STATUSES.index(item["status"]) > ITEM_STATUSES.index("Done"):
            raise Refused("RequirementNotSatisfied")
        self.check_unit(self.get("Project", item["projectID"])["detailedEstimateUnit"], estimate, unit)
        self.check_external_id("Task", None, externalID)
        new = {
            "objectType": "Task", "id": "", "externalID": externalID, "taskNumber": self.last_task + 1,
            "projectID": item["projectID"], "backlogItemID": backlogItemID, "name": name, "description": None,
            "link": None, "color": None, "status": "To do", "boardColumnID": self.column(item, "To do"),
            "estimate": -1.0 if estimate is None else estimate, "usedTime": -1.0, "remainingWork": -1.0,
            "assignedPersonIDs": [], "tagIDs": [], "checklists": [], "comments": [], "attachments": [],
            "timeEntries": [], "commits": [],
        }  # fmt: skip
        self.place(item["tasks"], new, index)
        item["boardColumnID"] = None
        self.last_task += 1
        return new

    def column(self, item: dict[str, Any], status: str) -> str | None:
        """The first column of a status on the item's board."""
        if item["boardID"] is None:
            return None
        columns = self.get("Board", item["boardID"])["columns"]
        return next((c["id"] for c in columns if c["status"] == status), None)

    def deleteTask(self, taskID: str) -> None:
        """See the documentation."""
        task = self.get("Task", taskID)
        item = self.get("BacklogItem", task["backlogItemID"])
        if ITEM_STATUSES.index(item["status"]) >= ITEM_STATUSES.index("Sprint completed"):
            raise Refused("RequirementNotSatisfied")
        item["tasks"].remove(task)
        if not item["tasks"]:
            item["boardColumnID"] = self.column(item, item["status"])

    def deleteBacklogItem(self, backlogItemID: str) -> None:
        """See the documentation."""
        item = self.get("BacklogItem", backlogItemID)
        project = self.get("Project", item["projectID"])
        project["backlogItems"].remove(item)
        containers = [*project["releases"], *project["boards"]]
        containers += [p for sprint in project["sprints"] for p in sprint["teamSprintParticipations"]]
        for each in containers:
            if item["id"] in each["assignedBacklogItemIDs"]:
                each["assignedBacklogItemIDs"].remove(item["id"])

    def addTag(self, projectID: str, name: str, color: str | None, index: int) -> Any:
        """See the documentation."""
        project = self.get("Project", projectID)
        if any(tag["name"] == name for tag in project["tags"]):
            raise Refused("RequirementNotSatisfied")
        new = {
            "objectType": "Tag", "id": "", "externalID": None, "projectID": projectID, "name": name,
            "description": None, "color": color or "Blue",
        }  # fmt: skip
        self.place(project["tags"], new, index)
        return new

    def deleteTag(self, tagID: str) -> None:
        """See the documentation."""
        tag = self.get("Tag", tagID)
        self.get("Project", tag["projectID"])["tags"].remove(tag)
        for object_type in ("Release", "Sprint", "BacklogItem", "Task"):
            for each in self.every(object_type):
                if tagID in each["tagIDs"]:
                    each["tagIDs"].remove(tagID)

    def addTagOnObject(self, tagID: str, objectType: str, objectID: str) -> None:
        """See the documentation."""
        tag, tagged = self.get("Tag", tagID), self.get(objectType, objectID)
        if tag["projectID"] != tagged["projectID"] or tagID in tagged["tagIDs"]:
            raise Refused("RequirementNotSatisfied")
        tagged["tagIDs"].append(tagID)

    def removeTagFromObject(self, tagID: str, objectType: str, objectID: str) -> None:
        """See the documentation."""
        self.get("Tag", tagID)
        tagged = self.get(objectType, objectID)
        if tagID not in tagged["tagIDs"]:
            raise Refused("RequirementNotSatisfied")
        tagged["tagIDs"].remove(tagID)

    def addComment(
        self, ownerObjectType: str, ownerObjectID: str, parentCommentID: str | None, text: str, creator: str
    ) -> Any:
        """See the documentation."""
        owner = self.get(ownerObjectType, ownerObjectID)
        siblings = owner["comments"]
        if parentCommentID is not None:
            parent = self.get("Comment", parentCommentID)
            if parent["ownerObjectID"] != ownerObjectID:
                raise Refused("RequirementNotSatisfied")
            siblings = parent["replies"]
        new = {
            "objectType": "Comment", "id": "", "externalID": None,
            "projectID": owner["id"] if ownerObjectType == "Project" else owner["projectID"],
            "ownerObjectType": ownerObjectType, "ownerObjectID": ownerObjectID, "parentCommentID": parentCommentID,
            "creatorID": creator, "date": None, "text": text, "replies": [],
        }  # fmt: skip
        siblings.append(new)
        return new

    def deleteComment(self, commentID: str) -> None:
        """See the documentation."""
        comment = self.get("Comment", commentID)
        if comment["parentCommentID"]:
            self.get("Comment", comment["parentCommentID"])["replies"].remove(comment)
        else:
            self.get(comment["ownerObjectType"], comment["ownerObjectID"])["comments"].remove(comment)

    def assign(self, objectType: str, objectID: str, personID: str | None) -> None:
        """setBacklogItemAssignedPersonID and setTaskAssignedPersonID."""
        each = self.get(objectType, objectID)
        if personID is not None:
            self.get("Person", personID)
        if objectType == "BacklogItem" and each["tasks"]:
            raise Refused("RequirementNotSatisfied")
        if personID is None and ITEM_STATUSES.index(each["status"]) > ITEM_STATUSES.index("To do"):
            raise Refused("RequirementNotSatisfied")
        each["assignedPersonIDs"] = [personID] if personID else []

    def set(self, objectType: str, objectID: str, name: str, value: Any) -> None:
        """The methods that set one property."""
        each = self.get(objectType, objectID)
        if name == "externalID":
            self.check_external_id(objectType, objectID, value)
        each[name] = value
