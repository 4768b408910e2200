"""The life of a project, told in calls: from the first people to the archive, over HTTP only.

Read it from top to bottom. Objects go by names ("Checkout"); tests/scenario/team.py turns them into ids and back. At
the end the whole account is compared with expected.json beside this file, and with a replay of its change log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from scrumrpc.model.invariants import violations
from scrumrpc.store import images
from tests.scenario.team import Team
from tests.serving import Server
from tests.world import EVERYTHING, World

EXPECTED = Path(__file__).with_name("expected.json")
SLIDES = bytes(range(256)) * 20


@pytest.fixture
def team(world: World, server: Server) -> Iterator[Team]:
    """The administrator's calls."""
    team = Team(server.api, world.admin, world.key)
    team.ids["Ann"] = world.data()["persons"][0]["id"]
    yield team
    team.close()


def test_the_life_of_a_project(world: World, server: Server, team: Team) -> None:
    people_come_together(team)
    the_project_is_set_up(team)
    the_backlog_is_written(team)
    the_release_is_planned(team)
    the_first_sprint_is_planned(team)
    the_first_sprint_is_worked_on(world, server, team)
    the_first_sprint_ends(team)
    the_second_sprint(team)
    the_release_goes_out(team)
    the_team_looks_back(team)
    the_project_is_archived(team)

    everything = team.call("getData", includeProperties=EVERYTHING)
    assert json.dumps(team.in_words(everything), indent=1, ensure_ascii=False) + "\n" == EXPECTED.read_text("utf-8")
    assert replayed(world, server.address) == everything
    assert violations(world.tables()) == []


def replayed(world: World, origin: str) -> Any:
    """All data as the change log leads to it from nothing."""
    image = world.store(lambda conn: images.load_from_log(conn, world.account))
    image.origin = origin
    parts: list[bytes] = []
    shown: dict[str, Any] = {"objectType": "Data"}
    for name, object_type in (("persons", "Person"), ("deletedPersons", "DeletedPerson"), ("projects", "Project")):
        image.write_list(parts, (object_type, 0), frozenset(EVERYTHING.split(",")))
        shown[name] = json.loads(b"".join(parts))
        parts.clear()
    return shown


def people_come_together(team: Team) -> None:
    for name in ("Paula", "Max", "Ida", "Tom", "Stef"):
        team.add(name, "addPerson", firstName=name, emailAddress=f"{name.lower()}@example.com")
    team.call("setPersonPhone", personID="Paula", phone="+49 30 1234567")
    team.call("setPersonIsAdministrator", personID="Paula", isAdministrator=True)
    team.refused("addPerson", "RequirementNotSatisfied", firstName="Other", emailAddress="MAX@example.com")
    max_himself = team.on_behalf_of("max@example.com")
    max_himself.call("setPersonNickname", personID="Max", nickname="Maxl")
    max_himself.refused("setPersonNickname", "UserHasInsufficientPermissions", personID="Ida", nickname="Idl")
    max_himself.close()


def the_project_is_set_up(team: Team) -> None:
    team.add("Web shop", "addProject", name="Web shop", detailedEstimateUnit="Hours", description="Sells books.")
    team.call("addProductOwner", projectID="Web shop", personID="Paula")
    team.call("addStakeholder", projectID="Web shop", personID="Stef")
    team.add("Developers", "addTeam", projectID="Web shop", name="Developers")
    for name in ("Max", "Ida", "Tom"):
        team.call("addTeamMember", teamID="Developers", personID=name)
    team.add("Board", "addBoard", projectID="Web shop", name="Task board", type="Scrum")
    for status in ("To do", "In progress", "Done"):
        team.add(f"Column {status}", "addBoardColumn", boardID="Board", name=status, status=status)
    team.add("Column In review", "addBoardColumn", boardID="Board", name="Review", status="To test", index=2)
    team.add("Support", "addBoard", projectID="Web shop", name="Support", type="Kanban")
    for status in ("To do", "Done"):
        team.add(f"Support {status}", "addBoardColumn", boardID="Support", name=status, status=status)
    team.add("urgent", "addTag", projectID="Web shop", name="urgent", color="Red")
    team.add("Customer", "addCustomField", projectID="Web shop", name="Customer", type="Dropdown",
             ownerObjectTypes="BacklogItem", options="Private,Business")  # fmt: skip
    team.add("Definition of done", "addChecklist", ownerObjectType="Project", ownerObjectID="Web shop",
             name="Definition of done")  # fmt: skip
    for name in ("Reviewed", "Documented"):
        team.add(name, "addChecklistItem", checklistID="Definition of done", name=name)


