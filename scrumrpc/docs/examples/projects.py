"""Example calls about projects and relationships."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addProject": {
        "externalID": "PR43268328", "name": "Project 1", "description": "An example project.",
        "link": "http://www.example.com", "roughEstimateUnit": "Points", "detailedEstimateUnit": "Days",
        "timeTrackingUnit": "Hours", "index": "5",
    },
    "addProductOwner": {"projectID": "729-11230-1", "personID": "729-4543-3632"},
    "addStakeholder": {"projectID": "729-11230-1", "personID": "729-4543-3632"},
    "deleteProject": {"projectID": "729-13422-1222"},
    "moveProject": {"projectID": "729-11230-1", "index": "1"},
    "removeProductOwner": {"projectID": "729-11230-1", "personID": "729-334-1"},
    "removeStakeholder": {"projectID": "729-11230-1", "personID": "729-8107-6"},
    "setProjectDescription": {"projectID": "729-11230-1", "description": "An example description."},
    "setProjectDetailedEstimateUnit": {"projectID": "729-1242-231", "detailedEstimateUnit": "Days"},
    "setProjectExternalID": {"projectID": "729-11324-623", "externalID": "PR58976373"},
    "setProjectLink": {"projectID": "729-11230-1", "link": "http://www.example.com/shop"},
    "setProjectName": {"projectID": "729-11230-1", "name": "Example project"},
    "setProjectRoughEstimateUnit": {"projectID": "729-1242-231", "roughEstimateUnit": "Points"},
    "setProjectStatus": {"projectID": "729-1242-231", "status": "Archived"},
    "setProjectTimeTrackingUnit": {"projectID": "729-1242-231", "timeTrackingUnit": "Days"},
    "addRelationship": {
        "externalID": "RL93847561", "type": "Is blocked by", "fromObjectType": "BacklogItem",
        "fromObjectID": "729-0-69327", "toObjectType": "Task", "toObjectID": "729-15443-202",
        "description": "An example description.",
    },
    "deleteRelationship": {"relationshipID": "729-11405-12"},
    "setRelationshipDescription": {"relationshipID": "729-11405-1", "description": "An example description."},
    "setRelationshipExternalID": {"relationshipID": "729-11405-1", "externalID": "RL20934857"},
}  # fmt: skip
