"""Who may call what: every public method, as everybody that there is, with access control on projects and without.

The calls are the documentation's examples. Those that change data stand in a batch whose second call fails, so that
none of them changes anything, and all meet the same account: whoever gets as far as the second call was let in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from scrumrpc.calls.batch import BATCH, may_be_in_a_batch
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.cli import sample
from scrumrpc.docs.examples import EXAMPLES
from scrumrpc.errors import ApiError
from scrumrpc.store import accounts
from tests.calls.test_permissions import IN_PROJECT, LET_IN, rule_of
from tests.security.naming import types_of
from tests.security.twins import BOB, WEBHOOK_URL
from tests.world import World

PUBLIC = [method for method in METHODS.values() if method.public]
PEOPLE = ("product owner", "stakeholder", "team member", "creator", "outsider")
ROLES = ("administrator", *PEOPLE)
OF_NO_PROJECT = ("Person", "DeletedPerson", "APIKey", "Webhook")
LAST = {"method": "setTagName", "parameters": {"tagID": "1-1-1", "name": "There is no such tag"}}
DONE = "done"
INSTEAD: dict[str, dict[str, str]] = {
    "addNamedVersion": {"name": "Another name"},
    "addPerson": {"emailAddress": "new@roles.example.com"},
    "moveBoard": {"index": "0"},
    "moveTaskToBacklogItem": {"index": "0"},
}
"""What examples cannot say where those before them were not run."""
HIDDEN = {"restoreObject": "ObjectNotFound"}
"""What is told of projects out of reach by methods that look for what is no more: that it never was."""


def email_of(role: str) -> str:
    return BOB if role == "administrator" else f"{role.replace(' ', '.')}@roles.example.com"


@pytest.fixture(scope="module")
def company(shared_world: World) -> Iterator[World]:
    """The sample, where each role is somebody in every project, and the creator wrote all comments and messages."""
    account = shared_world.new_account()
    ids = {role: f"{account}-9-{n}" for n, role in enumerate(PEOPLE)}
    people = [
        {"objectType": "Person", "id": ids[role], "firstName": role, "emailAddress": email_of(role)} for role in PEOPLE
    ]
    objects = [each for each in sample.objects() if each.get("emailAddress") != World.admin]
    for each in objects:
        for object_type, name, roles in (
            ("Project", "productOwnerIDs", ["product owner"]),
            ("Project", "stakeholderIDs", ["stakeholder"]),
            ("Team", "teamMemberIDs", ["team member", "creator"]),
        ):
            if each["objectType"] == object_type:
                each[name] = [*each.get(name, ()), *(ids[role] for role in roles)]
        if each["objectType"] in ("Comment", "Message"):
            each["creatorID"] = ids["creator"]
    with_teams = {each["projectID"] for each in objects if each["objectType"] == "Team"}
    members = [ids["team member"], ids["creator"]]
    teams = [
        {"objectType": "Team", "id": f"{account}-8-{n}", "projectID": project, "name": "T", "teamMemberIDs": members}
        for n, project in enumerate(each["id"] for each in objects if each["objectType"] == "Project")
        if project not in with_teams
    ]
    shared_world.load(*people, *objects, *teams)
    shared_world.call("addNamedVersion", email_of("creator"), name=EXAMPLES["deleteNamedVersion"]["name"])
    shared_world.call("addWebhook", BOB, url=WEBHOOK_URL)
    turned_to = shared_world.account, shared_world.key
    yield shared_world
    shared_world.account, shared_world.key = turned_to
    shared_world.check_log_gives_tables()


def example(world: World, method: Method) -> dict[str, str]:
    """Parameters with which the method can be called."""
    given = {name: value for name, value in EXAMPLES[method.name].items() if name not in ("atDataVersion", "url")}
    for name in ("apiKeyID", "webhookID"):
        if name in given:
            given[name] = f"{world.account}-0-1"
    if "url" in EXAMPLES[method.name]:
        given["url"] = WEBHOOK_URL
    return given | INSTEAD.get(method.name, {})


def batch(world: World, method: Method, gone: str) -> list[dict[str, Any]]:
    """Calls of which the last one fails; the one before is of the method, but for a batch, which is as its example."""
    given = example(world, method)
    if method.name == BATCH:
        return [*orjson.loads(given["calls"]), LAST]
    if method.name == "restoreObject":
        given = {"objectType": "Tag", "objectID": gone}
    if method.name == "revertVersion":
        given = {"dataVersion": str(world.version - 1)}  # which added that tag
    calls = [{"method": method.name, "parameters": given}, LAST]
    if method.name == "removeTagFromObject":
        calls.insert(0, {"method": "addTagOnObject", "parameters": given})
    return calls


def outcome(world: World, method: Method, email: str, gone: str) -> str:
    """What comes of a call: DONE, or the error; nothing is left of it but for methods that no batch may hold."""
    in_batch = may_be_in_a_batch(method) or method.name == BATCH
    calls = batch(world, method, gone) if in_batch else []
    before = world.version
    try:
        if in_batch:
            world.call(BATCH, email, calls=orjson.dumps(calls).decode())
        else:
            world.call(method.name, email, **example(world, method))
    except ApiError as error:
        got_through = in_batch and error.message.startswith(f"Call {len(calls)} (setTagName)")
        failed = error.error_id
    else:
        return DONE
    return DONE if got_through and world.version == before else failed


def is_about_projects(method: Method) -> bool:
    """Whether the call names something that belongs to a project, by which a caller can be refused."""
    if method.name in (BATCH, "revertVersion", "restoreObject"):
        return True
    known = [p for p in method.parameters if p.name in EXAMPLES[method.name]]
    if rule_of(method) == "ADMINISTRATORS":
        known = [p for p in known if p.reference]  # those who are none are told that before lists are looked at
    return bool({each for p in known for each in types_of(p)} - set(OF_NO_PROJECT))


def expected(method: Method, role: str, access_control: bool) -> str:
    """What comes of a call by somebody in that role."""
    if access_control and role not in IN_PROJECT and is_about_projects(method):
        return HIDDEN.get(method.name, "UserCannotAccessProject")
    return DONE if role in LET_IN[rule_of(method)][access_control] else "UserHasInsufficientPermissions"


@pytest.mark.slow
@pytest.mark.parametrize("access_control", [False, True], ids=["everybody reaches projects", "access control"])
def test_every_method_lets_in_whom_it_should(company: World, access_control: bool) -> None:
    account = company.account
    company.store(lambda conn: accounts.switch(conn, "has_access_control", access_control, account))
    gone = company.call("addTag", BOB, projectID="729-11230-1", name="soon gone")
    company.call("deleteTag", BOB, tagID=gone)
    came = {(m.name, role): outcome(company, m, email_of(role), gone) for m in PUBLIC for role in ROLES}
    due = {(m.name, role): expected(m, role, access_control) for m in PUBLIC for role in ROLES}
    assert {call: (came[call], due[call]) for call in came if came[call] != due[call]} == {}
    assert list(came.values()).count(DONE) > 900
