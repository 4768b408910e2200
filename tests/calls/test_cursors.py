"""Cursors: which ones are taken, which are refused, and that the place they stand for outlives what happens to it."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter
from scrumrpc.store import ranks
from tests.calls.company import ORDERS, ask
from tests.calls.making import Made, make
from tests.world import World


def first_page(world: World, **asked: str) -> tuple[list[str], str]:
    page = world.call("getBacklogItems", limit="2", **asked)
    return [item["id"] for item in page["backlogItems"]], page["nextCursor"]


def backlog(world: World, count: int) -> tuple[Made, list[str]]:
    made = make(world)
    return made, [made.item(f"i{n}") for n in range(count)]


def test_a_cursor_goes_with_its_question(world: World) -> None:
    made, items = backlog(world, 4)
    asked = {"projectIDs": f"{made.project}", "types": "Bug,Feature", "order": "name"}
    for item in items:
        world.call("setBacklogItemType", backlogItemID=item, type="Bug")
    first, cursor = first_page(world, **asked)
    assert first == items[:2]
    same: list[dict[str, str]] = [
        {}, {"limit": "1"}, {"types": "Feature, Bug"}, {"includeProperties": "BacklogItem.tasks"}, {"statuses": ""},
    ]  # fmt: skip
    for more in same:
        page = world.call("getBacklogItems", **{**asked, "limit": "2", **more}, cursor=cursor)
        assert page["backlogItems"][0]["id"] == items[2]
    others: list[dict[str, str]] = [
        {"types": "Bug"}, {"order": "-name"}, {"order": ""}, {"projectIDs": ""}, {"statuses": "New"}, {"text": "i"},
        {"inEpic": "false"}, {"changedSince": "0"}, {"personID": made.person},
    ]  # fmt: skip
    for more in others:
        with pytest.raises(InvalidParameter, match=r"cursor .*other filters"):
            world.call("getBacklogItems", **{**asked, **more}, cursor=cursor)
    world.check_log_gives_tables()
    world.new_account()
    made, _ = backlog(world, 1)
    with pytest.raises(InvalidParameter, match="cursor"):
        world.call("getBacklogItems", **asked | {"projectIDs": made.project}, cursor=cursor)


@pytest.mark.parametrize("wrong", ["0", "x", "Wzdd", "====", "é", "null,", "W10", "bnVsbA", " ", "A" * 100_000])
def test_texts_that_are_no_cursors(world: World, wrong: str) -> None:
    with pytest.raises(InvalidParameter, match="cursor is no nextCursor"):
        world.call("getBacklogItems", cursor=wrong)


def test_an_empty_cursor_is_none(world: World) -> None:
    _, items = backlog(world, 2)
    for nothing in ("", "null"):
        assert [item["id"] for item in world.call("getBacklogItems", cursor=nothing)["backlogItems"]] == items


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 8), VALUES, st.sampled_from([*ORDERS, *(f"-{name}" for name in ORDERS)]))
def test_forged_cursors_fail_no_worse(bench: World, position: int, value: Any, order: str) -> None:
    _, cursor = first_page(bench, order=order)
    values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    values[position : position + 1] = [value]
    try:
        forged = base64.urlsafe_b64encode(orjson.dumps(values)).decode()
    except TypeError:  # an integer that JSON of 64 bits cannot hold
        return
    with contextlib.suppress(InvalidParameter):
        bench.call("getBacklogItems", order=order, cursor=forged)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=40) | st.binary(min_size=1).map(lambda raw: base64.b64encode(raw).decode()))
def test_garbage_fails_no_worse(bench: World, text: str) -> None:
    if text.strip("\x00") and "\x00" not in text and text != "null":
        with pytest.raises(InvalidParameter, match="cursor"):
            bench.call("getBacklogItems", cursor=text)


@pytest.fixture(scope="module")
def bench(shared_world: World) -> World:
    """An account with a backlog that nothing happens to."""
    shared_world.new_account()
    backlog(shared_world, 4)
    return shared_world


@pytest.mark.parametrize("order", ["backlog", "-backlog", "name", "-name", "-priority", "estimate"])
def test_the_last_item_of_a_page_may_change_or_go(world: World, order: str) -> None:
    happenings: list[tuple[str, dict[str, str]]] = [
        ("setBacklogItemName", {"name": "zzz"}), ("setBacklogItemName", {"name": "a"}),
        ("moveBacklogItem", {"index": "-1"}), ("moveBacklogItem", {"index": "0"}),
        ("setBacklogItemPriority", {"priority": "Urgent"}), ("deleteBacklogItem", {}),
    ]  # fmt: skip
    made = make(world)
    for method, values in happenings:
        items = [made.item(f"i{n}") for n in range(5)]
        if order in ("-backlog", "-name"):
            items.reverse()
        first, cursor = first_page(world, order=order)
        assert first == items[:2]
        world.call(method, backlogItemID=items[1], **values)
        found = [item["id"] for item in world.call("getBacklogItems", order=order, cursor=cursor)["backlogItems"]]
        assert [each for each in found if each != items[1]] == items[2:]
        for item in ask(world):
            world.call("deleteBacklogItem", backlogItemID=item)


@pytest.mark.parametrize("order", ["backlog", "-backlog", "priority", "name"])
def test_a_backlog_may_be_put_in_order_anew(world: World, monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    """After very many inserts at one place all items get new ranks; a cursor still stands where it stood."""
    monkeypatch.setattr(ranks, "_LONGEST", 3)
    made, items = backlog(world, 6)
    if order == "-backlog":
        items = items[::-1]
    first, cursor = first_page(world, order=order)
    assert first == items[:2]
    before = {record.number: record.rank for record in world.tables().records() if record.type == "BacklogItem"}
    while all(world.tables()[number].rank == rank for number, rank in before.items()):
        made.item("new", index="1" if order != "-backlog" else "5")
    assert max(before.values()) < min(world.tables()[number].rank for number in before)
    found = [item["id"] for item in world.call("getBacklogItems", order=order, cursor=cursor)["backlogItems"]]
    assert [each for each in found if each in items] == items[2:]
    world.call("deleteBacklogItem", backlogItemID=first[-1])
    with pytest.raises(InvalidParameter, match="cursor is out of date"):
        world.call("getBacklogItems", order=order, cursor=cursor)
