"""The account that each run of the state machines starts from: work in every place where it can be."""

from __future__ import annotations

from typing import Any


def objects(account: int) -> list[dict[str, Any]]:
    """A project with work in sprints of each status, on a Kanban board and in epics, and a small second project.

    All rules hold in it. Ids are `<account>-7-<number>`; the second project's numbers begin at 90.
    """
    return [
        _made(account, "Person", 8, firstName="Ben", emailAddress="ben@example.com"),
        _made(account, "Person", 9, firstName="Cid", emailAddress="cid@example.com", isAdministrator=True),
        *_project(account),
        *_plans(account),
        *_items(account),
        *_beside_the_work(account),
        *_other_project(account),
    ]


def _made(account: int, object_type: str, number: int | str, **values: Any) -> dict[str, Any]:
    """An object. Numbers under names that end in ID or IDs become the ids of objects."""
    made: dict[str, Any] = {"objectType": object_type, "id": f"{account}-7-{number}"}
    for name, value in values.items():
        if name.endswith("ID") and isinstance(value, int):
            made[name] = f"{account}-7-{value}"
        elif name.endswith("IDs"):
            made[name] = [f"{account}-7-{each}" for each in value]
        else:
            made[name] = value
    return made


def _project(account: int) -> list[dict[str, Any]]:
    return [
        _made(
            account, "Project", 1, name="Start", status="Active", roughEstimateUnit="Points",
            detailedEstimateUnit="Hours", timeTrackingUnit="Hours", productOwnerIDs=[8], stakeholderIDs=[9],
        ),
        _made(account, "Tag", 10, projectID=1, name="old", color="Red"),
        _made(account, "Team", 2, projectID=1, name="Team", teamMemberIDs=[8]),
        _made(account, "Team", 3, projectID=1, name="Second team", teamMemberIDs=[8, 9]),
        _made(account, "Backlog", 11, projectID=1, name="Backlog"),
        _made(account, "BacklogList", 12, projectID=1, backlogID=11, name="First"),
        _made(account, "BacklogList", 13, projectID=1, backlogID=11, name="Second"),
    ]  # fmt: skip


def _plans(account: int) -> list[dict[str, Any]]:
    """A board for sprints without a column To test, a Kanban board, a sprint of each status, and two releases."""
    columns = [
        _made(account, "BoardColumn", number, projectID=1, boardID=board, name=status, status=status)
        for number, board, status in (
            (16, 14, "To do"), (17, 14, "In progress"), (18, 14, "Done"),
            (19, 15, "To do"), (20, 15, "To test"), (21, 15, "Done"), (22, 15, "Done"),
        )
    ]  # fmt: skip
    sprints = [
        _made(account, "Sprint", number, projectID=1, name=f"Sprint {status}", status=status, boardID=board)
        for number, status, board in (
            (23, "In progress", 14), (24, "In planning", 14), (25, "Completed", None), (26, "In planning", None),
        )
    ]  # fmt: skip
    return [
        _made(account, "Board", 14, projectID=1, name="Board", type="Scrum"),
        _made(account, "Board", 15, projectID=1, name="Kanban board", type="Kanban"),
        *columns,
        _made(account, "Release", 27, projectID=1, name="Release", status="In planning"),
        _made(account, "Release", 28, projectID=1, name="Next release", status="In progress"),
        *sprints,
        *(
            _made(account, "TeamSprintParticipation", f"2_7-{sprint}", projectID=1, teamID=2, sprintID=sprint,
                  availableTime=10)
            for sprint in (23, 24, 25)
        ),
    ]  # fmt: skip


