"""Who may do what: each method has the rule that the table says, and each rule lets in whom it should."""

from __future__ import annotations

from typing import Any

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls import permissions
from scrumrpc.calls.permissions import RULES, Permission
from scrumrpc.calls.registry import METHODS, Method
from scrumrpc.errors import ApiError
from scrumrpc.store import accounts
from tests.calls.made_up import objects_of
from tests.calls.permission_table import DEFAULT, TABLE
from tests.world import World

RULE_NAMES = {id(rule): name for name, rule in vars(permissions).items() if isinstance(rule, Permission)}
PUBLIC = [method for method in METHODS.values() if method.public]


def rule_of(method: Method) -> str:
    return RULE_NAMES.get(id(method.permission), "a rule that is not in permissions.py")


@pytest.mark.parametrize("method", PUBLIC, ids=lambda method: method.name)
def test_each_method_has_the_rule_of_the_table(method: Method) -> None:
    expected, actual = TABLE.get(method.name, DEFAULT), rule_of(method)
    assert actual == expected, f"{method.name} is registered with {actual}, but permission_table.py says {expected}" + (
        "" if method.name in TABLE else f", the default: if {actual} is meant, name the method there"
    )


def test_each_method_of_the_table_exists() -> None:
    missing = sorted(TABLE.keys() - {method.name for method in PUBLIC})
    assert not missing, f"permission_table.py names methods that are not registered (or not public): {missing}"
    assert DEFAULT not in TABLE.values()


def test_the_rules_of_public_methods_are_all_listed() -> None:
    listed = [RULE_NAMES[id(rule)] for rule in RULES]
    assert len(set(listed)) == len(listed)
    assert set(listed) == {rule_of(method) for method in PUBLIC} == set(LET_IN)
    assert set(listed) == {rule_of(METHODS[name]) for name, _ in CALLS}
    assert all(bool(rule.denial) == (RULE_NAMES[id(rule)] not in ("ANYBODY", DEFAULT)) for rule in RULES)
    assert "OPERATORS" not in listed


# Whom each rule lets in ----------------------------------------------------------------------------------------------

ROLES = ("administrator", "product owner", "stakeholder", "team member", "creator", "person itself", "outsider")
"""The creator of what is in the project is a member of a team there; the person itself is nobody there."""
IN_PROJECT = ("administrator", "product owner", "stakeholder", "team member", "creator")
ONLY_ADMINISTRATORS = ("administrator",)

LET_IN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ANYBODY": (ROLES, ROLES),
    "PROJECT_ACCESS": (ROLES, IN_PROJECT),
    "PROJECT_CREATORS": (ROLES, ONLY_ADMINISTRATORS),
    "PROJECT_MANAGERS": (("administrator", "product owner"), ("administrator", "product owner")),
    "COMMENT_CREATOR": (("administrator", "creator"), ("administrator", "creator")),
    "MESSAGE_CREATOR": (("administrator", "creator"), ("administrator", "creator")),
    "PERSON_ITSELF": (("administrator", "person itself"), ("administrator", "person itself")),
    "VERSION_NAMER": (("administrator", "creator"), ("administrator", "creator")),
    "ADMINISTRATORS": (ONLY_ADMINISTRATORS, ONLY_ADMINISTRATORS),
}
"""Who may by rule, without and with access control on projects."""

CALLS: list[tuple[str, dict[str, str]]] = [
    ("getDataVersion", {}),
    ("getData", {}),
    ("setBacklogItemName", {"backlogItemID": "BacklogItem", "name": "x"}),
    ("addTeam", {"projectID": "Project", "name": "x"}),
    ("setProjectExternalID", {"projectID": "Project", "externalID": "x"}),
    ("addProject", {"name": "of the {role}"}),
    ("setProjectName", {"projectID": "Project", "name": "of the {role}"}),
    ("setProjectStatus", {"projectID": "Project", "status": "Archived"}),
    ("setCommentText", {"commentID": "Comment", "text": "{role}"}),
    ("setMessageText", {"messageID": "Message", "text": "{role}"}),
    ("setPersonPhone", {"personID": "person itself", "phone": "{role}"}),
    ("moveProject", {"projectID": "Project"}),
    ("deleteNamedVersion", {"name": "of the {role}"}),
    ("getAPIKeys", {}),
    ("setPersonIsAdministrator", {"personID": "person itself", "isAdministrator": "false"}),
]
"""Calls under all rules; types and roles stand for ids."""


