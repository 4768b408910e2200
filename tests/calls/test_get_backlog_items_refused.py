"""What getBacklogItems refuses: values that cannot be, objects that are not there or out of reach, other versions."""

from __future__ import annotations

import pytest

from scrumrpc.errors import (
    InvalidParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
    UserCannotAccessProject,
)
from scrumrpc.store import accounts
from tests.calls.company import EPIC, Company, ask
from tests.calls.making import make
from tests.world import World


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("limit", "0", "limit is 0; .* 1 to 1000"),
        ("limit", "1001", "limit is 1001"),
        ("limit", "-1", "limit is -1"),
        ("limit", "ten", "limit"),
        ("order", "priorities", "order .*Did you mean priority"),
        ("order", "+name", "order"),
        ("statuses", "done", "statuses .*Did you mean Done"),
        ("types", "Bug,Story", 'types names "Story"'),
        ("priorities", "high", "Did you mean High"),
        ("inSprint", "none", "inSprint .*true or false"),
        ("inEpic", "0", "inEpic"),
        ("text", "x" * 501, "text has 501 characters"),
        ("includeProperties", "BacklogItem.task", "Did you mean"),
        ("status", "Done", "no parameter .*status"),
    ],
)
def test_values_that_cannot_be(world: World, name: str, value: str, said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        world.call("getBacklogItems", **{name: value})


REFERENCES = {
    "projectIDs": "Project", "sprintID": "Sprint", "releaseID": "Release", "boardID": "Board",
    "boardColumnID": "BoardColumn", "backlogListID": "BacklogList", "epicID": "BacklogItem", "tagIDs": "Tag",
}  # fmt: skip


def test_what_filters_name_must_exist(world: World) -> None:
    company = Company(world, [])
    for name in (*REFERENCES, "personID"):
        wrong = company.projects[0] if name != "projectIDs" else company.people[0]
        for value in ("nonsense", f"{world.account}-1-99", wrong):
            with pytest.raises(ObjectNotFound, match=value):
                world.call("getBacklogItems", **{name: value})
    known = company.by_type["Tag"][0][0]
    with pytest.raises(ObjectNotFound, match="no tag with the id 1-2-3"):
        world.call("getBacklogItems", tagIDs=f"{known},1-2-3")


def test_projects_out_of_reach(world: World) -> None:
    company = Company(world, [EPIC | {"project": 0}, EPIC | {"project": 1}])
    mine, other = company.by_type["BacklogItem"][0][0], company.by_type["BacklogItem"][1][0]
    ben = world.person("ben@example.com")
    world.call("addStakeholder", projectID=company.projects[0], personID=ben)
    assert ask(world, "ben@example.com") == [mine, other]
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    assert ask(world, "ben@example.com") == [mine]
    assert ask(world, "ben@example.com", personID=company.people[0]) == [mine]
    assert ask(world, "ben@example.com", changedSince="0") == [mine]
    assert ask(world) == [mine, other]
    for name, type_name in REFERENCES.items():
        near, far = (company.by_type[type_name][n][0] for n in (0, 1))
        assert ask(world, "ben@example.com", **{name: near}) == ([mine] if name != "epicID" else [])
        with pytest.raises(UserCannotAccessProject, match=far):
            world.call("getBacklogItems", "ben@example.com", **{name: far})


def test_objects_of_two_projects_have_nothing_in_common(world: World) -> None:
    company = Company(world, [EPIC | {"project": 0}, EPIC | {"project": 1}])
    for one in REFERENCES:
        for two in REFERENCES:
            if one != two and "epicID" not in (one, two):
                near, far = company.by_type[REFERENCES[one]][0][0], company.by_type[REFERENCES[two]][1][0]
                assert ask(world, **{one: near, two: far}) == []


def test_the_required_version(world: World) -> None:
    made = make(world)
    item = made.item()
    assert ask(world, requiredDataVersion=str(world.version)) == [item]
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getBacklogItems", requiredDataVersion="1")
    assert world.answer("getBacklogItems", changedSince="1").version == world.version
    with pytest.raises(RequiredDataVersionNotMatching):
        world.call("getBacklogItems", requiredDataVersion="1", changedSince="1")