def the_backlog_is_written(team: Team) -> None:
    backlog = team.call("getData", includeProperties="Project.backlogs")["projects"][0]["backlogs"][0]
    team.ids["Backlog"], team.ids["Next"] = backlog["id"], backlog["backlogLists"][0]["id"]
    team.call("setBacklogListName", backlogListID="Next", name="Next")
    team.add("Ideas", "addBacklogList", backlogID="Backlog", name="Ideas", color="Yellow")
    paula = team.on_behalf_of("paula@example.com")
    paula.add("Checkout", "addBacklogItem", projectID="Web shop", name="Checkout", type="Epic")
    for name, points in (("Pay by card", 8), ("Pay by invoice", 5), ("Basket", 3)):
        paula.add(name, "addBacklogItem", projectID="Web shop", name=name, type="Feature", priority="High",
                  roughEstimate=points, roughEstimateUnit="Points")  # fmt: skip
    for name in ("Pay by card", "Pay by invoice"):
        paula.call("assignBacklogItemToEpic", backlogItemID=name, epicID="Checkout")
    paula.add("Search", "addBacklogItem", projectID="Web shop", name="Search by author", index=0)
    paula.add("Umlauts", "addBacklogItem", projectID="Web shop", name="Ä is shown as Ã„", type="Bug")
    paula.add("Gift wrap", "addBacklogItem", projectID="Web shop", name="Gift wrap", backlogListID="Ideas")
    paula.call("setBacklogItemReproducible", backlogItemID="Umlauts", reproducible="Always")
    paula.call("addTagOnObject", tagID="urgent", objectType="BacklogItem", objectID="Umlauts")
    paula.call("moveBacklogItem", backlogItemID="Search", index=2)
    paula.call("setBacklogItemDueDate", backlogItemID="Search", dueDate="2027-03-31")
    paula.call("setCustomFieldValue", customFieldID="Customer", ownerObjectType="BacklogItem",
               ownerObjectID="Pay by invoice", value="Business")  # fmt: skip
    paula.refused("setCustomFieldValue", "InvalidParameter", customFieldID="Customer", ownerObjectType="BacklogItem",
                  ownerObjectID="Pay by card", value="Nobody")  # fmt: skip
    paula.add("Basket first", "addRelationship", type="Must be done before", fromObjectType="BacklogItem",
              fromObjectID="Basket", toObjectType="BacklogItem", toObjectID="Pay by card")  # fmt: skip
    paula.refused("addRelationship", "RequirementNotSatisfied", type="Must be done before",
                  fromObjectType="BacklogItem", fromObjectID="Pay by card", toObjectType="BacklogItem",
                  toObjectID="Basket")  # fmt: skip
    paula.close()
    shown = team.call("getData", includeProperties="Project.backlogItems")["projects"][0]["backlogItems"]
    assert [team.in_words(item["id"]) for item in shown] == ["Checkout", "Basket", "Search", "Umlauts", "Gift wrap"]
    assert [team.in_words(part["id"]) for part in shown[0]["childBacklogItems"]] == ["Pay by card", "Pay by invoice"]


