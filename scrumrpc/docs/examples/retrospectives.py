"""Example calls about retrospectives with their columns and cards."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addRetrospective": {
        "externalID": "RT93847561", "projectID": "729-11230-1", "name": "Example retrospective 1",
        "description": "An example description.", "color": "Green", "columnNames": "Keep,Drop,Try", "index": "0",
    },
    "deleteRetrospective": {"retrospectiveID": "729-11406-31"},
    "moveRetrospective": {"retrospectiveID": "729-11406-1", "index": "0"},
    "setRetrospectiveColor": {"retrospectiveID": "729-11406-1", "color": "Green"},
    "setRetrospectiveDescription": {"retrospectiveID": "729-11406-1", "description": "An example description."},
    "setRetrospectiveExternalID": {"retrospectiveID": "729-11406-1", "externalID": "RT20934857"},
    "setRetrospectiveIsArchived": {"retrospectiveID": "729-11406-1", "isArchived": "true"},
    "setRetrospectiveName": {"retrospectiveID": "729-11406-1", "name": "Example retrospective"},
    "addRetrospectiveColumn": {
        "retrospectiveID": "729-11406-1", "name": "Example column 1", "color": "Pink", "index": "4",
    },
    "deleteRetrospectiveColumn": {"retrospectiveID": "729-11406-1", "columnNum": "4"},
    "moveRetrospectiveColumn": {"retrospectiveID": "729-11406-1", "columnNum": "2", "index": "0"},
    "setRetrospectiveColumnColor": {"retrospectiveID": "729-11406-1", "columnNum": "1", "color": "Yellow"},
    "setRetrospectiveColumnName": {"retrospectiveID": "729-11406-1", "columnNum": "1", "name": "Example column"},
    "addRetrospectiveCard": {
        "externalID": "RC93847561", "retrospectiveID": "729-11406-1", "columnNum": "1", "name": "Example card 1",
        "description": "An example description.", "color": "Green", "index": "0",
    },
    "deleteRetrospectiveCard": {"retrospectiveCardID": "729-11406-4"},
    "moveRetrospectiveCard": {"retrospectiveCardID": "729-11406-2", "columnNum": "3", "index": "0"},
    "setRetrospectiveCardColor": {"retrospectiveCardID": "729-11406-2", "color": "Yellow"},
    "setRetrospectiveCardDescription": {"retrospectiveCardID": "729-11406-2", "description": "An example description."},
    "setRetrospectiveCardExternalID": {"retrospectiveCardID": "729-11406-2", "externalID": "RC20934857"},
    "setRetrospectiveCardName": {"retrospectiveCardID": "729-11406-2", "name": "Example card"},
}  # fmt: skip
