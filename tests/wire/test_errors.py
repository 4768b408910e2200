"""Every error id over a real socket: its HTTP status, its object and its headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import psycopg
import pytest

from scrumrpc import errors
from scrumrpc.calls.authentication import new_key
from scrumrpc.errors import CATALOGUE, ApiError
from scrumrpc.store import accounts
from tests.conftest import disconnect, name_of_database
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import held_up, operate, until
from tests.world import World

CALLS_PER_MINUTE = 6
REACHED: list[type[ApiError]] = []
Test = Callable[..., None]


def reaches(error: type[ApiError]) -> Callable[[Test], Test]:
    """Notes which error a test reaches, for the test at the end."""
    REACHED.append(error)
    return lambda test: test


@pytest.fixture(scope="module")
def strict(own_database: str) -> Iterator[Server]:
    """A server with narrow limits, on a database that tests may break."""
    server = Server(
        ["--workers", "1"],
        {
            "DATABASE_URL": own_database,
            "SCRUMRPC_DATABASE_WAIT": "0.5",
            "SCRUMRPC_QUEUE": "2",
            "SCRUMRPC_ONGOING_PER_KEY": "1",
            "SCRUMRPC_CALLS_PER_MINUTE_PER_KEY": str(CALLS_PER_MINUTE),
        },
    )
    yield server
    assert server.stop() == 0


@pytest.fixture
def strict_world(strict: Server, own_database: str) -> Iterator[World]:
    """A fresh account on that database."""
    world = World(own_database, size=2)
    world.new_account()
    yield world
    world.check_log_gives_tables()
    world.close()


# The request ----------------------------------------------------------------------------------------------------------


@reaches(errors.InvalidRequest)
def test_invalid_request(client: httpx2.Client) -> None:
    response = client.put("getData")
    assert message_of(response, errors.InvalidRequest) == "The API takes POST and GET requests, not PUT."
    assert "data-version" not in response.headers


@reaches(errors.InvalidURL)
def test_invalid_url(client: httpx2.Client) -> None:
    response = client.post("getData/more")
    assert "/service/api/v1/getData/more" in message_of(response, errors.InvalidURL)


@reaches(errors.InvalidMethodName)
def test_invalid_method_name(client: httpx2.Client) -> None:
    assert "getDates" in message_of(client.post("getDates"), errors.InvalidMethodName)


@reaches(errors.MissingParameter)
def test_missing_parameter(client: httpx2.Client) -> None:
    assert "The parameter name of addProject is missing." in message_of(
        client.post("addProject", data={"link": "x"}), errors.MissingParameter
    )


@reaches(errors.InvalidParameter)
def test_invalid_parameter(client: httpx2.Client) -> None:
    message = message_of(
        client.post("addProject", data={"name": "A", "timeTrackingUnit": "days"}), errors.InvalidParameter
    )
    assert message == (
        'The parameter timeTrackingUnit is "days"; it must be one of: Points, Days, Hours. Did you mean Days?'
    )


# Who calls ------------------------------------------------------------------------------------------------------------


@reaches(errors.AuthenticationRequired)
def test_authentication_required(server: Server, world: World) -> None:
    with client_of(server.api, None) as nobody:
        response = nobody.post("getDataVersion")
    message_of(response, errors.AuthenticationRequired)
    assert "data-version" not in response.headers


@reaches(errors.InvalidAuthenticationInfo)
def test_invalid_authentication_info(server: Server, world: World) -> None:
    with client_of(server.api, None) as nobody:
        response = nobody.post("getDataVersion", headers={"Authorization": f"Bearer {world.key}"})
    message = message_of(response, errors.InvalidAuthenticationInfo)
    assert "Bearer" in message
    assert world.key not in message


@reaches(errors.InvalidUserEmailAddress)
def test_invalid_user_email_address(server: Server, world: World) -> None:
    with client_of(server.api, ("nobody@example.com", world.key)) as nobody:
        response = nobody.post("addProject", data={"name": "A"})
        message_of(response, errors.InvalidUserEmailAddress)
        assert "data-version" not in response.headers
        message_of(nobody.post("getDataVersion"), errors.InvalidUserEmailAddress)


@reaches(errors.InvalidAPIKey)
def test_invalid_api_key(server: Server, world: World) -> None:
    wrong = world.key[:-1] + ("0" if world.key[-1] != "0" else "1")
    with client_of(server.api, (world.admin, wrong)) as nobody:
        response = nobody.post("addProject", data={"name": "A"})
        assert wrong not in message_of(response, errors.InvalidAPIKey)
        assert "data-version" not in response.headers
        message_of(nobody.post("getDataVersion"), errors.InvalidAPIKey)


@reaches(errors.UserCannotAccessProject)
def test_user_cannot_access_project(server: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    world.person("outside@example.com")
    world.store(lambda conn: accounts.switch(conn, "has_access_control", True, world.account))
    with client_of(server.api, ("outside@example.com", world.key)) as outsider:
        for method, given in (
            ("setProjectExternalID", {"projectID": project, "externalID": "x"}),
            ("getData", {"projectIDs": project}),
        ):
            response = outsider.post(method, data=given)
            assert project in message_of(response, errors.UserCannotAccessProject)
            assert response.headers["data-version"] == str(world.version)


@reaches(errors.UserHasInsufficientPermissions)
def test_user_has_insufficient_permissions(server: Server, world: World) -> None:
    project = world.call("addProject", name="A")
    comment = world.call("addComment", ownerObjectType="Project", ownerObjectID=project, text="Mine.")
    world.person("other@example.com")
    with client_of(server.api, ("other@example.com", world.key)) as other:
        response = other.post("deleteComment", data={"commentID": comment})
    message_of(response, errors.UserHasInsufficientPermissions)
    assert response.headers["data-version"] == str(world.version)


# The data -------------------------------------------------------------------------------------------------------------


@reaches(errors.ObjectNotFound)
def test_object_not_found(client: httpx2.Client, world: World) -> None:
    response = client.post("deleteBacklogItem", data={"backlogItemID": f"{world.account}-110-2"})
    assert message_of(response, errors.ObjectNotFound) == (
        f"There is no backlog item with the id {world.account}-110-2."
    )
    assert response.headers["data-version"] == str(world.version)


@reaches(errors.RequirementNotSatisfied)
def test_requirement_not_satisfied(client: httpx2.Client, world: World) -> None:
    world.call("addProject", name="A")
    response = client.post("addProject", data={"name": "A"})
    message_of(response, errors.RequirementNotSatisfied)
    assert response.headers["data-version"] == str(world.version)


@reaches(errors.ObjectWithExternalIDAlreadyExists)
def test_object_with_external_id_already_exists(client: httpx2.Client, world: World) -> None:
    world.call("addProject", name="A", externalID="x1")
    response = client.post("addProject", data={"name": "B", "externalID": "x1"})
    assert "x1" in message_of(response, errors.ObjectWithExternalIDAlreadyExists)
    assert response.headers["data-version"] == str(world.version)


@reaches(errors.RequestAlreadyExecuted)
def test_request_already_executed(client: httpx2.Client, world: World) -> None:
    given = {"name": "A", "requestID": "550e8400-e29b-41d4-a716-446655440000"}
    result_of(client.post("addProject", data=given))
    for _ in range(3):
        response = client.post("addProject", data=given)
        message_of(response, errors.RequestAlreadyExecuted)
        assert response.headers["data-version"] == str(world.version)
    assert len(world.data()["projects"]) == 1


@reaches(errors.RequiredDataVersionNotMatching)
def test_required_data_version_not_matching(client: httpx2.Client, world: World) -> None:
    version = world.version
    for method, given in (("addProject", {"name": "A"}), ("getData", {})):
        response = client.post(method, data={**given, "requiredDataVersion": str(version + 1)})
        message = message_of(response, errors.RequiredDataVersionNotMatching)
        assert str(version) in message
        assert str(version + 1) in message
        assert response.headers["data-version"] == str(version)


@reaches(errors.RequiredEpochNotMatching)
def test_required_epoch_not_matching(client: httpx2.Client, world: World) -> None:
    present = client.post("getDataVersion").headers["account-epoch"]
    world.store(lambda conn: accounts.new_epoch(conn, world.account))
    for _ in range(4):  # by one worker or the other
        for method, given in (("addProject", {"name": "A"}), ("getData", {}), ("getDataVersion", {})):
            response = client.post(method, data={**given, "requiredEpoch": present}, headers={"Connection": "close"})
            message = message_of(response, errors.RequiredEpochNotMatching)
            assert f" {response.headers['account-epoch']}, and the call is from {present}: " in message
            assert response.headers["data-version"] == str(world.version)
            assert present != response.headers["account-epoch"]


@reaches(errors.DataVersionNotReachedYet)
def test_data_version_not_reached_yet(client: httpx2.Client, world: World) -> None:
    version = world.version
    for method in ("getData", "getBacklogItems"):
        response = client.post(method, data={"atDataVersion": str(version + 1)})
        assert message_of(response, errors.DataVersionNotReachedYet) == (
            f"The parameter atDataVersion is {version + 1}, but the account is at data version {version}. "
            f"It can be from 0 to {version}."
        )
        assert response.headers["data-version"] == str(version)


def test_a_past_version(client: httpx2.Client, world: World) -> None:
    project = world.call("addProject", name="A")
    then = world.version
    given = {"includeProperties": "Project.backlogItems"}
    answered = client.post("getData", data=given)
    world.call("addBacklogItem", projectID=project, name="later")
    for _ in range(4):  # by one worker or the other
        response = client.post("getData", data=given | {"atDataVersion": str(then)}, headers={"Connection": "close"})
        result_of(response)
        assert response.content == answered.content
        assert response.headers["data-version"] == str(then)


# What operators turn off ----------------------------------------------------------------------------------------------


def _refused(client: httpx2.Client, error: type[ApiError]) -> None:
    for method, given in (("addProject", {"name": "A"}), ("getData", {}), ("getDataVersion", {})):
        message_of(client.post(method, data=given), error)


@reaches(errors.CompanyAccountClosed)
def test_company_account_closed(client: httpx2.Client, world: World, database_url: str) -> None:
    assert operate(database_url, "account", "close", str(world.account)) == f"Account {world.account} is closed.\n"
    _refused(client, errors.CompanyAccountClosed)
    world.store(lambda conn: accounts.switch(conn, "is_closed", False, world.account))
    result_of(client.post("addProject", data={"name": "A"}))


@reaches(errors.APIAccessNotAllowed)
def test_api_access_not_allowed(client: httpx2.Client, world: World, database_url: str) -> None:
    operate(database_url, "account", "api-access", str(world.account), "off")
    _refused(client, errors.APIAccessNotAllowed)
    world.store(lambda conn: accounts.switch(conn, "has_api_access", True, world.account))
    result_of(client.post("addProject", data={"name": "A"}))


@reaches(errors.DuringMaintenance)
def test_during_maintenance(client: httpx2.Client, world: World, database_url: str) -> None:
    operate(database_url, "maintenance", "on", "--account", str(world.account))
    _refused(client, errors.DuringMaintenance)
    world.store(lambda conn: accounts.switch(conn, "in_maintenance", False, world.account))
    result_of(client.post("addProject", data={"name": "A"}))


# Limits ---------------------------------------------------------------------------------------------------------------


@reaches(errors.TooManyOngoingRequests)
@reaches(errors.APIBusy)
def test_too_many_calls_at_once(strict: Server, strict_world: World, own_database: str) -> None:
    world = strict_world
    account, keys = world.account, [world.key]
    world.new_account()  # because the calls of one account would wait in one place of the database
    keys += [world.key, world.new_key()]
    one, two, three = (client_of(strict.api, (world.admin, key)) for key in keys)
    held, also_held = held_up(own_database, account), held_up(own_database, world.account)
    with one, two, three, ThreadPoolExecutor(2) as threads, held, also_held as wait_for:
        first = threads.submit(one.post, "addProject", data={"name": "A"})
        wait_for(1)
        message_of(one.post("getDataVersion"), errors.TooManyOngoingRequests)
        second = threads.submit(two.post, "addProject", data={"name": "B"})
        wait_for(2)
        response = three.post("getDataVersion")
        message_of(response, errors.APIBusy)
        assert "data-version" not in response.headers
        message_of(one.post("getDataVersion"), errors.APIBusy)
    for call in (first, second):
        result_of(call.result())
    with client_of(strict.api, (world.admin, keys[2])) as three:
        assert result_of(three.post("getDataVersion")) == world.version


@reaches(errors.APILimitReached)
def test_too_many_calls_in_a_minute(strict: Server, strict_world: World) -> None:
    world = strict_world
    with client_of(strict.api, (world.admin, world.key)) as client:
        for _ in range(CALLS_PER_MINUTE):
            result_of(client.post("getDataVersion"))
        for _ in range(2):
            response = client.post("getDataVersion")
            assert str(CALLS_PER_MINUTE) in message_of(response, errors.APILimitReached)
            assert 1 <= int(response.headers["retry-after"]) <= 61
    with client_of(strict.api, (world.admin, world.new_key())) as another_key:
        result_of(another_key.post("getDataVersion"))


# What breaks ----------------------------------------------------------------------------------------------------------


@reaches(errors.InternalServerError)
def test_internal_server_error(strict: Server, strict_world: World, own_database: str) -> None:
    world = strict_world
    project = world.call("addProject", name="A")
    client = client_of(strict.api, (world.admin, world.key))
    with client, psycopg.connect(own_database, autocommit=True) as conn:
        conn.execute("ALTER TABLE projects RENAME COLUMN link TO lost")
        try:
            responses = [
                client.post("getData"),
                client.post("setProjectExternalID", data={"projectID": project, "externalID": "secret"}),
                client.post("addProject?pretty=true", data={"name": "B"}),
            ]
        finally:
            conn.execute("ALTER TABLE projects RENAME COLUMN lost TO link")
        for response in responses:
            call_id = response.headers["call-id"]
            assert message_of(response, errors.InternalServerError) == (
                f"An error inside the server. The operator finds it in the log under the call id {call_id}."
            )
            assert "data-version" not in response.headers
            told = [
                line for line in strict.log.read_text().splitlines() if call_id in line and "UndefinedColumn" in line
            ]
            assert len(told) == 1
        assert [p["name"] for p in result_of(client.post("getData"))["projects"]] == ["A"]
        result_of(client.post("addProject", data={"name": "B"}))


@reaches(errors.APINotAvailable)
def test_api_not_available(strict: Server, own_database: str, maintenance_url: str) -> None:
    world = World(own_database, size=1)
    world.new_account()
    keys = [world.key, world.new_key(), world.new_key()]
    world.close()
    name = name_of_database(own_database)
    one, two, three = (client_of(strict.api, (world.admin, key)) for key in keys)
    with one, two, three, psycopg.connect(maintenance_url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            disconnect(maintenance_url, name)
            message_of(one.post("getDataVersion"), errors.APINotAvailable)
            response = two.post("addProject", data={"name": "A"})
            message_of(response, errors.APINotAvailable)
            assert "data-version" not in response.headers
            ready = one.get(f"{strict.address}/readyz")
            assert (ready.status_code, ready.text) == (503, "the database does not answer\n")
            assert one.get(f"{strict.address}/livez").text == "ok\n"
        finally:
            conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert one.get(f"{strict.address}/readyz").text == "ok\n"
        # With a new key each time, because a key may not call often on this server.
        until(lambda: _calls_with(strict, world.admin, new_key(world.account)) == errors.InvalidAPIKey.status)
        assert result_of(three.post("getDataVersion")) == 1


def _calls_with(server: Server, email: str, key: str) -> int:
    with client_of(server.api, (email, key)) as client:
        return client.post("getDataVersion").status_code


def test_every_error_id_is_reached() -> None:
    not_yet = [errors.DataVersionNoLongerKept]  # as all history is kept
    assert sorted(error.__name__ for error in [*REACHED, *not_yet]) == sorted(error.__name__ for error in CATALOGUE)
    assert len(CATALOGUE) == 27