def the_release_is_planned(team: Team) -> None:
    team.add("1.0", "addRelease", projectID="Web shop", name="1.0", startDate="2027-01-04", releaseDate="2027-02-26")
    team.call("setReleaseVelocities", releaseID="1.0", expectedVelocityPerWeek=8, velocityUnit="Points")
    for name in ("Pay by card", "Pay by invoice", "Basket"):
        team.call("assignBacklogItemToRelease", backlogItemID=name, releaseID="1.0")
    team.call("startRelease", releaseID="1.0")
    team.add("Kick-off", "addMessage", projectID="Web shop", title="We start on Monday", type="Announcement")
    content = base64.b64encode(SLIDES).decode()
    team.add("Plans", "addFolder", projectID="Web shop", name="Plans")
    team.add("Slides", "addFile", projectID="Web shop", parentFolderID="Plans", fileName="slides.pdf",
             contentType="application/pdf", fileContents=content)  # fmt: skip
    assert team.call("getFileContents", fileID="Slides") == content


def the_first_sprint_is_planned(team: Team) -> None:
    team.add("Sprint 1", "addSprint", projectID="Web shop", name="Sprint 1", startDate="2027-01-04",
             endDate="2027-01-15", boardID="Board")  # fmt: skip
    team.add("Part 1", "addTeamSprintParticipation", sprintID="Sprint 1", teamID="Developers", availableTime=120,
             availableTimeUnit="Hours")  # fmt: skip
    for name in ("Basket", "Pay by card"):
        team.call("assignBacklogItemToSprint", backlogItemID=name, sprintID="Sprint 1", teamID="Developers")
    for item, name, hours in (
        ("Basket", "Database", 6), ("Basket", "Page", 8), ("Pay by card", "Contract", 2), ("Pay by card", "Form", 12),
    ):  # fmt: skip
        team.add(name, "addTask", backlogItemID=item, name=name, estimate=hours, estimateUnit="Hours")
        team.call("setTaskRemainingWork", taskID=name, remainingWork=hours, remainingWorkUnit="Hours")
    assert team.get("BacklogItem", "Basket")["estimate"] == 14
    assert team.get("BacklogItem", "Basket")["status"] == "Assigned to sprint"
    team.call("startSprint", sprintID="Sprint 1")
    assert team.get("BacklogItem", "Basket")["status"] == "To do"
    assert team.get("Task", "Page")["boardColumnID"] == "Column To do"


