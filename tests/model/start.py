"""The account that each run of the state machine starts from: what methods of API 1.4 cannot make."""

from __future__ import annotations

from typing import Any


def objects(account: int) -> list[dict[str, Any]]:
    """A project with a board, a sprint, a release and an item in each interesting status, and an empty project."""
    a = f"{account}-7"
    project = {
        "objectType": "Project", "id": f"{a}-1", "name": "Start", "status": "Active", "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Hours", "timeTrackingUnit": "Hours",
    }  # fmt: skip
    inside: dict[str, Any] = {"projectID": f"{a}-1"}
    statuses = ["New", "To do", "In progress", "Done", "Sprint completed"]
    columns = [
        {"objectType": "BoardColumn", "id": f"{a}-{10 + n}", "boardID": f"{a}-3", "name": s, "status": s, **inside}
        for n, s in enumerate(["To do", "In progress", "Done"])
    ]
    items = [
        {
            "objectType": "BacklogItem", "id": f"{a}-{20 + n}", "name": f"Item {status}", "status": status,
            "sprintID": f"{a}-5" if n else None, "teamID": f"{a}-2" if n else None,
            "boardID": f"{a}-3" if 0 < n < 4 else None, "releaseID": f"{a}-4",
            "boardColumnID": f"{a}-{9 + n}" if 0 < n < 4 else None, **inside,
        }
        for n, status in enumerate(statuses)
    ]  # fmt: skip
    return [
        {"objectType": "Person", "id": f"{a}-8", "firstName": "Ben", "emailAddress": "ben@example.com"},
        project,
        {"objectType": "Team", "id": f"{a}-2", "name": "Team", "teamMemberIDs": [f"{a}-8"], **inside},
        {"objectType": "Board", "id": f"{a}-3", "name": "Board", "type": "Scrum", **inside},
        *columns,
        {"objectType": "Release", "id": f"{a}-4", "name": "Release", "status": "In planning", **inside},
        {
            "objectType": "Sprint", "id": f"{a}-5", "name": "Sprint", "status": "In progress", "boardID": f"{a}-3",
            **inside,
        },
        {
            "objectType": "TeamSprintParticipation", "id": f"{a}-2_7-5", "teamID": f"{a}-2", "sprintID": f"{a}-5",
            "availableTime": 10, **inside,
        },
        *items,
        {
            "objectType": "Task", "id": f"{a}-30", "backlogItemID": f"{a}-24", "name": "Old task", "status": "Done",
            **inside,
        },
    ]  # fmt: skip
