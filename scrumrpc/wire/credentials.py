"""Reads HTTP Basic credentials: the e-mail address as username, the API key as password, both in UTF-8."""

from __future__ import annotations

import base64
import binascii

from scrumrpc.calls.authentication import Credentials, credentials_of
from scrumrpc.errors import AuthenticationRequired, InvalidAuthenticationInfo


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
