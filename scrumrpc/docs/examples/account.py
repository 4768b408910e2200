"""Example calls about the account: data, API keys and people."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addAPIKey": {"name": "Dashboard in the kitchen", "expirationDate": "4102444800000", "isReadOnly": "true"},
    "deleteAPIKey": {"apiKeyID": "729-0-2"},
    "getAPIKeys": {},
    "getData": {
        "projectIDs": "729-11230-1,729-31745-129", "includeProperties": "Project.backlogItems,BacklogItem.tasks",
        "atDataVersion": "1",
    },
    "getDataVersion": {},
    "waitForDataVersion": {"newerThanDataVersion": "1", "timeout": "30"},
    "executeBatch": {
        "calls": '[{"method": "addTag", "name": "spring", '
        '"parameters": {"projectID": "729-11230-1", "name": "Spring"}}, '
        '{"method": "addTagOnObject", '
        '"parameters": {"objectType": "BacklogItem", "objectID": "729-0-69327", "tagID": "$spring"}}]',
    },
    "revertVersion": {"dataVersion": "2"},
    "restoreObject": {"objectType": "BacklogItem", "objectID": "729-0-69320"},
    "getObject": {
        "objectType": "BacklogItem", "objectID": "729-0-69327",
        "includeProperties": "BacklogItem.tasks,BacklogItem.timeEntries", "atDataVersion": "1",
    },
    "getVersions": {"untilDataVersion": "1", "limit": "20"},
    "addNamedVersion": {
        "name": "Sprint 12 planned", "dataVersion": "1", "note": "What the team promised on Monday.",
    },
    "getNamedVersions": {},
    "deleteNamedVersion": {"name": "Sprint 12 planned"},
    "getChanges": {
        "sinceDataVersion": "1", "untilDataVersion": "3", "projectIDs": "729-11230-1",
        "objectTypes": "BacklogItem,Task", "limit": "500", "collapse": "true",
        "includeProperties": "Project.backlogItems,BacklogItem.tasks",
    },
    "getObjectHistory": {
        "objectType": "BacklogItem", "objectID": "729-0-69327", "sinceDataVersion": "1", "untilDataVersion": "3",
        "limit": "500",
    },
    "addPerson": {
        "externalID": "PE93847561", "firstName": "Ann", "lastName": "Archer", "nickname": "Annie",
        "emailAddress": "ann@example.com", "phone": "+45 55 55 01 99", "im": "ann@chat.example.com",
        "description": "An example description.", "photoURL": "http://www.example.com/photos/ann.jpg",
        "isAdministrator": "false",
    },
    "deletePerson": {"personID": "729-3156-1343"},
    "setPersonDescription": {"personID": "729-11304-39", "description": "An example description."},
    "setPersonEmailAddress": {"personID": "729-11304-39", "emailAddress": "lin.wang@example.com"},
    "setPersonExternalID": {"personID": "729-11304-39", "externalID": "PE39872462"},
    "setPersonFirstName": {"personID": "729-11304-39", "firstName": "Linda"},
    "setPersonIM": {"personID": "729-11304-39", "im": "lin@chat.example.com"},
    "setPersonIsAdministrator": {"personID": "729-11304-39", "isAdministrator": "true"},
    "setPersonLastName": {"personID": "729-11304-39", "lastName": "Wang"},
    "setPersonNickname": {"personID": "729-11304-39", "nickname": "Lin"},
    "setPersonPhone": {"personID": "729-11304-39", "phone": "+45 55 55 01 39"},
    "setPersonPhotoURL": {"personID": "729-11304-39", "photoURL": "http://www.example.com/photos/lin.jpg"},
}  # fmt: skip
