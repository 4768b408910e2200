"""Relationships: one says both directions, nothing is said twice, and what must be done first has no circles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.enumerations import RELATIONSHIP_INVERSES, RELATIONSHIP_TYPES
from scrumrpc.model.invariants import violations
from tests.world import World

End = tuple[str, str]


def shown(world: World) -> list[dict[str, Any]]:
    """The relationships as clients see them; the account keeps all rules."""
    assert violations(world.tables()) == []
    return [relationship for each in world.data()["projects"] for relationship in each["relationships"]]


def ends(world: World, project: str, items: int = 2, tasks: int = 0) -> list[End]:
    """Backlog items, and tasks of the first of them."""
    made = [
        ("BacklogItem", str(world.call("addBacklogItem", projectID=project, name=str(number))))
        for number in range(items)
    ]
    return made + [
        ("Task", str(world.call("addTask", backlogItemID=made[0][1], name=str(number)))) for number in range(tasks)
    ]


def relate(world: World, type: str, first: End, second: End, **more: str) -> str:
    """Adds a relationship."""
    return str(
        world.call(
            "addRelationship",
            type=type,
            fromObjectType=first[0],
            fromObjectID=first[1],
            toObjectType=second[0],
            toObjectID=second[1],
            **more,
        )
    )


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="P"))


def test_a_relationship_is_one_object(world: World, project: str) -> None:
    item, task = ends(world, project, 1, 1)
    added = relate(world, "Is blocked by", item, task, externalID="R1", description="d")
    assert shown(world) == [
        {
            "objectType": "Relationship", "id": added, "externalID": "R1", "projectID": project,
            "type": "Is blocked by", "fromObjectType": "BacklogItem", "fromObjectID": item[1],
            "toObjectType": "Task", "toObjectID": task[1], "description": "d",
        }
    ]  # fmt: skip
    world.call("setRelationshipDescription", relationshipID=added, description="e")
    world.call("setRelationshipExternalID", relationshipID=added, externalID="R2")
    assert [(each["description"], each["externalID"]) for each in shown(world)] == [("e", "R2")]
    world.call("setRelationshipDescription", relationshipID=added)
    world.call("setRelationshipExternalID", relationshipID=added)
    assert [(each["description"], each["externalID"]) for each in shown(world)] == [(None, None)]
    world.call("deleteRelationship", relationshipID=added)
    assert shown(world) == []


@pytest.mark.parametrize("type", RELATIONSHIP_TYPES)
def test_nothing_is_said_twice(world: World, project: str, type: str) -> None:
    a, b, c = ends(world, project, 3)
    inverse = RELATIONSHIP_INVERSES[type]
    added = relate(world, type, a, b)
    with pytest.raises(RequirementNotSatisfied, match=f"{added} already says this"):
        relate(world, type, a, b)
    with pytest.raises(RequirementNotSatisfied, match=f"{added} already says this"):
        relate(world, inverse, b, a)
    relate(world, type, a, c)
    if not type.startswith("Must be done") and type != inverse:
        relate(world, type, b, a)
        relate(world, type, c, b)
    assert added in {each["id"] for each in shown(world)}
    world.call("deleteRelationship", relationshipID=added)
    relate(world, inverse, b, a)


def test_different_things_may_be_said_of_two_objects(world: World, project: str) -> None:
    a, b = ends(world, project)
    told: set[str] = set()
    for type in RELATIONSHIP_TYPES:
        if RELATIONSHIP_INVERSES[type] not in told:
            relate(world, type, a, b)
            told.add(type)
    assert len(shown(world)) == 6


def test_nothing_is_related_to_itself(world: World, project: str) -> None:
    item, task = ends(world, project, 1, 1)
    for end in (item, task):
        with pytest.raises(RequirementNotSatisfied, match=f"{end[1]} cannot be related to itself"):
            relate(world, "Is related to", end, end)


def test_both_ends_are_in_one_project(world: World, project: str) -> None:
    [here] = ends(world, project, 1)
    [there] = ends(world, str(world.call("addProject", name="Q")), 1)
    with pytest.raises(RequirementNotSatisfied, match=f"{there[1]} belongs to another project"):
        relate(world, "Is related to", here, there)


def test_ends_are_of_the_types_that_are_said(world: World, project: str) -> None:
    item, task = ends(world, project, 1, 1)
    with pytest.raises(ObjectNotFound, match="task"):
        relate(world, "Is related to", task, ("Task", item[1]))
    with pytest.raises(InvalidParameter, match=r"toObjectType.*BacklogItem, Task"):
        relate(world, "Is related to", item, ("Project", project))
    with pytest.raises(InvalidParameter, match="Did you mean Is related to"):
        relate(world, "is related to", item, task)


def test_circles_are_refused_with_the_chain(world: World, project: str) -> None:
    a, b, task, other = ends(world, project, 2, 2)
    relate(world, "Must be done before", a, task)
    relate(world, "Must be done after", b, task)
    relate(world, "Must be done before", b, other)
    chain = ", ".join(id for _, id in (other, a, task, b, other))
    with pytest.raises(RequirementNotSatisfied, match=re.escape(f": {chain}.")):
        relate(world, "Must be done before", other, a)
    with pytest.raises(RequirementNotSatisfied, match=re.escape(f": {chain}.")):
        relate(world, "Must be done after", a, other)
    with pytest.raises(RequirementNotSatisfied, match=re.escape(f": {b[1]}, {task[1]}, {b[1]}.")):
        relate(world, "Must be done after", task, b)
    relate(world, "Is dependent on", a, other)  # says nothing of the order
    relate(world, "Must be done before", a, other)


def test_a_relationship_that_is_gone_closes_no_circle(world: World, project: str) -> None:
    a, b, c = ends(world, project, 3)
    gone = relate(world, "Must be done before", a, b)
    relate(world, "Must be done before", b, c)
    world.call("deleteRelationship", relationshipID=gone)
    relate(world, "Must be done before", c, a)


def test_relationships_end_with_either_end(world: World, project: str) -> None:
    a, b, task = ends(world, project, 2, 1)
    relate(world, "Is related to", a, b)
    relate(world, "Is related to", b, task)
    relate(world, "Is blocking", task, b)
    world.call("deleteTask", taskID=task[1])
    assert len(shown(world)) == 1
    world.call("deleteBacklogItem", backlogItemID=b[1])
    assert shown(world) == []
    [c] = ends(world, project, 1)
    relate(world, "Has bug", a, c)
    world.call("addTask", backlogItemID=a[1], name="t")
    world.call("deleteBacklogItem", backlogItemID=a[1])
    assert shown(world) == []


EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=14)


def reaches(edges: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one comes from start to end along the edges, by trying so often that nothing new can turn up."""
    found = {start}
    for _ in range(6):
        found |= {later for earlier, later in edges if earlier in found}
    return end in found


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(edges=EDGES)
def test_exactly_what_closes_a_circle_is_refused(world: World, edges: list[tuple[int, int, bool]]) -> None:
    project = str(world.call("addProject", name=f"P{world.version}"))
    made = ends(world, project, 4, 2)
    kept: set[tuple[int, int]] = set()
    for earlier, later, turned in edges:
        first, second = (later, earlier) if turned else (earlier, later)
        given_type = "Must be done after" if turned else "Must be done before"
        if earlier == later or (earlier, later) in kept:
            with pytest.raises(RequirementNotSatisfied, match=r"itself|already says"):
                relate(world, given_type, made[first], made[second])
        elif reaches(kept, later, earlier):
            with pytest.raises(RequirementNotSatisfied, match="circle") as refused:
                relate(world, given_type, made[first], made[second])
            ids = [id for _, id in made]
            chain = [ids.index(id) for id in refused.value.message.rpartition(": ")[2].rstrip(".").split(", ")]
            assert chain[:2] == [earlier, later]
            assert chain[-1] == earlier
            assert set(pairwise(chain[1:])) <= kept
        else:
            relate(world, given_type, made[first], made[second])
            kept.add((earlier, later))
    assert violations(world.tables()) == []