def _items(account: int) -> list[dict[str, Any]]:
    in_sprint: dict[str, Any] = {"sprintID": 23, "teamID": 2, "boardID": 14}
    values: dict[int, dict[str, Any]] = {
        30: {"status": "New", "releaseID": 27},
        31: {"status": "To do", "boardColumnID": 16, "releaseID": 27, **in_sprint},
        32: {"status": "In progress", "boardColumnID": 17, "assignedPersonIDs": [8], **in_sprint},
        33: {"status": "In progress", "estimate": 5, "remainingWork": 2, "usedTime": 3, **in_sprint},
        34: {"status": "Done", "boardColumnID": 18, "assignedPersonIDs": [8], "releaseID": 27, **in_sprint},
        35: {"status": "Assigned to sprint", "sprintID": 24, "teamID": 2},
        36: {"status": "Sprint completed", "sprintID": 25, "teamID": 2, "releaseID": 27},
        37: {"status": "To do", "boardID": 15, "boardColumnID": 19, "releaseID": 28},
        38: {"status": "Done", "boardID": 15, "boardColumnID": 22, "assignedPersonIDs": [9]},
        39: {"status": "New", "type": "Epic", "backlogListID": 13},
        40: {"status": "New", "type": "Epic", "backlogListID": 13, "parentEpicID": 39},
        41: {"status": "Ready for sprint", "type": "Bug", "bugState": "Open", "backlogListID": 13, "parentEpicID": 40},
    }
    items = [
        _made(account, "BacklogItem", number, projectID=1, name=f"Item {number}", **{"backlogListID": 12, **each})
        for number, each in values.items()
    ]
    task: dict[str, Any] = {"projectID": 1}
    return [
        *items,
        _made(account, "Task", 50, backlogItemID=33, name="First", status="Done", boardColumnID=18, estimate=5,
              remainingWork=0, usedTime=3, assignedPersonIDs=[8], **task),
        _made(account, "Task", 51, backlogItemID=33, name="Second", status="To do", boardColumnID=16, remainingWork=2,
              **task),
        _made(account, "Task", 52, backlogItemID=36, name="Old task", status="Done", assignedPersonIDs=[9], **task),
        _made(account, "TimeEntry", 53, projectID=1, ownerObjectType="Task", ownerObjectID=50, date="2027-01-04",
              personID=8, usedTime=3),
        _made(account, "Commit", 54, projectID=1, ownerObjectType="Task", ownerObjectID=50, date=1_000_000,
              creatorID=8, revision="r1", message="Begin"),
    ]  # fmt: skip


def _beside_the_work(account: int) -> list[dict[str, Any]]:
    inside: dict[str, Any] = {"projectID": 1}
    on_item: dict[str, Any] = {"projectID": 1, "ownerObjectType": "BacklogItem", "ownerObjectID": 30}
    return [
        _made(account, "Relationship", 60, type="Must be done before", fromObjectType="BacklogItem", fromObjectID=30,
              toObjectType="BacklogItem", toObjectID=31, **inside),
        _made(account, "CustomField", 61, name="Size", ownerObjectTypes=["BacklogItem", "Task", "TimeEntry"],
              type="List (multiple selections)", options=["S", "M", "L"], isRequired=False, **inside),
        _made(account, "CustomField", 62, name="Who", ownerObjectTypes=["BacklogItem", "Sprint", "Release"],
              type="Team", isRequired=False, **inside),
        _made(account, "CustomFieldValue", 63, customFieldID=61, value="S,L", **on_item),
        _made(account, "Checklist", 64, name="Ready", **on_item),
        _made(account, "ChecklistItem", 65, checklistID=64, name="Estimated", isChecked=True, **inside),
        _made(account, "Comment", 66, creatorID=8, date=1_000_000, text="Why?", **on_item),
        _made(account, "Message", 67, title="Hello", creatorID=8, date=1_000_000, color="Yellow", **inside),
        _made(account, "File", 68, isFolder=True, name="Folder", **inside),
        _made(account, "File", 69, isFolder=False, parentFolderID=68, name="File", fileName="a.txt",
              fileContents="YQ==", **inside),
        _made(account, "Attachment", 70, fileName="b.txt", fileContents="Yg==", url="", **on_item),
        _made(account, "Retrospective", 71, name="Looking back", creationDate=1_000_000, color="Blue",
              columns=[{"name": name, "color": "Green"} for name in ("Keep", "Drop", "Try")], **inside),
        _made(account, "RetrospectiveCard", 72, retrospectiveID=71, columnNum=3, name="More tests",
              creationDate=1_000_000, **inside),
    ]  # fmt: skip


def _other_project(account: int) -> list[dict[str, Any]]:
    inside: dict[str, Any] = {"projectID": 90}
    return [
        _made(account, "Project", 90, name="Other", status="Active", roughEstimateUnit="Points",
              detailedEstimateUnit="Days", timeTrackingUnit="Hours"),
        _made(account, "Tag", 91, name="old", color="Blue", **inside),
        _made(account, "Team", 92, name="Others", **inside),
        _made(account, "Backlog", 93, name="Backlog", **inside),
        _made(account, "BacklogList", 94, backlogID=93, name="Only", **inside),
        _made(account, "Board", 95, name="Empty", type="Kanban", **inside),
        _made(account, "BoardColumn", 96, boardID=95, name="To do", status="To do", **inside),
        _made(account, "Sprint", 97, name="Sprint", status="In planning", **inside),
        _made(account, "Release", 98, name="Release", status="In planning", **inside),
        _made(account, "BacklogItem", 99, name="Other item", status="New", backlogListID=94, **inside),
    ]  # fmt: skip
