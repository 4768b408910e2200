"""Reading HTTP Basic credentials."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrumrpc.calls.authentication import hash_of, new_key
from scrumrpc.errors import AuthenticationRequired, InvalidAuthenticationInfo
from scrumrpc.wire import credentials as module
from scrumrpc.wire.credentials import Readings, read_basic

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def basic(credentials: str, scheme: str = "Basic") -> str:
    """A header with the credentials."""
    return f"{scheme} {base64.b64encode(credentials.encode()).decode()}"


@given(email=TEXT.filter(lambda text: ":" not in text and "\0" not in text), account=st.integers(1, 10**15 - 1))
def test_what_a_client_sends_is_read(email: str, account: int) -> None:
    key = new_key(account)
    for scheme in ("Basic", "basic", "BASIC", "  bAsIc  "):
        read = read_basic(basic(f"{email}:{key}", scheme))
        assert (read.email, read.account, read.key_hash) == (email, account, hash_of(key))


@given(TEXT)
def test_a_password_that_is_no_key_belongs_to_no_account(password: str) -> None:
    read = read_basic(basic(f"ann@example.com:{password}"))
    assert (read.email, read.account, read.key_hash) == ("ann@example.com", 0, hash_of(password))


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_read_or_refused(header: str) -> None:
    for value in (header, f"Basic {header}"):
        with suppress(AuthenticationRequired, InvalidAuthenticationInfo):
            read_basic(value)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    header = f"Basic {base64.b64encode(raw).decode()}"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = ""
    if ":" in text and "\0" not in text.partition(":")[0]:
        assert read_basic(header).email == text.partition(":")[0]
    else:
        with pytest.raises(InvalidAuthenticationInfo):
            read_basic(header)


@pytest.mark.parametrize("header", [None, "", " ", "\t"])
def test_no_credentials(header: str | None) -> None:
    with pytest.raises(AuthenticationRequired):
        read_basic(header)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Bearer x", "the scheme Bearer; it must be Basic"),
        ("x" * 100, f"the scheme {'x' * 30}; it must be Basic"),
        ("Basic", "no colon"),
        ("Basic ???", "not Base64"),
        ("Basic YWJj=", "no colon|not Base64"),
        ("Basic YWJjé", "not Base64"),
        ("Basic /w==", "not Base64 of UTF-8"),
        (basic("x"), "no colon"),
        (basic("a\0b:x"), "NUL"),
    ],
)
def test_what_cannot_be_read_is_told(header: str, told: str) -> None:
    with pytest.raises(InvalidAuthenticationInfo, match=told):
        read_basic(header)


def test_what_cannot_be_read_is_not_quoted() -> None:
    secret = new_key(1)
    for header in (secret, f"Bearer {secret}", f"Basic {secret}", basic(secret)):
        with pytest.raises(InvalidAuthenticationInfo) as refused:
            read_basic(header)
        assert secret.partition("-")[2] not in refused.value.message


def test_a_header_that_comes_again_is_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KNOWN", 3)
    readings = Readings()
    headers = [basic(f"ann@example.com:{new_key(number)}") for number in range(1, 6)]
    for header in headers * 3:
        assert readings.read(header) == read_basic(header)
    assert readings.read(headers[-1]) is readings.read(headers[-1])


def test_no_key_is_kept() -> None:
    readings = Readings()
    key = new_key(1)
    header = basic(f"ann@example.com:{key}")
    readings.read(header)
    kept = repr(vars(readings))
    assert key not in kept
    assert header.partition(" ")[2] not in kept


@pytest.mark.parametrize("header", [None, "", "Bearer x", "Basic !", basic("no colon")])
def test_what_is_refused_is_refused_again(header: str | None) -> None:
    readings = Readings()
    for _ in range(2):
        with pytest.raises((AuthenticationRequired, InvalidAuthenticationInfo)):
            readings.read(header)
