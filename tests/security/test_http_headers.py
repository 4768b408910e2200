"""Every kind of answer tells browsers to keep it to itself; the kinds are found by the routes that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from scrumrpc.app import make_app
from scrumrpc.settings import Settings
from tests.serving import Server
from tests.wire.raw import Reply, send
from tests.world import World

JSON = "default-src 'none'; frame-ancestors 'none'"
FILE = "default-src 'none'; sandbox"
PAGE = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FORBIDDEN = re.compile(r"<(script|iframe|object|embed|form|style)|\son[a-z]+=|\sstyle=|javascript:")

ANSWERS: dict[str, list[tuple[str, str, int, str]]] = {
    "/service/api/v1/{method}": [
        ("GET", "/service/api/v1/getData", 200, JSON),
        ("GET", "/service/api/v1/getData?projectIDs=1-2-3", 404, JSON),
        ("GET", "/service/api/v1/nonsense", 404, JSON),
        ("POST", "/service/api/v1/addProject?name=A", 200, JSON),
        ("POST", "/service/api/v1/addProject", 400, JSON),
        ("PUT", "/service/api/v1/getData", 400, JSON),
        ("HEAD", "/service/api/v1/getDataVersion", 200, JSON),
        ("GET", "/service/api/v1/getData?pretty=true", 200, JSON),
    ],
    "/service/events": [("HEAD", "/service/events", 200, JSON), ("GET", "/service/events?x=y", 400, JSON)],
    "/service/hooks/{service}/{account}": [
        ("POST", "/service/hooks/github/1", 401, JSON),
        ("GET", "/service/hooks/nobody/1", 404, JSON),
    ],
    "/service/files/{place}/{id}/{name}": [
        ("GET", "FILE", 200, FILE),
        ("HEAD", "FILE", 200, FILE),
        ("GET", "/service/files/attachments/1-2-3/x", 404, JSON),
        ("GET", "/service/files/nowhere/1-2-3/x", 404, JSON),
    ],
    "/": [("GET", "/", 307, JSON)],
    "/docs": [("GET", "/docs", 200, PAGE)],
    "/docs/style.css": [("GET", "/docs/style.css", 200, PAGE)],
    "/docs/{path:path}": [
        ("GET", "/docs/methods/Tag", 200, PAGE),
        ("GET", "/docs/nonsense", 404, PAGE),
        ("GET", "/docs/methods/addTag", 307, PAGE),
        ("GET", "/docs/methods/", 307, PAGE),
    ],
    "/openapi.json": [("GET", "/openapi.json", 200, PAGE)],
    "/livez": [("GET", "/livez", 200, JSON)],
    "/readyz": [("GET", "/readyz", 200, JSON)],
    "/metrics": [("GET", "/metrics", 200, JSON)],
    "no route": [
        ("GET", "/nonsense", 404, JSON),
        ("POST", "/docs", 404, JSON),
        ("OPTIONS", "/service/api/v1/getData", 400, JSON),
        ("TRACE", "/", 404, JSON),
    ],
}
"""Requests by the route that answers them: verb, path, status, and what the answer may do in a browser."""


@pytest.fixture
def client(server: Server, world: World) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.address, auth=(world.admin, world.key), trust_env=False, timeout=60) as client:
        yield client


def test_every_route_is_tried() -> None:
    routes = {str(getattr(route, "path", "")) for route in make_app(Settings.from_environment(), "").routes}
    assert routes == ANSWERS.keys() - {"no route"}


def check(headers: dict[str, str], content_policy: str) -> None:
    """What each answer has, once."""
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == content_policy
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in headers
    assert "server" not in headers
    assert "set-cookie" not in headers
    assert not [name for name in headers if name.startswith("access-control-")]


def test_every_kind_of_answer(client: httpx2.Client, world: World) -> None:
    project = world.call("addProject", name="A project")
    given = {"fileName": "page.html", "contentType": "text/html", "fileContents": "PGI+"}
    file = world.call("addFile", projectID=project, **given)
    for verb, path, status, content_policy in [each for answers in ANSWERS.values() for each in answers]:
        where = path.replace("FILE", f"/service/files/files/{file}/page.html")
        answer = client.request(verb, where)
        assert answer.status_code == status, (verb, path, answer.text)
        check(dict(answer.headers), content_policy)
        if content_policy == PAGE:
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    tag = client.get("/service/api/v1/getData").headers["etag"]
    unchanged = client.get("/service/api/v1/getData", headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    check(dict(unchanged.headers), JSON)


def test_what_the_protocol_itself_refuses(server: Server) -> None:
    for garbage in (
        b"GARBAGE\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 999,
    ):
        reply: Reply = send(server, garbage + b"\r\n")
        assert reply.status == 400
        check(reply.headers, JSON)


def test_pages_hold_nothing_that_their_policy_forbids(client: httpx2.Client) -> None:
    """No script, no style in the page, nothing from elsewhere; so the policy can stay as strict as it is."""
    for path in ("/docs", "/docs/calls", "/docs/methods/Tag", "/docs/objects/BacklogItem", "/docs/nonsense"):
        text = client.get(path).text
        assert not FORBIDDEN.search(text), path
        for link in re.findall(r'<link[^>]*href="([^"]*)"', text):
            assert link == "/docs/style.css" or link.startswith("data:")
