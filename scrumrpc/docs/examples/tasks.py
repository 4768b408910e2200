"""Example calls about tasks and time entries."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addTask": {
        "externalID": "TA50984352", "backlogItemID": "729-0-69327", "name": "Example task 1",
        "description": "An example description.", "link": "http://www.example.com", "estimate": "9.5",
        "estimateUnit": "Days", "index": "0",
    },
    "deleteTask": {"taskID": "729-37563-549"},
    "setTaskAssignedPersonID": {"taskID": "729-15443-202", "assignedPersonID": "729-4543-3632"},
    "setTaskDescription": {"taskID": "729-15443-202", "description": "An example description."},
    "setTaskExternalID": {"taskID": "729-11254-642", "externalID": "TA93863984"},
    "setTaskLink": {"taskID": "729-11254-642", "link": "http://www.example.com"},
    "setTaskName": {"taskID": "729-11254-642", "name": "Example task 1"},
    "setTaskColor": {"taskID": "729-11254-642", "color": "Blue"},
    "setTaskDueDate": {"taskID": "729-11254-642", "dueDate": "2013-10-11"},
    "setTaskStatus": {"taskID": "729-11254-642", "status": "To test", "assignedPersonID": "729-4543-3632"},
    "moveTaskToBoardColumn": {
        "taskID": "729-7253-6", "boardColumnID": "729-2352-3", "assignedPersonID": "729-6544-221",
    },
    "setTaskEstimate": {"taskID": "729-11254-642", "estimate": "3.5", "estimateUnit": "Days"},
    "setTaskRemainingWork": {"taskID": "729-11254-642", "remainingWork": "1.5", "remainingWorkUnit": "Days"},
    "setTaskUsedTime": {"taskID": "729-11254-642", "usedTime": "0.5", "usedTimeUnit": "Days"},
    "moveTask": {"taskID": "729-11254-642", "index": "0"},
    "moveTaskToBacklogItem": {"taskID": "729-11254-642", "backlogItemID": "729-0-69327", "index": "1"},
    "addTimeEntry": {
        "externalID": "TI93847561", "ownerObjectType": "BacklogItem", "ownerObjectID": "729-0-69327",
        "date": "2013-10-09", "personID": "729-4543-3632", "description": "An example description.",
        "usedTime": "2.5", "usedTimeUnit": "Hours",
    },
    "deleteTimeEntry": {"timeEntryID": "729-11302-50"},
    "setTimeEntryUsedTime": {"timeEntryID": "729-9304-3924", "usedTime": "2.25", "usedTimeUnit": "Hours"},
    "setTimeEntryPersonID": {"timeEntryID": "729-9304-3924", "personID": "729-4543-3632"},
    "setTimeEntryDate": {"timeEntryID": "729-9304-3924", "date": "2013-10-08"},
    "setTimeEntryDescription": {"timeEntryID": "729-9304-3924", "description": "An example description."},
    "setTimeEntryExternalID": {"timeEntryID": "729-9304-3924", "externalID": "TI34980254"},
    "getTimeEntries": {
        "projectIDs": "729-11230-1", "personIDs": "729-4543-3632,729-7654-243", "ownerObjectType": "Task",
        "ownerObjectID": "729-3322-69378", "fromDate": "2013-10-01", "toDate": "2013-10-31",
        "includeProperties": "TimeEntry.customFieldValues",
    },
}  # fmt: skip
