"""Who may call which method: the public methods that have another rule than access to the project, by rule."""

from __future__ import annotations

DEFAULT = "PROJECT_ACCESS"

TABLE: dict[str, str] = {
    # Everybody in the account
    "addNamedVersion": "ANYBODY",
    "executeBatch": "ANYBODY",
    "getBacklogItems": "ANYBODY",
    "getChanges": "ANYBODY",
    "getData": "ANYBODY",
    "getDataVersion": "ANYBODY",
    "getNamedVersions": "ANYBODY",
    "getObject": "ANYBODY",
    "getObjectHistory": "ANYBODY",
    "getTimeEntries": "ANYBODY",
    "restoreObject": "ANYBODY",
    "revertVersion": "ANYBODY",
    "getVersions": "ANYBODY",
    "waitForDataVersion": "ANYBODY",
    # Everybody, or only administrators where access control on projects is turned on
    "addProject": "PROJECT_CREATORS",
    # Product owners of the project, and administrators
    "addProductOwner": "PROJECT_MANAGERS",
    "addStakeholder": "PROJECT_MANAGERS",
    "removeProductOwner": "PROJECT_MANAGERS",
    "removeStakeholder": "PROJECT_MANAGERS",
    "setProjectDescription": "PROJECT_MANAGERS",
    "setProjectDetailedEstimateUnit": "PROJECT_MANAGERS",
    "setProjectLink": "PROJECT_MANAGERS",
    "setProjectName": "PROJECT_MANAGERS",
    "setProjectRoughEstimateUnit": "PROJECT_MANAGERS",
    "setProjectStatus": "PROJECT_MANAGERS",
    "setProjectTimeTrackingUnit": "PROJECT_MANAGERS",
    # Whoever wrote it, and administrators
    "deleteComment": "COMMENT_CREATOR",
    "setCommentExternalID": "COMMENT_CREATOR",
    "setCommentText": "COMMENT_CREATOR",
    "deleteMessage": "MESSAGE_CREATOR",
    "setMessageColor": "MESSAGE_CREATOR",
    "setMessageLink": "MESSAGE_CREATOR",
    "setMessageText": "MESSAGE_CREATOR",
    "setMessageTitle": "MESSAGE_CREATOR",
    "setMessageType": "MESSAGE_CREATOR",
    # The person itself, and administrators
    "setPersonDescription": "PERSON_ITSELF",
    "setPersonEmailAddress": "PERSON_ITSELF",
    "setPersonExternalID": "PERSON_ITSELF",
    "setPersonFirstName": "PERSON_ITSELF",
    "setPersonIM": "PERSON_ITSELF",
    "setPersonLastName": "PERSON_ITSELF",
    "setPersonNickname": "PERSON_ITSELF",
    "setPersonPhone": "PERSON_ITSELF",
    "setPersonPhotoURL": "PERSON_ITSELF",
    # Whoever gave the name, and administrators
    "deleteNamedVersion": "VERSION_NAMER",
    # Administrators
    "addAPIKey": "ADMINISTRATORS",
    "addPerson": "ADMINISTRATORS",
    "addWebhook": "ADMINISTRATORS",
    "deleteAPIKey": "ADMINISTRATORS",
    "deleteCommitHookSecret": "ADMINISTRATORS",
    "deletePerson": "ADMINISTRATORS",
    "deleteProject": "ADMINISTRATORS",
    "deleteWebhook": "ADMINISTRATORS",
    "disableWebhook": "ADMINISTRATORS",
    "enableWebhook": "ADMINISTRATORS",
    "getAPIKeys": "ADMINISTRATORS",
    "getWebhookDeliveries": "ADMINISTRATORS",
    "getWebhooks": "ADMINISTRATORS",
    "moveProject": "ADMINISTRATORS",
    "resetCommitHookSecret": "ADMINISTRATORS",
    "resetWebhookSecret": "ADMINISTRATORS",
    "sendTestToWebhook": "ADMINISTRATORS",
    "setPersonIsAdministrator": "ADMINISTRATORS",
    "setWebhookDescription": "ADMINISTRATORS",
    "setWebhookObjectTypes": "ADMINISTRATORS",
    "setWebhookProjectIDs": "ADMINISTRATORS",
    "setWebhookURL": "ADMINISTRATORS",
}
"""The names of rules in scrumrpc/calls/permissions.py by method."""
