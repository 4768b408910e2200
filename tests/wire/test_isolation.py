"""What belongs to another account does not exist: for every parameter of every method that names an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest

from scrumrpc.calls.registry import METHODS, Method, Parameter
from scrumrpc.cli import sample
from scrumrpc.errors import ObjectNotFound
from scrumrpc.model.include import OPTIONAL
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.world import World

Ids = dict[str, str]
CASES = [
    (method, parameter, object_type)
    for method in METHODS.values()
    if method.public
    for parameter in method.parameters
    if parameter.reference
    for object_type in parameter.reference.types
]


@pytest.fixture(scope="module")
def both(server: Server, shared_world: World) -> Iterator[tuple[httpx2.Client, Ids, Ids]]:
    """A client of one account, an id of every object type in it, and ids in another account that has the same."""
    theirs = _fill(shared_world)
    there = shared_world.account, shared_world.version
    ours = _fill(shared_world)
    assert shared_world.account != there[0]
    before = shared_world.version
    with client_of(server.api, (shared_world.admin, shared_world.key)) as client:
        yield client, ours, theirs
    assert shared_world.version == before
    shared_world.check_log_gives_tables()
    shared_world.account = there[0]
    assert shared_world.tables().version == there[1]
    shared_world.check_log_gives_tables()


def _fill(world: World) -> Ids:
    """Loads the sample into a new account, with ids of that account; answers one of each type."""
    account = world.new_account()
    text = orjson.dumps(sample.objects()).decode().replace('"729-', f'"{account}-')
    world.operator("importObjects", objects=text)
    ids: Ids = {}
    for each in orjson.loads(text):
        ids.setdefault(each["objectType"], each["id"])
    return ids


def _given(method: Method, foreign: Parameter, object_type: str, ours: Ids, theirs: Ids) -> dict[str, str]:
    """Parameters that are all in order but for one, which names an object of the other account."""
    given: dict[str, str] = {}
    for parameter in method.parameters:
        if parameter.reference is None:
            if parameter.required:
                given[parameter.name] = parameter.kind.example
        elif parameter is foreign:
            given[parameter.name] = theirs[object_type]
            if parameter.reference.type_parameter:
                given[parameter.reference.type_parameter] = object_type
        else:
            own_type = parameter.reference.types[0]
            given[parameter.name] = ours[own_type]
            if parameter.reference.type_parameter:
                given[parameter.reference.type_parameter] = own_type
    return given


def test_every_parameter_that_names_an_object(both: tuple[httpx2.Client, Ids, Ids]) -> None:
    client, ours, theirs = both
    assert len(CASES) >= 55
    for method, parameter, object_type in CASES:
        given = _given(method, parameter, object_type, ours, theirs)
        message = message_of(client.post(method.name, data=given), ObjectNotFound)
        assert theirs[object_type] in message, (method.name, parameter.name)


def test_lists_of_ids(both: tuple[httpx2.Client, Ids, Ids]) -> None:
    client, ours, theirs = both
    for listed in (theirs["Project"], f"{ours['Project']},{theirs['Project']}"):
        message = message_of(client.post("getData", data={"projectIDs": listed}), ObjectNotFound)
        assert theirs["Project"] in message


def test_an_answer_holds_nothing_of_another_account(both: tuple[httpx2.Client, Ids, Ids]) -> None:
    client, ours, theirs = both
    text = client.post("getData", data={"includeProperties": ",".join(OPTIONAL)}).text
    result: Any = result_of(client.post("getData"))
    assert ours["Project"] in [project["id"] for project in result["projects"]]
    assert f'"{theirs["Project"].partition("-")[0]}-' not in text


def test_an_object_of_another_type_is_none(both: tuple[httpx2.Client, Ids, Ids]) -> None:
    client, ours, _ = both
    for method, parameter, object_type in CASES:
        other = ours["Task" if object_type == "Tag" else "Tag"]
        given = _given(method, parameter, object_type, ours, {object_type: other})
        response = client.post(method.name, data=given)
        assert response.json().get("errorID") == "ObjectNotFound", (method.name, parameter.name, response.text)
