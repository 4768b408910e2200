"""How a request may be written: verbs, URLs, and parameters in the query, in the body or in both."""

from __future__ import annotations

import secrets
from urllib.parse import quote

import httpx2
import pytest

from scrumrpc.errors import InvalidMethodName, InvalidParameter, InvalidRequest, InvalidURL, MissingParameter
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.raw import request, send
from tests.world import World


def names(world: World) -> list[str]:
    """The names of the account's projects."""
    return [project["name"] for project in world.data()["projects"]]


# Verbs ----------------------------------------------------------------------------------------------------------------


def test_get_and_post_serve_changes_and_reads_alike(client: httpx2.Client, world: World) -> None:
    first = result_of(client.get("addProject", params={"name": "A", "description": "by GET"}))
    second = result_of(client.post("addProject", data={"name": "B", "description": "by POST"}))
    for ask in (client.get, client.post):
        assert [p["id"] for p in result_of(ask("getData"))["projects"]] == [first, second]
        assert result_of(ask("getDataVersion")) == world.version
    assert [p["id"] for p in result_of(client.get("getData", params={"projectIDs": second}))["projects"]] == [second]
    assert [p["id"] for p in result_of(client.post("getData", data={"projectIDs": second}))["projects"]] == [second]


def test_parameters_may_be_split_between_query_and_body(client: httpx2.Client, world: World) -> None:
    result_of(client.post("addProject", params={"name": "A"}, data={"description": "x", "link": "http://y"}))
    result_of(client.request("GET", "addProject", params={"name": "B"}, data={"description": "z"}))
    shown = [(p["name"], p["description"], p["link"]) for p in world.data()["projects"]]
    assert shown == [("A", "x", "http://y"), ("B", "z", None)]


def test_a_post_may_carry_all_parameters_in_the_query(client: httpx2.Client, world: World) -> None:
    result_of(client.post("addProject", params={"name": "A"}))
    result_of(client.post("addProject", params={"name": "B"}, content=b"", headers={"Content-Type": "text/plain"}))
    assert names(world) == ["A", "B"]


def test_a_post_may_be_empty_and_say_nothing_of_its_content(server: Server, world: World) -> None:
    for data in (request(world, "getDataVersion"), request(world, "getDataVersion", length=0)):
        assert b"content-type" not in data.lower()
        reply = send(server, data)
        assert reply.status == 200
        assert reply.body == b'{"objectType":"Result","dataVersion":%d,"result":%d}' % (world.version, world.version)


def test_head_answers_a_read_without_its_body(client: httpx2.Client) -> None:
    for method in ("getData", "getDataVersion"):
        full, head = client.get(method), client.head(method)
        assert head.status_code == 200
        assert head.content == b""
        varying = ("call-id", "date")
        kept = [{k: v for k, v in each.headers.items() if k not in varying} for each in (full, head)]
        assert kept[0] == kept[1]


def test_head_does_not_change_anything(client: httpx2.Client, world: World) -> None:
    before = world.version
    response = client.head("addProject", params={"name": "A"})
    assert (response.status_code, response.content) == (400, b"")
    assert world.version == before


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "QUERY"])
def test_other_verbs_are_refused_and_change_nothing(client: httpx2.Client, world: World, verb: str) -> None:
    before = world.version
    message = message_of(client.request(verb, "addProject", params={"name": "A"}), InvalidRequest)
    assert message == f"The API takes POST and GET requests, not {verb}."
    assert world.version == before


# URLs -----------------------------------------------------------------------------------------------------------------


def test_unknown_urls(server: Server, client: httpx2.Client) -> None:
    for path in (
        "/nothing", "/service", "/service/api/v1", "/service/api/v1/", "/service/api/v2/getData", "/service/getData",
        "/service/api/v1/getData/", "/service/api/v1/getData/more", "/service/api/v1//getData", "//getData",
        "/Service/api/v1/getData", "/service/api/v1/getData%2Fmore",
    ):  # fmt: skip
        for ask in (client.get, client.post):
            message_of(ask(server.address + path), InvalidURL)


def test_an_unknown_method_is_answered_with_the_nearest_known_one(client: httpx2.Client) -> None:
    for wrong, right in (
        ("getDatas", "getData"),
        ("getdataversion", "getDataVersion"),
        ("addBacklogitem", "addBacklogItem"),
        ("setBacklogItemsType", "setBacklogItemType"),
    ):
        message = message_of(client.post(wrong), InvalidMethodName)
        assert message == f"There is no method {wrong}. Did you mean {right}?"
    assert message_of(client.post("xyzzy-plugh"), InvalidMethodName) == "There is no method xyzzy-plugh."
    assert len(message_of(client.post("x" * 5000), InvalidMethodName)) < 200


