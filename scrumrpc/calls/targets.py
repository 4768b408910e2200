"""Targets: which URLs webhooks can have, and which addresses they may lead to; nothing is sent here.

A name says nothing about where it leads, and may lead somewhere else a moment later. So it is looked up for each
connection, every address is checked, and the connection goes to an address that was checked rather than to the name.
"""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from scrumrpc.calls.kinds import Kind, shown
from scrumrpc.errors import InvalidParameter

SETTING = "SCRUMRPC_WEBHOOK_PRIVATE_TARGETS"
LONGEST_URL = 2_000
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_URL = re.compile(
    rf"(https?)://({_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]{{2,45}}\])(?::([0-9]{{1,5}}))?"
    r"((?:[/?][A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]*)?)",
    re.IGNORECASE,
)
_PATIENCE = 2.0
"""Seconds that a call waits for a name to be looked up; it holds up the other writing calls of its account."""

_RELAY = ip_network("192.88.99.0/24")
_GLOBAL = IPv6Network("2000::/3")
_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"), IPv6Network("3fff::/20"))
"""Addresses that have others in them, and documentation."""
_TRANSLATED = IPv6Network("64:ff9b::/96")


class ForbiddenTargetError(Exception):
    """The target leads where nothing is sent; the message says so without telling an address."""


class UnknownHostError(Exception):
    """The host name cannot be looked up; the message says so."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; an IPv6 address as host is without brackets."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target | None:
    """The parts of a URL; None where it is none that a webhook can have, wherever it leads."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if match is None:
        return None
    scheme, host, path = match[1].lower(), match[2].strip("[]").lower(), match[4]
    port = int(match[3] or {"http": 80, "https": 443}[scheme])
    if len(host) > 253 or not 0 < port < 65536 or (match[2][0] == "[" and not _is_address(host)):
        return None
    return Target(scheme, host, port, path if path.startswith("/") else "/" + path)


def _is_address(host: str) -> bool:
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False


async def check_target(parameter: str, url: str, *, private: bool) -> None:
    """Refuses a URL that leads, as far as can be told by now, where nothing is sent.

    A name that is not known at present may be later: then it is left to the attempts to send there.
    """
    target = target_of(url)
    assert target is not None
    if target.scheme != "https" and not private:
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(url)}; it must begin with https://, because http can be read on the "
            f"way. The operator's setting {SETTING} allows http, for targets in the operator's own network."
        )
    if private:
        return
    try:
        async with asyncio.timeout(_PATIENCE):
            await addresses_of(target.host, target.port, private=False)
    except ForbiddenTargetError as forbidden:
        raise InvalidParameter(f"The parameter {parameter} is {shown(url)}. {forbidden}") from None
    except (UnknownHostError, TimeoutError):
        return


async def addresses_of(host: str, port: int, *, private: bool) -> list[str]:
    """The addresses that a host has now, in whatever spelling it is given, if things may be sent to all of them."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownHostError("The host name is not known.") from None
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not private and not all(is_public(address) for address in addresses):
        raise ForbiddenTargetError(
            "It leads to an address that is private, local or reserved; nothing is sent there, unless the operator's "
            f"setting {SETTING} allows it."
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether the address is one of the internet that is somebody's own, also where another one stands in it.

    >>> is_public("10.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("64:ff9b::a00:1"), is_public("9.9.9.9")
    (False, False, False, True)
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return _is_public_6(parsed)
    return _is_public_4(parsed)


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in _RELAY


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _is_public_4(address.ipv4_mapped)
    if address in _TRANSLATED:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL and address.is_global and not any(address in tunnel for tunnel in _TUNNELS)


def _parse(parameter: str, text: str) -> str:
    if target_of(text) is None:
        raise InvalidParameter(
            f"The parameter {parameter} is {shown(text)}; it must be a URL such as https://hooks.example.com/scrum, of "
            f"at most {LONGEST_URL} characters, all of them ASCII, without user name, password and fragment."
        )
    return text


WebhookURL = Annotated[
    str,
    Kind(
        "URL",
        "string",
        _parse,
        f"An https URL that leads to a public address, of at most {LONGEST_URL:,} characters.",
        "https://hooks.example.com/scrum",
        {"type": "string", "format": "uri", "maxLength": LONGEST_URL},
    ),
]
