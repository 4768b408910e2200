"""Lists keep their order however they are inserted into."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter
from tests.world import World


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-1, 12), min_size=1, max_size=25))
def test_an_index_is_a_position_in_the_whole_list(shared_world: World, indexes: list[int]) -> None:
    world = shared_world
    world.new_account()
    project = world.call("addProject", name="A")
    expected: list[str] = []
    for number, index in enumerate(indexes):
        name = str(number)
        if index > len(expected):
            with pytest.raises(InvalidParameter, match=f"between 0 and {len(expected)}|list is empty"):
                world.call("addBacklogItem", projectID=project, name=name, index=str(index))
            continue
        world.call("addBacklogItem", projectID=project, name=name, index=str(index))
        expected.insert(len(expected) if index == -1 else index, name)
    assert [item["name"] for item in world.data()["projects"][0]["backlogItems"]] == expected


def test_a_list_inserted_into_at_one_place_many_times_gets_new_ranks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a limit of 8 characters this takes some 40 inserts; with the real one about a thousand."""
    monkeypatch.setattr("scrumrpc.store.ranks._LONGEST", 8)
    project = world.call("addProject", name="A")
    expected = ["first", "last"]
    for name in expected:
        world.call("addBacklogItem", projectID=project, name=name)
    for number in range(120):
        world.call("addBacklogItem", projectID=project, name=str(number), index="1")
        expected.insert(1, str(number))
    assert [item["name"] for item in world.data()["projects"][0]["backlogItems"]] == expected
    assert max(len(record.rank) for record in world.tables().records()) <= 8
