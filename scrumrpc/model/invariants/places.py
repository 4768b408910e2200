"""Rules about where backlog items and tasks are: in epics, in sprints, on boards and in their columns."""

from __future__ import annotations

from collections.abc import Iterator

from scrumrpc.model.enumerations import TASK_STATUSES
from scrumrpc.model.invariants.objects import Objects, every, members, named
from scrumrpc.model.record import Record

UNFINISHED = ("In planning", "In progress")
STATUSES_IN_SPRINT: dict[str, tuple[str, ...]] = {
    "In planning": ("Assigned to sprint",),
    "In progress": TASK_STATUSES,
    "Completed": ("Sprint completed", "Released"),
    "Aborted": ("Sprint completed", "Released"),
}
"""What status items in a sprint may have, by the status of the sprint."""


def epics_hold_the_work_of_others(image: Objects) -> Iterator[str]:
    """Only epics have backlog items in them, and those stand in the list of their epic. An epic has no tasks and is
    in no sprint and on no board.
    """
    for item in every(image, "BacklogItem"):
        if item["type"] == "Epic":
            if members(image, "Task", item.number):
                yield f"{named(item)} is an epic with tasks"
            if item["sprintID"] is not None or item["boardID"] is not None:
                yield f"{named(item)} is an epic in a sprint or on a board"
        if item["parentEpicID"] is not None:
            epic = image[item["parentEpicID"]]
            if epic["type"] != "Epic":
                yield f"{named(item)} is in {named(epic)}, which is no epic"
            if epic["backlogListID"] != item["backlogListID"]:
                yield f"{named(item)} is in another list than its epic {epic.id}"


def teams_take_part_in_their_sprints(image: Objects) -> Iterator[str]:
    """A backlog item has a team only in a sprint. In a sprint that is not finished it has one, and the team takes
    part in the sprint.
    """
    for item in every(image, "BacklogItem"):
        sprint, team = _sprint_of(image, item), item["teamID"]
        if sprint is None:
            if team is not None:
                yield f"{named(item)} has the {named(image[team])} but is in no sprint"
        elif sprint["status"] in UNFINISHED:
            taking_part = [each["teamID"] for each in members(image, "TeamSprintParticipation", sprint.number)]
            if team is None:
                yield f"{named(item)} is in the {named(sprint)}, which is {sprint['status']}, without a team"
            elif team not in taking_part:
                yield f"{named(item)} has the {named(image[team])}, which takes no part in the {named(sprint)}"


def statuses_fit_the_place(image: Objects) -> Iterator[str]:
    """In a sprint In planning a backlog item is Assigned to sprint, in one In progress it is To do to Done, and in
    a finished one Sprint completed or Released. On a Kanban board it is To do to Done. Elsewhere it is not Assigned
    to sprint.
    """
    for item in every(image, "BacklogItem"):
        sprint, status = _sprint_of(image, item), item["status"]
        if sprint is not None:
            if status not in STATUSES_IN_SPRINT[sprint["status"]]:
                yield f"{named(item)} is {status} in the {named(sprint)}, which is {sprint['status']}"
        elif item["boardID"] is not None:
            if status not in TASK_STATUSES:
                yield f"{named(item)} is {status} on the {named(image[item['boardID']])}"
        elif status == "Assigned to sprint":
            yield f"{named(item)} is {status} but in no sprint"


def boards_hold_what_is_being_worked_on(image: Objects) -> Iterator[str]:
    """In a sprint In progress a backlog item is on the board of the sprint, in other sprints on none. Outside
    sprints it may be on a Kanban board. What is on a board has a position there; what is on none has nothing that
    goes with one.
    """
    for item in every(image, "BacklogItem"):
        sprint, board = _sprint_of(image, item), item["boardID"]
        if sprint is not None:
            expected = sprint["boardID"] if sprint["status"] == "In progress" else None
            if board != expected:
                on = named(image[board]) if board is not None else "no board"
                yield f"{named(item)} is on {on}, not where the {named(sprint)}, which is {sprint['status']}, has it"
        elif board is not None and image[board]["type"] != "Kanban":
            yield f"{named(item)} is on the {named(image[board])}, which is for sprints, but in no sprint"
        if (board is None) != (item["boardRank"] is None):
            yield f"{named(item)} is on a board without a position there, or the other way round"
        if board is None and (item["boardColumnID"] is not None or item["isArchivedInBoard"]):
            yield f"{named(item)} is on no board but in a column or put away on one"


def columns_have_the_status_of_what_stands_in_them(image: Objects) -> Iterator[str]:
    """A backlog item on a board stands in a column of the board that has its status; where it has tasks, they do
    instead of it. What has a status that no column of the board has stands in none.
    """
    for item in every(image, "BacklogItem"):
        tasks = members(image, "Task", item.number)
        columns = members(image, "BoardColumn", item["boardID"]) if item["boardID"] is not None else []
        if tasks and item["boardColumnID"] is not None:
            yield f"{named(item)} stands in a column although it has tasks"
        for each in tasks or [item]:
            column = each["boardColumnID"]
            fitting = [column.number for column in columns if column["status"] == each["status"]]
            if column not in fitting and not (column is None and not fitting):
                where = f"in the {named(image[column])}" if column is not None else "in no column"
                yield f"{named(each)} is {each['status']} but {where}"


def only_done_items_are_put_away(image: Objects) -> Iterator[str]:
    """Only on Kanban boards, and only while Done, is a backlog item put away."""
    for item in every(image, "BacklogItem"):
        if item["isArchivedInBoard"] and item["boardID"] is not None:
            board = image[item["boardID"]]
            if board["type"] != "Kanban" or item["status"] != "Done":
                yield f"{named(item)} is put away, but {item['status']} on the {board['type']} {named(board)}"


def _sprint_of(image: Objects, item: Record) -> Record | None:
    return image[item["sprintID"]] if item["sprintID"] is not None else None
