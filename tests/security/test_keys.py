"""API keys that expire, that only read, and that were deleted: which calls they still open, in the pipeline."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import pytest

from scrumrpc.calls.authentication import credentials_of, new_key
from scrumrpc.calls.registry import METHODS
from scrumrpc.docs.examples import EXAMPLES
from scrumrpc.errors import ApiError, InvalidAPIKey, InvalidParameter, UserHasInsufficientPermissions
from tests.wire.surroundings import held_up
from tests.world import World

DAY = 86_400_000
WRITING = [method.name for method in METHODS.values() if method.public and method.writes]
READING = [method.name for method in METHODS.values() if method.public and not method.writes]


def milliseconds() -> int:
    return int(time.time() * 1000)


def expire(world: World, key_id: str) -> None:
    """Lets the time come at which a key expires."""
    with psycopg.connect(world.database.url) as conn:
        done = conn.execute(
            "UPDATE api_keys SET expires_at = clock_timestamp() WHERE account_id = %s AND key_id = %s",
            (world.account, int(key_id.rpartition("-")[2])),
        )
        assert done.rowcount == 1


def refusal(world: World, method: str, key: str, /, **given: str) -> ApiError:
    """How a call with a key fails."""
    credentials = credentials_of(world.admin, key)
    with pytest.raises(ApiError) as refused:
        world.run(asyncio.wait_for(world.calls.call(method, given, credentials, "test"), 30))
    return refused.value


def told(error: ApiError) -> tuple[Any, ...]:
    """All that a client and the log learn from an error."""
    return type(error), error.message, error.retry_after, error.data_version, error.account, error.key_name


# Expiring -------------------------------------------------------------------------------------------------------------


def test_an_expired_key_is_answered_like_one_that_never_was(world: World) -> None:
    until = milliseconds() + DAY
    expired = world.call("addAPIKey", name="Expired", expirationDate=str(until))
    deleted = world.call("addAPIKey", name="Deleted", expirationDate=str(until))
    first = world.key
    for key in (expired, deleted):
        world.key = key["key"]
        world.call("getData")
        world.call("addProject", name=key["name"])
    world.key = first
    assert [key["expirationDate"] for key in world.call("getAPIKeys")] == [None, until, until]
    expire(world, expired["id"])
    world.call("deleteAPIKey", apiKeyID=deleted["id"])
    for method, given in (("getDataVersion", {}), ("getData", {}), ("addProject", {"name": "x"}), ("addProject", {})):
        never, *others = (
            told(refusal(world, method, key, **given))
            for key in (new_key(world.account), expired["key"], deleted["key"])
        )
        assert never == (InvalidAPIKey, InvalidAPIKey().message, None, None, None, None)
        assert others == [never, never]
    assert [key["name"] for key in world.call("getAPIKeys")] == ["test key", "Expired"]
    world.call("deleteAPIKey", apiKeyID=expired["id"])
    assert [key["name"] for key in world.call("getAPIKeys")] == ["test key"]


@pytest.mark.parametrize("wrong", [0, 1, 253_402_300_800_000])
def test_a_key_must_expire_in_the_time_to_come(world: World, wrong: int) -> None:
    with pytest.raises(InvalidParameter, match=f"expirationDate is {wrong}; it must be"):
        world.call("addAPIKey", name="K", expirationDate=str(wrong))
    with pytest.raises(InvalidParameter, match="expirationDate"):
        world.call("addAPIKey", name="K", expirationDate=str(milliseconds() - 1000))
    assert len(world.call("getAPIKeys")) == 1


def test_a_key_that_expires_while_its_call_waits_for_the_account_does_nothing(world: World) -> None:
    added = world.call("addAPIKey", name="K", expirationDate=str(milliseconds() + DAY))
    before = world.version

    async def work() -> None:
        credentials = credentials_of(world.admin, added["key"])
        with held_up(world.database.url, world.account) as wait_for:
            call = asyncio.create_task(world.calls.call("addProject", {"name": "late"}, credentials, "test"))
            await asyncio.to_thread(wait_for, 1)
            expire(world, added["id"])
        with pytest.raises(InvalidAPIKey):
            await call

    world.run(work())
    assert world.version == before


# Only reading ---------------------------------------------------------------------------------------------------------


def test_a_key_that_only_reads_is_refused_by_every_method_that_changes_data(world: World) -> None:
    """Whatever their parameters name: it is the key that is looked at, and nothing else."""
    reader = world.call("addAPIKey", name="Reader", isReadOnly="true")
    assert [key["isReadOnly"] for key in world.call("getAPIKeys")] == [False, True]
    before = world.data(), world.call("getAPIKeys"), world.call("getWebhooks"), world.version
    refused = []
    for method in WRITING:
        error = refusal(world, method, reader["key"], **EXAMPLES[method], requestID="r")
        assert (type(error), "isReadOnly" in error.message) == (UserHasInsufficientPermissions, True), (method, error)
        refused.append(method)
    assert refused == WRITING
    assert before == (world.data(), world.call("getAPIKeys"), world.call("getWebhooks"), world.version)


def test_a_key_that_only_reads_reads_what_others_read(world: World) -> None:
    project, version = world.call("addProject", name="A"), world.version
    world.call("addProject", name="B")
    reader = world.call("addAPIKey", name="Reader", isReadOnly="true")["key"]

    def outcome(key: str, method: str) -> Any:
        here = {"projectIDs": project, "projectID": project}
        given = {
            name: str(version) if name.endswith("DataVersion") else here.get(name, value)
            for name, value in EXAMPLES[method].items()
        }
        credentials = credentials_of(world.admin, key)
        try:
            return world.read(world.run(world.calls.call(method, given, credentials, "test")))
        except ApiError as error:
            return told(error)

    by_reader, by_other = ({method: outcome(key, method) for method in READING} for key in (reader, world.key))
    for keys in by_reader["getAPIKeys"], by_other["getAPIKeys"]:
        for each in keys:
            del each["lastUsedDate"]  # which differs: they use them
    by_reader = {method: _without_key_name(found) for method, found in by_reader.items()}
    assert by_reader == {method: _without_key_name(found) for method, found in by_other.items()}
    answered = {method for method, found in by_reader.items() if not isinstance(found, tuple)}
    assert answered >= {"getData", "getDataVersion", "getAPIKeys", "getChanges", "getVersions", "waitForDataVersion"}


def _without_key_name(found: Any) -> Any:
    """An outcome without the key's name, which errors have for the log."""
    return found[:-1] if isinstance(found, tuple) else found


