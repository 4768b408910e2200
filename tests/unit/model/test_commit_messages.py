"""What commit messages say: references, keys, numbers, and that nothing else ever counts."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.model.commit_messages import LONGEST_SUMMARY, Amount, Mention, mentions, summary
from scrumrpc.model.enumerations import BACKLOG_ITEM_STATUSES


def item(number: int, **more: Any) -> Mention:
    return Mention("BacklogItem", number, **more)


def task(number: int, **more: Any) -> Mention:
    return Mention("Task", number, **more)


HOURS = "Hours"


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (
            "Fix it [Scrumwise item #938, used: 1.5 h, status: Done]",
            [item(938, used=Amount(1.5, HOURS), status="Done")],
        ),
        ("[Scrumwise task #12, remaining: 2 h]", [task(12, remaining=Amount(2.0, HOURS))]),
        ("[Scrumwise backlog item #7]", [item(7)]),
        ("[Scrumwise item #1] and [Scrumwise task #2]", [item(1), task(2)]),
        ("[Scrumwise item #938, task #12, used: 1 h]", [item(938), task(12, used=Amount(1.0, HOURS))]),
        (
            "[Scrumwise item #1, used: 1 h, task #2, used: 2 d, item #3, status: To do]",
            [item(1, used=Amount(1.0, HOURS)), task(2, used=Amount(2.0, "Days")), item(3, status="To do")],
        ),
        (
            "[SCRUMWISE ITEM #1, USED: 1 H, STATUS: IN PROGRESS]",
            [item(1, used=Amount(1.0, HOURS), status="In progress")],
        ),
        ("[ scrumwise  Backlog\n Item # 1 ,\r\n\tused :\n 1,5h ]", [item(1, used=Amount(1.5, HOURS))]),
        ("[Scrumwise: item #1]", [item(1)]),
        ("[Scrumwise item#1,task#2]", [item(1), task(2)]),
        (
            "[Scrumwise item #1,used:1,5,remaining:2,25 h]",
            [item(1, used=Amount(1.5, None), remaining=Amount(2.25, HOURS))],
        ),
        ("[Scrumwise item #1, used: .5 p]", [item(1, used=Amount(0.5, "Points"))]),
        ("[Scrumwise item #1,, ]", [item(1)]),
        ("[outer [Scrumwise item #1] text]", [item(1)]),
        ("[Scrumwise item #000012]", [item(12)]),
        ("[x] [] [Scrumwise item #1", []),
        ("Scrumwise item #1, used: 1 h", []),
        ("(Scrumwise item #1) item #1 task #2 #3", []),
        ("[item #1]", []),
        ("[Scrumwiseitem #1]", []),
        ("[not Scrumwise item #1]", []),
        ("[Scrumwise]", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_found(message: str, found: list[Mention]) -> None:
    assert mentions(message) == found


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("h", HOURS), ("hour", HOURS), ("hours", HOURS), ("d", "Days"), ("day", "Days"), ("days", "Days"),
        ("p", "Points"), ("point", "Points"), ("points", "Points"), ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("blank", ["", " ", "  "])
@pytest.mark.parametrize("key", ["used", "remaining"])
def test_units(written: str, unit: str | None, blank: str, key: str) -> None:
    for form in (written, written.upper(), written.capitalize()):
        assert mentions(f"[Scrumwise task #3, {key}: 4{blank}{form}]") == [task(3, **{key: Amount(4.0, unit)})]


@pytest.mark.parametrize("status", BACKLOG_ITEM_STATUSES)
def test_statuses_in_any_letter_case(status: str) -> None:
    for form in (status, status.upper(), status.lower(), status.title(), status.replace(" ", "\n  ")):
        assert mentions(f"[Scrumwise item #3, status: {form}]") == [item(3, status=status)]


@pytest.mark.parametrize(
    "part",
    [
        "colour: red", "used", "used:", "used: ", "used: much", "used: -1 h", "used: 1 week", "used: 1.2.3",
        "used: 1e5", "used: 1234567890123", "used: NaN", "used: \u0661 h", "remaining: h", "status:", "status: Nice",
        "status: Done soon", "used = 1 h", "#4", "items #4", "item 4", "item #", "item #-4", "item #4.5", "task #x",
        "item #1234567890123456", "ta\u017fk #4", "u\u017fed: 1 h", ": 1", "a:b:c", "item #4 task #5", "used: 1 h 2",
    ],
)  # fmt: skip
def test_what_means_nothing_is_kept_to_be_told(part: str) -> None:
    kept = " ".join(part.split())
    assert mentions(f"[Scrumwise item #3, {part}, status: Done]") == [item(3, status="Done", ignored=(kept,))]


def test_of_what_is_said_twice_the_first_counts() -> None:
    [mention] = mentions("[Scrumwise item #3, used: 1, status: Done, used: 2, remaining: 1, remaining: 2, status: New]")
    assert mention == item(
        3, used=Amount(1.0, None), remaining=Amount(1.0, None), status="Done",
        ignored=("used: 2", "remaining: 2", "status: New"),
    )  # fmt: skip


def test_what_stands_before_a_reference_belongs_to_nothing() -> None:
    assert mentions("[Scrumwise items #3]") == [Mention(None, 0, ignored=("items #3",))]
    assert mentions("[Scrumwise used: 1 h, item #3]") == [Mention(None, 0, ignored=("used: 1 h",)), item(3)]


def test_references_as_they_are_told() -> None:
    assert [mention.reference for mention in mentions("[Scrumwise x, backlog item #3, task #4]")] == [
        None, "item #3", "task #4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Fix the login", "Fix the login"),
        ("\n\n  Fix   the\tlogin \nmore", "Fix the login"),
        ("[Scrumwise item #1] Fix the login", "Fix the login"),
        ("[Scrumwise item #1,\nused: 1 h]\nFix [the] login [Scrumwise task #2]", "Fix [the] login"),
        ("[Scrumwise item #1, used: 1 h]", None),
        ("", None),
        ("é" * LONGEST_SUMMARY, "é" * LONGEST_SUMMARY),
        ("é" * (LONGEST_SUMMARY + 1), "é" * (LONGEST_SUMMARY - 3) + "..."),
    ],
)
def test_the_summary_is_the_first_line_for_people(message: str, line: str | None) -> None:
    assert summary(message) == line


PIECES = st.sampled_from(
    ["[", "]", "Scrumwise", "scrumwise ", " ", "\n", ",", ":", "#", "item", "task", "backlog ", "used", "remaining",
     "status", "1", "2.5", "9" * 20, "h", "Done", "[Scrumwise item #1", ", used: 1", "\0", "\u017f", "\u2028", "😀"]
)  # fmt: skip
MESSAGES = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=60).map("".join))


@given(MESSAGES)
def test_every_message_can_be_read(message: str) -> None:
    for mention in mentions(message):
        assert mention.type_name in ("BacklogItem", "Task", None)
        assert (mention.type_name is None) == (mention.reference is None)
        assert 0 <= mention.number < 10**15
        for amount in (mention.used, mention.remaining):
            assert amount is None or (0 <= amount.value <= 10**12 and amount.unit in (None, "Hours", "Days", "Points"))
        assert mention.status in (*BACKLOG_ITEM_STATUSES, None)
        if mention.type_name is None:
            assert mention.ignored
            assert (mention.used, mention.remaining, mention.status) == (None, None, None)
    line = summary(message)
    assert line is None or (0 < len(line) <= LONGEST_SUMMARY and line == line.strip())


@given(st.lists(st.one_of(st.text(alphabet="x [,:#\n"), MESSAGES), max_size=4))
def test_text_outside_brackets_never_counts(texts: list[str]) -> None:
    harmless = [text.replace("[", "(").replace("]", ")") for text in texts]
    message = " [Scrumwise item #1, used: 2 h] ".join(harmless)
    assert mentions(message) == [item(1, used=Amount(2.0, HOURS))] * max(len(harmless) - 1, 0)


@given(
    st.integers(0, 10**15 - 1), st.floats(0, 999_999), st.sampled_from(BACKLOG_ITEM_STATUSES), st.booleans(), MESSAGES
)
def test_what_is_written_well_is_found(number: int, used: float, status: str, comma: bool, before: str) -> None:
    written = f"{used:.6f}".replace(".", "," if comma else ".")
    found = mentions(f"{before}]\n[Scrumwise item #{number}, used: {written} h, status: {status}]")
    assert found[-1] == item(number, used=Amount(float(f"{used:.6f}"), HOURS), status=status)


@pytest.mark.parametrize(
    "piece",
    ["[", "]", "[Scrumwise ", "[Scrumwise:", "[Scrumwise item #1", "[Scrumwise item #1]", " ", "[ ", "item #1, ", "1,",
     "1", ", used: ", "used: 1 ", "[[]", "h", ":", "\n", "backlog "]
)  # fmt: skip
@pytest.mark.parametrize("start", ["", "[", "[Scrumwise ", "[Scrumwise item #", "[Scrumwise item #1, used: 1"])
def test_long_messages_take_no_longer_than_their_length(start: str, piece: str) -> None:
    message = start + piece * (200_000 // len(piece))
    began = time.process_time()
    mentions(message + "]")
    mentions(message)
    summary(message)
    assert time.process_time() - began < 5
