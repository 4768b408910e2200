"""Reading forms: what browsers and libraries write must come back as it was, and what is broken must not come back."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from itertools import groupby
from urllib.parse import quote_from_bytes, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrumrpc.errors import InvalidParameter, InvalidRequest
from scrumrpc.wire.form import FORM, MOST_PARAMETERS, charset_of, merge

CHARSETS = ["utf-8", "iso-8859-1", "windows-1252", "shift_jis", "gb18030", "iso-2022-jp"]
WIDE = ["utf-16", "utf-16-be", "utf-16-le", "utf-32"]
UNICODE = st.text(st.characters(codec="utf-8"), max_size=20)
often = settings(max_examples=50, deadline=None)


def typed(charset: str) -> str:
    """A content type that declares a charset."""
    return f"{FORM}; charset={charset}"


def forms(charset: str) -> st.SearchStrategy[dict[str, str]]:
    """Parameters whose names and values a charset can write, and read again as they were."""
    text = UNICODE.map(lambda text: "".join(c for c in text if _is_in(c, charset)))
    return st.dictionaries(text.filter(bool), text, max_size=6)


@cache
def _is_in(character: str, charset: str) -> bool:
    """Shift_JIS, for one, writes the yen sign as a backslash."""
    try:
        return character.encode(charset).decode(charset) == character
    except UnicodeError:
        return False


@pytest.mark.parametrize("charset", CHARSETS)
@given(data=st.data())
@often
def test_what_urlencode_writes_comes_back(charset: str, data: st.DataObject) -> None:
    parameters = data.draw(forms(charset))
    body = urlencode(parameters, encoding=charset).encode("ascii")
    assert merge(b"", body, typed(charset)) == parameters
    if charset == "utf-8":
        assert merge(body, b"", None) == merge(b"", body, None) == merge(body, body, FORM) == parameters


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "shift_jis", "gb18030", "utf-16-be", "utf-16-le"])
@given(data=st.data())
@often
def test_what_is_sent_raw_comes_back(charset: str, data: st.DataObject) -> None:
    """Only what has a meaning in a form is escaped, by a client that trusts the charset to do the rest.

    (Not so ISO-2022-JP, whose bytes between its escape sequences are characters such as & and %; and where each escape
    would begin with a byte order mark, there is no telling what it means.)
    """
    parameters = {"name": "", **data.draw(forms(charset))}
    text = "&".join(f"{_escaped(name, charset)}={_escaped(value, charset)}" for name, value in parameters.items())
    assert merge(b"", text.encode(charset), typed(charset)) == parameters


def _escaped(text: str, charset: str) -> str:
    return "".join(quote_from_bytes(c.encode(charset), safe="") if c in "%&=+\0" else c for c in text)


@pytest.mark.parametrize("charset", WIDE)
@given(data=st.data())
@often
def test_what_urlencode_writes_in_wide_charsets_comes_back(charset: str, data: st.DataObject) -> None:
    """Beside a name of a parameter, which is ASCII and tells how the bytes are meant."""
    parameters = {"name": "", **data.draw(forms(charset))}
    body = urlencode(parameters, encoding=charset).encode("ascii")
    assert merge(b"", body, typed(charset)) == parameters


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be"])
@given(value=UNICODE)
@often
def test_what_java_writes_in_wide_charsets_comes_back(charset: str, value: str) -> None:
    """URLEncoder leaves letters and digits as they are and escapes runs of other characters."""
    written = ""
    for is_plain, run in groupby(value, key=lambda c: c.isascii() and (c.isalnum() or c in "-_.* ")):
        text = "".join(run)
        written += text.replace(" ", "+") if is_plain else "".join(f"%{byte:02X}" for byte in text.encode(charset))
    assert merge(b"", f"name={written}".encode(), typed(charset)) == {"name": value}


@often
@given(query=st.binary(max_size=60), body=st.binary(max_size=60), charset=st.sampled_from([*CHARSETS, *WIDE, "utf-7"]))
def test_any_bytes_are_read_or_refused(query: bytes, body: bytes, charset: str) -> None:
    with suppress(InvalidRequest, InvalidParameter):
        parameters = merge(query, body, typed(charset))
        for text in (*parameters, *parameters.values()):
            assert text.encode().decode() == text  # no half of a surrogate pair


@often
@given(st.text())
def test_any_content_type_is_read_or_refused(content_type: str) -> None:
    for header in (content_type, f"{FORM};{content_type}", f"{FORM}; charset={content_type}"):
        with suppress(InvalidRequest, UnicodeError):  # in some charsets that is no letter
            assert isinstance(b"a".decode(charset_of(header)), str)


@often
@given(st.binary(min_size=1, max_size=30).filter(lambda raw: not _is_utf_8(raw)))
def test_broken_bytes_are_never_guessed(broken: bytes) -> None:
    for body in (b"name=" + quote_plus(broken).encode(), quote_plus(broken).encode() + b"=x"):
        for query, form in ((body, b""), (b"", body)):
            with pytest.raises(InvalidRequest):
                merge(query, form, FORM)


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_forms_by_example() -> None:
    for raw, parameters in (
        (b"", {}),
        (b"&", {}),
        (b"&&a=1&", {"a": "1"}),
        (b"a", {"a": ""}),
        (b"a=", {"a": ""}),
        (b"=b", {"": "b"}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a=+%2B%20", {"a": " + "}),
        (b"a=%zz%", {"a": "%zz%"}),
        (b"a=\r\n\t", {"a": "\r\n\t"}),
        (b"a=1&a=1", {"a": "1"}),
        ("ä=ü".encode(), {"ä": "ü"}),
    ):
        assert merge(raw, b"", None) == merge(b"", raw, None) == parameters


def test_a_name_twice_with_two_values_is_refused() -> None:
    for query, body in ((b"a=1&a=2", b""), (b"", b"a=1&a=2"), (b"a=1", b"a=2"), (b"a=1", b"a=")):
        with pytest.raises(InvalidParameter, match="a is given twice, with different values"):
            merge(query, body, None)


def test_the_number_of_parameters_is_limited() -> None:
    many = urlencode({f"p{n}": "" for n in range(MOST_PARAMETERS)}).encode()
    assert len(merge(many, many, None)) == MOST_PARAMETERS
    for charset in ("utf-8", "utf-16"):
        with pytest.raises(InvalidRequest, match=f"more than {MOST_PARAMETERS} parameters"):
            merge(b"", (many.decode() + "&more=").encode(charset), typed(charset))


def test_charsets_by_example() -> None:
    for content_type, codec in (
        (None, "utf-8"),
        ("", "utf-8"),
        (FORM, "utf-8"),
        (f"{FORM};charset=Latin1", "iso8859-1"),
        (f'{FORM.upper()} ; Charset="ISO-8859-1"', "iso8859-1"),
        (f"{FORM}; charset='utf-8'", "utf-8"),
        (f"{FORM}; charset*=us-ascii''windows-1252", "cp1252"),
        (f"{FORM}; boundary=x; charset=UTF_16", "utf-16"),
    ):
        assert charset_of(content_type) == codec


@pytest.mark.parametrize("charset", ["x", "", "hex", "base64", "zip", "rot13", "idna", "utf-7", "unicode_escape"])
def test_what_is_no_charset_of_forms(charset: str) -> None:
    with pytest.raises(InvalidRequest, match="charset"):
        charset_of(typed(charset))


def test_a_content_type_that_the_library_cannot_read() -> None:
    """It takes the digits for the number of a part, and they are too many for one."""
    with pytest.raises(InvalidRequest, match="cannot be read"):
        charset_of(f"{FORM}; charset*{'1' * 5000}*=x")
