"""The support desk: a project without sprints, worked on from a Kanban board; everything in it is counted in hours."""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import (
    Object,
    attachment,
    backlog,
    backlog_list,
    board,
    checklist,
    column,
    comment,
    commit,
    item,
    project,
    release,
    reply,
    tag,
    task,
    team,
    time_entry,
)
from scrumrpc.cli.sample.people import ALICE, BOB, DAGMAR, HUGO, NILS, STEFAN, TOM, UMA

PROJECT = project(
    "729-11324-623", "Support desk", ("Hours", "Hours", "Hours"), description="What customers report.",
    productOwnerIDs=[STEFAN], stakeholderIDs=[BOB, HUGO],
)  # fmt: skip

_PLAN = [
    BACKLOG := backlog(PROJECT, "729-11325-51", "Backlog"),
    LIST := backlog_list(BACKLOG, "729-11325-52", "Backlog"),
    ESCALATED := tag(PROJECT, "729-11325-1", "escalated", "Orange", description="The customer called twice."),
    KNOWN := tag(PROJECT, "729-11325-2", "known", "Light brown"),
    DESK := team(PROJECT, "729-11325-3", "Desk", [UMA, TOM]),
    KANBAN := board(PROJECT, "729-11325-4", "Desk", "Kanban", description="Oldest first."),
    WAITING := column(KANBAN, "729-11325-5", "Waiting", "To do"),
    ON_IT := column(KANBAN, "729-11325-6", "On it", "In progress", description="At most three."),
    ASKED := column(KANBAN, "729-11325-7", "Asked the customer", "In progress"),
    TRYING := column(KANBAN, "729-11325-8", "Customer tries it", "To test"),
    SOLVED := column(KANBAN, "729-11325-9", "Solved", "Done"),
    HANDBOOK := release(
        PROJECT, "729-11325-10", "Handbook, 2nd edition", "Completed", startDate="2013-06-03", releaseDate="2013-07-31"
    ),
]

_BACKLOG = [
    item(LIST, "729-11325-21", 401, "Parcel without invoice", WAITING, type="Other", priority="Low", creatorID=UMA),
    PASSWORD := item(
        LIST, "729-11325-22", 402, "Cannot sign in with the password päss\"wörd'\\", ON_IT, type="Bug",
        priority="Urgent", color="Red", creatorID=UMA, created="2013-10-08 06:02:00",
        since="2013-10-08", estimate=4, remainingWork=2.5, assignedPersonIDs=[TOM],
        tagIDs=[ESCALATED, KNOWN], externalID="ticket 2013/402", link="https://desk.example.com/tickets/402",
    ),
    time_entry(PASSWORD, "729-11325-23", "2013-10-08", TOM, 0.75),
    time_entry(PASSWORD, "729-11325-24", "2013-10-09", TOM, 0.5, description="On the phone."),
    commit(
        PASSWORD, "729-11325-25", "2013-10-09 06:41:07", TOM, "4711", "Do not strip backslashes [item #402]",
        repositoryName="legacy", repositoryURL="svn://svn.example.com/legacy/trunk",
    ),
    item(
        LIST, "729-11325-26", 403, "Wrong VAT for Büsingen", ASKED, type="Bug", priority="Medium", creatorID=None,
        since="2013-10-02", reproducible="Always", assignedPersonIDs=[UMA, NILS],
    ),
    REPORT := item(
        LIST, "729-11325-27", 404, "Monthly report", boardID=KANBAN, status="To test", type="Other", priority="High",
        creatorID=STEFAN, created="2013-09-30 10:10:10", since="2013-10-02", dueDate="2013-10-10",
        color="Dark green", description="Line 1\nLine 2\n\n\u2028After a line separator",
    ),
    FIGURES := task(
        REPORT, "729-11325-28", 561, "Figures", SOLVED, estimate=2, remainingWork=0, assignedPersonIDs=[UMA]
    ),
    LAYOUT := task(REPORT, "729-11325-29", 562, "Layout", TRYING, remainingWork=0.25, assignedPersonIDs=[UMA, TOM]),
    time_entry(FIGURES, "729-11325-30", "2013-10-02", UMA, 1.5),
    time_entry(LAYOUT, "729-11325-31", "2013-10-03", TOM, 1),
    attachment(LAYOUT, "729-11325-32", "Bericht September.ods", description="Draft"),
    checklist(REPORT, "729-11325-33", "Receivers"),
    CALL := comment(REPORT, "729-11325-34", STEFAN, "2013-10-04 08:00:00", "Please call me about page 3."),
    DONE := reply(CALL, "729-11325-35", UMA, "2013-10-04 09:10:11", "Done."),
    reply(DONE, "729-11325-36", STEFAN, "2013-10-04 09:12:00", "Thank you."),
    item(
        LIST, "729-11325-37", 405, "Address book does not open", SOLVED, type="Bug", priority="High", creatorID=UMA,
        created="2013-09-30 09:00:00", since="2013-10-01", resolution="Fixed", reproducible="Sometimes", estimate=1,
        remainingWork=0, assignedPersonIDs=[UMA], tagIDs=[KNOWN],
    ),
    item(
        LIST, "729-11325-42", 407, "Where is the button for printing?", SOLVED, type="Bug", creatorID=UMA,
        created="2013-09-16 05:30:00", since="2013-09-16", resolution="Not a bug", assignedPersonIDs=[TOM],
        isArchivedInBoard=True,
    ),
    item(
        LIST, "729-11325-43", 408, "Confirmation arrives twice", SOLVED, type="Bug", creatorID=UMA,
        since="2013-09-17", resolution="Cannot reproduce", reproducible="No", assignedPersonIDs=[UMA],
        isArchivedInBoard=True,
    ),
    CHAPTER := item(
        LIST, "729-11325-38", 310, "Handbook: chapter on returns", status="Released", releaseID=HANDBOOK,
        type="Other", creatorID=DAGMAR, created="2013-06-03 07:45:00", since="2013-07-15", color="Light blue",
        estimate=16, remainingWork=0, assignedPersonIDs=[DAGMAR],
    ),
    time_entry(CHAPTER, "729-11325-39", "2013-07-15", DAGMAR, 7.5, description="Wrote it."),
    time_entry(CHAPTER, "729-11325-40", "2013-07-16", UMA, 2, description="Read it."),
    item(LIST, "729-11325-41", 406, "Opening hours at Christmas?", status="Ready for sprint", creatorID=ALICE),
]  # fmt: skip

OBJECTS: list[Object] = [PROJECT, *_PLAN, *_BACKLOG]
