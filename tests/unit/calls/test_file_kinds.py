"""File names, content types and base64: what is taken, what is refused, and that nothing harmful gets through."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrumrpc.calls.file_kinds import ContentType, FileContents, FileName
from scrumrpc.errors import InvalidParameter


def parse(kind: Any, text: str) -> Any:
    return kind.__metadata__[0].parse("p", text)


def refusal(kind: Any, text: str) -> str:
    with pytest.raises(InvalidParameter, match="The parameter p ") as refused:
        parse(kind, text)
    refused.value.message.encode()  # can be sent
    return refused.value.message


# File names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "x", "a.png", "Größe.pdf", "日本語 (1).txt", "👩‍👩‍👧.jpg", "...", "..x", "a;b=c.png", 'say "hi".txt', "50%.csv",
        "a" * 255, "文" * 255, " x ", "CON", "a\u200db",
    ],
)  # fmt: skip
def test_names_of_files(name: str) -> None:
    assert parse(FileName, name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/b", '"/"'), ("../../etc/passwd", '"/"'), ("C:\\x", '"\\"'), ("..\\x", '"\\"'), ("/", '"/"'),
        (".", '"."'), ("..", '".."'), (" ", '" "'), ("\u00a0", "no name"), ("a" * 256, "256 characters"),
        ("a\r\nSet-Cookie: x", "U+000D"), ("a\nb", "U+000A"), ("a\x00b", "U+0000"), ("a\tb", "U+0009"),
        ("a\x7f", "U+007F"), ("a\x85b", "U+0085"), ("a\u2028b", "U+2028"), ("cod\u202egnp.exe", "U+202E"),
        ("a\u2066b", "U+2066"), ("a\ud800", "U+D800"), ("\udfffa", "U+DFFF"),
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_file(name: str, said: str) -> None:
    assert said in refusal(FileName, name)


# Content types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "image/png", "text/plain;charset=utf-8", "text/plain; charset=utf-8", "text/plain ;\ta=b; c=d",
        "application/vnd.oasis.opendocument.text", "image/svg+xml", "APPLICATION/X-!#$%&'*+.^_`|~", "a/" + "b" * 253,
    ],
)  # fmt: skip
def test_content_types(text: str) -> None:
    assert parse(ContentType, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "image", "image/", "/png", "image/png/x", "image /png", "image/ png", " image/png", "image/png ", "image/png;",
        "text/plain; charset", "text/plain; charset=", 'text/plain; charset="utf-8"', "text/plain, text/html",
        "text/html\r\nSet-Cookie: x=y", "text/html\n", "text/html;\r\n a=b", "text/größe",
        "text/pl\x00ain", "a/" + "b" * 254, "text/plain;a=b\n", "(x)/y", ";",
    ],
)  # fmt: skip
def test_what_is_no_content_type(text: str) -> None:
    assert "image/png" in refusal(ContentType, text)


@given(st.text(max_size=300))
def test_a_content_type_can_stand_in_a_header(text: str) -> None:
    try:
        taken = parse(ContentType, text)
    except InvalidParameter:
        return
    assert taken.isascii()
    assert all(" " <= character < "\x7f" or character == "\t" for character in taken)


# Contents -------------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.booleans(), st.booleans(), st.sampled_from(["", "\n", "\r\n", "\t"]))
@example(bytes(range(256)), True, False, "\n")
@example(b"", False, False, "\n")
@example(b"\xfb\xff\xfe", True, True, "")
def test_base64_arrives_as_it_was(data: bytes, url_safe: bool, padded: bool, line_break: str) -> None:
    text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(data).decode()
    if not padded:
        text = text.rstrip("=")
    lines = [text[start : start + 76] for start in range(0, len(text), 76)]
    assert parse(FileContents, line_break.join(lines) + line_break) == data


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AAAAA",
        "A===",
        "====",
        "=AAA",
        "AA=A",
        "AAA=AAAA",
        "QUJD=",
        "AAAA====",
        "AA!A",
        "ÄÄÄÄ",
        "data:image/png;base64,AAAA",
        "A\ud800",
    ],
)
def test_what_is_no_base64(text: str) -> None:
    assert "base64" in refusal(FileContents, text)


def test_a_plus_that_was_not_escaped_is_no_base64() -> None:
    """Left out, it would shift all that follows; four of them would not even be noticed."""
    text = base64.b64encode(b"\xfb\xef\xbe" * 4).decode()
    assert text.count("+") == 16
    message = refusal(FileContents, text.replace("+", " "))
    assert "%2B" in message


def test_an_error_shows_only_the_beginning_of_a_file() -> None:
    message = refusal(FileContents, "!" * 1_000_000)
    assert len(message) < 300