def email_of(role: str) -> str:
    return World.admin if role == "administrator" else f"{role.replace(' ', '.')}@example.com"


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """A project with one object of each type, and a person in each role beside Ann; ids by type or role."""
    people = {
        role: {
            "objectType": "Person", "id": f"{world.account}-9-{n}", "firstName": role, "emailAddress": email_of(role),
        }
        for n, role in enumerate(ROLES[1:])
    }  # fmt: skip
    numbers = {role: person["id"] for role, person in people.items()}
    roles: dict[str, dict[str, Any]] = {
        "Project": {"productOwnerIDs": [numbers["product owner"]], "stakeholderIDs": [numbers["stakeholder"]]},
        "Team": {"teamMemberIDs": [numbers["team member"], numbers["creator"]]},
        "Comment": {"creatorID": numbers["creator"]},
        "Message": {"creatorID": numbers["creator"]},
    }
    objects = [each | roles.get(each["objectType"], {}) for each in objects_of(world.account)]
    world.load(*people.values(), *objects)
    for role in ROLES:
        world.call("addNamedVersion", email_of("creator"), name=f"of the {role}")
    return {each["objectType"]: str(each["id"]) for each in objects} | numbers


@pytest.mark.parametrize("access_control", [False, True], ids=["everybody reaches projects", "access control"])
@pytest.mark.parametrize(("method", "given"), CALLS)
def test_each_rule_lets_in_whom_it_should(
    world: World, ids: dict[str, str], method: str, given: dict[str, str], access_control: bool
) -> None:
    world.store(lambda conn: accounts.switch(conn, "has_access_control", access_control, world.account))
    let_in = LET_IN[rule_of(METHODS[method])][access_control]
    about_project = any(value in ids and value not in ROLES for value in given.values())
    for role in ROLES:
        texts = {name: ids.get(value, value.format(role=role)) for name, value in given.items()}
        if role in let_in:
            world.call(method, email_of(role), **texts)
        elif access_control and about_project and role not in IN_PROJECT:
            assert refusal(world, role, method, texts)[0] == "UserCannotAccessProject"
        else:
            denial = METHODS[method].permission.denial
            assert refusal(world, role, method, texts) == ("UserHasInsufficientPermissions", denial)


def refusal(world: World, role: str, method: str, given: dict[str, str]) -> tuple[str, str]:
    """The error id and the message of a call that is refused and changes nothing."""
    before = world.version
    with pytest.raises(ApiError) as refused:
        world.call(method, email_of(role), **given)
    assert world.version == before
    return refused.value.error_id, refused.value.message


def test_nobody_makes_themselves_an_administrator(world: World, ids: dict[str, str]) -> None:
    for role in ROLES[1:]:
        given = {"personID": ids[role], "isAdministrator": "true"}
        assert refusal(world, role, "setPersonIsAdministrator", given)[0] == "UserHasInsufficientPermissions"


def test_who_wrote_something_needs_access_all_the_same(world: World, ids: dict[str, str]) -> None:
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    world.call("removeTeamMember", teamID=ids["Team"], personID=ids["creator"])
    for method, given in (
        ("setCommentText", {"commentID": ids["Comment"]}), ("setMessageText", {"messageID": ids["Message"]}),
    ):  # fmt: skip
        assert refusal(world, "creator", method, given | {"text": "x"})[0] == "UserCannotAccessProject"


def test_product_owners_of_another_project_are_refused(world: World, ids: dict[str, str]) -> None:
    other = world.call("addProject", name="Other")
    world.call("addProductOwner", projectID=other, personID=ids["outsider"])
    world.call("setProjectDescription", email_of("outsider"), projectID=other, description="x")
    given = {"projectID": ids["Project"], "description": "x"}
    assert refusal(world, "outsider", "setProjectDescription", given)[0] == "UserHasInsufficientPermissions"


def test_a_project_without_product_owners_is_everybodys(world: World, ids: dict[str, str]) -> None:
    """Whoever adds a project can go on with it, and hand it to a product owner."""
    project = world.call("addProject", email_of("outsider"), name="Other")
    world.call("setProjectName", email_of("stakeholder"), projectID=project, name="Another")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    world.call("addStakeholder", projectID=project, personID=ids["outsider"])
    given = {"projectID": project, "description": "x"}
    assert refusal(world, "outsider", "setProjectDescription", given)[0] == "UserHasInsufficientPermissions"
    world.store(lambda conn: accounts.switch(conn, "has_access_control", False, world.account))
    world.call("addProductOwner", email_of("outsider"), projectID=project, personID=ids["creator"])
    assert refusal(world, "outsider", "setProjectDescription", given)[0] == "UserHasInsufficientPermissions"


def test_operators_may_do_everything(world: World, ids: dict[str, str]) -> None:
    world.operator("setPersonIsAdministrator", personID=ids["outsider"], isAdministrator="true")
    world.operator("moveProject", projectID=ids["Project"])
