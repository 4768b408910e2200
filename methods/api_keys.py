"""API key methods."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from scrumrpc.calls.authentication import hash_of, new_key, prefix_of
from scrumrpc.calls.kinds import APIKeyID, Flag, MomentOrNone, Name
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import ADMINISTRATORS
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import View
from scrumrpc.errors import InvalidParameter
from scrumrpc.store.keys import Key
from scrumrpc.store.transaction import Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@method(noun="APIKey", writes=True, answers="key", permission=ADMINISTRATORS, secret_result=True)
async def addAPIKey(
    tx: Transaction, *, name: Name, expirationDate: MomentOrNone = None, isReadOnly: Flag = False
) -> dict[str, Any]:
    """Adds an API key, which works at once, for every person of the account.

    With an expirationDate no call is made with it from then on, and what still waits or listens with it ends. With
    isReadOnly it is for calls that only read. Neither can be changed later: add another key, and delete this one.

    The answer is the only place where the key itself is ever shown: the server keeps no more of it than it takes to
    recognize it. Keys are no data of the account, so the data version stays.
    """
    if expirationDate is not None and expirationDate <= time.time() * 1000:
        raise InvalidParameter(f"The parameter expirationDate is {expirationDate}; it must be a time that is to come.")
    secret = new_key(tx.account)
    expires_at = None if expirationDate is None else _moment(expirationDate)
    kept = await tx.add_api_key(name, prefix_of(secret), hash_of(secret), expires_at, is_read_only=isReadOnly)
    return _shown(tx.account, kept, secret)


@method(noun="APIKey", writes=True, permission=ADMINISTRATORS)
async def deleteAPIKey(tx: Transaction, *, apiKeyID: APIKeyID) -> None:
    """Deletes an API key, with which no call is made from then on. It may be the one that this call is made with.

    The data version stays.
    """
    match = re.fullmatch(rf"{tx.account}-0-([1-9][0-9]{{0,14}})", apiKeyID)
    if match is None or not await tx.revoke_api_key(int(match[1])):
        raise not_found("APIKey", apiKeyID)


@method(noun="APIKey", writes=False, answers="keys", permission=ADMINISTRATORS)
async def getAPIKeys(view: View) -> list[dict[str, Any]]:
    """Answers the API keys of the account, also those that have expired, without the keys themselves."""
    return [_shown(view.standing.account, key) for key in await view.api_keys()]


def _shown(account: int, key: Key, secret: str | None = None) -> dict[str, Any]:
    """An APIKey object."""
    return {
        "objectType": "APIKey",
        "id": f"{account}-0-{key.key_id}",
        "name": key.name,
        "prefix": key.prefix,
        "creationDate": _milliseconds(key.created_at),
        "expirationDate": _milliseconds(key.expires_at) if key.expires_at else None,
        "isReadOnly": key.is_read_only,
        "lastUsedDate": _milliseconds(key.last_used_at) if key.last_used_at else None,
        "key": secret,
    }


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
