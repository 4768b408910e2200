"""What kinds of parameters have in common: how errors hint at what was meant."""

from __future__ import annotations

from scrumrpc.calls.kinds import LONGEST_NAME, nearest


def test_a_word_hints_at_the_nearest_one() -> None:
    assert nearest("addtagg", ("addTask", "addTag")) == " Did you mean addTag?"
    assert nearest("xyzzy", ("addTask", "addTag")) == ""


def test_what_is_longer_than_any_word_is_not_compared() -> None:
    for length, hint in ((LONGEST_NAME, " Did you mean " + "a" * LONGEST_NAME + "?"), (LONGEST_NAME + 1, "")):
        assert nearest("a" * length, ("a" * LONGEST_NAME,)) == hint
