"""The web shop: a project worked on by two teams in sprints, two weeks each; its backlog is in shop_backlog."""

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
    participation,
    project,
    release,
    reply,
    sprint,
    tag,
    team,
)
from scrumrpc.cli.sample.people import (
    BOB,
    CHRIS,
    DAGMAR,
    DIMA,
    ERIN,
    GRETA,
    KEVIN,
    LARS,
    LIN,
    MARIA,
    OMAR,
    PAULA,
    SOFIA,
    STEFAN,
    YUKI,
)

PROJECT = project(
    "729-11230-1", "Web shop", link="http://www.example.com", productOwnerIDs=[PAULA], stakeholderIDs=[STEFAN, SOFIA]
)

_BACKLOGS = [
    BACKLOG := backlog(
        PROJECT, "729-11401-1", "Shop", description="All that customers see.", color="Blue", externalID="backlog/shop"
    ),
    NEXT := backlog_list(
        BACKLOG, "729-11401-2", "Next", description="In the order of its value.", color="Green", externalID="list/next"
    ),
    SOME_DAY := backlog_list(BACKLOG, "729-11401-3", "Some day", color="Light gray"),
    BUGS := backlog_list(BACKLOG, "729-11401-4", "Bugs", description="Closed ones stay here.", color="Red"),
    backlog_list(BACKLOG, "729-11401-5", "Ideas of the last year", isArchived=True),
    BEHIND := backlog(PROJECT, "729-11401-6", "Behind the scenes"),
    backlog_list(BEHIND, "729-11401-7", "Behind the scenes"),
    BEFORE := backlog(PROJECT, "729-11401-8", "Before the relaunch", color="Dark gray", isArchived=True),
    backlog_list(BEFORE, "729-11401-9", "Before the relaunch"),
    backlog_list(BEFORE, "729-11401-10", "For nobody"),
]  # fmt: skip

_TAGS = [
    ACCESSIBILITY := tag(PROJECT, "729-0-69363", "accessibility", "Light green"),
    CHECKOUT := tag(PROJECT, "729-14308-3532", "checkout", "Blue", description="From the basket to the receipt."),
    OBSOLETE := tag(PROJECT, "729-26431-545", "obsolete", "Dark gray", description="Nobody misses it."),
    PERFORMANCE := tag(PROJECT, "729-14820-466", "performance", "Dark orange", externalID="label/performance"),
    SECURITY := tag(PROJECT, "729-12820-336", "security", "Red"),
    TRANSLATION := tag(PROJECT, "729-11301-1", "翻訳 / Übersetzung", "Purple"),
    tag(PROJECT, "729-11301-2", "quick win", "Yellow", description="Less than a day."),
]

_TEAMS = [
    STORE_FRONT := team(PROJECT, "729-11234-15", "Team 1", [MARIA, LARS, YUKI, DIMA, OMAR]),
    PAY := team(
        PROJECT, "729-12445-3324", "Team 2", [ERIN, KEVIN, LIN, GRETA], description="All that has to do with money."
    ),
]

_BOARDS = [
    TASK_BOARD := board(PROJECT, "729-22343-233", "Task board", "Scrum", description="Beside the coffee machine."),
    TO_DO := column(TASK_BOARD, "729-32978-775", "To do", "To do"),
    IN_PROGRESS := column(TASK_BOARD, "729-4765-83", "In progress", "In progress", externalID="col-doing"),
    REVIEW := column(TASK_BOARD, "729-11301-11", "In review", "In progress", description="By a second pair of eyes."),
    TO_TEST := column(TASK_BOARD, "729-11301-12", "To test", "To test"),
    DONE := column(TASK_BOARD, "729-11301-13", "Done", "Done", description="Tested, and it can be shown."),
]

_RELEASES = [
    SPRING := release(
        PROJECT, "729-11301-21", "Spring 2013", "Completed", startDate="2013-03-04", releaseDate="2013-05-31",
        expectedVelocityPerWeek=18, externalID="v1.0",
    ),
    AUTUMN := release(
        PROJECT, "729-15367-3125", "Autumn 2013", "In progress", startDate="2013-09-02", releaseDate="2013-11-15",
        description="New checkout.\n\nThe old one goes \"as soon as possible\".", link="http://www.example.com/autumn",
        bestCaseVelocityPerWeek=24, expectedVelocityPerWeek=19.5, worstCaseVelocityPerWeek=12,
        tagIDs=[CHECKOUT, OBSOLETE],
    ),
    CHRISTMAS := release(PROJECT, "729-11301-22", "Christmas 🎄", "In planning", releaseDate="2013-12-02"),
]  # fmt: skip

