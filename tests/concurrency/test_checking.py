"""The checks of histories themselves: they let right ones pass and find whatever is wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.concurrency.checking import Written, disorders, has_an_order
from tests.concurrency.history import (
    READ,
    READ_ALL,
    READ_VERSION,
    REFUSED,
    UNKNOWN,
    WRITE,
    Operation,
    State,
    applied,
)

START = State(7, ("a", "b"))


def write(value: str, began: float, ended: float, version: int | None, **more: Any) -> Operation:
    return Operation(WRITE, began, ended, version, values=(value,), **more)


def read(value: str, began: float, ended: float, version: int) -> Operation:
    return Operation(READ, began, ended, version, values=(value,))


RIGHT = {
    "nothing": [],
    "a read beside a write, of before": [write("x", 0, 9, 8), read("a", 1, 2, 7)],
    "a read beside a write, of after": [write("x", 0, 9, 8), read("x", 1, 2, 8)],
    "what nobody knows was done": [write("x", 0, UNKNOWN, None), read("a", 1, 2, 7), read("x", 5, 6, 8)],
    "what nobody knows was never done": [write("x", 0, UNKNOWN, None), read("a", 1, 2, 7), read("a", 5, 6, 7)],
    "one of two gets through": [
        write("x", 0, 5, 8, required=7), Operation(REFUSED, 0, 5, 8, values=("y",), required=7),
    ],
    "beside each other, in the other order": [write("x", 0, 9, 9), write("y", 1, 8, 8)],
}  # fmt: skip
WRONG = {
    "a stale read": [write("x", 0, 1, 8), read("a", 2, 3, 7)],
    "a read of what is to come": [read("x", 0, 1, 8), write("x", 2, 3, 8)],
    "a value of another version": [write("x", 0, 1, 8), read("a", 2, 3, 8)],
    "a lost update": [write("x", 0, 1, 8), write("y", 2, 3, 9), read("x", 4, 5, 9)],
    "a version twice": [write("x", 0, 9, 8), write("y", 0, 9, 8)],
    "a version left out": [write("x", 0, 9, 9)],
    "two that get through": [write("x", 0, 9, 8, required=7), write("y", 0, 9, 9, required=7)],
    "refused for nothing": [Operation(REFUSED, 0, 1, 7, values=("x",), required=7)],
    "the order of time turned round": [write("x", 0, 1, 9), write("y", 2, 3, 8)],
    "back and forth": [write("x", 0, UNKNOWN, None), read("x", 1, 2, 8), read("a", 3, 4, 7)],
    "done twice": [write("x", 0, UNKNOWN, None), write("y", 3, 4, 9), Operation(READ_ALL, 5, 6, 10, values=("x", "b"))],
    "a version of nothing": [Operation(READ_VERSION, 0, 1, 8)],
    "registers of two versions": [
        write("x", 0, 9, 8), Operation(WRITE, 0, 9, 9, 1, ("y",)), Operation(READ_ALL, 0, 9, 9, values=("a", "y")),
    ],
}  # fmt: skip


def log_of(operations: list[Operation]) -> list[Written]:
    """A log that has all that was answered, and what nobody knows where there is room for it."""
    log = {each.version: Written(each.version, each.register, each.values[0]) for each in operations
           if each.kind == WRITE and each.version is not None}  # fmt: skip
    last = max((each.version for each in operations if each.version is not None), default=START.version)
    for version in range(START.version + 1, last + 1):
        if version not in log:
            missing = [each for each in operations if each.kind == WRITE and not each.is_known]
            if missing:
                log[version] = Written(version, missing[0].register, missing[0].values[0])
    return [log[version] for version in sorted(log)]


@pytest.mark.parametrize("operations", RIGHT.values(), ids=RIGHT)
def test_right_histories_pass(operations: list[Operation]) -> None:
    assert has_an_order(START, operations)
    assert disorders(START, operations, log_of(operations)) == []


@pytest.mark.parametrize("operations", WRONG.values(), ids=WRONG)
def test_wrong_histories_are_found(operations: list[Operation]) -> None:
    assert not has_an_order(START, operations)
    assert disorders(START, operations, log_of(operations)) != []


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Operation], list[Written]]:
    """A right history with its log: each operation is done at a moment, and its interval lies around it."""
    state, operations, log = START, [], []
    for moment in range(10, 10 * (1 + draw(st.integers(1, 6))), 10):
        began, ended = moment - draw(st.integers(0, 25)), moment + draw(st.integers(0, 25))
        kind = draw(st.sampled_from([WRITE, WRITE, "cas", READ, READ_ALL, READ_VERSION]))
        register = draw(st.integers(0, 1))
        if kind in (WRITE, "cas"):
            required = None if kind == WRITE else state.version - draw(st.integers(0, 1))
            value = f"v{moment}"
            if required not in (None, state.version):
                operations.append(Operation(REFUSED, began, ended, state.version, register, (value,), required))
                continue
            is_known = draw(st.integers(0, 3)) > 0
            is_done = is_known or draw(st.booleans())
            version = state.version + 1 if is_known else None
            operations.append(
                Operation(WRITE, began, ended if is_known else UNKNOWN, version, register, (value,), required)
            )
            if is_done:
                after = applied(state, replace(operations[-1], version=None))
                assert after is not None
                state = after
                log.append(Written(state.version, register, value))
        else:
            values = {READ: (state.values[register],), READ_ALL: state.values, READ_VERSION: ()}[kind]
            operations.append(Operation(kind, began, ended, state.version, register, values))
    return operations, log


@settings(max_examples=50)
@given(histories())
def test_whatever_is_right_passes(drawn: tuple[list[Operation], list[Written]]) -> None:
    operations, log = drawn
    assert has_an_order(START, operations)
    assert disorders(START, operations, log) == []


@settings(max_examples=100)
@given(histories(), st.data())
def test_one_wrong_answer_is_judged_as_by_trying_all_orders(
    drawn: tuple[list[Operation], list[Written]], data: st.DataObject
) -> None:
    """The search agrees with the definition; and the order of the log is never right where there is none at all."""
    operations, log = drawn
    place = data.draw(st.integers(0, len(operations) - 1))
    one = operations[place]
    change = data.draw(st.sampled_from(["version", "value", "later", "earlier", "required"]))
    if change == "version" and one.version is not None:
        one = replace(one, version=one.version + data.draw(st.sampled_from([-1, 1])))
    elif change == "value" and one.kind in (READ, READ_ALL):
        one = replace(one, values=tuple(data.draw(st.sampled_from(["a", "b", "v10", "v20"])) for _ in one.values))
    elif change == "later":
        one = replace(one, began=one.began + 30, ended=one.ended + 30)
    elif change == "earlier":
        one = replace(one, began=one.began - 30, ended=one.ended if one.ended == UNKNOWN else one.ended - 30)
    elif one.kind == WRITE:
        one = replace(one, required=START.version)
    operations[place] = one
    found = has_an_order(START, operations)
    assert found == has_by_definition(START, operations)
    fits_log = disorders(START, operations, log) == []
    assert found or not fits_log
    if all(each.is_known for each in operations):
        assert found == fits_log


def has_by_definition(start: State, operations: list[Operation]) -> bool:
    """Tries all orders, with and without what nobody knows to have been done."""
    known = [each for each in operations if each.is_known]
    unknown = [each for each in operations if not each.is_known]
    for chosen in range(1 << len(unknown)):
        some = known + [each for place, each in enumerate(unknown) if chosen >> place & 1]
        if any(_fits(start, order) for order in permutations(some)):
            return True
    return False


def _fits(start: State, order: tuple[Operation, ...]) -> bool:
    state: State | None = start
    for place, each in enumerate(order):
        if any(later.ended < each.began for later in order[place + 1 :]):
            return False
        assert state is not None
        state = applied(state, each)
        if state is None:
            return False
    return True
