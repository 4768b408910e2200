"""Retrospectives: columns that are known by their numbers, and cards that stay in their column."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, MissingParameter, ObjectNotFound, RequirementNotSatisfied
from scrumrpc.model.invariants import violations
from tests.world import World


def shown(world: World, retrospective: str | None = None) -> dict[str, Any]:
    """A retrospective as clients see it, the only one if none is named; the account keeps all rules."""
    assert violations(world.tables()) == []
    every = [each for project in world.data()["projects"] for each in project["retrospectives"]]
    [found] = [each for each in every if retrospective in (None, each["id"])]
    return dict(found)


def columns(world: World, retrospective: str | None = None) -> dict[str, list[str]]:
    """The names of the cards by the names of the columns; cards say the number of the column they stand in."""
    found = shown(world, retrospective)["columns"]
    for number, column in enumerate(found, 1):
        assert all(card["columnNum"] == number for card in column["cards"])
    return {column["name"]: [card["name"] for card in column["cards"]] for column in found}


@pytest.fixture
def project(world: World) -> str:
    return str(world.call("addProject", name="P"))


@pytest.fixture
def retrospective(world: World, project: str) -> str:
    """One with the columns a, b and c."""
    return str(world.call("addRetrospective", projectID=project, name="R", columnNames="a,b,c"))


def card(world: World, retrospective: str, column: int, name: str, **more: str) -> str:
    """Adds a card."""
    given = {"retrospectiveID": retrospective, "columnNum": str(column), "name": name}
    return str(world.call("addRetrospectiveCard", **given, **more))


# Retrospectives ------------------------------------------------------------------------------------------------------


def test_a_retrospective_has_two_columns_unless_others_are_named(world: World, project: str) -> None:
    before = int(time.time() * 1000)
    added = world.call("addRetrospective", projectID=project, name="R")
    found = shown(world)
    assert found.pop("creationDate") in range(before, int(time.time() * 1000) + 1)
    admin = next(each["id"] for each in world.data()["persons"] if each["emailAddress"] == world.admin)
    assert found == {
        "objectType": "Retrospective", "id": added, "externalID": None, "projectID": project, "name": "R",
        "description": None, "creatorID": admin, "color": "Light blue", "isArchived": False, "tagIDs": [],
        "checklists": [], "comments": [], "attachments": [],
        "columns": [
            {"objectType": "RetrospectiveColumn", "name": "Went well", "color": "Green", "cards": []},
            {"objectType": "RetrospectiveColumn", "name": "Could be better", "color": "Orange", "cards": []},
        ],
    }  # fmt: skip


def test_columns_are_named(world: World, project: str) -> None:
    given = {"externalID": "E", "description": "d", "color": "Red", "columnNames": " Keep, Drop ,,Keep,Try "}
    world.call("addRetrospective", projectID=project, name="R", **given)
    found = shown(world)
    assert (found["externalID"], found["description"], found["color"]) == ("E", "d", "Red")
    assert [(each["name"], each["color"]) for each in found["columns"]] == [
        ("Keep", "Light gray"), ("Drop", "Light gray"), ("Try", "Light gray"),
    ]  # fmt: skip


@pytest.mark.parametrize("names", ["a", "a,a", ",", f"a,{'x' * 501}", "a,null", ",".join(map(str, range(51)))])
def test_columns_that_cannot_be(world: World, project: str, names: str) -> None:
    with pytest.raises(InvalidParameter, match="columnNames"):
        world.call("addRetrospective", projectID=project, name="R", columnNames=names)


def test_retrospectives_stand_where_they_are_put(world: World, project: str) -> None:
    a = world.call("addRetrospective", projectID=project, name="a")
    world.call("addRetrospective", projectID=project, name="b", index="0")

    def names() -> list[str]:
        return [each["name"] for each in world.data()["projects"][0]["retrospectives"]]

    assert names() == ["b", "a"]
    world.call("moveRetrospective", retrospectiveID=a, index="0")
    assert names() == ["a", "b"]
    with pytest.raises(InvalidParameter, match="index is 2"):
        world.call("moveRetrospective", retrospectiveID=a, index="2")
    world.call("moveRetrospective", retrospectiveID=a)
    assert names() == ["b", "a"]


def test_properties_are_set(world: World, retrospective: str) -> None:
    own = {"retrospectiveID": retrospective}
    for name, value in (("externalID", "E"), ("description", "d")):
        method = f"setRetrospective{name[0].upper()}{name[1:]}"
        world.call(method, **own, **{name: value})
        assert shown(world)[name] == value
        world.call(method, **own)
        assert shown(world)[name] is None
    for name, value in (("name", "n"), ("color", "Pink")):
        method = f"setRetrospective{name[0].upper()}{name[1:]}"
        world.call(method, **own, **{name: value})
        assert shown(world)[name] == value
        with pytest.raises(MissingParameter, match=name):
            world.call(method, **own)
    world.call("setRetrospectiveIsArchived", **own, isArchived="true")
    assert shown(world)["isArchived"] is True


# Columns -------------------------------------------------------------------------------------------------------------


def test_columns_come_and_go_under_the_cards(world: World, retrospective: str) -> None:
    own = {"retrospectiveID": retrospective}
    for number, name in ((1, "1"), (3, "3"), (1, "2")):
        card(world, retrospective, number, name)
    world.call("addRetrospectiveColumn", **own, name="new", color="Red", index="1")
    assert columns(world) == {"a": ["1", "2"], "new": [], "b": [], "c": ["3"]}
    world.call("addRetrospectiveColumn", **own, name="end")
    world.call("addRetrospectiveColumn", **own, name="start", index="0")
    assert columns(world) == {"start": [], "a": ["1", "2"], "new": [], "b": [], "c": ["3"], "end": []}
    assert [each["color"] for each in shown(world)["columns"]][1:4] == ["Light gray", "Red", "Light gray"]
    world.call("moveRetrospectiveColumn", **own, columnNum="5", index="0")
    assert columns(world) == {"c": ["3"], "start": [], "a": ["1", "2"], "new": [], "b": [], "end": []}
    world.call("moveRetrospectiveColumn", **own, columnNum="3")
    assert list(columns(world)) == ["c", "start", "new", "b", "end", "a"]
    world.call("deleteRetrospectiveColumn", **own, columnNum="2")
    assert columns(world) == {"c": ["3"], "new": [], "b": [], "end": [], "a": ["1", "2"]}


def test_a_column_that_moves_to_where_it_stands_changes_nothing(world: World, retrospective: str) -> None:
    card(world, retrospective, 2, "1")
    version = world.version
    world.call("moveRetrospectiveColumn", retrospectiveID=retrospective, columnNum="2", index="1")
    world.call("moveRetrospectiveColumn", retrospectiveID=retrospective, columnNum="3")
    world.call("setRetrospectiveColumnName", retrospectiveID=retrospective, columnNum="1", name="a")
    assert world.version == version


def test_columns_are_renamed_and_coloured(world: World, retrospective: str) -> None:
    own = {"retrospectiveID": retrospective, "columnNum": "2"}
    world.call("setRetrospectiveColumnName", **own, name="B")
    world.call("setRetrospectiveColumnColor", **own, color="Red")
    assert [(each["name"], each["color"]) for each in shown(world)["columns"]] == [
        ("a", "Light gray"), ("B", "Red"), ("c", "Light gray"),
    ]  # fmt: skip
    with pytest.raises(MissingParameter, match="name"):
        world.call("setRetrospectiveColumnName", **own)
    with pytest.raises(MissingParameter, match="color"):
        world.call("setRetrospectiveColumnColor", **own)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("setRetrospectiveColumnName", {"name": "x"}),
        ("setRetrospectiveColumnColor", {"color": "Red"}),
        ("moveRetrospectiveColumn", {"index": "0"}),
        ("deleteRetrospectiveColumn", {}),
        ("addRetrospectiveCard", {"name": "x"}),
        ("moveRetrospectiveCard", {"retrospectiveCardID": ""}),
    ],
)
def test_columns_that_there_are_not(world: World, retrospective: str, method: str, more: dict[str, str]) -> None:
    own = {"retrospectiveID": retrospective}
    if method == "moveRetrospectiveCard":
        own, more = {"retrospectiveCardID": card(world, retrospective, 1, "x")}, {}
    with pytest.raises(InvalidParameter, match=rf"columnNum is 4, but the retrospective {retrospective} has 3 columns"):
        world.call(method, **own, **more, columnNum="4")
    for wrong in ("0", "-1", "x", "1.0"):
        with pytest.raises(InvalidParameter, match="columnNum"):
            world.call(method, **own, **more, columnNum=wrong)
    with pytest.raises(MissingParameter, match="columnNum"):
        world.call(method, **own, **more)


def test_positions_of_columns_that_cannot_be(world: World, retrospective: str) -> None:
    with pytest.raises(InvalidParameter, match=r"index is 4.*between 0 and 3"):
        world.call("addRetrospectiveColumn", retrospectiveID=retrospective, name="x", index="4")
    with pytest.raises(InvalidParameter, match=r"index is 3.*between 0 and 2"):
        world.call("moveRetrospectiveColumn", retrospectiveID=retrospective, columnNum="1", index="3")
    world.call("addRetrospectiveColumn", retrospectiveID=retrospective, name="x", index="3")


def test_columns_with_cards_stay(world: World, retrospective: str) -> None:
    added = card(world, retrospective, 2, "x")
    with pytest.raises(RequirementNotSatisfied, match=rf"column 2 .* is not empty.*{added}"):
        world.call("deleteRetrospectiveColumn", retrospectiveID=retrospective, columnNum="2")
    world.call("deleteRetrospectiveCard", retrospectiveCardID=added)
    world.call("deleteRetrospectiveColumn", retrospectiveID=retrospective, columnNum="2")
    assert columns(world) == {"a": [], "c": []}


def test_two_columns_stay(world: World, retrospective: str) -> None:
    world.call("deleteRetrospectiveColumn", retrospectiveID=retrospective, columnNum="1")
    with pytest.raises(RequirementNotSatisfied, match=f"{retrospective} has 2 columns, and needs 2"):
        world.call("deleteRetrospectiveColumn", retrospectiveID=retrospective, columnNum="1")


def test_there_are_at_most_fifty_columns(world: World, project: str) -> None:
    names = ",".join(str(number) for number in range(49))
    retrospective = world.call("addRetrospective", projectID=project, name="R", columnNames=names)
    world.call("addRetrospectiveColumn", retrospectiveID=retrospective, name="x")
    with pytest.raises(RequirementNotSatisfied, match="has 50 columns"):
        world.call("addRetrospectiveColumn", retrospectiveID=retrospective, name="y")


# Cards ---------------------------------------------------------------------------------------------------------------


def test_a_card_has_what_it_is_given(world: World, project: str, retrospective: str) -> None:
    before = int(time.time() * 1000)
    added = card(world, retrospective, 2, "x", externalID="E", description="d", color="Red")
    [found] = shown(world)["columns"][1]["cards"]
    assert found.pop("creationDate") in range(before, int(time.time() * 1000) + 1)
    admin = next(each["id"] for each in world.data()["persons"] if each["emailAddress"] == world.admin)
    assert found == {
        "objectType": "RetrospectiveCard", "id": added, "externalID": "E", "projectID": project,
        "retrospectiveID": retrospective, "columnNum": 2, "name": "x", "description": "d", "creatorID": admin,
        "color": "Red", "tagIDs": [], "checklists": [], "comments": [], "attachments": [],
    }  # fmt: skip


def test_properties_of_cards_are_set(world: World, retrospective: str) -> None:
    own = {"retrospectiveCardID": card(world, retrospective, 1, "x")}
    for name, value in (("externalID", "E"), ("description", "d"), ("color", "Red"), ("name", "y")):
        method = f"setRetrospectiveCard{name[0].upper()}{name[1:]}"
        world.call(method, **own, **{name: value})
        assert shown(world)["columns"][0]["cards"][0][name] == value
        if name == "name":
            with pytest.raises(MissingParameter, match="name"):
                world.call(method, **own)
        else:
            world.call(method, **own)
            assert shown(world)["columns"][0]["cards"][0][name] is None


def test_cards_stand_where_they_are_put(world: World, retrospective: str) -> None:
    card(world, retrospective, 1, "1")
    card(world, retrospective, 2, "x")
    two = card(world, retrospective, 1, "2", index="1")
    card(world, retrospective, 1, "0", index="0")
    assert columns(world)["a"] == ["0", "1", "2"]
    with pytest.raises(InvalidParameter, match=r"index is 4.*between 0 and 3"):
        card(world, retrospective, 1, "9", index="4")
    world.call("moveRetrospectiveCard", retrospectiveCardID=two, columnNum="1", index="1")
    assert columns(world)["a"] == ["0", "2", "1"]
    with pytest.raises(InvalidParameter, match=r"index is 2.*between 0 and 1"):
        world.call("moveRetrospectiveCard", retrospectiveCardID=two, columnNum="2", index="2")
    world.call("moveRetrospectiveCard", retrospectiveCardID=two, columnNum="2", index="0")
    assert columns(world) == {"a": ["0", "1"], "b": ["2", "x"], "c": []}
    world.call("moveRetrospectiveCard", retrospectiveCardID=two, columnNum="2")
    assert columns(world)["b"] == ["x", "2"]


def test_what_hangs_on_retrospectives_goes_with_them(world: World, project: str, retrospective: str) -> None:
    on_it = {"ownerObjectType": "Retrospective", "ownerObjectID": retrospective}
    on_card = {"ownerObjectType": "RetrospectiveCard", "ownerObjectID": card(world, retrospective, 1, "x")}
    tag = world.call("addTag", projectID=project, name="t")
    for owner in (on_it, on_card):
        world.call("addComment", **owner, text="c")
        type, id = owner["ownerObjectType"], owner["ownerObjectID"]
        world.call("addTagOnObject", tagID=tag, objectType=type, objectID=id)
    found = shown(world)
    for each in (found, found["columns"][0]["cards"][0]):
        assert each["tagIDs"] == [tag]
        assert [comment["text"] for comment in each["comments"]] == ["c"]
    world.call("deleteRetrospective", retrospectiveID=retrospective)
    left = {each.type for each in world.tables().records()}
    assert not left & {"Retrospective", "RetrospectiveCard", "Comment"}
    with pytest.raises(ObjectNotFound):
        world.call("deleteRetrospectiveCard", retrospectiveCardID=on_card["ownerObjectID"])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add column", "move column", "delete column", "add card", "move card", "delete card")),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(-1, 5),
    ),
    min_size=5,
    max_size=25,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_columns_are_lists_of_cards(world: World, steps: list[tuple[str, int, int, int]]) -> None:
    """Random changes of columns and cards, against plain lists; now and then a position does not exist."""
    project = str(world.call("addProject", name=f"P{world.version}"))
    retrospective = str(world.call("addRetrospective", projectID=project, name="R", columnNames="a,b"))
    own = {"retrospectiveID": retrospective}
    model: list[tuple[str, list[str]]] = [("a", []), ("b", [])]
    ids: dict[str, str] = {}

    def put(into: list[Any], value: Any, index: int, method: str, **more: str) -> bool:
        """Puts something into a list, by a call; False where the list has no such position."""
        if index > len(into):
            with pytest.raises(InvalidParameter, match="index"):
                world.call(method, **more, index=str(index))
            return False
        added = world.call(method, **more, index=str(index))
        if added is not None:
            ids[value] = added
        into.insert(len(into) if index < 0 else index, value)
        return True

    for number, (step, pick, other, index) in enumerate(steps):
        at, to = pick % len(model), other % len(model)
        cards = [(column, name) for column, (_, names) in enumerate(model) for name in names]
        name, column_num = f"n{number}", str(at + 1)
        if step == "add column":
            put(model, (name, []), index, "addRetrospectiveColumn", **own, name=name)
        elif step == "move column":
            moved = model.pop(at)
            if not put(model, moved, index, "moveRetrospectiveColumn", **own, columnNum=column_num):
                model.insert(at, moved)
        elif step == "delete column":
            if model[at][1] or len(model) == 2:
                with pytest.raises(RequirementNotSatisfied):
                    world.call("deleteRetrospectiveColumn", **own, columnNum=column_num)
            else:
                world.call("deleteRetrospectiveColumn", **own, columnNum=column_num)
                del model[at]
        elif step == "add card":
            put(model[at][1], name, index, "addRetrospectiveCard", **own, columnNum=column_num, name=name)
        elif cards:
            column, name = cards[pick % len(cards)]
            place, this_card = model[column][1].index(name), {"retrospectiveCardID": ids[name]}
            del model[column][1][place]
            if step == "delete card":
                world.call("deleteRetrospectiveCard", **this_card)
            elif not put(model[to][1], name, index, "moveRetrospectiveCard", **this_card, columnNum=str(to + 1)):
                model[column][1].insert(place, name)
    assert list(columns(world, retrospective).items()) == model
