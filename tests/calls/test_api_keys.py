"""API key methods: what they show, who may call them, and that a key is told once and kept nowhere."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest

from scrumrpc.calls.authentication import hash_of, prefix_of
from scrumrpc.errors import (
    InvalidAPIKey,
    MissingParameter,
    ObjectNotFound,
    RequestAlreadyExecuted,
    UserHasInsufficientPermissions,
)
from tests.world import World


def rows(world: World, query: str) -> list[Any]:
    async def read(conn: Any) -> list[Any]:
        return list(await (await conn.execute(query, (world.account,))).fetchall())

    found: list[Any] = world.store(read)
    return found


def test_a_new_key_works_at_once_and_is_shown_once(world: World) -> None:
    earliest, before = int(time.time() * 1000) - 1, world.version
    added = world.call("addAPIKey", name="For the build")
    assert list(added) == [
        "objectType", "id", "name", "prefix", "creationDate", "expirationDate", "isReadOnly", "lastUsedDate", "key",
    ]  # fmt: skip
    assert added == {
        "objectType": "APIKey", "id": f"{world.account}-0-2", "name": "For the build",
        "prefix": prefix_of(added["key"]), "creationDate": added["creationDate"], "expirationDate": None,
        "isReadOnly": False, "lastUsedDate": None, "key": added["key"],
    }  # fmt: skip
    assert earliest <= added["creationDate"] <= int(time.time() * 1000) + 1
    assert added["key"].startswith(f"{world.account}-")
    first, second = world.call("getAPIKeys")
    assert second == added | {"key": None}
    assert (first["id"], first["name"], first["key"]) == (f"{world.account}-0-1", "test key", None)
    world.key = added["key"]
    assert world.version == before


def test_a_key_tells_when_it_was_used(world: World) -> None:
    world.key = world.call("addAPIKey", name="Used")["key"]
    earliest = int(time.time() * 1000) - 1
    world.call("getDataVersion")
    world.run(world.calls.close())  # which waits until the use is written down
    used = world.call("getAPIKeys")[1]["lastUsedDate"]
    assert earliest <= used <= int(time.time() * 1000) + 1


def test_the_key_itself_is_kept_nowhere(world: World) -> None:
    secret = world.call("addAPIKey", name="K", requestID="r1")["key"]
    [(name, prefix, key_hash)] = rows(
        world, "SELECT name, prefix, key_hash FROM api_keys WHERE account_id = %s AND key_id = 2"
    )
    assert (name, prefix, bytes(key_hash)) == ("K", prefix_of(secret), hash_of(secret))
    assert rows(world, "SELECT result FROM requests WHERE account_id = %s") == [(None,)]
    bits = secret.partition("-")[2]
    for table in ("accounts", "api_keys", "requests", "versions", "changes", "objects"):
        assert bits not in str(rows(world, f"SELECT to_jsonb(t) FROM {table} t WHERE account_id = %s"))
    with pytest.raises(RequestAlreadyExecuted) as refused:
        world.call("addAPIKey", name="K", requestID="r1")
    assert bits not in refused.value.message
    assert len(world.call("getAPIKeys")) == 2


def test_a_key_needs_a_name(world: World) -> None:
    with pytest.raises(MissingParameter, match="name"):
        world.call("addAPIKey", name="")


def test_a_deleted_key_stops_at_once(world: World) -> None:
    added = world.call("addAPIKey", name="K")
    before = world.version
    assert world.call("deleteAPIKey", apiKeyID=added["id"]) is None
    assert world.version == before
    assert [key["name"] for key in world.call("getAPIKeys")] == ["test key"]
    remaining, world.key = world.key, added["key"]
    for method in ("getDataVersion", "addProject"):
        with pytest.raises(InvalidAPIKey):
            world.call(method, name="A")
    world.key = remaining
    with pytest.raises(ObjectNotFound, match=added["id"]):
        world.call("deleteAPIKey", apiKeyID=added["id"])
    assert world.call("addAPIKey", name="K")["id"] == f"{world.account}-0-3"


def test_a_key_may_delete_itself(world: World) -> None:
    added = world.call("addAPIKey", name="K")
    first, world.key = world.key, added["key"]
    world.call("deleteAPIKey", apiKeyID=added["id"], requestID="r1")
    with pytest.raises(InvalidAPIKey):
        world.call("getDataVersion")
    world.key = first


@pytest.mark.parametrize(
    "wrong",
    ["1", "0", "-1-0-1", "{a}-1-1", "{a}-0-0", "{a}-0-99", "{a}-0-01", "{a}-0-", "{a}-0-1 x", "9{a}-0-1", "x" * 5000]
    + [f"{{a}}-0-{'9' * n}" for n in (15, 16, 19, 30)],
)  # fmt: skip
def test_an_unknown_id_is_not_found(world: World, wrong: str) -> None:
    with pytest.raises(ObjectNotFound, match="api key"):
        world.call("deleteAPIKey", apiKeyID=wrong.replace("{a}", str(world.account)))
    assert len(world.call("getAPIKeys")) == 1


def test_the_keys_of_another_account_are_its_own(world: World) -> None:
    first_key, first = world.key, world.account
    world.call("addAPIKey", name="K")
    world.new_account()
    assert [key["name"] for key in world.call("getAPIKeys")] == ["test key"]
    with pytest.raises(ObjectNotFound):
        world.call("deleteAPIKey", apiKeyID=f"{first}-0-2")
    world.check_log_gives_tables()
    world.key, world.account = first_key, first
    assert len(world.call("getAPIKeys")) == 2


@pytest.mark.parametrize(("method", "given"), [
    ("addAPIKey", {"name": "K"}), ("getAPIKeys", {}), ("deleteAPIKey", {"apiKeyID": "1-0-1"}),
])  # fmt: skip
def test_keys_are_for_administrators(world: World, method: str, given: dict[str, str]) -> None:
    world.person("ben@example.com")
    with pytest.raises(UserHasInsufficientPermissions, match="administrator"):
        world.call(method, "ben@example.com", **given)


def test_the_answer_is_json_that_says_no_more(world: World) -> None:
    answer = world.answer("getAPIKeys")
    assert world.key.partition("-")[2] not in orjson.dumps(answer.result).decode()
