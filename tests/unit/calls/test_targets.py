"""Targets: which URLs webhooks can have, and which addresses they may lead to, in all spellings."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from scrumrpc.calls.targets import (
    LONGEST_URL,
    ForbiddenTargetError,
    Target,
    UnknownHostError,
    addresses_of,
    check_target,
    is_public,
    target_of,
)
from scrumrpc.errors import InvalidParameter


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.com", Target("https", "hooks.example.com", 443, "/")),
        ("https://hooks.example.com/scrum?a=b&c=%20", Target("https", "hooks.example.com", 443, "/scrum?a=b&c=%20")),
        ("HTTPS://Hooks.Example.COM:8443/A", Target("https", "hooks.example.com", 8443, "/A")),
        ("https://hooks.example.com?x", Target("https", "hooks.example.com", 443, "/?x")),
        ("http://localhost:1", Target("http", "localhost", 1, "/")),
        ("https://[2606:4700::1111]:8443/", Target("https", "2606:4700::1111", 8443, "/")),
        ("https://9.9.9.9/", Target("https", "9.9.9.9", 443, "/")),
        ("https://a_b.example.com/@x", Target("https", "a_b.example.com", 443, "/@x")),
    ],
)
def test_a_url_in_its_parts(url: str, target: Target) -> None:
    assert target_of(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.com", "//hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd",
        "https://", "https:///path", "https://user@hooks.example.com/", "https://user:word@hooks.example.com/",
        "https://good.example.com@evil.example.com/", "https://hooks.example.com/#fragment",
        "https://hooks.example.com:0/", "https://hooks.example.com:65536/", "https://hooks.example.com:/",
        "https://hooks.example.com:80a/", "https://hooks..example.com/", "https://.example.com/",
        "https://-.example.com/", f"https://{'a' * 64}.example.com/", f"https://{'a.' * 130}com/",
        "https://hooks.example.com/a b", "https://hooks.example.com/\t", " https://hooks.example.com/",
        "https://hooks.example.com/\r\nX: y", "https://hooks.example.com\\@evil.example.com/", "https://[::1",
        "https://[127.0.0.1]/", "https://[:::]/", "https://[fe80::1%25eth0]/", "https://\u2460.example.com/",
        "https://hööks.example.com/", "https://hooks.example.com/ä", "https://127。0。0。1/",
        "https://hooks.example.com/" + "a" * LONGEST_URL, "javascript:alert(1)", "https://hooks.example.com/\x00",
        'https://hooks.example.com/"<>', "https://localhost./",
    ],
)  # fmt: skip
def test_what_is_no_url_for_a_webhook(url: str) -> None:
    assert target_of(url) is None


PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
    "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "9.9.9.9", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "11.0.0.1", "223.255.255.1",
    "2606:4700::1111", "2a00:1450::1", "::ffff:9.9.9.9", "64:ff9b::9.9.9.9",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost", "0",
        "::1", "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:0001", "10.1", "0xa9fea9fe", "3232235777",
    ],
)  # fmt: skip
def test_a_private_target_is_refused_in_any_spelling(host: str) -> None:
    with pytest.raises(ForbiddenTargetError, match="SCRUMRPC_WEBHOOK_PRIVATE_TARGETS") as refused:
        asyncio.run(addresses_of(host, 443, private=False))
    assert "127.0.0.1" not in str(refused.value)
    assert asyncio.run(addresses_of(host, 443, private=True))


@pytest.mark.parametrize("host", ["nothing.invalid", "256.256.256.256.256"])
def test_a_name_that_is_not_known(host: str) -> None:
    with pytest.raises(UnknownHostError):
        asyncio.run(addresses_of(host, 443, private=False))


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Makes every name lead to these addresses."""

    def look_up(_host: Any, port: Any, *_args: Any, **_more: Any) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_all_addresses_of_a_name_count(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "9.9.9.9", "2606:4700::1111")
    assert asyncio.run(addresses_of("hooks.example.com", 443, private=False)) == ["9.9.9.9", "2606:4700::1111"]
    for private in PRIVATE:
        names(monkeypatch, "9.9.9.9", private)
        with pytest.raises(ForbiddenTargetError):
            asyncio.run(addresses_of("hooks.example.com", 443, private=False))


def test_a_parameter_is_refused_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(url: str, *, private: bool = False) -> None:
        asyncio.run(check_target("url", url, private=private))

    with pytest.raises(InvalidParameter, match=r'url is "http://hooks.example.com/"; it must begin with https'):
        check("http://hooks.example.com/")
    with pytest.raises(InvalidParameter, match=r'url is "https://127.1:8443/x"\. It leads to an address that is priv'):
        check("https://127.1:8443/x")
    check("https://127.1:8443/x", private=True)
    check("http://127.1:8443/x", private=True)
    check("https://nothing.invalid/")  # which may be known later
    names(monkeypatch, "10.0.0.8")
    with pytest.raises(InvalidParameter, match="It leads to an address") as refused:
        check("https://intranet.example.com/")
    assert "10.0.0.8" not in refused.value.message
