"""Two checks of histories for linearizability, which know nothing of each other: a search for an order, and the log's.

A history is linearizable if each operation can be thought to be done at one moment between its beginning and its end,
so that all answers are right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.concurrency.history import WRITE, Operation, State, applied


def has_an_order(start: State, operations: Sequence[Operation]) -> bool:
    """Whether there is any order that fits: the search of Wing and Gong, which remembers where it was as Lowe's does.

    It takes one of those operations next that began before any other one ended. What only reads, and fits, is taken at
    once: that excludes nothing that could be taken otherwise. It relies on nothing but what clients saw.
    """
    ordered = sorted(operations, key=lambda each: each.began)
    known = sum(1 << place for place, each in enumerate(ordered) if each.is_known)
    reached = {(0, start)}
    ahead = [(0, start)]
    while ahead:
        done, state = ahead.pop()
        if done & known == known:
            return True
        places = _next_places(ordered, done)
        reading = next((p for p in places if ordered[p].kind != WRITE and applied(state, ordered[p]) is not None), None)
        for place in places if reading is None else [reading]:
            after = applied(state, ordered[place])
            step = (done | 1 << place, after)
            if after is not None and step not in reached:
                reached.add((step[0], after))
                ahead.append((step[0], after))
    return False


def _next_places(ordered: Sequence[Operation], done: int) -> list[int]:
    """The places of the operations that began before any that is not done yet ended."""
    places: list[int] = []
    soonest = float("inf")
    place = (~done & (done + 1)).bit_length() - 1  # the first that is not done
    while place < len(ordered) and ordered[place].began <= soonest:
        if not done >> place & 1:
            places.append(place)
            soonest = min(soonest, ordered[place].ended)
        place += 1
    return places


@dataclass(frozen=True, slots=True)
class Written:
    """What the change log tells of a version: which register was written, and what."""

    version: int
    register: int
    value: str


def disorders(start: State, operations: Sequence[Operation], log: Sequence[Written]) -> list[str]:
    """What does not fit the order in which the change log has the versions, in words; nothing where all does.

    The log says at which version each write was done, so this takes no search: answers must be those of the version
    that they name, and nothing may have an older version than what had ended when it began.
    """
    return [*_wrong_answers(start, operations, log), *_wrong_order(operations, log)]


def _wrong_answers(start: State, operations: Sequence[Operation], log: Sequence[Written]) -> list[str]:
    wrong: list[str] = []
    states = {start.version: start}
    for place, written in enumerate(log, start=1):
        if written.version != start.version + place:
            return [f"After version {start.version + place - 1} the log has {written}."]
        values = list(states[written.version - 1].values)
        values[written.register] = written.value
        states[written.version] = State(written.version, tuple(values))
    writes = [each for each in operations if each.kind == WRITE]
    by_what = {(each.register, *each.values): each for each in writes}
    for written in log:
        if by_what.pop((written.register, written.value), None) is None:
            wrong.append(f"Nobody wrote {written}, or it is there twice.")
    wrong += [f"{each} was answered, but is not in the log." for each in by_what.values() if each.is_known]
    at = {(each.register, each.value): each.version for each in log}
    for each in operations:
        version = at.get((each.register, *each.values)) if each.kind == WRITE else each.version
        if version is None:
            continue  # it was never done
        state = states.get(version - 1 if each.kind == WRITE else version)
        if state is None or applied(state, each) is None:
            wrong.append(f"{each} does not fit {state}.")
    return wrong


def _wrong_order(operations: Sequence[Operation], log: Sequence[Written]) -> list[str]:
    """Where something that began after something else had ended is of an older version."""
    at = {(each.register, each.value): each.version for each in log}
    wrong: list[str] = []
    ends = sorted((each for each in operations if each.is_known), key=lambda each: each.ended)
    newest, place = -1, 0  # of what had ended
    for each in sorted(operations, key=lambda each: each.began):
        while place < len(ends) and ends[place].ended < each.began:
            newest = max(newest, ends[place].version or 0)
            place += 1
        version = at.get((each.register, *each.values)) if each.kind == WRITE else each.version
        if version is not None and version < newest + (each.kind == WRITE):
            wrong.append(f"{each} came after version {newest} had been answered.")
    return wrong
