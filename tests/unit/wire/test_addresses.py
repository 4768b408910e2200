"""Where requests come from: clients behind proxies that are trusted, and behind others that say whatever they like."""

from __future__ import annotations

import doctest
from ipaddress import ip_network

import pytest

from scrumrpc.wire import addresses
from scrumrpc.wire.addresses import Addresses

INSIDE = [ip_network(each) for each in ("127.0.0.1", "10.0.0.0/8", "fd00::/8")]


def address(peer: str, *forwarded: str, trusted: bool = True) -> str:
    headers = [(b"host", b"x"), *((b"x-forwarded-for", each.encode("latin-1")) for each in forwarded)]
    return Addresses(INSIDE if trusted else ()).of({"client": (peer, 4711), "headers": headers})


def test_the_example() -> None:
    assert doctest.testmod(addresses) == (0, 1)


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ((), "127.0.0.1"),
        (("192.0.2.7",), "192.0.2.7"),
        (("192.0.2.7:4711",), "192.0.2.7"),
        (("198.51.100.1, 192.0.2.7",), "192.0.2.7"),  # the client has sent the first one itself
        (("127.0.0.1,10.0.0.1 , 192.0.2.7",), "192.0.2.7"),
        (("192.0.2.7, 10.9.9.9",), "192.0.2.7"),  # two proxies
        (("198.51.100.1", "192.0.2.7, 10.9.9.9", "10.8.8.8"), "192.0.2.7"),  # which added a header each
        (("10.1.1.1, 10.2.2.2",), "10.1.1.1"),  # a client inside
        (("2001:db8:1:2:3:4:5:6",), "2001:db8:1:2::/64"),
        (("[2001:db8:1:2::9]:443, fd00::1",), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7",), "192.0.2.7"),
        (("192.0.2.7, unknown, 10.9.9.9",), "10.9.9.9"),  # as far as can be told
        (("unknown",), "127.0.0.1"),
        (("",), "127.0.0.1"),
        ((",",), "127.0.0.1"),
        (("\xff",), "127.0.0.1"),
        (("192.0.2.7, 1.2.3",), "127.0.0.1"),
    ],
)
def test_what_a_trusted_proxy_says_counts(forwarded: tuple[str, ...], client: str) -> None:
    assert address("127.0.0.1", *forwarded) == client
    assert address("::ffff:127.0.0.1", *forwarded) == client


@pytest.mark.parametrize("peer", ["192.0.2.1", "2001:db8::1", "127.0.0.2"])
def test_what_others_say_does_not(peer: str) -> None:
    alone = address(peer)
    for forwarded in ("198.51.100.1", "127.0.0.1", "10.0.0.1", "x"):
        assert address(peer, forwarded) == alone
    assert address("127.0.0.1", "198.51.100.1", trusted=False) == "127.0.0.1"


def test_addresses_of_ipv6_are_told_apart_by_their_first_half() -> None:
    assert address("2001:db8::1") == address("2001:db8::ffff:1%eth0") == "2001:db8::/64"
    assert address("2001:db8:0:1::1") == "2001:db8:0:1::/64"


def test_connections_without_an_address_are_taken_for_one() -> None:
    every = Addresses(INSIDE)
    assert {every.of({"client": client, "headers": []}) for client in (None, ("", 0), ("socket", 0))} == {""}


def test_only_so_many_are_remembered() -> None:
    every = Addresses(INSIDE)
    for n in range(addresses._MOST_KNOWN + 10):
        every.of({"client": (f"192.0.{n // 256}.{n % 256}", 1), "headers": [(b"x-forwarded-for", b"x")]})
    assert len(every._peers) <= addresses._MOST_KNOWN
