"""Small projects around what the documentation's page Objects shows of each type, and an archived project.

The page's example of a commit gives its date in seconds; here it is in milliseconds, as the page says. Its example of a
backlog item carries a tag that its example of a task has in another project; here each has tags of its own project.
"""

from __future__ import annotations

from scrumrpc.cli.sample.constructors import (
    Object,
    backlog,
    backlog_list,
    board,
    check,
    checklist,
    column,
    comment,
    commit,
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
from scrumrpc.cli.sample.people import ALICE, CHRIS, DAGMAR, FATIMA, GRETA, HUGO, INES, JACK, LARS, OLGA, PAULA

# The page's BacklogItem is in here.
PAYMENTS = project(
    "729-11230-132", "Payments", ("Points", "Days", "Days"), productOwnerIDs=[FATIMA], stakeholderIDs=[PAULA, JACK]
)

_PAYMENTS = [
    PAYMENTS_BACKLOG := backlog(PAYMENTS, "729-74533-11", "Backlog"),
    PAYMENTS_LIST := backlog_list(PAYMENTS_BACKLOG, "729-74533-12", "Backlog"),
    INSTALMENTS := tag(PAYMENTS, "729-6893-337", "instalments", "Dark green"),
    LEDGER := team(PAYMENTS, "729-6764-8437", "Ledger", [HUGO, GRETA]),
    BOARD := board(PAYMENTS, "729-2345-322", "Ledger board", "Scrum"),
    column(BOARD, "729-74533-1", "To do", "To do"),
    DOING := column(BOARD, "729-74532-4342", "Doing", "In progress"),
    column(BOARD, "729-74533-2", "Done", "Done"),
    RELEASE := release(PAYMENTS, "729-3490-4392", "Version 2", "In progress", startDate="2013-08-01"),
    SPRINT := sprint(PAYMENTS, "729-5445-4334", "October", "In progress", ("2013-10-01", "2013-10-31"), boardID=BOARD),
    participation(LEDGER, SPRINT, 42),
    sprint(PAYMENTS, "729-74533-21", "November", "In planning", ("2013-11-01", "2013-11-29")),
    ITEM := item(
        PAYMENTS_LIST, "729-33220-627", 2149, "Example backlog item 1", DOING, sprintID=SPRINT, teamID=LEDGER,
        releaseID=RELEASE, description="An example description.", link="http://www.example.com", priority="High",
        type="Feature", color="Blue", creatorID=FATIMA, roughEstimate=15, estimate=21.25, remainingWork=12.5,
        assignedPersonIDs=[HUGO], tagIDs=[INSTALMENTS],
    ),
    time_entry(ITEM, "729-74533-3", "2013-10-04", HUGO, 4),
    time_entry(ITEM, "729-74533-4", "2013-10-08", GRETA, 5.5),
]  # fmt: skip

# The page's Comment is in here.
INTERVIEWS = project("729-1242-231", "Interviews", ("Hours", "Hours", "Hours"), stakeholderIDs=[INES, JACK])

_INTERVIEWS = [
    INTERVIEW_BACKLOG := backlog(INTERVIEWS, "729-3242-231", "Backlog"),
    INTERVIEW_LIST := backlog_list(INTERVIEW_BACKLOG, "729-3242-232", "Backlog"),
    tag(INTERVIEWS, "729-1243-1", "by phone", "Light blue"),
    QUESTIONS := item(
        INTERVIEW_LIST, "729-3242-221", 601, "What do customers miss?", creatorID=INES, color="Dark orange"
    ),
    COMMENT := comment(QUESTIONS, "729-3732-121", INES, "2013-05-06 17:07:09", "An example comment."),
    REPLY := reply(COMMENT, "729-3732-341", JACK, "2013-05-09 17:07:09", "An example reply."),
    reply(REPLY, "729-3732-342", INES, "2013-05-10 06:00:00", "And a reply to the reply."),
]

# The page's Commit is in here.
BUILD_SERVER = project("729-1453-441", "Build server", ("Days", "Hours", "Hours"), productOwnerIDs=[OLGA])

_BUILD_SERVER = [
    BUILD_BACKLOG := backlog(BUILD_SERVER, "729-1454-11", "Backlog"),
    BUILD_LIST := backlog_list(BUILD_BACKLOG, "729-1454-12", "Backlog"),
    tag(BUILD_SERVER, "729-1454-1", "nightly", "Dark brown"),
    MACHINES := team(BUILD_SERVER, "729-1454-2", "Machines", [OLGA]),
    KANBAN := board(BUILD_SERVER, "729-1454-3", "Machines", "Kanban"),
    column(KANBAN, "729-1454-4", "To do", "To do"),
    DONE := column(KANBAN, "729-1454-5", "Done", "Done"),
    FANS := item(BUILD_LIST, "729-6538-337", 938, "Fans are too loud", DONE, type="Bug", assignedPersonIDs=[OLGA]),
    time_entry(FANS, "729-1454-6", "2013-05-03", OLGA, 1.5),
    commit(
        FANS, "729-4543-6286", "2013-05-03 17:10:20", OLGA, "8ec178ac8b2b385f3882553da18969a44331a6da",
        "An example message [Scrumwise item #938, used: 1.5 h, status: Done]", repositoryName="Example",
        repositoryURL="https://git.example.com/example", commitURL="https://git.example.com/example/8ec178ac",
    ),
]  # fmt: skip

# The page's Tag is in here; its name is only taken in this project.
IDEAS = project("729-13422-1222", "Ideas", externalID="IDEAS")

_IDEAS = [
    IDEA_BACKLOG := backlog(IDEAS, "729-11028-2", "Backlog"),
    backlog_list(IDEA_BACKLOG, "729-11028-3", "Backlog"),
    tag(IDEAS, "729-11027-933", "Tag 1", "Red", description="An example description."),
    team(IDEAS, "729-11028-1", "Nobody yet", []),
]

ARCHIVE = project(
    "729-44335-243", "Old shop", ("Days", "Points", "Points"), status="Archived", productOwnerIDs=[ALICE],
    description="Switched off on 31 December 2012. † R.I.P.", externalID="OLD",
)  # fmt: skip

_ARCHIVE = [
    OLD_BACKLOG := backlog(ARCHIVE, "729-44336-21", "Backlog"),
    OLD_LIST := backlog_list(OLD_BACKLOG, "729-44336-22", "Backlog"),
    OLD_TAG := tag(ARCHIVE, "729-44336-1", "perl", "Light red"),
    OLD_TEAM := team(ARCHIVE, "729-44336-2", "Everybody", [LARS]),
    LAST := release(ARCHIVE, "729-44336-3", "Last one", "Completed", releaseDate="2012-12-31"),
    STOPPED := sprint(ARCHIVE, "729-44336-4", "Stopped", "Aborted", ("2012-11-05", "2012-11-16"), isArchived=True),
    FINAL := sprint(ARCHIVE, "729-44336-5", "Final", "Completed", ("2012-12-03", "2012-12-14")),
    participation(OLD_TEAM, STOPPED, 3),
    participation(OLD_TEAM, FINAL, 8),
    EXPORT := item(
        OLD_LIST, "729-44336-6", 12, "Export everything", status="Released", sprintID=FINAL, teamID=OLD_TEAM,
        releaseID=LAST, creatorID=CHRIS, type="Other", tagIDs=[OLD_TAG], roughEstimate=4,
    ),
    SCRIPT := task(
        EXPORT, "729-44336-7", 34, "export.pl", status="Done", estimate=3, remainingWork=0, tagIDs=[OLD_TAG],
        assignedPersonIDs=[CHRIS, LARS], link="https://git.example.com/old/export.pl",
    ),
    time_entry(SCRIPT, "729-44336-8", "2012-12-04", CHRIS, 2),
    time_entry(SCRIPT, "729-44336-9", "2012-12-05", DAGMAR, 1),
    commit(SCRIPT, "729-44336-10", "2012-12-05 22:22:22", CHRIS, "r1999", "Export everything; #12"),
    LEFT := checklist(ARCHIVE, "729-44336-11", "Left to do"),
    check(LEFT, "729-44336-12", "Switch it off", is_checked=True),
    item(OLD_LIST, "729-44336-13", 13, "Never done", creatorID=LARS, priority="Low", roughEstimate=0),
]  # fmt: skip

OBJECTS: list[Object] = [
    PAYMENTS, *_PAYMENTS, INTERVIEWS, *_INTERVIEWS, BUILD_SERVER, *_BUILD_SERVER, IDEAS, *_IDEAS, ARCHIVE, *_ARCHIVE,
]  # fmt: skip
