"""The calls that the guide's pages show, and on whose behalf all examples are made."""

from __future__ import annotations

from dataclasses import dataclass, field

ACCOUNT = 729
"""The sample account."""
EMAIL = "bob@example.com"
"""Its administrator, on whose behalf the examples are called."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call in the guide, with the error id that it answers; empty where it succeeds."""

    method: str
    given: dict[str, str] = field(default_factory=dict)
    error: str = ""


_ADDING = {"projectID": "729-11230-1", "name": "Sign in with a passkey"}
_ONCE = {**_ADDING, "requestID": "550e8400-e29b-41d4-a716-446655440000"}
_STORY = (
    '[{"method": "addBacklogItem", "parameters": {"projectID": "729-11230-1", "name": "Sign out"}, "name": "story"}, '
    '{"method": "addTask", "parameters": {"backlogItemID": "$story", "name": "A button"}}, '
    '{"method": "setBacklogItemPriority", "parameters": {"backlogItemID": "$story", "priority": "High"}}]'
)
_LOST = _STORY.replace('"$story", "priority"', '"729-1-1", "priority"')
_CHANGED = {"projectIDs": "729-11230-1", "changedSince": "1", "order": "-creationDate", "limit": "50"}

GUIDE: dict[str, Step] = {
    "first call": Step("getDataVersion"),
    "read": Step("getData", {"includeProperties": "Data.persons,Project.backlogItems,BacklogItem.tasks"}),
    "write": Step("addBacklogItem", _ADDING),
    "pretty": Step("getDataVersion", {"pretty": "true"}),
    "slip": Step(
        "setBacklogItemColor", {"backlogItemID": "729-0-69327", "colour": "Blue"}, "InvalidParameter"
    ),
    "poll": Step("getDataVersion"),
    "wait": Step("waitForDataVersion", {"newerThanDataVersion": "1", "timeout": "30"}),
    "once": Step("addBacklogItem", _ONCE),
    "once more": Step("addBacklogItem", _ONCE, "RequestAlreadyExecuted"),
    "once with its result": Step("addBacklogItem", {**_ONCE, "onRepeat": "result"}),
    "batch": Step("executeBatch", {"calls": _STORY}),
    "batch that fails": Step("executeBatch", {"calls": _LOST}, "ObjectNotFound"),
    "take back": Step("revertVersion", {"dataVersion": "2"}),
    "restore": Step(
        "restoreObject", {"objectType": "BacklogItem", "objectID": "729-0-69320"}, "RequirementNotSatisfied"
    ),
    "stale": Step("setBacklogItemName", {
        "backlogItemID": "729-0-69327", "name": "Sign in without a password", "requiredDataVersion": "0",
    }, "RequiredDataVersionNotMatching"),
    "other epoch": Step("getDataVersion", {"requiredEpoch": "5f0c41b7d2e9"}, "RequiredEpochNotMatching"),
    "past": Step("getBacklogItems", {"projectIDs": "729-11230-1", "sprintID": "729-10367-745", "atDataVersion": "1"}),
    "past object": Step("getObject", {"objectType": "BacklogItem", "objectID": "729-0-69327", "atDataVersion": "1"}),
    "naming": Step("addNamedVersion", {"name": "Sprint planned", "note": "As promised on Monday."}),
    "past by name": Step("getData", {"projectIDs": "729-11230-1", "atDataVersion": "Sprint planned"}),
    "versions": Step("getVersions", {"limit": "10"}),
    "future": Step("getData", {"atDataVersion": "1000000"}, "DataVersionNotReachedYet"),
    "one object": Step("getObject", {
        "objectType": "BacklogItem", "externalID": "SHOP-231", "includeProperties": "BacklogItem.tasks",
    }),
    "sprint": Step("getBacklogItems", {
        "sprintID": "729-10367-745", "statuses": "To do,In progress", "includeProperties": "BacklogItem.tasks",
    }),
    "pages": Step("getBacklogItems", {"projectIDs": "729-11230-1", "order": "-priority", "limit": "5"}),
    "changes": Step("getBacklogItems", _CHANGED),
    "what changed": Step("getChanges", {"sinceDataVersion": "1", "objectTypes": "BacklogItem,Task", "limit": "100"}),
    "one life": Step("getObjectHistory", {"objectType": "BacklogItem", "objectID": "729-0-69327"}),
    "what became": Step("getChanges", {
        "sinceDataVersion": "1", "collapse": "true", "includeProperties": "Project.backlogItems,BacklogItem.tasks",
    }),
    "hours": Step("getTimeEntries", {
        "projectIDs": "729-11230-1", "personIDs": "729-7654-243", "fromDate": "2013-10-01", "toDate": "2013-10-31",
    }),
    "contents": Step("getAttachmentFileContents", {"attachmentID": "729-11304-39"}),
    "secret": Step("resetCommitHookSecret"),
    "webhook": Step("addWebhook", {"url": "https://hooks.example.com/scrum", "objectTypes": "BacklogItem,Task"}),
    "webhook test": Step("sendTestToWebhook", {"webhookID": "729-0-1"}),
    "webhook deliveries": Step("getWebhookDeliveries", {"webhookID": "729-0-1"}),
}  # fmt: skip
"""The calls that the guide's pages show, in an order in which they can be run."""
