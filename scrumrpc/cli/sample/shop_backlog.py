"""The web shop's backlog, from what is wished for to what is sold: items in every status, and what hangs on them."""

from __future__ import annotations

from base64 import b64decode

from scrumrpc.cli.sample.constructors import (
    Object,
    attachment,
    check,
    checklist,
    comment,
    commit,
    item,
    reply,
    task,
    time_entry,
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
    YUKI,
)
from scrumrpc.cli.sample.shop import (
    AUTUMN,
    BUGS,
    CHECKOUT,
    CHRISTMAS,
    DONE,
    IN_PROGRESS,
    NEXT,
    OBSOLETE,
    PAY,
    PERFORMANCE,
    REVIEW,
    SECURITY,
    SOME_DAY,
    SPRING,
    SPRINT_5,
    SPRINT_7,
    SPRINT_8,
    SPRINT_9,
    STORE_FRONT,
    TASK_BOARD,
    TO_DO,
    TO_TEST,
    TRANSLATION,
)

PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
"""A picture of one pixel."""
_REPOSITORY: Object = {"repositoryName": "shop", "repositoryURL": "https://git.example.com/shop"}

_NOT_PLANNED = [
    # As in the documentation's overview.
    FIRST := item(NEXT, "729-11304-21", 214, "Backlog item 1", type="Feature", color="Blue", creatorID=BOB),
    task(FIRST, "729-11304-28", 532, "Task 1", color="Blue"),
    FAX := item(
        SOME_DAY, "729-0-69320", 215, "Order by fax", type="Other", priority="Low", color="Dark brown",
        creatorID=DAGMAR, created="2013-06-03 10:58:00", status="Ready for sprint",
        releaseID=CHRISTMAS, roughEstimate=8, tagIDs=[OBSOLETE],
        description="The documentation's examples delete it, with everything on it.",
    ),
    PAPER := task(FAX, "729-11302-1", 533, "Buy paper", estimate=0.5, remainingWork=0.5, assignedPersonIDs=[CHRIS]),
    task(FAX, "729-11302-2", 534, "Find somebody with a fax machine", tagIDs=[OBSOLETE]),
    SUPPLIES := checklist(FAX, "729-11302-3", "Supplies"),
    check(SUPPLIES, "729-11302-4", "Toner", is_checked=True),
    WHY := comment(FAX, "729-11302-5", SOFIA, "2013-06-03 11:11:11", "Why?"),
    reply(WHY, "729-11302-6", DAGMAR, "2013-06-03 11:12:13", "Why not?"),
    attachment(PAPER, "729-11302-7", "offer.pdf"),
    time_entry(FAX, "729-11302-8", "2013-06-04", DAGMAR, 0.25, description="Read the manual."),
    commit(PAPER, "729-11302-9", "2013-06-04 16:00:00", DAGMAR, "r1", "Note the paper size"),
    WISHES := item(
        SOME_DAY, "729-11235-42", 216, "Wish lists", type="Feature", priority="Medium",
        status="Ready for estimation", creatorID=SOFIA, created="2013-07-22 13:05:31", color="Pink", link="http://www.example.com/wishes?for=me&by=you#top",
    ),
    ENGINE := item(
        NEXT, "729-11302-11", 217, "Which search engine?", type="Spike", priority="High", creatorID=LARS,
        created="2013-08-01 06:45:00",
        status="Ready for estimation", externalID="SHOP-217", tagIDs=[PERFORMANCE],
    ),
    ESCAPE := item(
        BUGS, "729-43532-632", 218, "Product names with <script>alert(\"1\")</script> in them", type="Bug",
        priority="Urgent", color="Red", status="Ready for sprint", creatorID=YUKI, created="2013-10-07 15:20:09",
        reproducible="Always", roughEstimate=3, estimate=1.5, dueDate="2013-10-18", tagIDs=[SECURITY],
        releaseID=AUTUMN,
        description="Seen with:\n\t<img src=x onerror='alert(1)'>\n\t'); DROP TABLE products;--\n\t50 % + \\n & ½",
    ),
    attachment(
        ESCAPE, "729-11304-39", "screenshot.png", name="What it looks like", description="In the basket.",
        contents=PICTURE,
    ),
    # Sprint 6 was aborted, so this one came back from it.
    item(
        NEXT, "729-11302-12", 219, "Ship to the Åland Islands", priority="Low", creatorID=OMAR, roughEstimate=2,
        status="Ready for sprint", tagIDs=[TRANSLATION],
    ),
]  # fmt: skip

_NEXT_SPRINT: Object = {"sprintID": SPRINT_9, "teamID": PAY, "status": "Assigned to sprint", "releaseID": AUTUMN}

