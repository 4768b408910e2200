"""The checks find what they are there to find: records that are right, and then wrong in one thing each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import checks
from tests.faults.checks import Logged
from tests.faults.followers import Received
from tests.faults.record import Call, digest
from tests.faults.writers import count_name, deleted

LOG = [
    Logged(5, 1, "1-0-1", "Tag", {"name": "w 0"}),
    Logged(6, 2, "1-0-2", "BacklogItem", {"name": "w 1"}),
    Logged(6, 3, "1-0-3", "Task", {"name": "w 2"}),
    Logged(7, 1, "1-0-1", "Tag", {"name": "w 3"}),
    Logged(8, 1, "1-0-1", "Tag", None),
]


def call(method: str, *marks: str, began: float = 0, **more: Any) -> Call:
    """A call that was answered at once."""
    status = more.pop("status", 200)
    return Call("w", method, more.pop("given", {}), marks, began, began + 1, 1, status, **more)


def right() -> list[Call]:
    """Calls as the log has them; of the last one no answer came."""
    return [
        call("addTag", "w 0", version=5, result="1-0-1"),
        call("executeBatch", "w 1", "w 2", version=6, result=["1-0-2", "1-0-3"]),
        call("setTagName", "w 3", version=7),
        call("deleteTag", deleted("1-0-1"), status=None),
        call("addTag", "w 4", status=None),
        call("addTag", "w 5", status=503, error="APIBusy"),
    ]


def test_right_records_fit() -> None:
    assert checks.effects(right(), LOG) == []


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (0, call("addTag", "w 9", version=5), "acknowledged as version 5, but not there"),
        (0, call("addTag", "w 0", version=4, result="1-0-1"), "but done in 5"),
        (0, call("addTag", "w 0", version=5, result="1-0-7"), "told the ids"),
        (1, call("executeBatch", "w 1", "w 8", version=6, result=["1-0-2", "1-0-3"]), "done in part"),
        (1, call("executeBatch", "w 1", "w 8", status=None), "done in part"),
        (2, call("setTagName", "w 3", status=404, error="ObjectNotFound"), "answered ObjectNotFound, but done"),
        (5, call("addTag", "w 3", status=503, error="APIBusy"), "refused with APIBusy (), but done"),
        (5, call("addTag", "w 6", status=500, error="InternalServerError"), "answered InternalServerError"),
        (5, call("addTag", "w 6", status=412, error="RequiredDataVersionNotMatching"), "answered RequiredDataVersion"),
    ],
)
def test_a_wrong_record_is_found(place: int, wrong: Call, said: str) -> None:
    calls = right()
    calls[place] = wrong
    assert any(said in problem for problem in checks.effects(calls, LOG))


def test_who_repeats_a_call_when_its_object_is_gone_is_told_that() -> None:
    late = call("setTagName", "w 6", status=404, error="ObjectNotFound", given={"tagID": "1-0-1"})
    assert len(checks.effects([*right(), late], LOG)) == 1
    late.attempts = 2
    assert checks.effects([*right(), late], LOG) == []
    late.given = {"tagID": "1-0-3"}
    assert len(checks.effects([*right(), late], LOG)) == 1


def test_a_call_that_was_done_twice_is_found() -> None:
    again = [*LOG, Logged(9, 4, "1-0-4", "Tag", {"name": "w 0"})]
    assert any("done several times, in versions [5, 9]" in problem for problem in checks.effects(right(), again))


def test_a_version_that_nobody_asked_for_is_found() -> None:
    more = [*LOG, Logged(9, 4, "1-0-4", "Tag", {"name": "somebody's"})]
    assert checks.effects(right(), more) == ["version 9 comes from no call"]


def test_two_calls_in_one_version_are_found() -> None:
    more = [*LOG, Logged(8, 4, "1-0-4", "Tag", {"name": "w 4"})]
    assert any("version 8 comes from [" in problem for problem in checks.effects(right(), more))


def test_a_page_is_told_from_another_but_not_by_its_cursor() -> None:
    page = {"backlogItems": [{"id": "1-0-1"}, {"id": "1-0-2"}], "nextCursor": "a"}
    assert digest(page) == digest({**page, "nextCursor": "b"})
    assert digest(page) != digest({**page, "nextCursor": None})
    assert digest(page) != digest({**page, "backlogItems": page["backlogItems"][::-1]})


def test_versions_are_numbered() -> None:
    assert checks.numbering([5, 6, 7], 4, 7) == []
    for wrong in ([5, 7], [5, 6], [5, 6, 6, 7], [6, 5, 7], [4, 5, 6, 7]):
        assert checks.numbering(wrong, 4, 7) != []


def test_a_lost_count_is_found() -> None:
    def counts(*counted: int) -> list[Logged]:
        names = (count_name(count, "somebody") for count in counted)
        return [Logged(at, 1, "1-0-1", "Tag", {"name": name}) for at, name in enumerate(names)]

    assert checks.counting(counts(0, 1, 2), "1-0-1") == []
    assert checks.counting(counts(0, 1, 1), "1-0-1") != []
    assert checks.counting(counts(0, 2), "1-0-1") != []
    assert checks.counting(counts(0, 1), "1-0-2") != []


def test_an_answer_that_is_older_than_what_was_told_before_is_found() -> None:
    told = call("addTag", "w 0", began=0, version=5)
    beside, later = (call("getDataVersion", began=began, version=4) for began in (0.5, 1.5))
    assert checks.real_time_order([told, beside]) == []
    assert len(checks.real_time_order([told, later])) == 1
    assert checks.real_time_order([told, call("getData", began=1.5, version=4, given={"atDataVersion": "4"})]) == []
    assert len(checks.real_time_order([told, call("addTag", "w 1", began=1.5, version=5)])) == 1


def test_what_a_stream_leaves_out_repeats_or_changes_is_found() -> None:
    versions = [{"dataVersion": 5, "n": 1}, {"dataVersion": 6, "n": 2}]
    events = [(5, versions[0]), (6, versions[1])]
    assert checks.stream("all", events, versions) == []
    for wrong in (events[:1], events[1:], [*events, events[1]], events[::-1], [events[0], (6, {"dataVersion": 6})]):
        assert checks.stream("all", wrong, versions) != []


def test_what_a_webhook_misses_or_is_told_in_another_order_is_found() -> None:
    first, second = {"dataVersion": 5}, {"dataVersion": 6}
    versions = [first, second]
    failed, repeated, last = Received("a", first, False), Received("a", first, True), Received("b", second, True)
    assert checks.deliveries([failed, repeated, last], 0, versions) == []
    for wrong in ([repeated], [failed, last], [last, repeated], [repeated, last, repeated]):
        assert checks.deliveries(wrong, 0, versions) != []
    assert checks.deliveries([failed, Received("a", second, True), last], 0, versions) != []
    assert checks.deliveries([repeated, last], 1, versions) != []
