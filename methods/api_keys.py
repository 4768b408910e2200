"""API key methods."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from scrumrpc.calls.authentication import hash_of, new_key, prefix_of
from scrumrpc.calls.kinds import APIKeyID, Name
from scrumrpc.calls.parameters import not_found
from scrumrpc.calls.permissions import ADMINISTRATORS
from scrumrpc.calls.registry import method
from scrumrpc.calls.view import View
from scrumrpc.store.keys import Key
from scrumrpc.store.transaction import Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@method(noun="APIKey", writes=True, answers="key", permission=ADMINISTRATORS, secret_result=True)
async def addAPIKey(tx: Transaction, *, name: Name) -> dict[str, Any]:
    """Adds an API key, which works at once, for every person of the account.

    The answer is the only place where the key itself is ever shown: the server keeps no more of it than it takes to
    recognize it. Keys are no data of the account, so the data version stays.
    """
    secret = new_key(tx.account)
    kept = await tx.add_api_key(name, prefix_of(secret), hash_of(secret))
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
    """Answers the API keys of the account, without the keys themselves."""
    return [_shown(view.standing.account, key) for key in await view.api_keys()]


def _shown(account: int, key: Key, secret: str | None = None) -> dict[str, Any]:
    """An APIKey object."""
    return {
        "objectType": "APIKey",
        "id": f"{account}-0-{key.key_id}",
        "name": key.name,
        "prefix": key.prefix,
        "creationDate": _milliseconds(key.created_at),
        "lastUsedDate": _milliseconds(key.last_used_at) if key.last_used_at else None,
        "key": secret,
    }


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
