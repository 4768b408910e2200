"""What bytes in a request mean: charsets, broken bytes, line breaks, and characters that are hard to store."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from scrumrpc.errors import InvalidParameter, InvalidRequest, MissingParameter
from tests.wire.expecting import message_of, result_of
from tests.world import World

FORM = "application/x-www-form-urlencoded"
SAMPLES = {
    "ISO-8859-1": "Grüße, Ærøskøbing",
    "windows-1252": "„Grüße“ ™ 12 €",
    "ISO-8859-15": "12 € für Œuvres",
    "UTF-8": "Grüße 日本語 😀",
    "utf8": "ж",
    "Shift_JIS": "表計算ソフト・能力ボ申",  # whose second bytes are \\ and other ASCII characters
    "EUC-JP": "日本語のテキスト",
    "GB18030": "汉字 😀",
    "Big5": "許功蓋 漢字",
    "KOI8-R": "Проект",
    "UTF-16": "Grüße 日本語 😀",
    "UTF-16BE": "水 Grüße 😀",
    "UTF-16LE": "水 Grüße 😀",
    "UTF-32": "Grüße 😀",
}


def post(client: httpx2.Client, body: bytes, content_type: str | None = FORM) -> httpx2.Response:
    """The answer to addProject with a body as it is."""
    headers = {"Content-Type": content_type} if content_type is not None else {}
    return client.post("addProject", content=body, headers=headers)


def last(world: World) -> Any:
    """The newest project."""
    return world.data()["projects"][-1]


@pytest.mark.parametrize("charset", SAMPLES)
def test_raw_bytes_in_a_declared_charset(client: httpx2.Client, world: World, charset: str) -> None:
    text = SAMPLES[charset]
    result_of(post(client, f"name={text}&description=x".encode(charset), f"{FORM}; charset={charset}"))
    assert (last(world)["name"], last(world)["description"]) == (text, "x")


@pytest.mark.parametrize("charset", SAMPLES)
def test_percent_escapes_in_a_declared_charset(client: httpx2.Client, world: World, charset: str) -> None:
    text = SAMPLES[charset]
    body = urlencode({"name": text, "description": "a+b & c=d"}, encoding=charset)
    result_of(post(client, body.encode("ascii"), f"{FORM}; charset={charset}"))
    assert (last(world)["name"], last(world)["description"]) == (text, "a+b & c=d")


@pytest.mark.parametrize("charset", ["UTF-16", "UTF-16BE"])
def test_percent_escapes_for_only_what_needs_them(client: httpx2.Client, world: World, charset: str) -> None:
    """As Java's URLEncoder writes charsets that are no extension of ASCII."""
    start = "%FE%FF" if charset == "UTF-16" else ""
    body = f"name=Gr{start}%00%FC%00%DFe+{start}%65%E5%67%2C".encode()
    result_of(post(client, body, f"{FORM}; charset={charset}"))
    assert last(world)["name"] == "Grüße 日本"


@pytest.mark.parametrize(
    "content_type",
    [
        f"{FORM}; charset=ISO-8859-1", f"{FORM};charset=iso-8859-1", f'{FORM}; charset="ISO-8859-1"',
        f"{FORM}; CHARSET=Latin1", f"{FORM.upper()} ; foo=bar; charset=iso8859-1", f"{FORM}; charset='latin-1'",
    ],
)  # fmt: skip
def test_ways_to_declare_a_charset(client: httpx2.Client, world: World, content_type: str) -> None:
    result_of(post(client, b"name=caf\xe9", content_type))
    assert last(world)["name"] == "café"


@pytest.mark.parametrize("content_type", [None, "", FORM, f"{FORM};", f"{FORM}; charset=utf-8"])
def test_utf_8_is_the_default(client: httpx2.Client, world: World, content_type: str | None) -> None:
    """Raw, as `curl -d` sends it, or escaped."""
    for body in ("name=Grüße 😀".encode(), f"name={quote('Grüße 😀')}".encode()):
        world.new_account()
        client.auth = (world.admin, world.key)
        result_of(post(client, body, content_type))
        assert last(world)["name"] == "Grüße 😀"


def test_the_query_is_utf_8_whatever_the_body_is_in(client: httpx2.Client, world: World) -> None:
    response = client.post(
        "addProject?description=%C3%BC", content=b"name=\xfc", headers={"Content-Type": f"{FORM}; charset=ISO-8859-1"}
    )
    result_of(response)
    assert (last(world)["name"], last(world)["description"]) == ("ü", "ü")