def the_first_sprint_is_worked_on(world: World, server: Server, team: Team) -> None:
    # Monday: Max begins with the database, Ida with the contract.
    team.refused("moveTaskToBoardColumn", "RequirementNotSatisfied", taskID="Database",
                 boardColumnID="Column In progress")  # fmt: skip
    team.call("moveTaskToBoardColumn", taskID="Database", boardColumnID="Column In progress", assignedPersonID="Max")
    team.call("setTaskStatus", taskID="Contract", status="In progress", assignedPersonID="Ida")
    assert team.get("BacklogItem", "Basket")["status"] == "In progress"
    team.add("Max on Monday", "addTimeEntry", ownerObjectType="Task", ownerObjectID="Database", date="2027-01-04",
             personID="Max", usedTime=5, usedTimeUnit="Hours")  # fmt: skip
    team.call("setTaskRemainingWork", taskID="Database", remainingWork=2, remainingWorkUnit="Hours")
    # Tuesday: a question, an answer, and a push that finishes the database.
    stef = team.on_behalf_of("stef@example.com")
    stef.add("When?", "addComment", ownerObjectType="BacklogItem", ownerObjectID="Basket", text="When can I see it?")
    team.add("Soon.", "addComment", ownerObjectType="BacklogItem", ownerObjectID="Basket", parentCommentID="When?",
             text="Next week.")  # fmt: skip
    stef.refused("setCommentText", "UserHasInsufficientPermissions", commentID="Soon.", text="Never.")
    stef.close()
    secret = team.call("resetCommitHookSecret")
    number = team.get("Task", "Database")["taskNumber"]
    for _ in range(2):  # sent twice: it counts once
        push(server, world.account, secret, f"Add tables [Scrumwise task #{number}, used: 2.5 h, status: Done]")
    basket = team.get("BacklogItem", "Basket", "BacklogItem.tasks", "Task.commits", "Task.timeEntries")
    [database] = [task for task in basket["tasks"] if task["id"] == "Database"]
    assert (database["status"], database["usedTime"], database["remainingWork"]) == ("Done", 7.5, 0)
    assert [commit["creatorID"] for commit in database["commits"]] == ["Max"]
    assert (basket["usedTime"], basket["remainingWork"]) == (7.5, 8)
    team.ids["Add tables"] = raw(team, "Task", "Database", "commits")[0]["id"]
    team.ids["Max on Tuesday"] = raw(team, "Task", "Database", "timeEntries")[1]["id"]
    # Until Friday: the page goes through review; paying by card is not finished.
    for column, who in (("Column In progress", "Ida"), ("Column In review", "Ida"), ("Column Done", "Tom")):
        team.call("moveTaskToBoardColumn", taskID="Page", boardColumnID=column, assignedPersonID=who)
    team.call("setTaskStatus", taskID="Contract", status="Done")
    for item, status in (("Basket", "Done"), ("Pay by card", "In progress")):
        assert team.get("BacklogItem", item)["status"] == status
    team.call("setChecklistItemIsChecked", checklistItemID="Reviewed", isChecked=True)
    # Meanwhile on the support board: the bug is mended outside of the sprint.
    team.call("assignBacklogItemToKanbanBoard", backlogItemID="Umlauts", boardID="Support")
    team.call("moveBacklogItemToBoardColumn", backlogItemID="Umlauts", boardColumnID="Support Done",
              assignedPersonID="Tom")  # fmt: skip
    team.call("setBacklogItemResolution", backlogItemID="Umlauts", resolution="Fixed")
    team.call("setBacklogItemIsArchivedInBoard", backlogItemID="Umlauts", isArchivedInBoard=True)


def push(server: Server, account: int, secret: str, message: str) -> None:
    """What GitHub sends when Max pushes a commit."""
    commit = {
        "id": "8ec178ac8b2b385f3882553da18969a44331a6da", "message": message, "timestamp": "2027-01-05T11:30:00+01:00",
        "url": "https://git.example.com/shop/commit/8ec178ac", "author": {"name": "Max", "email": "max@example.com"},
    }  # fmt: skip
    repository = {"full_name": "example/shop", "html_url": "https://git.example.com/shop"}
    body = json.dumps({"ref": "refs/heads/main", "repository": repository, "commits": [commit]}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json", "X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={signature}",
    }  # fmt: skip
    answer = httpx2.post(f"{server.address}/service/hooks/github/{account}", content=body, headers=headers)
    assert answer.status_code == 200, answer.text


def raw(team: Team, object_type: str, name: str, optional: str) -> Any:
    """A list inside an object, ids and all."""
    include = f"{object_type}.{optional}"
    return team.call("getObject", objectType=object_type, objectID=name, includeProperties=include)[optional]


def the_first_sprint_ends(team: Team) -> None:
    team.add("Sprint 2", "addSprint", projectID="Web shop", name="Sprint 2", startDate="2027-01-18",
             endDate="2027-01-29", boardID="Board")  # fmt: skip
    team.call("completeSprint", sprintID="Sprint 1", nextSprintID="Sprint 2")
    assert team.get("BacklogItem", "Basket")["status"] == "Sprint completed"
    left = team.get("BacklogItem", "Pay by card", "BacklogItem.tasks")
    assert (left["status"], left["sprintID"], left["teamID"]) == ("Assigned to sprint", "Sprint 2", "Developers")
    assert [task["status"] for task in left["tasks"]] == ["Done", "To do"]
    team.refused("addTask", "RequirementNotSatisfied", backlogItemID="Basket", name="One more thing")


