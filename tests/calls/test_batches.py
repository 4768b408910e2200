"""Batches: many calls as one, their references, limits, permissions, and that all or nothing of them happens."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scrumrpc.calls.batch import MOST_CALLS, may_be_in_a_batch
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import (
    ApiError,
    InvalidParameter,
    InvalidUserEmailAddress,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequestAlreadyExecuted,
    RequiredDataVersionNotMatching,
    RequirementNotSatisfied,
    UserCannotAccessProject,
    UserHasInsufficientPermissions,
)
from tests.world import World


def entry(method: str, as_: str | None = None, /, **parameters: Any) -> dict[str, Any]:
    """A call as a batch holds it."""
    return {"method": method, "parameters": parameters, **({"name": as_} if as_ else {})}


def batch(world: World, *calls: Any, by: str | None = None, **given: str) -> Any:
    """The result of a batch."""
    return world.call("executeBatch", by, calls=orjson.dumps(calls).decode(), **given)


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="P"))


def test_results_come_in_order_and_as_one_version(world: World, project: str) -> None:
    before = world.version
    item, nothing, task = batch(
        world,
        entry("addBacklogItem", "story", projectID=project, name="Story"),
        entry("setBacklogItemPriority", backlogItemID="$story", priority="High"),
        entry("addTask", backlogItemID="$story", name="Task"),
    )
    assert nothing is None
    assert world.version == before + 1
    [found] = world.data()["projects"][0]["backlogItems"]
    assert (found["id"], found["name"], found["priority"]) == (item, "Story", "High")
    assert [each["id"] for each in found["tasks"]] == [task]
    world.check_log_gives_tables()


def test_the_log_names_the_batch(world: World, project: str) -> None:
    batch(world, entry("addTag", projectID=project, name="T"))

    async def newest(conn: Any) -> Any:
        text = "SELECT method FROM versions WHERE account_id = %s ORDER BY version DESC LIMIT 1"
        return await (await conn.execute(text, (world.account,))).fetchone()

    assert world.store(newest) == ("executeBatch",)


def test_nothing_is_a_batch_too(world: World) -> None:
    before = world.version
    assert batch(world) == []
    assert world.version == before


def test_what_changes_nothing_is_no_version(world: World, project: str) -> None:
    before = world.version
    assert batch(world, entry("addTag", "t", projectID=project, name="T"), entry("deleteTag", tagID="$t"))[1] is None
    assert world.version == before
    world.check_log_gives_tables()


def test_values_are_what_a_form_carries(world: World, project: str) -> None:
    batch(
        world,
        entry("addBacklogItem", projectID=project, name="$$5", estimate=2.5, estimateUnit="Days", index=0, link=None),
        entry("addBacklogItem", projectID=project, name="$$$x", roughEstimate=3, roughEstimateUnit="Points", index=-1),
        entry("addPerson", emailAddress="bob@example.com", firstName="B\r\nb", isAdministrator=True),
        {"method": "addTag", "parameters": {"projectID": project, "name": "5$"}, "name": None},
    )
    data = world.data()
    first, second = data["projects"][0]["backlogItems"]
    assert (first["name"], first["estimate"], first["link"]) == ("$5", 2.5, None)
    assert (second["name"], second["roughEstimate"]) == ("$$x", 3.0)
    assert data["persons"][1]["firstName"] == "B\nb"
    assert data["persons"][1]["isAdministrator"] is True


def test_a_new_object_is_found_by_its_id_as_well(world: World, project: str) -> None:
    first = world.call("addTag", projectID=project, name="One")
    account, _, number = first.split("-")
    coming = f"{account}-0-{int(number) + 1}"
    batch(
        world,
        entry("addTag", projectID=project, name="Two"),
        entry("setTagName", tagID=coming, name="Three"),
    )
    assert [tag["name"] for tag in world.data()["projects"][0]["tags"]] == ["One", "Three"]


def test_what_is_deleted_is_found_no_more(world: World, project: str) -> None:
    tag = world.call("addTag", projectID=project, name="T")
    with pytest.raises(ObjectNotFound, match=r"^Call 2 \(setTagName\): There is no tag with the id"):
        batch(world, entry("deleteTag", tagID=tag), entry("setTagName", tagID=tag, name="U"))
    assert [each["name"] for each in world.data()["projects"][0]["tags"]] == ["T"]


def test_the_same_id_of_another_type_is_another_object(world: World) -> None:
    a = world.account
    units = {"roughEstimateUnit": "Points", "detailedEstimateUnit": "Days", "timeTrackingUnit": "Hours"}
    world.load(
        {"objectType": "Project", "id": f"{a}-7-2", "name": "P", "status": "Active", **units},
        {"objectType": "Person", "id": f"{a}-7-1", "firstName": "B", "emailAddress": "bob@example.com"},
        {"objectType": "Tag", "id": f"{a}-7-1", "projectID": f"{a}-7-2", "name": "T", "color": "Red"},
    )
    batch(
        world,
        entry("setTagName", tagID=f"{a}-7-1", name="U"),
        entry("setPersonNickname", personID=f"{a}-7-1", nickname="N"),
        entry("deleteTag", tagID=f"{a}-7-1"),
        entry("setPersonNickname", personID=f"{a}-7-1", nickname="O"),
    )
    assert [person["nickname"] for person in world.data()["persons"]] == [None, "O"]


def test_a_content_keeps_its_number(world: World, project: str) -> None:
    file = {"ownerObjectType": "Project", "ownerObjectID": project, "fileName": "a.txt"}
    first, again = ({**file, "fileContents": contents} for contents in ("YQ==", "Yg=="))
    batch(world, entry("addAttachment", "a", **first), entry("deleteAttachment", attachmentID="$a"))
    attachment = world.call("addAttachment", **again)
    assert world.call("getAttachmentFileContents", attachmentID=attachment) == "Yg=="


def test_somebody_deleted_is_no_person_any_more(world: World) -> None:
    bob = world.person("bob@example.com")
    with pytest.raises(ObjectNotFound, match=r"^Call 2"):
        batch(
            world,
            entry("deletePerson", personID=bob),
            entry("setPersonFirstName", personID=bob, firstName="B"),
        )


def test_names_can_be_passed_on_within_a_batch(world: World, project: str) -> None:
    one, two = (world.call("addTag", projectID=project, name=name) for name in ("One", "Two"))
    batch(
        world,
        entry("setTagName", tagID=one, name="Three"),
        entry("setTagName", tagID=two, name="One"),
        entry("setTagName", tagID=one, name="Two"),
        entry("setTagExternalID", tagID=one, externalID="x"),
        entry("setTagExternalID", tagID=one, externalID=None),
        entry("setTagExternalID", tagID=two, externalID="x"),
    )
    assert [(t["name"], t["externalID"]) for t in world.data()["projects"][0]["tags"]] == [("Two", None), ("One", "x")]
    world.check_log_gives_tables()


def test_new_items_go_where_the_lists_of_the_moment_are(world: World, project: str) -> None:
    before = world.data()["projects"][0]["backlogs"][0]
    batch(
        world,
        entry("addBacklogItem", projectID=project, name="a"),
        entry("addBacklogList", "list", backlogID=before["id"], name="New", index=0),
        entry("addBacklogItem", projectID=project, name="b"),
        entry("addBacklogItem", projectID=project, name="c"),
        entry("addProject", "other", name="Q"),
        entry("addBacklogItem", projectID="$other", name="d"),
        entry("addBacklogItem", projectID="$other", name="e", index=0),
        entry("addBacklogItem", projectID=project, name="f"),
    )
    data = world.data()["projects"]
    lists = data[0]["backlogs"][0]["backlogLists"]
    assert [[item["name"] for item in each["backlogItems"]] for each in lists] == [["b", "c", "f"], ["a"]]
    assert [item["name"] for item in data[0]["backlogItems"]] == ["a", "b", "c", "f"]
    assert [item["name"] for item in data[1]["backlogItems"]] == ["e", "d"]


@pytest.mark.parametrize(
    ("failing", "error", "message"),
    [
        (entry("addTag", projectID="1-2-3", name="x"), ObjectNotFound, "There is no project with the id 1-2-3."),
        (entry("addTag", projectID="$p", name="T"), RequirementNotSatisfied, "There is already"),
        (entry("addTag", projectID="$p"), MissingParameter, "The parameter name of addTag is missing."),
        (
            entry("addTag", projectID=None, name="x"),
            MissingParameter,
            "The parameter projectID of addTag has no value.",
        ),
        (entry("addTag", projectID="$p", name="x", color="Rd"), InvalidParameter, "The parameter color"),
        (entry("addTag", projectID="$p", name="x\0"), InvalidParameter, "The parameter 'name' contains a NUL"),
        (
            entry("addTag", projectID="$p", name="x", colour="Red"),
            InvalidParameter,
            "The method addTag has no parameter",
        ),
        (entry("addTag", projectID="$p", name="x", index=9), InvalidParameter, "The parameter index is 9"),
        (
            entry("addTag", projectID="$p", name="x", externalID="E"),
            ObjectWithExternalIDAlreadyExists,
            "Another object",
        ),
        (entry("addTagOnObject", objectType="Nothing", objectID="1-2-3", tagID="1-1-1"), InvalidParameter, "The param"),
        (entry("addTagOnObject", objectID="1-2-3", tagID="1-1-1"), MissingParameter, "The parameter objectType"),
        (entry("setProjectName", projectID="x\0y", name="N"), InvalidParameter, "The parameter 'projectID' contains"),
    ],
)
def test_the_first_failure_undoes_all(
    world: World, project: str, failing: dict[str, Any], error: type[ApiError], message: str
) -> None:
    world.call("addTag", projectID=project, name="U", externalID="E")
    before, tables = world.version, list(world.tables().records())
    calls = [entry("addProject", "p", name="Q"), entry("addTag", projectID="$p", name="T"), failing, failing]
    with pytest.raises(error) as refused:
        batch(world, *calls, requestID="r1")
    assert refused.value.message.startswith(f"Call 3 ({failing['method']}): {message}")
    assert refused.value.data_version == before
    assert (world.version, list(world.tables().records())) == (before, tables)
    batch(world, *calls[:2], requestID="r1")


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ("{", "The parameter calls is not JSON"),
        ("[" * 100_000, "The parameter calls is not JSON"),
        ('["\\ud800"]', "The parameter calls is not JSON"),
        ("[NaN]", "The parameter calls is not JSON"),
        ("{}", "The parameter calls is an object; it must be an array of calls."),
        ("true", "The parameter calls is true;"),
        ("17", "The parameter calls is a number;"),
        ('["addTag"]', "Call 1: it is a string;"),
        ("[null]", "Call 1: it is null;"),
        ("[[]]", "Call 1: it is an array;"),
        ("[{}]", "Call 1: it has no method;"),
        ('[{"method": 7}]', "Call 1: its method is a number;"),
        ('[{"method": "addTga"}]', 'Call 1: there is no method "addTga". Did you mean addTag?'),
        ('[{"method": "importObjects"}]', 'Call 1: there is no method "importObjects".'),
        ('[{"method": "getData"}]', "Call 1 (getData): the method cannot be in a batch: it only reads"),
        ('[{"method": "executeBatch"}]', "Call 1 (executeBatch): the method cannot be in a batch: a batch cannot"),
        ('[{"method": "addAPIKey"}]', "Call 1 (addAPIKey): the method cannot be in a batch: its result is a secret"),
        ('[{"method": "resetCommitHookSecret"}]', "Call 1 (resetCommitHookSecret): the method cannot be in a batch"),
        (
            '[{"method": "addTag", "parameter": {}}]',
            'Call 1: a call has no member "parameter". Did you mean parameters?',
        ),
        ('[{"method": "addTag", "parameters": []}]', "Call 1 (addTag): its parameters are an array;"),
        ('[{"method": "addTag", "parameters": {"name": []}}]', "Call 1 (addTag): the parameter name is an array;"),
        ('[{"method": "addTag", "parameters": {"name": {}}}]', "Call 1 (addTag): the parameter name is an object;"),
        ('[{"method": "addTag", "name": 7}]', "Call 1 (addTag): its name is a number;"),
        ('[{"method": "addTag", "name": ""}]', 'Call 1 (addTag): its name is "";'),
        ('[{"method": "addTag", "name": "$x"}]', 'Call 1 (addTag): its name is "$x";'),
        (
            '[{"method": "addTag", "parameters": {"requestID": "r"}}]',
            "Call 1 (addTag): requestID is given for the batch",
        ),
        ('[{"method": "addTag", "parameters": {"onRepeat": ""}}]', "Call 1 (addTag): onRepeat is given for the batch"),
    ],
)
def test_what_is_no_batch_is_refused(world: World, calls: str, message: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        world.call("executeBatch", calls=calls)
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ([entry("addTag", name="$a")], 'Call 1 (addTag): the parameter name is "$a", but no call has that name. '),
        ([entry("addTag", name="$")], 'Call 1 (addTag): the parameter name is "$", but no call has that name. '),
        (
            [entry("addTag", "a", name="$a")],
            'Call 1 (addTag): the parameter name is "$a", but that names call 1, itself',
        ),
        (
            [entry("addTag", name="$b"), entry("addTag", "b")],
            'Call 1 (addTag): the parameter name is "$b", but that names call 2, a later call',
        ),
        ([entry("addTag", "a"), entry("addTag", "a")], 'Call 2 (addTag): the name "a" is that of call 1 already.'),
        (
            [entry("setTagName", "a"), entry("addTag", name="$a")],
            'Call 2 (addTag): the parameter name is "$a", but the result of call 1 (setTagName) is no id.',
        ),
    ],
)
def test_references_lead_back_to_ids(world: World, calls: list[Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        batch(world, *calls)
    assert refused.value.message.startswith(message)


def test_a_batch_has_a_limit(world: World, project: str) -> None:
    calls = [entry("addTag", projectID=project, name=f"T{n}") for n in range(MOST_CALLS + 1)]
    with pytest.raises(InvalidParameter, match=rf"holds {MOST_CALLS + 1} calls; .* at most {MOST_CALLS}"):
        batch(world, *calls)
    assert len(batch(world, *calls[:-1])) == MOST_CALLS
    assert len(world.data()["projects"][0]["tags"]) == MOST_CALLS
    world.check_log_gives_tables()


def test_what_may_be_in_a_batch() -> None:
    left_out = {m.name for m in METHODS.values() if m.public and m.writes and not may_be_in_a_batch(m)}
    tell_a_secret = {"addAPIKey", "resetCommitHookSecret", "addWebhook", "resetWebhookSecret"}
    assert left_out == {*tell_a_secret, "executeBatch"}


def test_one_request_id_and_one_required_version_for_all(world: World, project: str) -> None:
    before = str(world.version)
    calls = [entry("addTag", projectID=project, name="T"), entry("addTag", projectID=project, name="U")]
    first = batch(world, *calls, requestID="r1", requiredDataVersion=before)
    with pytest.raises(RequestAlreadyExecuted):
        batch(world, *calls, requestID="r1")
    assert batch(world, *calls, requestID="r1", onRepeat="result") == first
    with pytest.raises(RequestAlreadyExecuted, match=r"^Another call"):
        batch(world, *calls[:1], requestID="r1", onRepeat="result")
    with pytest.raises(RequiredDataVersionNotMatching):
        batch(world, requiredDataVersion=before)
    with pytest.raises(InvalidParameter, match="has no parameter"):
        batch(world, call="x")
    with pytest.raises(MissingParameter):
        world.call("executeBatch")


# Permissions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(world: World) -> tuple[str, str, str]:
    """Bob, a project that he owns, and one that he does not reach; access control is on."""
    bob = world.person("bob@example.com")
    his, other = world.call("addProject", name="His"), world.call("addProject", name="Other")
    world.call("addProductOwner", projectID=his, personID=bob)

    async def turn_on(conn: Any) -> None:
        await conn.execute("UPDATE accounts SET has_access_control = true WHERE account_id = %s", (world.account,))

    world.store(turn_on)
    return bob, his, other


def test_each_call_needs_its_own_permissions(world: World, guarded: tuple[str, str, str]) -> None:
    bob, his, other = guarded
    email, before = "bob@example.com", world.version
    allowed = entry("addTag", projectID=his, name="T")
    with pytest.raises(UserCannotAccessProject, match=r"^Call 2 \(addTag\): "):
        batch(world, allowed, entry("addTag", projectID=other, name="T"), by=email)
    with pytest.raises(UserHasInsufficientPermissions, match=r"^Call 2 \(addProject\): "):
        batch(world, allowed, entry("addProject", name="Q"), by=email)
    with pytest.raises(UserHasInsufficientPermissions, match=r"^Call 2 \(setPersonIsAdministrator\): "):
        batch(world, allowed, entry("setPersonIsAdministrator", personID=bob, isAdministrator=True), by=email)
    assert world.version == before
    batch(world, allowed, by=email)


def test_who_gives_up_a_project_reaches_it_no_more(world: World, guarded: tuple[str, str, str]) -> None:
    bob, his, _ = guarded
    gone = entry("removeProductOwner", projectID=his, personID=bob)
    with pytest.raises(UserCannotAccessProject, match=r"^Call 2 \(addTag\): "):
        batch(world, gone, entry("addTag", projectID=his, name="T"), by="bob@example.com")
    assert batch(
        world,
        entry("addTeam", "team", projectID=his, name="Team"),
        entry("addTeamMember", teamID="$team", personID=bob),
        gone,
        entry("addTag", projectID=his, name="T"),
        by="bob@example.com",
    )[1:3] == [None, None]


def test_who_stops_being_an_administrator_is_none_in_the_calls_that_follow(
    world: World, guarded: tuple[str, str, str]
) -> None:
    bob, his, other = guarded
    world.call("setPersonIsAdministrator", personID=bob, isAdministrator="true")
    stops = entry("setPersonIsAdministrator", personID=bob, isAdministrator=False)
    with pytest.raises(UserHasInsufficientPermissions, match=r"^Call 3"):
        batch(
            world,
            stops,
            entry("addTag", projectID=his, name="T"),
            entry("deleteProject", projectID=his),
            by="bob@example.com",
        )
    with pytest.raises(UserCannotAccessProject, match=r"^Call 2"):
        batch(world, stops, entry("addTag", projectID=other, name="T"), by="bob@example.com")
    with pytest.raises(InvalidUserEmailAddress, match=r"^Call 2"):
        batch(
            world,
            entry("deletePerson", personID=bob),
            entry("addTag", projectID=his, name="T"),
            by="bob@example.com",
        )


def test_an_administrator_reaches_what_the_batch_has_made(world: World, guarded: tuple[str, str, str]) -> None:
    [project, tag] = batch(world, entry("addProject", "p", name="New"), entry("addTag", projectID="$p", name="T"))
    assert world.data()["projects"][-1]["tags"][0]["id"] == tag
    assert world.data()["projects"][-1]["id"] == project
