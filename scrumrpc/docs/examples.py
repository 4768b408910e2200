"""Example calls: for each public method, parameters that work on the sample account; and the steps of the guide.

The examples run one after the other, in the order of the documentation, on a fresh sample account
(`scrumrpc serve --sample`) on behalf of its administrator. What pages and OpenAPI show are these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ACCOUNT = 729
"""The sample account."""
EMAIL = "bob@example.com"
"""Its administrator, on whose behalf the examples are called."""

EXAMPLES: dict[str, dict[str, str]] = {
    "setAttachmentExternalID": {"attachmentID": "729-11304-39", "externalID": "AT54673349"},
    "addBacklogItem": {
        "externalID": "BI22354562",
        "projectID": "729-11230-1",
        "name": "Example backlog item 1",
        "description": "An example description.",
        "link": "http://www.example.com",
        "priority": "High",
        "type": "Feature",
        "roughEstimate": "12.5",
        "roughEstimateUnit": "Points",
        "estimate": "9.5",
        "estimateUnit": "Days",
        "index": "3",
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
        "backlogItemID": "729-0-69327",
        "roughEstimate": "10.25",
        "roughEstimateUnit": "Points",
    },
    "setBacklogItemType": {"backlogItemID": "729-0-69327", "type": "Feature"},
    "setBoardExternalID": {"boardID": "729-22343-233", "externalID": "BO23908"},
    "setBoardColumnExternalID": {"boardColumnID": "729-32978-775", "externalID": "BC398342"},
    "setChecklistExternalID": {"checklistID": "729-24233-261", "externalID": "CL63497"},
    "setChecklistItemExternalID": {"checklistItemID": "729-53083-896", "externalID": "CI603942"},
    "addComment": {
        "externalID": "CO43093258",
        "ownerObjectType": "BacklogItem",
        "ownerObjectID": "729-0-69327",
        "parentCommentID": "729-23553-8545",
        "text": "An example comment.",
    },
    "deleteComment": {"commentID": "729-4343-645"},
    "setCommentExternalID": {"commentID": "729-11753-342", "externalID": "CO87355644"},
    "setCommentText": {"commentID": "729-11753-342", "text": "A comment text."},
    "setCommitExternalID": {"commitID": "729-12342-231", "externalID": "SC34329934"},
    "getData": {
        "projectIDs": "729-11230-1,729-31745-129",
        "includeProperties": "Project.backlogItems,BacklogItem.tasks",
    },
    "getDataVersion": {},
    "setPersonExternalID": {"personID": "729-11304-39", "externalID": "PE39872462"},
    "addProject": {
        "externalID": "PR43268328",
        "name": "Project 1",
        "description": "An example project.",
        "link": "http://www.example.com",
        "roughEstimateUnit": "Points",
        "detailedEstimateUnit": "Days",
        "timeTrackingUnit": "Hours",
        "index": "5",
    },
    "setProjectExternalID": {"projectID": "729-11324-623", "externalID": "PR58976373"},
    "setReleaseExternalID": {"releaseID": "729-15367-3125", "externalID": "RE86536527"},
    "setSprintExternalID": {"sprintID": "729-10367-745", "externalID": "SP86486527"},
    "addTag": {
        "externalID": "TG49303752",
        "projectID": "729-11230-1",
        "name": "Tag 1",
        "description": "An example tag.",
        "color": "Red",
        "index": "0",
    },
    "deleteTag": {"tagID": "729-26431-545"},
    "setTagExternalID": {"tagID": "729-14308-3532", "externalID": "TG34034090"},
    "addTagOnObject": {"tagID": "729-0-69363", "objectType": "BacklogItem", "objectID": "729-43532-632"},
    "removeTagFromObject": {"tagID": "729-0-69363", "objectType": "BacklogItem", "objectID": "729-43532-632"},
    "addTask": {
        "externalID": "TA50984352",
        "backlogItemID": "729-0-69327",
        "name": "Example task 1",
        "description": "An example description.",
        "link": "http://www.example.com",
        "estimate": "9.5",
        "estimateUnit": "Days",
        "index": "0",
    },
    "deleteTask": {"taskID": "729-37563-549"},
    "setTaskAssignedPersonID": {"taskID": "729-15443-202", "assignedPersonID": "729-4543-3632"},
    "setTaskDescription": {"taskID": "729-15443-202", "description": "An example description."},
    "setTaskExternalID": {"taskID": "729-11254-642", "externalID": "TA93863984"},
    "setTaskLink": {"taskID": "729-11254-642", "link": "http://www.example.com"},
    "setTaskName": {"taskID": "729-11254-642", "name": "Example task 1"},
    "setTeamExternalID": {"teamID": "729-12445-3324", "externalID": "TE43903908"},
    "setTimeEntryExternalID": {"timeEntryID": "729-9304-3924", "externalID": "TI34980254"},
}
"""Parameters by method."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call in the guide, with the error id that it answers; empty where it succeeds."""

    method: str
    given: dict[str, str] = field(default_factory=dict)
    error: str = ""


_ADDING = {"projectID": "729-11230-1", "name": "Sign in with a passkey"}
_ONCE = {**_ADDING, "requestID": "550e8400-e29b-41d4-a716-446655440000"}

GUIDE: dict[str, Step] = {
    "first call": Step("getDataVersion"),
    "read": Step("getData", {"includeProperties": "Data.persons,Project.backlogItems,BacklogItem.tasks"}),
    "write": Step("addBacklogItem", _ADDING),
    "pretty": Step("getDataVersion", {"pretty": "true"}),
    "poll": Step("getDataVersion"),
    "once": Step("addBacklogItem", _ONCE),
    "once more": Step("addBacklogItem", _ONCE, "RequestAlreadyExecuted"),
    "stale": Step("setBacklogItemName", {
        "backlogItemID": "729-0-69327", "name": "Sign in without a password", "requiredDataVersion": "0",
    }, "RequiredDataVersionNotMatching"),
}  # fmt: skip
"""The calls that the guide's pages show, in an order in which they can be run."""
