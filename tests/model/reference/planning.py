"""What the methods about sprints, releases and boards do, by the documentation."""

from __future__ import annotations

from typing import Any

from tests.model.reference.account import Object
from tests.model.reference.work import UNFINISHED, Work, unfinished


class Planning(Work):
    """What items are planned for, and the boards that they are worked on at."""

    # Releases

    def addRelease(
        self, *, projectID: Object, startDate: str | None, releaseDate: str | None, index: int, **texts: Any
    ) -> Object:
        """See the documentation."""
        self.require(not startDate or not releaseDate or startDate <= releaseDate)
        return self.create(
            "Release", index, projectID=projectID["id"], startDate=startDate, releaseDate=releaseDate,
            status="In planning", **texts,
        )  # fmt: skip

    def startRelease(self, *, releaseID: Object) -> None:
        """See the documentation."""
        self.require(releaseID["status"] == "In planning")
        releaseID["status"] = "In progress"

    def completeRelease(self, *, releaseID: Object, nextReleaseID: Object | None) -> None:
        """See the documentation."""
        self.require(releaseID["status"] in UNFINISHED)
        self.same_project(releaseID, nextReleaseID)
        self.require(nextReleaseID is None or nextReleaseID["status"] in UNFINISHED)
        self.require(nextReleaseID is not releaseID)
        for item in self.where("BacklogItem", releaseID=releaseID["id"]):
            worked_on = item["sprintID"] is not None and self.get("Sprint", item["sprintID"])["status"] in UNFINISHED
            if item["status"] == "Sprint completed" or (item["status"] == "Done" and not worked_on):
                self.leave_board(item, "Released")
            elif item["status"] != "Released":
                item["releaseID"] = nextReleaseID and nextReleaseID["id"]
        releaseID["status"] = "Completed"

    def deleteRelease(self, *, releaseID: Object) -> None:
        """See the documentation."""
        for item in self.where("BacklogItem", releaseID=releaseID["id"]):
            item["releaseID"] = None
        self.forget_choice(releaseID)
        self.delete(releaseID)

    def setReleaseDates(self, *, releaseID: Object, startDate: str | None, releaseDate: str | None) -> None:
        """See the documentation."""
        self.require(not startDate or not releaseDate or startDate <= releaseDate)
        releaseID.update(startDate=startDate, releaseDate=releaseDate)

    def setReleaseVelocities(self, *, releaseID: Object, velocityUnit: str | None, **velocities: float | None) -> None:
        """See the documentation."""
        project = self.project_of(releaseID)
        for name, velocity in velocities.items():
            releaseID[name] = self.number(project, "roughEstimateUnit", velocity, velocityUnit)

    def assignBacklogItemToRelease(self, *, backlogItemID: Object, releaseID: Object) -> None:
        """See the documentation."""
        self.same_project(backlogItemID, releaseID)
        self.require(releaseID["status"] in UNFINISHED and backlogItemID["status"] != "Released")
        backlogItemID["releaseID"] = releaseID["id"]

    def unassignBacklogItemFromRelease(self, *, backlogItemID: Object) -> None:
        """See the documentation."""
        self.require(backlogItemID["releaseID"] is not None and backlogItemID["status"] != "Released")
        backlogItemID["releaseID"] = None

    # Sprints

    def addSprint(
        self, *, projectID: Object, startDate: str | None, endDate: str | None, boardID: Object | None, index: int,
        **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        self.require(not startDate or not endDate or startDate <= endDate)
        self.same_project(projectID, boardID)
        self.require(boardID is None or boardID["type"] == "Scrum")
        return self.create(
            "Sprint", index, projectID=projectID["id"], startDate=startDate, endDate=endDate,
            boardID=boardID and boardID["id"], status="In planning", **texts,
        )  # fmt: skip

    def setSprintBoardID(self, *, sprintID: Object, boardID: Object | None) -> None:
        """See the documentation."""
        self.same_project(sprintID, boardID)
        self.require(sprintID["status"] == "In planning" and (boardID is None or boardID["type"] == "Scrum"))
        sprintID["boardID"] = boardID and boardID["id"]

    def setSprintDates(self, *, sprintID: Object, startDate: str | None, endDate: str | None) -> None:
        """See the documentation."""
        self.require(not startDate or not endDate or startDate <= endDate)
        sprintID.update(startDate=startDate, endDate=endDate)

    def startSprint(self, *, sprintID: Object) -> None:
        """See the documentation."""
        self.require(sprintID["status"] == "In planning")
        sprintID["status"] = "In progress"
        for item in self.where("BacklogItem", sprintID=sprintID["id"]):
            self._take_place(item, sprintID)

    def _take_place(self, item: Object, sprint: Object) -> None:
        """Gives an item the status and the board that come with a sprint that is not finished."""
        if sprint["status"] == "In planning":
            self.leave_board(item, "Assigned to sprint")
        elif sprint["boardID"] is None:
            self.leave_board(item, self.given_by_tasks(item))
        else:
            self.enter_board(item, self.get("Board", sprint["boardID"]))

    def assignBacklogItemToSprint(self, *, backlogItemID: Object, sprintID: Object, teamID: Object) -> None:
        """See the documentation."""
        item = backlogItemID
        self.same_project(item, sprintID, teamID)
        self.require(sprintID["status"] in UNFINISHED and item["type"] != "Epic" and unfinished(item))
        self.require(item["boardID"] is None or self.get("Board", item["boardID"])["type"] == "Scrum")
        self._join(item, sprintID, teamID)

    def _join(self, item: Object, sprint: Object, team: Object) -> None:
        if not self.where("TeamSprintParticipation", sprintID=sprint["id"], teamID=team["id"]):
            self._take_part(sprint, team)
        item["teamID"] = team["id"]
        if item["sprintID"] != sprint["id"]:
            item["sprintID"] = sprint["id"]
            self._take_place(item, sprint)

    def _leave_sprint(self, item: Object, status: str = "Ready for sprint") -> None:
        item |= {"sprintID": None, "teamID": None}
        self.leave_board(item, status)

    def unassignBacklogItemFromSprint(self, *, backlogItemID: Object) -> None:
        """See the documentation."""
        sprint = backlogItemID["sprintID"]
        self.require(sprint is not None and self.get("Sprint", sprint)["status"] in UNFINISHED)
        self._leave_sprint(backlogItemID)

    def completeSprint(self, *, sprintID: Object, nextSprintID: Object | None) -> None:
        """See the documentation."""
        self._end(sprintID, nextSprintID, "Completed")

    def abortSprint(self, *, sprintID: Object, nextSprintID: Object | None) -> None:
        """See the documentation."""
        self._end(sprintID, nextSprintID, "Aborted")

    def _end(self, sprint: Object, following: Object | None, status: str) -> None:
        self.same_project(sprint, following)
        self.require(sprint["status"] == "In progress")
        self.require(following is None or (following["status"] in UNFINISHED and following is not sprint))
        for item in self.where("BacklogItem", sprintID=sprint["id"]):
            if item["status"] == "Done":
                self.leave_board(item, "Sprint completed")
            elif following is None:
                self._leave_sprint(item)
            else:
                self._join(item, following, self.get("Team", item["teamID"]))
        sprint["status"] = status

    def deleteSprint(self, *, sprintID: Object) -> None:
        """See the documentation."""
        self.require(sprintID["status"] != "In progress")
        for item in self.where("BacklogItem", sprintID=sprintID["id"]):
            self._leave_sprint(item, "Ready for sprint" if sprintID["status"] == "In planning" else item["status"])
        self.forget_choice(sprintID)
        self.delete(sprintID)

    # Teams in sprints

    def addTeamSprintParticipation(
        self, *, sprintID: Object, teamID: Object, availableTime: float | None, availableTimeUnit: str | None
    ) -> Object:
        """See the documentation."""
        self.same_project(sprintID, teamID)
        self.require(sprintID["status"] in UNFINISHED)
        self.require(not self.where("TeamSprintParticipation", sprintID=sprintID["id"], teamID=teamID["id"]))
        time = self.number(self.project_of(sprintID), "detailedEstimateUnit", availableTime, availableTimeUnit)
        return self._take_part(sprintID, teamID, availableTime=time)

    def _take_part(self, sprint: Object, team: Object, **more: Any) -> Object:
        new = self.create(
            "TeamSprintParticipation", projectID=sprint["projectID"], sprintID=sprint["id"], teamID=team["id"], **more
        )
        if isinstance(team["id"], str) and isinstance(sprint["id"], str):
            new["id"] = f"{team['id']}_{sprint['id'].partition('-')[2]}"
        return new

    def setTeamSprintParticipationAvailableTime(
        self, *, teamSprintParticipationID: Object, availableTime: float | None, availableTimeUnit: str | None
    ) -> None:
        """See the documentation."""
        project = self.project_of(teamSprintParticipationID)
        time = self.number(project, "detailedEstimateUnit", availableTime, availableTimeUnit)
        teamSprintParticipationID["availableTime"] = time

    def deleteTeamSprintParticipation(self, *, teamSprintParticipationID: Object) -> None:
        """See the documentation."""
        self.require(not self.assigned(teamSprintParticipationID))
        self.delete(teamSprintParticipationID)

    # Boards

    def addBoard(self, *, projectID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self.create("Board", index, projectID=projectID["id"], **texts)

    def deleteBoard(self, *, boardID: Object) -> None:
        """See the documentation."""
        self.require(not self.assigned(boardID))
        for sprint in self.where("Sprint", boardID=boardID["id"]):
            sprint["boardID"] = None
        self.delete(boardID)

    def addBoardColumn(self, *, boardID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        new = self.create("BoardColumn", index, projectID=boardID["projectID"], boardID=boardID["id"], **texts)
        self._stand_on(boardID["id"])
        return new

    def _stand_on(self, board: Any) -> None:
        for item in self.where("BacklogItem", boardID=board):
            self.stand(item)

    def _in_column(self, column: Object) -> list[Object]:
        return self.where("BacklogItem", boardColumnID=column["id"]) + self.where("Task", boardColumnID=column["id"])

    def setBoardColumnStatus(self, *, boardColumnID: Object, status: str) -> None:
        """See the documentation."""
        self.require(boardColumnID["status"] == status or not self._in_column(boardColumnID))
        boardColumnID["status"] = status
        self._stand_on(boardColumnID["boardID"])

    def deleteBoardColumn(self, *, boardColumnID: Object) -> None:
        """See the documentation."""
        column = boardColumnID
        others = self.where("BoardColumn", boardID=column["boardID"], status=column["status"])
        self.require(not self._in_column(column) or len(others) > 1)
        self.delete(column)
        self._stand_on(column["boardID"])

    def moveBacklogItemToBoardColumn(
        self, *, backlogItemID: Object, boardColumnID: Object, assignedPersonID: Object | None
    ) -> None:
        """See the documentation."""
        item = backlogItemID
        self.require(item["boardID"] == boardColumnID["boardID"] and not self.tasks(item))
        self.need_person(item, boardColumnID["status"], assignedPersonID)
        if assignedPersonID:
            item["assignedPersonIDs"] = [assignedPersonID["id"]]
        item["boardColumnID"] = boardColumnID["id"]
        self.reach(item, boardColumnID["status"])
        self.stand(item)

    # Kanban boards

    def assignBacklogItemToKanbanBoard(self, *, backlogItemID: Object, boardID: Object, index: int) -> None:
        """See the documentation."""
        self.same_project(backlogItemID, boardID)
        self.require(backlogItemID["type"] != "Epic" and unfinished(backlogItemID))
        self.require(boardID["type"] == "Kanban" and backlogItemID["sprintID"] is None)
        self.enter_board(backlogItemID, boardID, index)

    def unassignBacklogItemFromKanbanBoard(self, *, backlogItemID: Object) -> None:
        """See the documentation."""
        self._require_kanban(backlogItemID)
        self.leave_board(backlogItemID, "Done" if backlogItemID["status"] == "Done" else "Ready for sprint")

    def setBacklogItemPositionInKanbanBoard(self, *, backlogItemID: Object, index: int) -> None:
        """See the documentation."""
        self._require_kanban(backlogItemID)
        self.put_on_board(backlogItemID, self.get("Board", backlogItemID["boardID"]), index)

    def setBacklogItemIsArchivedInBoard(self, *, backlogItemID: Object, isArchivedInBoard: bool) -> None:
        """See the documentation."""
        self._require_kanban(backlogItemID)
        self.require(not isArchivedInBoard or backlogItemID["status"] == "Done")
        backlogItemID["isArchivedInBoard"] = isArchivedInBoard

    def _require_kanban(self, item: Object) -> None:
        self.require(item["boardID"] is not None and self.get("Board", item["boardID"])["type"] == "Kanban")

    # Choices

    def forget_choice(self, chosen: Object) -> None:
        """Values of custom fields that name an object go with it."""
        for value in self.where("CustomFieldValue", projectID=chosen["projectID"], value=chosen["id"]):
            if self.get("CustomField", value["customFieldID"])["type"] == chosen["objectType"]:
                self.delete(value)
