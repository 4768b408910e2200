"""The Authorization header: who is let in, who is not, and what they are told."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx2
import pytest

from scrumrpc.errors import AuthenticationRequired, InvalidAPIKey, InvalidAuthenticationInfo, InvalidUserEmailAddress
from scrumrpc.store import keys
from tests.serving import Server
from tests.wire.expecting import client_of, message_of, result_of
from tests.wire.surroundings import paused, workers
from tests.world import World


@pytest.fixture
def nobody(server: Server) -> Iterator[httpx2.Client]:
    """A client that sends no credentials of its own accord."""
    with client_of(server.api, None) as client:
        yield client


def basic(text: str | bytes) -> str:
    """A header value with these credentials."""
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def ask(client: httpx2.Client, header: str | bytes) -> httpx2.Response:
    """The answer to a call with that header."""
    return client.post("getDataVersion", headers={"Authorization": header})


def test_forms_of_the_header_that_are_understood(nobody: httpx2.Client, world: World) -> None:
    encoded = basic(f"{world.admin}:{world.key}").partition(" ")[2]
    for header in (f"Basic {encoded}", f"basic {encoded}", f"BASIC {encoded}", f"Basic   {encoded}"):
        assert result_of(ask(nobody, header)) == world.version


def test_a_client_may_wait_for_the_challenge(nobody: httpx2.Client, world: World) -> None:
    """As .NET and Java do: the first attempt carries no credentials, the second one answers WWW-Authenticate."""
    refused = nobody.post("addProject", data={"name": "A"})
    message_of(refused, AuthenticationRequired)
    scheme = refused.headers["www-authenticate"].split()[0]
    answer = basic(f"{world.admin}:{world.key}").replace("Basic", scheme)
    result_of(nobody.post("addProject", data={"name": "A"}, headers={"Authorization": answer}))
    assert len(world.data()["projects"]) == 1


def test_an_empty_header_is_like_none(nobody: httpx2.Client) -> None:
    message_of(ask(nobody, ""), AuthenticationRequired)


@pytest.mark.parametrize(
    "header",
    [
        "Basic", "Basic =", "Bearer abc", "Digest username=x", "Basicx", "x", ":",
        "Basic %%%", "Basic YWJj=", "Basic YWJ", "Basic YW Jj", "Basic YWJj\u00e9".encode("latin-1"), "Basic YW-_",
        basic("nocolon"), basic(b"caf\xe9@example.com:1-x"), basic("a\0b@example.com:1-x"),
    ],
)  # fmt: skip
def test_what_is_no_basic_header(nobody: httpx2.Client, header: str | bytes) -> None:
    message_of(ask(nobody, header), InvalidAuthenticationInfo)


def test_what_is_no_key(nobody: httpx2.Client, world: World) -> None:
    account, _, bits = world.key.partition("-")
    for key in (
        "", "x", bits, f"{account}-", f"{account}-{bits[:-1]}", f"{account}-{bits}0", f"{account}-{bits.lower()}",
        f"{account} -{bits}", f"0{account}-{bits}", f"-{account}-{bits}", f"{'9' * 15}-{bits}", f"{'9' * 5000}-{bits}",
        f"{account}-{'0' * 64}", f" {world.key}", f"{world.key} ", f"{world.key}\n", f"{world.key}:", f"a:{world.key}",
        "ключ", "'; DROP TABLE api_keys; --", "\0",
    ):  # fmt: skip
        message = message_of(ask(nobody, basic(f"{world.admin}:{key}")), InvalidAPIKey)
        assert bits not in message


def test_the_password_may_contain_colons_and_the_username_may_not(nobody: httpx2.Client, world: World) -> None:
    message_of(ask(nobody, basic(f"{world.admin}:a:{world.key}")), InvalidAPIKey)


def test_the_e_mail_address_may_be_written_in_other_letters(nobody: httpx2.Client, world: World) -> None:
    world.person("Jürgen.Ölaf@Example.com")
    for email in (world.admin.upper(), "jÜRGEN.öLAF@example.COM"):
        result_of(ask(nobody, basic(f"{email}:{world.key}")))


def test_addresses_of_nobody(nobody: httpx2.Client, world: World) -> None:
    for email in (
        "", "nobody@example.com", f" {world.admin}", f"{world.admin} ", "%", "_" * len(world.admin), "x" * 9000, "null",
        "'; DROP TABLE persons; --",
    ):  # fmt: skip
        message_of(ask(nobody, basic(f"{email}:{world.key}")), InvalidUserEmailAddress)


def test_the_key_of_another_account(nobody: httpx2.Client, world: World) -> None:
    world.person("only@here.example.com")
    here = world.key
    world.new_account()
    message_of(ask(nobody, basic(f"only@here.example.com:{world.key}")), InvalidUserEmailAddress)
    result_of(ask(nobody, basic(f"only@here.example.com:{here}")))
    # The bits of one account's key under the number of the other.
    mixed = world.key.partition("-")[0] + "-" + here.partition("-")[2]
    message_of(ask(nobody, basic(f"{world.admin}:{mixed}")), InvalidAPIKey)


def test_a_revoked_key_is_refused_at_once_by_every_worker(server: Server, world: World) -> None:
    first, second = workers(server.process.pid)
    revoked = world.new_key()
    one, two = (client_of(server.api, (world.admin, revoked)) for _ in range(2))
    with one, two:
        for client, other in ((one, second), (two, first)):
            with paused(other):
                result_of(client.post("getData"))  # over a connection that stays open
        world.store(lambda conn: keys.revoke(conn, world.account, 2))
        for client in (one, two):
            message_of(client.post("getData"), InvalidAPIKey)
            message_of(client.post("addProject", data={"name": "A"}), InvalidAPIKey)
            message_of(client.post("getDataVersion"), InvalidAPIKey)
    with client_of(server.api, (world.admin, world.key)) as client:
        assert result_of(client.post("getData"))["projects"] == []


def test_credentials_in_parameters_do_not_count(nobody: httpx2.Client, world: World) -> None:
    message_of(nobody.post("getData", data={"username": world.admin, "password": world.key}), AuthenticationRequired)


def test_no_error_tells_the_key(nobody: httpx2.Client, world: World) -> None:
    for header in (f"Bearer {world.key}", f"{world.key}", f"Basic {world.key}", basic(f"x@example.com:{world.key}")):
        response = ask(nobody, header)
        assert response.status_code == 401
        assert world.key not in response.text
