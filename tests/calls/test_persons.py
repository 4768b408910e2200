"""Person methods: adding, changing and deleting people, and what is left of them."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scrumrpc.errors import (
    ApiError,
    InvalidParameter,
    InvalidUserEmailAddress,
    MissingParameter,
    ObjectNotFound,
    ObjectWithExternalIDAlreadyExists,
    RequirementNotSatisfied,
    UserHasInsufficientPermissions,
)
from tests.world import World

BEN = {"firstName": "Ben", "emailAddress": "ben@example.com"}


def persons(world: World) -> dict[str, dict[str, Any]]:
    return {person["id"]: person for person in world.data()["persons"]}


def deleted(world: World) -> dict[str, dict[str, Any]]:
    return {person["id"]: person for person in world.data()["deletedPersons"]}


def admin_id(world: World) -> str:
    return next(wire_id for wire_id, person in persons(world).items() if person["emailAddress"] == world.admin)


# Adding --------------------------------------------------------------------------------------------------------------


def test_a_person_is_added_as_given_and_can_call_at_once(world: World) -> None:
    given = {
        "externalID": "PE1", "firstName": "Ben", "lastName": "Berg", "nickname": "B", "emailAddress": "Ben@Example.com",
        "phone": "1234", "im": "ben", "description": "d", "photoURL": "https://example.com/ben.png",
    }  # fmt: skip
    before = world.version
    ben = world.call("addPerson", **given)
    assert world.version == before + 1
    assert persons(world)[ben] == {
        "objectType": "Person", "id": ben, **given, "isActivated": True, "isAdministrator": False,
    }  # fmt: skip
    assert world.call("getData", "bEN@example.COM", includeProperties="Data.persons")["persons"]


def test_a_person_is_added_without_what_is_optional(world: World) -> None:
    ben = world.call("addPerson", **BEN, isAdministrator="true")
    assert persons(world)[ben] == {
        "objectType": "Person", "id": ben, "externalID": None, "firstName": "Ben", "lastName": None, "nickname": None,
        "emailAddress": "ben@example.com", "phone": None, "im": None, "description": None, "photoURL": None,
        "isActivated": True, "isAdministrator": True,
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["firstName", "emailAddress"])
def test_a_person_has_a_name_and_an_address(world: World, missing: str) -> None:
    with pytest.raises(MissingParameter, match=missing):
        world.call("addPerson", **BEN | {missing: ""})


@pytest.mark.parametrize("address", ["ben", "@example.com", "ben@", "be n@example.com", "b:en@example.com"])
def test_what_is_no_address_is_refused(world: World, address: str) -> None:
    ben = world.call("addPerson", **BEN)
    with pytest.raises(InvalidParameter, match="emailAddress"):
        world.call("addPerson", firstName="C", emailAddress=address)
    with pytest.raises(InvalidParameter, match="emailAddress"):
        world.call("setPersonEmailAddress", personID=ben, emailAddress=address)


def test_addresses_are_unique_whatever_their_letter_case(world: World) -> None:
    ben = world.call("addPerson", **BEN)
    for address in ("ben@example.com", "BEN@EXAMPLE.COM"):
        with pytest.raises(RequirementNotSatisfied, match=f"{address}; it must be unique"):
            world.call("addPerson", firstName="C", emailAddress=address)
        with pytest.raises(RequirementNotSatisfied, match=address):
            world.call("setPersonEmailAddress", personID=admin_id(world), emailAddress=address)
        with pytest.raises(RequirementNotSatisfied, match=address):
            world.person(address)
    world.call("setPersonEmailAddress", personID=ben, emailAddress="BEN@EXAMPLE.COM")
    assert persons(world)[ben]["emailAddress"] == "BEN@EXAMPLE.COM"
    world.call("setPersonEmailAddress", personID=ben, emailAddress="benjamin@example.com")
    world.call("addPerson", firstName="C", emailAddress="ben@example.com")


def test_external_ids_of_people_are_unique(world: World) -> None:
    world.call("addPerson", **BEN, externalID="E")
    with pytest.raises(ObjectWithExternalIDAlreadyExists):
        world.call("addPerson", firstName="C", emailAddress="c@example.com", externalID="E")


# Changing ------------------------------------------------------------------------------------------------------------

SETTERS = [
    ("setPersonFirstName", "firstName", False),
    ("setPersonLastName", "lastName", True),
    ("setPersonNickname", "nickname", True),
    ("setPersonPhone", "phone", True),
    ("setPersonIM", "im", True),
    ("setPersonDescription", "description", True),
    ("setPersonPhotoURL", "photoURL", True),
]


@pytest.mark.parametrize(("method", "name", "nullable"), SETTERS)
def test_setters(world: World, method: str, name: str, nullable: bool) -> None:
    ben = world.call("addPerson", **BEN)
    others = {key: value for key, value in persons(world)[ben].items() if key != name}
    world.call(method, BEN["emailAddress"], personID=ben, **{name: "new"})
    assert persons(world)[ben] == others | {name: "new"}
    if nullable:
        world.call(method, personID=ben)
        assert persons(world)[ben] == others | {name: None}
    else:
        with pytest.raises(MissingParameter, match=name):
            world.call(method, personID=ben)


def test_who_changes_the_address_calls_by_the_new_one(world: World) -> None:
    ben = world.call("addPerson", **BEN)
    world.call("setPersonEmailAddress", "ben@example.com", personID=ben, emailAddress="new@example.com")
    with pytest.raises(InvalidUserEmailAddress):
        world.call("getDataVersion", "ben@example.com")
    assert world.call("getDataVersion", "NEW@example.com")
    before = world.version
    world.call("setPersonEmailAddress", "new@example.com", personID=ben, emailAddress="new@example.com")
    assert world.version == before


def test_people_become_administrators_and_stop_being_some(world: World) -> None:
    ben = world.call("addPerson", **BEN)
    with pytest.raises(UserHasInsufficientPermissions):
        world.call("setPersonIsAdministrator", "ben@example.com", personID=ben, isAdministrator="true")
    world.call("setPersonIsAdministrator", personID=ben, isAdministrator="true")
    assert persons(world)[ben]["isAdministrator"] is True
    world.call("setPersonIsAdministrator", "ben@example.com", personID=admin_id(world), isAdministrator="false")
    with pytest.raises(UserHasInsufficientPermissions):
        world.call("setPersonIsAdministrator", personID=ben, isAdministrator="false")


# One administrator remains ------------------------------------------------------------------------------------------


def test_the_only_administrator_stays_one(world: World) -> None:
    ann, ben = admin_id(world), world.call("addPerson", **BEN)
    before = world.version
    for method, more in (("setPersonIsAdministrator", {"isAdministrator": "false"}), ("deletePerson", {})):
        with pytest.raises(RequirementNotSatisfied, match=f"{ann} is the only administrator"):
            world.call(method, personID=ann, **more)
    world.call("setPersonIsAdministrator", personID=ann, isAdministrator="true")
    world.call("setPersonIsAdministrator", personID=ben, isAdministrator="false")
    assert world.version == before
    world.call("deletePerson", personID=ben)


def test_deleted_administrators_do_not_count(world: World) -> None:
    ben = world.call("addPerson", **BEN, isAdministrator="true")
    world.call("deletePerson", personID=ben)
    with pytest.raises(RequirementNotSatisfied, match="only administrator"):
        world.call("deletePerson", personID=admin_id(world))


def test_administrators_may_delete_themselves_where_another_remains(world: World) -> None:
    world.call("addPerson", **BEN, isAdministrator="true")
    world.call("deletePerson", personID=admin_id(world))
    with pytest.raises(InvalidUserEmailAddress):
        world.call("getDataVersion")
    assert len(world.data("ben@example.com")["persons"]) == 1


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@hypothesis.given(
    steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["true", "false", "delete"])), max_size=12)
)
def test_whatever_happens_one_administrator_remains(shared_world: World, steps: list[tuple[int, str]]) -> None:
    shared_world.new_account()
    people = [shared_world.person(f"p{n}@example.com", isAdministrator="true") for n in range(4)]
    shared_world.operator("setPersonIsAdministrator", personID=admin_id(shared_world), isAdministrator="false")
    for who, what in steps:
        method, more = (
            ("deletePerson", {}) if what == "delete" else ("setPersonIsAdministrator", {"isAdministrator": what})
        )
        try:
            shared_world.operator(method, personID=people[who], **more)
        except (RequirementNotSatisfied, ObjectNotFound):
            continue
        records = list(shared_world.tables().records())
        assert any(each.type == "Person" and each["isAdministrator"] for each in records)
    shared_world.check_log_gives_tables()


# Deleting ------------------------------------------------------------------------------------------------------------


def test_a_deleted_person_is_kept_under_the_same_id(world: World) -> None:
    ben = world.call("addPerson", **BEN, externalID="PE1", phone="1234")
    shown = persons(world)[ben]
    before = world.version
    assert world.call("deletePerson", personID=ben) is None
    assert world.version == before + 1
    assert ben not in persons(world)
    hidden = {"isActivated", "isAdministrator"}
    kept = {name: value for name, value in shown.items() if name not in hidden}
    assert deleted(world)[ben] == kept | {"objectType": "DeletedPerson"}


def test_a_deleted_person_can_do_nothing_more(world: World) -> None:
    ben = world.call("addPerson", **BEN)
    project = world.call("addProject", name="A")
    team = world.call("addTeam", projectID=project, name="T")
    item = world.call("addBacklogItem", projectID=project, name="x")
    world.call("deletePerson", personID=ben)
    with pytest.raises(InvalidUserEmailAddress):
        world.call("getDataVersion", "ben@example.com")
    for method, given in (
        ("setPersonPhone", {"phone": "1"}), ("deletePerson", {}), ("setPersonEmailAddress", {"emailAddress": "b@c.d"}),
        ("setPersonIsAdministrator", {"isAdministrator": "true"}), ("addTeamMember", {"teamID": team}),
        ("addProductOwner", {"projectID": project}), ("addStakeholder", {"projectID": project}),
    ):  # fmt: skip
        with pytest.raises(ObjectNotFound, match=ben):
            world.call(method, personID=ben, **given)
    with pytest.raises(ObjectNotFound, match=ben):
        world.call("setBacklogItemAssignedPersonID", backlogItemID=item, assignedPersonID=ben)


def test_a_deleted_person_leaves_its_roles_but_not_its_work(world: World) -> None:
    ben, cat = world.call("addPerson", **BEN), world.person("cat@example.com")
    projects = [world.call("addProject", name=name) for name in "AB"]
    team = world.call("addTeam", projectID=projects[0], name="T")
    for person in (cat, ben):
        world.call("addTeamMember", teamID=team, personID=person)
        world.call("addProductOwner", projectID=projects[0], personID=person)
        world.call("addStakeholder", projectID=projects[0], personID=person)
        world.call("addStakeholder", projectID=projects[1], personID=person)
    items = [world.call("addBacklogItem", projectID=projects[0], name=name) for name in "xy"]
    task = world.call("addTask", backlogItemID=items[1], name="t")
    world.call("setBacklogItemAssignedPersonID", backlogItemID=items[0], assignedPersonID=ben)
    world.call("setTaskAssignedPersonID", taskID=task, assignedPersonID=ben)
    world.call("setBacklogItemCreatorID", backlogItemID=items[0], creatorID=ben)
    world.call("addComment", "ben@example.com", ownerObjectType="BacklogItem", ownerObjectID=items[0], text="c")
    before = world.version
    world.call("deletePerson", personID=ben)
    assert world.version == before + 1
    first, second = world.data()["projects"]
    assert (first["productOwnerIDs"], first["stakeholderIDs"]) == ([cat], [cat])
    assert (second["productOwnerIDs"], second["stakeholderIDs"]) == ([], [cat])
    assert first["teams"][0]["teamMemberIDs"] == [cat]
    x, y = first["backlogItems"]
    assert (x["assignedPersonIDs"], x["creatorID"], x["comments"][0]["creatorID"]) == ([ben], ben, ben)
    assert y["tasks"][0]["assignedPersonIDs"] == [ben]


def test_what_a_deleted_person_had_is_free_again(world: World) -> None:
    former = []
    for _ in range(3):
        former.append(world.call("addPerson", **BEN, externalID="PE1"))
        world.call("deletePerson", personID=former[-1])
    assert list(deleted(world)) == former
    assert {person["externalID"] for person in deleted(world).values()} == {"PE1"}
    ben = world.call("addPerson", **BEN, externalID="PE1")
    assert world.call("getDataVersion", "ben@example.com")
    assert persons(world)[ben]["externalID"] == "PE1"


def test_deleted_people_with_one_external_id_can_be_imported(world: World) -> None:
    person = {"objectType": "DeletedPerson", "firstName": "Gone", "emailAddress": "gone@example.com", "externalID": "E"}
    world.load(*(person | {"id": f"{world.account}-9-{n}"} for n in range(2)))
    assert len(deleted(world)) == 2


def test_people_and_deleted_people_can_be_imported_in_turn(world: World) -> None:
    people = [
        {
            "objectType": object_type, "id": f"{world.account}-9-{n}", "firstName": "N",
            "emailAddress": f"{n}@example.com",
        }
        for n, object_type in enumerate(["Person", "DeletedPerson", "DeletedPerson", "Person", "DeletedPerson"])
    ]  # fmt: skip
    world.load(*people)
    assert [*persons(world)][1:] == [people[0]["id"], people[3]["id"]]
    assert [*deleted(world)] == [people[n]["id"] for n in (1, 2, 4)]


def test_adding_by_operators_follows_the_same_rules(world: World) -> None:
    ben = world.person("ben@example.com")
    assert persons(world)[ben]["isActivated"] is True
    with pytest.raises(ApiError, match="it must be unique in the account"):
        world.person("BEN@example.com")
