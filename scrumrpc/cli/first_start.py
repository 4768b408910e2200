"""The first start: makes an account with an administrator and an API key, and the sample account when asked to."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from scrumrpc.cli import sample
from scrumrpc.cli.opening import Store, open_store
from scrumrpc.cli.operate import make_key
from scrumrpc.settings import Settings
from scrumrpc.store import accounts, keys


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to show, now and never again."""

    account: int
    about: str
    email: str
    key: str


async def make(url: str, settings: Settings, *, with_sample: bool) -> list[NewKey]:
    """Makes all of it in a database, as far as it is missing; answers the keys that this made."""
    async with open_store(url, settings) as store:
        made = await prepare(store, settings)
        return made + await prepare_sample(store) if with_sample else made


async def prepare(store: Store, settings: Settings) -> list[NewKey]:
    """Makes the first account where no API key was ever made; otherwise nothing.

    The key comes last, so that a start that broke off is taken up by the next one.
    """
    if await keys.were_made(store.database.url):
        return []
    account = 1
    await store.run(lambda conn: accounts.add(conn, "My company", account))
    people = await store.run(lambda conn: accounts.people(conn, account))
    if not people:
        await store.call(
            account,
            "addPersonByOperator",
            {"emailAddress": settings.admin_email, "firstName": "Administrator", "isAdministrator": "true"},
        )
    email = people[0] if people else settings.admin_email
    return [NewKey(account, "your account", email, await make_key(store, account, "first key"))]


async def prepare_sample(store: Store) -> list[NewKey]:
    """Loads the sample account where it is missing."""
    account = sample.ACCOUNT
    await store.run(lambda conn: accounts.add(conn, "Sample", account))
    people = await store.run(lambda conn: accounts.people(conn, account))
    if not people:
        await store.call(account, "importObjects", {"objects": orjson.dumps(sample.objects()).decode()})
    elif sample.ADMINISTRATOR not in people:
        return []
    if await store.run(lambda conn: keys.keys_of(conn, account)):
        return []
    return [NewKey(account, "the sample", sample.ADMINISTRATOR, await make_key(store, account, "sample key"))]
