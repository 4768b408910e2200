"""Example calls about backlogs and their lists, and about custom fields."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addBacklog": {
        "externalID": "BL93847561", "projectID": "729-11230-1", "name": "Example backlog 1",
        "description": "An example description.", "color": "Green", "index": "1",
    },
    "deleteBacklog": {"backlogID": "729-11401-8"},
    "moveBacklog": {"backlogID": "729-11401-6", "index": "1"},
    "setBacklogColor": {"backlogID": "729-11401-1", "color": "Dark blue"},
    "setBacklogDescription": {"backlogID": "729-11401-1", "description": "An example description."},
    "setBacklogExternalID": {"backlogID": "729-11401-1", "externalID": "BL20934857"},
    "setBacklogIsArchived": {"backlogID": "729-11401-6", "isArchived": "true"},
    "setBacklogName": {"backlogID": "729-11401-1", "name": "Example backlog"},
    "addBacklogList": {
        "externalID": "LI93847561", "backlogID": "729-11401-1", "name": "Example backlog list 1",
        "description": "An example description.", "color": "Green", "index": "1",
    },
    "deleteBacklogList": {"backlogListID": "729-11401-5"},
    "moveBacklogList": {"backlogListID": "729-11401-4", "backlogID": "729-11401-6", "index": "0"},
    "setBacklogListColor": {"backlogListID": "729-11401-2", "color": "Dark blue"},
    "setBacklogListDescription": {"backlogListID": "729-11401-2", "description": "An example description."},
    "setBacklogListExternalID": {"backlogListID": "729-11401-2", "externalID": "LI20934857"},
    "setBacklogListIsArchived": {"backlogListID": "729-11401-7", "isArchived": "true"},
    "setBacklogListName": {"backlogListID": "729-11401-2", "name": "Example backlog list"},
    "addCustomField": {
        "projectID": "729-11230-1", "name": "Example custom field 1", "description": "An example description.",
        "ownerObjectTypes": "BacklogItem,Task", "ownerBacklogItemTypes": "Feature,Bug", "type": "Dropdown",
        "options": "Small,Medium,Large", "isRequired": "false", "index": "0",
    },
    "deleteCustomField": {"customFieldID": "729-11402-17"},
    "moveCustomField": {"customFieldID": "729-11402-1", "index": "3"},
    "setCustomFieldDescription": {"customFieldID": "729-11402-1", "description": "An example description."},
    "setCustomFieldIsRequired": {"customFieldID": "729-11402-1", "isRequired": "true"},
    "setCustomFieldName": {"customFieldID": "729-11402-1", "name": "Example custom field"},
    "setCustomFieldOptions": {"customFieldID": "729-11402-12", "options": "Chrome,Edge,Firefox,IE 8,Safari"},
    "setCustomFieldOwnerBacklogItemTypes": {
        "customFieldID": "729-11402-2", "ownerBacklogItemTypes": "Epic,Feature,Bug",
    },
    "setCustomFieldUnit": {"customFieldID": "729-11402-4", "unit": "people"},
    "setCustomFieldValue": {
        "customFieldID": "729-11402-12", "ownerObjectType": "BacklogItem", "ownerObjectID": "729-43532-632",
        "value": "Safari",
    },
}  # fmt: skip