_PLANNED = [
    VOUCHERS := item(
        NEXT, "729-11302-21", 220, "Vouchers", type="Feature", creatorID=PAULA, created="2013-09-05 11:00:00",
        estimate=6, **_NEXT_SPRINT,
    ),
    REFUND := item(
        NEXT, "729-11302-22", 221, "Refunds", type="Feature", creatorID=PAULA, created="2013-09-05 11:04:10",
        roughEstimate=13, color="Green",
        tagIDs=[CHECKOUT, SECURITY], **_NEXT_SPRINT,
    ),
    ASK := task(
        REFUND, "729-15443-202", 535, "Ask the bank", estimate=0.5, remainingWork=0.5, assignedPersonIDs=[GRETA],
        dueDate="2013-10-16",
    ),
    MAIL := task(REFUND, "729-11302-23", 536, "Mail to the customer", estimate=2, remainingWork=2, color="Light blue"),
]  # fmt: skip

_BY_PAY: Object = {"sprintID": SPRINT_8, "teamID": PAY, "releaseID": AUTUMN}
BY_STORE_FRONT: Object = {"sprintID": SPRINT_8, "teamID": STORE_FRONT, "releaseID": AUTUMN}

_UNDER_WAY = [
    LATER := item(
        NEXT, "729-0-69327", 230, "Pay later", TO_DO, **_BY_PAY, type="Spike", priority="Medium", creatorID=PAULA,
        created="2013-09-24 14:01:00", roughEstimate=8, estimate=4, remainingWork=4, tagIDs=[CHECKOUT],
    ),
    INVOICE := comment(LATER, "729-23553-8545", PAULA, "2013-09-24 14:03:27", "By invoice, or in instalments too?"),
    BOTH := reply(INVOICE, "729-11302-31", ERIN, "2013-09-24 14:10:00", "Invoice first."),
    reply(BOTH, "729-11302-32", PAULA, "2013-09-25 07:55:19", "Fine 👍🏽"),
    comment(LATER, "729-11753-342", KEVIN, "2013-09-30 10:30:00", "The bank's test system is down."),
    GUESTS := item(
        NEXT, "729-6743-353", 231, "Pay without an account", boardID=TASK_BOARD, **_BY_PAY, status="In progress",
        type="Feature", priority="Urgent", creatorID=PAULA, created="2013-03-05 08:30:00", color="Dark orange",
        roughEstimate=20, tagIDs=[CHECKOUT], dueDate="2013-10-11", externalID="SHOP-231", link="http://www.example.com/guests",
    ),
    # As in the documentation's page Objects.
    EXAMPLE := task(
        GUESTS, "729-3322-69378", 1325, "Example task 1", IN_PROGRESS, description="An example description.",
        link="http://www.example.com", color="Blue", estimate=10.25, remainingWork=5, assignedPersonIDs=[KEVIN],
        tagIDs=[PERFORMANCE, SECURITY],
    ),
    time_entry(EXAMPLE, "729-11302-41", "2013-10-02", KEVIN, 3),
    WAITING := time_entry(EXAMPLE, "729-9304-3924", "2013-10-04", KEVIN, 1.5, description="Waited for the bank ☕"),
    commit(
        EXAMPLE, "729-12342-231", "2013-10-04 15:20:31", KEVIN, "1f0c6a9e957b6398bd8c62f3b67c95005ca00001",
        "Guest orders [Scrumwise task #1325, used: 1.5 h]", **_REPOSITORY,
    ),
    STEPS := checklist(EXAMPLE, "729-11302-42", "Steps", description="In this order."),
    check(STEPS, "729-11302-43", "Basket", is_checked=True),
    check(STEPS, "729-11302-44", "Address"),
    attachment(EXAMPLE, "729-11302-45", "flow.svg", externalID="draw-12"),
    ADDRESS := comment(EXAMPLE, "729-11302-46", KEVIN, "2013-10-02 16:40:00", "Do we need the birthday?"),
    LEGAL := reply(ADDRESS, "729-11302-47", LIN, "2013-10-03 07:01:00", "Only for wine & spirits."),
    reply(LEGAL, "729-11302-48", KEVIN, "2013-10-03 08:44:00", "Cheers 🍷"),
    RECEIPT := task(
        GUESTS, "729-11254-642", 537, "Receipt by mail", REVIEW, estimate=2, remainingWork=0.5, color="Light red",
        assignedPersonIDs=[LIN, GRETA], since="2013-10-03", dueDate="2013-10-10",
    ),
    task(GUESTS, "729-37563-549", 538, "Carve the receipt in stone", TO_DO, color="Light gray", tagIDs=[OBSOLETE]),
    FRAUD := task(
        GUESTS, "729-11302-49", 539, "Fraud check", TO_TEST, estimate=3, remainingWork=0, assignedPersonIDs=[ERIN],
    ),
    time_entry(GUESTS, "729-11302-50", "2013-09-30", ERIN, 2, description="Planning together."),
    SLOW := item(
        NEXT, "729-11302-51", 232, "The start page takes 9 seconds", IN_PROGRESS, **BY_STORE_FRONT, type="Bug",
        priority="High", creatorID=SOFIA, created="2013-09-26 16:12:45", color="Orange", reproducible="Sometimes",
        roughEstimate=5, estimate=3, remainingWork=2.5,
        assignedPersonIDs=[DIMA, CHRIS], tagIDs=[PERFORMANCE, OBSOLETE],
    ),
    time_entry(SLOW, "729-11302-52", "2013-10-07", DIMA, 2.5, externalID="tt-2013-10-07-dima"),
    time_entry(SLOW, "729-11302-53", "2013-10-08", DIMA, 1.75, description="Профилирование"),
    commit(
        SLOW, "729-11302-54", "2013-10-08 13:37:00", DIMA, "1f0c6a9e957b6398bd8c62f3b67c95005ca00002",
        "Кэш for the \"Top 10\" list\n\n[Scrumwise item #232, used: 1.75 h]", **_REPOSITORY, externalID="git-00002",
        commitURL="https://git.example.com/shop/1f0c6a9",
    ),
    item(
        NEXT, "729-11302-55", 233, "Alternative texts for pictures", TO_TEST, **BY_STORE_FRONT, type="Feature",
        priority="Medium", creatorID=MARIA, estimate=2, remainingWork=0.5, assignedPersonIDs=[MARIA],
    ),
    FONT := item(
        NEXT, "729-11302-56", 234, "日本語 on the shipping label", boardID=TASK_BOARD, **BY_STORE_FRONT,
        status="Done", type="Bug", priority="High", creatorID=YUKI, color="Purple", tagIDs=[TRANSLATION],
        reproducible="Always", resolution="Fixed",
    ),
    FIND := task(FONT, "729-11302-57", 540, "Find a font", DONE, estimate=1, remainingWork=0, assignedPersonIDs=[YUKI]),
    time_entry(FIND, "729-11302-58", "2013-10-01", YUKI, 4),
    PRINT := task(FONT, "729-11302-59", 541, "Print 東京 with it", DONE, estimate=0.5, assignedPersonIDs=[OMAR, YUKI]),
    time_entry(PRINT, "729-11302-60", "2013-10-02", OMAR, 1),
    time_entry(PRINT, "729-11302-61", "2013-10-02", YUKI, 1),
]  # fmt: skip

