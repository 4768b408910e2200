"""What a browser may do from a page of another site: read nothing it can see, and change nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2
import pytest

from scrumrpc.calls.registry import METHODS
from scrumrpc.errors import InvalidRequest
from tests.serving import Server
from tests.wire.expecting import message_of, result_of
from tests.world import World

FOREIGN = [
    {"Origin": "https://evil.example.com"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_changes_from_a_foreign_page_are_refused(client: httpx2.Client, world: World, headers: dict[str, str]) -> None:
    before = world.version
    for response in (
        client.post("addProject", data={"name": "A"}, headers=headers),
        client.get("addProject", params={"name": "A"}, headers=headers),
    ):
        message = message_of(response, InvalidRequest)
        assert "another site" in message
    assert world.version == before


@pytest.mark.parametrize("headers", FOREIGN)
def test_reads_are_not_refused_but_no_page_may_see_them(client: httpx2.Client, headers: dict[str, str]) -> None:
    for method in ("getData", "getDataVersion"):
        for ask in (client.get, client.post):
            response = ask(method, headers=headers)
            result_of(response)
            assert not [name for name in response.headers if name.startswith("access-control-")]
    preflight = client.options("getData", headers={**headers, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 400
    assert not [name for name in preflight.headers if name.startswith("access-control-")]


def test_another_port_of_the_same_machine_is_another_site(client: httpx2.Client, server: Server) -> None:
    where = urlsplit(server.address)
    for origin in (f"http://{where.hostname}", f"http://{where.hostname}:1", f"http://{where.netloc}.example.com"):
        message_of(client.post("addProject", data={"name": "A"}, headers={"Origin": origin}), InvalidRequest)


def test_changes_from_our_own_pages_are_made(client: httpx2.Client, server: Server, world: World) -> None:
    for n, headers in enumerate(
        (
            {"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
            {"Origin": server.address},
            {"Sec-Fetch-Site": "none"},  # typed into the address bar
            # Behind a proxy that speaks https.
            {"Origin": "https://scrum.example.com", "Host": "scrum.example.com", "Sec-Fetch-Site": "same-origin"},
        )
    ):
        result_of(client.post("addProject", data={"name": f"P{n}"}, headers=headers))
    assert len(world.data()["projects"]) == 4


def test_every_method_that_changes_something_is_guarded(client: httpx2.Client, world: World) -> None:
    before = world.version
    writing = [method.name for method in METHODS.values() if method.public and method.writes]
    assert len(writing) >= 40
    for name in writing:
        assert "another site" in message_of(client.post(name, headers={"Origin": "null"}), InvalidRequest)
    assert world.version == before
