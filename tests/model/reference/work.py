"""What the methods about backlog items and tasks do, by the documentation."""

from __future__ import annotations

import math
from typing import Any

from tests.model.reference.account import NONE, Account, Object

WORKING = ["To do", "In progress", "To test", "Done"]
STATUSES = ["New", "Ready for estimation", "Ready for sprint", "Assigned to sprint", *WORKING, "Sprint completed",
            "Released"]  # fmt: skip
DATES = {"To do": "toDoDate", "In progress": "inProgressDate", "To test": "toTestDate", "Done": "doneDate"}
UNFINISHED = ("In planning", "In progress")


def unfinished(item: Object) -> bool:
    """Whether an item is at most Done."""
    return STATUSES.index(item["status"]) <= STATUSES.index("Done")


class Work(Account):
    """Items and tasks: their places, their statuses, and their sums."""

    # Statuses

    def tasks(self, item: Object) -> list[Object]:
        """The tasks of an item."""
        return self.where("Task", backlogItemID=item["id"])

    def reach(self, work: Object, status: str) -> None:
        """Gives work a status and the dates of those that it passes; later ones have none. Done means no work left."""
        for passed, name in DATES.items():
            if STATUSES.index(passed) > STATUSES.index(status):
                work[name] = None
            elif STATUSES.index(passed) > STATUSES.index(work["status"]):
                work[name] = self.now
        finished = status == "Done" != work["status"]
        by_tasks = work["objectType"] == "BacklogItem" and any(t["remainingWork"] != NONE for t in self.tasks(work))
        if finished and work["remainingWork"] != NONE and not by_tasks:
            work["remainingWork"] = 0.0
        work["status"] = status

    def given_by_tasks(self, item: Object) -> str:
        """The status that an item being worked on has: that of its tasks, else the one it has or To do."""
        statuses = {task["status"] for task in self.tasks(item)}
        if not statuses:
            return str(item["status"]) if item["status"] in WORKING else "To do"
        for status in ("To do", "Done"):
            if statuses == {status}:
                return status
        return "To test" if statuses <= {"To test", "Done"} else "In progress"

    def column_of(self, item: Object, work: Object) -> str | None:
        """Where work stands on the board of its item: where it is if that fits, else in the first fitting column."""
        columns = [
            column["id"]
            for column in self.where("BoardColumn", boardID=item["boardID"])
            if column["status"] == work["status"]
        ]
        return work["boardColumnID"] if work["boardColumnID"] in columns else next(iter(columns), None)

    def stand(self, item: Object) -> None:
        """Puts an item, or the tasks that it has, into the columns of its board."""
        tasks = self.tasks(item)
        for task in tasks:
            task["boardColumnID"] = self.column_of(item, task)
        item["boardColumnID"] = None if tasks else self.column_of(item, item)
        if item["status"] != "Done" or item["boardID"] is None:
            item["isArchivedInBoard"] = False

    def sums(self, item: Object) -> dict[str, float]:
        """The numbers of an item that come from its tasks and time entries."""
        sums = {}
        for name in ("estimate", "remainingWork", "usedTime"):
            parts = [each[name] for each in self.tasks(item)]
            if name == "usedTime":
                parts += [entry[name] for entry in self.where("TimeEntry", ownerObjectID=item["id"])]
            if any(part != NONE for part in parts):
                sums[name] = math.fsum(part for part in parts if part != NONE)
        return sums

    def follow(self, item: Object, before: dict[str, float]) -> None:
        """Brings an item in line with its tasks; `before` are the sums that it had."""
        now = self.sums(item)
        for name in before:
            item[name] = NONE
        item.update(now)
        if self.tasks(item):
            item["assignedPersonIDs"] = []
            if item["status"] in WORKING:
                self.reach(item, self.given_by_tasks(item))
        self.stand(item)

    def leave_board(self, item: Object, status: str) -> None:
        """Takes an item off the board that it may be on."""
        self.take_off_board(item)
        item["boardID"] = None
        self.reach(item, status)
        self.stand(item)

    def enter_board(self, item: Object, board: Object, index: int = -1) -> None:
        """Puts an item on a board, where it is being worked on."""
        self.put_on_board(item, board, index)
        item["boardID"], item["isArchivedInBoard"] = board["id"], False
        self.reach(item, self.given_by_tasks(item))
        self.stand(item)

    def need_person(self, work: Object, status: str, person: Object | None) -> None:
        """Work beyond To do is somebody's."""
        self.require(person or work["assignedPersonIDs"] or status not in WORKING[1:])

    # Backlog items

    def addBacklogItem(
        self, *, projectID: Object, backlogListID: Object | None, type: str | None, roughEstimate: float | None,
        roughEstimateUnit: str | None, estimate: float | None, estimateUnit: str | None, index: int, **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        self.same_project(projectID, backlogListID)
        rough = self.number(projectID, "roughEstimateUnit", roughEstimate, roughEstimateUnit)
        exact = self.number(projectID, "detailedEstimateUnit", estimate, estimateUnit)
        first = next(
            (
                each
                for backlog in self.where("Backlog", projectID=projectID["id"], isArchived=False)
                for each in self.where("BacklogList", backlogID=backlog["id"], isArchived=False)
            ),
            None,
        )
        into = backlogListID or first
        return self.create(
            "BacklogItem", index, projectID=projectID["id"], backlogListID=into and into["id"], type=type,
            bugState="Open" if type == "Bug" else None, roughEstimate=rough, estimate=exact, creatorID=self.caller,
            creationDate=self.now, status="New", **texts,
        )  # fmt: skip

    def deleteBacklogItem(self, *, backlogItemID: Object) -> None:
        """See the documentation."""
        for child in self.where("BacklogItem", parentEpicID=backlogItemID["id"]):
            child["parentEpicID"] = backlogItemID["parentEpicID"]
        self.delete(backlogItemID)

    def setBacklogItemAssignedPersonID(self, *, backlogItemID: Object, assignedPersonID: Object | None) -> None:
        """See the documentation."""
        self.require(not self.tasks(backlogItemID))
        self.require(assignedPersonID or STATUSES.index(backlogItemID["status"]) <= STATUSES.index("To do"))
        backlogItemID["assignedPersonIDs"] = [assignedPersonID["id"]] if assignedPersonID else []

    def setBacklogItemCreatorID(self, *, backlogItemID: Object, creatorID: Object | None) -> None:
        """See the documentation."""
        backlogItemID["creatorID"] = creatorID and creatorID["id"]

    def setBacklogItemType(self, *, backlogItemID: Object, type: str | None) -> None:
        """See the documentation."""
        item = backlogItemID
        if type == "Epic" != item["type"]:
            self.require(not self.tasks(item) and item["sprintID"] is None and item["boardID"] is None)
        if type != "Epic":
            self.require(not self.where("BacklogItem", parentEpicID=item["id"]))
        if type != item["type"]:
            item |= {"bugState": "Open" if type == "Bug" else None, "resolution": None, "reproducible": None}
        item["type"] = type
        for value in self.where("CustomFieldValue", ownerObjectID=item["id"]):
            types = self.get("CustomField", value["customFieldID"])["ownerBacklogItemTypes"]
            if types is not None and type not in types:
                self.delete(value)

    def setBacklogItemStatus(self, *, backlogItemID: Object, status: str, assignedPersonID: Object | None) -> None:
        """See the documentation."""
        item, tasks = backlogItemID, self.tasks(backlogItemID)
        self.require(status not in ("Assigned to sprint", "Sprint completed", "Released"))
        self.require(item["status"] != "Released")
        if item["sprintID"] is not None:
            self.require(self.get("Sprint", item["sprintID"])["status"] == "In progress")
        if item["sprintID"] is not None or item["boardID"] is not None:
            self.require(status in WORKING)
        if tasks:
            self.require(assignedPersonID is None)
            self.require(status not in WORKING or status == self.given_by_tasks(item))
        else:
            self.need_person(item, status, assignedPersonID)
        if assignedPersonID:
            item["assignedPersonIDs"] = [assignedPersonID["id"]]
        self.reach(item, status)
        self.stand(item)

    def setBacklogItemReproducible(self, *, backlogItemID: Object, reproducible: str | None) -> None:
        """See the documentation."""
        self.require(backlogItemID["type"] == "Bug")
        backlogItemID["reproducible"] = reproducible

    def setBacklogItemResolution(self, *, backlogItemID: Object, resolution: str | None) -> None:
        """See the documentation."""
        self.require(backlogItemID["type"] == "Bug")
        backlogItemID.update(resolution=resolution, bugState="Closed" if resolution else "Open")

    def setBacklogItemRoughEstimate(
        self, *, backlogItemID: Object, roughEstimate: float | None, roughEstimateUnit: str | None
    ) -> None:
        """See the documentation."""
        project = self.project_of(backlogItemID)
        backlogItemID["roughEstimate"] = self.number(project, "roughEstimateUnit", roughEstimate, roughEstimateUnit)

    def setBacklogItemEstimate(
        self, *, backlogItemID: Object, estimate: float | None, estimateUnit: str | None
    ) -> None:
        """See the documentation."""
        self._set_number(backlogItemID, "estimate", estimate, estimateUnit)

    def setBacklogItemRemainingWork(
        self, *, backlogItemID: Object, remainingWork: float | None, remainingWorkUnit: str | None
    ) -> None:
        """See the documentation."""
        self._set_number(backlogItemID, "remainingWork", remainingWork, remainingWorkUnit)

    def setBacklogItemUsedTime(
        self, *, backlogItemID: Object, usedTime: float | None, usedTimeUnit: str | None
    ) -> None:
        """See the documentation."""
        self.require(not self.where("TimeEntry", ownerObjectID=backlogItemID["id"]))
        self._set_number(backlogItemID, "usedTime", usedTime, usedTimeUnit)

    def _set_number(self, item: Object, name: str, value: float | None, unit: str | None) -> None:
        number = self.number(self.project_of(item), "detailedEstimateUnit", value, unit)
        self.require(name not in self.sums(item))
        item[name] = number

    # Order

    def moveBacklogItem(self, *, backlogItemID: Object, index: int) -> None:
        """See the documentation."""
        self.put(backlogItemID, index)

    def moveBacklogItemToBacklogList(self, *, backlogItemID: Object, backlogListID: Object, index: int) -> None:
        """See the documentation."""
        self.same_project(backlogItemID, backlogListID)
        self.require(backlogItemID["parentEpicID"] is None)
        self._take_along(backlogItemID, backlogListID["id"])
        self.put(backlogItemID, index, part=lambda item: item["backlogListID"])

    def assignBacklogItemToEpic(self, *, backlogItemID: Object, epicID: Object, index: int) -> None:
        """See the documentation."""
        self.same_project(backlogItemID, epicID)
        self.require(epicID["type"] == "Epic" and not self._is_part(epicID, backlogItemID))
        backlogItemID["parentEpicID"] = epicID["id"]
        self._take_along(backlogItemID, epicID["backlogListID"])
        self.put(backlogItemID, index)

    def unassignBacklogItemFromEpic(self, *, backlogItemID: Object) -> None:
        """See the documentation."""
        self.require(backlogItemID["parentEpicID"] is not None)
        backlogItemID["parentEpicID"] = None
        self.put(backlogItemID, -1)

    def _is_part(self, item: Object, whole: Object) -> bool:
        if item is whole:
            return True
        return item["parentEpicID"] is not None and self._is_part(self.get("BacklogItem", item["parentEpicID"]), whole)

    def _take_along(self, item: Object, backlog_list: str | None) -> None:
        item["backlogListID"] = backlog_list
        for child in self.where("BacklogItem", parentEpicID=item["id"]):
            self._take_along(child, backlog_list)

    # Tasks

    def addTask(
        self, *, backlogItemID: Object, estimate: float | None, estimateUnit: str | None, index: int, **texts: Any
    ) -> Object:
        """See the documentation."""
        item = backlogItemID
        self.require(item["type"] != "Epic" and unfinished(item))
        number = self.number(self.project_of(item), "detailedEstimateUnit", estimate, estimateUnit)
        before = self.sums(item)
        new = self.create(
            "Task", index, projectID=item["projectID"], backlogItemID=item["id"], creationDate=self.now,
            status="To do", toDoDate=self.now, estimate=number,
            assignedPersonIDs=list(item["assignedPersonIDs"]), **texts,
        )  # fmt: skip
        self.follow(item, before)
        return new

    def deleteTask(self, *, taskID: Object) -> None:
        """See the documentation."""
        item = self._item_of(taskID)
        self.require(unfinished(item))
        before = self.sums(item)
        self.delete(taskID)
        self._lose(item, taskID["assignedPersonIDs"], before)

    def _lose(self, item: Object, people: list[str], before: dict[str, float]) -> None:
        if not self.tasks(item):
            item["assignedPersonIDs"] = list(people)
        self.follow(item, before)

    def _item_of(self, task: Object) -> Object:
        return self.get("BacklogItem", task["backlogItemID"])

    def setTaskAssignedPersonID(self, *, taskID: Object, assignedPersonID: Object | None) -> None:
        """See the documentation."""
        self.require(assignedPersonID or taskID["status"] == "To do")
        taskID["assignedPersonIDs"] = [assignedPersonID["id"]] if assignedPersonID else []

    def setTaskStatus(self, *, taskID: Object, status: str, assignedPersonID: Object | None) -> None:
        """See the documentation."""
        self._put_task(taskID, status, taskID["boardColumnID"], assignedPersonID)

    def moveTaskToBoardColumn(self, *, taskID: Object, boardColumnID: Object, assignedPersonID: Object | None) -> None:
        """See the documentation."""
        self.require(self._item_of(taskID)["boardID"] == boardColumnID["boardID"])
        self._put_task(taskID, boardColumnID["status"], boardColumnID["id"], assignedPersonID)

    def _put_task(self, task: Object, status: str, column: str | None, person: Object | None) -> None:
        item = self._item_of(task)
        self.require(unfinished(item))
        self.need_person(task, status, person)
        before = self.sums(item)
        task["boardColumnID"] = column
        if person:
            task["assignedPersonIDs"] = [person["id"]]
        self.reach(task, status)
        self.follow(item, before)

    def setTaskEstimate(self, *, taskID: Object, estimate: float | None, estimateUnit: str | None) -> None:
        """See the documentation."""
        self._set_number_of_task(taskID, "estimate", estimate, estimateUnit)

    def setTaskRemainingWork(
        self, *, taskID: Object, remainingWork: float | None, remainingWorkUnit: str | None
    ) -> None:
        """See the documentation."""
        self._set_number_of_task(taskID, "remainingWork", remainingWork, remainingWorkUnit)

    def setTaskUsedTime(self, *, taskID: Object, usedTime: float | None, usedTimeUnit: str | None) -> None:
        """See the documentation."""
        self.require(not self.where("TimeEntry", ownerObjectID=taskID["id"]))
        self._set_number_of_task(taskID, "usedTime", usedTime, usedTimeUnit)

    def _set_number_of_task(self, task: Object, name: str, value: float | None, unit: str | None) -> None:
        number = self.number(self.project_of(task), "detailedEstimateUnit", value, unit)
        before = self.sums(self._item_of(task))
        task[name] = number
        self.follow(self._item_of(task), before)

    def moveTask(self, *, taskID: Object, index: int) -> None:
        """See the documentation."""
        self.put(taskID, index)

    def moveTaskToBacklogItem(self, *, taskID: Object, backlogItemID: Object, index: int) -> None:
        """See the documentation."""
        source, target = self._item_of(taskID), backlogItemID
        self.same_project(source, target)
        self.require(unfinished(source) and unfinished(target) and target["type"] != "Epic")
        befores = self.sums(source), self.sums(target)
        own = list(taskID["assignedPersonIDs"])
        taskID["backlogItemID"] = target["id"]
        self.put(taskID, index)
        if source is target:
            return
        taskID["assignedPersonIDs"] = own + [each for each in target["assignedPersonIDs"] if each not in own]
        taskID["boardColumnID"] = None
        self._lose(source, own, befores[0])
        self.follow(target, befores[1])
