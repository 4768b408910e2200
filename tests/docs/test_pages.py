"""The pages as such: all there, well formed, linked, and readable without scripts or anything from elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

import pytest
from starlette.testclient import TestClient

from scrumrpc.docs import facts
from scrumrpc.docs.pages import jumps, pages
from scrumrpc.settings import Settings
from tests.docs.document import Document


def test_links_reach_every_page(site: dict[str, Document]) -> None:
    assert set(site) == {f"/docs/{path}".rstrip("/") for path in pages()}


def test_every_link_leads_somewhere(site: dict[str, Document], client: TestClient) -> None:
    for path, page in site.items():
        for link in page.links:
            if link in ("/docs/style.css", "/openapi.json"):
                assert client.get(link).status_code == 200
                continue
            if link.startswith("data:"):
                continue
            target, fragment = urldefrag(link)
            assert (target or path) in site, f"{path} links to {link}"
            assert not fragment or fragment in site[target or path].ids, f"{path} links to {link}"


def test_nothing_comes_from_elsewhere(site: dict[str, Document]) -> None:
    for path, page in site.items():
        assert not [link for link in page.links if urlsplit(link).netloc], path


def test_no_page_needs_scripts_or_inline_styles(site: dict[str, Document]) -> None:
    for path, page in site.items():
        assert page.count("script") == 0, path
        assert page.count("style") == 0, path
        names = {name for _, attributes in page.elements for name in attributes}
        assert not [name for name in names if name == "style" or name.startswith("on")], path


def test_every_page_has_one_heading_and_a_title_of_its_own(site: dict[str, Document]) -> None:
    assert all(page.count("h1") == page.count("main") == page.count("nav") == 1 for page in site.values())
    assert len({page.title for page in site.values()}) == len(site)


def test_the_navigation_shows_every_method_on_every_page(site: dict[str, Document]) -> None:
    hrefs = set(jumps().values())
    for path, page in site.items():
        assert {href for href in hrefs if "/methods/" in href} <= set(page.links), path


def test_pages_are_safe_to_open(client: TestClient) -> None:
    headers = client.get("/docs").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"


def test_the_stylesheet_is_small_and_knows_the_dark(client: TestClient) -> None:
    answer = client.get("/docs/style.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "prefers-color-scheme: dark" in answer.text
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/docs/methods/addTask", "/docs/methods/Task#addTask"),
        ("/docs/errors/ObjectNotFound", "/docs/errors#ObjectNotFound"),
        ("/docs/methods/", "/docs/methods"),
        ("/docs/objects/Tag/", "/docs/objects/Tag"),
    ],
)
def test_short_addresses_lead_on(client: TestClient, path: str, target: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 307
    assert answer.headers["location"] == target


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/docs/methods/addTaks", "methods/addTask"),
        ("/docs/objects/Sprints", "objects/Sprint"),
        ("/docs/zzz", None),
        ("/docs/methods/addPersonByOperator", None),
        ("/docs/<script>alert(1)</script>", None),
        ("/docs/%00%ff/../x", None),
    ],
)
def test_an_unknown_page_is_a_page_too(client: TestClient, path: str, hint: str | None) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    page = Document(answer.text)
    assert page.count("script") == 0
    if hint:
        assert f"/docs/{hint}" in page.links


def test_head_answers_no_body(client: TestClient) -> None:
    answer = client.head("/docs/versions")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 1000


def test_only_reading_is_possible(client: TestClient) -> None:
    assert client.post("/docs").status_code == 405


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("scrum.example:8080", "http://scrum.example:8080"),
        ("127.0.0.1:9", "http://127.0.0.1:9"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("a;rm -rf ~", "http://localhost:8080"),
        ("$(id)", "http://localhost:8080"),
        ("", "http://localhost:8080"),
    ],
)
def test_curl_lines_call_the_server_that_the_page_came_from(client: TestClient, host: str, origin: str) -> None:
    page = Document(client.get("/docs", headers={"Host": host}).text)
    curls = [code for code in page.codes if "curl " in code]
    assert curls
    assert all(f"curl {origin}/service/api/v1/" in code for code in curls)


def test_no_page_names_a_setting_that_does_not_exist(site: dict[str, Document]) -> None:
    named = {name for page in site.values() for name in re.findall(r"SCRUMRPC_[A-Z_]+", page.text)}
    settings_alone = {"SCRUMRPC_BUSY_AFTER", facts.PUBLIC_URL, facts.HISTORY_DAYS, facts.PRIVATE_TARGETS}
    assert named == {limit.setting for limit in facts.LIMITS} | settings_alone
    assert {name.removeprefix("SCRUMRPC_").lower() for name in named} <= set(Settings.__dataclass_fields__)
