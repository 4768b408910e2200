"""Example calls about backlog items."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addBacklogItem": {
        "externalID": "BI22354562", "projectID": "729-11230-1", "name": "Example backlog item 1",
        "description": "An example description.", "link": "http://www.example.com", "priority": "High",
        "type": "Feature", "roughEstimate": "12.5", "roughEstimateUnit": "Points", "estimate": "9.5",
        "estimateUnit": "Days", "index": "3",
    },
    "deleteBacklogItem": {"backlogItemID": "729-0-69320"},
    "setBacklogItemAssignedPersonID": {"backlogItemID": "729-0-69327", "assignedPersonID": "729-4543-3632"},
    "setBacklogItemCreatorID": {"backlogItemID": "729-0-69327", "creatorID": "729-4543-3632"},
    "setBacklogItemDescription": {"backlogItemID": "729-0-69327", "description": "An example description."},
    "setBacklogItemExternalID": {"backlogItemID": "729-11235-42", "externalID": "BI25395043"},
    "setBacklogItemLink": {"backlogItemID": "729-0-69327", "link": "http://www.example.com"},
    "setBacklogItemName": {"backlogItemID": "729-0-69327", "name": "Example backlog item 1"},
    "setBacklogItemPriority": {"backlogItemID": "729-0-69327", "priority": "High"},
    "setBacklogItemRoughEstimate": {
        "backlogItemID": "729-0-69327", "roughEstimate": "10.25", "roughEstimateUnit": "Points",
    },
    "setBacklogItemType": {"backlogItemID": "729-0-69327", "type": "Feature"},
    "setBacklogItemColor": {"backlogItemID": "729-0-69327", "color": "Green"},
    "setBacklogItemDueDate": {"backlogItemID": "729-0-69327", "dueDate": "2013-10-11"},
    "setBacklogItemStatus": {
        "backlogItemID": "729-0-69327", "status": "In progress", "assignedPersonID": "729-7654-243",
    },
    "setBacklogItemReproducible": {"backlogItemID": "729-11302-51", "reproducible": "Always"},
    "setBacklogItemResolution": {"backlogItemID": "729-43532-632", "resolution": "Fixed"},
    "setBacklogItemEstimate": {"backlogItemID": "729-0-69327", "estimate": "5.5", "estimateUnit": "Days"},
    "setBacklogItemRemainingWork": {
        "backlogItemID": "729-0-69327", "remainingWork": "3.5", "remainingWorkUnit": "Days",
    },
    "setBacklogItemUsedTime": {"backlogItemID": "729-0-69327", "usedTime": "1.5", "usedTimeUnit": "Days"},
    "moveBacklogItem": {"backlogItemID": "729-11235-42", "index": "0"},
    "moveBacklogItemToBacklogList": {"backlogItemID": "729-11235-42", "backlogListID": "729-11401-2", "index": "0"},
    "assignBacklogItemToEpic": {"backlogItemID": "729-11235-42", "epicID": "729-11407-1", "index": "0"},
    "unassignBacklogItemFromEpic": {"backlogItemID": "729-11407-9"},
    "assignBacklogItemToRelease": {"backlogItemID": "729-11302-11", "releaseID": "729-15367-3125"},
    "unassignBacklogItemFromRelease": {"backlogItemID": "729-43532-632"},
    "assignBacklogItemToSprint": {
        "backlogItemID": "729-11302-11", "sprintID": "729-10367-745", "teamID": "729-12445-3324",
    },
    "unassignBacklogItemFromSprint": {"backlogItemID": "729-11302-21"},
    "assignBacklogItemToKanbanBoard": {"backlogItemID": "729-11325-41", "boardID": "729-11325-4", "index": "0"},
    "unassignBacklogItemFromKanbanBoard": {"backlogItemID": "729-11325-26"},
    "setBacklogItemPositionInKanbanBoard": {"backlogItemID": "729-11325-22", "index": "0"},
    "setBacklogItemIsArchivedInBoard": {"backlogItemID": "729-11325-37", "isArchivedInBoard": "true"},
    "moveBacklogItemToBoardColumn": {
        "backlogItemID": "729-11325-22", "boardColumnID": "729-11325-8", "assignedPersonID": "729-12001-4",
    },
    "getBacklogItems": {
        "projectIDs": "729-11230-1", "sprintID": "729-10367-745", "statuses": "To do,In progress",
        "types": "Feature,Bug", "priorities": "High,Urgent", "order": "-priority", "limit": "50",
        "includeProperties": "BacklogItem.tasks", "atDataVersion": "1",
    },
}  # fmt: skip
