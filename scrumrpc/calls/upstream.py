"""Which methods the original has: documented with all parameters (42), or known by name only (48); the rest is ours."""

from __future__ import annotations

from typing import Literal

Origin = Literal["documented", "named", "ours"]

DOCUMENTED = frozenset(
    {
        "setAttachmentExternalID", "addBacklogItem", "deleteBacklogItem", "setBacklogItemAssignedPersonID",
        "setBacklogItemCreatorID", "setBacklogItemDescription", "setBacklogItemExternalID", "setBacklogItemLink",
        "setBacklogItemName", "setBacklogItemPriority", "setBacklogItemRoughEstimate", "setBacklogItemType",
        "setBoardExternalID", "setBoardColumnExternalID", "setChecklistExternalID", "setChecklistItemExternalID",
        "addComment", "deleteComment", "setCommentExternalID", "setCommentText", "setCommitExternalID", "getData",
        "getDataVersion", "setPersonExternalID", "addProject", "setProjectExternalID", "setReleaseExternalID",
        "setSprintExternalID", "addTag", "deleteTag", "setTagExternalID", "addTagOnObject", "removeTagFromObject",
        "addTask", "deleteTask", "setTaskAssignedPersonID", "setTaskDescription", "setTaskExternalID",
        "setTaskLink", "setTaskName", "setTeamExternalID", "setTimeEntryExternalID",
    }
)  # fmt: skip
"""The methods of API 1.4."""

NAMED = frozenset(
    {
        "addAttachment", "getAttachmentFileContents", "setBacklogExternalID", "setBacklogListExternalID",
        "assignBacklogItemToKanbanBoard", "assignBacklogItemToRelease", "assignBacklogItemToSprint",
        "unassignBacklogItemFromKanbanBoard", "unassignBacklogItemFromRelease", "unassignBacklogItemFromSprint",
        "moveBacklogItemToBacklogList", "moveBacklogItemToBoardColumn", "setBacklogItemEstimate",
        "setBacklogItemPositionInKanbanBoard", "setBacklogItemRemainingWork", "setBacklogItemReproducible",
        "setBacklogItemResolution", "addChecklist", "addChecklistItem", "setChecklistItemIsChecked",
        "setCustomFieldValue", "getFileContents", "setFileExternalID", "addMessage", "setMessageExternalID",
        "addPerson", "addRelationship", "deleteRelationship", "setRelationshipExternalID", "addRelease",
        "deleteRelease", "setReleaseDates", "setReleaseDescription", "setReleaseName",
        "setRetrospectiveExternalID", "setRetrospectiveCardExternalID", "addSprint", "deleteSprint",
        "setSprintDates", "setSprintDescription", "setSprintName", "moveTaskToBoardColumn", "setTaskEstimate",
        "setTaskRemainingWork", "addTimeEntry", "deleteTimeEntry", "getTimeEntries", "setTimeEntryUsedTime",
    }
)  # fmt: skip
"""The methods that later versions added, up to 1.11."""


def origin_of(name: str) -> Origin:
    """Where the method of that name comes from."""
    return "documented" if name in DOCUMENTED else "named" if name in NAMED else "ours"