def test_a_method_that_no_url_names_is_as_good_as_unknown(client: httpx2.Client, world: World) -> None:
    before = world.version
    for name in ("addPersonByOperator", "importObjects"):
        message = message_of(client.post(name, data={"objects": "[]"}), InvalidMethodName)
        assert message.startswith(f"There is no method {name}.")
        assert f"Did you mean {name}" not in message
    assert world.version == before


def test_the_method_is_known_before_the_caller(server: Server) -> None:
    with client_of(server.api, None) as nobody:
        message_of(nobody.post("getDatas"), InvalidMethodName)


def test_names_of_methods_and_parameters_are_case_sensitive(client: httpx2.Client) -> None:
    message_of(client.post("addproject", data={"name": "A"}), InvalidMethodName)
    message_of(client.post("addProject", data={"Name": "A"}), MissingParameter)


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(world: World) -> list[str]:
    """The ids of three projects."""
    return [world.call("addProject", name=name) for name in "ABC"]


def _asked(client: httpx2.Client, list_text: str) -> list[str]:
    """The ids of the projects that getData answers for a list as it stands in a query and in a body."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    by_get = result_of(client.get(f"getData?projectIDs={list_text}"))["projects"]
    by_post = result_of(client.post("getData", content=f"projectIDs={list_text}", headers=form))["projects"]
    assert by_get == by_post
    return [project["id"] for project in by_get]


def test_lists_may_have_raw_commas_escaped_ones_blanks_and_duplicates(client: httpx2.Client, three: list[str]) -> None:
    a, b, c = three
    for text in (
        f"{a},{c}", f"{a}%2C{c}", f"{a}%2c{c}", f"{a},+{c}", f"{a}%2C%20{c}", f"+{a}+,+{c}+", f"{a},{c},{a},{c}",
        f"{c},{a}", f",{a},,{c},", f"{a}%0A,{c}", f"{a},%09{c}",
    ):  # fmt: skip
        assert _asked(client, text) == [a, c], text
    assert _asked(client, b) == [b]
    for nothing in ("", "null", ",", "+,+"):
        assert _asked(client, nothing) == three


def test_lists_of_properties_too(client: httpx2.Client, three: list[str]) -> None:
    for text in (
        "Project.backlogItems,BacklogItem.tasks", "Project.backlogItems%2CBacklogItem.tasks",
        "Project.backlogItems,+BacklogItem.tasks", "Project.backlogItems,Project.backlogItems,Project.name",
    ):  # fmt: skip
        projects = result_of(client.get(f"getData?includeProperties={text}"))["projects"]
        assert [project["backlogItems"] for project in projects] == [[], [], []]
        assert [project["tags"] for project in projects] == [None, None, None]
    message = message_of(client.get("getData?includeProperties=Project.backlogItem"), InvalidParameter)
    assert "Project.backlogItems?" in message


def test_empty_and_null_mean_none(client: httpx2.Client, world: World) -> None:
    for n, nothing in enumerate(("", "null")):
        given = {"name": f"P{n}", "description": nothing, "link": nothing, "externalID": nothing, "index": nothing,
                 "timeTrackingUnit": nothing, "requestID": nothing, "requiredDataVersion": nothing}  # fmt: skip
        result_of(client.post("addProject", data=given))
    for project in world.data()["projects"]:
        assert [project[name] for name in ("description", "link", "externalID")] == [None] * 3
        assert project["timeTrackingUnit"] == "Hours"
        comment = {"ownerObjectType": "Project", "ownerObjectID": project["id"], "text": "x"}
        result_of(client.post("addComment", data={**comment, "parentCommentID": ""}))
        result_of(client.post("setProjectExternalID", data={"projectID": project["id"], "externalID": "x"}))
        result_of(client.post("setProjectExternalID", data={"projectID": project["id"], "externalID": "null"}))
    for nothing in ("", "null"):
        message = message_of(client.post("addProject", data={"name": nothing}), MissingParameter)
        assert message.startswith("The parameter name of addProject has no value.")
    for not_nothing in ("Null", "NULL", " null", "none", "undefined", " "):
        result_of(client.post("addProject", data={"name": not_nothing}))
        assert names(world)[-1] == not_nothing


def test_a_name_without_an_equals_sign_has_no_value(client: httpx2.Client, world: World) -> None:
    message = message_of(client.get("addProject?name"), MissingParameter)
    assert message.startswith("The parameter name of addProject has no value.")
    result_of(client.get("addProject?name=A&description&link"))
    assert world.data()["projects"][0]["description"] is None


def test_unknown_parameters_are_ignored_and_named(client: httpx2.Client, world: World) -> None:
    response = client.post("addProject", params={"colour": "red"}, data={"name": "A", "Description": "x", "pretty": ""})
    result_of(response)
    assert response.headers["x-ignored-parameters"] == "colour, Description"
    response = client.post("addProject", data={"name": "B", "requestID": "r", "requiredDataVersion": "-1"})
    result_of(response)
    assert "x-ignored-parameters" not in response.headers


def test_what_the_reading_methods_do_not_take_is_named(client: httpx2.Client, world: World) -> None:
    version = str(world.version)
    for method, taken, ignored in (
        ("getData", {"requiredDataVersion": version}, {"requestID": "r1"}),
        ("getDataVersion", {}, {"requestID": "r1", "requiredDataVersion": "0"}),
    ):
        for _ in range(2):  # not executed once only, either
            response = client.post(method, data=taken | ignored)
            result_of(response)
            assert response.headers["x-ignored-parameters"] == ", ".join(ignored)


def test_ignored_names_are_safe_in_a_header(client: httpx2.Client) -> None:
    name = "a\r\nSet-Cookie: x=1, b ü\0"
    response = client.post("getDataVersion", data={name: "1"})
    result_of(response)
    assert response.headers["x-ignored-parameters"] == quote(name)
    assert "set-cookie" not in response.headers
    response = client.post("getDataVersion", data={f"{n:03}{'x' * 100}": "1" for n in range(150)})
    result_of(response)
    assert len(response.headers["x-ignored-parameters"]) < 4000


def test_a_parameter_given_twice_must_have_one_value(client: httpx2.Client, world: World) -> None:
    before = world.version
    for response in (
        client.get("addProject?name=A&name=B"),
        client.post("addProject", params={"name": "A"}, data={"name": "B"}),
        client.get("addProject?name=A&name="),
        client.get("addProject?name=A&x=1&x=2"),
    ):
        assert "is given twice, with different values" in message_of(response, InvalidParameter)
    assert world.version == before
    result_of(client.post("addProject", params={"name": "A"}, data={"name": "A"}))
    result_of(client.get("addProject?name=B&name=%42&na%6De=B"))
    assert names(world) == ["A", "B"]


def test_too_many_parameters_are_refused(client: httpx2.Client) -> None:
    result_of(client.post("getDataVersion", data={f"p{n}": "" for n in range(200)}))
    for response in (
        client.post("getDataVersion", data={f"p{n}": "" for n in range(201)}),
        client.get("getDataVersion?" + "&".join(f"p{n}=" for n in range(201))),
    ):
        assert "200 parameters" in message_of(response, InvalidRequest)


def test_text_has_its_limits(client: httpx2.Client, world: World) -> None:
    project = result_of(
        client.post("addProject", data={"name": "😀" * 500, "link": "x" * 4000, "externalID": "€" * 255})
    )
    result_of(client.post("addBacklogItem", data={"projectID": project, "name": "A", "description": "ü" * 1_000_000}))
    before = world.version
    for given, limit in (({"name": "x" * 501}, 500), ({"name": "B", "link": "x" * 4001}, 4000),
                         ({"name": "B", "externalID": "x" * 256}, 255), ({"name": "B", "requestID": "x" * 256}, 255),
                         ({"name": "B", "description": "x" * 1_000_001}, 1_000_000)):  # fmt: skip
        message = message_of(client.post("addProject", data=given), InvalidParameter)
        assert f"has {limit + 1} characters; at most {limit} are accepted." in message
    assert world.version == before
    result_of(client.post("addProject", data={"name": "B", "requestID": "ü" * 255}))
    [first, _] = world.data()["projects"]
    assert (len(first["name"]), len(first["backlogItems"][0]["description"])) == (500, 1_000_000)


def test_ids_that_are_none_are_not_found_rather_than_broken(client: httpx2.Client) -> None:
    for wrong in ("x", "1-2-3", "0", "-1", "'; DROP TABLE accounts; --", "%", "😀", "1" * 10_000, secrets.token_hex(3)):
        response = client.post("setProjectExternalID", data={"projectID": wrong, "externalID": "x"})
        assert response.json()["errorID"] == "ObjectNotFound", wrong
        response = client.post("getData", data={"projectIDs": wrong})
        assert response.json()["errorID"] == "ObjectNotFound", wrong