_SPRINTS = [
    SPRINT_5 := sprint(
        PROJECT, "729-11301-31", "Sprint 5", "Completed", ("2013-04-29", "2013-05-10"), externalID="sprint/5",
        isArchived=True,
    ),
    SPRINT_6 := sprint(
        PROJECT, "729-11301-32", "Sprint 6", "Aborted", ("2013-09-02", "2013-09-13"), description="Half of us were ill."
    ),
    SPRINT_7 := sprint(PROJECT, "729-11301-33", "Sprint 7", "Completed", ("2013-09-16", "2013-09-27")),
    SPRINT_8 := sprint(
        PROJECT, "729-10367-745", "Sprint 8", "In progress", ("2013-09-30", "2013-10-11"), boardID=TASK_BOARD,
        description="Goal: pay without an account.", link="http://www.example.com/sprints/8",
        tagIDs=[CHECKOUT, OBSOLETE],
    ),
    SPRINT_9 := sprint(PROJECT, "729-11301-34", "Sprint 9", "In planning", ("2013-10-14", "2013-10-25")),
    participation(STORE_FRONT, SPRINT_5, 36),
    participation(PAY, SPRINT_5, 28.5),
    participation(STORE_FRONT, SPRINT_6),
    participation(STORE_FRONT, SPRINT_7, 40),
    participation(PAY, SPRINT_7, 30),
    participation(STORE_FRONT, SPRINT_8, 38.5),
    participation(PAY, SPRINT_8, 32),
    participation(STORE_FRONT, SPRINT_9, 37),
    participation(PAY, SPRINT_9),
]  # fmt: skip

_ON_THE_PROJECT = [
    DEFINITION := checklist(PROJECT, "729-24233-261", "Definition of done", description="For every backlog item."),
    check(DEFINITION, "729-53083-896", "Reviewed", is_checked=True),
    check(DEFINITION, "729-11301-41", "Tested in four browsers", description="IE 8, Firefox, Chrome, Safari."),
    check(DEFINITION, "729-11301-42", "Documented", externalID="dod-3"),
    attachment(PROJECT, "729-11301-43", "vision.pdf", name="Vision", description="Slides of the kick-off."),
    WELCOME := comment(PROJECT, "729-11301-44", BOB, "2013-03-04 08:00:12", "Welcome, everybody! 🎉"),
    THANKS := reply(WELCOME, "729-11301-45", PAULA, "2013-03-04 08:31:40", "Thanks — where do I find the old backlog?"),
    reply(THANKS, "729-11301-46", DAGMAR, "2013-03-04 09:02:05", "On my desk.\nIt is the green folder."),
    comment(PROJECT, "729-11301-47", None, "2013-04-02 10:00:00", "Imported from the old tracker: 0 remarks."),
]

_ON_RELEASES = [
    GO_LIVE := checklist(AUTUMN, "729-11301-51", "Before the release", externalID="go-live"),
    check(GO_LIVE, "729-11301-52", "Terms and conditions approved", is_checked=True, description="By legal & Stefan."),
    check(GO_LIVE, "729-11301-53", "Load test: 100 % of last year's peak"),
    attachment(AUTUMN, "729-11301-54", "rollout plan (final) v3.xlsx", externalID="doc-77"),
    DATE := comment(AUTUMN, "729-11301-55", STEFAN, "2013-09-03 13:15:00", "Can we have it two weeks earlier?"),
    WHICH := reply(DATE, "729-11301-56", PAULA, "2013-09-03 13:40:21", "Without guest orders: yes."),
    reply(WHICH, "729-11301-57", STEFAN, "2013-09-04 07:12:55", "Then no 🙃"),
]

_ON_SPRINTS = [
    AGREED := checklist(SPRINT_8, "729-11301-61", "Agreed in the retrospective"),
    check(AGREED, "729-11301-62", "Pair on everything that touches money", is_checked=True),
    check(AGREED, "729-11301-63", "No meetings before 10:00"),
    attachment(SPRINT_8, "729-11301-64", "whiteboard.jpg", thumbnailURL="https://files.example.com/thumbs/64.jpg"),
    BOARD := comment(SPRINT_8, "729-4343-645", LARS, "2013-09-30 09:05:00", "The board is full already."),
    SPLIT := reply(BOARD, "729-11301-65", ERIN, "2013-09-30 09:20:10", "Shall we split the guest orders?"),
    reply(SPLIT, "729-11301-66", LARS, "2013-09-30 09:21:33", "+1"),
    PLAN := comment(SPRINT_8, "729-11301-67", PAULA, "2013-10-01 12:00:00", "The demo is on Friday at 14:00."),
    SICK := reply(PLAN, "729-11301-68", LIN, "2013-10-07 06:58:47", "I am ill; Kevin shows my part."),
    reply(SICK, "729-11301-69", KEVIN, "2013-10-07 08:15:02", "Will do. Get well soon!"),
    comment(SPRINT_5, "729-11301-70", CHRIS, "2013-05-10 15:45:00", "That was a good one.", externalID="note-70"),
    reply(PLAN, "729-11301-71", GRETA, "2013-10-08 07:30:00", None),
]

OBJECTS: list[Object] = [
    PROJECT, *_BACKLOGS, *_TAGS, *_TEAMS, *_BOARDS, *_RELEASES, *_SPRINTS, *_ON_THE_PROJECT, *_ON_RELEASES,
    *_ON_SPRINTS,
]  # fmt: skip
