"""What the people of the web shop share beside their work: messages, files and retrospectives."""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import (
    Object,
    attachment,
    card,
    check,
    checklist,
    comment,
    file,
    folder,
    message,
    reply,
    retrospective,
)
from scrumrpc.cli.sample.people import CHRIS, DAGMAR, DIMA, ERIN, GRETA, KEVIN, LARS, LIN, MARIA, PAULA, STEFAN, YUKI
from scrumrpc.cli.sample.shop import CHECKOUT, OBSOLETE, PERFORMANCE, PROJECT, SECURITY, TRANSLATION
from scrumrpc.cli.sample.shop_backlog import PICTURE

_MESSAGES = [
    FREEZE := message(
        PROJECT, "729-11404-1", PAULA, "2013-10-07 08:00:00", "Nothing new goes live after 8 November",
        text="The last week is for tests only.\n\nWhoever needs an exception: ask me.", type="Announcement",
        link="http://www.example.com/autumn", color="Light red", tagIDs=[CHECKOUT, OBSOLETE], externalID="msg-1",
    ),
    BEFORE := checklist(FREEZE, "729-11404-2", "Until then", description="In any order."),
    check(BEFORE, "729-11404-3", "Guest orders"),
    check(BEFORE, "729-11404-4", "Labels", is_checked=True),
    attachment(FREEZE, "729-11404-5", "calendar.ics", contents=b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"),
    ASKED := comment(FREEZE, "729-11404-6", ERIN, "2013-10-07 08:12:00", "Is that the release day as well?"),
    SAID := reply(ASKED, "729-11404-7", PAULA, "2013-10-07 08:15:30", "No, that stays 15 November."),
    reply(SAID, "729-11404-8", ERIN, "2013-10-07 08:16:00", "OK ✅"),
    message(
        PROJECT, "729-11404-9", KEVIN, "2013-10-04 13:00:00", "The bank's test system",
        text="It is up again.\nUser: test, password: päss<wörd>&\"'", type="Information", tagIDs=[SECURITY],
    ),
    PIZZA := message(
        PROJECT, "729-11404-10", LARS, "2013-10-08 10:00:00", "Pizza 🍕 or sushi 🍣?", type="Question", color="Green"
    ),
    LUNCH := comment(PIZZA, "729-11404-11", YUKI, "2013-10-08 10:01:00", "寿司!"),
    BOTH := reply(LUNCH, "729-11404-12", MARIA, "2013-10-08 10:02:00", "Both."),
    reply(BOTH, "729-11404-13", LARS, "2013-10-08 10:05:00", "Ordered."),
    VOTES := checklist(PIZZA, "729-11404-14", "Votes"),
    check(VOTES, "729-11404-15", "Pizza", is_checked=True),
    attachment(PIZZA, "729-11404-16", "menu.pdf", name="Menu"),
    message(
        PROJECT, "729-11404-17", DIMA, "2013-09-26 17:30:00", "What if we stored pictures twice?", type="Idea",
        text="Small ones for lists, large ones for the rest.", color="Light blue", tagIDs=[PERFORMANCE, TRANSLATION],
    ),
    message(
        PROJECT, "729-11404-18", GRETA, "2013-09-30 06:50:00", "Water the plants", type="To do", color="Dark green",
        text="All of them.",
    ),
    message(PROJECT, "729-11404-19", DAGMAR, "2013-06-28 14:00:00", "Good-bye!", type="Other", isArchived=True),
    message(
        PROJECT, "729-11404-20", None, "2013-03-04 07:00:00", "From the old board", isArchived=True, text="(empty)",
        color="Dark gray",
    ),
]  # fmt: skip

_FILES = [
    DESIGN := folder(
        PROJECT, "729-11403-1", "Design", description="What it will look like.", creatorID=MARIA, tagIDs=[CHECKOUT],
        externalID="dir/design",
    ),
    STYLE := file(
        DESIGN, "729-11403-2", "style guide.txt", "2013-03-11 10:20:30", name="Style guide", creatorID=MARIA,
        description="Colours and fonts.", tagIDs=[CHECKOUT, OBSOLETE], externalID="file/style-guide",
        contents="Blue is #0044cc.\nHeadings: Größe 24, 見出し\n".encode(),
    ),
    ICONS := folder(DESIGN, "729-11403-3", "Icons", creatorID=YUKI),
    file(
        ICONS, "729-11403-4", "basket.png", "2013-03-12 04:05:06", name="Basket", creatorID=YUKI, contents=PICTURE
    ),
    file(
        ICONS, "729-11403-5", "basket old.png", "2012-11-05 08:00:00", name="Basket until 2012", creatorID=CHRIS,
        isArchived=True, thumbnailURL="https://files.example.com/thumbs/729-11403-5.png",
    ),
    CONTRACT := file(
        PROJECT, "729-11403-6", "Vertrag (Entwurf).pdf", "2013-09-20 09:00:00", name="Contract with the bank",
        creatorID=STEFAN, tagIDs=[SECURITY],
    ),
    file(PROJECT, "729-11403-7", "unnamed", None),  # imported from somewhere that told no more
    folder(PROJECT, "729-11403-8", "Minutes", creatorID=PAULA),
    TOO_BLUE := comment(STYLE, "729-11403-11", LARS, "2013-03-11 12:00:00", "That is too blue."),
    BLUER := reply(TOO_BLUE, "729-11403-12", MARIA, "2013-03-11 12:10:00", "It is the customer's blue."),
    reply(BLUER, "729-11403-13", LARS, "2013-03-11 12:11:00", "💙"),
    PAGE_3 := comment(CONTRACT, "729-11403-14", LIN, "2013-09-20 10:00:00", "Page 3 contradicts page 5."),
    NOTED := reply(PAGE_3, "729-11403-15", STEFAN, "2013-09-20 10:30:00", "I told the bank."),
    reply(NOTED, "729-11403-16", STEFAN, "2013-09-24 06:30:00", "They change page 5."),
]  # fmt: skip

_RETROSPECTIVES = [
    SEVEN := retrospective(
        PROJECT, "729-11406-1", ERIN, "2013-09-27 13:00:00", "Sprint 7",
        {"Went well": "Green", "Could be better": "Orange", "Let us try": "Light blue", "Parked": "Light gray"},
        description="Both teams, in the large room.", tagIDs=[CHECKOUT, OBSOLETE], externalID="retro-7",
    ),
    PAIRS := card(
        SEVEN, "729-11406-2", 1, ERIN, "2013-09-27 13:05:00", "Working in pairs", color="Light green",
        description="Fewer questions in reviews.", tagIDs=[CHECKOUT, OBSOLETE], externalID="card-2",
    ),
    card(SEVEN, "729-11406-3", 1, LARS, "2013-09-27 13:06:00", "Cake 🍰"),
    card(SEVEN, "729-11406-4", 2, KEVIN, "2013-09-27 13:07:00", "Meetings before 10:00", color="Red"),
    SLOW := card(
        SEVEN, "729-11406-5", 2, YUKI, "2013-09-27 13:08:00", "ビルドが遅い", description="25 minutes.",
        tagIDs=[PERFORMANCE],
    ),
    card(SEVEN, "729-11406-6", 3, None, "2013-09-27 13:09:00", "Draw names out of a hat", color="Purple"),
    AGENDA := checklist(SEVEN, "729-11406-11", "Agenda"),
    check(AGENDA, "729-11406-12", "Collect", is_checked=True),
    check(AGENDA, "729-11406-13", "Vote", description="Three dots each."),
    attachment(SEVEN, "729-11406-14", "whiteboard after.jpg", name="Whiteboard"),
    NEXT_TIME := comment(SEVEN, "729-11406-15", MARIA, "2013-09-27 14:00:00", "Shorter next time?"),
    YES := reply(NEXT_TIME, "729-11406-16", ERIN, "2013-09-27 14:01:00", "45 minutes."),
    reply(YES, "729-11406-17", MARIA, "2013-09-27 14:02:00", "👍"),
    TO_TRY := checklist(PAIRS, "729-11406-18", "To be paired on", description="Until the end of October."),
    check(TO_TRY, "729-11406-19", "Refunds"),
    attachment(PAIRS, "729-11406-20", "pairs.csv"),
    WITH := comment(PAIRS, "729-11406-21", LIN, "2013-09-27 13:30:00", "With whom?"),
    ANYBODY := reply(WITH, "729-11406-22", ERIN, "2013-09-27 13:31:00", "Anybody."),
    reply(ANYBODY, "729-11406-23", LIN, "2013-09-27 13:33:00", "Me, please."),
    SINCE := comment(SLOW, "729-11406-24", DIMA, "2013-09-27 13:40:00", "Since when?"),
    JULY := reply(SINCE, "729-11406-25", YUKI, "2013-09-27 13:41:00", "7月から。"),
    reply(JULY, "729-11406-26", DIMA, "2013-09-30 08:00:00", "It was the font."),
    MEASURE := checklist(SLOW, "729-11406-27", "Measure"),
    check(MEASURE, "729-11406-28", "Before", is_checked=True),
    attachment(SLOW, "729-11406-29", "build.log"),
    FIVE := retrospective(
        PROJECT, "729-11406-31", None, "2013-05-10 13:00:00", "Sprint 5", {"🙂": "Light green", "🙁": "Light red"},
        color="Yellow", isArchived=True,
    ),
    card(FIVE, "729-11406-32", 1, CHRIS, "2013-05-10 13:10:00", "It is sold!"),
    card(FIVE, "729-11406-33", 2, DAGMAR, "2013-05-10 13:15:00", "The fax"),
    LEFT := checklist(FIVE, "729-11406-34", "Left over"),
    check(LEFT, "729-11406-35", "A mail to everybody"),
    attachment(FIVE, "729-11406-36", "photo.jpg"),
    LAST := comment(FIVE, "729-11406-37", CHRIS, "2013-05-10 14:00:00", "Who writes the mail?"),
    I_DO := reply(LAST, "729-11406-38", DAGMAR, "2013-05-10 14:01:00", "I do."),
    reply(I_DO, "729-11406-39", CHRIS, "2013-05-13 06:00:00", "Thanks."),
]  # fmt: skip

OBJECTS: list[Object] = [*_MESSAGES, *_FILES, *_RETROSPECTIVES]
