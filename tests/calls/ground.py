"""Ground: a project with teams and a person, in which tests plan work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.image import Image
from scrumrpc.model.invariants import violations
from scrumrpc.store.images import Images
from tests.world import World

STATUSES = ("To do", "In progress", "To test", "Done")


class Ground:
    """Two projects, the first with two teams and the second with one. Methods answer ids."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._images = Images(world.database, 10**9)
        a = world.account
        self.project, self.team, self.other_team = f"{a}-7-1", f"{a}-7-2", f"{a}-7-3"
        self.elsewhere, self.team_elsewhere = f"{a}-8-1", f"{a}-8-2"
        units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
        projects = {self.project: (self.team, self.other_team), self.elsewhere: (self.team_elsewhere,)}
        for project, teams in projects.items():
            named = {"objectType": "Project", "id": project, "name": f"Project {project}", "status": "Active"}
            members = [
                {"objectType": "Team", "id": team, "projectID": project, "name": f"Team {team}", "teamMemberIDs": []}
                for team in teams
            ]
            world.load(named | units, *members)
        self.person = world.person("ben@example.com")

    def call(self, method: str, /, **given: str) -> Any:
        """The result of a call, after which all rules hold."""
        answer = self.world.answer(method, **given)
        assert violations(self.image(answer.version)) == []
        return self.world.read(answer)

    def image(self, version: int = 0) -> Image:
        """The account at the version, or at a newer one that was asked for before; the next call moves it on."""
        return self.world.run(self._images.at_least(self.world.account, self.world.epoch, version))

    def item(self, name: str = "x", tasks: tuple[str, ...] = (), status: str | None = None, **given: str) -> str:
        """A backlog item with tasks of these statuses."""
        item = str(self.call("addBacklogItem", projectID=self.project, name=name, **given))
        for number, each in enumerate(tasks):
            self.set_task_status(str(self.call("addTask", backlogItemID=item, name=f"{name} {number}")), each)
        if status is not None:
            self.set_status(item, status)
        return item

    def set_status(self, item: str, status: str) -> None:
        """Gives an item without tasks a status, and an assigned person where it needs one."""
        self.call("setBacklogItemStatus", backlogItemID=item, status=status, **self._assigned(status))

    def set_task_status(self, task: str, status: str) -> None:
        """Gives a task a status, and an assigned person where it needs one."""
        self.call("setTaskStatus", taskID=task, status=status, **self._assigned(status))

    def _assigned(self, status: str) -> dict[str, str]:
        return {"assignedPersonID": self.person} if status in ("In progress", "To test", "Done") else {}

    def board(self, *columns: str, type: str = "Scrum") -> str:
        """A board with columns of these statuses, each called like its status."""
        board = str(self.call("addBoard", projectID=self.project, name="B", type=type))
        for status in columns:
            self.call("addBoardColumn", boardID=board, name=status, status=status)
        return board

    def sprint(self, board: str | None = None, *, started: bool = False, items: tuple[str, ...] = ()) -> str:
        """A sprint with items that the first team has."""
        given = {"boardID": board} if board else {}
        sprint = str(self.call("addSprint", projectID=self.project, name="S", **given))
        for item in items:
            self.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=sprint, teamID=self.team)
        if started:
            self.call("startSprint", sprintID=sprint)
        return sprint

    def release(self, *items: str) -> str:
        """A release with these items."""
        release = str(self.call("addRelease", projectID=self.project, name="R"))
        for item in items:
            self.call("assignBacklogItemToRelease", backlogItemID=item, releaseID=release)
        return release

    def shown(self, wire_id: str) -> dict[str, Any]:
        """An object as clients see it."""
        [found] = [each for each in objects_in(self.world.data()) if each["id"] == wire_id]
        return found

    def place(self, wire_id: str) -> tuple[Any, ...]:
        """Status, sprint, team, board and column of an item."""
        found = self.shown(wire_id)
        return tuple(found[name] for name in ("status", "sprintID", "teamID", "boardID", "boardColumnID"))

    def names(self, list_name: str) -> list[str]:
        """The names in a list of the first project, in order."""
        return [each["name"] for each in self.world.data()["projects"][0][list_name]]

    def refused(self, said: str, method: str, /, **given: str) -> None:
        """A call breaks a requirement, the error says so, and the version stays."""
        version = self.world.version
        with pytest.raises(RequirementNotSatisfied, match=said):
            self.world.call(method, **given)
        assert self.world.version == version

    def ignored(self, method: str, /, **given: str) -> None:
        """A call changes nothing and raises no version."""
        version = self.world.version
        self.world.call(method, **given)
        assert self.world.version == version

    def tasks(self, item: str) -> list[dict[str, Any]]:
        """The tasks of an item."""
        found: list[dict[str, Any]] = self.shown(item)["tasks"]
        return found


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """All objects with an id in an answer, each once; the lists of backlogs repeat the project's backlog items."""
    if isinstance(value, dict):
        if "id" in value:
            yield value
        for name, inner in value.items():
            if name != "backlogs":
                yield from objects_in(inner)
    elif isinstance(value, list):
        for each in value:
            yield from objects_in(each)
