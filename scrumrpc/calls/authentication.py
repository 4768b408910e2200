"""API keys: what they look like, how credentials are read from them, and which standing may call."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict

from scrumrpc.errors import (
    APIAccessNotAllowed,
    ApiError,
    CompanyAccountClosed,
    DuringMaintenance,
    InvalidAPIKey,
    InvalidUserEmailAddress,
)
from scrumrpc.store.standing import Credentials, Standing

__all__ = ["Credentials", "ValidKeys", "admit", "check_open", "credentials_of", "hash_of", "new_key", "prefix_of"]

_REMEMBERED = 10_000
"""Keys that are remembered as valid."""
_KEY = re.compile(r"([1-9][0-9]{0,14})-[0-9A-F]{64}")


def new_key(account: int) -> str:
    """A new API key: the account's number, which tells where to look it up, and 256 random bits."""
    return f"{account}-{secrets.token_hex(32).upper()}"


def hash_of(key: str) -> bytes:
    """What the database keeps of a key. The bits are random, so a plain SHA-256 cannot be turned back or guessed."""
    return hashlib.sha256(key.encode()).digest()


def prefix_of(key: str) -> str:
    """The start of a key, to tell it apart by in lists and logs; it gives nothing away."""
    account, _, bits = key.partition("-")
    return f"{account}-{bits[:6]}"


def credentials_of(email: str, key: str) -> Credentials:
    """The credentials that a call presents. What cannot be a key at all is looked up in vain like any unknown one."""
    match = _KEY.fullmatch(key)
    return Credentials(int(match[1]) if match else 0, hash_of(key), email)


def admit(standing: Standing | None, credentials: Credentials) -> Standing:
    """The standing, if it may call at all; else the error that says why not.

    What the error tells of the account depends on how much of the credentials is right.
    """
    try:
        return _admit(standing, credentials)
    except ApiError as error:
        if standing is not None and standing.key_id is not None:
            error.account, error.key_name = standing.account, standing.key_name
            if standing.person is not None:
                error.data_version, error.epoch = standing.data_version, standing.epoch
        raise


def _admit(standing: Standing | None, credentials: Credentials) -> Standing:
    if standing is None or (credentials.key_hash is not None and standing.key_id is None):
        raise InvalidAPIKey
    if standing.person is None and credentials.email is not None:
        raise InvalidUserEmailAddress
    if credentials.key_hash is None:
        return standing  # an operator works on closed accounts too
    check_open(standing)
    return standing


def check_open(standing: Standing) -> None:
    """Refuses calls to an account that takes none at present."""
    if standing.is_closed:
        raise CompanyAccountClosed
    if not standing.has_api_access:
        raise APIAccessNotAllowed
    if standing.in_maintenance:
        raise DuringMaintenance


class ValidKeys:
    """The keys that a worker has lately found valid.

    A hint, which decides who waits with whom and whose calls count as an account's; nobody may call because of it.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, bytes | None], None] = OrderedDict()

    def __contains__(self, credentials: Credentials) -> bool:
        return (credentials.account, credentials.key_hash) in self._known

    def note(self, credentials: Credentials, standing: Standing | None) -> None:
        """Remembers what was found of a key."""
        key = credentials.account, credentials.key_hash
        if standing is None or standing.key_id is None:
            self._known.pop(key, None)
        elif key not in self._known:
            self._known[key] = None
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
