"""More of the web shop's backlog: epics with what they consist of, and bugs that were settled."""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import Object, comment, commit, item, reply, task, time_entry
from scrumrpc.cli.sample.people import BOB, CHRIS, DIMA, ERIN, GRETA, LARS, LIN, MARIA, OMAR, PAULA, SOFIA, STEFAN, YUKI
from scrumrpc.cli.sample.shop import (
    AUTUMN,
    BUGS,
    CHRISTMAS,
    NEXT,
    PAY,
    PERFORMANCE,
    SECURITY,
    SOME_DAY,
    SPRINT_7,
    SPRINT_9,
    TASK_BOARD,
    TO_DO,
    TO_TEST,
    TRANSLATION,
)
from scrumrpc.cli.sample.shop_backlog import BY_STORE_FRONT

_EPICS = [
    ABROAD := item(
        NEXT, "729-11407-1", 240, "Sell abroad 🌍", type="Epic", priority="High", color="Dark blue", creatorID=PAULA,
        created="2013-08-12 09:00:00", roughEstimate=40, releaseID=CHRISTMAS, dueDate="2013-12-02", externalID="EPIC-1",
        description="Norway, France, Japan.", tagIDs=[TRANSLATION],
    ),
    LANGUAGES := item(
        ABROAD, "729-11407-2", 241, "Speak the customer's language", type="Epic", creatorID=PAULA,
        created="2013-08-12 09:10:00", status="Ready for estimation", tagIDs=[TRANSLATION],
    ),
    item(
        LANGUAGES, "729-11407-3", 242, "En français, s'il vous plaît", type="Feature", priority="Medium",
        creatorID=PAULA, created="2013-08-12 09:15:00", status="Ready for sprint", roughEstimate=5, estimate=3,
        releaseID=CHRISTMAS, tagIDs=[TRANSLATION],
    ),
    JAPANESE := item(
        LANGUAGES, "729-11407-4", 243, "日本語", boardID=TASK_BOARD, **BY_STORE_FRONT, status="In progress",
        type="Feature", priority="High", creatorID=YUKI, created="2013-08-13 02:30:00", color="Pink", roughEstimate=8,
        dueDate="2013-10-11",
    ),
    TEXTS := task(
        JAPANESE, "729-11407-5", 544, "Translate all texts", TO_TEST, estimate=2, remainingWork=0.25,
        assignedPersonIDs=[YUKI], dueDate="2013-10-09",
    ),
    time_entry(TEXTS, "729-11407-6", "2013-10-01", YUKI, 6.5),
    task(JAPANESE, "729-11407-7", 545, "Ask a native speaker", TO_DO, estimate=0.5, remainingWork=0.5),
    CUSTOMS := item(
        ABROAD, "729-11407-8", 244, "Customs form", type="Feature", creatorID=SOFIA, created="2013-08-20 12:00:00",
        sprintID=SPRINT_9, teamID=PAY, status="Assigned to sprint", roughEstimate=3, releaseID=CHRISTMAS,
    ),
    item(ABROAD, "729-11407-9", 245, "Which post office?", type="Spike", creatorID=OMAR, created="2013-08-20 12:05:00"),
    WHERE := comment(ABROAD, "729-11407-10", STEFAN, "2013-08-15 10:00:00", "Why not Brazil?"),
    reply(WHERE, "729-11407-11", PAULA, "2013-08-15 10:30:00", "Next year."),
    item(
        SOME_DAY, "729-11407-12", 246, "A shop in the shop", type="Epic", priority="Low", creatorID=SOFIA,
        created="2013-09-02 08:00:00",
    ),
]  # fmt: skip

_SETTLED_BUGS = [
    item(
        BUGS, "729-11407-21", 250, "It does not work", type="Bug", creatorID=BOB, created="2013-06-10 14:00:00",
        reproducible="No", resolution="Not enough information",
    ),
    item(
        BUGS, "729-11407-22", 251, "The basket is empty on Mondays", type="Bug", creatorID=SOFIA, priority="Medium",
        created="2013-06-17 05:55:00", reproducible="No", resolution="Cannot reproduce", status="Ready for estimation",
    ),
    item(
        BUGS, "729-11407-23", 252, "Prices are too high", type="Bug", creatorID=STEFAN, created="2013-06-18 15:00:00",
        reproducible="Always", resolution="Not a bug",
    ),
    SLUGGISH := item(
        BUGS, "729-11407-24", 253, "The start page is sluggish", type="Bug", creatorID=MARIA, priority="High",
        created="2013-09-27 07:10:00", reproducible="Always", resolution="Duplicate", tagIDs=[PERFORMANCE],
    ),
    item(
        BUGS, "729-11407-25", 254, "The clock goes wrong in 2038", type="Bug", creatorID=LARS, priority="Low",
        created="2013-07-01 10:10:10", resolution="Postponed", dueDate="2038-01-18",
    ),
    item(
        BUGS, "729-11407-26", 255, "Looks odd in IE 5.5", type="Bug", creatorID=CHRIS, created="2013-04-30 16:16:16",
        reproducible="Sometimes", resolution="Won't fix",
    ),
    SCRIPTS := item(
        BUGS, "729-11407-27", 256, "Search terms can hold scripts", type="Bug", creatorID=DIMA, priority="Urgent",
        created="2013-09-11 21:40:00", reproducible="Always", resolution="Duplicate", tagIDs=[SECURITY],
    ),
    FORGETS := item(
        BUGS, "729-11407-28", 257, "Forgets me after an hour", type="Bug", creatorID=LIN, priority="High",
        created="2013-09-13 08:08:08", reproducible="Sometimes", resolution="Fixed", status="Sprint completed",
        sprintID=SPRINT_7, teamID=PAY, releaseID=AUTUMN, estimate=1, remainingWork=0, assignedPersonIDs=[ERIN, GRETA],
    ),
    time_entry(FORGETS, "729-11407-29", "2013-09-19", ERIN, 3.5),
    commit(
        FORGETS, "729-11407-30", "2013-09-19 13:30:00", ERIN, "1f0c6a9e957b6398bd8c62f3b67c95005ca00003",
        "Renew the session [Scrumwise item #257, used: 3.5 h, status: Done]", repositoryName="shop",
    ),
]  # fmt: skip

OBJECTS: list[Object] = [*_EPICS, *_SETTLED_BUGS]
