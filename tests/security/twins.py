"""Twins: two accounts that hold the sample, with the same ids and numbers everywhere or not; texts tell them apart."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import orjson

from scrumrpc.calls.authentication import hash_of, new_key, prefix_of
from scrumrpc.calls.pipeline import Answer
from scrumrpc.cli import sample
from scrumrpc.docs.examples import EXAMPLES
from scrumrpc.store import accounts, keys
from scrumrpc.wire.endpoint import result_of
from tests.world import World

BOB = sample.ADMINISTRATOR
_MARKED = (
    "name", "title", "text", "message", "description", "firstName", "lastName", "nickname", "externalID",
    "repositoryName", "phone", "im", "fileName",
)  # fmt: skip
"""The properties whose texts are marked."""
WEBHOOK_URL = "https://9.9.9.9/"
"""An address in place of the examples' name, which would have to be looked up."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the two; `mark` stands in all of its texts, `area` in front of the ids of the sample."""

    world: World
    account: int
    key: str
    mark: str
    area: int

    def answer(self, method: str, given: dict[str, str], email: str = BOB) -> Answer:
        """The answer to a call."""
        self.world.account, self.world.key = self.account, self.key
        return self.world.answer(method, email, **given)

    def told(self, method: str, given: dict[str, str]) -> str:
        """What a client reads of the answer to a call."""
        return b"".join(result_of(self.answer(method, given))).decode()

    def call(self, method: str, /, **given: str) -> Any:
        """The result of a call."""
        return orjson.loads(self.told(method, given))["result"]

    def example(self, name: str) -> dict[str, str]:
        """Parameters with which a method succeeds: those of its documented example."""
        given = {p: value.replace(f"{sample.ACCOUNT}-", f"{self.area}-") for p, value in EXAMPLES[name].items()}
        for parameter in ("apiKeyID", "webhookID"):
            if parameter in given:  # these begin with the number of the account
                given[parameter] = given[parameter].replace(f"{self.area}-", f"{self.account}-")
        return given | ({"url": WEBHOOK_URL} if "url" in given else {})

    def rows(self) -> dict[str, str]:
        """A digest of all rows that each table has of the account."""
        found: dict[str, str] = self.world.store(lambda conn: _digests(conn, self.account))
        return found


def twins(world: World, first: int, second: int, *, same_ids: bool) -> tuple[Twin, Twin]:
    """Two accounts of these numbers, where as much has happened in one as in the other."""
    one, other = (_twin(world, each, sample.ACCOUNT if same_ids else each) for each in (first, second))
    return one, other


def _twin(world: World, account: int, area: int) -> Twin:
    mark = f"<{account}>"
    world.store(lambda conn: accounts.add(conn, f"Twin {mark}", account))
    secret = new_key(account)
    world.store(lambda conn: keys.add(conn, account, "key", prefix_of(secret), hash_of(secret)))
    another = new_key(account)  # which the example of deleteAPIKey takes away
    world.store(lambda conn: keys.add(conn, account, "another", prefix_of(another), hash_of(another)))
    world.account = account
    objects = orjson.dumps([_marked(each, mark) for each in sample.objects()]).decode()
    world.operator("importObjects", objects=objects.replace(f'"{sample.ACCOUNT}-', f'"{area}-'))
    twin = Twin(world, account, secret, mark, area)
    for name in ("Example backlog item 1", "Example backlog item 2"):  # with which the documentation begins
        twin.call("addBacklogItem", projectID=f"{area}-11230-1", name=name)
    return twin


def _marked(each: dict[str, Any], mark: str) -> dict[str, Any]:
    marked = each | {name: f"{each[name]} {mark}" for name in _MARKED if each.get(name)}
    return marked | ({"fileContents": b64encode(mark.encode()).decode()} if "fileContents" in each else {})


async def _digests(conn: Any, account: int) -> dict[str, str]:
    tables = await conn.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'account_id' ORDER BY table_name"
    )
    each = " UNION ALL ".join(
        f"SELECT '{table}', count(*) || ' ' || coalesce(md5(string_agg(r::text, '' ORDER BY r::text)), '')"
        f" FROM {table} r WHERE account_id = {account}"
        for (table,) in await tables.fetchall()
    )
    return dict(await (await conn.execute(each)).fetchall())
