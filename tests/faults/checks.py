"""Checks: whether what clients have recorded fits the change log, and fits together; each answers what does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.faults.followers import Received
from tests.faults.record import Call
from tests.faults.writers import counted, deleted


@dataclass(frozen=True, slots=True)
class Logged:
    """What a version did to one object: its wire id, and its state afterwards, None where it is gone."""

    version: int
    number: int
    wire_id: str
    object_type: str
    state: Mapping[str, Any] | None
    changed: Collection[str] = ("name",)

    @property
    def mark(self) -> str | None:
        """What the call wrote that did this; None where it wrote nothing here that no other call does."""
        if self.state is None:
            return deleted(self.wire_id)
        return str(self.state["name"]) if "name" in self.changed else None


def numbering(versions: Sequence[int], start: int, final: int) -> list[str]:
    """Versions follow each other without gaps and repeats, and the account is at the last one."""
    expected = range(start + 1, final + 1)
    if list(versions) == list(expected):
        return []
    missing = sorted(set(expected) - set(versions))
    seen = sorted(version for version, count in Counter(versions).items() if count > 1)
    return [f"versions {start + 1} to {final}: missing {missing[:10]}, repeated {seen[:10]}, {len(versions)} in all"]


def effects(calls: Iterable[Call], log: Sequence[Logged]) -> list[str]:
    """Acknowledged calls took effect once, in the version and with the ids that were told; refused ones did not.

    Those without an answer took effect once or not at all, but never in part. And nothing else is in the log.
    """
    problems: list[str] = []
    by_mark: dict[str, list[Logged]] = defaultdict(list)
    for each in log:
        if each.mark is not None:
            by_mark[each.mark].append(each)
    explained: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        if not call.marks:
            continue
        found = [by_mark.get(mark, []) for mark in call.marks]
        done = sorted({each.version for entries in found for each in entries})
        for version in done:
            explained[version].append(call)
        if (wrong := _expected(call, found, done)) is not None and not _came_too_late(call, by_mark):
            problems.append(f"{call.client}: {call.method} {call.marks[0]!r}: {wrong}")
    for version in sorted({each.version for each in log}):
        if len(explained[version]) != 1:
            names = [f"{call.client} {call.marks[0]!r}" for call in explained[version]]
            problems.append(f"version {version} comes from {names or 'no call'}")
    return problems


def _came_too_late(call: Call, by_mark: Mapping[str, Sequence[Logged]]) -> bool:
    """Whether a call was repeated when what it is about was deleted already, and had not been executed before."""
    is_gone = any(deleted(value) in by_mark for value in call.given.values())
    return is_gone and call.attempts > 1 and call.error == "ObjectNotFound" and call.marks[0] not in by_mark


def _expected(call: Call, found: Sequence[Sequence[Logged]], done: Sequence[int]) -> str | None:
    """What is wrong with what a call did, if anything."""
    if len(done) > 1:
        return f"done several times, in versions {done}"
    if done and not all(found):
        return f"done in part, in version {done[0]}"
    if call.is_acknowledged:
        if not done:
            return f"acknowledged as version {call.version}, but not there"
        if done[0] != call.version:
            return f"acknowledged as version {call.version}, but done in {done[0]}"
        return _result(call, found)
    if call.is_answered:
        if done:
            return f"answered {call.error}, but done in version {done[0]}"
        if (call.error, "requiredDataVersion" in call.given) != ("RequiredDataVersionNotMatching", True):
            return f"answered {call.error}: {call.message}"
    elif call.is_refused and done:
        return f"refused with {call.error} ({call.message}), but done in version {done[0]}"
    return None


def _result(call: Call, found: Sequence[Sequence[Logged]]) -> str | None:
    """Whoever adds something is told its id."""
    if not call.method.startswith("add") and call.method != "executeBatch":
        return None
    told = call.result if isinstance(call.result, list) else [call.result]
    made = [entries[0].wire_id for entries in found]
    return None if told == made else f"told the ids {told}, but made {made}"


def counting(log: Iterable[Logged], tag: str) -> list[str]:
    """Nobody's count was lost: each name of the tag counts one further than the one before."""
    names = [str(each.state["name"]) for each in log if each.wire_id == tag and each.state]
    counts = [counted(name) for name in names]
    wrong = [
        f"{after!r} comes after {before!r}"
        for before, after in pairwise(names)
        if counted(after) != counted(before) + 1
    ]
    return wrong if counts else ["nobody counted"]


def real_time_order(calls: Collection[Call]) -> list[str]:
    """Whoever asks after somebody was told of a version sees at least that one, whichever worker answers."""
    told = sorted((call.ended, call.version, call) for call in calls if call.status and call.version is not None)
    asked = sorted((call.began, place) for place, call in enumerate(calls) if _tells_the_present(call))
    by_place = list(calls)
    problems: list[str] = []
    newest, by, position = 0, None, 0
    for began, place in asked:
        while position < len(told) and told[position][0] < began:
            if told[position][1] > newest:
                newest, by = told[position][1], told[position][2]
            position += 1
        call = by_place[place]
        if by is not None and (call.version or 0) < newest + bool(call.is_acknowledged and call.marks):
            problems.append(
                f"{call.client}: {call.method} was answered as of version {call.version}, "
                f"{call.began - by.ended:.3f} s after {by.client} was told of version {newest}"
            )
    return problems


def _tells_the_present(call: Call) -> bool:
    """Whether the answer shows the present, as of a moment after the call began."""
    return call.is_answered and call.version is not None and call.attempts == 1 and "atDataVersion" not in call.given


def stream(name: str, events: Sequence[tuple[int, Any]], expected: Sequence[Any]) -> list[str]:
    """An event stream told each version once, whole and in order."""
    told, due = [version for version, _ in events], [each["dataVersion"] for each in expected]
    if told != due:
        missing, more = sorted(set(due) - set(told)), sorted(set(told) - set(due))
        return [f"stream ({name}): missing {missing[:10]}, not due {more[:10]}, {len(told)} told, {len(due)} due"]
    pairs = zip(events, expected, strict=True)
    return [f"stream ({name}): version {version} in other words" for (version, data), due in pairs if data != due]


def deliveries(received: Sequence[Received], forged: int, versions: Sequence[Any]) -> list[str]:
    """A webhook took each version, in order; a message that came again was the same one, and no other came since."""
    problems = [f"webhook: {forged} messages with a wrong signature"] if forged else []
    in_order: list[Any] = []
    last_id = ""
    for each in received:
        if each.message_id != last_id:
            in_order.append(each.data)
            last_id = each.message_id
        elif each.data != in_order[-1]:
            problems.append(f"webhook: version {each.data['dataVersion']} came again in other words")
    if in_order != list(versions):
        told, due = [each["dataVersion"] for each in in_order], [each["dataVersion"] for each in versions]
        problems.append(
            f"webhook: {len(told)} versions told, {len(due)} due, first missing {sorted(set(due) - set(told))[:5]}"
        )
    taken = {each.data["dataVersion"] for each in received if each.acknowledged}
    if left := {each["dataVersion"] for each in versions} - taken:
        problems.append(f"webhook: never taken {sorted(left)[:10]}")
    return problems
