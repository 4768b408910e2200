"""Tag methods beyond API 1.4: names, descriptions, colors and order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.calls.references import TAGGABLE_TYPES
from scrumrpc.errors import InvalidParameter, MissingParameter, RequirementNotSatisfied
from scrumrpc.model.enumerations import COLORS
from tests.calls.made_up import objects_of
from tests.world import World


def tags(world: World, project: int = 0) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = world.data()["projects"][project]["tags"]
    return shown


def test_names_stay_unique_in_their_project(world: World) -> None:
    one, two = (world.call("addProject", name=name) for name in "AB")
    red, blue = (world.call("addTag", projectID=one, name=name) for name in ("red", "blue"))
    world.call("addTag", projectID=two, name="green")
    with pytest.raises(RequirementNotSatisfied, match="red"):
        world.call("setTagName", tagID=blue, name="red")
    before = world.version
    world.call("setTagName", tagID=red, name="red")
    assert world.version == before
    world.call("setTagName", tagID=blue, name="green")
    world.call("setTagName", tagID=red, name="blue")
    assert [tag["name"] for tag in tags(world)] == ["blue", "green"]
    with pytest.raises(MissingParameter, match="name"):
        world.call("setTagName", tagID=red)


def test_descriptions_are_set_and_cleared(world: World) -> None:
    tag = world.call("addTag", projectID=world.call("addProject", name="A"), name="red")
    for description in ("d", None):
        world.call("setTagDescription", tagID=tag, **({"description": description} if description else {}))
        assert tags(world)[0]["description"] == description


@pytest.mark.parametrize("color", COLORS)
def test_colors(world: World, color: str) -> None:
    tag = world.call("addTag", projectID=world.call("addProject", name="A"), name="red")
    world.call("setTagColor", tagID=tag, color=color)
    assert tags(world)[0]["color"] == color
    with pytest.raises(InvalidParameter, match=f"Did you mean {color}"):
        world.call("setTagColor", tagID=tag, color=color.upper())


def test_a_tag_keeps_some_color(world: World) -> None:
    tag = world.call("addTag", projectID=world.call("addProject", name="A"), name="red")
    with pytest.raises(MissingParameter, match="color"):
        world.call("setTagColor", tagID=tag)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 3)), max_size=8))
def test_a_moved_tag_stands_at_its_index(shared_world: World, moves: list[tuple[int, int]]) -> None:
    shared_world.new_account()
    project = shared_world.call("addProject", name="A")
    ids = [shared_world.call("addTag", projectID=project, name=name) for name in "abcd"]
    expected = list(ids)
    for which, index in moves:
        before, version = list(expected), shared_world.version
        expected.remove(ids[which])
        expected.insert(3 if index == -1 else index, ids[which])
        shared_world.call("moveTag", tagID=ids[which], index=str(index))
        assert shared_world.version == version + (before != expected)
    assert [tag["id"] for tag in tags(shared_world)] == expected
    shared_world.check_log_gives_tables()


def test_a_tag_is_not_moved_beyond_the_end(world: World) -> None:
    project = world.call("addProject", name="A")
    red = world.call("addTag", projectID=project, name="red")
    with pytest.raises(InvalidParameter, match="index is 1"):
        world.call("moveTag", tagID=red, index="1")


@pytest.mark.parametrize("object_type", TAGGABLE_TYPES)
def test_all_that_can_carry_tags_loses_a_deleted_one(world: World, object_type: str) -> None:
    objects = objects_of(world.account)
    world.load(*objects)
    ids = {each["objectType"]: str(each["id"]) for each in objects}
    world.call("addTagOnObject", tagID=ids["Tag"], objectType=object_type, objectID=ids[object_type])
    [tagged] = [record for record in world.tables().records() if record.id == ids[object_type]]
    assert len(tagged["tagIDs"]) == 1
    world.call("deleteTag", tagID=ids["Tag"])
    [tagged] = [record for record in world.tables().records() if record.id == ids[object_type]]
    assert tagged["tagIDs"] == []