@pytest.mark.parametrize(
    "charset",
    ["no-such-charset", "base64", "rot13", "zlib", "idna", "punycode", "unicode_escape", "undefined", "../etc", '"'],
)
def test_unknown_charsets_are_refused(client: httpx2.Client, world: World, charset: str) -> None:
    before = world.version
    message = message_of(post(client, b"name=A", f"{FORM}; charset={charset}"), InvalidRequest)
    assert message == f"The charset {charset} is not known; UTF-8 is the usual one."
    assert world.version == before


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"name=caf\xe9", "utf-8"),
        (b"name=caf%E9", "utf-8"),
        (b"name=%C3", "utf-8"),
        (b"name=%ED%A0%80", "utf-8"),  # half of a surrogate pair
        (b"name=%C0%AF", "utf-8"),  # more bytes than needed
        (b"name=%F5%80%80%80", "utf-8"),  # beyond the last character
        (b"n\xe9me=x&name=A", "utf-8"),
        (b"name=A&unknown=%FF", "utf-8"),
        (b"name=\x81", "shift_jis"),
        (b"name=%81", "windows-1252"),
        (b"name=caf\xc3\xa9", "ascii"),
        ("name=Grüße".encode("utf-16-be") + b"\0", "utf-16-be"),
        (b"name=%D8%00%00%41", "utf-16-be"),
        (b"name=Gr%00", "utf-16-be"),
        (b"nam=\xff", "utf-16"),
    ],
)
def test_broken_bytes_are_refused_and_nothing_is_stored(
    client: httpx2.Client, world: World, body: bytes, charset: str
) -> None:
    before = world.version
    message = message_of(post(client, body, f"{FORM}; charset={charset}"), InvalidRequest)
    assert "are not valid" in message
    assert "charset=" in message
    assert world.version == before


def test_broken_bytes_in_the_query_are_refused(client: httpx2.Client, world: World) -> None:
    before = world.version
    for query in ("name=caf%E9", "name=A&x=%ff", "na%e9me=A"):
        for ask in (client.get, client.post):
            message_of(ask(f"addProject?{query}"), InvalidRequest)
    assert world.version == before


def test_lone_surrogates_are_refused_in_charsets_that_can_write_them(client: httpx2.Client, world: World) -> None:
    before = world.version
    for charset, body in (("utf-7", b"name=+2AA-"), ("utf-16-le", "name=\ud800".encode("utf-16-le", "surrogatepass"))):
        message_of(post(client, body, f"{FORM}; charset={charset}"), InvalidRequest)
    assert world.version == before


def test_percent_signs_that_escape_nothing_stay(client: httpx2.Client, world: World) -> None:
    result_of(post(client, b"name=100% of %zz %4"))
    assert last(world)["name"] == "100% of %zz %4"


def test_cr_lf_is_stored_as_lf(client: httpx2.Client, world: World) -> None:
    for body in (
        b"name=A&description=one%0D%0Atwo%0D%0A%0D%0Athree%0Afour",
        b"name=B&description=one\r\ntwo\r\n\r\nthree\nfour",
    ):
        result_of(post(client, body))
        assert last(world)["description"] == "one\ntwo\n\nthree\nfour"
    raw = client.post("getData").content
    assert rb"one\ntwo\n\nthree\nfour" in raw
    assert b"\r" not in raw
    assert b"\n" not in raw


def test_a_repeat_of_a_request_may_use_the_other_line_break(client: httpx2.Client, world: World) -> None:
    """Unique names are compared as they are stored."""
    result_of(post(client, b"name=a%0D%0Ab"))
    assert post(client, b"name=a%0Ab").json()["errorID"] == "RequirementNotSatisfied"


def test_nul_is_refused(client: httpx2.Client, world: World) -> None:
    before = world.version
    for body in (b"name=a%00b", b"name=a\0b", b"name=A&description=%00", b"name=A&requestID=%00"):
        assert "NUL" in message_of(post(client, body), InvalidParameter)
    for wrong in ("projectIDs=%00", "includeProperties=%00"):
        message_of(client.get(f"getData?{wrong}"), InvalidParameter)
    message_of(post(client, b"name%00=A"), MissingParameter)
    assert world.version == before


@pytest.mark.parametrize(
    "text",
    [
        "😀", "👩‍👩‍👧‍👦", "e\u0301", "\ufeffx", "\ufffd", "\uffff", "\u202etext", "\x01\x1f\x7f", "\t", "a\rb",
        "\u2028", '"\\/<>&\'', "\U0010fffd",
    ],
)  # fmt: skip
def test_text_comes_back_as_it_was_given(client: httpx2.Client, world: World, text: str) -> None:
    result_of(client.post("addProject", data={"name": text, "externalID": text, "description": text}))
    [project] = result_of(client.post("getData"))["projects"]
    assert [project[name] for name in ("name", "externalID", "description")] == [text] * 3


def test_answers_are_utf_8_and_not_escaped(client: httpx2.Client, world: World) -> None:
    world.call("addProject", name="Grüße 日本語 😀 </script>")
    for headers in ({}, {"Accept-Charset": "ISO-8859-1"}):
        for extra in ("", "?pretty=true"):
            raw = client.get(f"getData{extra}", headers=headers).content
            assert "Grüße 日本語 😀 </script>".encode() in raw