def test_what_is_wrong_with_parameters_is_told_before_what_is_wrong_with_the_key(world: World) -> None:
    reader = world.call("addAPIKey", name="Reader", isReadOnly="true")["key"]
    assert "name" in refusal(world, "addProject", reader).message
    assert "isReadOnly" in refusal(world, "addProject", reader, name="A", requiredDataVersion="999").message


# Beside others --------------------------------------------------------------------------------------------------------


def test_keys_that_may_not_write_neither_take_nor_wait_for_the_lock_of_the_account(world: World) -> None:
    reader = world.call("addAPIKey", name="Reader", isReadOnly="true")
    expired = world.call("addAPIKey", name="Expired", expirationDate=str(milliseconds() + DAY))
    deleted = world.call("addAPIKey", name="Deleted")
    expire(world, expired["id"])
    world.call("deleteAPIKey", apiKeyID=deleted["id"])
    with held_up(world.database.url, world.account):
        for key in (reader, expired, deleted):
            refusal(world, "addProject", key["key"], name="A")


def test_a_key_that_may_write_is_not_held_up_by_one_that_may_not(world: World) -> None:
    """In the same group they are told apart, each by its own key."""
    reader = world.call("addAPIKey", name="Reader", isReadOnly="true")["key"]

    async def work() -> None:
        with held_up(world.database.url, world.account) as wait_for:
            first = asyncio.create_task(world.send("addProject", name="first"))
            await asyncio.to_thread(wait_for, 1)
            others = [
                asyncio.create_task(
                    world.calls.call("addProject", {"name": f"P{n}"}, credentials_of(world.admin, key), f"test{n}")
                )
                for n, key in enumerate([reader, world.key] * 4)
            ]
        await first
        ended = await asyncio.gather(*others, return_exceptions=True)
        assert [type(each) for each in ended[::2]] == [UserHasInsufficientPermissions] * 4
        assert not any(isinstance(each, BaseException) for each in ended[1::2])

    world.run(work())
    assert [project["name"] for project in world.data()["projects"]] == ["first", "P1", "P3", "P5", "P7"]
