"""Makes what tests of planned work stand on, through the methods of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scrumrpc.model.invariants import violations
from tests.world import World

STATUSES = ("To do", "In progress", "To test", "Done")


@dataclass(frozen=True)
class Made:
    """A project with a team, a person, and one board of each type with a column for each status."""

    world: World
    project: str
    team: str
    person: str
    scrum: str
    kanban: str
    columns: dict[tuple[str, str], str]

    def item(self, name: str = "item", /, **given: str) -> str:
        """Adds a backlog item."""
        return str(self.world.call("addBacklogItem", projectID=self.project, name=name, **given))

    def task(self, item: str, name: str = "task", /, **given: str) -> str:
        """Adds a task."""
        return str(self.world.call("addTask", backlogItemID=item, name=name, **given))

    def sprint(self, name: str = "sprint", /, *, start: bool = False, board: bool = True) -> str:
        """Adds a sprint and may start it."""
        given = {"boardID": self.scrum} if board else {}
        sprint = str(self.world.call("addSprint", projectID=self.project, name=name, **given))
        if start:
            self.world.call("startSprint", sprintID=sprint)
        return sprint

    def plan(self, item: str, sprint: str) -> None:
        """Puts an item into a sprint."""
        self.world.call("assignBacklogItemToSprint", backlogItemID=item, sprintID=sprint, teamID=self.team)

    def show(self, object_type: str, wire_id: str) -> dict[str, Any]:
        """An object as it is answered."""
        return find(self.world.data(), object_type, wire_id)

    def check(self) -> None:
        """The state rules hold."""
        assert violations(self.world.tables()) == []


def make(world: World, *, columns: tuple[str, ...] = STATUSES) -> Made:
    """What a project needs before work is planned in it."""
    project = str(world.call("addProject", name="A"))
    team = str(world.call("addTeam", projectID=project, name="Team"))
    boards = {
        of_type: str(world.call("addBoard", projectID=project, name=of_type, type=of_type))
        for of_type in ("Scrum", "Kanban")
    }
    made = {
        (of_type, status): str(world.call("addBoardColumn", boardID=board, name=status, status=status))
        for of_type, board in boards.items()
        for status in columns
    }
    return Made(world, project, team, world.person("ben@example.com"), boards["Scrum"], boards["Kanban"], made)


def find(data: Any, object_type: str, wire_id: str) -> dict[str, Any]:
    """The object of that type and id, wherever it is nested."""
    waiting = [data]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("objectType") == object_type and each.get("id") == wire_id:
                return each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    raise LookupError(f"{object_type} {wire_id}")
