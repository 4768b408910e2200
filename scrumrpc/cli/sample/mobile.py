"""The mobile app: a second project whose first sprint is being planned."""

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
)
from scrumrpc.cli.sample.people import ALICE, ERIN, LIN, RAVI, SOFIA, TOM

PROJECT = project(
    "729-31745-129", "Mobile app", ("Points", "Hours", "Hours"), externalID="APP", productOwnerIDs=[SOFIA],
    stakeholderIDs=[RAVI], description="The shop in your pocket 📱\n\nAndroid first.",
    link="http://www.example.com/app",
)  # fmt: skip

_PLAN = [
    BACKLOG := backlog(PROJECT, "729-31746-41", "App", description="What the app will be able to do.", color="Green"),
    NEXT := backlog_list(BACKLOG, "729-31746-42", "Next", externalID="app-next"),
    LATER := backlog_list(BACKLOG, "729-31746-43", "Later", description="Perhaps.", color="Light gray"),
    ANDROID := tag(PROJECT, "729-31746-1", "Android", "Green"),
    IOS := tag(PROJECT, "729-31746-2", "iOS", "Light gray"),
    APP_TEAM := team(PROJECT, "729-31746-3", "App team", [LIN, TOM], externalID="team-app", description="Two people."),
    BOARD := board(PROJECT, "729-31746-4", "App board", "Scrum", externalID="board-app"),
    column(BOARD, "729-31746-5", "Next", "To do"),
    column(BOARD, "729-31746-6", "Now", "In progress"),
    column(BOARD, "729-31746-7", "Shown", "Done"),
    BETA := release(PROJECT, "729-31746-8", "Beta", "In planning", description="For 50 customers."),
    SPRINT_1 := sprint(PROJECT, "729-31746-9", "Sprint 1", "In planning", ("2013-10-21", "2013-11-01"), tagIDs=[IOS]),
    participation(APP_TEAM, SPRINT_1, 110),
    sprint(PROJECT, "729-31746-10", "Sprint 2", "In planning", None),
]

_BACKLOG = [
    SCANNER := item(
        NEXT, "729-31746-21", 301, "Scan a barcode", status="Assigned to sprint", sprintID=SPRINT_1, teamID=APP_TEAM,
        type="Spike", priority="High", color="Light green", creatorID=SOFIA, releaseID=BETA, roughEstimate=8,
        tagIDs=[ANDROID, IOS],
    ),
    LIBRARY := task(
        SCANNER, "729-31746-22", 551, "Compare libraries", estimate=12, remainingWork=12, assignedPersonIDs=[TOM],
        description="Size, licence, speed.", color="Light brown",
    ),
    task(SCANNER, "729-31746-23", 552, "Ask for a test phone", tagIDs=[ANDROID]),
    LIST := checklist(LIBRARY, "729-31746-24", "Libraries", externalID="lib-list"),
    check(LIST, "729-31746-25", "ZXing", is_checked=True),
    check(LIST, "729-31746-26", "ZBar"),
    item(LATER, "729-31746-27", 302, "Push messages", priority="Low", creatorID=ALICE, roughEstimate=0.5),
    item(NEXT, "729-31746-28", 303, "Crashes when turned 90°", type="Bug", status="Ready for estimation"),
    item(
        LATER, "729-31746-29", 304, "Take a picture of the order", type="Feature", status="Ready for sprint",
        creatorID=ERIN, releaseID=BETA, roughEstimate=5, estimate=20, assignedPersonIDs=[LIN],
    ),
]  # fmt: skip

_REMARKS = [
    attachment(PROJECT, "729-31746-31", None, name="A file without a file name"),
    NAME := comment(PROJECT, "729-31746-32", RAVI, "2013-10-01 05:30:00", "What will it be called?"),
    VOTE := reply(NAME, "729-31746-33", SOFIA, "2013-10-01 06:15:45", "Let us vote."),
    reply(VOTE, "729-31746-34", TOM, "2013-10-01 06:20:00", "\u201eShöpp\u201c!"),
    comment(SCANNER, "729-31746-35", LIN, "2013-10-08 11:02:30", "See the shop's item #217 as well."),
]

OBJECTS: list[Object] = [PROJECT, *_PLAN, *_BACKLOG, *_REMARKS]
