"""The warehouse: two teams in one sprint, most of it as the documentation's page Objects shows it.

The page's examples do not fit together everywhere: there two items are on one board and in a sprint that uses another
one, and an attachment and a checklist of one item are in two projects. Here the sprint's board and the checklist's
project hold.
"""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import (
    Object,
    attachment,
    backlog,
    backlog_list,
    board,
    check,
    checklist,
    column,
    comment,
    item,
    participation,
    project,
    release,
    reply,
    sprint,
    tag,
    task,
    team,
    time_entry,
)
from scrumrpc.cli.sample.people import ALICE, FATIMA, HUGO, INES, OLGA, OMAR, STEFAN, ZOE

PROJECT = project(
    "729-1321-1244", "Warehouse", productOwnerIDs=[FATIMA], stakeholderIDs=[STEFAN, INES], externalID="WH",
    description="Software for picking and packing.",
)  # fmt: skip

_BACKLOG = [
    BACKLOG := backlog(PROJECT, "729-7253-21", "Backlog"),
    LIST := backlog_list(BACKLOG, "729-7253-22", "Backlog"),
]

_TAGS = [
    SCANNERS := tag(PROJECT, "729-10820-446", "scanners", "Dark blue"),
    SAFETY := tag(PROJECT, "729-10820-226", "safety", "Pink", description="Nobody gets hurt."),
]

_TEAMS = [
    PICKERS := team(PROJECT, "729-1325-20", "Picking", [HUGO, OLGA]),
    PACKERS := team(PROJECT, "729-3421-333", "Packing", [ZOE, OMAR]),
]

_BOARDS = [
    BOARD := board(PROJECT, "729-2351-553", "Warehouse board", "Scrum"),
    TO_DO := column(BOARD, "729-2352-1", "To do", "To do"),
    IN_PROGRESS := column(BOARD, "729-2352-2", "In progress", "In progress"),
    TO_TEST := column(BOARD, "729-2352-3", "On trial in hall 3", "To test"),
    DONE := column(BOARD, "729-2352-4", "Done", "Done"),
    IDLE := board(PROJECT, "729-3231-632", "Example task board", "Scrum", description="An example description."),
    column(IDLE, "729-1242-31", "To do", "To do"),
    column(IDLE, "729-39825-564", "Example column", "In progress", description="An example description."),
]

_EXAMPLE: Object = {
    "description": "An example description.", "link": "http://www.example.com", "tagIDs": [SCANNERS, SAFETY],
}  # fmt: skip

_PLAN = [
    RELEASE := release(
        PROJECT, "729-2462-323", "Example release", "In progress", startDate="2013-09-06", releaseDate="2013-12-10",
        bestCaseVelocityPerWeek=35, expectedVelocityPerWeek=29, **_EXAMPLE,
    ),
    SPRINT := sprint(
        PROJECT, "729-8333-622", "Example sprint", "In progress", ("2013-10-07", "2013-10-18"), boardID=BOARD,
        **_EXAMPLE,
    ),
    participation(PICKERS, SPRINT, 25),
    participation(PACKERS, SPRINT, 35),
]  # fmt: skip

_PICKING: Object = {"sprintID": SPRINT, "teamID": PICKERS, "releaseID": RELEASE, "creatorID": FATIMA}
_PACKING: Object = {"sprintID": SPRINT, "teamID": PACKERS, "creatorID": FATIMA}

_IN_THE_SPRINT = [
    item(LIST, "729-3056-422", 501, "Shorter ways", TO_DO, **_PICKING, type="Feature", estimate=3, remainingWork=3),
    item(
        LIST, "729-4333-633", 502, "Beep louder", IN_PROGRESS, **_PICKING, type="Feature", assignedPersonIDs=[HUGO],
        tagIDs=[SCANNERS], estimate=1, remainingWork=0.5,
    ),
    GLOVES := item(LIST, "729-7252-65", 503, "Use it with gloves", boardID=BOARD, status="To do", **_PICKING),
    task(GLOVES, "729-7253-1", 571, "Buy gloves", TO_DO, estimate=0.25, remainingWork=0.25, assignedPersonIDs=[OLGA]),
    task(GLOVES, "729-7253-2", 572, "Larger buttons", TO_DO, estimate=2, remainingWork=2, tagIDs=[SAFETY]),
    item(LIST, "729-6434-566", 504, "Count stock", TO_TEST, **_PICKING, type="Other", assignedPersonIDs=[OLGA]),
    item(LIST, "729-1064-123", 505, "Weigh parcels", TO_DO, **_PACKING, color="Yellow", priority="Low"),
    ROBOT := item(
        LIST, "729-3056-722", 506, "Lend the robot a hand 🦾", boardID=BOARD, status="In progress", **_PACKING,
        type="Spike",
    ),
    ARM := task(ROBOT, "729-7253-3", 573, "Left arm", DONE, estimate=2, remainingWork=0, assignedPersonIDs=[ZOE]),
    time_entry(ARM, "729-7253-4", "2013-10-07", ZOE, 8),
    time_entry(ARM, "729-7253-5", "2013-10-08", ZOE, 4.25),
    task(ROBOT, "729-7253-6", 574, "Right arm", IN_PROGRESS, remainingWork=1.5, assignedPersonIDs=[ZOE, OMAR]),
    item(LIST, "729-3057-131", 507, "Fewer labels", DONE, **_PACKING, assignedPersonIDs=[OMAR], remainingWork=0),
    item(LIST, "729-4309-471", 508, "Tape runs out", IN_PROGRESS, **_PACKING, type="Bug", assignedPersonIDs=[ZOE]),
]  # fmt: skip

_NOT_PLANNED = [
    EXAMPLE := item(LIST, "729-17823-1322", 509, "Forklifts", type="Feature", color="Light brown", creatorID=ALICE),
    attachment(
        EXAMPLE, "729-8641-15", "Example.png", name="Example attachment", description="An example description.",
        thumbnailURL="https://files.example.com/thumbs/729-8641-15.png",
    ),
    LIST := checklist(EXAMPLE, "729-5931-324", "Example checklist", description="An example description."),
    check(LIST, "729-2397-323", "Driving licence"),
    check(LIST, "729-43612-129", "Example checklist item", is_checked=True, description="An example description."),
]  # fmt: skip

_REMARKS = [
    SWEEP := checklist(SPRINT, "729-7253-11", "Every evening"),
    check(SWEEP, "729-7253-12", "Sweep the floor"),
    attachment(RELEASE, "729-7253-13", "floor plan.dwg"),
    HALL := comment(RELEASE, "729-7253-14", INES, "2013-09-09 12:00:00", "Hall 3 opens a week later."),
    OK := reply(HALL, "729-7253-15", FATIMA, "2013-09-09 12:30:30", "حسنًا"),
    reply(OK, "729-7253-16", INES, "2013-09-10 07:00:00", "شكرًا!"),
    comment(ROBOT, "729-7253-17", ZOE, "2013-10-08 15:59:59", "It waved."),
]

OBJECTS: list[Object] = [
    PROJECT, *_BACKLOG, *_TAGS, *_TEAMS, *_BOARDS, *_PLAN, *_IN_THE_SPRINT, *_NOT_PLANNED, *_REMARKS,
]  # fmt: skip
