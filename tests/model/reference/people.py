"""What the methods about people, projects, teams, tags and backlogs do, by the documentation."""

from __future__ import annotations

from typing import Any

from tests.model.reference.account import NONE, Object
from tests.model.reference.planning import Planning
from tests.model.reference.work import UNFINISHED

ROLES = ("productOwnerIDs", "stakeholderIDs", "teamMemberIDs")


class People(Planning):
    """Who and what an account is divided into."""

    # People

    def addPerson(self, *, emailAddress: str, **texts: Any) -> Object:
        """See the documentation."""
        self._check_address(emailAddress)
        person = self.create("Person", emailAddress=emailAddress, isActivated=True, **texts)
        self.people.append(person)
        return person

    def setPersonEmailAddress(self, *, personID: Object, emailAddress: str) -> None:
        """See the documentation."""
        self._check_address(emailAddress, personID)
        personID["emailAddress"] = emailAddress

    def _check_address(self, address: str, person: Object | None = None) -> None:
        for other in self.every("Person"):
            self.require(other is person or other["emailAddress"].lower() != address.lower())

    def setPersonIsAdministrator(self, *, personID: Object, isAdministrator: bool) -> None:
        """See the documentation."""
        self.require(isAdministrator or self._another_administrator(personID))
        personID["isAdministrator"] = isAdministrator

    def _another_administrator(self, person: Object) -> bool:
        """Whether one remains, if this person no longer is one."""
        return not person["isAdministrator"] or len(self.where("Person", isAdministrator=True)) > 1

    def deletePerson(self, *, personID: Object) -> None:
        """See the documentation."""
        self.require(self._another_administrator(personID))
        for each in [*self.every("Project"), *self.every("Team")]:
            for role in ROLES:
                if role in each:
                    each[role] = [other for other in each[role] if other != personID["id"]]
        self.every("Person").remove(personID)
        personID["objectType"] = "DeletedPerson"
        self.every("DeletedPerson").append(personID)
        self.every("DeletedPerson").sort(key=self.people.index)

    # Projects

    def addProject(
        self, *, name: str, roughEstimateUnit: str | None, detailedEstimateUnit: str | None,
        timeTrackingUnit: str | None, index: int, **texts: Any,
    ) -> Object:  # fmt: skip
        """See the documentation."""
        project = self.create(
            "Project", index, name=name, status="Active", roughEstimateUnit=roughEstimateUnit or "Points",
            detailedEstimateUnit=detailedEstimateUnit or "Days", timeTrackingUnit=timeTrackingUnit or "Hours", **texts,
        )  # fmt: skip
        self._with_list("Backlog", projectID=project["id"])
        return project

    def _with_list(self, name: str, index: int = -1, **texts: Any) -> Object:
        """A backlog with a list of its name."""
        backlog = self.create("Backlog", index, name=name, **texts)
        self.create("BacklogList", name=name, backlogID=backlog["id"], projectID=backlog["projectID"])
        return backlog

    def deleteProject(self, *, projectID: Object) -> None:
        """See the documentation."""
        self.delete(projectID)

    def setProjectName(self, *, projectID: Object, name: str) -> None:
        """See the documentation."""
        self.require(all(other is projectID for other in self.where("Project", name=name)))
        projectID["name"] = name

    def setProjectRoughEstimateUnit(self, *, projectID: Object, roughEstimateUnit: str) -> None:
        """See the documentation."""
        numbers = [item["roughEstimate"] for item in self._of(projectID, "BacklogItem")]
        for name in ("bestCaseVelocityPerWeek", "expectedVelocityPerWeek", "worstCaseVelocityPerWeek"):
            numbers += [release[name] for release in self._of(projectID, "Release")]
        self._set_unit(projectID, "roughEstimateUnit", roughEstimateUnit, numbers)

    def setProjectDetailedEstimateUnit(self, *, projectID: Object, detailedEstimateUnit: str) -> None:
        """See the documentation."""
        numbers = [each["availableTime"] for each in self._of(projectID, "TeamSprintParticipation")]
        for work in [*self._of(projectID, "BacklogItem"), *self._of(projectID, "Task")]:
            numbers += [work["estimate"], work["remainingWork"]]
            entered = self.where("TimeEntry", ownerObjectID=work["id"])
            if not entered and not (work["objectType"] == "BacklogItem" and "usedTime" in self.sums(work)):
                numbers.append(work["usedTime"])
        self._set_unit(projectID, "detailedEstimateUnit", detailedEstimateUnit, numbers)

    def setProjectTimeTrackingUnit(self, *, projectID: Object, timeTrackingUnit: str) -> None:
        """See the documentation."""
        numbers = [entry["usedTime"] for entry in self._of(projectID, "TimeEntry")]
        self._set_unit(projectID, "timeTrackingUnit", timeTrackingUnit, numbers)

    def _of(self, project: Object, object_type: str) -> list[Object]:
        return self.where(object_type, projectID=project["id"])

    def _set_unit(self, project: Object, name: str, unit: str, numbers: list[float]) -> None:
        self.require(project[name] == unit or all(number == NONE for number in numbers))
        project[name] = unit

    def addProductOwner(self, *, projectID: Object, personID: Object) -> None:
        """See the documentation."""
        self._add_to(projectID["productOwnerIDs"], personID["id"])

    def removeProductOwner(self, *, projectID: Object, personID: Object) -> None:
        """See the documentation."""
        self._remove_from(projectID["productOwnerIDs"], personID["id"])

    def addStakeholder(self, *, projectID: Object, personID: Object) -> None:
        """See the documentation."""
        self._add_to(projectID["stakeholderIDs"], personID["id"])

    def removeStakeholder(self, *, projectID: Object, personID: Object) -> None:
        """See the documentation."""
        self._remove_from(projectID["stakeholderIDs"], personID["id"])

    def _add_to(self, ids: list[Any], wire_id: str) -> None:
        self.require(wire_id not in ids)
        ids.append(wire_id)

    def _remove_from(self, ids: list[Any], wire_id: str) -> None:
        self.require(wire_id in ids)
        ids.remove(wire_id)

    # Teams

    def addTeam(self, *, projectID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self.create("Team", index, projectID=projectID["id"], **texts)

    def addTeamMember(self, *, teamID: Object, personID: Object) -> None:
        """See the documentation."""
        self._add_to(teamID["teamMemberIDs"], personID["id"])

    def removeTeamMember(self, *, teamID: Object, personID: Object) -> None:
        """See the documentation."""
        self._remove_from(teamID["teamMemberIDs"], personID["id"])

    def deleteTeam(self, *, teamID: Object) -> None:
        """See the documentation."""
        items = self.where("BacklogItem", teamID=teamID["id"])
        self.require(not any(self.get("Sprint", item["sprintID"])["status"] in UNFINISHED for item in items))
        for item in items:
            item["teamID"] = None
        for participation in self.where("TeamSprintParticipation", teamID=teamID["id"]):
            self.delete(participation)
        self.forget_choice(teamID)
        self.delete(teamID)

    # Tags

    def addTag(self, *, projectID: Object, color: str | None, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self.create("Tag", index, projectID=projectID["id"], color=color or "Blue", **texts)

    def deleteTag(self, *, tagID: Object) -> None:
        """See the documentation."""
        for objects in self.objects.values():
            for each in objects:
                if tagID["id"] in each.get("tagIDs", ()):
                    each["tagIDs"].remove(tagID["id"])
        self.delete(tagID)

    def setTagName(self, *, tagID: Object, name: str) -> None:
        """See the documentation."""
        self.require(all(other is tagID for other in self.where("Tag", projectID=tagID["projectID"], name=name)))
        tagID["name"] = name

    def addTagOnObject(self, *, tagID: Object, objectType: str, objectID: Object) -> None:
        """See the documentation."""
        self.same_project(tagID, objectID)
        self._add_to(objectID["tagIDs"], tagID["id"])

    def removeTagFromObject(self, *, tagID: Object, objectType: str, objectID: Object) -> None:
        """See the documentation."""
        self._remove_from(objectID["tagIDs"], tagID["id"])

    # Backlogs

    def addBacklog(self, *, projectID: Object, name: str, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self._with_list(name, index, projectID=projectID["id"], **texts)

    def deleteBacklog(self, *, backlogID: Object) -> None:
        """See the documentation."""
        self.require(len(self.where("Backlog", projectID=backlogID["projectID"])) > 1)
        self._require_empty(*self.where("BacklogList", backlogID=backlogID["id"]))
        self.delete(backlogID)

    def _require_empty(self, *lists: Object) -> None:
        for each in lists:
            self.require(not self.where("BacklogItem", backlogListID=each["id"]))

    def addBacklogList(self, *, backlogID: Object, index: int, **texts: Any) -> Object:
        """See the documentation."""
        return self.create("BacklogList", index, projectID=backlogID["projectID"], backlogID=backlogID["id"], **texts)

    def deleteBacklogList(self, *, backlogListID: Object) -> None:
        """See the documentation."""
        self.require(len(self.where("BacklogList", backlogID=backlogListID["backlogID"])) > 1)
        self._require_empty(backlogListID)
        self.delete(backlogListID)

    def moveBacklogList(self, *, backlogListID: Object, backlogID: Object | None, index: int) -> None:
        """See the documentation."""
        self.same_project(backlogListID, backlogID)
        if backlogID is not None and backlogID["id"] != backlogListID["backlogID"]:
            self.require(len(self.where("BacklogList", backlogID=backlogListID["backlogID"])) > 1)
            backlogListID["backlogID"] = backlogID["id"]
        self.put(backlogListID, index)
