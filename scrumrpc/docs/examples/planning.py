"""Example calls about releases, sprints and the teams' parts in sprints."""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "addRelease": {
        "externalID": "RE93847561", "projectID": "729-11230-1", "name": "Example release 1",
        "description": "An example description.", "link": "http://www.example.com", "startDate": "2013-12-03",
        "releaseDate": "2014-03-28", "index": "3",
    },
    "completeRelease": {"releaseID": "729-15367-3125", "nextReleaseID": "729-11301-22"},
    "deleteRelease": {"releaseID": "729-31746-8"},
    "moveRelease": {"releaseID": "729-15367-3125", "index": "0"},
    "setReleaseDates": {"releaseID": "729-15367-3125", "startDate": "2013-09-09", "releaseDate": "2013-11-22"},
    "setReleaseDescription": {"releaseID": "729-15367-3125", "description": "An example description."},
    "setReleaseExternalID": {"releaseID": "729-15367-3125", "externalID": "RE86536527"},
    "setReleaseLink": {"releaseID": "729-15367-3125", "link": "http://www.example.com"},
    "setReleaseName": {"releaseID": "729-15367-3125", "name": "Example release"},
    "setReleaseVelocities": {
        "releaseID": "729-15367-3125", "bestCaseVelocityPerWeek": "25.5", "expectedVelocityPerWeek": "20",
        "worstCaseVelocityPerWeek": "12.5", "velocityUnit": "Points",
    },
    "startRelease": {"releaseID": "729-11301-22"},
    "addSprint": {
        "externalID": "SP93847561", "projectID": "729-11230-1", "name": "Example sprint 1",
        "description": "An example description.", "link": "http://www.example.com", "startDate": "2013-10-28",
        "endDate": "2013-11-08", "boardID": "729-22343-233", "index": "0",
    },
    "startSprint": {"sprintID": "729-11301-34"},
    "completeSprint": {"sprintID": "729-10367-745", "nextSprintID": "729-11301-34"},
    "abortSprint": {"sprintID": "729-5445-4334", "nextSprintID": "729-74533-21"},
    "deleteSprint": {"sprintID": "729-11301-32"},
    "moveSprint": {"sprintID": "729-10367-745", "index": "0"},
    "setSprintBoardID": {"sprintID": "729-31746-9", "boardID": "729-31746-4"},
    "setSprintDates": {"sprintID": "729-10367-745", "startDate": "2013-10-01", "endDate": "2013-10-14"},
    "setSprintDescription": {"sprintID": "729-10367-745", "description": "An example description."},
    "setSprintExternalID": {"sprintID": "729-10367-745", "externalID": "SP86486527"},
    "setSprintIsArchived": {"sprintID": "729-11301-33", "isArchived": "true"},
    "setSprintLink": {"sprintID": "729-10367-745", "link": "http://www.example.com"},
    "setSprintName": {"sprintID": "729-10367-745", "name": "Example sprint"},
    "addTeamSprintParticipation": {
        "sprintID": "729-31746-10", "teamID": "729-31746-3", "availableTime": "37.5", "availableTimeUnit": "Hours",
    },
    "deleteTeamSprintParticipation": {"teamSprintParticipationID": "729-44336-2_44336-4"},
    "setTeamSprintParticipationAvailableTime": {
        "teamSprintParticipationID": "729-11234-15_10367-745", "availableTime": "30.5", "availableTimeUnit": "Days",
    },
}  # fmt: skip
