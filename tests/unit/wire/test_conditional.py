"""Which answers a client says it has, and what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.calls.tags import Known
from scrumrpc.wire.conditional import etag, known_answers


def known(*lines: str, laid_out: bool = False) -> Known:
    """What the lines of the header say."""
    raw = [(b"if-none-match", line.encode("latin-1")) for line in lines]
    return known_answers({"headers": [*raw, (b"accept", b'"other"')]}, laid_out=laid_out)


@pytest.mark.parametrize(
    ("lines", "tags"),
    [
        ((), set()),
        (("",), set()),
        (('"7-ab"',), {"7-ab"}),
        (('W/"7-ab"',), {"7-ab"}),
        (('"7-ab","8-cd" ,  W/"9-ef"',), {"7-ab", "8-cd", "9-ef"}),
        (('"7-ab"', '"8-cd"'), {"7-ab", "8-cd"}),
        (('"a,b", "c"',), {"a,b", "c"}),
        (('""',), {""}),
        (("7-ab",), set()),
        (('"7-ab',), set()),
        (('"7-ab-pretty"',), {"7-ab-pretty"}),
        (('*, "7-ab"',), {"7-ab"}),
        (('"*"',), {"*"}),
    ],
)
def test_tags_that_a_client_knows(lines: tuple[str, ...], tags: set[str]) -> None:
    assert known(*lines) == Known(frozenset(tags))


def test_anything() -> None:
    for laid_out in (False, True):
        assert known(" * ", laid_out=laid_out) == Known(frozenset(), anything=True)


def test_what_is_laid_out_is_another_answer() -> None:
    assert known('"7-ab-pretty", "7-ab", W/"8-cd-pretty"', laid_out=True) == Known(frozenset({"7-ab", "8-cd"}))


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_whatever_is_known_is_read(line: str) -> None:
    known(line)


@pytest.mark.parametrize("laid_out", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_client_that_sends_a_tag_back_has_the_answer(laid_out: bool, compressed: bool) -> None:
    name, tag = etag("7-ab", laid_out=laid_out, compressed=compressed)
    assert name == b"etag"
    assert tag.startswith(b"W/") == compressed
    assert "7-ab" in known(tag.decode(), laid_out=laid_out).tags
    assert "7-ab" not in known(tag.decode(), laid_out=not laid_out).tags
