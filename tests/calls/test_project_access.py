"""With access control on, no parameter of any method reaches an object of a project beyond the caller's reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.permissions import ADMINISTRATORS
from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.errors import UserCannotAccessProject
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store import accounts
from tests.calls.made_up import objects_of
from tests.world import World

OUTSIDER = "outsider@example.com"
IN_PROJECTS = tuple(name for name, t in STORED_TYPES.items() if name == "Project" or t.has("projectID"))
BY_FOLDED = {name.lower(): name for name in STORED_TYPES}
OF_THE_ACCOUNT = ("API key id", "Person id", "person ids", "Webhook id")
"""Kinds of ids of what belongs to no project."""


def types_of(parameter: Parameter) -> tuple[str, ...]:
    """The types of objects in projects that a parameter names, be it by a reference, an id or a list of ids."""
    if parameter.reference:
        return tuple(name for name in parameter.reference.types if name in IN_PROJECTS)
    kind = parameter.kind.name
    if parameter.name == "externalID" or not parameter.name.endswith(("ID", "IDs")) or kind in OF_THE_ACCOUNT:
        return ()
    if kind == "object id":
        return IN_PROJECTS
    words = kind.removesuffix("s").removesuffix(" id").split(" or ")
    assert all(word.lower() in BY_FOLDED for word in words), f"What does the kind {kind} name?"
    return tuple(BY_FOLDED[word.lower()] for word in words)


CASES = [
    (method, parameter, type_name)
    for method in METHODS.values()
    if method.public
    for parameter in method.parameters
    if parameter.reference or method.permission is not ADMINISTRATORS  # who reach all projects, if they get so far
    for type_name in types_of(parameter)
]


def given_to(
    method: Method, tested: Parameter, type_name: str, ids: dict[str, str], foreign: dict[str, str]
) -> dict[str, str]:
    """Parameters of which one names an object of a foreign project, and all others objects of the caller's own."""
    given: dict[str, str] = {}
    typed: dict[str, str] = {}
    for p in method.parameters:
        types = types_of(p)
        if p is tested:
            given[p.name], typed[type_parameter(p)] = foreign[type_name], type_name
        elif p.reference:
            own = types[0] if types else p.reference.types[0]
            given[p.name], typed[type_parameter(p)] = ids[own], own
        elif p.required or (method.writes and not types):
            given[p.name] = "0" if p.kind.name == "data version" else p.kind.example
    names = {p.name for p in method.parameters}
    return given | {name: value for name, value in typed.items() if name in names}


def type_parameter(p: Parameter) -> str:
    """The parameter that says of what type an object is, where there is one."""
    return (p.reference and p.reference.type_parameter) or p.name.removesuffix("ID") + "Type"


@dataclass(frozen=True, slots=True)
class TwoProjects:
    """An account with two projects that hold one object of each type; the ids of these by type."""

    account: int
    key: str
    own: dict[str, str]
    foreign: dict[str, str]


@pytest.fixture(scope="module")
def two_projects(shared_world: World) -> TwoProjects:
    """The caller is a stakeholder of one of them."""
    account = shared_world.new_account()
    caller = {"objectType": "Person", "id": f"{account}-9-1", "firstName": "O", "emailAddress": OUTSIDER}
    own, foreign = objects_of(account, 7), objects_of(account, 8)
    for each in own:
        if each["objectType"] == "Project":
            each["stakeholderIDs"] = [caller["id"]]
    shared_world.load(caller, *chain(own, foreign))
    shared_world.store(lambda conn: accounts.switch(conn, "has_access_control", True, account))
    by_type: list[dict[str, str]] = [{each["objectType"]: str(each["id"]) for each in some} for some in (own, foreign)]
    return TwoProjects(account, shared_world.key, *by_type)


@pytest.fixture
def projects(shared_world: World, two_projects: TwoProjects) -> Iterator[TwoProjects]:
    """The account, with the world turned to it; no call changes anything there."""
    shared_world.account, shared_world.key = two_projects.account, two_projects.key
    before = shared_world.version
    yield two_projects
    assert shared_world.version == before


def test_there_is_something_to_test() -> None:
    assert {type_name for _, _, type_name in CASES} == set(IN_PROJECTS)


@pytest.mark.parametrize(("method", "parameter", "type_name"), CASES, ids=lambda value: getattr(value, "name", value))
def test_a_foreign_object_is_refused(
    shared_world: World, projects: TwoProjects, method: Method, parameter: Parameter, type_name: str
) -> None:
    given = given_to(method, parameter, type_name, projects.own, projects.foreign)
    with pytest.raises(UserCannotAccessProject) as refused:
        shared_world.call(method.name, OUTSIDER, **given)
    assert projects.foreign[type_name] in refused.value.message


def test_the_callers_own_project_is_reached(shared_world: World, projects: TwoProjects) -> None:
    data: Any = shared_world.data(OUTSIDER)
    assert [each["id"] for each in data["projects"]] == [projects.own["Project"]]
