"""Whatever is planned, started, ended and deleted in whatever order, the rules hold and nothing fails unforeseen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import RequirementNotSatisfied
from scrumrpc.model.image import Image
from scrumrpc.model.record import Record
from tests.calls.ground import STATUSES, Ground
from tests.world import World

# Of each method its parameters: an object type (? where it may be left out), a status, or "=" and a value.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("startSprint", {"sprintID": "Sprint"}),
    ("startSprint", {"sprintID": "Sprint"}),
    ("completeSprint", {"sprintID": "Sprint", "nextSprintID": "Sprint?"}),
    ("abortSprint", {"sprintID": "Sprint", "nextSprintID": "Sprint?"}),
    ("deleteSprint", {"sprintID": "Sprint"}),
    ("setSprintBoardID", {"sprintID": "Sprint", "boardID": "Board?"}),
    ("addSprint", {"projectID": "Project", "name": "=S", "boardID": "Board?"}),
    ("addTeamSprintParticipation", {"sprintID": "Sprint", "teamID": "Team"}),
    ("deleteTeamSprintParticipation", {"teamSprintParticipationID": "TeamSprintParticipation"}),
    ("assignBacklogItemToSprint", {"backlogItemID": "BacklogItem", "sprintID": "Sprint", "teamID": "Team"}),
    ("assignBacklogItemToSprint", {"backlogItemID": "BacklogItem", "sprintID": "Sprint", "teamID": "Team"}),
    ("unassignBacklogItemFromSprint", {"backlogItemID": "BacklogItem"}),
    ("assignBacklogItemToKanbanBoard", {"backlogItemID": "BacklogItem", "boardID": "Board"}),
    ("unassignBacklogItemFromKanbanBoard", {"backlogItemID": "BacklogItem"}),
    ("addBoardColumn", {"boardID": "Board", "name": "=C", "status": "status"}),
    ("setBoardColumnStatus", {"boardColumnID": "BoardColumn", "status": "status"}),
    ("deleteBoardColumn", {"boardColumnID": "BoardColumn"}),
    ("deleteBoard", {"boardID": "Board"}),
    ("setBacklogItemStatus", {"backlogItemID": "BacklogItem", "status": "status", "assignedPersonID": "Person"}),
    ("setTaskStatus", {"taskID": "Task", "status": "status", "assignedPersonID": "Person"}),
    ("setTaskRemainingWork", {"taskID": "Task", "remainingWork": "=2", "remainingWorkUnit": "=Days"}),
    ("addTask", {"backlogItemID": "BacklogItem", "name": "=t"}),
    ("deleteTask", {"taskID": "Task"}),
    ("addRelease", {"projectID": "Project", "name": "=R"}),
    ("assignBacklogItemToRelease", {"backlogItemID": "BacklogItem", "releaseID": "Release"}),
    ("assignBacklogItemToRelease", {"backlogItemID": "BacklogItem", "releaseID": "Release"}),
    ("startRelease", {"releaseID": "Release"}),
    ("completeRelease", {"releaseID": "Release", "nextReleaseID": "Release?"}),
    ("deleteRelease", {"releaseID": "Release"}),
]
Steps = list[tuple[tuple[str, dict[str, str]], list[int]]]
STEP = st.tuples(st.sampled_from(CALLS), st.lists(st.integers(0, 40), min_size=3, max_size=3))


STEPS = st.lists(STEP, min_size=8, max_size=25)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_plans_keep_the_rules(shared_world: World, steps: Steps) -> None:
    check_plans(shared_world, steps)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_more_plans_keep_the_rules(shared_world: World, steps: Steps) -> None:
    check_plans(shared_world, steps)


def check_plans(world: World, steps: Steps) -> None:
    """Takes the steps; what a rule forbids changes nothing, and whatever is done leaves the items where they are."""
    world.new_account()
    ground = furnished(Ground(world))
    for (method, parameters), numbers in steps:
        image = ground.image()
        version, before = image.version, items_in_order(image)
        given = arguments(image, parameters, numbers)
        if given is None:
            continue
        try:
            ground.call(method, **given)
        except RequirementNotSatisfied:
            assert world.version == version
        else:
            after = items_in_order(ground.image())
            assert [item.number for item in after] == [item.number for item in before]
            for was, item in zip(before, after, strict=True):
                assert item["status"] == "Released" or was["status"] != "Released"
    world.check_log_gives_tables()


def furnished(ground: Ground) -> Ground:
    """Boards, a sprint in each stage, a release and items, some of them with tasks."""
    scrum = ground.board("To do", "Done")
    ground.board("To do", "In progress", type="Kanban")
    items = [ground.item(tasks=tasks) for tasks in ((), (), ("To do",), ("Done",), ("Done", "To test"), ("Done",))]
    over = ground.sprint(scrum, started=True, items=(items[5],))
    ground.sprint(scrum, started=True, items=(items[3], items[4]))
    ground.sprint(items=(items[0],))
    ground.release(*items)
    ground.call("completeSprint", sprintID=over)
    return ground


def arguments(image: Image, parameters: dict[str, str], numbers: list[int]) -> dict[str, str] | None:
    """What to call a method with; None where there is no object of a type."""
    given = {}
    for (name, what), number in zip(parameters.items(), numbers, strict=False):
        if what.startswith("="):
            given[name] = what[1:]
        elif what == "status":
            given[name] = STATUSES[number % len(STATUSES)]
        else:
            type_name = what.removesuffix("?")
            every = sorted(r.id for r in image.records() if r.type == type_name)
            if what.endswith("?") and (number % 2 or not every):
                continue
            if not every:
                return None
            given[name] = every[number % len(every)]
    return given


def items_in_order(image: Image) -> list[Record]:
    """The backlog items as they are now, in backlog order."""
    return sorted((each for each in image.records() if each.type == "BacklogItem"), key=lambda item: item.rank)
