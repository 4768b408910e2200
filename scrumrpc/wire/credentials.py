"""Reads HTTP Basic credentials: the e-mail address as username, the API key as password, both in UTF-8."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from starlette.types import Scope

from scrumrpc.calls.authentication import Credentials, credentials_of
from scrumrpc.calls.guessing import Guessing
from scrumrpc.errors import ApiError, AuthenticationRequired, InvalidAuthenticationInfo
from scrumrpc.wire.addresses import Addresses

_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, and from where."""

    address: str
    credentials: Credentials


class Callers:
    """Tells who makes a request, and keeps out who guesses."""

    def __init__(self, guessing: Guessing, addresses: Addresses) -> None:
        self._guessing = guessing
        self._addresses = addresses
        self._readings = Readings()

    def read(self, scope: Scope, authorization: str | None) -> Caller:
        """The caller that a request presents; raises ApiError where there is none, or too many wrong ones came."""
        credentials = self._readings.read(authorization)
        address = self._addresses.of(scope)
        self._guessing.check(address, credentials)
        return Caller(address, credentials)

    def note(self, caller: Caller | None, error: ApiError | None) -> None:
        """Takes note of how a request ended, if its caller was read."""
        if caller is not None:
            self._guessing.note(caller.address, caller.credentials, error)


class Readings:
    """The credentials of headers that were read lately.

    Who polls sends the same header each time. It is known by its SHA-256, so that no key stays in memory.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Credentials] = {}

    def read(self, authorization: str | None) -> Credentials:
        """As read_basic."""
        if authorization is None:
            raise AuthenticationRequired
        digest = hashlib.sha256(authorization.encode("latin-1")).digest()
        credentials = self._known.get(digest)
        if credentials is None:
            credentials = read_basic(authorization)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[digest] = credentials
        return credentials


def read_basic(authorization: str | None) -> Credentials:
    """The credentials in an Authorization header."""
    if authorization is None or not authorization.strip():
        raise AuthenticationRequired
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        raise InvalidAuthenticationInfo(f"The Authorization header uses the scheme {scheme[:30]}; it must be Basic.")
    try:
        email, colon, key = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise InvalidAuthenticationInfo(
            "The Authorization header is not Base64 of UTF-8 text, as HTTP Basic needs it."
        ) from None
    if not colon:
        raise InvalidAuthenticationInfo("The credentials have no colon between the e-mail address and the API key.")
    if "\0" in email:
        raise InvalidAuthenticationInfo("The username contains a NUL character.")
    return credentials_of(email, key)