def the_second_sprint(team: Team) -> None:
    team.ids["Part 2"] = team.call("getObject", objectType="Sprint", objectID="Sprint 2")["teamSprintParticipations"][
        0
    ]["id"]
    team.call("setTeamSprintParticipationAvailableTime", teamSprintParticipationID="Part 2", availableTime=100,
              availableTimeUnit="Hours")  # fmt: skip
    for name in ("Pay by invoice", "Search"):
        team.call("assignBacklogItemToSprint", backlogItemID=name, sprintID="Sprint 2", teamID="Developers")
    team.call("startSprint", sprintID="Sprint 2")
    assert team.get("BacklogItem", "Pay by card")["status"] == "In progress"
    team.call("setTaskStatus", taskID="Form", status="Done", assignedPersonID="Max")
    team.call("moveBacklogItemToBoardColumn", backlogItemID="Pay by invoice", boardColumnID="Column In progress",
              assignedPersonID="Ida")  # fmt: skip
    team.add("Ida's time", "addTimeEntry", ownerObjectType="BacklogItem", ownerObjectID="Pay by invoice",
             date="2027-01-20", personID="Ida", usedTime=7.25, usedTimeUnit="Hours")  # fmt: skip
    team.call("moveBacklogItemToBoardColumn", backlogItemID="Pay by invoice", boardColumnID="Column Done")
    at_work = team.call("getBacklogItems", projectIDs=["Web shop"], sprintID="Sprint 2", order="name")
    assert [(item["name"], item["status"]) for item in team.in_words(at_work)["backlogItems"]] == [
        ("Pay by card", "Done"), ("Pay by invoice", "Done"), ("Search by author", "To do"),
    ]  # fmt: skip
    times = team.call("getTimeEntries", projectIDs=["Web shop"], fromDate="2027-01-05")
    assert [team.in_words(entry["id"]) for entry in times] == ["Max on Tuesday", "Ida's time"]
    team.call("completeSprint", sprintID="Sprint 2")
    assert team.get("BacklogItem", "Search")["status"] == "Ready for sprint"
    team.call("setSprintIsArchived", sprintID="Sprint 1", isArchived=True)


def the_release_goes_out(team: Team) -> None:
    team.call("setBacklogItemStatus", backlogItemID="Checkout", status="Done", assignedPersonID="Paula")
    team.call("assignBacklogItemToRelease", backlogItemID="Checkout", releaseID="1.0")
    team.call("completeRelease", releaseID="1.0")
    released = team.call("getBacklogItems", projectIDs=["Web shop"], statuses="Released", order="itemNumber")
    assert [team.in_words(item["id"]) for item in released["backlogItems"]] == [
        "Checkout", "Pay by card", "Pay by invoice", "Basket",
    ]  # fmt: skip


def the_team_looks_back(team: Team) -> None:
    team.add("Looking back", "addRetrospective", projectID="Web shop", name="Release 1.0", columnNames="Good,Bad")
    for column, name in ((1, "Reviews"), (2, "Late contract"), (2, "Too many calls")):
        team.add(name, "addRetrospectiveCard", retrospectiveID="Looking back", columnNum=column, name=name)
    team.call("moveRetrospectiveCard", retrospectiveCardID="Too many calls", columnNum=2, index=0)
    team.add("True", "addComment", ownerObjectType="RetrospectiveCard", ownerObjectID="Reviews", text="True!")


def the_project_is_archived(team: Team) -> None:
    team.call("deletePerson", personID="Tom")
    assert team.get("Team", "Developers")["teamMemberIDs"] == ["Max", "Ida"]
    assert team.get("Task", "Page")["assignedPersonIDs"] == ["Tom"]
    team.call("setProjectStatus", projectID="Web shop", status="Archived")
