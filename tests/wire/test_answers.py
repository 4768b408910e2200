"""What answers look like: objects, headers, the layout of pretty=true."""

from __future__ import annotations

from typing import Any

import httpx2
import orjson

from scrumrpc.cli import sample
from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound
from scrumrpc.model.include import OPTIONAL
from tests.wire.expecting import message_of, result_of
from tests.world import World

EVERYTHING = {"includeProperties": ",".join(OPTIONAL)}


def test_the_result_is_there_even_when_it_is_null(client: httpx2.Client, world: World) -> None:
    project = result_of(client.post("addProject", data={"name": "A"}))
    response = client.post("setProjectExternalID", data={"projectID": project, "externalID": "x"})
    assert response.content == b'{"objectType":"Result","dataVersion":%d,"result":null}' % world.version
    response = client.post("setProjectExternalID", data={"projectID": project, "externalID": "x", "pretty": "true"})
    assert b'"result" : null' in response.content


def test_the_object_type_comes_first_on_every_object(client: httpx2.Client, world: World) -> None:
    world.load(*sample.objects())
    types: set[str] = set()

    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert next(iter(value)) == "objectType"
            types.add(value["objectType"])
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(each)

    for pretty in ("false", "true"):
        answer = client.post("getData", data={**EVERYTHING, "pretty": pretty}).json()
        check(answer)
    assert len(types) >= 19, types


def test_the_content_type_is_json_whatever_is_accepted(client: httpx2.Client) -> None:
    for accept in ("*/*", "application/json", "text/html,application/xhtml+xml", "application/xml", "", "x"):
        for method in ("getData", "noMethod"):
            response = client.get(method, headers={"Accept": accept})
            assert response.headers["content-type"] == "application/json"
            assert response.json()["objectType"] in ("Result", "Error")


def test_call_ids_differ(client: httpx2.Client) -> None:
    assert len({client.get("getDataVersion").headers["call-id"] for _ in range(50)}) == 50


def test_the_data_version_of_a_change_is_the_one_it_made(client: httpx2.Client, world: World) -> None:
    version = world.version
    for n in range(1, 6):
        response = client.post("addProject", data={"name": f"P{n}", "requiredDataVersion": str(version + n - 1)})
        assert response.json()["dataVersion"] == version + n
        assert response.headers["data-version"] == str(version + n)


# The layout -----------------------------------------------------------------------------------------------------------


def test_pretty_is_laid_out_as_the_documentation_prints_it(client: httpx2.Client, world: World) -> None:
    """Two blanks for each level of objects, blanks around colons, arrays that run on, CR LF between lines."""
    project = world.call("addProject", name="Project 1", description="two\nlines, ü")
    other = world.call("addProject", name="Project 2")
    item = world.call("addBacklogItem", projectID=project, name="Backlog item 1", roughEstimate="-1")
    include = "Project.backlogItems,Project.tags,Project.checklists"
    response = client.post("getData", data={"includeProperties": include, "pretty": "true"})
    [made] = [each.values for each in world.tables().records() if each.type == "BacklogItem"]
    lists = {each["id"]: each.number for each in world.tables().records() if each.type == "BacklogList"}
    [list_id] = [wire_id for wire_id, number in lists.items() if number == made["backlogListID"]]
    item_lines = f"""\
        "objectType" : "BacklogItem",
        "id" : "{item}",
        "externalID" : null,
        "itemNumber" : 1,
        "projectID" : "{project}",
        "parentEpicID" : null,
        "backlogListID" : "{list_id}",
        "name" : "Backlog item 1",
        "description" : null,
        "link" : null,
        "priority" : null,
        "type" : null,
        "color" : null,
        "creatorID" : "{world.account}-0-1",
        "creationDate" : {made["creationDate"]},
        "bugState" : null,
        "reproducible" : null,
        "resolution" : null,
        "releaseID" : null,
        "status" : "New",
        "toDoDate" : null,
        "inProgressDate" : null,
        "toTestDate" : null,
        "doneDate" : null,
        "roughEstimate" : -1.0,
        "estimate" : -1.0,
        "usedTime" : -1.0,
        "remainingWork" : -1.0,
        "sprintID" : null,
        "teamID" : null,
        "boardID" : null,
        "boardColumnID" : null,
        "isArchivedInBoard" : false,
        "assignedPersonIDs" : [ ],
        "dueDate" : null,
        "customFieldValues" : null,
        "tagIDs" : [ ],
        "checklists" : null,
        "comments" : null,
        "attachments" : null,
        "timeEntries" : null,
        "commits" : null,
        "tasks" : null,
        "childBacklogItems" : [ ]"""

    def project_lines(wire_id: str, name: str, description: str, items: str) -> str:
        return f"""\
      "objectType" : "Project",
      "id" : "{wire_id}",
      "externalID" : null,
      "name" : "{name}",
      "description" : {description},
      "link" : null,
      "status" : "Active",
      "roughEstimateUnit" : "Points",
      "detailedEstimateUnit" : "Days",
      "timeTrackingUnit" : "Hours",
      "checklists" : [ ],
      "comments" : null,
      "attachments" : null,
      "customFields" : null,
      "tags" : [ ],
      "productOwnerIDs" : [ ],
      "stakeholderIDs" : [ ],
      "teams" : null,
      "messages" : null,
      "backlogs" : null,
      "backlogItems" : {items},
      "releases" : null,
      "sprints" : null,
      "boards" : null,
      "retrospectives" : null,
      "files" : null,
      "relationships" : null"""

    items = "[ {\n" + item_lines + "\n      } ]"
    first = project_lines(project, "Project 1", r'"two\nlines, ü"', items)
    expected = f"""\
{{
  "objectType" : "Result",
  "dataVersion" : {world.version},
  "result" : {{
    "objectType" : "Data",
    "persons" : null,
    "deletedPersons" : null,
    "projects" : [ {{
{first}
    }}, {{
{project_lines(other, "Project 2", "null", "[ ]")}
    }} ]
  }}
}}"""
    assert response.content.decode() == expected.replace("\n", "\r\n")


