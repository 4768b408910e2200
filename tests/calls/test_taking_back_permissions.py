"""Who may take back what: no more than by other methods, and nothing of projects that the caller does not reach."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from scrumrpc.calls import taking_back
from scrumrpc.calls.permissions import ADMINISTRATORS, COMMENT_CREATOR, MESSAGE_CREATOR, PROJECT_ACCESS, Permission
from scrumrpc.calls.registry import METHODS
from scrumrpc.calls.taking_back import Reversal
from scrumrpc.errors import ApiError
from scrumrpc.model.record import NAMES, Record
from scrumrpc.model.types import STORED_TYPES
from scrumrpc.store import accounts
from tests.calls.ground import Ground
from tests.world import World

BEN, CID = "ben@example.com", "cid@example.com"


@pytest.fixture
def ground(world: World) -> Ground:
    ground = Ground(world)
    world.person(CID)
    return ground


def access_control(world: World) -> None:
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))


def outcome(world: World, by: str, method: str, /, **given: str) -> str:
    """The error id of a call, which then has changed nothing; empty where it succeeds."""
    before = world.version
    try:
        world.call(method, by, **given)
    except ApiError as error:
        assert world.version == before
        return error.error_id
    return ""


def needed(type_name: str, name: str) -> set[Permission]:
    record = Record(1, type_name, dict.fromkeys(NAMES[type_name]))
    return taking_back._needed(Reversal(record, frozenset([name])), set())


SETTERS = [
    (type_name, p.name, METHODS[method])
    for type_name, object_type in STORED_TYPES.items()
    for p in object_type.stored
    if (method := f"set{type_name}{p.name[0].upper()}{p.name[1:]}") in METHODS
]


@pytest.mark.parametrize(("type_name", "name", "method"), SETTERS, ids=lambda each: getattr(each, "name", each))
def test_a_property_is_set_back_by_whom_it_may_be_set(type_name: str, name: str, method: object) -> None:
    assert needed(type_name, name) == {METHODS[f"set{type_name}{name[0].upper()}{name[1:]}"].permission}
    assert method


@pytest.mark.parametrize("type_name", STORED_TYPES)
def test_an_object_comes_and_goes_by_whom_it_may_be_deleted(type_name: str) -> None:
    values = {p.name: 2 for p in STORED_TYPES[type_name].stored}
    method = METHODS.get(f"delete{type_name.removeprefix('Deleted')}")
    expected = method.permission if method else PROJECT_ACCESS  # values of custom fields are set to nothing
    assert taking_back._needed(
        Reversal(Record(1, type_name, dict.fromkeys(NAMES[type_name]) | values), None), set()
    ) == {expected}


@pytest.mark.parametrize("type_name", STORED_TYPES)
def test_what_is_in_no_project_is_not_everybodys(type_name: str) -> None:
    if type_name == "Project" or not STORED_TYPES[type_name].has("projectID"):
        everybodys = {p.name for p in STORED_TYPES[type_name].stored if PROJECT_ACCESS in needed(type_name, p.name)}
        assert everybodys == ({"externalID"} if type_name == "Project" else set())


def test_places_of_projects_and_roles_in_them() -> None:
    assert needed("Project", "rank") == {METHODS["moveProject"].permission} == {ADMINISTRATORS}
    assert needed("Project", "productOwnerIDs") == {METHODS["addProductOwner"].permission}
    assert needed("Person", "objectType") == {METHODS["deletePerson"].permission}
    assert needed("DeletedPerson", "objectType") == {METHODS["deletePerson"].permission}
    assert needed("Message", "tagIDs") == {METHODS["addTagOnObject"].permission}
    assert {COMMENT_CREATOR, MESSAGE_CREATOR} == {
        METHODS[f"delete{each}"].permission for each in ("Comment", "Message")
    }


def test_who_does_not_reach_a_project_takes_nothing_back_in_it(ground: Ground) -> None:
    world = ground.world
    world.call("addTeamMember", teamID=ground.team, personID=ground.person)
    access_control(world)
    here = ground.item("here")
    version = world.version
    there = world.call("addBacklogItem", projectID=ground.elsewhere, name="there")
    calls = [
        {"method": "setBacklogItemName", "parameters": {"backlogItemID": each, "name": "n"}} for each in (here, there)
    ]
    world.call("executeBatch", calls=orjson.dumps(calls).decode())
    for hidden in (version + 1, version + 2):
        with pytest.raises(ApiError) as error:
            world.call("revertVersion", BEN, dataVersion=str(hidden))
        assert error.value.error_id == "UserCannotAccessProject"
        assert error.value.message == (
            f"The person does not have access to all projects that data version {hidden} is about."
        )
    world.call("deleteBacklogItem", backlogItemID=there)
    assert outcome(world, BEN, "restoreObject", objectType="BacklogItem", objectID=there) == "ObjectNotFound"
    world.call("deleteBacklogItem", backlogItemID=here)
    assert outcome(world, BEN, "restoreObject", objectType="BacklogItem", objectID=here) == ""
    world.call("deleteBacklogItem", backlogItemID=here)
    assert outcome(world, CID, "revertVersion", dataVersion=str(world.version)) == "UserCannotAccessProject"
    assert outcome(world, BEN, "revertVersion", dataVersion=str(world.version)) == ""


def test_todays_reach_decides(ground: Ground) -> None:
    world = ground.world
    world.call("addTeamMember", teamID=ground.team, personID=ground.person)
    item = ground.item("x")
    access_control(world)
    world.call("setBacklogItemName", BEN, backlogItemID=item, name="y")
    version = world.version
    world.call("removeTeamMember", teamID=ground.team, personID=ground.person)
    assert outcome(world, BEN, "revertVersion", dataVersion=str(version)) == "UserCannotAccessProject"
    assert outcome(world, BEN, "revertVersion", dataVersion=str(version + 1)) == "UserCannotAccessProject"


DENIED = "UserHasInsufficientPermissions"


def of_project(ground: Ground) -> None:
    ground.world.call("addProductOwner", projectID=ground.project, personID=ground.person)
    ground.world.call("setProjectName", projectID=ground.project, name="new")


def of_place(ground: Ground) -> None:
    ground.world.call("moveProject", projectID=ground.project)


def of_person(ground: Ground) -> None:
    ground.world.call("setPersonPhone", personID=ground.person, phone="1")


def of_administrator(ground: Ground) -> None:
    ground.world.call("setPersonIsAdministrator", personID=ground.person, isAdministrator="true")
    ground.world.call("setPersonIsAdministrator", personID=ground.person, isAdministrator="false")


def of_deleted_person(ground: Ground) -> None:
    ground.world.call("deletePerson", personID=ground.world.person("dora@example.com"))


def of_comment(ground: Ground) -> None:
    comment = ground.world.call("addComment", BEN, ownerObjectType="BacklogItem", ownerObjectID=ground.item(), text="x")
    ground.world.call("deleteComment", commentID=comment)


def of_comment_with_its_item(ground: Ground) -> None:
    item = ground.item()
    ground.world.call("addComment", BEN, ownerObjectType="BacklogItem", ownerObjectID=item, text="x")
    ground.world.call("deleteBacklogItem", backlogItemID=item)


def of_message(ground: Ground) -> None:
    message = ground.world.call("addMessage", BEN, projectID=ground.project, title="t", color="Red")
    ground.world.call("setMessageTitle", BEN, messageID=message, title="u")


@pytest.mark.parametrize(
    ("made", "ben", "cid"),
    [
        (of_project, "", DENIED),
        (of_place, DENIED, DENIED),
        (of_person, "", DENIED),
        (of_administrator, DENIED, DENIED),
        (of_deleted_person, DENIED, DENIED),
        (of_comment, "", DENIED),
        (of_comment_with_its_item, "", ""),
        (of_message, "", DENIED),
    ],
)
def test_nobody_gets_more_rights_by_it(ground: Ground, made: Callable[[Ground], None], ben: str, cid: str) -> None:
    """Ben is the person, the product owner and the author; Cid is nobody. An administrator may always."""
    world = ground.world
    made(ground)
    version = str(world.version)
    assert outcome(world, CID, "revertVersion", dataVersion=version) == cid
    if cid:
        assert outcome(world, BEN, "revertVersion", dataVersion=version) == ben
    if ben:
        assert outcome(world, world.admin, "revertVersion", dataVersion=version) == ""


def test_who_was_product_owner_does_not_become_it_again(ground: Ground) -> None:
    world = ground.world
    for person in (ground.person, world.person("dora@example.com")):
        world.call("addProductOwner", projectID=ground.project, personID=person)
    world.call("removeProductOwner", projectID=ground.project, personID=ground.person)
    assert outcome(world, BEN, "revertVersion", dataVersion=str(world.version)) == DENIED
    assert outcome(world, "dora@example.com", "revertVersion", dataVersion=str(world.version)) == ""


def test_deleted_comments_projects_and_people_are_restored_by_whom_they_could_be_deleted(ground: Ground) -> None:
    world = ground.world
    comment = world.call("addComment", BEN, ownerObjectType="BacklogItem", ownerObjectID=ground.item(), text="x")
    world.call("deleteComment", commentID=comment)
    for by, expected in ((CID, DENIED), (BEN, "")):
        assert outcome(world, by, "restoreObject", objectType="Comment", objectID=comment) == expected
    world.call("deleteProject", projectID=ground.elsewhere)
    dora = world.person("dora@example.com")
    world.call("deletePerson", personID=dora)
    for object_type, wire_id in (("Project", ground.elsewhere), ("Person", dora)):
        for by, expected in ((BEN, DENIED), (world.admin, "")):
            assert outcome(world, by, "restoreObject", objectType=object_type, objectID=wire_id) == expected


def test_operators_take_anything_back(ground: Ground) -> None:
    world = ground.world
    world.call("moveProject", projectID=ground.project)
    world.operator("revertVersion", dataVersion=str(world.version))
    world.call("deletePerson", personID=ground.person)
    world.operator("restoreObject", objectType="Person", objectID=ground.person)
