"""Bodies that are files: which ones are, and what parameters they become."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.parameters import read
from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import InvalidParameter, InvalidRequest
from scrumrpc.wire.uploads import is_file, merge_file, takes_file


def test_methods_that_take_a_file() -> None:
    assert {name for name in METHODS if takes_file(name)} == {"addAttachment", "addFile", "setFileContents"}
    assert not takes_file("noMethod")


@pytest.mark.parametrize(
    ("content_type", "file"),
    [
        ("", False),
        (" ", False),
        ("application/x-www-form-urlencoded", False),
        ("Application/X-WWW-Form-URLEncoded; charset=utf-8", False),
        (" application/x-www-form-urlencoded ;", False),
        ("image/png", True),
        ("application/json", True),
        ("text/plain; application/x-www-form-urlencoded", True),
    ],
)
def test_a_body_that_is_no_form_is_a_file(content_type: str, file: bool) -> None:
    assert is_file(content_type) == file


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x9e\xe9\x65")  # base64 of it is the word null
@example(b"a\r\nb")
def test_every_body_arrives_as_it_was(body: bytes) -> None:
    given = merge_file(b"fileID=1&fileName=x", body, "image/png")
    assert given.keys() == {"fileID", "fileName", "fileContents", "contentType"}
    arguments = read(METHODS["setFileContents"], given).arguments
    assert (arguments["fileContents"], arguments["contentType"]) == (body, "image/png")


def test_the_content_type_may_be_a_parameter_instead() -> None:
    assert merge_file(b"contentType=a/b", b"x", "image/png")["contentType"] == "a/b"
    assert merge_file(b"contentType=", b"x", "image/png")["contentType"] == ""


def test_the_file_is_given_once() -> None:
    assert merge_file(b"fileContents=AAAA", b"", "application/json") == {"fileContents": "AAAA"}
    with pytest.raises(InvalidParameter, match="fileContents is given twice"):
        merge_file(b"fileContents=AAAA", b"\0\0\0", "application/json")


def test_a_form_with_files_in_it_is_not_taken_for_a_file() -> None:
    with pytest.raises(InvalidRequest, match="--data-binary"):
        merge_file(b"", b"--x", "Multipart/Form-Data; boundary=x")


def test_the_same_request_is_the_same_in_both_ways() -> None:
    """So that a requestID knows it again; the text of the content is part of what it is known by."""
    method = METHODS["setFileContents"]
    hashes = []
    for body in (b"same", b"same", b"other"):
        request = read(method, merge_file(b"fileID=1&requestID=r", body, "a/b")).request
        assert request
        hashes.append(request.parameters_hash)
    assert hashes[0] == hashes[1] != hashes[2]
    form = {"fileID": "1", "requestID": "r", "contentType": "a/b", "fileContents": base64.b64encode(b"same").decode()}
    request = read(method, form).request
    assert request
    assert request.parameters_hash != hashes[2]