def test_lists_of_words_run_on_in_one_line(client: httpx2.Client, world: World) -> None:
    world.load(*sample.objects())
    lines = client.post("getData?pretty=true").text.split("\r\n")
    assert any('"stakeholderIDs" : [ "' in line and '", "' in line and line.endswith(" ],") for line in lines)
    assert not any(line != line.rstrip() or "\t" in line or "\n" in line for line in lines)


def test_pretty_holds_the_same_as_compact(client: httpx2.Client, world: World) -> None:
    world.load(*sample.objects())
    for given in (EVERYTHING, {}, {"includeProperties": "Data.persons"}):
        compact = client.post("getData", data=given)
        pretty = client.post("getData", data={**given, "pretty": "true"})
        assert compact.json() == pretty.json()
        assert orjson.dumps(pretty.json()) == compact.content
        result_of(pretty)


def test_errors_are_laid_out_too(client: httpx2.Client) -> None:
    response = client.post("getData", data={"projectIDs": "1-2-3", "pretty": "true"})
    message_of(response, ObjectNotFound)
    assert response.text == (
        "{\r\n"
        '  "objectType" : "Error",\r\n'
        '  "errorID" : "ObjectNotFound",\r\n'
        '  "errorMessage" : "There is no project with the id 1-2-3."\r\n'
        "}"
    )
    for verb, method in (("GET", "noMethod"), ("GET", "addProject"), ("PUT", "getData")):
        response = client.request(verb, f"{method}?pretty=true")
        assert response.text.startswith('{\r\n  "objectType" : "Error",\r\n')


def test_pretty_is_true_or_false(client: httpx2.Client) -> None:
    compact = client.get("getDataVersion").content
    for value in ("false", "", "null"):
        assert client.get(f"getDataVersion?pretty={value}").content == compact
    for value in ("1", "True", "yes", "TRUE", " true"):
        message = message_of(client.get("getDataVersion", params={"pretty": value}), InvalidParameter)
        assert message == "The parameter pretty must be true or false."


def test_pretty_works_for_changes_and_is_no_part_of_the_request(client: httpx2.Client, world: World) -> None:
    response = client.post("addProject", data={"name": "A", "pretty": "true", "requestID": "r1"})
    result = result_of(response)
    assert response.text == (
        f'{{\r\n  "objectType" : "Result",\r\n  "dataVersion" : {world.version},\r\n  "result" : "{result}"\r\n}}'
    )
    message_of(client.post("addProject", data={"pretty": "true"}), MissingParameter)