_IN_SPRINT_7: Object = {
    "status": "Sprint completed", "sprintID": SPRINT_7, "releaseID": AUTUMN, "type": "Feature", "creatorID": PAULA,
}  # fmt: skip
_IN_SPRING: Object = {
    "status": "Released", "sprintID": SPRINT_5, "releaseID": SPRING, "type": "Feature", "creatorID": CHRIS,
}  # fmt: skip

_FINISHED = [
    LOGIN := item(
        NEXT, "729-11302-71", 225, "Stay signed in", **_IN_SPRINT_7, teamID=STORE_FRONT,
        priority="High", roughEstimate=5, estimate=3, remainingWork=0, assignedPersonIDs=[LARS, DAGMAR],
    ),
    time_entry(LOGIN, "729-11302-72", "2013-09-17", LARS, 6),
    READING := time_entry(LOGIN, "729-11302-73", "2013-09-18", LARS, 7.5, description="With Greta."),
    CARDS := item(
        NEXT, "729-11302-74", 226, "Credit cards", **_IN_SPRINT_7, teamID=PAY, priority="Urgent",
        roughEstimate=13, tagIDs=[CHECKOUT],
    ),
    CERTIFY := task(
        CARDS, "729-11302-75", 530, "Certification", status="Done", estimate=4, remainingWork=0, externalID="PCI-1",
        assignedPersonIDs=[GRETA], color="Yellow",
    ),
    time_entry(CERTIFY, "729-11302-76", "2013-09-20", GRETA, 8),
    task(CARDS, "729-11302-77", 531, "Form", status="Done", estimate=2, remainingWork=0, assignedPersonIDs=[ERIN]),
    SEARCH := item(
        NEXT, "729-11304-31", 101, "Search by picture", **_IN_SPRING, teamID=PAY, priority="Medium",
        estimate=2, remainingWork=0, assignedPersonIDs=[GRETA],
    ),
    # As in the documentation's page Objects.
    time_entry(SEARCH, "729-11305-19", "2013-05-06", GRETA, 2.5, description="An example description."),
    time_entry(SEARCH, "729-11302-78", "2013-05-07", CHRIS, 5),
    BASKET := item(
        NEXT, "729-11302-79", 102, "A basket", **_IN_SPRING, teamID=STORE_FRONT, estimate=5, remainingWork=0,
        color="Dark blue",
    ),
]  # fmt: skip

OBJECTS: list[Object] = [*_NOT_PLANNED, *_PLANNED, *_UNDER_WAY, *_FINISHED]
