"""Where requests come from: the address of the client, also where proxies that are trusted stand in between."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

_Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_MOST_KNOWN = 10_000
_OF_ONE_CLIENT = 64
"""Bits of an IPv6 address that one client has no choice of: it may use all addresses that begin with them."""


class Addresses:
    """Tells clients apart by their addresses, of IPv6 by the first half.

    What the header X-Forwarded-For says counts only where the connection comes from a trusted proxy. Each proxy adds
    the address that it was called from at the right; the first from there that is no trusted proxy's is the client's.
    """

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = trusted
        self._peers: dict[str, tuple[_Address | None, str, bool]] = {}  # whence connections come

    def of(self, scope: Scope) -> str:
        """The client's address; empty where nobody can tell, all of whom are taken for one."""
        client = scope.get("client")
        peer = client[0] if client else ""
        if peer not in self._peers:
            if len(self._peers) >= _MOST_KNOWN:
                self._peers.clear()
            address = _read(peer)
            self._peers[peer] = address, _name(address), self._trusts(address)
        address, name, is_trusted = self._peers[peer]
        if not is_trusted:
            return name
        forwarded = [value for header, value in scope["headers"] if header == b"x-forwarded-for"]
        return _name(self._behind(address, b",".join(forwarded).decode("latin-1"))) if forwarded else name

    def _behind(self, address: _Address | None, forwarded: str) -> _Address | None:
        """The last address that somebody who is trusted has told of."""
        hops = forwarded.split(",")
        while hops and self._trusts(address):
            before = _read(hops.pop().strip())
            if before is None:
                break
            address = before
        return address

    def _trusts(self, address: _Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _read(text: str) -> _Address | None:
    """An address, which may have a port; IPv4 also where it is written as IPv6.

    >>> _read("192.0.2.7:4711"), _read("[2001:db8::1]:4711"), _read("::ffff:192.0.2.7"), _read("unknown")
    (IPv4Address('192.0.2.7'), IPv6Address('2001:db8::1'), IPv4Address('192.0.2.7'), None)
    """
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _name(address: _Address | None) -> str:
    if address is None:
        return ""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _OF_ONE_CLIENT), strict=False))
    return str(address)
