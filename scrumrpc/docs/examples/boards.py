"""Example calls about boards, teams and tags."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addBoard": {
        "externalID": "BO93847561", "projectID": "729-11230-1", "name": "Example board 1",
        "description": "An example description.", "type": "Scrum", "index": "1",
    },
    "deleteBoard": {"boardID": "729-3231-632"},
    "moveBoard": {"boardID": "729-22343-233", "index": "1"},
    "setBoardDescription": {"boardID": "729-22343-233", "description": "An example description."},
    "setBoardExternalID": {"boardID": "729-22343-233", "externalID": "BO23908"},
    "setBoardName": {"boardID": "729-22343-233", "name": "Example board"},
    "addBoardColumn": {
        "externalID": "BC93847561", "boardID": "729-22343-233", "name": "Example column 1",
        "description": "An example description.", "status": "To test", "index": "3",
    },
    "deleteBoardColumn": {"boardColumnID": "729-11301-11"},
    "moveBoardColumn": {"boardColumnID": "729-11301-12", "index": "1"},
    "setBoardColumnDescription": {"boardColumnID": "729-32978-775", "description": "An example description."},
    "setBoardColumnExternalID": {"boardColumnID": "729-32978-775", "externalID": "BC398342"},
    "setBoardColumnName": {"boardColumnID": "729-32978-775", "name": "Example column"},
    "setBoardColumnStatus": {"boardColumnID": "729-31746-7", "status": "To test"},
    "addTeam": {
        "externalID": "TE93847561", "projectID": "729-11230-1", "name": "Example team 1",
        "description": "An example description.", "index": "0",
    },
    "addTeamMember": {"teamID": "729-12445-3324", "personID": "729-12001-3"},
    "deleteTeam": {"teamID": "729-1454-2"},
    "moveTeam": {"teamID": "729-12445-3324", "index": "0"},
    "removeTeamMember": {"teamID": "729-12445-3324", "personID": "729-4334-232"},
    "setTeamDescription": {"teamID": "729-12445-3324", "description": "An example description."},
    "setTeamExternalID": {"teamID": "729-12445-3324", "externalID": "TE43903908"},
    "setTeamName": {"teamID": "729-12445-3324", "name": "Example team"},
    "addTag": {
        "externalID": "TG49303752", "projectID": "729-11230-1", "name": "Tag 1", "description": "An example tag.",
        "color": "Red", "index": "0",
    },
    "deleteTag": {"tagID": "729-26431-545"},
    "moveTag": {"tagID": "729-0-69363", "index": "2"},
    "setTagColor": {"tagID": "729-0-69363", "color": "Orange"},
    "setTagDescription": {"tagID": "729-0-69363", "description": "An example description."},
    "setTagExternalID": {"tagID": "729-14308-3532", "externalID": "TG34034090"},
    "setTagName": {"tagID": "729-0-69363", "name": "Tag 2"},
    "addTagOnObject": {"tagID": "729-0-69363", "objectType": "BacklogItem", "objectID": "729-43532-632"},
    "removeTagFromObject": {"tagID": "729-0-69363", "objectType": "BacklogItem", "objectID": "729-43532-632"},
}  # fmt: skip
