"""Which error comes first, and what errors tell besides."""

from __future__ import annotations

import pytest

from scrumrpc.calls.authentication import credentials_of, new_key
from scrumrpc.errors import (
    ApiError,
    CompanyAccountClosed,
    InvalidAPIKey,
    InvalidUserEmailAddress,
    MissingParameter,
    ObjectNotFound,
    RequiredDataVersionNotMatching,
)
from scrumrpc.store import accounts
from tests.world import World


def failure(world: World, key: str, email: str, method: str, **given: str) -> ApiError:
    with pytest.raises(ApiError) as failed:
        world.run(world.calls.call(method, given, credentials_of(email, key), "test"))
    return failed.value


@pytest.mark.parametrize("method", ["addProject", "getData"])
def test_a_stranger_is_told_that_first(world: World, method: str) -> None:
    given = {"index": "x", "includeProperties": "x"}
    assert type(failure(world, new_key(world.account), world.admin, method, **given)) is InvalidAPIKey
    assert type(failure(world, world.key, "nobody@example.com", method, **given)) is InvalidUserEmailAddress
    world.store(lambda conn: accounts.switch(conn, "is_closed", True, world.account))
    closed = failure(world, world.key, world.admin, method, **given)
    assert type(closed) is CompanyAccountClosed
    assert (closed.account, closed.key_name) == (world.account, "test key")
    stranger = failure(world, new_key(world.account), world.admin, method)
    assert (stranger.account, stranger.data_version) == (None, None)


def test_the_required_version_comes_before_the_objects(world: World) -> None:
    error = failure(
        world, world.key, world.admin, "deleteTag", tagID="1-1-1", requiredDataVersion=str(world.version + 1)
    )
    assert type(error) is RequiredDataVersionNotMatching
    assert error.data_version == world.version
    assert type(failure(world, world.key, world.admin, "deleteTag", tagID="1-1-1")) is ObjectNotFound


def test_errors_name_ignored_parameters(world: World) -> None:
    error = failure(world, world.key, world.admin, "addProject", Name="A", requestID="r")
    assert type(error) is MissingParameter
    assert error.ignored == ("Name",)
    assert failure(world, world.key, world.admin, "deleteTag", tagID="1-1-1", tagid="2").ignored == ("tagid",)
